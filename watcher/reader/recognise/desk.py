"""Tell the answer of a help desk, which thanks for a report that it quotes or attaches, from the report.

Such an answer is as automatic as a report, and may come from nobody, `<>`, too; what it quotes is of others.
That it answers is shown by its header or its subject, by what it quotes where that alone tells of a
failure, or by a line of its own above a copy of our mail (`Your message was:`), and twice by its own words,
before all that is quoted.
"""

import re
from collections.abc import Iterable
from typing import Final

from watcher.model import Kind
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.signs import Hit
from watcher.reader.ruleset.wording import canonical_body


MIN_SIGNS: Final = 2
_ACKNOWLEDGES: Final = "auto_acknowledgement"
_ABOVE_COPY: Final = re.compile(
    r"^[^\S\n]{0,4}(?:[^\n:@]{1,60}:|[-_=*]{5,80}[^\n]{0,60})[^\S\n]{0,4}$", re.MULTILINE
)


def quotes_as_desk(view: View) -> bool:
    """Say whether an acknowledgement brings a report in a part of its own."""
    if any(hit.sign.sure for hit in view.sender_hits):
        return False
    return _is_answer(view) and any(map(_thanks, _said(view)))


def opens_as_desk(view: View) -> bool:
    """Say whether a mail that tells of a failed delivery first acknowledges ours, and is no mail system's."""
    if view.sender_hits:
        return False
    said = _said(view)
    if not any(map(_thanks, said)) or len({hit.sign.id for hit in said}) < MIN_SIGNS:
        return False
    told = (*view.of(Kind.BOUNCE, "own"), *view.of(Kind.DELAY, "own"))
    if not told and view.is_quoting:
        return True
    if not (_is_answer(view) or any(hit.sign.where == "subject" for hit in said if _thanks(hit))):
        return _brings_copy(view.own_text, filter(_thanks, said), told)
    return _first(view.own, view.of(Kind.AUTO_REPLY, "own")) < _first(view.own, told)


def _is_answer(view: View) -> bool:
    return view.is_threaded or view.is_reply or view.auto_submitted == "auto-replied"


def _said(view: View) -> tuple[Hit, ...]:
    return (*view.of(Kind.AUTO_REPLY, "subject"), *view.of(Kind.AUTO_REPLY, "own"))


def _thanks(hit: Hit) -> bool:
    return hit.sign.reason == _ACKNOWLEDGES


def _brings_copy(own: str, thanks: Iterable[Hit], told: tuple[Hit, ...]) -> bool:
    """Say whether a line that ends in a colon, or is ruled, parts its thanks from what tells of a failure."""
    words = [needle(hit.phrase) for hit in thanks]
    for line in _ABOVE_COPY.finditer(own):
        before = canonical_body(own[: line.start()])
        if any(each in before for each in words):
            return not any(needle(hit.phrase) in before for hit in told)
    return False


def _first(own: str, hits: tuple[Hit, ...]) -> int:
    """Say where the first words of some signs stand; behind everything where none does."""
    return min((at for hit in hits if (at := own.find(needle(hit.phrase))) >= 0), default=len(own))
