"""The example of docs/library.md runs, and the page names what is there."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.reader import analyse


ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/library.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_runs(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(example, "docs/library.md", "exec"), {})
    assert "mailbox_not_found." in capsys.readouterr().out


def test_each_call_is_there() -> None:
    calls = re.findall(r"^\| `([\w.]+)\(", PAGE, re.MULTILINE)
    homes = {"load_rules": "watcher.rules", "analyse": "watcher.reader"}
    assert len(calls) == 4
    for call in calls:
        module, _, name = call.rpartition(".")
        assert callable(getattr(import_module(module or homes[name]), name))


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(
        ValueError, match="'strict': no such profile; known are default, martech, strict_code"
    ):
        analyse(b"", RULES, profile="strict")
    assert all(analyse(b"", RULES, profile=each) for each in ("default", "martech", "strict_code"))


def test_the_package_is_typed() -> None:
    assert (ROOT / "watcher/py.typed").is_file()
