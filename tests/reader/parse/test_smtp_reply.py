"""Codes are taken from where codes stand, and from nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.reply_lines import join_lines
from watcher.reader.parse.smtp_reply import SmtpReply, find_replies, parse_reply


ANSWERS = [
    # Each case: what it shows, an answer, then reply code, enhanced code and words.
    ("as the RFCs have it", "550 5.1.1 User unknown", 550, "5.1.1", "User unknown"),
    ("no enhanced code", "550 User unknown", 550, None, "User unknown"),
    ("a bare reply code", "552", 552, None, ""),
    ("a bare enhanced code", "5.2.2", None, "5.2.2", ""),
    ("both, no words", "550 5.1.1", 550, "5.1.1", ""),
    ("a type", "smtp; 550 5.1.1 User unknown", 550, "5.1.1", "User unknown"),
    ("a type, no blank", "SMTP;550 5.1.1 User unknown", 550, "5.1.1", "User unknown"),
    ("another type", 'X-Postfix; unknown user: "user"', None, None, 'unknown user: "user"'),
    ("an exit code", "X-Unix; 255", None, None, "255"),
    ("enhanced code in brackets, qmail", "550 (#5.1.1) no mailbox", 550, "5.1.1", "no mailbox"),
    (
        "enhanced code after the words",
        "553 no mailbox by that name (#5.7.1)",
        553,
        "5.7.1",
        "no mailbox by that name (#5.7.1)",
    ),
    ("a later code of another class", "550 no mailbox, see 4.2.2", 550, None, "no mailbox, see 4.2.2"),
    ("a number sign", "550 #5.1.0 Address rejected", 550, "5.1.0", "Address rejected"),
    ("a comma", "550, User unknown", 550, None, "User unknown"),
    ("a colon", "550: User unknown", 550, None, "User unknown"),
    ("a hyphen", "550-5.1.1 User unknown", 550, "5.1.1", "User unknown"),
    (
        "continued",
        "550-5.1.1 No such user,\n550-5.1.1 look again\n550 5.1.1 please",
        550,
        "5.1.1",
        "No such user, look again please",
    ),
    ("continued, CRLF", "550-No such user\r\n550 5.1.1 please", 550, "5.1.1", "No such user please"),
    (
        "continued, then folded",
        "550-5.1.1 No such user, 550 5.1.1 please",
        550,
        "5.1.1",
        "No such user, please",
    ),
    (
        "continued, another code within",
        "550-Got 451 4.7.1 before\n550 5.1.1 no",
        550,
        "5.1.1",
        "Got 451 4.7.1 before no",
    ),
    ("Exchange 2003", "#5.1.1 smtp;550 5.1.1 unknown", 550, "5.1.1", "unknown"),
    (
        "a gateway's own code before",
        "5.1.0 - Unknown address error 550-'5.2.2 mailbox full'",
        550,
        "5.2.2",
        "mailbox full'",
    ),
    ("an enhanced code, then another", "5.1.0 - gave up: 5.2.2", None, "5.1.0", "gave up: 5.2.2"),
    ("continued, no enhanced code", "550-No such user\n550 please", 550, None, "No such user please"),
    ("enhanced code, then words", "5.1.1 (bad destination)", None, "5.1.1", "(bad destination)"),
    (
        "within a sentence",
        "host mx.example.com[192.0.2.1] said: 550 5.1.1 no (in reply to RCPT TO)",
        550,
        "5.1.1",
        "no (in reply to RCPT TO)",
    ),
    ("quotes", "'550 5.1.1 unknown'", 550, "5.1.1", "unknown'"),
    (
        "words that name things",
        "550 Messages from you are refused",
        550,
        None,
        "Messages from you are refused",
    ),
    ("a success", "250 2.1.5 OK", 250, "2.1.5", "OK"),
    ("words alone", "mailbox is full", None, None, "mailbox is full"),
    ("nothing", "", None, None, ""),
    ("a number that is too long", "5501 lines", None, None, "5501 lines"),
    ("a range", "550-551 lines", None, None, "550-551 lines"),
    ("a version", "8.17.1 is new", None, None, "8.17.1 is new"),
    ("three parts are too few", "5.1", None, None, "5.1"),
    ("an IP address", "5.1.1.1 refused", None, None, "5.1.1.1 refused"),
    ("the detail has three digits at most", "550 5.4.316 expired", 550, "5.4.316", "expired"),
    ("no class 3", "354 3.1.1 go ahead", 354, None, "3.1.1 go ahead"),
]


@pytest.mark.parametrize(
    ("answer", "code", "status", "words"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS]
)
def test_parse_reply(answer: str, code: int | None, status: str | None, words: str) -> None:
    assert parse_reply(answer) == SmtpReply(code, status, words)


PROSE = [
    # Each case: what it shows, prose, the codes found in it.
    ("after said", "host mx said: 550 5.1.1 no", [(550, "5.1.1")]),
    ("after said, no enhanced code", "Remote host said: 550 no mailbox", [(550, None)]),
    ("after said, a success", "host mx said: 250 OK", [(250, None)]),
    ("at the start of a line", "It failed:\n550 User unknown\n", [(550, None)]),
    ("at the start of a quoted line", "> 550 User unknown", [(550, None)]),
    ("in a transcript", ">>> RCPT TO:<user@example.com>\n<<< 550 User unknown", [(550, None)]),
    ("in brackets", "(reason: 550 5.1.1 <user@example.com>... User unknown)", [(550, "5.1.1")]),
    ("a colon on both sides", "(reason: 550 : User unknown)", [(550, None)]),
    ("after a colon", "mx.example.com: 550 User unknown", [(550, None)]),
    ("announced as a code", "It failed. [SMTP Error Code 550]", [(550, None)]),
    ("announced by a field", "dsn=5.1.1, status=bounced", [(None, "5.1.1")]),
    ("wherever an enhanced code follows", "we got 550 5.1.1 from them", [(550, "5.1.1")]),
    ("an enhanced code alone", "Sorry, no mailbox here. (#5.1.1)", [(None, "5.1.1")]),
    ("an enhanced code after a colon", "Status: 5.1.1", [(None, "5.1.1")]),
    ("an enhanced code on its own line", "5.1.1 unknown", [(None, "5.1.1")]),
    ("an enhanced code before a reply code", "#5.1.1 550 User unknown", [(550, "5.1.1")]),
    ("two of them", "a: 550 5.1.1 no\n\nb: 452 4.2.2 full\n", [(550, "5.1.1"), (452, "4.2.2")]),
    ("continued lines are one", "<<< 550-5.1.1 no\n<<< 550 5.1.1 user", [(550, "5.1.1")]),
    (
        "another code begins another",
        "<<< 550 5.1.1 no\n<<< 503 5.5.1 no valid recipients",
        [(550, "5.1.1"), (503, "5.5.1")],
    ),
    ("an amount at the start of a line", "\n550 messages were sent\n", []),
    ("an amount after a colon", "size: 552 KB", []),
    ("a percentage", "quota: 550 % used", []),
    ("a house number", "\n500 Example Street\n", []),
    ("a success that nobody announced", "\n250 people came\n", []),
    ("a year", "on 22 Nov 2026 at 05:50", []),
    ("a time", "at 10:550 or 12:451 sharp", []),
    ("a date", "on 2026/550 and 451-22", []),
    ("a phone number", "call 480-555-2500 or (480) 555 2500", []),
    ("an amount of money", "it cost $550 in all: €451", []),
    ("an IP address", "from 192.0.2.550 and 5.1.1.1", []),
    ("versions", "sendmail 5.5.1, Exim 4.9.1, version 5.2.2, linux 5.4.0", []),
    ("a section", "see RFC 5321 section 4.2.1", []),
    ("a version without a name", "it came with 5.8.8 and went", []),
    ("a list of versions", "\n5.8.8, and more", []),
    ("a success code alone", "Status: 2.1.5", []),
    ("a class that enhanced codes do not have", "Status: 3.0.0", []),
    ("within a word", "x550 user, 550x user", []),
    ("an attribute", "width=550 border=0", []),
    ("an address", "to 550@example.com and 5.1.1@example.com", []),
    ("the end of a sentence", "there were 550. Not more", []),
]


@pytest.mark.parametrize(("text", "codes"), [case[1:] for case in PROSE], ids=[case[0] for case in PROSE])
def test_find_replies(text: str, codes: list[tuple[int | None, str | None]]) -> None:
    assert [(reply.reply_code, reply.status) for _, reply in find_replies(text)] == codes


WORDS = [
    # Each case: what it shows, prose, the words of its first answer.
    ("to the end of the line", "said: 550 5.1.1 no such user\nNext.", "no such user"),
    (
        "over indented lines",
        "<a@b.example>: said: 550 5.1.1 no\n    such user (in reply\n    to RCPT)\n\nx",
        "no such user (in reply to RCPT)",
    ),
    ("over lines of one indent", "    mx: 550 5.1.1 no\n    such user\n\nx", "no such user"),
    ("up to a line less indented", "    mx: 550 5.1.1 no\n  such user", "no"),
    ("up to the next address", "  said: 550 5.1.1 no\n  <b@example.com>:\n", "no"),
    ("over a wrapped enhanced code", "said: 550\n    5.1.1 no such user", "no such user"),
    ("no further than its code", "said: 550 5.1.1 no\n451 4.7.1 wait", "no"),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS])
def test_words_of_an_answer_in_prose(text: str, words: str) -> None:
    assert next(find_replies(text))[1].text == words


def test_offsets_name_the_code() -> None:
    text = "a said: 550 5.1.1 no\nb said: 451 4.7.1 wait\n"
    assert [text[at : at + 3] for at, _ in find_replies(text)] == ["550", "451"]


MARKS = st.lists(
    st.sampled_from(
        [
            "550",
            "451 ",
            "5.1.1",
            " ",
            "-",
            "\n",
            ":",
            "said:",
            "smtp;",
            "#",
            "(",
            "'",
            "x",
            "250",
            "<<< ",
            "  ",
        ]
    ),
    max_size=40,
)


@given(st.one_of(st.text(max_size=200), MARKS.map("".join)))
def test_any_text_is_taken(text: str) -> None:
    for reply in (parse_reply(text), *(reply for _, reply in find_replies(text))):
        assert reply.reply_code is None or 200 <= reply.reply_code <= 599
        assert reply.status is None or reply.status[0] in "245"


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("550-5.7.1 it is 550-5.7.1 likely 550 5.7.1 unsolicited", "550-5.7.1 it is likely unsolicited"),
        ("host mx said: 550-no 550 user", "host mx said: 550-no user"),
        ("550-5.7.1 it is 554 5.7.2 else", "550-5.7.1 it is 554 5.7.2 else"),
        ("550 5.7.1 one line 550 5.7.1", "550 5.7.1 one line 550 5.7.1"),
        ("call +49-555-1234", "call +49-555-1234"),
        ("", ""),
    ],
)
def test_lines_that_were_made_one(text: str, joined: str) -> None:
    assert join_lines(text) == joined
