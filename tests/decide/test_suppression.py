"""What is surely ours suppresses at once; what may be forged must come twice; what nothing binds, never."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.samples import BLOCK, DAY, HARD, NOW, SOFT, bounce, complaint, decided, failed, types
from watcher.decide.history import History
from watcher.decide.policy import Policy
from watcher.model import BounceClass, Kind, Level, Report


KEY = "user@example.com"
UNTIL = NOW + 15 * DAY


def state(history: History) -> tuple[str, datetime, datetime | None] | None:
    found = history.suppression
    return None if found is None else (found.state, found.since, found.until)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.VERIFIED, ("suppressed", NOW, None)),
        (Level.STRONG, ("suppressed", NOW, None)),
        (Level.PLAUSIBLE, ("quarantined", NOW, UNTIL)),
        (Level.UNVERIFIED, None),
        (Level.CONTRADICTED, None),
    ],
)
def test_the_first_hard_bounce(level: Level, expected: object) -> None:
    decision = decided(bounce(failed(), level=level))
    assert state(decision.histories[KEY]) == expected
    assert [(c.state, c.since, c.until) for c in decision.suppressions] == ([expected] if expected else [])
    assert ("suppression.added" in types(decision)) == (expected is not None)


def test_an_unverified_one_is_told_and_recorded() -> None:
    decision = decided(bounce(failed(), level=Level.UNVERIFIED))
    assert types(decision) == ["bounce.hard"]
    assert decision.histories[KEY].hard == 1


@pytest.mark.parametrize("bounce_class", [SOFT, BLOCK, BounceClass.UNDETERMINED])
def test_other_classes_suppress_nothing(bounce_class: BounceClass) -> None:
    assert decided(bounce(failed(bounce_class), level=Level.VERIFIED)).suppressions == ()


def test_the_second_plausible_one_on_another_day_suppresses_for_good() -> None:
    first = decided(bounce(failed(), number=1))
    second = decided(bounce(failed(), number=2), first.histories, received=NOW + DAY)
    assert state(second.histories[KEY]) == ("suppressed", NOW + DAY, None)
    assert types(second) == ["bounce.hard", "suppression.added"]


def test_a_second_one_on_the_same_day_does_not() -> None:
    first = decided(bounce(failed(), number=1))
    second = decided(bounce(failed(), number=2), first.histories, received=NOW + timedelta(hours=2))
    assert state(second.histories[KEY]) == ("quarantined", NOW, UNTIL)
    assert types(second) == ["bounce.hard"]


def test_a_second_one_about_the_same_message_does_not() -> None:
    first = decided(bounce(failed(), number=1))
    again = replace(bounce(failed(), number=2), original=bounce(number=1).original)
    second = decided(again, first.histories, received=NOW + DAY)
    assert state(second.histories[KEY]) == ("quarantined", NOW, UNTIL)


def test_the_second_counts_after_the_quarantine_ran_out_too() -> None:
    first = decided(bounce(failed(), number=1))
    second = decided(bounce(failed(), number=2), first.histories, received=NOW + 90 * DAY)
    assert state(second.histories[KEY]) == ("suppressed", NOW + 90 * DAY, None)


def test_a_verified_one_ends_a_quarantine() -> None:
    first = decided(bounce(failed(), number=1))
    second = decided(bounce(failed(), number=2, level=Level.VERIFIED), first.histories)
    assert state(second.histories[KEY]) == ("suppressed", NOW, None)


def test_a_plausible_bounce_of_long_ago_sets_nobody_aside_today() -> None:
    decision = decided(bounce(failed()), now=NOW + 16 * DAY)
    assert decision.suppressions == ()
    assert types(decision) == ["bounce.hard"]


def test_a_bounce_held_for_a_person_counts_for_nothing() -> None:
    decision = decided(bounce(failed(confidence=0.1), level=Level.VERIFIED))
    assert decision.suppressions == ()
    assert decision.histories[KEY].hard == 0


def test_a_message_met_again_changes_nothing_more() -> None:
    first = decided(bounce(failed()))
    lifted = {KEY: replace(first.histories[KEY], suppression=None)}  # a person took it off the list
    again = decided(bounce(failed()), lifted, received=NOW + DAY)
    assert again.suppressions == ()
    assert types(again) == ["bounce.hard"]
    assert again.histories[KEY].hard == 1


def test_a_message_read_anew_as_hard_is_acted_on() -> None:
    first = decided(bounce(failed(SOFT), level=Level.VERIFIED))
    again = decided(bounce(failed(HARD), level=Level.VERIFIED), first.histories)
    assert state(again.histories[KEY]) == ("suppressed", NOW, None)
    assert (again.histories[KEY].hard, again.histories[KEY].soft) == (1, 0)


def test_the_quarantine_is_as_long_as_the_policy_says() -> None:
    decision = decided(bounce(failed()), policy=Policy(quarantine=2 * DAY))
    assert state(decision.histories[KEY]) == ("quarantined", NOW, NOW + 2 * DAY)


def test_authenticity_off_trusts_all() -> None:
    decision = decided(bounce(failed(), level=Level.UNVERIFIED), policy=Policy(trust_all=True))
    assert state(decision.histories[KEY]) == ("suppressed", NOW, None)


@pytest.mark.parametrize(
    ("report", "suppressed"),
    [
        (complaint(), True),
        (complaint(level=Level.UNVERIFIED), False),
        (complaint("review"), False),
        (replace(complaint(), confidence=0.1), False),
    ],
    ids=["plausible", "unverified", "a virus report", "in doubt"],
)
def test_a_complaint(report: Report, *, suppressed: bool) -> None:
    assert report.kind is Kind.COMPLAINT
    found = decided(report).histories[KEY]
    assert state(found) == (("suppressed", NOW, None) if suppressed else None)


REPORTS = st.lists(
    st.tuples(
        st.sampled_from([HARD, SOFT, BLOCK]),
        st.sampled_from([Level.VERIFIED, Level.PLAUSIBLE, Level.UNVERIFIED]),
        st.integers(0, 4),  # the day
        st.integers(1, 4),  # the original
    ),
    min_size=1,
    max_size=4,
)


@given(REPORTS)
def test_the_same_facts_in_any_order_give_the_same_state(
    entries: list[tuple[BounceClass, Level, int, int]],
) -> None:
    reports = [
        (
            replace(
                bounce(failed(kind), number=place, level=level), original=bounce(number=original).original
            ),
            day,
        )
        for place, (kind, level, day, original) in enumerate(entries)
    ]
    ends = set()
    for order in permutations(reports):
        histories: dict[str, History] = {}
        for report, day in order:
            found = decided(report, histories, received=NOW + day * DAY, now=NOW + 5 * DAY)
            histories |= found.histories
        end = histories[KEY]
        ends.add((end.hard, end.soft, end.suppression and end.suppression.state))
    assert len(ends) == 1
