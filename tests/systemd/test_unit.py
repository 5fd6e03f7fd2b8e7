"""The unit is one that systemd takes without a word, and is as closed as it says."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.fixtures import skip_without
from tests.systemd.programs import find_program


UNITS = Path(__file__).parents[2] / "systemd"
UNIT = UNITS / "bounce-watcher.service"

pytestmark = pytest.mark.servers


@pytest.fixture
def analyze() -> str:
    found = find_program("systemd-analyze")
    skip_without("systemd-analyze", found is not None)
    assert found is not None
    return found


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Give the unit as installed here: its command is one that exists."""
    command = Path(sys.executable).with_name("bounce-watcher")
    text = UNIT.read_text()
    installed = tmp_path / UNIT.name
    installed.write_text(text.replace("/opt/bounce-watcher/bin/bounce-watcher", str(command)))
    assert str(command) in installed.read_text()
    return installed


def run(*command: str) -> tuple[int, str, str]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_systemd_takes_it_without_a_word(analyze: str, unit: Path) -> None:
    # Unknown keys end with 0 all the same, so the words count.
    code, _, words = run(analyze, "verify", str(unit))
    assert (code, words) == (0, "")


def test_the_credentials_of_the_example_are_well_formed(analyze: str, unit: Path) -> None:
    unit.write_text(unit.read_text().replace("#LoadCredential=", "LoadCredential="))
    assert unit.read_text().count("\nLoadCredential=") == 2
    code, _, words = run(analyze, "verify", str(unit))
    assert (code, words) == (0, "")


def test_its_exposure_stays_below_one_and_a_half_of_ten(analyze: str, unit: Path) -> None:
    code, report, words = run(analyze, "security", "--offline=true", "--threshold=15", str(unit))
    assert (code, words) == (0, ""), report


def test_the_user_is_made_without_password_and_shell(tmp_path: Path) -> None:
    program = find_program("systemd-sysusers")
    skip_without("systemd-sysusers", program is not None)
    assert program is not None
    (tmp_path / "etc").mkdir()
    code, _, words = run(program, f"--root={tmp_path}", str(UNITS / "sysusers.d" / "bounce-watcher.conf"))
    assert code == 0, words
    name, _, _, _, _, home, shell = (tmp_path / "etc/passwd").read_text().strip().split(":")
    assert (name, home, shell) == ("bounce-watcher", "/var/lib/bounce-watcher", "/usr/sbin/nologin")
