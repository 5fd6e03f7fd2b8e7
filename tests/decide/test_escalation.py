"""When bounces that are not hard make an address hard, by the rules of the taxonomy and of the config."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.decide.samples import (
    BLOCK,
    DAY,
    HARD,
    NOW,
    SOFT,
    UNDETERMINED,
    decided,
    lived,
    policy,
    refused,
    types,
)
from tests.reader.rulebook import RULES
from watcher.config.reasons import REASONS
from watcher.decide.decision import Decision
from watcher.decide.history import History
from watcher.escalation import Escalation, Step, parse_escalation
from watcher.model import Action, BounceClass, Kind, Level, Report


KEY = "user@example.com"


def after(entries: Iterable[tuple[Report, float]], *, now: float | None = None, **own: str) -> Decision:
    """Decide on reports in turn, each a number of days after NOW; give the last decision."""
    histories: dict[str, History] = {}
    last: Decision | None = None
    for report, day in entries:
        received = NOW + day * DAY
        at = received if now is None else NOW + now * DAY
        last = decided(report, histories, received=received, now=at, policy=policy(**own))
        histories |= last.histories
    assert last is not None
    return last


def state(decision: Decision) -> str | None:
    found = decision.histories[KEY].suppression
    return None if found is None else found.state


def days(reason: str, *when: float, bounce_class: BounceClass = SOFT) -> list[tuple[Report, float]]:
    return [(refused(reason, bounce_class, number=place), day) for place, day in enumerate(when, 1)]


FULL = "mailbox_full"
BUSY = "connection_failed"

CASES = [
    # Each case: what it shows, the reports and their days, the state at the last.
    ("three over 72 hours are hard", days(FULL, 0, 1, 3), "suppressed"),
    ("an hour short is not", days(FULL, 0, 1, 2.95), "watch"),
    ("two are not, however far apart", days(FULL, 0, 20), "watch"),
    ("three over more than 30 days are not", days(FULL, 0, 16, 31), "watch"),
    ("the last three of many count", days(FULL, 0, 40, 42, 44), "suppressed"),
    ("several a day are one", days(FULL, 0, 0.1, 0.2, 0.3, 3.5), "watch"),
    ("five over five days", days(BUSY, 0, 1, 2, 3, 5), "suppressed"),
    ("five over four days are not", days(BUSY, 0, 1, 2, 3, 4), "watch"),
    ("three are not where five are asked", days(BUSY, 0, 5, 10), "watch"),
    ("a sender's fault never is", days("sender_rate_limited", *range(0, 30, 2)), None),
    ("nor a message's", days("spam_rejected", *range(0, 30, 2), bounce_class=BLOCK), None),
    ("nor one that only asks to wait", days("greylisted", *range(0, 30, 2)), None),
    ("what nobody named counts too", days("undetermined", 0, 2, 4, bounce_class=UNDETERMINED), "suppressed"),
    ("a hard reason refused for now is counted", days("mailbox_not_found", 0, 2, 4), "suppressed"),
    ("and one of these is not hard", days("mailbox_not_found", 0), "watch"),
    (
        "the rule of five counts those of the rule of three",
        [*days(FULL, 0, 1), *[(refused(BUSY, number=n), n) for n in (3, 4, 6)]],
        "suppressed",
    ),
    (
        "the rule of three does not count those of the rule of five",
        [*days(FULL, 0, 1), *[(refused(BUSY, number=n), n) for n in (4, 5)]],
        "watch",
    ),
    (
        "bounces of one message are one",
        [(replace(report, original=refused(FULL).original), day) for report, day in days(FULL, 0, 2, 4)],
        "watch",
    ),
    (
        "what nothing binds to our mail counts for nothing",
        [(refused(FULL, number=n, level=Level.UNVERIFIED), n) for n in (0, 2, 4)],
        None,
    ),
    ("life cancels what is before it", [*days(FULL, 0, 1), (lived(), 2), (refused(number=9), 4)], "watch"),
    ("and leaves what is after it", [(lived(), 0), *days(FULL, 1, 2, 5)], "suppressed"),
    ("proof of life that comes late lifts it", [*days(FULL, 0, 1, 4), (lived(), 9)], None),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_escalation(entries: list[tuple[Report, float]], expected: str | None) -> None:
    assert state(after(entries)) == expected


def test_the_event_names_what_led_to_it() -> None:
    decision = after(days(FULL, 0, 1, 3))
    assert types(decision) == ["bounce.soft", "bounce.escalated", "suppression.added"]
    told = decision.events[1].data
    assert (told["recipient"]["class"], told["recipient"]["reason"]) == ("hard", FULL)
    assert told["escalation"]["rule"] == "3 over 72h in 30d"
    ids = [after(days(FULL, 0)).events[0].event_id, decision.events[0].event_id]
    named = [bounce["event_id"] for bounce in told["escalation"]["bounces"]]
    assert (len(named), [named[0], named[2]]) == (3, ids)
    assert decision.suppressions[0].events == tuple(named)


def test_a_further_one_is_not_told_again() -> None:
    assert types(after(days(FULL, 0, 1, 3, 5))) == ["bounce.soft"]


def test_time_is_when_the_mail_came_and_not_when_it_was_read() -> None:
    backlog = after(days(FULL, 0, 1, 3), now=300)
    assert state(backlog) == "suppressed"
    at_once = after([(report, 300) for report, _ in days(FULL, 0, 1, 3)])
    assert state(at_once) == "watch"


def test_a_watch_ends_by_itself() -> None:
    assert state(after(days(FULL, 0), now=29)) == "watch"
    assert state(after(days(FULL, 0), now=31)) is None


OWN = [
    ("a reason of one's own count", {FULL: "2 over 1d in 10d"}, days(FULL, 0, 2), "suppressed"),
    ("a reason that never counts", {FULL: "never"}, days(FULL, 0, 2, 4), None),
    ("a reason that is enough", {FULL: "at once"}, days(FULL, 0), "quarantined"),
    ("a hard reason that is not", {"mailbox_not_found": "2 over 1d in 9d"},
     days("mailbox_not_found", 0, bounce_class=HARD), "watch"),
    ("and then is", {"mailbox_not_found": "2 over 1d in 9d"},
     days("mailbox_not_found", 0, 2, bounce_class=HARD), "suppressed"),
    ("a hard reason that never counts", {"upstream_suppressed": "never"},
     days("upstream_suppressed", 0, 2, bounce_class=HARD), None),
    ("a hard reason refused for now stays what it was", {"mailbox_not_found": "at once"},
     days("mailbox_not_found", 0), "watch"),
]  # fmt: skip


@pytest.mark.parametrize(("own", "entries", "expected"), [c[1:] for c in OWN], ids=[c[0] for c in OWN])
def test_the_config_has_the_last_word(
    own: dict[str, str], entries: list[tuple[Report, float]], expected: str | None
) -> None:
    assert state(after(entries, **own)) == expected


def test_who_is_refused_again_and_again_is_a_person_s_to_judge() -> None:
    entries = days("recipient_refused", 0, 1, 2, 3, bounce_class=BLOCK)
    found = [after(entries[:count]) for count in (1, 2, 3, 4)]
    assert [decision.review for decision in found] == [None, None, "refused_often", None]
    assert [state(decision) for decision in found] == [None] * 4


def test_three_addresses_of_a_domain_that_is_gone_suppress_it_where_asked_for() -> None:
    asked = replace(policy(), domain_after=3)

    def gone(name: str, number: int, level: Level) -> Report:
        return refused("domain_not_found", HARD, f"{name}@gone.example", number=number, level=level)

    for level, expected in ((Level.VERIFIED, "suppressed"), (Level.PLAUSIBLE, None)):
        histories: dict[str, History] = {}
        for number, name in enumerate(("a", "A", "b", "c")):
            before = histories.get("@gone.example")
            assert before is None or before.suppression is None
            decision = decided(gone(name, number, level), histories, policy=asked)
            histories |= decision.histories
        found = histories["@gone.example"].suppression
        assert (found and found.state) == expected
        if expected:
            added = [event for event in decision.events if event.type == "suppression.added"]
            assert [event.data["recipient"]["address"] for event in added] == [
                "c@gone.example",
                "@gone.example",
            ]
            alive = replace(
                lived(Level.VERIFIED), recipients=(replace(lived().recipients[0], address="d@gone.example"),)
            )
            later = decided(alive, histories, received=NOW + DAY, policy=policy())
            assert later.histories["@gone.example"].suppression is None


def test_only_what_is_as_sure_cancels_what_is_sure() -> None:
    hard = (refused("mailbox_not_found", HARD, level=Level.VERIFIED), 0.0)
    assert state(after([hard, (lived(Level.PLAUSIBLE), 1)])) == "suppressed"
    lifted = after([hard, (lived(Level.VERIFIED), 1)])
    assert (state(lifted), types(lifted)) == (None, ["delivery.confirmed", "suppression.removed"])


@pytest.mark.parametrize(
    ("report", "proves"),
    [
        (lived(), True),
        (lived(action=Action.RELAYED), False),
        (lived(action=Action.EXPANDED), False),
        (lived(kind=Kind.RECEIPT, reason="read_receipt", action=None), True),
        (lived(kind=Kind.AUTO_REPLY, reason="out_of_office", action=None), True),
        (lived(Level.UNVERIFIED, kind=Kind.AUTO_REPLY, reason="out_of_office", action=None), False),
        (lived(kind=Kind.AUTO_REPLY, reason="no_longer_here", action=None), False),
        (lived(kind=Kind.AUTO_REPLY, reason="address_changed", action=None), False),
        (lived(kind=Kind.ORDINARY, reason="human_reply", action=None), False),
    ],
    ids=[
        "delivered",
        "relayed",
        "expanded",
        "receipt",
        "auto-reply",
        "to nothing of ours",
        "left",
        "moved",
        "mail",
    ],
)
def test_what_proves_life(report: Report, *, proves: bool) -> None:
    assert (state(after([*days(FULL, 0, 1), (report, 2)])) is None) == proves


NOTATION = [
    ("3 over >=72h within 30d", Escalation(Step.COUNT, 3, timedelta(hours=72), timedelta(days=30))),
    ("3 over 72h in 30d", Escalation(Step.COUNT, 3, timedelta(hours=72), timedelta(days=30))),
    ("  5  over 5d in 30d", Escalation(Step.COUNT, 5, timedelta(days=5), timedelta(days=30))),
    ("Review at 3 in 90d", Escalation(Step.REVIEW, 3, timedelta(), timedelta(days=90))),
    ("never", Escalation(Step.NEVER)),
    ("at once", Escalation(Step.AT_ONCE)),
]


@pytest.mark.parametrize(("text", "expected"), NOTATION)
def test_notation(text: str, expected: Escalation) -> None:
    assert parse_escalation(text) == expected
    assert parse_escalation(str(expected)) == expected


def test_every_reason_of_a_bounce_has_its_rules() -> None:
    rows = [row for row in RULES.taxonomy if row.kind is Kind.BOUNCE]
    assert tuple(row.name for row in rows) == REASONS
    for row in rows:
        parse_escalation(row.escalation)
        parse_escalation(row.escalation_if_temporary)


def test_since_is_when_the_last_of_them_came() -> None:
    found = after(days(FULL, 0, 1, 3)).histories[KEY].suppression
    expected: datetime = NOW + 3 * DAY
    assert found is not None
    assert (found.since, found.cause, found.led_by) == (
        expected,
        "escalated",
        ("sha256:1", "sha256:2", "sha256:3"),
    )
