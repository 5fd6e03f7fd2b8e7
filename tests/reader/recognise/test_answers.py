"""Answers that people leave behind are told from their letters by all that they say."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind, Report
from watcher.reader.analyse import analyse


HERE = Path(__file__).parent


def _rows(name: str, columns: int) -> list[tuple[str, ...]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [tuple(line.split("|", columns - 1)) for line in lines if line and not line.startswith("#")]


def _read(subject: str, text: str, **fields: str) -> Report:
    mail = EmailMessage()
    mail["Return-Path"] = "<jo@firm.example.com>"
    mail["From"] = "Jo Doe <jo@firm.example.com>"
    mail["To"] = "news@lists.example.org"
    mail["Subject"] = subject
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\nJo\n")
    return analyse(mail.as_bytes(), RULES)


@pytest.mark.parametrize(("reason", "language", "subject", "text"), _rows("answers.txt", 4))
def test_an_answer_without_a_header(reason: str, language: str, subject: str, text: str) -> None:
    report = _read(subject, text)
    assert (report.kind, report.reason) == (Kind.AUTO_REPLY, reason), language


@pytest.mark.parametrize(("reason", "language", "subject", "text"), _rows("answers_marked.txt", 4))
def test_what_a_marked_answer_is_about(reason: str, language: str, subject: str, text: str) -> None:
    report = _read(subject, text, Auto_Submitted="auto-replied")
    assert (report.kind, report.reason) == (Kind.AUTO_REPLY, reason), language


@pytest.mark.parametrize(("language", "subject", "text"), _rows("letters.txt", 3))
def test_a_letter(language: str, subject: str, text: str) -> None:
    report = _read(subject, text)
    assert report.kind is Kind.ORDINARY, (language, [each.rule for each in report.evidence])


@pytest.mark.parametrize(("language", "subject", "text"), _rows("letters.txt", 3))
def test_a_letter_that_answers_in_a_thread(language: str, subject: str, text: str) -> None:
    report = _read(subject, text, In_Reply_To="<1@lists.example.org>")
    assert report.kind is Kind.ORDINARY, (language, [each.rule for each in report.evidence])


ACCEPT = "jo-confirm-accept.1120389711.9342.d4e5f6@firm.example.com"


def test_a_challenge_to_answer() -> None:
    assert _read("Your letter", "It waits until you answer.", Reply_To=ACCEPT).kind is Kind.CHALLENGE


def test_a_letter_that_names_where_a_challenge_was_answered() -> None:
    assert _read("Your list", f"I had to write to {ACCEPT} for this.").kind is Kind.ORDINARY


def test_a_monitors_code_is_no_challenge() -> None:
    for subject in ("job verify#a1b2c3d4 failed", "order conf#12ab34cd", "Build verify#a1b2c3d4"):
        assert _read(subject, "The job ended at noon.").kind is Kind.ORDINARY
