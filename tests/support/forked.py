"""Processes that are forked from the tests' own, so that nothing has to be imported again."""

from __future__ import annotations

import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

Report = Callable[[str], None]
"""Sends one line to the parent; it has left the process when this returns."""


@dataclass
class Forked:
    """A running child, and the lines that it reported."""

    pid: int
    lines: IO[str]

    def read(self) -> Iterator[str]:
        """Yield lines as they come, until the child ends; the last one of a killed child may be cut
        off, and is left out."""
        yield from (line[:-1] for line in self.lines if line.endswith("\n"))

    def kill(self) -> list[str]:
        """Kill the child; return what it reported and nobody read."""
        os.kill(self.pid, signal.SIGKILL)
        return self.finish()

    def finish(self) -> list[str]:
        """Wait for the end of the child; return what it reported and nobody read."""
        with self.lines:
            left = list(self.read())
        os.waitpid(self.pid, 0)
        return left


def start_forked(run: Callable[[Report], None]) -> Forked:
    """Start a child that runs a function."""
    read_end, write_end = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which pytest has
        pid = os.fork()
    if pid:
        os.close(write_end)
        return Forked(pid, os.fdopen(read_end, encoding="utf-8"))
    _run_child(run, write_end)  # pragma: no cover (coverage sees the parent)
    raise AssertionError("a child ends")  # pragma: no cover


def _run_child(run: Callable[[Report], None], end: int) -> None:  # pragma: no cover
    try:
        run(lambda line: _write(end, line))
    except BaseException:  # noqa: BLE001 (the parent shows it)
        _write(end, traceback.format_exc())
    finally:
        os._exit(0)


def _write(end: int, line: str) -> None:  # pragma: no cover
    os.write(end, f"{line}\n".encode())
