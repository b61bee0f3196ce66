"""Keeps what a gate saw and did in a small SQLite file, from which `consentgate report` reads.

It holds names, paths without queries, attributes and counts: never a cookie's value, nothing of a
visitor. Several processes may write into one file. A request waits for nothing: a thread writes.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from os import PathLike, fspath
from pathlib import Path
from threading import Event as Signal
from threading import Lock, Thread
from typing import NamedTuple

from consentgate.errors import ConfigurationError
from consentgate.gate.events import Event
from consentgate.http.set_cookie import expiry_of

logger = logging.getLogger("consentgate")

MOST_ROWS = 5_000
"""Kinds of events in one file; of what comes after these, only the number is kept."""

MOST_ALIKE = 20
"""Pages and names of one kind in a file, names that differ in their digits alone counting as one;
what comes after these counts as the first of them, since it says nothing new."""

_MOST_WAITING = 1_000  # kinds of events that a process keeps until they are written
_BETWEEN_WRITES_S = 1.0
_LONGEST_WAIT_S = 10.0  # for other processes that write
_DAY_S = 86_400

_DIGITS = re.compile(r"[0-9]+|(?<=[._:-])[0-9a-f]{4,}")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    reason TEXT, action TEXT, mode TEXT, name TEXT, category TEXT, attributes TEXT, path TEXT,
    stem TEXT, times INTEGER, first_s INTEGER, last_s INTEGER,
    PRIMARY KEY (reason, action, mode, name, category, attributes, path)
);
CREATE TABLE IF NOT EXISTS lost (only_one INTEGER PRIMARY KEY CHECK (only_one = 0), times INTEGER);
INSERT OR IGNORE INTO lost VALUES (0, 0);
"""

_ADD = """
INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET times = times + excluded.times, last_s = excluded.last_s
"""

# On a row of the same name, else on one of a name of the same form.
_ADD_TO_ALIKE = """
UPDATE events SET times = times + ?, last_s = ? WHERE rowid = (
    SELECT rowid FROM events WHERE reason = ? AND action = ? AND stem = ?
    ORDER BY name <> ?, rowid LIMIT 1)
"""


class Seen(NamedTuple):
    """One kind of event. The attributes are those of the application's Set-Cookie, with whole
    seconds in the place of a date."""

    reason: str
    action: str
    mode: str
    name: str
    category: str
    attributes: str
    path: str


class Row(NamedTuple):
    """One kind of event, how often it came, and when first and last (POSIX seconds)."""

    seen: Seen
    times: int
    first_s: int
    last_s: int


class ReportFile:
    """The file of one middleware. Raises ConfigurationError where there can be no such file."""

    _process: int
    _lock: Lock
    _waiting: Counter[Seen]
    _lost: int
    _writer: Thread | None
    _has_news: Signal
    _has_failed: bool

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = _checked(path)
        self._start_anew()
        atexit.register(self.flush)

    def record(self, event: Event) -> None:
        """Keep an event; it is in the file about a second later."""
        if self._process != os.getpid():  # a worker that was forked has neither thread nor events
            self._start_anew()
        seen = _seen(event)
        with self._lock:
            if seen in self._waiting or len(self._waiting) < _MOST_WAITING:
                self._waiting[seen] += 1
            else:
                self._lost += 1
            if self._writer is None:
                self._writer = Thread(target=self._write_on, name="consentgate report", daemon=True)
                self._writer.start()
        self._has_news.set()

    def flush(self) -> None:
        """Write what waits, now. A failure is logged, once; what waited is lost."""
        if self._process != os.getpid():
            return
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
            lost, self._lost = self._lost, 0
        if not waiting and not lost:
            return
        try:
            with open_report(self._path) as connection:
                _add(connection, waiting, lost)
        except sqlite3.Error as error:
            if not self._has_failed:
                self._has_failed = True
                logger.error("consentgate: the report file %s: %s", self._path, error)

    def _start_anew(self) -> None:
        self._process = os.getpid()
        self._lock = Lock()
        self._waiting = Counter()
        self._lost = 0
        self._writer = None
        self._has_news = Signal()
        self._has_failed = False

    def _write_on(self) -> None:
        while True:
            self._has_news.wait()
            time.sleep(_BETWEEN_WRITES_S)
            self._has_news.clear()
            self.flush()


@contextmanager
def open_report(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file of this kind in one transaction, which is written at the end. Raises
    sqlite3.Error."""
    with closing(sqlite3.connect(path, timeout=_LONGEST_WAIT_S, isolation_level=None)) as opened:
        opened.executescript(f"BEGIN IMMEDIATE; {_SCHEMA}")
        yield opened
        opened.execute("COMMIT")


def read_rows(path: Path) -> tuple[list[Row], int]:
    """Return all that a file holds, and how many events more there were. Raises sqlite3.Error."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_LONGEST_WAIT_S)) as opened:
        cursor = opened.execute(
            f"SELECT {', '.join(Seen._fields)}, times, first_s, last_s FROM events"  # noqa: S608
            " ORDER BY first_s, name, path"
        )
        rows = [Row(Seen(*row[:-3]), *row[-3:]) for row in cursor]
        ((lost,),) = opened.execute("SELECT times FROM lost")
    return rows, lost


def _add(connection: sqlite3.Connection, waiting: Counter[Seen], lost: int) -> None:
    ((rows,),) = connection.execute("SELECT count(*) FROM events")
    now_s = int(time.time())
    for seen, times in waiting.items():
        stem = _DIGITS.sub("0", seen.name)
        is_known = connection.execute(
            "SELECT 1 FROM events WHERE (reason, action, mode, name, category, attributes, path)"
            " = (?, ?, ?, ?, ?, ?, ?)",
            seen,
        ).fetchone()
        if not is_known and (rows >= MOST_ROWS or _has_many_like(connection, seen, stem)):
            alike = (times, now_s, seen.reason, seen.action, stem, seen.name)
            lost += 0 if connection.execute(_ADD_TO_ALIKE, alike).rowcount else times
            continue
        rows += not is_known
        connection.execute(_ADD, (*seen, stem, times, now_s, now_s))
    connection.execute("UPDATE lost SET times = times + ?", (lost,))


def _has_many_like(connection: sqlite3.Connection, seen: Seen, stem: str) -> bool:
    """Return whether there are enough names of this form, or enough paths of this name."""
    ((others,),) = connection.execute(
        "SELECT count(*) FROM events WHERE reason = ? AND stem = ?", (seen.reason, stem)
    )
    return bool(others >= MOST_ALIKE)


def _seen(event: Event) -> Seen:
    return Seen(
        event.reason.value,
        event.action.value,
        event.mode.value,
        event.name,
        event.category,
        _without_date(event.attributes),
        event.path,
    )


def _without_date(attributes: str) -> str:
    """Return the attributes with a Max-Age of whole days in the place of Expires, which would be
    another one at each response."""
    max_age_s, expires_s = expiry_of(attributes)
    if expires_s is None:
        return attributes
    kept = [part for part in attributes.split("; ") if not part.startswith("Expires=")]
    if max_age_s is None:
        lives_s = expires_s - time.time()
        unit_s = _DAY_S if lives_s > _DAY_S else 60
        kept.append(f"Max-Age={max(0, round(lives_s / unit_s)) * unit_s}")
    return "; ".join(kept)


def _checked(path: object) -> Path:
    if not isinstance(path, str | PathLike) or not fspath(path):
        raise ConfigurationError(f"report_file is no path: {path!r}; name a file to be written")
    checked = Path(fspath(path)).absolute()
    if checked.is_dir() or not checked.parent.is_dir():
        raise ConfigurationError(
            f"report_file={str(path)!r} is a folder, or in none that exists; name a file to be "
            "written"
        )
    return checked
