"""Over a whole corpus, the parser reads what the standard library reads; where not, it reads more.

The standard library is strict where mail is broken, so some mails must differ.  The bounds say how many may;
to see which, run with `-rP`.
"""

import os
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as EmailMessage
from pathlib import Path

import pytest

from watcher.reader.parse.message import Message, parse_message


CORPUS = Path(os.environ.get("BOUNCE_WATCHER_CORPUS") or Path(__file__).parents[4] / "shared" / "corpus")

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}; set BOUNCE_WATCHER_CORPUS"),
]


@pytest.fixture(scope="module")
def mails() -> list[tuple[str, Message, EmailMessage]]:
    found = []
    for path in sorted(CORPUS.rglob("*.eml")):
        raw = path.read_bytes()
        found.append((path.name, parse_message(raw), message_from_bytes(raw)))
    assert found, f"no .eml below {CORPUS}"
    return found


def words(text: str) -> str:
    return " ".join(text.split())


def their_headers(mail: EmailMessage) -> list[tuple[str, str]]:
    raw = [
        (name, str(value).encode("utf-8", "surrogateescape").decode("latin-1"))
        for name, value in mail._headers
    ]
    return [(name.lower(), words(value)) for name, value in raw]


def our_headers(message: Message) -> list[tuple[str, str]]:
    return [(name.lower(), words(value)) for name, value in message.headers._fields]


def their_parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    yield mail
    if mail.get_content_maintype() == "multipart" and mail.is_multipart():
        for part in mail.get_payload():
            yield from their_parts(part)


def their_text(part: EmailMessage) -> str | None:
    """Return a part's text, or None where the standard library has none."""
    if part.get_content_maintype() != "text" or part.is_multipart():
        return None
    charset = part.get_content_charset("ascii")
    # What everybody reads as its superset.
    charset = {"iso-8859-1": "cp1252", "latin1": "cp1252"}.get(charset, charset)
    try:
        return words(part.get_payload(decode=True).decode(charset))
    except (LookupError, UnicodeError):
        return None


def at_most(share: float, different: list[str], mails: list[tuple[str, Message, EmailMessage]]) -> None:
    print(len(different), "of", len(mails), "differ:", *different, sep="\n")  # noqa: T201
    assert len(different) <= share * len(mails)


def test_top_headers(mails: list[tuple[str, Message, EmailMessage]]) -> None:
    different = [name for name, ours, theirs in mails if our_headers(ours) != their_headers(theirs)]
    # The library stops at a folded line that lost its indent; we read the fields below it.
    at_most(0.005, different, mails)


def test_part_types(mails: list[tuple[str, Message, EmailMessage]]) -> None:
    different = [
        name
        for name, ours, theirs in mails
        if [part.content_type for part in ours.walk()]
        != [part.get_content_type() for part in their_parts(theirs)]
    ]
    at_most(0.015, different, mails)


def test_texts(mails: list[tuple[str, Message, EmailMessage]]) -> None:
    different = []
    for name, ours, theirs in mails:
        parts = list(ours.walk())
        texts = [their_text(part) for part in their_parts(theirs)]
        if len(parts) == len(texts) and any(
            text is not None and text != words(part.as_text())
            for part, text in zip(parts, texts, strict=True)
        ):
            different.append(name)
    at_most(0.005, different, mails)
