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
from watcher.reader.recognise.claimed import OTHER_MARKS
from watcher.reader.recognise.told import asks_something, find_reason
from watcher.reader.recognise.view import View


CONFIDENCE: Final = 0.75
MAX_OWN: Final = 900  # characters of own words: who has more to say may have been given that address
# A word for bounces, which no reply address of a shop or a ticket begins with.
_PREFIX: Final = re.compile(r"(?i:bounces?|bnc|verp|return-path)[+=-]|b\+")
# A code behind it: `bounces+5ef1be2ab3`.
_CODED: Final = re.compile(r"(?i:bounces?|bnc|verp|return-path)[+=-](?=[\w.=-]{0,63}\d)[\w.=-]{8,64}")
# People's programs name themselves.
_PROGRAMS: Final = frozenset({"user-agent", "x-mailer"})
_SAFE: Final = frozenset({"out_of_office", "auto_acknowledgement"})


def find_answer_to_return_path(view: View) -> Recognition | None:
    """Return an automatic reply that nothing but the address it went to shows."""
    if not _may_be_machines(view):
        return None
    readers = parse_mailboxes(view.message.headers.first("To"))
    if len(readers) != 1 or not _is_return_path(readers[0], view):
        return None
    told = find_reason(view, promised=False)
    evidence = (Evidence("auto_reply.to_return_path", readers[0], "to"),)
    if told is None or told.sign.reason not in _SAFE:  # who left, or moved, is for words that surely say it
        return Recognition(Kind.AUTO_REPLY, "auto_reply_other", CONFIDENCE, evidence, view.spoken.language)
    found = (*evidence, told.evidence())
    return Recognition(Kind.AUTO_REPLY, told.sign.reason, CONFIDENCE, found, view.spoken.language)


def _may_be_machines(view: View) -> bool:
    """Say whether it answers in a few words, asks nothing, greets nobody, and no person's program sent it."""
    if view.is_listed or not (view.is_reply or view.is_threaded):
        return False  # monitors and shops write to whatever address they were given
    if view.message.headers.has_any(_PROGRAMS):
        return False
    if len(view.own) > MAX_OWN or not view.own.strip() or asks_something(view.own):
        return False
    return not (view.spoken.greets_someone or any(mark in view.own_text for mark in OTHER_MARKS))


def _is_return_path(reader: str, view: View) -> bool:
    """Say whether an address can only be that of our envelope: it carries the writer's, or a code."""
    local = reader.rpartition("@")[0]
    recipient = parse_form(reader).recipient if _PREFIX.match(local) else None
    if recipient is None:
        return _CODED.fullmatch(local) is not None
    writers = parse_mailboxes(view.message.headers.first("From"))
    domains = {writer.lower().rpartition("@")[2] for writer in writers}
    return recipient.lower().rpartition("@")[2] in domains
