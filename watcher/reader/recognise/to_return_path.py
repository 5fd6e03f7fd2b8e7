"""Tell an answer that only a machine can have written: it went to the return-path, which people never see.

RFC 3834 section 4: an automatic response goes to the return-path of what it answers.  A person answers From
or Reply-To (RFC 5322 section 3.6.2).  A return-path that carries the writer's own address, or a long code, is
no address to write to, so whoever answers it in a few words, asks nothing and greets nobody, is a machine.
"""

import re
from typing import Final

from watcher.model import Evidence, Kind
from watcher.reader.findings import Recognition
from watcher.reader.parse.address import parse_mailboxes
from watcher.reader.parse.return_path import parse_form
from watcher.reader.recognise.brief import QUESTION
from watcher.reader.recognise.told import find_reason
from watcher.reader.recognise.view import View


CONFIDENCE: Final = 0.75
MAX_OWN: Final = 900  # characters of own words: who has more to say may have been given that address
# A word for bounces and a code behind it: `bounces+5ef1be2ab3`, `b-92cac34483`.
_CODED: Final = re.compile(r"(?i:bounces?|bnc|b|verp|returns?|return-path)[+=-](?=[\w.=-]*\d)[\w.=-]{8,64}")


def find_answer_to_return_path(view: View) -> Recognition | None:
    """Return an automatic reply that nothing but the address it went to shows."""
    if view.is_listed or not (view.is_reply or view.is_threaded):
        return None  # monitors and shops write to whatever address they were given
    if len(view.own) > MAX_OWN or not view.own.strip() or QUESTION.search(view.own):
        return None
    if view.spoken.greets_someone or any(mark in view.own_text for mark in "？؟"):
        return None
    readers = parse_mailboxes(view.message.headers.first("To"))
    if len(readers) != 1 or not _is_return_path(readers[0], view):
        return None
    told = find_reason(view, promised=False)
    evidence = (
        Evidence("auto_reply.to_return_path", readers[0], "to"),
        *((told.evidence(),) if told else ()),
    )
    reason = told.sign.reason if told else None
    return Recognition(
        Kind.AUTO_REPLY, reason or "auto_reply_other", CONFIDENCE, evidence, view.spoken.language
    )


def _is_return_path(reader: str, view: View) -> bool:
    """Say whether an address can only be that of our envelope: it carries the writer's, or a code."""
    recipient = parse_form(reader).recipient
    if recipient is None:
        return _CODED.fullmatch(reader.rpartition("@")[0]) is not None
    writers = parse_mailboxes(view.message.headers.first("From"))
    domains = {writer.lower().rpartition("@")[2] for writer in writers}
    return recipient.lower().rpartition("@")[2] in domains
