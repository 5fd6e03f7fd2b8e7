"""Sign-in by OAuth 2.0 as it is written in a config, and as its page shows it."""

import re
import textwrap
from pathlib import Path

import pytest

from tests.config.conftest import Load
from watcher.config.oauth2 import OAuth2


ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "oauth2.md").read_text()
RECIPES = [
    textwrap.dedent(found)
    for found in re.findall(r"^ *```yaml\n(.*?)^ *```", PAGE, flags=re.DOTALL | re.MULTILINE)
]


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipe_of_the_page_loads(load: Load, tmp_path: Path, recipe: str) -> None:
    for name in ("client-secret", "refresh-token", "service-account.json"):
        (tmp_path / name).write_text("correct horse\n")
        (tmp_path / name).chmod(0o600)
    if not recipe.startswith("mailboxes"):
        recipe = (
            "mailboxes:\n  - host: imap.example.com\n    username: bounces@example.com\n"
            + textwrap.indent(recipe, "    ")
        )
    text = re.sub(r"<[^>]+>", "0a1b", recipe)
    oauth2 = load(text).mailboxes[0].oauth2
    assert oauth2 is not None
    assert "correct horse" not in repr(oauth2)


def test_page_has_a_recipe_for_each_way() -> None:
    assert len(RECIPES) == 5


@pytest.mark.parametrize("key", OAuth2.model_fields)
def test_every_key_is_told(key: str) -> None:
    assert key in PAGE
    assert key in (ROOT / "config.example.yaml").read_text()
