"""Colour, on a terminal alone, and never where `NO_COLOR` is set (no-color.org)."""

import os
import sys
from typing import TextIO

import click


def paint(text: str, colour: str, stream: TextIO | None = None, *, bold: bool = False) -> str:
    """Give the text in a colour, or as it is."""
    if os.environ.get("NO_COLOR") or not (stream or sys.stdout).isatty():
        return text
    return click.style(text, fg=colour, bold=bold)
