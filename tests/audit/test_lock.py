"""A lock says what an application sets, and what of it a change of the code changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from consentgate.audit.check import Result
from consentgate.audit.loading import AuditError
from consentgate.audit.lock import Lock, differences, lock_of, read_lock
from tests.audit.sites import FLASK, FLASK_GATED, STARLETTE_GATED

Check = Callable[..., Result]

_MODULE = re.compile("audited_[0-9]+")


@pytest.fixture
def lock(check_site: Check) -> Callable[[str], Lock]:
    """A function that locks the site of a source; the name of its module is M in all."""

    def lock(source: str) -> Lock:
        made = lock_of(check_site(source))
        cookies = {
            name: replace(one, ways=frozenset(_MODULE.sub("M", way) for way in one.ways))
            for name, one in made.cookies.items()
        }
        return replace(made, cookies=cookies)

    return lock


MakeLock = Callable[[str], Lock]


@pytest.mark.parametrize("source", [FLASK, FLASK_GATED, STARLETTE_GATED])
def test_a_lock_is_read_as_it_was_written(lock: MakeLock, tmp_path: Path, source: str) -> None:
    made = lock(source)
    path = tmp_path / "consent.lock"
    path.write_text(made.to_toml(), encoding="utf-8")

    assert read_lock(path) == made
    assert differences(read_lock(path), made) == []


def test_a_lock_names_category_lifetime_attributes_and_place(lock: MakeLock) -> None:
    cookie = lock(FLASK_GATED).cookies["_ga"]
    [way] = cookie.ways

    assert cookie.category == "statistics"
    assert way == "730 days; Path=/; in M.py: home"


def test_a_cookie_that_nobody_declared_is_locked_without_a_category(lock: MakeLock) -> None:
    assert lock(FLASK).cookies["_ga"].category == ""


SEEDED = {
    "a new cookie": (
        'response.set_cookie("_ga"',
        'response.set_cookie("x", "1"); response.set_cookie("_ga"',
        ["+ x (not declared) is new", "    + session; Path=/; in M.py: home"],
    ),
    "another lifetime": (
        "86_400 * 730",
        "86_400 * 9",
        ["~ _ga is set in another way", "    - 730 days; Path=/; in M.py: home"],
    ),
    "another attribute": (
        '"_ga", "GA1.1",',
        '"_ga", "GA1.1", secure=True,',
        ["~ _ga is set in another way", "    + 730 days; Path=/; Secure; in M.py: home"],
    ),
    "another function": ("def home", "def front", ["    + 730 days; Path=/; in M.py: front"]),
    "a second place": (
        'response.headers.add("Set-Cookie"',
        'response.set_cookie("_ga", "2"); response.headers.add("Set-Cookie"',
        ["    + session; Path=/; in M.py: deep"],
    ),
    "a cookie that is gone": (
        'response.headers.add("Set-Cookie", "visits=1; Max-Age=60")',
        "pass",
        ["- visits (statistics) is set no longer"],
    ),
    "another category": (
        '"_ga", category="statistics"',
        '"_ga", category="marketing"',
        ["~ _ga was statistics and is marketing", "+ visitors will be asked about marketing"],
    ),
    "another purpose": (
        'provider="G"',
        'provider="H"',
        ["~ visitors will be asked again about statistics: what they are told has changed"],
    ),
    "a declaration that is gone": (
        'Cookie("visits", category="statistics"',
        'Cookie("other", category="statistics"',
        ["~ visits was statistics and is not declared"],
    ),
    "necessary from now on": (
        'necessary=["session"]',
        'necessary=["session", "pref"]',
        [],
    ),
}


@pytest.mark.parametrize("kind", SEEDED)
def test_each_change_is_found(lock: MakeLock, kind: str) -> None:
    old, new, expected = SEEDED[kind]
    assert FLASK_GATED.count(old) >= 1

    found = differences(lock(FLASK_GATED), lock(FLASK_GATED.replace(old, new, 1)))

    assert [line for line in expected if line not in found] == []
    assert bool(found) == bool(expected)


def test_nobody_is_asked_any_more_about_what_is_gone(lock: MakeLock) -> None:
    locked, found = lock(FLASK_GATED), lock(FLASK)

    assert "- visitors are asked no longer about statistics" in differences(locked, found)


DATED = """
from datetime import UTC, datetime, timedelta
from werkzeug.wrappers import Response

DAYS = 500

def app(environ, start_response):
    response = Response("<body>")
    response.set_cookie("dated", "1", expires=datetime.now(UTC) + timedelta(days=DAYS))
    return response(environ, start_response)
"""


def test_a_date_beyond_what_browsers_keep_is_the_same_tomorrow(lock: MakeLock) -> None:
    today, tomorrow = lock(DATED), lock(DATED.replace("500", "499"))
    sooner = lock(DATED.replace("500", "399"))

    assert today.cookies["dated"].ways == {"over 400 days; Path=/; in M.py: app"}
    assert differences(today, tomorrow) == []
    assert sooner.cookies["dated"].ways == {"399 days; Path=/; in M.py: app"}


def test_nothing_is_invented_where_nothing_changed(lock: MakeLock) -> None:
    first = lock(STARLETTE_GATED)

    again = [lock(STARLETTE_GATED) for _ in range(5)]

    assert again == [first] * 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "write it with `consentgate lock`"),
        ("version = 2", "is of version 2, and this consentgate reads 1"),
        ("version = ", "is no lock file"),
        ("[categories]", "is no lock file"),
        ("version = 1\n[[cookies]]\nname = 3\n", "is no lock file"),
        ("version = 1\ncategories = 3\n", "is no lock file"),
    ],
)
def test_what_is_no_lock_is_told(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "consent.lock"
    if text is not None:
        path.write_text(text, encoding="utf-8")

    with pytest.raises(AuditError, match=message):
        read_lock(path)
