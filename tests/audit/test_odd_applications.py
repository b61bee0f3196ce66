"""A check of applications that delete, break, fail and do not end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from consentgate import Cookie, Policy
from consentgate.audit.check import Result
from tests.audit.sites import FLASK, FLASK_GATED

Check = Callable[..., Result]

DELETING = """
COOKIES = {
    "/": "visits=1; Max-Age=60",
    "/gone": "visits=; Max-Age=0",
    "/broken": "session=1\\nX: y",
    "/nameless": "=value",
    "/own": "cookies_preferences=forged",
}

def app(environ, start_response):
    cookie = COOKIES.get(environ["PATH_INFO"])
    headers = [("Content-Type", "text/html")]
    if "visits" in environ.get("HTTP_COOKIE", ""):
        headers.append(("X-Came-In", "visits"))
    if environ["PATH_INFO"] == "/boom":
        raise OSError("away")
    if environ["PATH_INFO"] == "/long":
        start_response("200 OK", headers)
        return (b"x" * 100_000 for _ in range(1_000_000))
    if cookie:
        headers.append(("Set-Cookie", cookie))
    start_response("200 OK", headers)
    return [b"".join(b"<a href='%s'></a>" % path.encode() for path in [*COOKIES, "/boom", "/long"])]
"""
NAMES = Policy(
    necessary=["session"], cookies=[Cookie("visits", category="statistics", lifetime="1 day")]
)


def test_deletions_are_none_of_the_cookies_that_are_judged(check_site: Check) -> None:
    result = check_site(DELETING, policy=NAMES, crawl=True)

    assert {name: [*one.problems] for name, one in result.sightings.items()} == {
        "visits": ["CG111", "CG112"],
        "session": ["CG130"],
        "": ["CG115"],
        "cookies_preferences": ["CG117"],
    }


def test_a_page_that_raises_is_named(check_site: Check) -> None:
    result = check_site(DELETING, policy=NAMES, crawl=True)

    assert result.failed == ["GET /boom fails: OSError: away"]


def test_the_start_page_may_fail(check_site: Check) -> None:
    source = FLASK_GATED.replace('@app.get("/")', '@app.get("/start")').replace(
        "ConsentGate(app",
        "app.testing = True\napp.add_url_rule('/', view_func=log_out)\nConsentGate(app",
    )

    result = check_site(source)

    assert result.failed == ["GET / fails: RuntimeError: nobody should be logged out"]
    assert (result.is_guarded, result.sightings["_ga"].path) == (True, "/start")


def test_a_run_that_takes_too_long_is_cut(
    check_site: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentgate.audit.check.LONGEST_RUN_S", -1)

    result = check_site(FLASK)

    assert (result.is_cut, result.sightings) == (True, {})
