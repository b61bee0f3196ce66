"""A check visits an application as four visitors do, and judges each cookie that it sets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from consentgate import Cookie, Policy
from consentgate.audit.check import Result, State, check
from consentgate.audit.loading import ApplicationError, AuditError
from tests.audit.conftest import Write
from tests.audit.sites import FLASK, FLASK_GATED, STARLETTE, STARLETTE_GATED
from tests.support.stores import STORE_MODULE

Check = Callable[..., Result]

BARE = pytest.mark.parametrize("source", [FLASK, STARLETTE], ids=["Flask", "Starlette"])
GATED = pytest.mark.parametrize(
    "source", [FLASK_GATED, STARLETTE_GATED], ids=["Flask", "Starlette"]
)


def problems_of(result: Result) -> dict[str, list[str]]:
    """The ids of what is wrong, by the names of cookies."""
    return {name: [*sighting.problems] for name, sighting in result.sightings.items()}


# What is found


@BARE
def test_without_a_policy_each_cookie_is_undeclared(check_site: Check, source: str) -> None:
    result = check_site(source)

    assert not result.is_guarded
    assert problems_of(result) == {"_ga": ["CG110"], "session": ["CG110"], "visits": ["CG110"]}


@BARE
def test_without_a_gate_what_needs_consent_leaves(check_site: Check, source: str) -> None:
    policy = Policy(necessary=["session"], cookies=[Cookie("_ga", category="statistics")])

    result = check_site(source, policy=policy)

    assert [problem.text for problem in result.sightings["_ga"].problems.values()] == [
        "without a gate it leaves before a choice",
        "without a gate it leaves after a refusal",
    ]
    assert problems_of(result)["session"] == []


@GATED
def test_the_applications_own_gate_and_policy_are_used(check_site: Check, source: str) -> None:
    result = check_site(source)

    assert result.is_guarded
    assert problems_of(result) == {"_ga": ["CG122"], "session": [], "visits": []}


@GATED
def test_each_cookie_has_an_outcome_in_each_state(check_site: Check, source: str) -> None:
    sightings = check_site(source).sightings

    assert sightings["session"].outcomes.items() >= {(State.UNDECIDED, "leaves")}
    assert sightings["_ga"].outcomes == {
        State.UNDECIDED: "stripped",
        State.REFUSED: "stripped",
        State.ACCEPTED: "leaves, shortened",
        State.WITHDRAWN: "stripped",
    }


def test_a_gate_that_does_not_shorten_is_taken_as_it_is(check_site: Check) -> None:
    result = check_site(
        STARLETTE_GATED.replace("secret_key=SECRET)\n", "secret_key=SECRET, clamp=False)\n")
    )

    assert result.sightings["_ga"].outcomes[State.ACCEPTED] == "leaves"
    assert problems_of(result)["_ga"] == ["CG122"]


@BARE
def test_a_necessary_cookie_is_held_to_its_declaration_too(check_site: Check, source: str) -> None:
    declared = Cookie("_ga", category="necessary", lifetime="1 day", secure=True)

    result = check_site(source, policy=Policy(["session", "visits"], cookies=[declared]))

    assert [problem.text for problem in result.sightings["_ga"].problems.values()] == [
        "it lives 730 days, longer than declared (1 day)",
        "it is set without Secure, as declared",
    ]


@GATED
def test_another_policy_can_be_tried(check_site: Check, source: str) -> None:
    result = check_site(source, policy=Policy(necessary=["session", "_ga", "visits"]))

    assert result.violations == []


@BARE
def test_what_is_undeclared_comes_with_what_to_paste(check_site: Check, source: str) -> None:
    advice = check_site(source).sightings["_ga"].advice

    assert '[[cookies]]\nname = "_ga"\ncategory = "statistics"' in advice


# Where it is set


@pytest.mark.parametrize(
    ("source", "name", "line", "function"),
    [
        (FLASK, "_ga", 12, "home"),
        (FLASK, "visits", 19, "deep"),
        (STARLETTE, "_ga", 21, "home"),
        (STARLETTE, "visits", 27, "deep"),
    ],
)
def test_the_place_is_the_applications_line(
    check_site: Check, source: str, name: str, line: int, function: str
) -> None:
    place = check_site(source).sightings[name].place

    assert place is not None
    assert (place.line, place.function, place.is_own) == (line, function, True)
    assert str(place).startswith("audited_")


@pytest.mark.parametrize(
    ("source", "file"),
    [(FLASK, "flask/sessions.py"), (STARLETTE, "starlette/middleware/sessions.py")],
)
def test_what_a_framework_sets_has_the_frameworks_place(
    check_site: Check, source: str, file: str
) -> None:
    place = check_site(source).sightings["session"].place

    assert place is not None
    assert (place.file, place.is_own) == (file, False)


PLAIN = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "raw=1")])
    return [b""]
"""


RESPONSE = """
from werkzeug.wrappers import Response

def app(environ, start_response):
    response = Response("<body>")
    response.set_cookie(key="other")
    response.headers["X-Odd"] = "1"
    return response(environ, start_response)
"""


def test_an_installed_application_has_its_own_files_as_places(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    name = write(RESPONSE)

    place = check(f"{name}:app", folder=elsewhere, crawl=False).sightings["other"].place

    assert place is not None
    assert (place.file, place.is_own) == (f"{name}.py", False)


def test_a_header_that_no_framework_wrote_has_no_place(check_site: Check) -> None:
    assert check_site(PLAIN).sightings["raw"].place is None


# Which pages are visited


@BARE
def test_pages_are_those_of_the_router_and_never_one_that_logs_out(
    check_site: Check, source: str
) -> None:
    pages = check_site(source).pages

    assert pages[0] == "/"
    assert not [page for page in pages if "logout" in page or "item" in page]


def test_links_are_followed_where_that_is_asked_for(check_site: Check) -> None:
    assert "/deep?q=1" not in check_site(FLASK).pages
    assert "/deep?q=1" in check_site(FLASK, crawl=True).pages


def test_excluded_pages_are_not_visited(check_site: Check) -> None:
    result = check_site(FLASK, crawl=True, excluded=["/deep*"])

    assert result.pages == ["/"]
    assert "visits" not in result.sightings


ENDLESS = """
def app(environ, start_response):
    number = int(environ["PATH_INFO"].strip("/") or 0)
    start_response("200 OK", [("Content-Type", "text/html")])
    return [f"<a href='/{number + 1}'>on</a>".encode()]
"""


def test_a_site_without_end_is_cut(check_site: Check) -> None:
    result = check_site(ENDLESS, crawl=True, most_pages=7)

    assert (len(result.pages), result.is_cut) == (7, True)


LINKS = """
PAGE = b'''<a href="//elsewhere.example/x"></a><a href="http://localhost/plain"></a>
<a href="mailto:a@example.org"></a><a href="file.zip" download></a><a></a><area href="/map">
<a href="http://[broken/"></a><a href="../up"></a>'''

def app(environ, start_response):
    if environ["PATH_INFO"] == "/map":
        start_response("302 Found", [("Location", "/there")])
        return [b""]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [PAGE]
"""


def test_only_pages_of_the_site_are_followed(check_site: Check) -> None:
    assert check_site(LINKS, crawl=True).pages == ["/", "/map", "/up", "/there"]


# What goes wrong


def test_a_page_that_fails_is_named_and_the_others_are_judged(check_site: Check) -> None:
    source = FLASK.replace("/logout", "/boom")

    result = check_site(source)

    assert result.failed == ["GET /boom answers 500"]
    assert "_ga" in result.sightings


FAILING = """
async def app(scope, receive, send):
    raise RuntimeError("the database is away")
"""


def test_an_application_that_always_fails_cannot_be_judged(check_site: Check) -> None:
    with pytest.raises(ApplicationError, match="GET / fails: RuntimeError: the database is away"):
        check_site(FAILING)


NOT_STARTING = """
async def app(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})
"""


def test_an_application_that_does_not_start_cannot_be_judged(check_site: Check) -> None:
    with pytest.raises(ApplicationError, match="does not start: RuntimeError: no database"):
        check_site(NOT_STARTING)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nothing", "'nothing' is no application: write its module and its name"),
        ("no_such_module:app", "there is no module 'no_such_module'"),
        ("{module}:other", "there is no 'other'; the module has app"),
        ("{module}:home()", "fails: TypeError"),
        ("{module}:nothing", "there is no 'nothing'; the module has app"),
        ("{module}:number()", "it is no function; leave the () out"),
        ("{module}:number", "is a int, which is neither an ASGI nor a WSGI application"),
    ],
)
def test_what_is_no_application_is_told_in_one_line(
    write: Write, tmp_path: Path, target: str, message: str
) -> None:
    module = write(
        f"{PLAIN}\nfrom flask import session\nnumber = 1\ndef home(one, two, three, four): ...\n"
    )

    with pytest.raises(AuditError) as caught:
        check(target.format(module=module), folder=tmp_path)

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", ["import no_such_package", "1 / 0"])
def test_a_module_that_fails_at_its_import_is_told(
    write: Write, tmp_path: Path, source: str
) -> None:
    with pytest.raises(ApplicationError, match="cannot be imported: "):
        check(f"{write(source)}:app", folder=tmp_path)


def test_a_function_makes_the_application(check_site: Check) -> None:
    source = f"{PLAIN}\ndef make():\n    return app\n"

    assert "raw" in check_site(source, attribute="make()").sightings


# What is around the gate


def test_middleware_outside_of_the_gate_is_noted(check_site: Check) -> None:
    source = STARLETTE_GATED + "\napp.add_middleware(SessionMiddleware, secret_key=SECRET)\n"

    [note] = check_site(source).notes

    assert note.startswith("CG150 outside the gate: starlette.middleware.sessions")


def test_compression_inside_the_gate_is_noted(check_site: Check) -> None:
    source = STARLETTE_GATED.replace(
        "middleware=[",
        "middleware=[Middleware(GZipMiddleware, minimum_size=1), ",
    ).replace("\nSECRET", "\nfrom starlette.middleware.gzip import GZipMiddleware\nSECRET")

    assert [note[:5] for note in check_site(source).notes] == ["CG151"]


def test_a_check_opens_no_store_and_records_nothing(check_site: Check) -> None:
    source = STARLETTE_GATED.replace("policy=policy", "policy=policy, records='sqlite:///x.db'")

    with patch.dict(sys.modules, {STORE_MODULE: None}):
        result = check_site(source)

    assert problems_of(result)["session"] == []


def test_the_gates_own_pages_are_not_visited(check_site: Check) -> None:
    source = FLASK_GATED.replace("/deep?q=1#top", "/consent/charter")

    assert check_site(source, crawl=True).pages == ["/", "/deep"]
