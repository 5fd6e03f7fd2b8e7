"""Show how far a long command is, on a terminal alone."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress(noun: str) -> Iterator[Callable[[int], None]]:
    """Give a function to count with; the count stands on standard error while results go elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda _number: None
        return
    begun = shown = time.monotonic()
    total = 0

    def count(number: int) -> None:
        nonlocal total, shown
        total += number
        now = time.monotonic()
        if now - shown >= 0.2:
            shown = now
            click.echo(f"\r{total} {noun}, {total / (now - begun):.0f} a second ", err=True, nl=False)

    try:
        yield count
    finally:
        click.echo(f"\r{total} {noun} in {time.monotonic() - begun:.1f} s      ", err=True)
