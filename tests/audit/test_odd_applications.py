"""A check of applications that delete, break, fail and do not end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from consentgate import Cookie, Policy
from consentgate.audit.check import Result
from consentgate.audit.loading import ApplicationError
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


# Applications that end the process, or the answer, in an odd way

EXITING = {
    "at its import": ("raise SystemExit(3)", "audited_[0-9]+ cannot be imported: SystemExit: 3"),
    "where it is made": ("def app(): raise SystemExit(3)", "fails: SystemExit: 3"),
    "in a request (WSGI)": (
        "def app(environ, start_response): raise SystemExit(3)",
        "GET / fails: SystemExit: 3",
    ),
    "in a request (ASGI)": (
        "async def app(scope, receive, send): raise SystemExit(3)",
        "GET / fails: RuntimeError: SystemExit: 3",
    ),
    "cancelled at its start": (
        "import asyncio\nasync def app(scope, receive, send): raise asyncio.CancelledError",
        "does not start: CancelledError",
    ),
    "without an answer (WSGI)": (
        "def app(environ, start_response): return []",
        "GET / fails: RuntimeError: the application never calls start_response",
    ),
    "without an answer (ASGI)": (
        "async def app(scope, receive, send): await receive()",
        "GET / fails: RuntimeError: the application sends no response",
    ),
}


@pytest.mark.parametrize("kind", EXITING)
def test_an_application_that_ends_the_process_is_named(check_site: Check, kind: str) -> None:
    source, message = EXITING[kind]
    attribute = "app()" if "where" in kind else "app"

    with pytest.raises(ApplicationError, match=message):
        check_site(source, attribute=attribute)


LATIN = """
TARGET = "/caf\\u00c3\\u00a9"

def app(environ, start_response):
    headers = [("Set-Cookie", "na\\u00efve=\\u00e9; Max-Age=60"), ("Location", TARGET)]
    write = start_response("302 Found" if environ["PATH_INFO"] == "/" else "200 OK", headers)
    write(b"written")
    return [b""]
"""
LATIN_ASGI = """
async def app(scope, receive, send):
    status = 302 if scope["path"] == "/" else 200
    headers = [(b"set-cookie", b"na\\xefve=\\xe9; Max-Age=60"), (b"location", b"/caf\\xc3\\xa9")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body"})
    await send({"type": "http.response.trailers", "headers": []})
"""


@pytest.mark.parametrize("source", [LATIN, LATIN_ASGI], ids=["WSGI", "ASGI"])
def test_headers_may_hold_other_letters_than_ascii(check_site: Check, source: str) -> None:
    result = check_site(source, crawl=True)

    assert (result.failed, [*result.sightings]) == ([], ["na\u00efve"])
    assert result.pages == ["/", "/caf\u00e9"]


ENDLESS = """
import asyncio
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

async def flood():
    while True:
        yield b"x" * 100_000

async def wait():
    yield b"data: 1"
    await asyncio.Event().wait()

def streaming(body):
    async def stream(request):
        response = StreamingResponse(body(), media_type="text/event-stream")
        response.set_cookie("streamed", "1")
        return response
    return stream

app = Starlette(routes=[Route("/", streaming(BODY))])
"""


@pytest.mark.parametrize("body", ["flood", "wait"])
def test_a_stream_without_end_is_cut(
    check_site: Check, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr("consentgate.audit.visiting.LONGEST_BODY_S", 0.05)

    result = check_site(ENDLESS.replace("BODY", body))

    assert (result.failed, [*result.sightings]) == ([], ["streamed"])
