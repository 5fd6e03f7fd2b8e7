"""Read one `[[rule]]` of a rule file into a `WordRow`, or say what is wrong with it."""

import re
from typing import Any, TypeVar

from watcher.errors import RuleError
from watcher.model import CodeClass, Kind
from watcher.nearest import did_you_mean, nearest_reason
from watcher.reader.ruleset.phrases import Strength, WordRow
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.reader.ruleset.wording import canonical_phrase
from watcher.rules.patterns import compile_pattern


KEYS = {
    "id": str,
    "reason": str,
    "phrase": str,
    "regex": str,
    "literal": str,
    "near": list,
    "unless": list,
    "within": int,
    "ordered": bool,
    "strength": str,
    "priority": int,
    "receiver": str,
    "status": list,
    "reply_code": list,
    "when": str,
    "command": list,
    "local": bool,
    "seen": str,
    "matches": list,
    "rejects": list,
}
_ID = re.compile(r"[a-z0-9_]{1,60}(?:\.[a-z0-9_]{1,80}){1,4}")
_STATUS = re.compile(r"[45x]\.\d{1,3}\.\d{1,3}")
_V = TypeVar("_V")
_STRENGTHS = {strength.name.lower(): strength for strength in Strength}
_WHEN = {each.value: each for each in (CodeClass.PERMANENT, CodeClass.TEMPORARY)}


# One for all rows: an empty set takes as much room as a small one.
_NO_STATUS: frozenset[str] = frozenset()
_NO_REPLY: frozenset[int] = frozenset()


def read_row(
    place: str, entry: object, taxonomy: Taxonomy, *, reason: str | None, receiver: str | None = None
) -> WordRow:
    """Check one entry and compile it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise RuleError(f'{place}: a rule without an id; give it one, as in id = "mailbox_full.over_quota"')
    name = entry["id"]
    where = f"{place}: rule {name}"
    if not _ID.fullmatch(name):
        raise RuleError(f"{where}: not an id; write small letters, digits, _ and at least one dot")
    _check_keys(where, entry)
    chosen = entry.get("reason", reason)
    if chosen is None:
        raise RuleError(f'{place}: rule {name}: no reason; write reason = "…" in the rule or atop the file')
    check_reason(where, chosen, taxonomy)
    return WordRow(
        id=name,
        reason=chosen,
        receiver=entry.get("receiver", receiver),
        priority=entry.get("priority", 0),
        strength=_one_of(where, "strength", entry, _STRENGTHS) or Strength.STRONG,
        when=_one_of(where, "when", entry, _WHEN),
        statuses=frozenset(_statuses(where, entry["status"])) if "status" in entry else _NO_STATUS,
        reply_codes=frozenset(_reply_codes(where, entry["reply_code"]))
        if "reply_code" in entry
        else _NO_REPLY,
        commands=frozenset(str(each).upper() for each in entry["command"])
        if "command" in entry
        else _NO_STATUS,
        local=entry.get("local", False),
        seen=entry.get("seen", ""),
        matches=tuple(map(str, entry.get("matches", ()))),
        rejects=tuple(map(str, entry.get("rejects", ()))),
        **_words(where, entry),
    )


def check_reason(where: str, reason: str, taxonomy: Taxonomy) -> None:
    """Refuse a reason that is none of a bounce's."""
    if reason not in taxonomy or taxonomy[reason].kind is not Kind.BOUNCE:
        known = (row.name for row in taxonomy if row.kind is Kind.BOUNCE)
        way = nearest_reason(str(reason), known)
        raise RuleError(f"{where}: '{reason}' is no reason of a bounce; {way}")


def _check_keys(where: str, entry: dict[str, Any]) -> None:
    for key, value in entry.items():
        if key not in KEYS:
            raise RuleError(f"{where}: unknown key '{key}'; {did_you_mean(key, KEYS)}")
        if not isinstance(value, KEYS[key]) or (KEYS[key] is int and isinstance(value, bool)):
            kind = {str: "text", int: "a whole number", list: "a list", bool: "true or false"}[KEYS[key]]
            raise RuleError(f"{where}: '{key}' is {value!r}; write {kind}")


def _words(where: str, entry: dict[str, Any]) -> dict[str, Any]:
    kinds = [key for key in ("phrase", "regex", "near") if key in entry]
    if len(kinds) > 1:
        raise RuleError(f"{where}: both {' and '.join(kinds)}; keep one of them")
    if "near" in entry:
        return _near(where, entry)
    if "regex" in entry:
        literal = entry.get("literal", "")
        return {"pattern": compile_pattern(where, entry["regex"]), "literal": literal}
    if "phrase" not in entry:
        if not entry.get("status") and not entry.get("reply_code"):
            raise RuleError(f"{where}: nothing to look for; write phrase, near, regex, status or reply_code")
        return {}
    phrase = canonical_phrase(entry["phrase"])
    if not phrase:
        raise RuleError(f"{where}: phrase {entry['phrase']!r} holds no word; write the words to find")
    return {"phrase": phrase}


def _near(where: str, entry: dict[str, Any]) -> dict[str, Any]:
    if len(entry["near"]) < 2:
        raise RuleError(f'{where}: near: one part alone; write two or more, as in ["@mailbox", "@absent"]')
    return {
        "near": tuple(map(str, entry["near"])),
        "unless": tuple(map(str, entry.get("unless", ()))),
        "within": entry.get("within", 6),
        "ordered": entry.get("ordered", False),
    }


def _one_of(where: str, key: str, entry: dict[str, Any], values: dict[str, _V]) -> _V | None:
    if key not in entry:
        return None
    if entry[key] not in values:
        raise RuleError(f"{where}: {key} '{entry[key]}'; write {' or '.join(values)}")
    return values[entry[key]]


def _statuses(where: str, given: list[object]) -> list[str]:
    found = []
    for each in given:
        if not isinstance(each, str) or not _STATUS.fullmatch(each):
            raise RuleError(f'{where}: status {each!r}; write "5.1.1", or "x.1.1" for both classes')
        found += [each.replace("x", digit) for digit in "45"] if each[0] == "x" else [each]
    return found


def _reply_codes(where: str, given: list[object]) -> list[int]:
    for each in given:
        if not isinstance(each, int) or isinstance(each, bool) or not 400 <= each <= 999:
            raise RuleError(f"{where}: reply_code {each!r}; write a number as in [550, 554]")
    return [each for each in given if isinstance(each, int)]
