"""What every way of reading a report looks at: its own words, the returned original, subject and opening."""

from typing import NamedTuple

from watcher.model import Kind
from watcher.reader.extract.notice import Notice, find_notice
from watcher.reader.extract.returned import find_returned
from watcher.reader.parse.header import Headers
from watcher.reader.parse.message import Message
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.signs import Hit
from watcher.reader.ruleset.wording import canonical, canonical_body


MAX_BODY_WORDS = 1_500  # characters of the report's opening in which a system names itself


class Look(NamedTuple):
    """One report, as all ways of reading see it."""

    message: Message
    rules: Rules
    notice: Notice
    returned: Headers | None
    subject: str  # canonical
    opening: str  # canonical

    def is_delayed(self) -> bool:
        """Say whether the report's words speak of a delay, and not of giving up."""
        prose, signs = self.rules.dialects.prose, self.rules.signs
        words = f"{self.subject}{self.opening}"
        if prose.final.is_in(words):
            return False
        if prose.delays.is_in(words) or _has_delay(signs.find("body", self.opening)):
            return True
        if any(hit.sign.kind is Kind.BOUNCE for hit in signs.find("subject", self.subject)):
            return False  # `Returned mail: Deferred` is not on its way, whatever its text tells of waiting
        subject, begin = self.message.headers.first("Subject") or "", self.notice.text(MAX_BODY_WORDS)
        return _has_delay(signs.find_fate(subject)) or _has_delay(signs.find_fate(begin))


def _has_delay(hits: tuple[Hit, ...]) -> bool:
    return any(hit.sign.kind is Kind.DELAY for hit in hits)


def look_at(message: Message, rules: Rules) -> Look:
    """Find what every way of reading looks at."""
    notice = find_notice(message, rules.dialects.prose)
    return Look(
        message,
        rules,
        notice,
        find_returned(message, notice),
        canonical(message.headers.first("Subject") or ""),
        canonical_body(notice.text(MAX_BODY_WORDS)),
    )
