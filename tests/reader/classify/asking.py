"""Ask for a verdict on one reply, as extraction would hand it over."""

import re

from tests.reader.rulebook import RULES
from watcher.model import Action
from watcher.reader.classify import Explanation, explain_classify
from watcher.reader.findings import Clue, Extract, Finding, Verdict


_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_REPLY = re.compile(r"\s*(\d{3})\b")


def finding(
    text: str | None = None,
    *,
    action: Action | None = Action.FAILED,
    status: str | None = None,
    reply_code: int | None = None,
    address: str = "user@example.com",
    **facts: str,
) -> Finding:
    """Make a finding whose codes are those of its diagnostic, unless others are given."""
    reply = _REPLY.match(text or "")
    said = _STATUS.search(text or "")
    clues = (Clue(text, "diagnostic-code"),) if text else ()
    around = facts.pop("around", None)
    return Finding(
        address=address,
        action=action,
        status=status or (said[0] if said else None),
        reply_code=reply_code or (int(reply[1]) if reply else None),
        diagnostic=text,
        clues=(*clues, *((Clue(around, "body"),) if around else ())),
        **facts,
    )


def explain(asked: Finding, extract: Extract | None = None, profile: str = "default") -> Explanation:
    return explain_classify(asked, extract or Extract(), RULES, profile)


def verdict(asked: Finding, extract: Extract | None = None, profile: str = "default") -> Verdict:
    return explain(asked, extract, profile).verdict
