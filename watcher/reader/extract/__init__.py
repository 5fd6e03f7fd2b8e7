"""Find out whom a report is about and what it says about each: from bytes' grammar first, then from prose."""

from watcher.reader.extract.reading import extract


__all__ = ["extract"]
