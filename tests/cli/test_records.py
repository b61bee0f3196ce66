"""`consentgate records`: from a store to a proof that somebody else verifies."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from consentgate.records.log.keys import Signer
from consentgate.records.signing import sign_log
from consentgate.records.store import Store
from tests.cli.conftest import ORIGIN, STORE, Run
from tests.support.record_stores import NOW, decision_of, signer_of, write_decisions

pytestmark = pytest.mark.cli

LATER = ["--older-than", "1 second"]


def record(number: int) -> str:
    return number.to_bytes(16, "big").hex()


def vkey(folder: Path, name: str = "consent.db.key") -> str:
    return str(Signer.parse((folder / name).read_text().strip()).verifier)


def change(folder: Path, statement: str) -> None:
    """Change the store behind its back."""
    with closing(sqlite3.connect(folder / "consent.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_store_that_was_signed_is_verified(run: Run, folder: Path, signed: Store) -> None:
    ran = run("records", "verify", STORE, "--vkey", vkey(folder))

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(
        "20 entries (0 purged, 0 erased), 1 notices, 1 checkpoints; 0 violations\n"
    )


def test_without_a_checkpoint_nothing_can_be_verified(run: Run, store: Store) -> None:
    ran = run("records", "verify", STORE)

    assert ran.code == 2
    assert ran.out.startswith("not verified: no checkpoint was signed")


def test_a_change_is_a_violation_with_its_place(run: Run, folder: Path, signed: Store) -> None:
    change(folder, "UPDATE record SET salt = x'00' WHERE leaf_index = 7")

    ran = run("records", "verify", STORE)
    assert ran.code == 1
    assert ran.out.startswith("entry 7: its payload, salt and commitment do not belong together\n")
    found = run("records", "verify", STORE, "--json").json
    assert found["violations"][0]["place"] == "entry 7"
    assert (found["found"], found["size"], found["oldest_waiting"]) == (1, 20, None)


def test_more_violations_than_are_listed_are_counted(
    run: Run, folder: Path, signed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentgate.records.verify.result.MOST_LISTED", 2)
    change(folder, "UPDATE record SET salt = x'00'")

    assert "and 18 more\n" in run("records", "verify", STORE).out


def test_entries_that_wait_for_their_places_are_counted(
    run: Run, folder: Path, signed: Store
) -> None:
    change(folder, "UPDATE record SET leaf_index = NULL WHERE leaf_index = 19")
    change(folder, "UPDATE log SET size = 19")

    assert "1 wait for their places in the tree" in run("records", "verify", STORE).out
    assert run("records", "verify", STORE, "--json").json["oldest_waiting"].startswith("20")


def test_a_checkpoint_is_printed_and_written_to_be_published(
    run: Run, folder: Path, store: Store
) -> None:
    ran = run("records", "checkpoint", STORE, "--origin", ORIGIN, "--out", "public.txt")

    assert ran.code == 0
    assert ran.out.startswith(f"{ORIGIN}\n20\n")
    assert (folder / "public.txt").read_text("utf-8") == ran.out
    assert (folder / "consent.db.checkpoint").read_text("utf-8") == ran.out
    assert (folder / "consent.db.key").stat().st_mode & 0o777 == 0o600
    assert f"Public key: {vkey(folder)}\n" in ran.err
    with store.read() as reading:
        assert [one.published_at is not None for one in reading.checkpoints()] == [True]


def test_the_second_checkpoint_is_signed_with_the_key_of_the_first(
    run: Run, folder: Path, signed: Store
) -> None:
    key = vkey(folder)
    write_decisions(signed, [decision_of(30)])
    ran = run("records", "checkpoint", STORE, "--json")

    assert (ran.json["size"], ran.json["vkeys"], ran.json["timestamp"]) == (21, [key], None)
    assert run("records", "verify", STORE, "--vkey", key).code == 0


def test_the_key_of_the_command_line_is_made_also_where_the_server_has_signed(
    run: Run, folder: Path, store: Store
) -> None:
    server = signer_of("server", seed=9)
    sign_log(store, [server], now=NOW)

    assert run("records", "checkpoint", STORE).code == 0
    keys = ["--vkey", vkey(folder), "--vkey", str(server.verifier)]
    assert run("records", "verify", STORE, *keys).code == 0


def test_a_last_checkpoint_that_cannot_be_written_is_one_line(
    run: Run, folder: Path, store: Store
) -> None:
    (folder / "consent.db.checkpoint.new").mkdir()

    ran = run("records", "checkpoint", STORE)
    assert (ran.code, ran.out) == (3, "")
    assert "cannot write" in ran.err.splitlines()[-1]


def test_a_key_that_is_missing_is_not_made_again(run: Run, folder: Path, signed: Store) -> None:
    (folder / "consent.db.key").unlink()

    ran = run("records", "checkpoint", STORE)
    assert (ran.code, ran.out) == (3, "")
    assert "the log's key, cannot be read: No such file or directory" in ran.err


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PRIVATE+KEY+x", "has a name, a key ID"), (b"\xff", "it is not UTF-8")],
    ids=["no key", "no text"],
)
def test_a_file_that_is_no_key_is_one_line(
    run: Run, folder: Path, signed: Store, content: bytes, words: str
) -> None:
    (folder / "consent.db.key").write_bytes(content)

    ran = run("records", "checkpoint", STORE)
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert words in ran.err


def test_a_key_is_changed_by_signing_with_both_for_a_time(
    run: Run, folder: Path, signed: Store
) -> None:
    (folder / "new.key").write_text(Signer.generate(ORIGIN).export())
    both = ["--key", "new.key", "--key", "consent.db.key"]
    assert run("records", "checkpoint", STORE, *both).code == 0

    keys = ["--vkey", vkey(folder), "--vkey", vkey(folder, "new.key")]
    assert run("records", "verify", STORE, *keys).code == 0
    assert run("records", "verify", STORE, "--vkey", vkey(folder)).code == 0


def test_a_restored_backup_is_not_signed_and_goes_on_under_another_name(
    run: Run, folder: Path, signed: Store
) -> None:
    backup = (folder / "consent.db").read_bytes()
    write_decisions(signed, [decision_of(30)])
    assert run("records", "checkpoint", STORE).code == 0
    for leftover in folder.glob("consent.db-*"):
        leftover.unlink()
    (folder / "consent.db").write_bytes(backup)

    ran = run("records", "checkpoint", STORE)
    assert (ran.code, ran.out) == (1, "")
    assert "20 entries, and 21 were signed: a backup was restored" in ran.err
    assert run("records", "verify", STORE).code == 1
    ran = run("records", "checkpoint", STORE, "--new-log")
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"{ORIGIN}/2")
    assert run("records", "verify", STORE, "--vkey", vkey(folder)).code == 0


def test_a_log_keeps_its_name(run: Run, signed: Store) -> None:
    ran = run("records", "checkpoint", STORE, "--origin", "other.example.org/consent")

    assert ran.code == 3
    assert f"the log is called {ORIGIN}; another name is --new-log" in ran.err
    assert run("records", "checkpoint", STORE, "--origin", ORIGIN).code == 0


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--origin", "https://a"], "a log cannot be called"),
        (["--key", "no/such/folder/key"], "cannot write no/such/folder/key"),
        (["--out", "no/such/folder/out"], "cannot write no/such/folder/out"),
    ],
    ids=lambda value: value[0],
)
def test_what_cannot_be_signed_or_written_is_one_line(
    run: Run, store: Store, option: list[str], words: str
) -> None:
    ran = run("records", "checkpoint", STORE, *option)

    assert ran.code == 3
    assert words in ran.err.splitlines()[-1]


@pytest.mark.parametrize("last", [b"\xff", None], ids=["no text", "missing"])
def test_a_last_checkpoint_that_cannot_be_read_is_one_line(
    run: Run, folder: Path, signed: Store, last: bytes | None
) -> None:
    if last is not None:
        (folder / "last").write_bytes(last)

    ran = run("records", "verify", STORE, "--last", "last")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "last, the last checkpoint, cannot be read" in ran.err or "no file last" in ran.err


def test_a_record_is_proved_to_somebody_who_has_the_key_only(
    run: Run, folder: Path, signed: Store
) -> None:
    assert run("records", "prove", STORE, record(3), "--receipt", "--out", "r.json").code == 0
    ran = run("records", "verify-receipt", "r.json", "--vkey", vkey(folder), "--origin", ORIGIN)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"Proved: record {record(3)} of 2026-11-28T09:14:10.250Z: marketing refused, "
        "statistics given.\n"
        f"It is entry 3 of {ORIGIN} since the checkpoint of 20 entries.\n"
    )
    shown = run("records", "verify-receipt", "r.json", "--vkey", vkey(folder), "--json").json
    assert shown["categories"] == {"marketing": "refused", "statistics": "given"}


def test_a_proof_is_a_page(run: Run, folder: Path, signed: Store) -> None:
    ran = run("records", "prove", STORE, record(3))
    shown = run("records", "prove", STORE, record(3), "--out", "proof.html", "--json").json

    assert ran.out.startswith("<!DOCTYPE html>")
    assert shown["file"] == "proof.html"
    assert (folder / "proof.html").read_text("utf-8") == shown["text"]
    assert run("records", "prove", STORE, record(3), "--out", "p.html").out == "p.html\n"


def test_a_receipt_that_says_something_else_is_a_violation(
    run: Run, folder: Path, signed: Store
) -> None:
    document = json.loads(run("records", "prove", STORE, record(3), "--receipt").out)
    (folder / "r.json").write_text(json.dumps({**document, "dct:audience": "everybody"}))
    (folder / "no.json").write_text("{}")

    ran = run("records", "verify-receipt", "r.json", "--vkey", vkey(folder))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "not proved: the readable part is not what is proved: dct:audience differs\n"
    )
    ran = run("records", "verify-receipt", "no.json", "--vkey", vkey(folder))
    assert (ran.code, ran.err) == (2, "not verified: it is not a consent receipt\n")
    ran = run("records", "verify-receipt", "no.json", "--vkey", "x")
    assert (ran.code, ran.out) == (3, "")


def test_what_cannot_be_proved_says_why(run: Run, folder: Path, store: Store) -> None:
    ran = run("records", "prove", STORE, record(3))
    assert (ran.code, ran.out) == (2, "")
    assert "no checkpoint covers the record yet" in ran.err

    run("records", "checkpoint", STORE)
    ran = run("records", "prove", STORE, record(99))
    assert (ran.code, ran.err) == (2, f"not proved: there is no record {record(99)}\n")
    change(folder, "UPDATE checkpoint SET root = x'00', note = replace(note, '20', '21')")
    assert run("records", "prove", STORE, record(3)).code == 1


@pytest.mark.parametrize("record_id", ["", "xyz", "00", record(3) + "00"])
def test_a_record_id_has_32_hexadecimal_digits(run: Run, signed: Store, record_id: str) -> None:
    ran = run("records", "prove", STORE, record_id)

    assert (ran.code, ran.out) == (3, "")
    assert "is not 32 hexadecimal digits" in ran.err


def test_a_record_id_can_be_a_uuid(run: Run, signed: Store) -> None:
    assert run("records", "prove", STORE, "00000000-0000-0000-0000-000000000003").code == 0


def test_an_erased_record_stays_in_the_tree_and_is_exported_as_such(
    run: Run, folder: Path, signed: Store
) -> None:
    assert run("records", "erase", STORE, record(3)).out == f"record {record(3)}: erased\n"
    assert run("records", "erase", STORE, record(3), "--json").json["erased"] is False

    assert run("records", "verify", STORE, "--vkey", vkey(folder)).code == 0
    lines = [json.loads(line) for line in run("records", "export", STORE).out.splitlines()]
    assert [line["id"] for line in lines if "erased_at" in line] == [record(3)]
    ran = run("records", "erase", STORE, record(99))
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)


def test_a_purge_deletes_what_is_older(run: Run, folder: Path, signed: Store) -> None:
    ran = run("records", "purge", STORE, *LATER)

    assert (ran.code, ran.out) == (0, "20 entries deleted; the first that is left is 20\n")
    assert run("records", "purge", STORE, "--older-than", "3 years", "--json").json["deleted"] == 0
    assert run("records", "verify", STORE, "--vkey", vkey(folder)).code == 0
    assert run("records", "export", STORE).out == ""


@pytest.mark.parametrize("age", ["session", "soon", "9999 years"])
def test_an_age_is_a_length_of_time(run: Run, store: Store, age: str) -> None:
    ran = run("records", "purge", STORE, "--older-than", age)

    assert (ran.code, ran.out) == (3, "")
    assert "--older-than" in ran.err


def test_migrating_makes_the_tables(run: Run, folder: Path) -> None:
    ran = run("records", "migrate", STORE)

    assert (ran.code, ran.out) == (0, f"sqlite:///{folder / 'consent.db'} is up to date\n")
    assert run("records", "migrate", STORE, "--json").json["store"].endswith("consent.db")


COMMANDS = [
    ["export", "STORE"],
    ["verify", "STORE"],
    ["checkpoint", "STORE"],
    ["prove", "STORE", record(1)],
    ["notice", "STORE", "00" * 32],
    ["stats", "STORE"],
    ["erase", "STORE", record(1)],
    ["purge", "STORE", *LATER],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    "address", ["sqlite:///no.db", "sqlite:///text.db", "mysql://a/b", "consent.db"]
)
def test_a_store_that_is_none_is_one_line(
    run: Run, folder: Path, command: list[str], address: str
) -> None:
    (folder / "text.db").write_text("This is no database." * 500)

    ran = run("records", *[address if word == "STORE" else word for word in command])
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "Traceback" not in ran.err
