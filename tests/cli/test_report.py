"""`consentgate report`: what a site's gate saw, and the declaration that it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from consentgate import Action, Event, Policy, Reason
from consentgate._report_file import ReportFile
from tests.cli.conftest import Run

pytestmark = pytest.mark.cli


@pytest.fixture
def seen(folder: Path) -> Path:
    """A report with a session and a tracker that nobody declared, one that is stripped, and what a
    script set."""
    path = folder / "consent-report.db"
    file = ReportFile(path)
    for _ in range(3):
        for name in ("session", "_ga"):
            attributes = "Path=/; Max-Age=3600" if name == "_ga" else "Path=/"
            file.record(
                Event(Reason.UNDECLARED, Action.STRIP, name, path="/shop", attributes=attributes)
            )
    file.record(Event(Reason.UNDECIDED, Action.STRIP, "poll", category="statistics", path="/"))
    file.record(Event(Reason.UNKNOWN_IN_REQUEST, Action.NOTE, "_scripted", path="/"))
    file.flush()
    return path


def test_what_is_missing_ends_with_1_and_is_shown(run: Run, seen: Path) -> None:
    code, out, err = run("report")

    assert (code, err) == (1, "")
    assert out.splitlines()[:4] == [
        "Cookie     Category      With enforcing   Times  Pages",
        "_ga        not declared  stripped         3      /shop",
        "session    not declared  stripped         3      /shop",
        "_scripted  not declared  set by a script  1      /",
    ]
    assert '[[cookies]]\nname = "session"\ncategory = "necessary"' in out


def test_what_is_missing_is_written_into_a_new_file(run: Run, seen: Path, folder: Path) -> None:
    code, out, _ = run("report", "--write", "consent.toml")
    policy = Policy.from_toml(folder / "consent.toml")

    assert code == 0
    assert "consent.toml: 3 declarations added." in out
    assert {rule.name for rule in policy.rules} >= {"session", "_ga", "_scripted"}
    assert run("report").code == 0


def test_it_is_added_to_a_file_whose_text_stays(run: Run, seen: Path, folder: Path) -> None:
    text = '# ours\nnecessary = ["session"]\n'
    (folder / "consent.toml").write_text(text, "utf-8")

    run("report", "--write", "consent.toml")

    written = (folder / "consent.toml").read_text("utf-8")
    assert written.startswith(text)
    assert 'name = "_ga"' in written
    assert 'name = "session"' not in written


def test_a_file_that_would_be_wrong_stays(run: Run, seen: Path, folder: Path) -> None:
    path = folder / "consent.toml"
    path.write_text("necessary = []\ncookies = []\n", "utf-8")

    code, _, err = run("report", "--write", "consent.toml")

    assert (code, path.read_text("utf-8")) == (3, "necessary = []\ncookies = []\n")
    assert "consent.toml stays as it is: CG010" in err
    assert [one.name for one in folder.glob("*.toml")] == ["consent.toml"]


def test_a_file_that_cannot_be_written_is_told(run: Run, seen: Path) -> None:
    code, _, err = run("report", "--write", "no/such/folder/consent.toml")

    assert code == 3
    assert "cannot be written" in err


def test_another_declaration_can_be_named(run: Run, seen: Path, folder: Path) -> None:
    (folder / "other.toml").write_text('necessary = ["session", "_ga", "_scripted"]', "utf-8")

    code, out, _ = run("report", "consent-report.db", "--policy", "other.toml")

    assert code == 0
    assert out.endswith("Every cookie that was seen is declared.\n")


def test_json_has_cookies_and_what_is_missing(run: Run, seen: Path) -> None:
    told = run("report", "--json").json

    assert told["lost"] == 0
    assert {one["name"]: one["category"] for one in told["missing"]}["session"] == "necessary"
    assert told["cookies"][0] == {
        "name": "_ga",
        "category": None,
        "reason": "CG110",
        "action": "strip",
        "times": 3,
        "paths": ["/shop"],
    }


def test_a_report_without_events_says_so(run: Run, folder: Path) -> None:
    file = ReportFile(folder / "consent-report.db")
    file.record(Event(Reason.BANNER_NO_PLACE, Action.NOTE, path="/"))
    file.flush()

    assert run("report") == (0, "Every cookie that was seen is declared.\n", "")


def test_events_that_did_not_fit_are_counted(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentgate._report_file.MOST_ROWS", 0)
    file = ReportFile(folder / "consent-report.db")
    file.record(Event(Reason.UNDECLARED, Action.STRIP, "a", path="/"))
    file.flush()

    assert "1 events more than the file holds" in run("report").out


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "missing.db"],
        ["report", "--policy", "."],
        ["report", "--policy", "missing.toml"],
        ["report", "one.db", "two.db"],
    ],
)
def test_wrong_use_ends_with_3_and_one_line(run: Run, seen: Path, arguments: list[str]) -> None:
    ran = run(*arguments)

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1
