"""The man page tells every command in its own words, and a reader of man pages finds no fault with it."""

import re
import shutil
import subprocess
import tomllib

import pytest
from click.testing import CliRunner

from tests.cli.conftest import ROOT
from watcher.cli.main import command_line


PAGE = ROOT / "man" / "bounce-watcher.1"
TEXT = PAGE.read_text()


def section(name: str) -> str:
    """Give one section of the page."""
    found = re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_it_tells_every_command_as_the_help_does() -> None:
    told = re.findall(r"^\.It Cm (\w+)\n(.+)$", section("COMMANDS"), re.MULTILINE)
    listed = CliRunner().invoke(command_line, ["--help"]).output.partition("Commands:\n")[2]
    assert told == re.findall(r"^  (\w+) +(.+)$", listed, re.MULTILINE)


def test_it_tells_the_exit_codes_that_the_commands_page_tells() -> None:
    table = (ROOT / "docs" / "commands.md").read_text()
    assert re.findall(r"^\.It (\d+)$", section("EXIT STATUS"), re.MULTILINE) == re.findall(
        r"^\| (\d+) \|", table, re.MULTILINE
    )


def test_a_wheel_puts_it_where_man_looks() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    assert built["wheel"]["shared-data"] == {"man/bounce-watcher.1": "share/man/man1/bounce-watcher.1"}
    assert "/man" in built["sdist"]["include"]


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_finds_no_fault() -> None:
    told = subprocess.run(
        ["groff", "-mdoc", "-ww", "-Tascii", str(PAGE)], capture_output=True, text=True, check=True
    )
    assert told.stderr == ""
    assert "bounce-watcher once --dry-run" in re.sub(r".\x08|\x1b\[\d*m", "", told.stdout)
