"""A lock between the processes that write to one SQLite file.

SQLite lets waiting writers poll, so that under load some starve; the kernel wakes those that wait
for a file's lock in turn.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from consentgate.records.address import Backend, StoreAddress

# Any: a module of POSIX systems. Elsewhere SQLite's own lock is the only one.
_fcntl: Any = import_module("fcntl") if os.name == "posix" else None


class FileLock:
    """The lock of one file, held inside `with`. The kernel releases it when a process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    @classmethod
    def of(cls, address: StoreAddress) -> AbstractContextManager[object]:
        """Return the lock of a store, which on PostgreSQL is none."""
        if address.backend is Backend.POSTGRESQL or _fcntl is None:
            return nullcontext()
        return cls(address.path.with_name(f"{address.path.name}-lock"))

    def __enter__(self) -> Self:
        if self._descriptor < 0:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        _fcntl.flock(self._descriptor, _fcntl.LOCK_EX)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _fcntl.flock(self._descriptor, _fcntl.LOCK_UN)
