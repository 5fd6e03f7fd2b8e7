"""What the tests of the config share: the smallest one, and files to load."""

from collections.abc import Callable
from pathlib import Path

import pytest

from watcher.config import load_config
from watcher.config.shape import Config


SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

SMALLEST = f"""\
mailboxes:
  - host: imap.example.com
    username: bounces@example.com
    password: correct horse
webhooks:
  - url: https://app.example.com/hooks/bounces
    secret: {SIGNING_SECRET}
"""

Load = Callable[[str], Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Give a function that loads a text as a config file."""

    def load_text(text: str) -> Config:
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return load_config(path)

    return load_text
