"""A report says what enforcing would change, and declares what is missing."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import consentgate._report_file as report_file
from consentgate import Action, ConfigurationError, Event, Policy, Reason
from consentgate._report_file import ReportFile, read_rows
from consentgate.audit.loading import AuditError
from consentgate.audit.report import read_report
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.middleware.test_advice_in_use import (
    FIRST,
    NECESSARY,
    OTHERS,
    Visit,
    choose,
    log_in,
    names_in,
    visit_flask,
    visit_starlette,
)

LONGEST_WAIT_S = 20.0


def rows_of(path: Path) -> dict[str, int]:
    """How often each name is in a file."""
    found: dict[str, int] = {}
    for seen, times, _, _ in read_rows(path)[0]:
        found[seen.name] = found.get(seen.name, 0) + times
    return found


def rows_so_far(path: Path) -> dict[str, int]:
    """The same of a file that may not be there yet, or not whole."""
    try:
        return rows_of(path)
    except sqlite3.OperationalError:
        return {}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "what happened is not in the file"
        time.sleep(0.05)


def undeclared(name: str, **more: Any) -> Event:  # Any: fields of many types
    return Event(Reason.UNDECLARED, Action.STRIP, name, **more)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write what happened at once rather than a second later."""
    monkeypatch.setattr(report_file, "_BETWEEN_WRITES_S", 0.01)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.db"


@pytest.fixture
def file(path: Path) -> Iterator[ReportFile]:
    made = ReportFile(path)
    yield made
    made.flush()


# The file


def test_events_are_counted_by_kind(file: ReportFile, path: Path) -> None:
    for name in ("a", "a", "b"):
        file.record(undeclared(name, path="/"))
    file.flush()

    assert rows_of(path) == {"a": 2, "b": 1}


def test_an_event_is_in_the_file_by_itself(file: ReportFile, path: Path) -> None:
    file.record(undeclared("a"))

    wait_for(lambda: "a" in rows_so_far(path))


def test_several_processes_write_into_one_file(file: ReportFile, path: Path) -> None:
    file.record(undeclared("a"))
    file.flush()
    other = ReportFile(path)
    other.record(undeclared("a"))
    other.flush()

    assert rows_of(path) == {"a": 2}


def test_a_forked_worker_writes_what_it_saw_itself(
    file: ReportFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.record(undeclared("of the parent"))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    file.flush()  # nothing of another process
    file.record(undeclared("of the child"))
    file.flush()

    assert rows_of(path) == {"of the child": 1}
    monkeypatch.undo()


def test_a_date_is_kept_as_a_lifetime(file: ReportFile, path: Path) -> None:
    tomorrow = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90_000))
    soon = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90))
    file.record(undeclared("a", attributes=f"Path=/; Expires={tomorrow}"))
    file.record(undeclared("b", attributes=f"Max-Age=5; Expires={tomorrow}"))
    file.record(undeclared("c", attributes=f"Expires={soon}"))
    file.flush()

    kept = {row.seen.name: row.seen.attributes for row in read_rows(path)[0]}
    assert (kept["a"], kept["b"]) == ("Path=/; Max-Age=86400", "Max-Age=5")
    assert kept["c"] in ("Max-Age=60", "Max-Age=120")


def test_the_file_and_what_waits_for_it_are_bounded(
    file: ReportFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_file, "MOST_ROWS", 5)
    monkeypatch.setattr(report_file, "_MOST_WAITING", 8)
    letters = "abcdefghij"
    for letter in letters:
        file.record(undeclared(letter))
    file.flush()
    file.record(undeclared("a"))
    file.record(undeclared("z"))
    file.flush()

    rows, lost = read_rows(path)
    assert [(row.seen.name, row.times) for row in rows] == [
        ("a", 2),
        ("b", 1),
        ("c", 1),
        ("d", 1),
        ("e", 1),
    ]
    assert lost == 3 + 2 + 1


def test_names_that_differ_in_numbers_alone_do_not_crowd_out_others(
    file: ReportFile, path: Path
) -> None:
    for number in range(report_file.MOST_ALIKE + 30):
        file.record(undeclared(f"poll_{number}"))
    file.record(undeclared("other"))
    file.flush()

    rows, lost = read_rows(path)
    assert len(rows) == report_file.MOST_ALIKE + 1
    assert (sum(row.times for row in rows), lost) == (report_file.MOST_ALIKE + 31, 0)


def test_a_cookie_of_many_pages_is_counted_on_all_of_them(file: ReportFile, path: Path) -> None:
    for number in range(report_file.MOST_ALIKE * 3):
        file.record(undeclared("one", path=f"/{number}"))
    file.flush()

    assert rows_of(path) == {"one": report_file.MOST_ALIKE * 3}
    assert read_rows(path)[1] == 0


def test_a_file_that_cannot_be_written_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "no.db"
    path.write_text("this is no database, and long enough to be read as one ......." * 20)
    file = ReportFile(path)
    for _ in range(2):
        file.record(undeclared("a"))
        file.flush()

    assert [record.getMessage()[:11] for record in caplog.records] == ["consentgate"]


@pytest.mark.parametrize("wrong", [3, "", ".", "no/such/folder/report.db"])
def test_a_path_that_cannot_be_is_an_error_at_the_start(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wrong: Any,  # Any: wrong on purpose
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError, match="report_file"):
        WsgiMiddleware(
            lambda environ, start: [],
            policy=FIRST,
            secret_key="k" * 40,
            report_file=wrong,
        )


async def _later(event: Event) -> None:
    """Wait for an event, which no gate does."""


@pytest.mark.parametrize("wrong", ["print", _later])
def test_a_callback_that_cannot_be_is_an_error_beside_a_file_too(path: Path, wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="on_event is no function"):
        WsgiMiddleware(
            lambda environ, start: [],
            policy=FIRST,
            secret_key="k" * 40,
            on_event=wrong,
            report_file=path,
        )


# What the middlewares write

VISITS = pytest.mark.parametrize("visit", [visit_flask, visit_starlette], ids=["WSGI", "ASGI"])


def see_site(visit: Visit, path: Path, **options: Any) -> None:  # Any: as above
    with visit(FIRST, mode="report", report_file=path, **options) as visitor:
        visitor.cookies.set("scripted", "secret-value")
        visitor.cookies.set("_hjid", "secret-value")
        log_in(visitor)
        visitor.get("/shop/boots?secret=query")
        visitor.get("/shop/boots")
    # The shop is visited three times, and a visitor's own cookies are noted once.
    wait_for(lambda: rows_so_far(path).get("last_seen") == 3)
    wait_for(lambda: {"scripted", "session"} <= {*rows_so_far(path)})


@VISITS
def test_all_that_is_undeclared_is_in_the_file(visit: Visit, path: Path) -> None:
    see_site(visit, path)

    assert {*rows_of(path)} == NECESSARY | OTHERS | {"scripted", "_hjid"}


@VISITS
def test_neither_values_nor_queries_are(visit: Visit, path: Path) -> None:
    see_site(visit, path)

    whole = path.read_bytes()
    assert b"secret" not in whole
    assert b"GA1.1" not in whole


@VISITS
def test_the_sites_own_callback_hears_the_same(visit: Visit, path: Path) -> None:
    heard: list[Event] = []

    see_site(visit, path, on_event=heard.append)

    assert {event.name for event in heard} >= NECESSARY | OTHERS


# What is read of it


@VISITS
def test_what_is_missing_makes_the_site_work(visit: Visit, path: Path, tmp_path: Path) -> None:
    see_site(visit, path)
    declared = tmp_path / "consent.toml"
    text = f"{FIRST.to_toml()}\n\n{read_report(path, FIRST).toml()}\n"
    declared.write_text(text, encoding="utf-8")
    policy = Policy.from_toml(declared)

    with visit(policy) as visitor:
        answer = log_in(visitor)
        visitor.get("/shop/boots")
        assert (answer.status_code, names_in(visitor)) == (200, NECESSARY)
        choose(visitor, "accept")
        visitor.get("/")
        visitor.get("/shop/boots")
        assert names_in(visitor) >= NECESSARY | OTHERS
        choose(visitor, "withdraw")
        visitor.get("/")
        visitor.get("/shop/boots")
        assert names_in(visitor) == NECESSARY | {"cookies_preferences"}


@VISITS
def test_cookies_of_scripts_are_declared_without_a_made_up_lifetime(
    visit: Visit, path: Path
) -> None:
    see_site(visit, path)

    rules = {advice.rule.name: advice.rule for advice in read_report(path, FIRST).missing}
    assert (rules["scripted"].lifetime, rules["scripted"].category) == (None, "statistics")


def test_lines_say_what_would_become_of_each_cookie(path: Path) -> None:
    see_site(visit_flask, path)

    lines = {line.name: line for line in read_report(path, FIRST).lines}
    assert (lines["cart"].action, lines["cart"].times) == (Action.STRIP, 2)
    assert lines["cart"].paths == ["/shop/boots"]
    assert lines["lang"].times == 4
    assert lines["lang"].paths == ["/", "/login", "/shop/boots"]
    assert (lines["scripted"].action, lines["scripted"].reason) == (
        Action.NOTE,
        Reason.UNKNOWN_IN_REQUEST,
    )


def test_a_line_names_three_pages_at_most(file: ReportFile, path: Path) -> None:
    for page in "abcd":
        file.record(undeclared("one", path=f"/{page}"))
    file.flush()

    [line] = read_report(path, FIRST).lines
    assert (line.times, line.paths) == (4, ["/a", "/b", "/c"])


def test_events_that_are_of_no_cookie_make_no_line(file: ReportFile, path: Path) -> None:
    file.record(Event(Reason.BANNER_NO_PLACE, Action.NOTE, path="/"))
    file.record(undeclared("", path="/"))
    file.flush()

    report = read_report(path, FIRST)
    assert [line.reason for line in report.lines] == [Reason.UNDECLARED]
    assert report.missing == ()


def test_a_name_that_was_cut_is_declared_by_its_beginning(file: ReportFile, path: Path) -> None:
    file.record(undeclared("n" * 64, path="/"))
    file.flush()

    [advice] = read_report(path, FIRST).missing
    assert advice.rule.name == "n" * 64 + "*"


def test_a_missing_file_is_told(path: Path) -> None:
    with pytest.raises(AuditError, match=r"pass report_file='report\.db' to the middleware"):
        read_report(path, FIRST)


def test_another_file_is_told(path: Path) -> None:
    path.write_text("something else " * 100)

    with pytest.raises(AuditError, match="is no report file"):
        read_report(path, FIRST)


def test_a_database_of_something_else_is_told(path: Path) -> None:
    sqlite3.connect(path).close()

    with pytest.raises(AuditError):
        read_report(path, FIRST)
