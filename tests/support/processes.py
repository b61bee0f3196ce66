"""Ends what a test started."""

from __future__ import annotations

import subprocess
from typing import Any

LONGEST_END_S = 30.0


def end(process: subprocess.Popen[Any]) -> None:
    """Ask a process to end and wait for it; one that does not is killed."""
    process.terminate()
    try:
        process.wait(LONGEST_END_S)
    except subprocess.TimeoutExpired:  # pragma: no cover (a server waits for its last client)
        process.kill()
        process.wait()
