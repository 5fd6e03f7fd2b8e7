"""Say what one reply means, given without a mail around it: a whole line, a bare 552, or a bare 5.2.2.

Replies reach us from logs, guides and people, so codes are also read where they are set in full-width digits,
in quotes, with a comma, colon or full stop after them, or with an en dash for the hyphen.  A number of three
digits is always a reply code, 550 never 5.5.0; what an enhanced code without its dots would say is shown
beside it, and decides only where the number is no reply of SMTP and no word contradicts (511, 577).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from watcher.model import BounceClass
from watcher.reader.classify import Explanation, explain_classify
from watcher.reader.findings import Clue, Extract, Finding
from watcher.reader.parse.address_search import find_addresses
from watcher.reader.parse.smtp_reply import SmtpReply, parse_reply
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.wording import canonical


MAX_REPLY: Final = 1 << 16  # letters that are looked at
_PLAIN: Final = str.maketrans(
    "０１２３４５６７８９．，：；＃（）［］－–—‐‑−\u3000\u00a0“”„‟«»「」『』＂‘’",
    "0123456789.,:;#()[]" + "-" * 6 + "  " + '"' * 11 + "''",
)
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_HEAD: Final = re.compile(r"(?:[^\w]|\d)*")  # before the first word
_MARK: Final = re.compile(r"(\d(?:\d\d|\.\d{1,3}\.\d{1,3}))[.,:;](?=\s|$)")
_CODE: Final = re.compile(r"(\d{3})(?:\s+|$)")
_OPENING: Final = "\"'`“„‟«「『＂‘"
_CLOSING: Final = "\"'”»」』＂’"
SURE: Final = 0.99


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says of a code: whose word it is, of which code, what it means, and our reason for it."""

    source: str
    code: str
    meaning: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CodeReading:
    """One reply, as read, and the verdict on it with every rule that spoke."""

    given: str
    reply: SmtpReply
    told: Explanation


def read_code(given: str, rules: Rules, profile: str = "default") -> CodeReading:
    """Read one reply and give the verdict on it."""
    line, reply = _parse(given[:MAX_REPLY])
    finding = Finding(
        address=_find_recipient(line, rules),
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=line or None,
        clues=(Clue(line, "diagnostic-code"),),
    )
    told = explain_classify(finding, Extract(), rules, profile)
    return CodeReading(given, reply, _accepted(told, rules) if is_success(reply) else told)


def _find_recipient(line: str, rules: Rules) -> str | None:
    """Return the one address that a line names, unless it may be another's: `could not verify …`."""
    addresses = dict.fromkeys(find_addresses(line))
    if len(addresses) != 1:
        return None
    address = next(iter(addresses))
    before = line[: line.find(address)] if address in line else ""
    return None if rules.readings.is_before_others(canonical(before)) else address


def find_sayings(reply: SmtpReply, rules: Rules) -> Iterator[Saying]:
    """Yield what the standards say of the codes; a number that servers made up has no source."""
    row = rules.codes.find_reply(reply.reply_code)
    if row is not None and not row.compact:
        yield Saying(row.source, row.code, row.meaning, row.reason)
    row = rules.codes.find_status(reply.status)
    if row is not None:
        yield Saying(row.source, row.code, row.meaning, row.reason)


def find_receivers_sayings(reply: SmtpReply, rules: Rules) -> Iterator[Saying]:
    """Yield what big receivers mean by the codes, whichever of them it came from."""
    for receiver in rules.receivers.rows:
        for code in (reply.status, str(reply.reply_code)):
            vendors = receiver.codes.get(code or "")
            if vendors is not None:
                yield Saying(receiver.name, vendors.code, vendors.meaning, vendors.reason)


def find_compact(reply: SmtpReply, rules: Rules) -> Saying | None:
    """Say what the reply code would be as an enhanced code that lost its dots."""
    if reply.reply_code is None or reply.status is not None:
        return None
    row = rules.codes.find_status(".".join(str(reply.reply_code)))
    return Saying(row.source, row.code, row.meaning, row.reason) if row else None


def find_labels(reading: CodeReading, rules: Rules) -> tuple[tuple[str, str, BounceClass], ...]:
    """Give the classes by other people's tables, each as (profile, whose table, class)."""
    reply, code_class = reading.reply, reading.told.verdict.code_class
    if is_success(reply):
        return ()
    rows = (rules.profiles.find(name) for name in rules.profiles.names())
    asked = ((row, row.find_class(reply.status, reply.reply_code, code_class)) for row in rows if row)
    return tuple((row.name, row.title, label) for row, label in asked if label is not None)


def _parse(given: str) -> tuple[str, SmtpReply]:
    line = _UNSEEN.sub("", given).strip()
    end = _find_head(line)
    plain = _strip_quotes(_MARK.sub(r"\1", line[:end].translate(_PLAIN)) + line[end:])
    reply = parse_reply(plain)
    if reply.reply_code is None and reply.status is None:
        # Words stand before the codes, or it is a number that no server answers with: 602, 911.
        number = _CODE.match(plain)
        if number:
            return plain, SmtpReply(int(number[1]), None, plain[number.end() :])
        plain = _strip_quotes(line.translate(_PLAIN))
        reply = parse_reply(plain)
    if reply.reply_code is None and reply.status is None:
        return plain, SmtpReply(None, None, plain)
    return plain, reply._replace(text=_strip_quotes(reply.text.lstrip(".,:;-)]> ")))


def _find_head(line: str) -> int:
    """Return where the codes before the words end; `[2001:db8::1]` is none of them up to its letters."""
    head = _HEAD.match(line)
    end = head.end() if head else 0
    if line[end : end + 1].isascii() and line[end : end + 1].isalnum():
        while end and not line[end - 1].isspace():
            end -= 1
    return end


def is_success(reply: SmtpReply) -> bool:
    """Say whether a reply refuses nothing."""
    return (str(reply.reply_code) if reply.reply_code else reply.status or " ")[0] == "2"


def _accepted(told: Explanation, rules: Rules) -> Explanation:
    """Replace the verdict on a reply that refuses nothing."""
    reason = rules.taxonomy["delivered"]
    verdict = told.verdict._replace(
        reason=reason.name, bounce_class=None, fault=reason.fault, advice=reason.advice,
        confidence=SURE, evidence=(),
    )  # fmt: skip
    return Explanation(verdict, ())


def _strip_quotes(line: str) -> str:
    """Take off the quotes around a line, and one at its end that was opened before the codes."""
    line = line.strip()
    if line[:1] and line[0] in _OPENING:
        line = line[1:].strip()
        return line[:-1].strip() if line[-1:] and line[-1] in _CLOSING else line
    last = line[-1:]
    return line[:-1].strip() if last and last in _CLOSING and line.count(last) == 1 else line
