"""Fill a mailbox with realistic mail: the demo's samples, and as many variations of them as are wanted.

A variation is about another person at the same place: wherever the sample names the address, plainly or in a
return-path (`user=domain`, VERP), the new one stands, and its Message-ID is its own.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from itertools import count, groupby
from operator import attrgetter


FIRST = (
    "ada", "ben", "carla", "dario", "elif", "fritz", "greta", "hugo", "ilse", "jonas", "kaja", "leo", "mina",
    "nora", "otto", "paula", "quirin", "rosa", "sven", "tilda", "ulf", "vera", "wim", "xenia", "yann", "zoe",
)  # fmt: skip
LAST = (
    "abel", "birch", "cole", "dunn", "engel", "frost", "gray", "holm", "ivers", "jung", "krone", "lark",
    "moss", "nash", "oaks", "pike", "quist", "rowe", "stern", "thorn", "urban", "vance", "wolf", "york",
    "zeller",
)  # fmt: skip
SPAN = timedelta(days=14)  # over which the mails have come in

_MESSAGE_ID = re.compile(rb"^(message-id:\s*<)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail of the package, and the address that it is about."""

    name: str
    kind: str
    about: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail for the mailbox, with CRLF line ends, and when it came in (its INTERNALDATE)."""

    raw: bytes
    received: datetime


def load_samples() -> tuple[Sample, ...]:
    """Read every mail that the index names."""
    folder = resources.files("watcher.demo") / "mail"
    rows = tomllib.loads((folder / "index.toml").read_text(encoding="utf-8"))["mail"]
    return tuple(
        Sample(row["file"], row["kind"], row["about"], folder.joinpath(row["file"]).read_bytes())
        for row in rows
    )


def make_mails(number: int, until: datetime) -> Iterator[Mail]:
    """Give `number` mails, all different, the last one received at `until`."""
    step = SPAN / number
    for index, raw in enumerate(_bodies(number)):
        yield Mail(raw.replace(b"\n", b"\r\n"), until - step * (number - 1 - index))


def _bodies(number: int) -> Iterator[bytes]:
    samples = mix(load_samples())
    for turn in count():
        for sample in samples:
            if number == 0:
                return
            number -= 1
            yield vary(sample, turn)


def mix(samples: Sequence[Sample]) -> list[Sample]:
    """Order samples so that each kind is spread evenly, and the first few already show many kinds."""
    placed = []
    for _, group in groupby(sorted(samples, key=attrgetter("kind")), key=attrgetter("kind")):
        same = list(group)
        placed += [((place + 0.5) / len(same), sample.name, sample) for place, sample in enumerate(same)]
    return [sample for _, _, sample in sorted(placed)]


def vary(sample: Sample, turn: int) -> bytes:
    """Give the sample for the `turn`th time: at first as it is, then each time about somebody else."""
    if turn == 0:
        return sample.raw
    local, _, domain = sample.about.rpartition("@")
    new = person(turn + sum(sample.name.encode()) % len(FIRST)).encode()
    named = re.compile(rb"(?<!\w)%b(?=[@=.]%b)" % (re.escape(local.encode()), re.escape(domain.encode())))
    raw = named.sub(new, sample.raw)
    return _MESSAGE_ID.sub(rb"\g<1>%d." % turn, raw)


def person(number: int) -> str:
    """Name the `number`th person."""
    first, rest = FIRST[number % len(FIRST)], number // len(FIRST)
    last, again = LAST[(number + rest) % len(LAST)], rest // len(LAST)
    return f"{first}.{last}{again or ''}"
