"""The servers, shared by all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.running import RunningServers


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """The running servers; all are stopped at the end of the test run."""
    running = RunningServers(tmp_path_factory.mktemp("servers"))
    try:
        yield running
    finally:
        running.stop()
