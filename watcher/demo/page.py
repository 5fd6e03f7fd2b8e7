"""Lay the demo's words out: as wide as there is room, in colour on a terminal alone."""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence

import click


WIDTHS = range(60, 121)  # narrower folds badly, wider reads badly
OFF_TERMINAL = 100


class Page:
    """Standard output."""

    def __init__(self) -> None:
        terminal = sys.stdout.isatty()
        self._colour = terminal and not os.environ.get("NO_COLOR")
        columns = shutil.get_terminal_size().columns if terminal else OFF_TERMINAL
        self.width = min(max(columns, WIDTHS.start), WIDTHS.stop - 1)

    def paint(self, text: str, colour: str, *, bold: bool = False) -> str:
        """Give the text in a colour, or as it is."""
        return click.style(text, fg=colour, bold=bold) if self._colour else text

    def line(self, text: str = "") -> None:
        """Write one line."""
        click.echo(text, color=self._colour or None)

    def heading(self, text: str) -> None:
        """Write the title of a part."""
        self.line()
        self.line(click.style(text, bold=True) if self._colour else text)

    def bars(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """Write rows of name, number and a note, with a bar for the number."""
        if not rows:
            return
        names = max(len(name) for name, _, _ in rows)
        notes = max(len(note) for _, _, note in rows)
        numbers = len(str(max(number for _, number, _ in rows)))
        room = max(self.width - names - numbers - notes - 8, 5)
        most = max(number for _, number, _ in rows) or 1
        for name, number, note in rows:
            bar = "█" * max(round(number / most * min(room, 30)), 1 if number else 0)
            line = f"  {name:<{names}}  {number:>{numbers}}  {self.paint(bar, 'blue')}"
            self.line(f"{line}  {note}" if note else line)

    def cut(self, text: str, room: int) -> str:
        """Give as much of a text as there is room for."""
        return text if len(text) <= room else text[: max(room - 1, 0)] + "…"

    def some(self, names: Iterable[str], most: int = 3) -> str:
        """Name the first few of many."""
        every = list(names)
        return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
