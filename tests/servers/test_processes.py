"""Servers that don't start are told, and those that don't end are ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.processes import launch, wait_until_ready


def test_a_server_that_ends_at_once_is_told_with_its_log(tmp_path: Path) -> None:
    running = launch(("{python}", "-c", "raise SystemExit('no such module')"), log=tmp_path / "log")

    with pytest.raises(RuntimeError, match="no such module"):
        wait_until_ready(running)


def test_a_server_that_never_listens_is_ended_in_time(tmp_path: Path) -> None:
    running = launch(("{python}", "-c", "import time; time.sleep(60)"), log=tmp_path / "log")

    with pytest.raises(RuntimeError, match="did not start"):
        wait_until_ready(running, patience_s=0)

    assert running.process.poll() is not None


def test_a_server_that_ignores_the_signal_to_end_is_ended_by_force(tmp_path: Path) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('deaf', flush=True); time.sleep(60)"
    )
    running = launch(("{python}", "-c", code), log=tmp_path / "log")
    while running.log.read_text() != "deaf\n":
        assert running.process.poll() is None

    running.stop(patience_s=0.2)

    assert running.process.returncode == -9
