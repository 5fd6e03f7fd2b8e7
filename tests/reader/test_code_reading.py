"""A reply on its own is read whatever was done to its codes, and gets the reason and class settled on."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.rulebook import RULES
from watcher.reader.code_reading import (
    CodeReading,
    find_compact,
    find_labels,
    find_receivers_sayings,
    find_sayings,
    read_code,
)


with (Path(__file__).parent / "classify" / "guide_codes.csv").open(encoding="utf-8", newline="") as _lines:
    GUIDES = list(csv.DictReader(_lines))
NAMES = [f"{row['reply_code']} {row['status']} {row['text'][:40]}" for row in GUIDES]


def reading(text: str, profile: str = "default") -> CodeReading:
    return read_code(text, RULES, profile)


def line(row: dict[str, str]) -> str:
    return " ".join(part for part in (row["reply_code"], row["status"], row["text"]) if part)


@pytest.mark.parametrize("row", GUIDES, ids=NAMES)
def test_a_guides_line_is_read_and_gets_its_reason_and_class(row: dict[str, str]) -> None:
    found = reading(line(row))
    reply, verdict = found.reply, found.told.verdict
    assert (str(reply.reply_code or ""), reply.status or "") == (row["reply_code"], row["status"])
    assert (reply.text, verdict.reason, verdict.bounce_class) == (row["text"], row["reason"], row["class"])


@pytest.mark.parametrize("row", GUIDES, ids=NAMES)
def test_a_profile_gives_the_label_of_its_guide_and_changes_nothing_else(row: dict[str, str]) -> None:
    plain = reading(line(row)).told.verdict
    for profile in ("strict_code", "martech"):
        told = reading(line(row), profile).told.verdict
        assert not row[profile] or told.bounce_class == row[profile]
        assert (told.reason, told.confidence, told.evidence) == (
            plain.reason,
            plain.confidence,
            plain.evidence,
        )


def test_both_guides_are_in_the_table() -> None:
    assert sum(bool(row["strict_code"]) for row in GUIDES) > 80
    assert sum(bool(row["martech"]) for row in GUIDES) > 50


READ = [
    # Each case: what it shows, what was given, then reply code, enhanced code and words.
    ("as servers write it", "550 5.1.1 User unknown", 550, "5.1.1", "User unknown"),
    ("a bare reply code", "552", 552, None, ""),
    ("a bare enhanced code", "5.2.2", None, "5.2.2", ""),
    ("no code", "mailbox is full", None, None, "mailbox is full"),
    ("full-width digits and dots", "５５０ ５．１．１ User unknown", 550, "5.1.1", "User unknown"),
    ("full-width brackets", "550 （5.1.1） User unknown", 550, "5.1.1", "User unknown"),
    ("ideographic spaces", "550\u30005.1.1\u3000User unknown", 550, "5.1.1", "User unknown"),
    ("zero-width characters", "\ufeff550\u200b 5.1.1 User unknown", 550, "5.1.1", "User unknown"),
    ("an address of the newer kind", "550 [2001:db8::17] blocked", 550, None, "[2001:db8::17] blocked"),
    ("quotes around", '"550 5.1.1 User unknown"', 550, "5.1.1", "User unknown"),
    ("typographic quotes around", "“550 5.1.1 User unknown”", 550, "5.1.1", "User unknown"),
    ("corner brackets around", "「550 5.1.1 User unknown」", 550, "5.1.1", "User unknown"),
    ("full-width quotes around", "＂550 5.1.1 User unknown＂", 550, "5.1.1", "User unknown"),
    ("quotes around the words", "550 5.1.1 “User unknown”", 550, "5.1.1", "User unknown"),
    ("a quote opened before the status", "550 '5.2.2 user is full'", 550, "5.2.2", "user is full"),
    ("an apostrophe is no quote", "550 the user's box, 'a'", 550, None, "the user's box, 'a'"),
    ("comma after the reply code", "550, 5.4.5 Daily limit", 550, "5.4.5", "Daily limit"),
    ("dot after both codes", "550. 5.1.1. User unknown", 550, "5.1.1", "User unknown"),
    ("colon after the enhanced code", "550 5.1.1: User unknown", 550, "5.1.1", "User unknown"),
    ("commas all the way", "550,5.1.1,User unknown", 550, "5.1.1", "User unknown"),
    ("en dash for the hyphen", "550–5.1.1 User unknown", 550, "5.1.1", "User unknown"),
    ("typographic signs in the words stay", "553 We weren’t – able", 553, None, "We weren’t – able"),
    ("qmail's brackets", "550 (#5.1.1) no such box", 550, "5.1.1", "no such box"),
    ("the type of a diagnostic", "smtp; 550 5.1.1 no such box", 550, "5.1.1", "no such box"),
    ("words before the codes", "host mx.test said: 550 5.1.1 no", 550, "5.1.1", "no"),
    ("full-width, after words", "Status： ５．２．２", None, "5.2.2", ""),
    ("two lines of one reply", "550-5.1.1 no\n550 5.1.1 such box", 550, "5.1.1", "no such box"),
    ("a number that no server answers", "911 who knows", 911, None, "who knows"),
    ("a sum is no code", "1234 sic", None, None, "1234 sic"),
    ("nothing", "", None, None, ""),
]


@pytest.mark.parametrize(
    ("text", "code", "status", "words"), [case[1:] for case in READ], ids=[case[0] for case in READ]
)
def test_codes_and_words(text: str, code: int | None, status: str | None, words: str) -> None:
    reply = reading(text).reply
    assert (reply.reply_code, reply.status, reply.text) == (code, status, words)


COMPACT = [
    # Each case: the number, the reason of it alone, whether the reading without dots decided.
    ("511", "mailbox_not_found", True),
    ("577", "encryption_failed", True),
    ("515", "undetermined_permanent", True),
    ("550", "undetermined_permanent", False),  # 5.5.0 would be a fault of protocol
    ("552", "mailbox_full", False),  # 5.5.2, a fault of syntax
    ("553", "undetermined_permanent", False),  # 5.5.3, too many recipients
    ("521", "remote_not_accepting", False),  # 5.2.1, a mailbox disabled
    ("530", "submission_auth", False),  # 5.3.0, the remote system
]


@pytest.mark.parametrize(("number", "reason", "decided"), COMPACT, ids=[case[0] for case in COMPACT])
def test_a_number_is_a_reply_before_it_is_a_code_without_dots(
    number: str, reason: str, decided: bool
) -> None:
    found = reading(number)
    compact = find_compact(found.reply, RULES)
    assert found.told.verdict.reason == reason
    assert found.reply.status is None
    assert compact is not None
    assert (compact.reason == reason) is decided


def test_words_beat_the_reading_without_dots() -> None:
    verdict = reading("541 The message could not be delivered for policy reasons.").told.verdict
    assert (verdict.reason, verdict.bounce_class) == ("policy_rejected", "block")


def test_what_is_said_of_a_code() -> None:
    reply = reading("550 5.4.5 sic").reply
    assert [(each.source, each.code) for each in find_sayings(reply, RULES)] == [
        ("RFC 5321", "550"),
        ("IANA", "5.4.5"),
    ]
    google = next(find_receivers_sayings(reply, RULES))
    assert (google.source, google.code, google.reason) == ("google", "5.4.5", "sender_quota_exceeded")


def test_labels_of_the_guides() -> None:
    labels = {name: label for name, _, label in find_labels(reading("552 5.2.2 full"), RULES)}
    assert labels == {"strict_code": "hard", "martech": "soft"}


@pytest.mark.parametrize("text", ["250 2.1.5 OK", "2.0.0", "250"])
def test_a_reply_that_refuses_nothing_is_no_bounce(text: str) -> None:
    found = reading(text, "martech")
    verdict = found.told.verdict
    assert (verdict.reason, verdict.bounce_class, verdict.advice) == ("delivered", None, "ignore")
    assert find_labels(found, RULES) == ()


def test_the_address_of_a_reply_is_taken_for_the_recipients() -> None:
    alone = reading("550 user@example.com is unknown").told.verdict
    assert (alone.reason, alone.bounce_class) == ("mailbox_not_found", "hard")
    two = reading("550 user@example.com or other@example.net is unknown").told.verdict
    assert two.bounce_class == "undetermined"


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    found = reading(text)
    assert found.given == text
    assert found.told.verdict.reason in RULES.taxonomy


def test_a_code_that_one_receiver_alone_gives_is_taken_in_its_sense() -> None:
    sole, registered, unknown = (reading(text).told.verdict for text in ("5.7.606", "5.4.5", "5.7.999"))
    assert (sole.reason, sole.evidence[0].rule) == ("ip_blocked", "microsoft.5.7.606")
    assert registered.evidence[0].rule == "status.5.4.5"
    assert unknown.reason == "undetermined_permanent"


def test_a_number_of_one_receiver_is_told_as_its_own() -> None:
    reply = reading("605 sic").reply
    assert [(each.source, each.code) for each in find_receivers_sayings(reply, RULES)] == [("mailgun", "605")]
    assert [each.source for each in find_sayings(reply, RULES)] == [""]
