"""What is recorded in one batch is what is recorded mail by mail."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.decide.samples import BLOCK, HARD, NOW, SOFT, bounce, failed, refused
from tests.forgery.site import RULES, config
from watcher.model import Action, BounceClass, Kind, Level, Recipient, Report
from watcher.reader.report_json import encode_report
from watcher.service.pipeline import Past, Pipeline, Reading
from watcher.store import Store
from watcher.store.records import MessageKey


Mail = tuple[Report, int]  # and the day on which it came

KEY = "user@example.com"
TABLES = ("messages", "facts", "suppressions", "suppression_log", "outbox", "review")
END = NOW + timedelta(days=40)


def named(report: Report, number: int, level: Level) -> Report:
    message = replace(report.message, fingerprint=f"sha256:{number}")
    return replace(report, message=message, authenticity=replace(report.authenticity, level=level))


def test_a_mail_met_again_with_an_earlier_date_counts_from_then_for_those_behind_it(tmp_path: Path) -> None:
    bounce = refused("mailbox_not_found", BounceClass.HARD)
    lived = replace(bounce, kind=Kind.DELIVERY, recipients=(Recipient(KEY, action=Action.DELIVERED),))
    bounce = replace(bounce, recipients=(replace(bounce.recipients[0], address=KEY),))
    mails = [
        (named(lived, 1, Level.VERIFIED), 20),
        (named(lived, 1, Level.UNVERIFIED), 5),
        (named(bounce, 2, Level.VERIFIED), 10),
    ]
    stand = []
    for batches in ([[each] for each in mails], [mails]):
        written(tmp_path, batches)
        with Store.open(tmp_path / "state.db") as store:
            stand.append(store.histories([KEY])[KEY])
        (tmp_path / "state.db").unlink()
    assert stand[0] == stand[1]
    assert stand[0].suppression is not None


def delivered(address: str) -> Recipient:
    return Recipient(address, action=Action.DELIVERED)


ADDRESSES = st.sampled_from(["a@example.com", "b@example.com", "c@example.net"])
RECIPIENTS = st.one_of(
    st.builds(failed, st.sampled_from([HARD, SOFT, BLOCK]), ADDRESSES), st.builds(delivered, ADDRESSES)
)
LEVELS = st.sampled_from([Level.VERIFIED, Level.PLAUSIBLE, Level.UNVERIFIED])

SURE = bounce(failed(HARD, "a@example.com"), number=0, level=Level.VERIFIED)
LIFE = bounce(delivered("a@example.com"), number=1, level=Level.VERIFIED)


@st.composite
def batches(draw: st.DrawFn) -> list[list[Mail]]:
    """Give a few messages, met again and again, each time with other recipients maybe, in any batches."""
    reports = st.builds(
        lambda several, number, level: bounce(*several, number=number, level=level),
        st.lists(RECIPIENTS, max_size=3), st.integers(0, 2), LEVELS,
    )  # fmt: skip
    mails = draw(st.lists(st.tuples(reports, st.integers(0, 30)), min_size=2, max_size=8))
    cuts = sorted(draw(st.sets(st.integers(1, len(mails) - 1))))
    return [mails[first:last] for first, last in zip([0, *cuts], [*cuts, len(mails)], strict=True)]


@settings(max_examples=40, deadline=None)
@given(batches())
def test_in_whatever_batches_mails_are_met_they_lead_to_the_same(parts: list[list[Mail]]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as all_:
        alone = [[mail] for part in parts for mail in part]
        assert written(Path(all_), parts) == written(Path(one), alone)


@st.composite
def two_orders(draw: st.DrawFn) -> tuple[list[Mail], list[Mail]]:
    """Give messages of which some are met again, on other days, in two orders."""
    several = st.lists(RECIPIENTS, min_size=1, max_size=2)
    reports = [bounce(*draw(several), number=number, level=draw(LEVELS)) for number in range(4)]
    mails = draw(st.lists(st.tuples(st.sampled_from(reports), st.integers(0, 30)), min_size=2, max_size=8))
    return mails, draw(st.permutations(mails))


@settings(max_examples=60, deadline=None)
@given(two_orders())
@example(([(SURE, 20), (LIFE, 10), (SURE, 5)], [(SURE, 5), (SURE, 20), (LIFE, 10)]))
def test_in_whatever_order_mails_are_met_addresses_stand_the_same(
    orders: tuple[list[Mail], list[Mail]],
) -> None:
    stand = []
    for mails in orders:
        with TemporaryDirectory() as directory:
            written(Path(directory), [[mail] for mail in mails])
            with Store.open(Path(directory) / "state.db") as store:
                stand.append(store.histories(["a@example.com", "b@example.com", "c@example.net"]))
    assert stand[0] == stand[1]


def written(directory: Path, parts: Sequence[Sequence[Mail]]) -> dict[str, list[tuple[object, ...]]]:
    """Record mails in batches; give what the state file then holds."""
    settings = config(directory, keys=False)
    box, pipeline = settings.mailboxes[0], Pipeline(settings, RULES)
    uid = 0
    with Store.open(directory / "state.db") as store:
        for part in parts:
            readings = []
            for report, day in part:
                uid += 1
                key, source = MessageKey(box.name, box.folder, 7, uid), f"imap://x/;UID={uid}"
                text = encode_report(report, source)
                readings.append(Reading(key, source, NOW + timedelta(days=day), report, text))
            past = Past(store.histories, store.tallies, store.said)
            decided = pipeline.decide(box, readings, past, END)
            records = [pipeline.record(box, reading, made, END) for reading, made in decided]
            store.record_batch(records, (box.name, box.folder, 7, uid), END)
    with closing(sqlite3.connect(directory / "state.db")) as sql:
        return {table: sql.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
