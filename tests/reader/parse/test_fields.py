"""The groups of a delivery-status part are found, also where its form is broken."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.fields import decode_fields, parse_groups


MESSAGE = "Reporting-MTA: dns; mx.example.net\nArrival-Date: Sun, 22 Nov 2026 04:19:00 +0000\n"
ONE = "Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n"
TWO = "Final-Recipient: rfc822; b@example.com\nAction: delayed\nStatus: 4.2.2\n"
M, R = ["reporting-mta", "arrival-date"], ["final-recipient", "action", "status"]

BODIES = [
    # Each case: what it shows, a body, the field names of its groups.
    ("as the RFC has it", f"{MESSAGE}\n{ONE}\n{TWO}", [M, R, R]),
    ("many empty lines", f"\n\n{MESSAGE}\n\n\n{ONE}\n\n", [M, R]),
    ("blanks in empty lines", f"{MESSAGE} \t\n{ONE}  \n{TWO}", [M, R, R]),
    ("CRLF", f"{MESSAGE}\n{ONE}".replace("\n", "\r\n"), [M, R]),
    ("no empty line", f"{MESSAGE}{ONE}{TWO}", [M, R, R]),
    ("no message group", ONE, [R]),
    (
        "an original recipient begins a group",
        f"{MESSAGE}Original-Recipient: rfc822; x\n{ONE}",
        [M, ["original-recipient", *R]],
    ),
    ("an empty line after each field", f"{MESSAGE}\n{ONE}".replace("\n", "\n\n"), [M, R]),
    (
        "an empty line before the verdict",
        f"{MESSAGE}\nFinal-Recipient: x\n\nAction: failed\n",
        [M, ["final-recipient", "action"]],
    ),
    ("a verdict is not given twice", f"{ONE}\nAction: failed\n", [R, ["action"]]),
    ("a message group after a recipient", f"{ONE}\n{MESSAGE}", [R, M]),
    ("an empty line before the answer", f"{ONE}\nDiagnostic-Code: smtp; 550 no\n", [[*R, "diagnostic-code"]]),
    ("other fields follow", f"{ONE}\nSubject: x\n", [R, ["subject"]]),
    ("words among the fields", f"Hello\n{MESSAGE}no field\n\nnothing here\n\n{ONE}", [M, R]),
    (
        "base64 groups",
        MESSAGE + "\n" + base64.b64encode(f"{ONE}\r\n\r\n{TWO}".encode()).decode() + "\n",
        [M, R, R],
    ),
    ("all base64", base64.encodebytes(f"{MESSAGE}\n{ONE}".encode()).decode(), [M, R]),
    ("words alone", "The mail was not delivered.\n", []),
    ("nothing", "", []),
]


@pytest.mark.parametrize(("body", "names"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_parse_groups(body: str, names: list[list[str]]) -> None:
    assert [list(group) for group in parse_groups(body)] == names


VALUES = [
    # Each case: what it shows, a field, its value, its first word.
    ("plain", "Action: failed", "failed", "failed"),
    ("capitals", "ACTION: Failed", "Failed", "failed"),
    ("a comment", "Action: failed (bad host)", "failed (bad host)", "failed"),
    ("a comment before", "Action: (bad host) failed", "(bad host) failed", "failed"),
    ("punctuation", "Action: failed;", "failed;", "failed"),
    ("folded", "Action: failed\n  for good", "failed for good", "failed"),
    ("a blank before the colon", "Action : failed", "failed", "failed"),
    ("an encoded word", "Action: =?utf-8?q?failed_caf=C3=A9?=", "failed café", "failed"),
    ("empty", "Action:\nStatus: 5.1.1", "", None),
    ("the first counts", "Action: failed\nAction: delayed", "failed", "failed"),
]


@pytest.mark.parametrize(
    ("field", "value", "word"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES]
)
def test_values(field: str, value: str, word: str | None) -> None:
    (group,) = parse_groups(field)
    assert group.first("action") == value
    assert group.token("Action") == word


def test_an_encoded_word_in_an_address_is_meant_literally() -> None:
    (group,) = parse_groups("Final-Recipient: rfc822; =?utf-8?q?=C3=A9?=@example.com\n")
    assert group.first("final-recipient") == "rfc822; =?utf-8?q?=C3=A9?=@example.com"


def test_a_group_is_asked_by_name() -> None:
    (group,) = parse_groups("X-A: 1\nx-a: 2\nFinal-Recipient: x\n")
    assert group.all("X-A") == ("1", "2")
    assert "x-A" in group
    assert "x-b" not in group
    assert group.has_recipient
    assert group.first("x-b") is None
    assert group.token("x-b") is None


def test_no_more_groups_than_the_limit() -> None:
    assert len(parse_groups(f"{ONE}\n" * 50, limit=10)) == 10
    assert len(parse_groups(ONE * 50, limit=10)) == 10


@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(st.sampled_from([MESSAGE, ONE, TWO, "\n", " ", "QUJD" * 8, ":"])).map("".join),
    )
)
def test_any_text_is_read(text: str) -> None:
    for group in parse_groups(text):
        assert list(group)


def test_recipients_above_one_fate_share_it() -> None:
    text = "Final-Recipient: rfc822; a@x\nFinal-Recipient: rfc822; b@x\nAction: failed\nStatus: 5.1.1\n"
    groups = parse_groups(text)
    assert [(g.first("Final-Recipient"), g.first("Action"), g.first("Status")) for g in groups] == [
        ("rfc822; a@x", "failed", "5.1.1"),
        ("rfc822; b@x", "failed", "5.1.1"),
    ]


def test_recipients_below_one_fate_share_it() -> None:
    text = "Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; a@x\nFinal-Recipient: rfc822; b@x\n"
    assert [g.first("Status") for g in parse_groups(text)] == ["5.1.1", "5.1.1"]


def test_an_empty_line_keeps_a_fate_apart() -> None:
    groups = parse_groups("Final-Recipient: rfc822; a@x\n\nFinal-Recipient: rfc822; b@x\nAction: failed\n")
    assert [g.first("Action") for g in groups] == [None, "failed"]


def test_a_reply_of_several_lines_needs_no_indent() -> None:
    text = (
        "Final-Recipient: rfc822; a@example.com\nDiagnostic-Code: SMTP; 550-5.1.1 Sorry.\n550-5.1.1 \n"
        "550-5.1.1 Reference: 8f1c\n550 5.1.1 No such user.\nStatus: 5.1.1\n"
    )
    (group,) = parse_groups(text)
    assert list(group) == ["final-recipient", "diagnostic-code", "status"]
    assert (group.first("diagnostic-code") or "").endswith("Reference: 8f1c 550 5.1.1 No such user.")


def test_a_spoilt_field_spoils_no_other() -> None:
    octets = b"X-Postfix-Sender: rfc822; j\\\xc3\\\xbcr\n"
    octets += b"Final-Recipient: utf-8; j\xc3\xbcrgen@b\xc3\xbccher.example\n"
    assert "jürgen@bücher.example" in decode_fields(octets)
