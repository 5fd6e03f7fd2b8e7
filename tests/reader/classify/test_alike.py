"""A verdict that was remembered of another recipient is the one that would be given anew."""

import csv
from pathlib import Path

import pytest

from tests.reader.classify.asking import finding
from tests.reader.rulebook import RULES
from watcher.model import Action
from watcher.reader.classify import alike, classify, classify_alike
from watcher.reader.extract import extract
from watcher.reader.findings import Extract, Finding
from watcher.reader.parse.message import parse_message
from watcher.rules import load_rules


MAIL = Path(__file__).parents[2] / "mail"
OTHERS = ("zz", "z.z@", "some-body@other.example.org")  # names alone keep the domain
SAID = Extract("postfix", "mail.sender.example.org")


def mails() -> list[tuple[Finding, Extract]]:
    found = (extract(parse_message(path.read_bytes()), RULES) for path in sorted(MAIL.rglob("*.eml")))
    return [(each, told) for told in found for each in told.findings if each.address]


def replies() -> list[tuple[Finding, Extract]]:
    rows = []
    for name in ("refusals.csv", "composed.csv"):
        with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as lines:
            rows += csv.DictReader(lines)
    return [(finding(row["reply"], action=None), SAID) for row in rows]


def of_another(asked: Finding, other: str) -> Finding:
    """Give a finding with the address changed wherever it stands."""
    address = asked.address or ""
    name, _, domain = address.rpartition("@")
    other = other if "@" in other[:-1] else f"{(other.strip('@') * len(name))[: len(name)]}@{domain}"
    return asked._replace(
        address=other,
        diagnostic=asked.diagnostic and asked.diagnostic.replace(address, other),
        clues=tuple(clue._replace(text=clue.text.replace(address, other)) for clue in asked.clues),
    )


@pytest.mark.parametrize("given", [mails, replies])
def test_it_is_the_same_after_any_other_recipient(given) -> None:
    asked = given()
    assert len(asked) > 300
    for one, told in asked:
        for other in OTHERS:
            classify_alike(of_another(one, other), told, RULES)
        assert classify_alike(one, told, RULES) == classify(one, told, RULES)


def test_the_second_of_whom_the_same_is_said_is_not_judged_anew() -> None:
    alike._memory_of.cache_clear()
    told = "550 5.1.1 <{0}>: Recipient address rejected: User unknown, ask for <{0}>"
    for address in ("anna@one.example.com", "bert@two.example.net", "carl@six.example.org"):
        asked = finding(told.format(address), address=address)
        given = classify_alike(asked, SAID, RULES)
        assert given == classify(asked, SAID, RULES)
    assert alike._memory_of(RULES).cache_info().misses == 1


def test_what_is_quoted_names_the_recipient_himself() -> None:
    told = "552 5.2.2 Mailbox storage of {} is 104% full"
    for address in ("anna@one.example.com", "bert@two.example.net"):
        verdict = classify_alike(finding(told.format(address), address=address), SAID, RULES)
        assert [row.matched for row in verdict.evidence] == [f"Mailbox storage of {address} is 104% full"]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("5.1.1@example.com", "550 <5.1.1@example.com> rejected"),  # a code for a name
        ("anna@example.com", "550 <ANNA@example.com>: no such user"),  # spelled in another way
        ("gmail@example.com", "550 <gmail@example.com>: no such user"),  # a word that names a receiver
        ("anna@example.com", "550 " + "try again " * 300),  # more than is worth remembering
        ("xxxx@example.com", "550 xxxx@example.com: no such user"),  # it stands for itself
        ("root@www.example.com", "550 5.7.1 <root@www.example.com>: suspended"),  # reads like a link
        ("unknown@city.example", "550 file unknown@city.example not allowed"),  # a name that rows look for
        ("anna@a.example.co", "551 User not local; please try <anna@a.example.com>"),  # within another
        ("anna@example.com", "550 5.1.1 double-check anna@exam\u200bple.com again"),  # folding joins it
    ],
)  # fmt: skip
def test_what_may_hang_on_the_address_is_judged_anew(address: str, text: str) -> None:
    asked = finding(text, address=address, action=Action.FAILED)
    assert classify_alike(asked, SAID, RULES) == classify(asked, SAID, RULES)


def test_a_domain_counts_where_a_receiver_is_known_by_it() -> None:
    alike._memory_of.cache_clear()
    for address in ("anna@gmail.com", "bert@two.example.net", "carl@gmail.com"):
        classify_alike(finding("550 5.7.1 no", address=address), SAID, RULES)
    assert alike._memory_of(RULES).cache_info().misses == 2


def test_what_the_users_own_rules_look_at_is_judged_anew(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[rule]]\nid = "own.mine"\nreason = "recipient_refused"\nregex = "@big-customer[.]example"\n'
        'literal = "big-customer"\nmatches = ["550 <anna@big-customer.example>: no"]\n',
        "utf-8",
    )
    rules = load_rules([own])
    for address in ("bert@two.example.net", "anna@big-customer.example"):
        asked = finding(f"550 5.1.1 <{address}>: user unknown", address=address)
        given = classify_alike(asked, SAID, rules)
        assert given == classify(asked, SAID, rules)
    assert given.reason == "recipient_refused"
