"""Mail that nothing but its words tells apart: of every kind, and letters that speak of the same.

`told_in_words.txt` holds one mail after another: the kind and its reason, some fields, and the text.
"""

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.analyse import analyse


MAILS = Path(__file__).with_name("told_in_words.txt").read_text("utf-8").strip().split("\n====\n")


def _build(record: str) -> tuple[str, str, bytes]:
    head, _, body = record.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.split("\n"))
    kind, reason = fields.pop("K").split()
    message = EmailMessage()
    for name, value in fields.items():
        message[name] = value
    message["To"] = "bounces@news.example.com"
    message["Date"] = "Tue, 03 Nov 2026 10:00:00 +0000"
    message.set_content(f"{body.strip()}\n", cte="base64")
    return kind, reason, bytes(message)


def _subject(record: str) -> str:
    return record.partition("\nSubject: ")[2].partition("\n")[0]


@pytest.mark.parametrize("record", MAILS, ids=map(_subject, MAILS))
def test_the_words_tell(record: str) -> None:
    kind, reason, raw = _build(record)
    told = analyse(raw, RULES)
    assert told.kind == kind
    assert kind == "ordinary" or told.reason in reason.split("|")
