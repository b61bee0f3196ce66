"""Start a server as a process, wait until it answers, stop it again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.servers.raw_client import exchange, status_of

ROOT = Path(__file__).resolve().parents[2]
LONGEST_START_S = 60
BETWEEN_LOOKS_S = 0.05

# Where the system has it: ends the server when this process ends, even without a word.
_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()


@dataclass(frozen=True, slots=True)
class Running:
    """A process that listens, or soon will, on a port of the loopback interface."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def stop(self, *, patience_s: float = 5) -> None:
        """End the process and all that it started, by force where it has to be."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience_s)


def launch(command: tuple[str, ...], *, log: Path) -> Running:
    """The process of a command, in which `{python}`, `{port}` and `{root}` are filled in."""
    port = free_port()
    words = [
        *_WITH_PARENT,
        *(word.format(python=sys.executable, port=port, root=ROOT) for word in command),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Running(process, port, log)


def wait_until_ready(running: Running, *, patience_s: float = LONGEST_START_S) -> None:
    """Nothing, once the server answers. Raises RuntimeError, the server stopped, where it ended
    or took too long."""
    deadline = time.monotonic() + patience_s
    while status_of(exchange(running.port, "/bare/ready")) != 200:
        if running.process.poll() is not None or time.monotonic() > deadline:
            running.stop()
            end = running.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"the server did not start; the end of its log:\n{end}")
        time.sleep(BETWEEN_LOOKS_S)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
