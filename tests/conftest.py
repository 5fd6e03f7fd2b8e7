"""Make the mail servers of tests/servers known to every test as fixtures."""

import pytest


pytest_plugins = ["tests.servers.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected reports of tests/mail anew")
