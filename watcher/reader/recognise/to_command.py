"""Tell a request by the address it went to: senders and list managers keep one to leave by, and one to join.

RFC 2369 section 3.2 puts it into List-Unsubscribe, and a mail to it needs no words.  Mailman's is
`news-leave@`, ezmlm's `news-unsubscribe@`, Lyris' `leave-17-4X@`, one of a campaign's sender `unsub+k7@`.
"""

import re
from typing import Final

from watcher.model import Evidence, Kind
from watcher.reader.findings import Recognition
from watcher.reader.parse.return_path import envelope_addresses
from watcher.reader.recognise.claimed import asks
from watcher.reader.recognise.view import View


CONFIDENCE: Final = 0.85
MAX_OWN: Final = 80  # characters of such a mail
MAX_WORDS: Final = 6  # of a mail that says nothing: `Sent from my phone`
_COMMANDS: Final = (
    (
        re.compile(r"(?i)(?:.{0,100}[-_+.=])?(?:unsubscribe|unsub|signoff|opt-?out)(?:[-_+.=].*)?"),
        "unsubscribe_request",
    ),
    (re.compile(r"(?i)(?:.{0,100}[-_+.=])?subscribe(?:[-_+.=].*)?"), "subscribe_request"),
)
# Words for other things, too: `annual-leave@`, `join.smith@`.  Silence alone asks there.
_WEAK: Final = (
    (re.compile(r"(?i)(?:.{1,100}[-_+])?leave(?:[-_+=].*\d.*)?"), "unsubscribe_request"),
    (re.compile(r"(?i)(?:.{1,100}[-_+])?join(?:[-_+=].*\d.*)?"), "subscribe_request"),
)


def find_to_command(view: View) -> Recognition | None:
    """Return the request that a mail without words of its own makes by where it went."""
    if _says_something(view) or view.is_null_sender or view.auto_submitted.startswith("auto"):
        return None
    address = next(envelope_addresses(view.message.headers), "")
    local = address.rpartition("@")[0]
    silent = not (view.own.strip() and view.subject.strip())
    for pattern, reason in (*_COMMANDS, *_WEAK) if silent else _COMMANDS:
        if local and pattern.fullmatch(local):
            evidence = (Evidence(f"request.to_command.{reason.partition('_')[0]}", address, "to"),)
            return Recognition(Kind.REQUEST, reason, CONFIDENCE, evidence)
    return None


def _says_something(view: View) -> bool:
    """Say whether it says, asks or brings anything; the subject is often a mail program's."""
    if (
        len(view.own) > MAX_OWN
        or len(view.own.split()) > MAX_WORDS
        or view.is_reply
        or "?" in view.subject
        or asks(view)
    ):
        return True
    return any(not part.content_type.startswith(("text/", "multipart/")) for part in view.message.walk())
