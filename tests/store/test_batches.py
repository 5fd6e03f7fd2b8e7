"""What is recorded in one batch is what is recorded mail by mail."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.decide.samples import NOW, refused
from tests.forgery.site import RULES, config
from watcher.model import Action, BounceClass, Kind, Level, Recipient, Report
from watcher.reader.report_json import encode_report
from watcher.service.pipeline import Pipeline, Reading
from watcher.store import Store
from watcher.store.records import MessageKey


KEY = "user@example.com"
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
    settings = config(tmp_path, keys=False)
    box, pipeline = settings.mailboxes[0], Pipeline(settings, RULES)
    readings = [
        Reading(MessageKey(box.name, box.folder, 7, uid), "imap://x", NOW + timedelta(days=day), report,
                encode_report(report, "imap://x"))
        for uid, (report, day) in enumerate(mails, 1)
    ]  # fmt: skip
    stand = []
    for name, batches in (("one", [[each] for each in readings]), ("all", [readings])):
        with Store.open(tmp_path / f"{name}.db") as store:
            for batch in batches:
                decided = pipeline.decide(box, batch, store.histories, END, store.tallies)
                records = [pipeline.record(box, reading, made, END) for reading, made in decided]
                store.record_batch(records, (box.name, box.folder, 7, batch[-1].key.uid), END)
            stand.append(store.histories([KEY])[KEY])
    assert stand[0] == stand[1]
    assert stand[0].suppression is not None
