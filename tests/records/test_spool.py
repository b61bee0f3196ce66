"""The spool keeps what could not be stored until somebody removes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from consentgate.choice.decision import Notice
from consentgate.errors import ConfigurationError, RecordStoreError
from consentgate.records.new_entries import decision_entry, void_entry
from consentgate.records.spool import Spool
from tests.support.records import NOON, decision, entries, refusal


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", most=5)


def test_an_entry_comes_back_as_it_was(spool: Spool) -> None:
    entry = decision_entry(refusal(), targets=("crm", "warehouse"))

    spool.put([entry])

    assert spool.take(10) == [entry]


def test_an_entry_without_a_notice_comes_back(spool: Spool) -> None:
    entry = decision_entry(decision(notice=None))

    spool.put([entry])

    assert spool.take(10) == [entry]


def test_entries_stay_until_they_are_removed(spool: Spool) -> None:
    first, second = entries(2)
    spool.put([first, second])

    spool.remove([first.id])

    assert spool.take(10) == [second]
    assert spool.take(10) == [second]


def test_an_entry_is_kept_once(spool: Spool) -> None:
    (entry,) = entries(1)

    spool.put([entry])
    spool.put([entry])

    assert spool.take(10) == [entry]


def test_a_notice_is_kept_as_long_as_an_entry_needs_it(spool: Spool) -> None:
    other = decision_entry(decision(notice=Notice(b"other", "en")))
    (entry,) = entries(1)
    spool.put([entry, other])

    spool.remove([entry.id])

    assert spool.take(10) == [other]


def test_voids_come_first_then_the_oldest(spool: Spool) -> None:
    first, second = entries(2)
    void = void_entry(second, NOON)

    spool.put([first])
    spool.put([second, void])

    assert spool.take(10) == [void, first, second]
    assert spool.take(2) == [void, first]


def test_a_full_spool_takes_nothing_more(spool: Spool) -> None:
    kept = entries(4)
    spool.put(kept)

    with pytest.raises(RecordStoreError, match="is full: it holds 4 entries"):
        spool.put(entries(2))

    assert spool.take(10) == kept


def test_no_file_is_made_before_something_is_put(spool: Spool, tmp_path: Path) -> None:
    assert spool.take(10) == []
    spool.remove([b"id"])

    assert not list(tmp_path.iterdir())


def test_a_broken_file_is_reported(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("not a database, and long enough to be looked at" * 20)

    with pytest.raises(RecordStoreError, match="spool: file is not a database"):
        spool.put(entries(1))


@pytest.mark.parametrize("name", ["", "missing/spool"], ids=["a folder", "in no folder"])
def test_a_spool_is_a_file_in_a_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="spool="):
        Spool(tmp_path / name)
