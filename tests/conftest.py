"""Make mail servers known to every test as fixtures, and processes that begin quickly."""

import signal

import pytest
from hypothesis import settings


# How long an example takes says something of the machine, not of the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

# Whoever starts the tests in the background may have told them to ignore it; what they start must not.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.servers.fixtures", "tests.processes.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected reports of tests/mail anew")
