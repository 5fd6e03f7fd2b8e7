"""What a reading process sends comes out as what it was."""

import pickle
from dataclasses import replace
from pathlib import Path

from tests.reader.rulebook import RULES
from watcher.model import Authenticity, Kind, Level
from watcher.reader.analyse import analyse
from watcher.service.packed import pack, unpack


MAILS = sorted((Path(__file__).parents[1] / "mail").rglob("*.eml"))[::7]


def test_reports_of_every_kind_come_back_as_they_were() -> None:
    judged = Authenticity(Level.STRONG, (("token", "none"), ("send_log", "pass")))
    reports = [replace(analyse(path.read_bytes(), RULES), authenticity=judged) for path in MAILS]
    assert {report.kind for report in reports} >= {Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT, Kind.ORDINARY}
    sent = pickle.loads(pickle.dumps([pack(report) for report in reports]))
    assert [unpack(each) for each in sent] == reports
    assert all(type(unpack(each).kind) is Kind for each in sent)
