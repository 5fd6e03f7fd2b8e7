"""A post that comes back from a list's keepers waits for a moderator; what a person forwards does not."""

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader.analyse import analyse


def _mail(path: str, text: str) -> bytes:
    return (
        f"Return-Path: <{path}>\r\nFrom: chorus-owner@example.org\r\n"
        "To: jo@example.com\r\nSubject: Your mail\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
        f"--B\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        "--B\r\nContent-Type: message/rfc822\r\n\r\n"
        "From: jo@example.com\r\nTo: chorus@example.org\r\nSubject: Songs\r\n\r\nSee you there.\r\n--B--\r\n"
    ).encode()


@pytest.mark.parametrize("path", ["", "chorus-owner@example.org"])
def test_a_post_that_comes_back_is_held(path: str) -> None:
    told = analyse(_mail(path, "Mae'r neges yn aros."), RULES)
    assert (told.kind, told.reason) == (Kind.NOTICE, "moderation_notice")


@pytest.mark.parametrize(
    "text",
    ["Dear Ann, your order left today, see your mail below.", "Did you mean the old or the new sheets?"],
)
def test_a_person_may_forward_a_mail_to_its_writer(text: str) -> None:
    assert analyse(_mail("chorus-owner@example.org", text), RULES).kind is Kind.ORDINARY
