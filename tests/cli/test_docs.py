"""docs/commands.md tells every command and every option, and none that is not."""

import re

import click
import pytest

from tests.cli.conftest import ROOT
from watcher.cli.main import COMMANDS, command_line
from watcher.cli.rows import COLUMNS


TEXT = (ROOT / "docs" / "commands.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
COMMON = {"--config", "--log-level", "--log-format", "--help", "--version"}


def options_of(command: click.Command) -> set[str]:
    context = click.Context(command, help_option_names=["-h", "--help"])
    every = {name for parameter in command.get_params(context) for name in parameter.opts}
    if isinstance(command, click.Group) and command is not command_line:
        for name in command.list_commands(context):
            part = command.get_command(context, name)
            assert part is not None
            every |= options_of(part)
    return {name for name in every if name.startswith("--")}


def test_every_command_has_its_section_in_order() -> None:
    assert list(SECTIONS) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_section_tells_the_options(name: str) -> None:
    command = command_line.get_command(click.Context(command_line), name)
    assert command is not None
    told = set(re.findall(r"--[a-z-]+", SECTIONS[name]))
    assert told - COMMON == options_of(command) - COMMON


def test_columns_of_the_csv_are_told_in_their_order() -> None:
    told = SECTIONS["classify"].partition("Its columns are ")[2].partition(";")[0]
    assert tuple(re.findall(r"`(\w+)`", told)) == COLUMNS


def test_common_options_are_told_once() -> None:
    head = TEXT.partition("\n## ")[0]
    assert set(re.findall(r"--[a-z-]+", head)) >= COMMON
    assert options_of(command_line) == COMMON
