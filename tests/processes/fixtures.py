"""Processes that begin quickly, for every test."""

from collections.abc import Iterator

import pytest

from tests.processes.prepared import Prepared


@pytest.fixture(scope="session")
def prepared() -> Iterator[Prepared]:
    started = Prepared()
    yield started
    started.close()
