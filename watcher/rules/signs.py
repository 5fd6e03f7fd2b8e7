"""Load the signs of what kind of mail a message is: `recognise/signs/*.toml`, a file a language.

Each row has an id, the kind (and reason) it speaks for, the place it is looked for, its phrases, the texts it
must be seen in (`matches`) and near misses it must not (`rejects`).  A phrase that says too little alone may
ask for another in the same sentence (`near`) or the same text (`beside`), or for none of some (`unless`).
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from watcher.errors import RuleError
from watcher.model import Kind
from watcher.nearest import did_you_mean, nearest_reason
from watcher.reader.ruleset.nears import Words
from watcher.reader.ruleset.signs import FATE, Sign, Signs
from watcher.reader.ruleset.spelling import with_spellings
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.reader.ruleset.wording import canonical_phrase
from watcher.rules.files import READER, read_plain, read_toml, toml_files
from watcher.rules.words import load_words


SIGNS = READER / "recognise" / "signs"
WORDS = READER / "recognise" / "fates"
_KEYS = {
    "id",
    "kind",
    "reason",
    "where",
    "at",
    "header",
    "phrases",
    "near",
    "beside",
    "unless",
    "words",
    "within",
    "sure",
    "typical",
}
_KEYS |= {"seen", "matches", "rejects"}
_PLACES = ("subject", "label", "body", "sender", "mark", "told", "answer", FATE)
_POSITIONS = ("anywhere", "start", "whole")
_PLAIN = {Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT, Kind.ORDINARY}  # say enough without a reason


def load_signs(folder: Path, taxonomy: Taxonomy) -> Signs:
    """Read every file of signs, in the order of their names."""
    rows = [row for path in toml_files(folder) for row in load_sign_file(path, taxonomy)]
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise RuleError(f"{folder.name}: sign {row.id}: this id is taken; give it another")
        seen.add(row.id)
    return Signs(tuple(rows))


def load_sign_file(path: Path, taxonomy: Taxonomy, *, whole: bool = False) -> list[Sign]:
    """Read one file; `language` on top holds for every row."""
    content = read_toml(path) if whole else read_plain(path, "sign")
    return read_signs(path.name, content, taxonomy)


def read_signs(place: str, table: dict[str, Any], taxonomy: Taxonomy) -> list[Sign]:
    """Read the content of one file."""
    language = table.get("language")
    return [_sign(place, entry, language, taxonomy) for entry in table.get("sign", [])]


def _sign(place: str, entry: dict[str, Any], language: str | None, taxonomy: Taxonomy) -> Sign:
    name = f"{place}: sign {entry.get('id', '(no id)')}"
    _check(name, entry, taxonomy)
    header = entry.get("header")
    return Sign(
        id=entry["id"],
        kind=Kind(entry["kind"]),
        where="header" if header else entry["where"],
        phrases=_canonical(entry, "phrases"),
        near=_canonical(entry, "near"),
        beside=_canonical(entry, "beside"),
        unless=_parts(name, entry, "unless") if "words" in entry else _canonical(entry, "unless"),
        words=_parts(name, entry, "words"),
        within=entry.get("within", 6),
        reason=entry.get("reason"),
        at=entry.get("at", "anywhere"),
        header=header.lower() if header else None,
        sure=entry.get("sure", False),
        typical=entry.get("typical", False),
        language=language,
    )


def _parts(name: str, entry: dict[str, Any], key: str) -> tuple[str, ...]:
    """Put the words of each list that a part names (`@letter`) in its place."""
    return tuple(" | ".join(_listed(name, part)) for part in entry.get(key, []))


def _listed(name: str, part: str) -> list[str]:
    lists, words = _load_lists(), list[str]()
    for each in map(str.strip, part.split("|")):
        if each.startswith("@") and each[1:] not in lists:
            known = ", ".join(sorted(lists))
            raise RuleError(f"{name}: no word list '{each}'; known are {known}")
        words += lists[each[1:]] if each.startswith("@") else [each]
    return words


@lru_cache(maxsize=1)
def _load_lists() -> Words:
    return load_words(WORDS)


def _canonical(entry: dict[str, Any], key: str) -> tuple[str, ...]:
    phrases = tuple(map(canonical_phrase, entry.get(key, [])))
    return phrases if "header" in entry else with_spellings(phrases)


def _check(name: str, entry: dict[str, Any], taxonomy: Taxonomy) -> None:
    if unknown := set(entry) - _KEYS:
        raise RuleError(f"{name}: {min(unknown)}: unknown key; {did_you_mean(min(unknown), _KEYS)}")
    if "id" not in entry:
        raise RuleError(f"{name}: id is missing; give the row one that never changes")
    if entry.get("kind") not in set(Kind):
        raise RuleError(f"{name}: kind: {entry.get('kind')!r}; write one of {', '.join(Kind)}")
    _check_reason(name, entry, taxonomy)
    if not entry.get("header") and entry.get("where") not in _PLACES:
        raise RuleError(
            f"{name}: where: {entry.get('where')!r}; write one of {', '.join(_PLACES)}, or name a header"
        )
    if entry.get("header") and (asked := {"near", "beside", "unless"} & set(entry)):
        raise RuleError(f"{name}: {min(asked)}: a header field is looked at alone; leave it out")
    if (entry.get("where") == FATE) != ("words" in entry):
        raise RuleError(
            f'{name}: words are for what became of a letter; write both, `where = "fate"` and words, or none'
        )
    if not entry.get("header") and not (entry.get("phrases") or entry.get("words")):
        raise RuleError(f"{name}: phrases are missing; give at least one")
    if entry.get("at", "anywhere") not in _POSITIONS:
        raise RuleError(f"{name}: at: {entry['at']!r}; write one of {', '.join(_POSITIONS)}")


def _check_reason(name: str, entry: dict[str, Any], taxonomy: Taxonomy) -> None:
    """Refuse a reason that is none, or another kind's, and a kind that says too little without one."""
    kind, reason = entry["kind"], entry.get("reason")
    if reason is not None and reason not in taxonomy:
        way = nearest_reason(str(reason), (row.name for row in taxonomy))
        raise RuleError(f"{name}: reason: {reason!r} is none; {way}")
    its_own = [row.name for row in taxonomy if row.kind == kind]
    way = f"write one of {', '.join(its_own)}" if its_own else "leave it out"
    if reason is not None and reason not in its_own and kind != Kind.DELAY:
        raise RuleError(f"{name}: reason: {reason!r} is none of kind {kind!r}; {way}")
    if reason is None and its_own and kind not in _PLAIN:
        raise RuleError(f"{name}: reason is missing, which kind {kind!r} asks for; {way}")
