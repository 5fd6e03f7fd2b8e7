"""Each file of `bad/` holds one mistake; beside it stand the lines that it is refused with, all of them."""

from pathlib import Path

import pytest

from watcher.config import load_config
from watcher.errors import ConfigError


BAD = Path(__file__).parent / "bad"
SECRET = "hunter2"


@pytest.fixture(autouse=True)
def _outside_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_mistake_is_refused_with_its_line(path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    told = str(caught.value).replace(f"{BAD}/", "").replace(str(BAD), "BAD")
    assert told == path.with_suffix(".txt").read_text().rstrip("\n")
    assert SECRET not in told


def test_every_mistake_has_its_lines() -> None:
    assert {path.stem for path in BAD.glob("*.yaml")} == {path.stem for path in BAD.glob("*.txt")}
    assert len(list(BAD.glob("*.yaml"))) >= 80
