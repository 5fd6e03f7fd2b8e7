"""`check` says which mode holds, and tries the send log."""

from pathlib import Path

import pytest

from tests.forgery.site import config
from watcher.cli.sample import trust
from watcher.errors import LookupFailedError


MODES = [
    ("enforce", "mode enforce: reports that are neither verified nor strong wait for a person"),
    ("score", "mode score: plausible reports count, with caution; return_path.keys would prove them"),
    ("off", "mode off: every report is believed, forged ones too"),
]


@pytest.mark.parametrize(("mode", "line"), MODES)
def test_mode_is_told(tmp_path: Path, mode: str, line: str) -> None:
    assert list(trust(config(tmp_path, keys=False, authenticity={"mode": mode}))) == [line]


def test_send_log_is_tried(tmp_path: Path) -> None:
    settings = config(tmp_path, keys=True)
    assert list(trust(settings))[1:] == ["the send log answers"]
    (tmp_path / "sent.db").write_bytes(b"")
    with pytest.raises(
        LookupFailedError, match=r"^send_log: .*no such table: sent; mend authenticity\.send_log"
    ):
        list(trust(settings))
