"""Which lines of prose name a failed recipient."""

import tomllib

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.extract.anchors import find_anchors
from watcher.reader.extract.original_address import strip_original_label
from watcher.reader.ruleset.dialects import Dialect
from watcher.rules.dialects import DIALECTS


LINES = [
    # Each case: what it shows, the lines, the addresses that failed.
    ("an address alone", "The following addresses failed:\n\n  a@example.com", ["a@example.com"]),
    ("in brackets, before a colon", "<a@example.com>: host x said: 550 no", ["a@example.com"]),
    ("an apostrophe within it", "<o'brien@example.com>: no such user", ["o'brien@example.com"]),
    ("an apostrophe within it, and quotes around", "'o'brien@example.com': gone", ["o'brien@example.com"]),
    ("an apostrophe on a line of its own", "  d'angelo@example.com", ["d'angelo@example.com"]),
    ("quotes around it", "'a@example.com': no such user", ["a@example.com"]),
    ("an elided article before it", "La boîte d'a@example.com n'existe pas.", ["a@example.com"]),
    ("at an address literal", "a@[192.0.2.1]: no such user", ["a@[192.0.2.1]"]),
    (
        "reasons in brackets on one line",
        "a@x.example (gone); b@x.example (full)",
        ["a@x.example", "b@x.example"],
    ),
    ("a bullet before it", "  * a@example.com", ["a@example.com"]),
    ("a number before it", "1. a@example.com - no such user", ["a@example.com"]),
    ("its type before it", "[SMTP:a@example.com]", ["a@example.com"]),
    ("a list on one line", "a@example.com, b@example.com", ["a@example.com", "b@example.com"]),
    ("labelled", "Recipient: a@example.com", ["a@example.com"]),
    ("labelled in German", "Empfänger: <a@example.com>", ["a@example.com"]),
    ("the sender's label", "Sender: a@example.com\nRecipient: b@example.com", ["b@example.com"]),
    (
        "the To of a quoted header",
        "To: a@example.com\nSubject: hello\n\nb@example.com does not exist",
        ["b@example.com"],
    ),
    (
        "in a sentence that tells a failure",
        "Mail to a@example.com could not be delivered.",
        ["a@example.com"],
    ),
    ("in a sentence with a reply", "It said 550 about a@example.com just now", ["a@example.com"]),
    ("in a sentence about nothing", "We like a@example.com a lot.", []),
    (
        "whom to ask",
        "It failed.\nPlease contact\n<help@example.com>\n\n<a@example.com>: no",
        ["a@example.com"],
    ),
    ("whom to ask, in a sentence", "Delivery failed; please contact help@example.com", []),
    (
        "who sent it",
        "A message sent by\n\n  <a@example.com>\n\nfailed for:\n\n  b@example.com",
        ["b@example.com"],
    ),
    ("a helper beside a recipient", "postmaster@example.com\na@example.com", ["a@example.com"]),
    ("a helper alone", "postmaster@example.com: 550 no", ["postmaster@example.com"]),
    (
        "an alias whose end is hidden",
        "  an undisclosed address\n  (generated from a@example.com)",
        ["a@example.com"],
    ),
    ("no address in it", "user@: 550 no", []),
    ("too many addresses in one sentence", "failed: see " + " or ".join(["x (a@example.com)"] * 6), []),
]


@pytest.mark.parametrize(("text", "addresses"), [c[1:] for c in LINES], ids=[c[0] for c in LINES])
def test_find_anchors(text: str, addresses: list[str]) -> None:
    anchors = find_anchors(tuple(text.split("\n")), RULES.dialects.prose, None)
    assert [anchor.address for anchor in anchors] == addresses


def test_a_dialects_row_wins_over_the_place_of_an_address() -> None:
    dialect = next(row for row in RULES.dialects.rows if row.format == "smartermail")
    lines = ("b@example.com is our own", "Failed Recipient: a@example.com")
    anchors = find_anchors(lines, RULES.dialects.prose, dialect)
    assert [(anchor.address, anchor.strength) for anchor in anchors] == [("a@example.com", 3)]


WRITTEN = {
    entry["id"]: entry
    for path in DIALECTS.glob("*.toml")
    for entry in tomllib.loads(path.read_text("utf-8")).get("dialect", [])
}
PATTERNS = [row for row in RULES.dialects.rows if row.recipient]


@pytest.mark.parametrize("dialect", PATTERNS, ids=[row.id for row in PATTERNS])
def test_every_pattern_of_a_dialect_takes_one_of_its_samples(dialect: Dialect) -> None:
    for pattern in dialect.recipient:
        assert any(pattern.match(sample) for sample in WRITTEN[dialect.id]["matches"])


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Original address: c@example.com Reason: full", "Reason: full"),
        ("Adresse d'origine : c@example.com Raison : pleine", "Raison : pleine"),
        ("over quota; original recipient: <c@example.com> (full)", "over quota; (full)"),
        ("mail for c@example.com is full", "mail for c@example.com is full"),
    ],
)
def test_an_original_is_no_part_of_the_reason(words: str, left: str) -> None:
    assert strip_original_label(words, "c@example.com", RULES.dialects.prose).split() == left.split()
