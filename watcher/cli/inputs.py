"""Find the messages under the paths of a command line, in byte order of path.

A named file is a message, or an mbox where its first line begins with `From `; of a folder count every
`.eml`, every mbox and every Maildir below it, and other files are told.  Nothing is read here that is not
needed to find where a message begins: it is named by file, offset and length, and read where it is answered.
"""

import mmap
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Protocol


LARGEST = 100_000_000  # octets of one message that are read
NAMED = 3  # files of a folder that are no message; the rest are counted

# RFC 4155: a message in an mbox begins with a line of sender and time, after an empty line.
_FROM_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]{0,300}?\d:\d\d[^\n]{0,200}\n")
_FIRST_LINE = re.compile(rb"\AFrom [^\n]{0,998}\n")
_QUOTED_FROM = re.compile(rb"^>(>{0,40}From )", re.MULTILINE)


class Skipped(Protocol):
    """Is told what was left out; `unread` where there may have been mail in it."""

    def __call__(self, text: str, *, unread: bool = False) -> None:
        """Take one line."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one message lies: a whole file, a piece of an mbox, or bytes already read."""

    source: str
    path: str | None = None
    start: int = 0
    length: int | None = None  # None: to the end of the file
    content: bytes | None = None

    def read(self) -> bytes:
        """Give the message's bytes."""
        if self.content is not None or self.path is None:
            return self.content or b""
        with Path(self.path).open("rb") as file:
            if self.start:
                file.seek(self.start)
            raw = file.read(LARGEST if self.length is None else min(self.length, LARGEST))
        return raw if self.length is None else unquote(raw)


def unquote(raw: bytes) -> bytes:
    """Undo the `>From ` of an mbox (the form called mboxrd)."""
    return _QUOTED_FROM.sub(rb"\1", raw)


def find_messages(paths: Sequence[str], skipped: Skipped, stdin: Callable[[], bytes]) -> Iterator[Place]:
    """Give every message under the paths; `skipped` is told of files that are none."""
    for path in paths:
        if path == "-":
            yield from _of_standard_input(stdin())
        elif Path(path).is_dir():
            empty = True
            for place in _of_folder(path, skipped, in_maildir=_is_maildir(path)):
                empty = False
                yield place
            if empty:
                skipped(f"{path}: no message in it")
        else:
            yield from _of_file(path)


def _of_standard_input(raw: bytes) -> Iterator[Place]:
    pieces = list(_pieces(raw))
    for number, (start, length) in enumerate(pieces, 1):
        content = raw[start : start + length]
        source = "-" if len(pieces) == 1 else f"-#{number}"
        yield Place(source, content=unquote(content) if start else content)


def _of_file(path: str) -> Iterator[Place]:
    if not Path(path).name.lower().endswith(".eml") and _is_mbox(path):
        yield from _of_mbox(path)
    else:
        yield Place(path, path)


def _of_mbox(path: str) -> Iterator[Place]:
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        for number, (start, length) in enumerate(_pieces(view), 1):
            yield Place(f"{path}#{number}", path, start, length)


def _pieces(raw: bytes | mmap.mmap) -> Iterator[tuple[int, int]]:
    if not _FIRST_LINE.match(raw):
        yield 0, len(raw)
        return
    start = None
    for found in _FROM_LINE.finditer(raw):
        if start is not None:
            yield start, _end(raw, start, found.start()) - start
        start = found.end()
    if start is None:  # a first line without a time: one message
        first = raw.find(b"\n") + 1
        yield first, len(raw) - first
    else:
        yield start, _end(raw, start, len(raw)) - start


def _end(raw: bytes | mmap.mmap, start: int, end: int) -> int:
    # The empty line after a message belongs to the mbox.
    for line_end in (b"\r\n", b"\n"):
        if raw[max(start, end - 2 * len(line_end)) : end] == line_end * 2:
            return end - len(line_end)
    return end


def _of_folder(path: str, skipped: Skipped, *, in_maildir: bool) -> Iterator[Place]:
    others = 0
    for entry in _entries(path, skipped):
        if entry.is_dir(follow_symlinks=False):
            if in_maildir and entry.name in {"cur", "new"}:
                yield from _of_maildir_folder(entry.path, skipped)
            elif not (in_maildir and entry.name == "tmp"):
                yield from _of_folder(entry.path, skipped, in_maildir=_is_maildir(entry.path))
        elif _has_mode(entry.path, S_ISREG) and (entry.name.lower().endswith(".eml") or _is_mbox(entry.path)):
            yield from _of_file(entry.path)
        elif _is_denied(entry.path):
            skipped(f"{entry.path}: permission denied; skipped", unread=True)
        elif not _has_mode(entry.path, S_ISREG):  # a link that leads to itself is none
            skipped(f"{entry.path}: neither file nor folder; skipped")
        else:
            others += 1
            if others <= NAMED:
                skipped(f"{entry.path}: no .eml and no mbox; skipped")
    if others > NAMED:
        skipped(f"{path}: {others - NAMED:,} more files that are no .eml and no mbox; skipped")


def _entries(path: str, skipped: Skipped) -> Sequence[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(path), key=_byte_order)
    except OSError as error:
        skipped(f"{path}: {(error.strerror or 'unreadable').lower()}; skipped", unread=True)
        return ()


def _of_maildir_folder(path: str, skipped: Skipped) -> Iterator[Place]:
    for entry in _entries(path, skipped):
        if _has_mode(entry.path, S_ISREG) and not entry.name.startswith("."):
            yield Place(entry.path, entry.path)


def _byte_order(entry: os.DirEntry[str]) -> bytes:
    # A folder sorts as the paths below it do: with its slash.
    return os.fsencode(entry.name) + (b"/" if entry.is_dir(follow_symlinks=False) else b"")


def _is_maildir(path: str) -> bool:
    return all(_has_mode(f"{path}/{name}", S_ISDIR) for name in ("cur", "new"))


def _is_mbox(path: str) -> bool:
    if not _has_mode(path, S_ISREG):
        return False
    try:
        with Path(path).open("rb") as file:
            return file.read(5) == b"From "
    except OSError:
        return False


def _has_mode(path: str, test: Callable[[int], bool]) -> bool:
    try:
        return test(Path(path).stat().st_mode)
    except OSError:
        return False


def _is_denied(path: str) -> bool:
    try:
        return S_ISREG(Path(path).stat().st_mode) and not os.access(path, os.R_OK)
    except OSError as error:
        return isinstance(error, PermissionError)
