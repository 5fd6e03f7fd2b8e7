"""A mail is judged as it was parsed for its reading, which must not differ from one parsed for that alone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.authenticity import Answers, Ours, ReturnPathKey
from watcher.reader.analyse import analyse
from watcher.reader.parse.message import parse_message
from watcher.reader.report_json import encode_report
from watcher.service.reading import Judge, Mail, Reader, completed


NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
MAILS = sorted((Path(__file__).parents[1] / "mail").rglob("*.eml"))
OURS = Ours(domains=("example.org", "lists.example.org"), keys=(ReturnPathKey("a", b"0123456789abcdef" * 2),))


@pytest.mark.parametrize("asks", [False, True], ids=["no send log", "a send log"])
def test_mail_is_judged_as_if_it_were_parsed_anew(asks: bool) -> None:
    judge = Judge(OURS, asks_send_log=asks)
    reader, settled = Reader(RULES, "default", judge), 0
    for path in MAILS[::3]:
        mail = Mail(path.read_bytes(), NOW, 12_345, True, "imap://…")
        found = reader.read(mail)
        report, message = analyse(mail.raw, RULES), parse_message(mail.raw)
        asked = judge.questions(message, report, NOW)
        if asked.dkim or asked.sent:
            assert found == (report, None)
            continue
        settled += 1
        report = completed(judge.judged(message, report, Answers(sent={} if asks else None), NOW), mail)
        assert found == (report, encode_report(report, "imap://…"))
        assert (report.message.size, report.notes[-1]) == (12_345, "larger than max_size, read in part")
    assert settled > 30
