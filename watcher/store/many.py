"""Ask about many values in one query."""

from collections.abc import Iterator, Sequence
from itertools import chain


AT_ONCE = 500  # rows a query


def rows_of(values: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Cut rows into parts; give each as it stands behind VALUES, and its parameters."""
    for first in range(0, len(values), AT_ONCE):
        some = values[first : first + AT_ONCE]
        width = len(some[0])
        names = (", ".join(f":v{row * width + place}" for place in range(width)) for row in range(len(some)))
        yield f"({'), ('.join(names)})", {f"v{place}": each for place, each in enumerate(chain(*some))}
