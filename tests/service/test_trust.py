"""The mode follows from the keys, and reports from before `return_path.since` are judged without them."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.forgery.letters import KEY, NOW, OURS, VICTIM, Report, token
from tests.forgery.site import config, drive
from watcher.model import Level


KEYS = {"domain": OURS, "keys": [{"id": KEY.id, "secret": KEY.secret.decode()}]}
MODES = [
    ("nothing set", {}, None, "score"),
    ("keys", KEYS, None, "enforce"),
    ("keys, and score", KEYS, "score", "score"),
    ("enforce without keys", {}, "enforce", "enforce"),
    ("off", KEYS, "off", "off"),
]


@pytest.mark.parametrize(("keys", "mode", "held"), [c[1:] for c in MODES], ids=[c[0] for c in MODES])
def test_mode(tmp_path: Path, keys: dict[str, object], mode: str | None, held: str) -> None:
    settings = config(tmp_path, keys=False, return_path=keys, authenticity={"mode": mode, "domains": [OURS]})
    assert settings.trust_mode == held


def test_older_reports_are_judged_without_the_keys(tmp_path: Path) -> None:
    forged = Report(to=token(VICTIM).replace("victim", "nobody")).written()
    plain = Report(number=2).written()
    settings = config(
        tmp_path, keys=False, return_path=KEYS | {"since": "2026-11-23"}, authenticity={"domains": [OURS]}
    )
    outcome = drive(tmp_path / "state.db", settings, [forged, plain])
    with outcome.store:
        assert [report.authenticity.level for report in outcome.reports] == [Level.PLAUSIBLE] * 2
        assert outcome.filed == ["bounce.hard"] * 2
    late = Report(number=3, received=NOW + timedelta(days=1)).written()
    outcome = drive(tmp_path / "late.db", settings, [late])
    with outcome.store:
        assert (outcome.filed, outcome.reviews) == (["review"], ["unproven"])


def test_off_believes_all(tmp_path: Path) -> None:
    forged = Report(to=token(VICTIM).replace("victim", "nobody"), original=None).written()
    settings = config(tmp_path, keys=False, return_path=KEYS, authenticity={"mode": "off"})
    outcome = drive(tmp_path / "state.db", settings, [forged])
    with outcome.store:
        standing = outcome.history(VICTIM).suppression
        assert standing is not None
        assert standing.state == "suppressed"
