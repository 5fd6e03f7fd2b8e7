"""Suppression lists in the columns of other services: read them, and write them."""

from watcher.service.exchange.columns import FORMS, Form
from watcher.service.exchange.reading import Entry, Fault, read_list
from watcher.service.exchange.writing import write_hashed, write_list


__all__ = ["FORMS", "Entry", "Fault", "Form", "read_list", "write_hashed", "write_list"]
