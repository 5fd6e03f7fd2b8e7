"""The files about receivers: how one is recognised, and how its codes are written."""

from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.errors import RuleError
from watcher.reader.ruleset.receivers import Receiver
from watcher.rules.receivers import load_receivers


FILE = '[receiver]\nname = "big"\n\n[[code]]\ncode = "{code}"\nreason = "{reason}"\n'


def _load(folder: Path, code: str, reason: str = "ip_blocked") -> Receiver:
    (folder / "big.toml").write_text(FILE.format(code=code, reason=reason), "utf-8")
    return load_receivers(folder, RULES.taxonomy)[0].rows[0]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("5.4.1", {"5.4.1"}),
        ("x.4.1", {"4.4.1", "5.4.1"}),
        ("5.7.606-5.7.608", {"5.7.606", "5.7.607", "5.7.608"}),
        ("550", {"550"}),
    ],
)
def test_a_code_is_written_in_one_of_four_ways(tmp_path: Path, written: str, codes: set[str]) -> None:
    rows = _load(tmp_path, written).codes
    assert set(rows) == codes
    assert {row.id for row in rows.values()} == {f"big.{code}" for code in codes}


def test_a_code_written_otherwise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"big\.toml: code '5\.7\.1-5\.8\.2'; write 5\.4\.1, x\.4\.1"):
        _load(tmp_path, "5.7.1-5.8.2")


def test_a_code_is_a_number_too_and_wants_its_reason(tmp_path: Path) -> None:
    (tmp_path / "big.toml").write_text(
        '[receiver]\nname = "big"\n[[code]]\ncode = 550\nreason = "ip_blocked"\n'
    )
    assert set(load_receivers(tmp_path, RULES.taxonomy)[0].rows[0].codes) == {"550"}
    (tmp_path / "big.toml").write_text('[receiver]\nname = "big"\n[[code]]\ncode = "550"\n')
    with pytest.raises(RuleError, match=r"big\.toml: a \[\[code\]\] without reason"):
        load_receivers(tmp_path, RULES.taxonomy)


def test_a_codes_reason_has_to_be_one_of_a_bounce(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"big\.toml: rule big\.550: 'receipt' is no reason of a bounce"):
        _load(tmp_path, "550", "receipt")


@pytest.mark.parametrize(
    ("host", "domain", "text", "known"),
    [
        ("mx.big.test", "", "", True),
        ("big.test", "", "", True),
        ("notbig.test", "", "", False),
        ("", "big.example", "", True),
        ("", "sub.big.example", "", False),
        ("", "", "550 see help.big.test", True),
        ("", "", "", False),
    ],
)
def test_a_receiver_is_known_by_host_domain_or_words(host: str, domain: str, text: str, known: bool) -> None:
    big = Receiver("big", hosts=(".big.test",), domains=("big.example",), words=("help.big.test",))
    assert big.is_known_by(host, domain, text) is known


def test_a_code_stands_in_a_file_once(tmp_path: Path) -> None:
    twice = (
        FILE.format(code="5.7.1-5.7.9", reason="ip_blocked")
        + '[[code]]\ncode = "5.7.3"\nreason = "ip_blocked"\n'
    )
    (tmp_path / "big.toml").write_text(twice)
    with pytest.raises(RuleError, match=r"big\.toml: code 5\.7\.3: stands there twice"):
        load_receivers(tmp_path, RULES.taxonomy)
