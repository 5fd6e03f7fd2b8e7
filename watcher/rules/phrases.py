"""Load the rows on words: our `phrases/<reason>.toml`, and files of the user's own in the same form."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

from watcher.errors import RuleError
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.readings import Readings
from watcher.reader.ruleset.receivers import Receivers
from watcher.reader.ruleset.spelling import with_spellings
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.reader.ruleset.wording import DATE, canonical_phrase
from watcher.rules.files import CLASSIFY, read_plain, read_toml, toml_files
from watcher.rules.row import read_row


_DAYS = [*map(str, range(1, 32)), *(f"{day:02}" for day in range(1, 10)), DATE]
BESIDE = ("language", "sign", "dialect")  # what else a file of the user's may hold


def load_phrases(folder: Path, taxonomy: Taxonomy, *, whole: bool = False) -> list[WordRow]:
    """Read every phrase file; `whole` with the samples, which only checks need."""
    return [row for path in toml_files(folder) for row in read_rows(path, taxonomy, whole=whole)]


def read_rows(
    path: Path, taxonomy: Taxonomy, *, whole: bool = True, beside: tuple[str, ...] = ()
) -> list[WordRow]:
    """Read the rules of one file; a reason atop the file goes for each that names none."""
    content = read_toml(path) if whole else read_plain(path)
    reason = content.pop("reason", None)
    entries = content.pop("rule", [])
    others = [content.pop(key) for key in beside if key in content]
    for key in content:
        more = f", {', '.join(beside)}" if beside else ""
        holds = f"a rule file holds reason and [[rule]]{more}"
        raise RuleError(f"{path.name}: unknown key '{key}'; {_meant(key, beside) or holds}")
    if not isinstance(entries, list) or not (entries or others):
        raise RuleError(f"{path.name}: no rule in it; begin one with [[rule]]")
    rows = [read_row(path.name, entry, taxonomy, reason=reason) for entry in entries]
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise RuleError(f"{path.name}: rule {row.id}: this id is taken; give it another")
        seen.add(row.id)
    return rows


def _meant(key: str, beside: tuple[str, ...]) -> str | None:
    """Name the rows that a misspelt key was to begin."""
    name = key.lower().removesuffix("s")
    return f"write [[{name}]], one for each" if name in {"rule", *beside} - {"language"} else None


def load_user_rules(path: Path, taxonomy: Taxonomy, receivers: Receivers) -> list[WordRow]:
    """Read a file of the user's; each rule comes before all of ours, and has to bring a sample."""
    rows = [replace(row, own=True) for row in read_rows(path, taxonomy, beside=BESIDE)]
    for row in rows:
        if row.receiver is not None and row.receiver not in receivers.names():
            known = ", ".join(sorted(receivers.names()))
            raise RuleError(f"{path.name}: rule {row.id}: receiver '{row.receiver}'; known are {known}")
        if not row.matches:
            raise RuleError(f"{path.name}: rule {row.id}: 'matches' is empty; give one real reply")
    return rows


@cache
def our_readings() -> Readings:
    """Return the words that change how what stands beside them is read; `#` stands for a day of a month."""
    lists = {
        name: with_spellings(tuple(map(canonical_phrase, chain.from_iterable(map(_with_days, phrases)))))
        for name, phrases in read_toml(CLASSIFY / "readings.toml").items()
    }
    return Readings(**{name: tuple(f" {phrase} " for phrase in phrases) for name, phrases in lists.items()})


def _with_days(phrase: str) -> Iterable[str]:
    return [phrase.replace("#", day) for day in _DAYS] if "#" in phrase else [phrase]
