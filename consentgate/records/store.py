"""A store of consent records: what is read from it, and what is done to it as a whole.

Nothing is changed in place without an entry that says so: `erase` and `purge` append one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from consentgate.choice.clock import utc_now
from consentgate.errors import RecordStoreError
from consentgate.records.address import Backend, StoreAddress
from consentgate.records.engines import make_engine
from consentgate.records.entries import EntryKind, StoredEntry
from consentgate.records.migrations import check_schema, version_of
from consentgate.records.new_entries import erasure_entry, microseconds, purge_entry
from consentgate.records.postgresql import PostgreSQLSession
from consentgate.records.reading import Reading, SavedCheckpoint
from consentgate.records.schema import checkpoint, delivery, log, record, verifier_key
from consentgate.records.session import Session
from consentgate.records.sqlite import SQLiteSession
from consentgate.records.statements import insert_new

_DELETED_AT_ONCE = 5_000
"""Entries deleted in one transaction, so that nobody who writes waits for long."""
