"""`check` says which mode holds, and tries the send log."""

from pathlib import Path

import pytest

from tests.forgery.site import config
from watcher.cli.sample import trust
from watcher.config.shape import Config
from watcher.errors import LookupFailedError


MODES = [
    ("enforce", "mode enforce: reports that are neither verified nor strong wait for a person"),
    ("score", "mode score: plausible reports count, with caution; return_path.keys would prove them"),
    ("off", "mode off: every report is believed, forged ones too"),
]


@pytest.mark.parametrize(("mode", "line"), MODES)
def test_mode_is_told(tmp_path: Path, mode: str, line: str) -> None:
    assert list(trust(config(tmp_path, keys=False, authenticity={"mode": mode}))) == [line]


UNKNOWN = "is known, so bounces suppress nothing; set authenticity.domains to the domains you send from"
NAMES = [
    ("nothing told, score", {}, [f"mode score: no domain of yours {UNKNOWN}"]),
    ("nothing told, enforce", {"mode": "enforce"}, [f"mode enforce: no domain of yours {UNKNOWN}"]),
    ("domains told", {"domains": ["example.org"]}, [MODES[1][1]]),
    ("all is believed", {"mode": "off"}, [MODES[2][1]]),
]


@pytest.mark.parametrize(
    ("authenticity", "lines"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES]
)
def test_username_without_a_domain_is_told(authenticity: dict[str, object], lines: list[str]) -> None:
    assert list(trust(_served(["bounces"], authenticity))) == lines


def test_one_username_of_two_without_a_domain_is_told() -> None:
    told = list(trust(_served(["bounces@example.org", "old"], {})))
    effect = UNKNOWN.replace("is known, so", "so its")
    assert told == [MODES[1][1], f"mailbox old: its username names no domain, {effect}"]


def _served(usernames: list[str], authenticity: dict[str, object]) -> Config:
    boxes = [{"host": "imap.example.com", "username": name, "password": "x"} for name in usernames]
    return Config.model_validate({"mailboxes": boxes, "authenticity": authenticity})


def test_send_log_is_tried(tmp_path: Path) -> None:
    settings = config(tmp_path, keys=True)
    assert list(trust(settings))[1:] == ["the send log answers"]
    (tmp_path / "sent.db").write_bytes(b"")
    with pytest.raises(
        LookupFailedError, match=r"^send_log: .*no such table: sent; mend authenticity\.send_log"
    ):
        list(trust(settings))
