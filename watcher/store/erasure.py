"""Take an address out of the state on request; a keyed hash stays, so that it is still not mailed.

The key of the hashes is this file's own: who has a hash alone learns nothing, and who has the file can only
ask about an address that they know.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Final

from watcher.decide.address import ASCII_LOWER, normalise_domain
from watcher.store.redaction import without
from watcher.store.suppressed import erasure_key, hashed


_LONGER_BEFORE: Final = re.compile(r"[\w.-]\Z")
_NO_LETTER: Final = re.compile(r"(?:\\[a-z]|\\u[0-9a-f]{4}|[%=][0-9A-Fa-f]{2})\Z")  # of JSON, and of headers
_LONGER_BEHIND: Final = re.compile(r"\w|[.-]+[a-z0-9]")  # a capital begins a sentence
STUB = '{"schema":1,"erased":true}'  # in place of a message's JSON


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken out, and what is not ours to take out."""

    facts: int
    messages: int
    events: int  # bodies of events that were delivered or given up
    still_due: int  # events that are still to be delivered, and name it
    suppressed: bool  # a hash of it stays on the list


def keep_key(sql: Connection, fresh: bytes) -> bytes:
    """Give the key of the hashes; `fresh` becomes it where there is none yet."""
    sql.execute(
        "INSERT INTO store_keys (name, value) VALUES ('erasure', :value) ON CONFLICT (name) DO NOTHING",
        {"value": fresh.hex()},
    )
    found = erasure_key(sql)
    assert found is not None
    return found


def erase(sql: Connection, key: str, address: str, secret: bytes) -> Erased:
    """Take out all that names an address, given as compared and as written."""
    sql.create_function("names_address", 2, names_address, deterministic=True)
    forms = _forms(sql, key, address)
    suppressed = _hash_suppression(sql, key, hashed(key, secret))
    messages = _empty_messages(sql, key, forms)
    events, still_due = _forget_events(sql, key, forms)
    facts = sql.execute("DELETE FROM facts WHERE address_key = :key", {"key": key}).rowcount
    for table in ("acts", "suppression_log"):
        sql.execute(f"DELETE FROM {table} WHERE address_key = :key", {"key": key})  # noqa: S608
    return Erased(facts, messages, events, still_due, suppressed)


def _forms(sql: Connection, key: str, address: str) -> set[str]:
    """Give the ways in which an address is written here: as it is compared, as it came, as it is shown."""
    tables = ("facts", "acts", "suppressions", "suppression_log")
    query = " UNION ".join(f"SELECT address FROM {table} WHERE address_key = :key" for table in tables)  # noqa: S608
    written = {key, address, *(row["address"] for row in sql.execute(query, {"key": key}))}
    parts = (form.rpartition("@") for form in written)
    return written | {f"{local}@{normalise_domain(domain)}" for local, _, domain in parts}


def _hash_suppression(sql: Connection, key: str, name: str) -> bool:
    """Leave the hash on the list where the address was on it; who was only watched is forgotten."""
    names = {"key": key, "name": name}
    sql.execute("DELETE FROM suppressions WHERE address_key = :key AND state = 'watch'", names)
    plain = sql.execute("SELECT 1 FROM suppressions WHERE address_key = :key", names).fetchone()
    if plain is not None:  # newer than what an earlier erasure left
        sql.execute("DELETE FROM suppressions WHERE address_key = :name", names)
    sql.execute(
        "UPDATE suppressions SET address_key = :name, address = '', source = 'erased',"
        " led_by = '[\"erased\"]' WHERE address_key = :key",
        names,
    )
    row = sql.execute("SELECT 1 FROM suppressions WHERE address_key = :name", names).fetchone()
    return row is not None


def _empty_messages(sql: Connection, key: str, forms: Collection[str]) -> int:
    """Empty the JSON of each message that names the address, and take it from the queues.

    What a person is still to judge for others stays for these, with the address taken out.
    """
    ids = _ids(sql, "fingerprint IN (SELECT fingerprint FROM facts WHERE address_key = :key)", {"key": key})
    for form in forms:
        ids |= _ids(sql, _names("report"), _wanted(form))
    for number in ids:
        values = {"id": number, "text": _kept_for_others(sql, number, key, forms) or STUB}
        if values["text"] == STUB:
            sql.execute("DELETE FROM review WHERE message = :id", values)
        sql.execute("DELETE FROM results_pending WHERE message = :id", values)
        sql.execute("UPDATE messages SET report = :text WHERE id = :id", values)
    return len(ids)


def _ids(sql: Connection, condition: str, values: dict[str, str]) -> set[int]:
    return {row["id"] for row in sql.execute(f"SELECT id FROM messages WHERE {condition}", values)}  # noqa: S608


def _kept_for_others(sql: Connection, number: int, key: str, forms: Collection[str]) -> str | None:
    """Give the JSON of a message as a person may still see it; None where nothing of it waits for one."""
    item = sql.execute(
        "SELECT report, resolution FROM messages JOIN review ON review.message = messages.id"
        " WHERE messages.id = :id AND review.resolved IS NULL",
        {"id": number},
    ).fetchone()
    if item is None or item["report"] == STUB:
        return None
    written = {
        escaped(form) for form in (*forms, *(form.replace("@", "=") for form in forms))
    }  # "=": in VERP

    def named(text: str) -> bool:
        return any(names_address(json.dumps(text, ensure_ascii=False), form) for form in written)

    text = without(item["report"], key, named)
    said = [each for each in json.loads(item["resolution"] or "[]") if not named(json.dumps(each))]
    resolution = json.dumps(said, ensure_ascii=False) if said else None
    sql.execute(
        "UPDATE review SET resolution = :said WHERE message = :id", {"id": number, "said": resolution}
    )
    return None if text is None or any(names_address(text, form) for form in written) else text


def _forget_events(sql: Connection, key: str, forms: Iterable[str]) -> tuple[int, int]:
    """Empty the events that are done with; what an endpoint answered may quote the address, too."""
    forgotten = due = 0
    sql.execute(
        "UPDATE outbox SET order_key = NULL, last_error = NULL WHERE state <> 'due' AND order_key = :key",
        {"key": key},
    )
    said = f"body IS NOT NULL AND {_names('CAST(body AS TEXT)')}"
    for form in forms:
        values = _wanted(form)
        forgotten += sql.execute(
            f"UPDATE outbox SET body = NULL, last_error = NULL WHERE state <> 'due' AND {said}",  # noqa: S608
            values,
        ).rowcount
        sql.execute(
            f"UPDATE outbox SET last_error = NULL WHERE last_error IS NOT NULL AND {_names('last_error')}",  # noqa: S608
            values,
        )
        row = sql.execute(f"SELECT count(*) AS n FROM outbox WHERE state = 'due' AND {said}", values)  # noqa: S608
        due = max(due, int(row.fetchone()["n"]))
    return forgotten, due


def _names(text: str) -> str:
    """Give the condition that a column names an address; LIKE rules out most, quickly."""
    return f"{text} LIKE :pattern ESCAPE '\\' AND names_address({text}, :form)"


def _wanted(form: str) -> dict[str, str]:
    """Give the parameters of that condition, for an address as it stands in JSON."""
    written = pattern = escaped(form)
    for special in ("\\", "%", "_"):
        pattern = pattern.replace(special, f"\\{special}")
    return {"pattern": f"%{pattern}%", "form": written}


def escaped(form: str) -> str:
    """Give an address as it stands in JSON, folded."""
    return json.dumps(form, ensure_ascii=False)[1:-1].translate(ASCII_LOWER)


def names_address(text: str, form: str) -> bool:
    """Tell whether a text names an address, `form`, that is no part of a longer one, as of `jo.ann@`."""
    folded = text.translate(ASCII_LOWER)
    at = folded.find(form)
    while at >= 0:
        before = text[max(0, at - 6) : at]
        is_longer = _LONGER_BEFORE.search(before) is not None and _NO_LETTER.search(before) is None
        if not is_longer and _LONGER_BEHIND.match(text, at + len(form)) is None:
            return True
        at = folded.find(form, at + 1)
    return False
