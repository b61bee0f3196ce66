"""The verification of a whole store: no false alarm, and each change found in its place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copyfile

import pytest

from consentgate.errors import ConfigurationError
from consentgate.records.entries import commitment_to
from consentgate.records.log.edge import Edge
from consentgate.records.log.keys import Verifier
from consentgate.records.log.merkle import fold
from consentgate.records.log.tiles import TILE_WIDTH
from consentgate.records.new_entries import decision_entry, microseconds, void_entry
from consentgate.records.signing import RolledBackError, check_origin, name_of_next, sign_log
from consentgate.records.store import Store
from consentgate.records.verify import Verification, verify_store
from consentgate.records.verify.entries import LONGEST_WAIT
from consentgate.records.verify.result import MOST_LISTED
from consentgate.records.verify.tree import UpperTiles
from tests.support.record_stores import (
    NOW,
    decision_of,
    new_store,
    notice_of,
    signer_of,
    write_decisions,
)

ORIGIN = "data.example.org/consent"
SIGNER = signer_of(ORIGIN)
SIZE = 700


def filled_store(path: Path, size: int = SIZE) -> Store:
    """A store of decisions, signed once after 600 of them and at its end."""
    store = new_store(path)
    store.name_log(ORIGIN, SIGNER.name)
    for start in range(0, size, 100):
        notice = notice_of(html=f"<p>Version {start // 300}</p>")
        write_decisions(store, [decision_of(n, notice=notice) for n in range(start, start + 100)])
        if start in (500, size - 100):
            sign_log(store, [SIGNER], now=NOW)
    return store


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "consent.db"
    filled_store(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    """A copy of the store, to be changed."""
    return Path(copyfile(template, tmp_path / "consent.db"))


def verified(path: Path, *keys: Verifier, last_note: str | None = None) -> Verification:
    with new_store(path).read() as reading:
        return verify_store(
            reading, now=NOW, verifiers=keys or (SIGNER.verifier,), last_note=last_note
        )


def violations(path: Path) -> list[str]:
    return [str(violation) for violation in verified(path).violations]


def change(path: Path, *statements: str) -> None:
    """Change a store behind its back."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount, statement
        connection.commit()


def last_note_of(path: Path) -> str:
    with new_store(path).read() as reading:
        return max(reading.checkpoints(), key=lambda one: one.size).note


def test_a_store_as_it_was_written_has_no_violation(path: Path) -> None:
    found = verified(path, last_note=last_note_of(path))

    assert (found.violations, found.undecided) == ([], [])
    assert (found.size, found.entries, found.erased, found.purged) == (SIZE, SIZE, 0, 0)
    assert (found.notices, found.checkpoints, found.waiting) == (3, 2, 0)


def test_an_empty_store_is_not_bound_by_anything(tmp_path: Path) -> None:
    found = verified(tmp_path / "new.db")

    assert (found.violations, found.size) == ([], 0)
    assert found.undecided == ["no checkpoint was signed, so nothing binds the log: sign one"]


def test_erasing_purging_and_voiding_are_no_violations(path: Path) -> None:
    store = new_store(path)
    voided = decision_entry(decision_of(710, notice=notice_of()))
    session = store.session()
    session.write([voided, void_entry(voided, NOW)])
    session.close()
    store.erase(decision_of(650).id)
    store.erase(decision_of(3).id)
    store.purge(NOW + timedelta(seconds=300), at=NOW)
    sign_log(store, [SIGNER], now=NOW)

    found = verified(path, last_note=last_note_of(path))
    assert (found.violations, found.undecided) == ([], [])
    assert (found.purged, found.erased, found.size) == (300, 1, SIZE + 5)


def test_keys_that_were_changed_are_no_violation(path: Path) -> None:
    store, newer = new_store(path), signer_of(ORIGIN, seed=2)
    write_decisions(store, [decision_of(800, notice=notice_of())])
    sign_log(store, [newer, SIGNER], now=NOW)
    store.retire_key(str(SIGNER.verifier))
    write_decisions(store, [decision_of(801, notice=notice_of())])
    sign_log(store, [newer], now=NOW)

    assert verified(path, newer.verifier, SIGNER.verifier).violations == []
    with store.read() as reading:
        found = verify_store(reading, now=NOW)
    assert (found.violations, found.undecided) == ([], [])
    only_new = verified(path, newer.verifier)
    assert only_new.violations == []
    assert [line.split(":")[0] for line in only_new.undecided] == [
        f"checkpoint {size} of {ORIGIN}" for size in (600, 700)
    ]


def test_a_backup_that_goes_on_under_another_name_is_no_violation(
    path: Path, template: Path
) -> None:
    write_decisions(new_store(path), [decision_of(800, notice=notice_of())])
    sign_log(new_store(path), [SIGNER], now=NOW)
    lost = last_note_of(path)
    path.unlink()
    copyfile(template, path)
    store = new_store(path)

    with pytest.raises(RolledBackError, match="a backup was restored"):
        sign_log(store, [SIGNER], last_note=lost, now=NOW)
    (found,) = violations_with(path, lost)
    assert found.startswith("last checkpoint: it has 701 entries, and the log 700: entries were")
    store.name_log(name_of_next(ORIGIN), SIGNER.name)
    saved = sign_log(store, [SIGNER], now=NOW)
    assert violations_with(path, saved.note) == []
    assert violations_with(path, lost) == [
        f"last checkpoint: it is one of {ORIGIN}, and the log is {ORIGIN}/2"
    ]


def violations_with(path: Path, last_note: str) -> list[str]:
    return [str(violation) for violation in verified(path, last_note=last_note).violations]


ONE = "WHERE leaf_index = 5"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            f"UPDATE record SET payload = NULL, salt = NULL, erased_at = 1 {ONE}",
            "entry 5: its payload is gone, and no entry says that it was erased",
        ),
        (
            f"UPDATE record SET payload = NULL {ONE}",
            "entry 5: a part of it is gone, but it is not marked as erased",
        ),
        (
            f"UPDATE record SET erased_at = 1 {ONE}",
            "entry 5: it is marked as erased, but its payload is there",
        ),
        (
            f"UPDATE record SET kind = 1 {ONE}",
            "entry 5: its id or kind is not that of its payload",
        ),
        (
            f"UPDATE record SET id = x'00112233445566778899aabbccddeeff' {ONE}",
            "entry 5: its id or kind is not that of its payload",
        ),
        (
            f"UPDATE record SET decided_at = decided_at + 1000 {ONE}",
            "entry 5: its moment is not that of its payload",
        ),
        (
            "UPDATE log SET min_index = 256",
            "log: its first 256 entries are gone, and no entry says that they were purged",
        ),
        ("UPDATE log SET size = 690", "log: its size is 690, and there is an entry 690"),
        (
            "UPDATE log SET size = 1000000000000",
            "entries 768 to 999999999999: they are missing, or the size of the log was raised",
        ),
        ("DELETE FROM tile WHERE level = 0 AND n = 1",
         "tile 0/1: it has 0 hashes, and should have 256"),
        ("DELETE FROM tile WHERE level = 1", "tile 1/0: its hash 0 is not that of tile 0/0"),
        (
            "UPDATE checkpoint SET size = 599 WHERE size = 600",
            "checkpoint 599 of data.example.org/consent: its columns are not those of its note",
        ),
        (
            "UPDATE verifier_key SET vkey = vkey || 'x'",
            "key: The verifier key of data.example.org/consent is not base64.",
        ),
    ],
    ids=lambda value: value[:60],
)  # fmt: skip
def test_a_change_is_found_in_its_place(path: Path, statement: str, expected: str) -> None:
    change(path, statement)

    assert expected in violations(path)


def test_a_row_that_consentgate_never_writes_is_found(path: Path) -> None:
    change(path, f"UPDATE record SET kind = 9 {ONE}")

    assert violations(path)[0].startswith("record: a row is none that consentgate writes")


def test_a_notice_that_is_gone_or_damaged_is_found(path: Path) -> None:
    first, second, _ = (notice_of(html=f"<p>Version {n}</p>").digest.hex() for n in range(3))
    change(
        path,
        f"DELETE FROM notice WHERE digest = x'{first}'",
        f"UPDATE notice SET body = x'00' WHERE digest = x'{second}'",
    )

    assert violations(path) == [
        f"notice {second}: it is not the one that was shown",
        f"notice {first}: it is missing; entry 0 is about it",
    ]


def test_an_entry_that_claims_an_erasure_which_never_was_is_found(path: Path) -> None:
    new_store(path).erase(decision_of(5).id)
    entry = decision_of(5, notice=notice_of()).payload().hex()
    change(path, f"UPDATE record SET payload = x'{entry}', salt = x'00', erased_at = NULL {ONE}")

    assert violations(path)[:2] == [
        "entry 5: its payload, salt and commitment do not belong together",
        "entry 5: an entry says that it was erased; it was not",
    ]


def test_a_payload_that_holds_no_decision_is_found(path: Path) -> None:
    payloads = {5: b"no JSON", 6: b"[]", 7: b'{"entry":"other"}'}
    identity = decision_of(8).id.hex()
    payloads[8] = f'{{"decision":"given","id":"{identity}"}}'.encode()
    for index, payload in payloads.items():
        salt = b"\0" * 16
        committed = commitment_to(payload, salt)
        change(
            path,
            f"UPDATE record SET payload = x'{payload.hex()}', salt = x'{salt.hex()}', "
            f"commitment = x'{committed.hex()}' WHERE leaf_index = {index}",
        )

    found = {line.split(":")[0] for line in violations(path)}
    assert found >= {f"entry {index}" for index in payloads}


def test_an_entry_that_waits_too_long_for_its_place_is_found(path: Path) -> None:
    waiting = "UPDATE record SET leaf_index = NULL, stored_at = {} WHERE leaf_index = 699"
    change(path, "UPDATE log SET size = 699", waiting.format(microseconds(NOW - LONGEST_WAIT)))
    assert [line for line in violations(path) if "waits" in line] == []

    change(path, f"UPDATE record SET stored_at = {microseconds(NOW) - 3_661_000_000} "
                 "WHERE leaf_index IS NULL")  # fmt: skip
    (late,) = [line for line in violations(path) if "waits" in line]
    assert late.endswith("it waits for its place in the tree since 1:01:01")
    assert verified(path).waiting == 1


def test_a_log_that_was_written_again_is_not_the_one_that_was_signed(path: Path) -> None:
    note = last_note_of(path)
    path.unlink()
    store = new_store(path)
    store.name_log(ORIGIN, SIGNER.name)
    write_decisions(store, [decision_of(n, notice=notice_of()) for n in range(SIZE)])

    with pytest.raises(RolledBackError, match="not those that were signed"):
        sign_log(store, [SIGNER], last_note=note, now=NOW)
    assert violations_with(path, note) == [
        "last checkpoint: its root is not that of the tree: entries 0 to 699 are not what they were"
    ]
    store.name_log("other", SIGNER.name)
    with pytest.raises(RolledBackError, match="is one of data"):
        sign_log(store, [SIGNER], last_note=note, now=NOW)


def test_violations_past_the_thousandth_are_only_counted(path: Path) -> None:
    result = Verification()
    for number in range(MOST_LISTED + 5):
        result.add(f"entry {number}", "it is missing")

    assert (len(result.violations), result.found) == (MOST_LISTED, MOST_LISTED + 5)


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("a.example/consent", "a.example/consent/2"),
        ("a/2", "a/3"),
        ("a/9", "a/10"),
        ("a/b2", "a/b2/2"),
    ],
)
def test_a_log_goes_on_under_the_next_number(name: str, following: str) -> None:
    assert name_of_next(name) == following


@pytest.mark.parametrize("name", ["", "https://a.example", "a b", "a+b"])
def test_a_log_has_a_name_that_notes_can_hold(name: str) -> None:
    check_origin("data.example.org/consent")
    with pytest.raises(ConfigurationError, match="cannot be called"):
        check_origin(name)


def test_an_entry_and_a_tile_that_differ_are_told_apart_by_the_tile_above(path: Path) -> None:
    with new_store(path).read() as reading:
        tile = bytearray(reading.stored_hashes(0, 0))
    tile[32 * 5] ^= 1
    change(path, f"UPDATE tile SET hashes = x'{tile.hex()}' WHERE level = 0 AND n = 0")
    assert violations(path) == ["tile 0/0: it is not what its entries make"]

    payload, salt = decision_of(900, notice=notice_of()).payload(), b"\1" * 16
    change(
        path,
        f"UPDATE record SET payload = x'{payload.hex()}', salt = x'{salt.hex()}', "
        f"commitment = x'{commitment_to(payload, salt).hex()}' WHERE leaf_index = 300",
    )
    assert "entry 300: it is not the one that is in the tree (tile 0/1)" in violations(path)


def test_a_note_that_nobody_known_has_signed_is_found(path: Path) -> None:
    change(path, "UPDATE checkpoint SET note = replace(note, '600', '601') WHERE size = 600")
    assert violations(path) == [
        f"checkpoint 600 of {ORIGIN}: The signature of {ORIGIN} does not match the text."
    ]

    note = last_note_of(path)
    assert violations_with(path, note.replace("700", "701"))[-1] == (
        f"last checkpoint: The signature of {ORIGIN} does not match the text."
    )


def test_a_checkpoint_whose_tiles_are_gone_cannot_be_compared(path: Path) -> None:
    change(path, "DELETE FROM record WHERE leaf_index >= 512", "UPDATE log SET size = 1000")

    found = [line for line in violations(path) if line.startswith("checkpoint 700")]
    assert found == [f"checkpoint 700 of {ORIGIN}: Tile 2 of level 0 has 0 hashes, 128 are needed."]


class StoredTiles:
    """The tiles of a tree of 70,000 leaves, of which one can be another."""

    def __init__(self, size: int = 70_000) -> None:
        leaves = [sha256(b"%d" % n).digest() for n in range(size)]
        self.tiles = {(one.level, one.n): one.hashes for one in Edge().append(leaves)[1]}
        self.full = size // TILE_WIDTH

    def stored_hashes(self, level: int, n: int) -> bytes:
        return self.tiles.get((level, n), b"")

    def differing(self) -> list[str]:
        """What is found of the tiles above level 0."""
        result = Verification()
        above = UpperTiles(self, result)
        for n in range(self.full):
            above.push(fold(self.tiles[0, n]))
        above.finish()
        return [str(violation) for violation in result.violations]


def test_the_tiles_of_all_levels_are_compared() -> None:
    stored = StoredTiles()
    assert stored.differing() == []

    for place in ((1, 0), (1, 1), (2, 0)):
        hashes = stored.tiles[place]
        stored.tiles[place] = bytes(32) + hashes[32:]
        (found,) = stored.differing()
        assert found.startswith(f"tile {place[0]}/{place[1]}: its hash 0 is not that of tile")
        stored.tiles[place] = hashes
