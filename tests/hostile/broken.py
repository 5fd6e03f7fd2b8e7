"""Break mail at random, the same way for the same seed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple


ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "tests" / "mail", ROOT / "watcher" / "demo" / "mail")
CHARSETS = (
    b"utf-8", b"utf-7", b"utf-16", b"iso-2022-jp", b"hz", b"gb18030", b"x-unknown", b"idna", b"punycode",
    b"rot13", b"unicode_escape", b"base64", b"", b'"', b"\xff\xfe",
)  # fmt: skip
ENCODINGS = (b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"", b"base64;x")
JUNK = (
    b"\x00", b"\r", b"\x1b[31m", b"\x1b$B", b"\xff", b"\n\n", b"\n", b" ", b"=?utf-8?B?", b"<", b"--",
    b"550 5.1.1 ", b"@", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xe2\x80\xae", b"+2AA-", b";", b'"', b"=\n",
    b"<!--", b"From ",
)  # fmt: skip
_PARAMETER = re.compile(rb"(?i)(charset=)[^\s;]+")
_ENCODING = re.compile(rb"(?i)(content-transfer-encoding:)[^\n]*")
_BOUNDARY_LINE = re.compile(rb"(?m)^--\S+$")
# Who wrote it and how it begins make a mail ordinary that quotes a report: beheaded, it is that report.
_QUOTES = re.compile(rb"(?i)(?<!\d)[45]\d\d[ -]|deliver|final-recipient|mailbox|bounce")
_FIELD = re.compile(rb"(?m)^[A-Za-z-]+:[^\n]*\n")


class Sample(NamedTuple):
    """A mail of ours, and the kind that it is."""

    name: str
    kind: str
    raw: bytes


class Broken(NamedTuple):
    """A mail that was broken; `kind` is what it was before, and all that went into it."""

    name: str
    kind: str
    raw: bytes


Break = Callable[[bytes, bytes, Random], bytes]


def read_samples() -> list[Sample]:
    """Read our own mail, small enough to be read many times."""
    paths = [path for folder in FOLDERS for path in sorted(folder.rglob("*.eml"))]
    return [Sample(path.name, path.parent.name, path.read_bytes()) for path in paths]


def break_mails(seed: int, count: int) -> Iterator[Broken]:
    """Yield broken mails; what is spliced into a mail is of the same kind."""
    random, samples = Random(seed), read_samples()
    by_kind: dict[str, list[Sample]] = {}
    for sample in samples:
        if sample.kind != "ordinary" or not _QUOTES.search(sample.raw):
            by_kind.setdefault(sample.kind, []).append(sample)
    for number in range(count):
        sample = random.choice(samples)
        kept = b""
        raw, done = sample.raw, []
        if sample.kind == "ordinary" and _QUOTES.search(raw):
            head, end, raw = raw.partition(b"\n\n")
            opening, gap, raw = raw.partition(b"\n\n")
            kept = head + end + opening + gap
        for _ in range(random.randint(1, 4)):
            change = random.choice(BREAKS)
            other = random.choice(by_kind[sample.kind]).raw
            # A whole mail below words of failure is a returned original.
            raw = change(raw, other.partition(b"\n\n")[2] if kept else other, random)
            done.append(change.__name__.strip("_"))
        # A whole report that a person passed on is the report again once its wrapping is broken.
        kind = "forwarded" if kept and b"Final-Recipient" in sample.raw else sample.kind
        yield Broken(f"{seed}:{number} {sample.name} {'+'.join(done)}", kind, kept + raw)


def _spot(raw: bytes, random: Random) -> int:
    return random.randint(0, len(raw))


def _truncate(raw: bytes, _: bytes, random: Random) -> bytes:
    return raw[: _spot(raw, random)]


def _behead(raw: bytes, _: bytes, random: Random) -> bytes:
    return raw[_spot(raw, random) :]


def _splice(raw: bytes, other: bytes, random: Random) -> bytes:
    return raw[: _spot(raw, random)] + other[_spot(other, random) :]


def _graft(raw: bytes, other: bytes, random: Random) -> bytes:
    at = _spot(raw, random)
    return raw[:at] + other + raw[at:]


def _flip(raw: bytes, _: bytes, random: Random) -> bytes:
    octets = bytearray(raw)
    for _ in range(random.randint(1, 40) if raw else 0):
        octets[random.randrange(len(octets))] ^= 1 << random.randrange(8)
    return bytes(octets)


def _drop_lines(raw: bytes, _: bytes, random: Random) -> bytes:
    return b"".join(line for line in raw.splitlines(keepends=True) if random.random() > 0.1)


def _swap_lines(raw: bytes, _: bytes, random: Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    for _ in range(random.randint(1, 10) if lines else 0):
        a, b = random.randrange(len(lines)), random.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def _swap_parts(raw: bytes, _: bytes, random: Random) -> bytes:
    parts = _BOUNDARY_LINE.split(raw)
    marks = _BOUNDARY_LINE.findall(raw)
    random.shuffle(parts)
    return b"".join(part + mark for part, mark in zip(parts, [*marks, b""], strict=True))


def _double_fields(raw: bytes, _: bytes, random: Random) -> bytes:
    return _FIELD.sub(lambda found: found[0] * random.choice((1, 1, 2, 3)), raw)


def _change_charset(raw: bytes, _: bytes, random: Random) -> bytes:
    return _PARAMETER.sub(lambda found: found[1] + random.choice(CHARSETS), raw)


def _change_encoding(raw: bytes, _: bytes, random: Random) -> bytes:
    return _ENCODING.sub(lambda found: found[1] + b" " + random.choice(ENCODINGS), raw)


def _break_boundary(raw: bytes, _: bytes, random: Random) -> bytes:
    return _BOUNDARY_LINE.sub(
        lambda found: random.choice((found[0], found[0], found[0] + b"--", found[0][:-1], b"", found[0] * 2)),
        raw,
    )


def _insert_junk(raw: bytes, _: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 8)):
        at = _spot(raw, random)
        raw = raw[:at] + random.choice(JUNK) * random.choice((1, 1, 2, 200)) + raw[at:]
    return raw


def _replace_marks(raw: bytes, _: bytes, random: Random) -> bytes:
    mark = random.choice((b"@", b":", b"<", b">", b";", b"\n", b".", b" ", b"=", b"--"))
    return raw.replace(mark, random.choice(JUNK), random.randint(1, 20))


def _repeat(raw: bytes, _: bytes, random: Random) -> bytes:
    start, stop = sorted((_spot(raw, random), _spot(raw, random)))
    piece = raw[start : min(stop, start + 2_000)]
    return raw[:start] + piece * random.choice((2, 3, 30)) + raw[start:]


def _change_line_ends(raw: bytes, _: bytes, random: Random) -> bytes:
    return raw.replace(
        b"\n", random.choice((b"\r", b"\r\n", b"\r\r\n", b"\n\r", b"\n\n", b" \n", b"\x0b", b"\x85"))
    )


BREAKS: tuple[Break, ...] = (
    _truncate, _behead, _splice, _graft, _flip, _drop_lines, _swap_lines, _swap_parts, _double_fields,
    _change_charset, _change_encoding, _break_boundary, _insert_junk, _replace_marks, _repeat,
    _change_line_ends,
)  # fmt: skip
