"""Make the mail servers of tests/servers known to every test as fixtures."""

import pytest
from hypothesis import settings


# How long an example takes says something of the machine, not of the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

pytest_plugins = ["tests.servers.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected reports of tests/mail anew")
