"""Settle what a report says about one recipient: status, reply code, diagnostic, action.

The Status field is the least reliable: Exim, OpenSMTPD and Courier write 5.0.0 for everything, Haraka leaves
it empty.  So the diagnostic's own enhanced code wins where the field is absent, x.0.0, or of another class
than the reply.  A code of another class than the reply in front of it is none (RFC 2034 section 4), and wins
over nothing: `552 4.2.2`.
"""

import re
from functools import lru_cache

from watcher.model import Action
from watcher.reader.parse.misread import read_octets
from watcher.reader.parse.smtp_reply import SmtpReply, find_replies, parse_reply


MAX_DIAGNOSTIC = 2_000  # characters; real ones are below 600
_LEFT_OUT = " ... "
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,20}\s{0,3};\s{0,3}")
_DELIVERED = re.compile(r"(?i:(?:successfully )?delivered(?: successfully| ok)?)[.!]?")
_STILL_TRYING = re.compile(
    r"(?i:(?:delayed|deferred)[,;.(\- ]{1,3}(?:will (?:be )?retr|will keep|will try|still trying|retrying))"
)
_ACTIONS = {
    "failed": Action.FAILED,
    "failure": Action.FAILED,
    "fail": Action.FAILED,
    "error": Action.FAILED,  # QUIRK: OpenSMTPD before 6.0
    "expired": Action.FAILED,
    "delayed": Action.DELAYED,
    "delay": Action.DELAYED,
    "deferred": Action.DELAYED,
    "delivered": Action.DELIVERED,
    "deliverable": Action.DELIVERED,
    "relayed": Action.RELAYED,
    "expanded": Action.EXPANDED,
}


def settle_status(field: str | None, reply: SmtpReply) -> str | None:
    """Choose between the Status field and the diagnostic's enhanced code, by the rule above."""
    found = _STATUS.search(field) if field else None
    status = found[0] if found else None
    if reply.status is None or status is None:
        return status or reply.status
    spoken = reply.status if reply.reply_code is None else str(reply.reply_code)
    if reply.status[0] != spoken[0]:
        return status
    return reply.status if status.endswith(".0.0") or status[0] != spoken[0] else status


def parse_action(field: str | None) -> Action | None:
    """Read an Action field; a comment may follow, `relayed (to non-DSN-aware mailer)`."""
    words = field.lower().replace("(", " ").replace(";", " ").split() if field else []
    return _ACTIONS.get(words[0]) if words else None


def infer_action(status: str | None, *, delayed: bool) -> Action:
    """Say what became of a recipient where no Action field does."""
    if status is not None and status.startswith("2"):
        return Action.DELIVERED
    return Action.DELAYED if delayed else Action.FAILED


def told_action(words: str) -> Action | None:
    """Read what a line of prose says of one that did not fail: `Delivered`, `Delayed, will retry`.

    Prose proves no more than that the message went on.
    """
    if _DELIVERED.fullmatch(words):
        return Action.RELAYED
    return Action.DELAYED if _STILL_TRYING.match(words) else None


def cut_amid(text: str, most: int) -> str:
    """Return a text, its middle left out where it is too long: what it leads up to stands at its end."""
    if len(text) <= most:
        return text
    end = most // 4
    return f"{text[: most - end]}{_LEFT_OUT}{text[len(_LEFT_OUT) - end :]}"


def clean_diagnostic(text: str | None) -> str | None:
    """Return a diagnostic on one line, without its type (`smtp;`, `x-unix;`)."""
    if not text:
        return None
    # The octets first: one of them may look like a blank.
    line = " ".join(read_octets(cut_amid(text, MAX_DIAGNOSTIC)).split())
    typed = _TYPE.match(line) if ";" in line else None
    return (line[typed.end() :] if typed else line) or None


@lru_cache(maxsize=512)  # a recipient's words are asked for their codes again and again
def find_reply(text: str) -> SmtpReply:
    """Find the first reply in a text that may hold words before it: `host x said: 550 …`."""
    reply = parse_reply(text)
    if reply.reply_code is not None or reply.status is not None:
        return reply
    return next((found for _, found in find_replies(text)), reply)
