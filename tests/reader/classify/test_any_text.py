"""Classification answers whatever the mail says, and never slowly."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.classify.asking import explain, finding
from tests.reader.rulebook import RULES
from watcher.model import Action, BounceClass, Kind
from watcher.reader.findings import Clue, Extract, Finding


CODES = st.one_of(st.none(), st.integers(min_value=-5, max_value=9999))
STATUSES = st.one_of(
    st.none(), st.from_regex(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True), st.text(max_size=9)
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            ["550", "5.1.1", "4.2.2", "user unknown", "full", ",", "192.0.2.1", "<user@example.com>", "満"]
        ),
        max_size=30,
    ).map(" ".join),
)


FINDINGS = st.builds(
    Finding,
    address=st.one_of(st.none(), st.text(max_size=30), st.just("user@example.com")),
    status=STATUSES,
    reply_code=CODES,
    action=st.sampled_from([None, *Action]),
    diagnostic=st.one_of(st.none(), TEXTS),
    clues=TEXTS.map(lambda text: (Clue(text, "body"),)),
)


@given(asked=FINDINGS, around=TEXTS, profile=st.sampled_from(RULES.profiles.names()))
def test_any_finding_gets_a_whole_verdict(asked: Finding, around: str, profile: str) -> None:
    told = explain(asked, Extract(reporting_mta=around[:40]), profile)
    reason = RULES.taxonomy[told.verdict.reason]
    assert reason.kind in {Kind.BOUNCE, Kind.DELAY}
    assert (told.verdict.bounce_class is None) == (asked.action is Action.DELAYED)
    assert 0 < told.verdict.confidence < 1
    for each in told.candidates:
        assert each.position >= 0
        assert isinstance(each.matched, str)


@given(code=st.integers(min_value=400, max_value=599), action=st.sampled_from([None, Action.FAILED]))
def test_a_reply_code_with_unknown_words_is_never_hard_but_556(code: int, action: Action | None) -> None:
    given_class = explain(finding(f"{code} sic transit gloria", action=action)).verdict.bounce_class
    assert (given_class is BounceClass.HARD) == (code == 556)


@pytest.mark.parametrize(
    "filler",
    [
        "user unknown ",
        "1.",
        "192.0.2.1 ",
        "a:b:",
        "550-",
        "user@example.com",
        "'",
        "満",
        "<",
        "5.1.1 ",
        "{ip}",
    ],
)
def test_a_long_text_takes_no_longer_than_a_limit(filler: str) -> None:
    asked = finding(filler * (400_000 // len(filler)), around=filler * 10_000, status="5.1.1", reply_code=550)
    began = time.process_time()
    explain(asked)
    assert time.process_time() - began < 1
