"""Append a rule to a file of the user's own, with its sample; nothing is written that would not hold.

The file as it would be is loaded first, with all samples, ours too: a phrase that is found in replies which
mean something else is refused.
"""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from watcher.errors import RuleError
from watcher.rules import load_rules, our_words, reasons
from watcher.rules.files import CLASSIFY
from watcher.rules.phrases import load_phrases, read_rows
from watcher.rules.samples import SAMPLE_ADDRESS, finder_of


MOST_WORDS = 8
_CODES = re.compile(r"^\W*(?:[245]\d\d\b[\s-]*)?(?:#?[245]\.\d{1,3}\.\d{1,3}\b)?")
_NAMES = re.compile(r"<?[^\s<>@]{1,200}@[^\s<>@]{1,200}>?|https?://\S{1,500}|\[?\d{1,3}(?:\.\d{1,3}){3}\]?")
_ENDS = re.compile(r"[,.;:()\[\]{}<>\"'/|=?!]+")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A rule that is to be: these words mean this reason."""

    id: str
    reason: str
    phrase: str
    seen: str
    sample: str


def find_phrase(reply: str) -> str | None:
    """Give the words of a reply that say most: its longest run without codes, names and marks."""
    text = _NAMES.sub(" . ", _CODES.sub("", reply.strip(), count=1))
    runs = [_words(run) for run in _ENDS.split(text)]
    best = max(runs, key=lambda words: sum(map(len, words)), default=[])
    return " ".join(best[:MOST_WORDS]).casefold() if len(best) > 1 else None


def _words(run: str) -> list[str]:
    """Give the words before the first that is a number or a name of a queue."""
    words: list[str] = []
    for word in run.split():
        if _WORD.fullmatch(word.replace("-", "")) is None:
            if words:
                break
            continue
        words.append(word)
    return words


def sample_of(reply: str, address: str | None) -> str:
    """Give a reply as a sample: without the recipient's address, on one line.

    The local part alone goes, too (`User d.lund not found`), unless it is letters alone and could be a word.
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in reply).split())
    if address:
        text = re.sub(re.escape(address), SAMPLE_ADDRESS, text, flags=re.IGNORECASE)
        local = address.rpartition("@")[0]
        if local and not local.isalpha():
            name = SAMPLE_ADDRESS.partition("@")[0]
            text = re.sub(rf"(?<![\w.]){re.escape(local)}(?![\w@])", name, text, flags=re.IGNORECASE)
    return text[:500]


def teach(path: Path, lesson: Lesson, others: Sequence[Path] = ()) -> bool:
    """Append a rule to a file, made where there is none; False where it is there already.

    `others` are the user's other files.  RuleError says why the rule cannot be.
    """
    before = path.read_text("utf-8") if path.exists() else ""
    if before and any(row.id == lesson.id for row in read_rows(path, reasons(), beside=_BESIDE)):
        return False
    _refuse_if_broad(path, lesson)
    folder = path.absolute().parent
    try:
        handle, name = tempfile.mkstemp(".toml", f"{path.stem}.", folder)
    except OSError as error:
        raise RuleError(f"{path}: {(error.strerror or 'not writable').lower()}; name another file") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{before.rstrip()}\n\n{_row(lesson)}".lstrip())
        load_rules([Path(name), *(other for other in others if other.absolute() != path.absolute())])
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        else:
            Path(name).chmod(0o644)
        os.replace(name, path)  # noqa: PTH105 - whole or not at all
    except RuleError as error:
        raise RuleError(str(error).replace(Path(name).name, path.name)) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108
    return True


_BESIDE = ("language", "sign", "dialect")


def _row(lesson: Lesson) -> str:
    fields = {
        "id": lesson.id,
        "reason": lesson.reason,
        "phrase": lesson.phrase,
        "seen": lesson.seen,
        "matches": [lesson.sample],
    }
    # A JSON string without control characters is a TOML string, and so is a list of them.
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())
    return f"[[rule]]\n{''.join(lines)}"


def _refuse_if_broad(path: Path, lesson: Lesson) -> None:
    """Raise where the phrase is found in a sample of ours that means something else."""
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / path.name
        alone.write_text(_row(lesson), "utf-8")
        (row,) = read_rows(alone, reasons())
    finds = finder_of(row, our_words())
    for known in load_phrases(CLASSIFY / "phrases", reasons(), whole=True):
        if known.reason == lesson.reason:
            continue
        for sample in known.matches:
            if finds(sample):
                raise RuleError(
                    f"{path.name}: rule {lesson.id}: '{lesson.phrase}' is found in {sample!r} too, which is "
                    f"{known.reason}; give a longer phrase"
                )
