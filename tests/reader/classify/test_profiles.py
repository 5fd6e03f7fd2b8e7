"""A policy profile changes the class of a verdict, and nothing else."""

import pytest

from tests.reader.classify.asking import finding, verdict
from tests.reader.rulebook import RULES
from watcher.model import Action


CASES = [
    # Each case: what it shows, the reply, then the class in default, strict_code and martech.
    ("unknown user", "550 5.1.1 User unknown", "hard", "hard", "hard"),
    ("spam", "550 5.7.1 looks like spam", "block", "hard", "hard"),
    ("full, for good", "552 5.2.2 mailbox is full", "soft", "hard", "soft"),
    ("full, for now", "452 4.2.2 mailbox is full", "soft", "soft", "soft"),
    ("a bare 550", "550 sic", "undetermined", "hard", "hard"),
    ("a bare 553", "553 sic", "undetermined", "hard", "soft"),
    ("disabled", "550 5.2.1 account disabled", "hard", "hard", "soft"),
    ("a bare 421", "421 sic", "soft", "soft", "soft"),
    ("x.0.0 leaves it to the reply", "553 5.0.0 sic", "undetermined", "hard", "soft"),
    ("no code at all", "it bounced", "undetermined", "undetermined", "hard"),
]


@pytest.mark.parametrize(
    ("text", "default", "strict", "martech"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_class_by_profile(text: str, default: str, strict: str, martech: str) -> None:
    asked = finding(text)
    given = [verdict(asked, profile=name) for name in ("default", "strict_code", "martech")]
    assert [each.bounce_class for each in given] == [default, strict, martech]
    assert len({each._replace(bounce_class=None) for each in given}) == 1


def test_a_delayed_recipient_has_no_class_in_any_profile() -> None:
    asked = finding("550 5.1.1 User unknown", action=Action.DELAYED)
    assert {verdict(asked, profile=name).bounce_class for name in RULES.profiles.names()} == {None}


def test_an_unknown_profile_is_the_default() -> None:
    assert "strict_code" in RULES.profiles
    assert "nobodys" not in RULES.profiles
    assert verdict(finding("550 5.7.1 looks like spam"), profile="nobodys").bounce_class == "block"
