"""What `consentgate records` prints of a store: exports, notices and statistics."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import click
import pytest

from consentgate.choice.clock import utc_now
from consentgate.records.new_entries import decision_entry, void_entry
from consentgate.records.store import Store
from tests.cli.conftest import STORE, Run
from tests.support.record_stores import NOW, POLICY, decision_of, notice_of, write_decisions

pytestmark = pytest.mark.cli


@pytest.mark.parametrize("kind", ["jsonl", "csv", "27560"])
def test_an_export_goes_to_a_file(run: Run, folder: Path, store: Store, kind: str) -> None:
    export = ["records", "export", STORE, "--format", kind]
    ran = run(*export, "--out", "records")
    shown = run(*export, "--out", "records", "--json").json

    assert (ran.code, ran.out, ran.err) == (0, "records: 20 records\n", "")
    assert (shown["file"], shown["records"]) == ("records", 20)
    assert (folder / "records").read_text("utf-8") == run(*export).out.replace("\r\n", "\n")


def test_an_export_leaves_out_what_was_void(run: Run, store: Store) -> None:
    voided = decision_entry(decision_of(50))
    session = store.session()
    session.write([voided, void_entry(voided, NOW)])
    session.close()

    assert len(run("records", "export", STORE).out.splitlines()) == 20


def test_an_export_knows_what_is_declared_today(run: Run, folder: Path, store: Store) -> None:
    (folder / "consent.toml").write_text(POLICY.to_toml())
    (folder / "other.toml").write_text('necessary = ["session"]\n')
    write_decisions(store, [decision_of(60, at=utc_now() - timedelta(days=1))])

    assert '"expired":[]' in run("records", "export", STORE).out.splitlines()[-1]
    ran = run("records", "export", STORE, "--policy", "other.toml")
    assert '"expired":["statistics"]' in ran.out.splitlines()[-1]
    document = run("records", "export", STORE, "--format", "27560")
    assert len(json.loads(document.out)["@graph"]) == 41
    assert [line.split()[0] for line in document.err.splitlines()] == ["CG059"]


def test_a_decision_without_a_notice_needs_a_declaration(run: Run, store: Store) -> None:
    write_decisions(store, [decision_of(60)])

    ran = run("records", "export", STORE, "--format", "27560", "--out", "records")
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "has no notice; describe it by today's declaration: --policy consent.toml" in ran.err


def test_json_about_an_export_needs_a_file(run: Run, store: Store) -> None:
    assert "give --out" in run("records", "export", STORE, "--json").err


@pytest.mark.parametrize("out", ["/dev/full", "no/such/folder"])
def test_an_export_that_cannot_be_written_is_one_line(run: Run, store: Store, out: str) -> None:
    ran = run("records", "export", STORE, "--out", out)

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert f"cannot write {out}" in ran.err


def test_what_cannot_be_printed_ends_the_export(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("consentgate.cli.records.export")
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        with pytest.raises(click.exceptions.Exit) as ended:
            module._print("a line\n")
    assert ended.value.exit_code == 0

    monkeypatch.setattr(sys, "stdout", FullDisk())
    with pytest.raises(click.ClickException, match="cannot write to standard output: No space"):
        module._print("a line\n")


class FullDisk(io.BytesIO):
    """A file on a disk without room."""

    def write(self, _: object) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "code", "words"),
    [("| head -c 10", 0, ""), ("> /dev/full", 3, "cannot write to standard output: No space")],
    ids=["head", "full disk"],
)
def test_an_export_whose_reader_goes_away_ends_quietly(
    folder: Path, store: Store, target: str, code: int, words: str
) -> None:
    write_decisions(store, [decision_of(n, notice=notice_of()) for n in range(100, 2_000)])
    line = f"{sys.executable} -m consentgate records export {STORE} {target}"
    paths = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=folder, env=paths, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr.count("\n")) == (code, 1 if words else 0)
    assert words in ran.stderr


def test_an_export_shows_its_progress_on_a_terminal(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    ran = run("records", "export", STORE)
    assert len(ran.out.splitlines()) == 20
    assert "Exporting" in ran.err


def test_the_files_of_a_notice_show_it_again(run: Run, folder: Path, signed: Store) -> None:
    digest = notice_of().digest.hex()
    ran = run("records", "notice", STORE, digest)
    shown = run("records", "notice", STORE, digest, "--json", "--folder", ".").json

    names = [f"notice-{digest[:16]}-{source}.html" for source in ("banner", "preferences")]
    assert ran.out.split() == names == shown["files"]
    for name in names:
        page = (folder / name).read_text("utf-8")
        assert "Do you allow statistics?" in page
        assert "<style>p { color: #111 }</style>" in page
        assert "/consent/static" not in page
    ran = run("records", "notice", STORE, "00" * 32)
    assert (ran.code, ran.err) == (2, f"there is no notice {'00' * 32}\n")


@pytest.mark.browser
@pytest.mark.slow
def test_a_notice_is_pictured_small_and_large(run: Run, folder: Path, signed: Store) -> None:
    ran = run("records", "notice", STORE, notice_of().digest.hex(), "--screenshot")

    assert ran.code == 0
    pictures = [folder / line for line in ran.out.split() if line.endswith(".png")]
    widths = [int.from_bytes(path.read_bytes()[16:20], "big") for path in pictures]
    assert widths == [320, 1280, 320, 1280]


def test_without_a_browser_there_is_no_picture(
    run: Run, signed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = ["records", "notice", STORE, notice_of().digest.hex(), "--screenshot"]
    monkeypatch.setattr("consentgate.records.pictures._BROWSERS", ("true",))
    ran = run(*picture)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "no picture was taken" in ran.err

    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    assert "pip install playwright" in run(*picture).err


def test_statistics_are_tables_by_day_language_category_and_place(run: Run, store: Store) -> None:
    ran = run("records", "stats", STORE)

    assert ran.code == 0
    assert "2026-11-28  0      20     20       0          50%" in ran.out
    assert [line.split()[0] for line in ran.out.splitlines() if "consent rate" in line] == [
        "day", "language", "category", "place",
    ]  # fmt: skip
    none = run("records", "stats", STORE, "--from", "2026-11-29", "--to", "2026-12-01")
    assert "2026-11-28" not in none.out


def test_statistics_that_are_published_have_no_small_counts(
    run: Run, folder: Path, store: Store
) -> None:
    write_decisions(store, [decision_of(80, language="de")])

    ran = run("records", "stats", STORE, "--publish", "--json", "--html", "stats.html").json
    assert ran["language"]["de"] == {"shown": 0, "given": "<5", "refused": 0, "withdrawn": 0}
    assert ran["language"]["fr"]["given"] == 20
    assert "&lt;5" in (folder / "stats.html").read_text("utf-8")
    whole = run("records", "stats", STORE, "--json").json
    assert whole["language"]["de"] == {
        "shown": 0, "given": 1, "refused": 0, "withdrawn": 0, "rate": 1.0,
    }  # fmt: skip
