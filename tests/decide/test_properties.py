"""Random histories, the rules of the taxonomy: order, repeats, faults that are not the address's, releases.

Each history is what came in one mailbox over some weeks, and what people said in between.  It is met in any
order, as after an outage or from a second mailbox; how the address stands at the end must not depend on that.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.decide.samples import DAY, HARD, NOW, UNDETERMINED, complaint, decided, lived, policy, refused
from tests.reader.rulebook import RULES
from watcher.decide.acts import with_act
from watcher.decide.history import Act, History, SuppressionChange, Verb
from watcher.model import Kind, Level, Report


KEY = "user@example.com"
DOMAIN = "@example.com"
END = NOW + 60 * DAY
POLICY = policy()
ROWS = [row for row in RULES.taxonomy if row.kind is Kind.BOUNCE]
NOT_ITS_FAULT = sorted(
    row.name for row in ROWS if row.fault in {"sender", "message"} and row.escalation == "never"
)
LEVELS = [Level.VERIFIED, Level.STRONG, Level.PLAUSIBLE, Level.UNVERIFIED, Level.CONTRADICTED]


@dataclass(frozen=True)
class Came:
    report: Report
    received: datetime


Step = Came | Act


@st.composite
def reports(draw: st.DrawFn, reasons: Sequence[str], *, others: bool = True) -> Came:
    number = draw(st.integers(1, 40))
    level = draw(st.sampled_from(LEVELS))
    received = NOW + draw(st.integers(0, 24 * 45)) * timedelta(hours=1)
    kind = (
        draw(st.sampled_from(["bounce"] * 7 + ["lived", "auto_reply", "complaint"])) if others else "bounce"
    )
    match kind:
        case "lived":
            report = lived(level)
        case "auto_reply":
            report = lived(level, kind=Kind.AUTO_REPLY, reason="out_of_office", action=None)
        case "complaint":
            report = complaint(level=level)
        case _:
            report = _bounce(draw, draw(st.sampled_from(reasons)), level)
    facts = replace(report.message, fingerprint=f"sha256:{kind}{number}")
    return Came(replace(report, message=facts), received)


def _bounce(draw: st.DrawFn, reason: str, level: Level) -> Report:
    row = next(row for row in ROWS if row.name == reason)
    bounce_class = row.class_for(temporary=draw(st.booleans())) or UNDETERMINED
    report = refused(reason, bounce_class, level=level, number=draw(st.integers(1, 12)))
    confidence = draw(st.sampled_from([0.95, 0.95, 0.95, 0.2]))
    return replace(report, confidence=confidence)


@st.composite
def acts(draw: st.DrawFn) -> Act:
    verb = draw(st.sampled_from(list(Verb)))
    since = NOW + draw(st.integers(0, 24 * 45)) * timedelta(hours=1)
    cause = draw(st.sampled_from(["manual", "hard"]))
    # Each is an act of its own, and so has a source of its own.
    return Act(KEY, verb, cause, "manual", f"manual:{since}:{verb}:{cause}", "ann", since)


def histories(*, people: bool = True) -> st.SearchStrategy[list[Step]]:
    step: st.SearchStrategy[Step] = reports([row.name for row in ROWS])
    if people:
        step = st.one_of(step, step, step, step, acts())
    return st.lists(step, min_size=1, max_size=12, unique_by=_name)


def _name(step: Step) -> str:
    return step.report.message.fingerprint if isinstance(step, Came) else step.source


@dataclass
class Ledger:
    """All histories so far, as a store would keep them, and all that was told."""

    known: dict[str, History]
    told: list[str]
    changes: list[SuppressionChange]

    def take(self, step: Step, now: datetime = END) -> None:
        if isinstance(step, Act):
            history, change = with_act(KEY, self.known.get(KEY, History()), step, POLICY, now)
            self.known[KEY] = history
            self.changes += [change] if change else []
            return
        decision = decided(step.report, self.known, received=step.received, now=now, policy=POLICY)
        self.known |= decision.histories
        self.told += [event.event_id for event in decision.events]
        self.changes += decision.suppressions


def after(steps: Sequence[Step]) -> Ledger:
    ledger = Ledger({}, [], [])
    for step in steps:
        ledger.take(step)
    return ledger


def end(ledger: Ledger) -> object:
    return [
        (key, known.hard, known.soft, known.first_seen, known.last_seen, known.suppression)
        for key in (KEY, DOMAIN)
        for known in [ledger.known.get(key, History())]
    ]


@given(histories(), st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(steps: list[Step], chance: random.Random) -> None:
    first = end(after(steps))
    for _ in range(3):
        chance.shuffle(steps)
        assert end(after(steps)) == first


@given(histories(), st.data())
def test_a_repeat_changes_nothing(steps: list[Step], data: st.DataObject) -> None:
    ledger = after(steps)
    before, changes, told = end(ledger), list(ledger.changes), set(ledger.told)
    came = [step for step in steps if isinstance(step, Came)]
    for step in data.draw(st.lists(st.sampled_from(came), max_size=8)) if came else []:
        # Met again: in another mailbox, or a day later in the same one.
        later = data.draw(st.sampled_from([timedelta(), DAY]))
        ledger.take(replace(step, received=step.received + later), END + later / 2)
    assert ledger.changes == changes
    assert end(ledger) == before
    assert set(ledger.told) == told


@given(st.lists(reports(NOT_ITS_FAULT, others=False), min_size=1, max_size=20))
def test_faults_of_the_sender_or_the_message_never_suppress(steps: list[Came]) -> None:
    ledger = after(steps)
    assert ledger.changes == []
    assert end(ledger)[0][-1] is None  # type: ignore[index]


@given(histories(), st.lists(reports([row.name for row in ROWS]), max_size=6), st.booleans())
def test_a_release_always_releases(steps: list[Step], late: list[Came], first: bool) -> None:
    release = Act(KEY, Verb.RELEASE, "manual", "manual", "manual:release", "ann", NOW + 46 * DAY)
    ledger = after([*([release] if first else []), *steps, *([] if first else [release])])
    assert ledger.known[KEY].suppression is None
    for step in late:  # all of them dated before it
        ledger.take(step)
    assert ledger.known[KEY].suppression is None
    ledger.take(Came(refused("mailbox_not_found", HARD, level=Level.VERIFIED, number=99), NOW + 50 * DAY))
    standing = ledger.known[KEY].suppression
    assert standing is not None
    assert (standing.state, standing.since) == ("suppressed", NOW + 50 * DAY)


@given(histories(people=False))
def test_what_nothing_binds_to_our_mail_never_suppresses(steps: list[Step]) -> None:
    forged = [
        replace(
            step, report=replace(step.report, authenticity=replace(step.report.authenticity, level=level))
        )
        for step in steps
        if isinstance(step, Came)
        for level in [Level.UNVERIFIED]
    ]
    assert after(forged).changes == []


@given(histories(people=False))
def test_every_change_names_what_it_rests_on(steps: list[Step]) -> None:
    ledger = after(steps)
    known = {_name(step) for step in steps}
    for change in ledger.changes:
        assert change.state == "active" or (change.led_by and set(change.led_by) <= known)
        assert change.before != change.state or change.state in {"watch", "suppressed", "quarantined"}


@given(histories(people=False))
def test_a_file_that_was_met_piece_by_piece_stands_as_one_met_at_once(steps: list[Step]) -> None:
    """Each mail is read on its day, so what lapses lapses in between; the end is the same."""
    came = sorted((s for s in steps if isinstance(s, Came)), key=lambda s: (s.received, _name(s)))
    slowly = Ledger({}, [], [])
    for step in came:
        slowly.take(step, step.received)
    last = came[-1].received
    at_once = Ledger({}, [], [])
    for step in came:
        at_once.take(step, last)
    one, other = slowly.known[KEY].suppression, at_once.known[KEY].suppression
    assert (one and one.until and one.until <= last) or one == other
