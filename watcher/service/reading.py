"""Read a mail and judge whether it is about mail of ours, as far as nobody outside has to be asked.

Pure, and made of values that can be sent to another process.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from watcher.authenticity import Answers, Ours, Questions, authenticate, questions
from watcher.model import Report
from watcher.reader.analyse import analyse_and_parse
from watcher.reader.parse.message import Message, parse_message
from watcher.reader.report_json import encode_report
from watcher.reader.ruleset import Rules


class Mail(NamedTuple):
    """A mail, and what its report needs beside it."""

    raw: bytes
    received: datetime  # INTERNALDATE
    size: int  # as the server has it
    truncated: bool
    source: str  # imap://…


class Read(NamedTuple):
    """A report; `text` is its JSON, None where it is still to be judged."""

    report: Report
    text: str | None


@dataclass(frozen=True, slots=True)
class Judge:
    """What is ours, for the mail of one mailbox."""

    ours: Ours
    since: date | None = None  # what came before has no return-path keys to prove it
    asks_send_log: bool = False

    def is_older(self, received: datetime) -> bool:
        """Tell whether a report came before there were keys.

        By INTERNALDATE, which our own server writes: any date within a mail is its sender's word.
        """
        return self.since is not None and received.astimezone(UTC).date() < self.since

    def ours_of(self, received: datetime) -> Ours:
        """Give what is ours for a report that came then."""
        return replace(self.ours, keys=()) if self.ours.keys and self.is_older(received) else self.ours

    def questions(self, message: Message, report: Report, received: datetime) -> Questions:
        """Give what is to be asked outside; none where there is nobody to ask."""
        asked = questions(message, report, self.ours_of(received), received)
        return asked if self.asks_send_log else Questions(asked.dkim)

    def judged(self, message: Message, report: Report, answers: Answers, received: datetime) -> Report:
        """Give the report with its level."""
        return authenticate(message, report, self.ours_of(received), answers, received)


@dataclass(frozen=True, slots=True)
class Reader:
    """How the mails of one mailbox are read."""

    rules: Rules
    profile: str
    judge: Judge

    def read(self, mail: Mail) -> Read:
        """Read a mail; its report stays to be judged where somebody has to be asked."""
        report, parsed = analyse_and_parse(mail.raw, self.rules, self.profile)
        message = parsed or parse_message(mail.raw)
        asked = self.judge.questions(message, report, mail.received)
        if asked.dkim or asked.sent:
            return Read(report, None)
        answers = Answers(sent={} if self.judge.asks_send_log else None)
        report = completed(self.judge.judged(message, report, answers, mail.received), mail)
        return Read(report, encode_report(report, mail.source))


def completed(report: Report, mail: Mail) -> Report:
    """Add to a report what the mail alone does not tell."""
    if mail.truncated:
        report = replace(report, notes=(*report.notes, "larger than max_size, read in part"))
    if report.message.size != mail.size:
        report = replace(report, message=replace(report.message, size=mail.size))
    return report
