"""Find which of the user's own signs a mail shows, whether or not they were enough to settle its kind."""

from collections.abc import Iterable

from watcher.reader.parse.message import parse_message
from watcher.reader.passed_on import read
from watcher.reader.recognise.view import View
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.signs import Hit, Sign, Signs


def find_own_signs(raw: bytes, rules: Rules, own: Iterable[Sign]) -> tuple[Hit, ...]:
    """Return those of some signs that stand where they look, each once."""
    signs = Signs(own)
    if not signs.rows:
        return ()
    mail, found, _ = read(parse_message(raw), rules)
    view = View(mail, found, signs, rules.concepts, rules.claims)
    told = View(mail, found, rules.signs, rules.concepts, rules.claims).spoken.told
    hits = (
        *view.subject_hits,
        *view.writer_hits,
        *view.header_hits,
        *view.body_hits,
        *view.own_hits,
        *view.find_fate("subject"),
        *view.find_fate("body"),
        *signs.find("told", told),
        *signs.find("answer", told),
    )
    return tuple({hit.sign.id: hit for hit in reversed(hits)}.values())[::-1]
