"""What retention has taken is not forgotten: a decision stands, until something later speaks against it."""

from dataclasses import replace

import pytest

from tests.decide.samples import DAY, HARD, NOW, complaint, decided, lived, policy, refused
from watcher.decide.acts import with_act
from watcher.decide.history import Act, History, Suppression, Verb
from watcher.model import Level, Report


KEY = "user@example.com"
LONG_AGO = NOW - 500 * DAY


def left(cause: str = "hard", state: str = "suppressed") -> History:
    """Give an address that stands as it does because of reports that are gone."""
    return History(
        (), Suppression(state, "mailbox_not_found", LONG_AGO, None, cause, "sha256:gone", ("sha256:gone",))
    )


def after(report: Report, history: History) -> tuple[str, str] | None:
    found = decided(report, {KEY: history}, policy=policy()).histories[KEY].suppression
    return None if found is None else (found.state, found.cause)


def release(history: History) -> History:
    act = Act(KEY, Verb.RELEASE, "manual", "manual", "manual", "ann", NOW)
    return with_act(KEY, history, act, policy(), NOW)[0]


CASES = [
    # Each case: what it shows, what it stood for, what comes, how it stands then.
    ("a soft bounce does not weaken it", "hard", refused(), ("suppressed", "hard")),
    ("nor does a plausible hard one", "hard", refused("mailbox_not_found", HARD), ("suppressed", "hard")),
    ("a complaint is graver", "hard", complaint(), ("suppressed", "complaint")),
    ("sure proof of life lifts it", "hard", lived(Level.VERIFIED), None),
    ("so does it what was escalated", "escalated", lived(Level.VERIFIED), None),
    ("proof that may be forged does not", "hard", lived(Level.PLAUSIBLE), ("suppressed", "hard")),
    ("a complaint is lifted by none", "complaint", lived(Level.VERIFIED), ("suppressed", "complaint")),
    ("nor is a person's word", "manual", lived(Level.VERIFIED), ("suppressed", "manual")),
]


@pytest.mark.parametrize(
    ("cause", "report", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_left_stands(cause: str, report: Report, expected: tuple[str, str] | None) -> None:
    assert after(report, left(cause)) == expected


@pytest.mark.parametrize("cause", ["banned", "complaint", "manual", "hard", "escalated"])
def test_a_release_lifts_what_is_left(cause: str) -> None:
    history = release(left(cause, "banned" if cause == "banned" else "suppressed"))
    assert history.suppression is None
    assert after(refused(), history) is None  # dated as the release is
    later = decided(refused(number=7), {KEY: history}, received=NOW + DAY, policy=policy())
    standing = later.histories[KEY].suppression
    assert standing is not None
    assert standing.state == "watch"


def test_proof_dated_before_it_does_not_lift_it() -> None:
    recent = left()
    assert recent.suppression is not None
    history = replace(recent, suppression=replace(recent.suppression, since=NOW + DAY))
    assert after(lived(Level.VERIFIED), history) == ("suppressed", "hard")


def test_a_release_holds_where_the_clock_of_the_server_is_ahead() -> None:
    found = decided(
        refused("mailbox_not_found", HARD, level=Level.VERIFIED),
        received=NOW + DAY,
        now=NOW,
        policy=policy(),
    )
    assert found.facts[0].received == NOW
    assert found.histories[KEY].suppression is not None
    history = release(found.histories[KEY])
    assert history.suppression is None
    again = decided(refused(number=7), {KEY: history}, received=NOW + DAY, now=NOW + DAY, policy=policy())
    standing = again.histories[KEY].suppression
    assert standing is not None
    assert standing.state == "watch"
