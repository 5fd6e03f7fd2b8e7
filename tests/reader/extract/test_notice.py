"""Where the report's own words end and the returned original begins."""

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.extract.notice import find_notice, split_original
from watcher.reader.parse.message import parse_message


PROSE = RULES.dialects.prose
ORIGINAL = "Received: from x\nFrom: a@example.org\nSubject: hello"
SPLITS = [
    # Each case: what it shows, the line before the original.
    ("qmail's", "--- Below this line is a copy of the message."),
    ("Exim's", "------ This is a copy of the message, including all the headers. ------"),
    ("Sendmail's", "   ----- Original message follows -----"),
    ("a plain sentence", "Message headers follow."),
    ("one that ends in a colon", "The first 50 lines of your original message follow:"),
    ("one in German", "--- Kopie der Nachricht ---"),
    ("one in Japanese", "--- 元のメッセージ ---"),
    ("drawn with bars", "|------ Message text follows: ------|"),
    ("none, but a header begins", ""),
]
NOT_SPLITS = [
    ("Postfix's apology", "I'm sorry to have to inform you that the message returned"),
    ("a heading of addresses", "----- The following addresses had errors: -----"),
    ("a heading of the session", "----- Transcript of session follows -----"),
    ("a gateway's name", "****** Message from Example Gateway ******"),
    ("who did not get it", "The following addresses did NOT receive a copy of your message:"),
    ("a word on the original", "The original message was received at Thu, 5 Nov 2026 from app.example.org"),
    ("what not to do", "Please do not resend your original message."),
    ("a long line", "--- original message " + "x" * 200),
]


@pytest.mark.parametrize("line", [c[1] for c in SPLITS], ids=[c[0] for c in SPLITS])
def test_the_original_is_split_off(line: str) -> None:
    notice = split_original(f"It failed.\n\n{line}\n\n{ORIGINAL}", PROSE)
    assert notice.lines[0] == "It failed."
    assert (notice.original or "").startswith("Received: from x")
    assert not any("Received" in own for own in notice.lines)


@pytest.mark.parametrize("line", [c[1] for c in NOT_SPLITS], ids=[c[0] for c in NOT_SPLITS])
def test_what_does_not_begin_an_original(line: str) -> None:
    notice = split_original(f"It failed.\n{line}\nMore of the report.", PROSE)
    assert notice.original is None
    assert "More of the report." in notice.lines


@pytest.mark.parametrize(
    "prefix", ["> ", ">", "    ", "\t"], ids=["quoted", "quoted close", "indented", "tab"]
)
def test_marks_before_each_line_of_the_original_are_taken_off(prefix: str) -> None:
    block = "\n".join(prefix + line for line in ORIGINAL.split("\n"))
    notice = split_original(f"It failed.\n--- Original message follows ---\n{block}\nx", PROSE)
    assert (notice.original or "").startswith(ORIGINAL)


def test_exchanges_quoted_fields_are_no_header() -> None:
    notice = split_original("Your message\n\nTo: a@example.com\nSubject: x\nSent: y\n\ndid not reach", PROSE)
    assert notice.original is None


def test_of_alternatives_the_plain_one_is_read() -> None:
    raw = (
        b'From: x\nContent-Type: multipart/alternative; boundary="b"\n\n'
        b"--b\nContent-Type: text/html\n\n<p>html</p>\n--b\nContent-Type: text/plain\n\nplain\n--b--\n"
    )
    assert "plain" in find_notice(parse_message(raw), PROSE).text()
    assert "html" not in find_notice(parse_message(raw), PROSE).text()


def test_an_own_text_without_end_is_cut() -> None:
    raw = (
        b'From: x\nContent-Type: multipart/mixed; boundary="b"\n\n'
        b"--b\n\n" + b"word " * 30_000 + b"\n--b\n\nlast\n--b--\n"
    )
    assert len(find_notice(parse_message(raw), PROSE).text()) <= 48_000
