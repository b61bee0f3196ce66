"""`consentgate policy check`: all errors, all findings, and the exit code that a CI acts on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.declarations import COMPLETE, WRONG

pytestmark = pytest.mark.cli

UNOWNED = '[[cookies]]\nname = "_pk_id.*"\ncategory = "statistics"\n'


def test_a_complete_declaration_is_valid(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    assert run("policy", "check") == (0, "consent.toml is valid; 0 findings\n", "")


@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--strict"], 1)], ids=["usual", "strict"])
def test_findings_fail_where_it_is_strict(
    run: Run, folder: Path, flags: list[str], code: int
) -> None:
    (folder / "other.toml").write_text(UNOWNED)

    ran = run("policy", "check", "other.toml", *flags)

    assert ran.code == code
    assert [line.split()[0] for line in ran.out.splitlines()] == ["CG052", "CG051", "other.toml"]
    assert ran.out.endswith("other.toml is valid; 2 findings\n")


def test_all_errors_are_printed_and_fail(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(WRONG)

    ran = run("policy", "check")

    assert (ran.code, ran.err) == (1, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["CG001", "CG003", "consent.toml:"]
    assert ran.out.endswith("consent.toml: 2 errors\n")


def test_json_has_errors(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(WRONG)

    ran = run("policy", "check", "--json")

    assert ran.code == 1
    assert [error["id"] for error in ran.json["errors"]] == ["CG001", "CG003"]
    assert ran.json["findings"] == []


def test_json_has_findings(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE.replace('provider = "Matomo"\n', ""))

    assert run("policy", "check", "--json").json == {
        "format": 1,
        "file": "consent.toml",
        "errors": [],
        "findings": [
            {
                "id": "CG051",
                "place": "cookies[0] ('_pk_id.*')",
                "message": "visitors are owed its provider",
                "hint": "declare it",
            }
        ],
    }


def test_what_exported_records_lack_is_found_where_it_is_asked_for(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "check", "--records", "--strict")

    assert ran.code == 1
    assert [line.split()[0] for line in ran.out.splitlines()] == [
        "CG058", "CG058", "CG059", "consent.toml",
    ]  # fmt: skip
