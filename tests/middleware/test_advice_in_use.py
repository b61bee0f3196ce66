"""What the log says to paste, pasted into the policy of a real site, which then works."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask
import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consentgate import Controller, Policy
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

pytestmark = pytest.mark.behaviour(44)

SITE = "https://shop.example.org"
SECRET = "a secret for tests, of 40 characters ...."
FIRST = Policy(controller=Controller("Example Shop"))
"""What the site declares before anybody read the log."""

# Any: each framework's response sets cookies by the same keywords
SetCookie = Callable[..., Any]


def set_on_every_page(set_cookie: SetCookie) -> None:
    set_cookie("XSRF-TOKEN", secrets.token_hex(4), max_age=7_200, samesite="lax")
    set_cookie("lang", "fr", max_age=86_400 * 400)
    set_cookie("_ga", "GA1.1", domain="example.org", max_age=86_400 * 730)
    set_cookie("_ga_X1Y2Z3", "GS1.1", domain="example.org", max_age=86_400 * 730)
    set_cookie("_fbp", "fb.1", domain="example.org", max_age=86_400 * 90)
    set_cookie("_pk_id.1.1fff", "4f1c", max_age=86_400 * 393)
    set_cookie("_clck", "1", expires=datetime.now(UTC) + timedelta(days=365))
    set_cookie("poll_17", "yes", max_age=60)
    set_cookie("poll_18", "no", max_age=60)


def set_in_the_shop(set_cookie: SetCookie) -> None:
    set_cookie("cart", "3", path="/shop", httponly=True)
    set_cookie("last_seen", "boots", path="/shop", max_age=86_400 * 30)


def make_flask() -> Any:  # Any: what serves requests, of either interface
    app = flask.Flask(__name__)
    app.secret_key = SECRET

    def page(text: str, status: int = 200, *, shop: bool = False) -> flask.Response:
        response = flask.Response(f"<body>{text}", status, mimetype="text/html")
        set_on_every_page(response.set_cookie)
        if shop:
            set_in_the_shop(response.set_cookie)
        return response

    @app.get("/")
    def home() -> flask.Response:
        return page(flask.session.get("user", "nobody"))

    @app.get("/shop/boots")
    def shop() -> flask.Response:
        return page(flask.request.cookies.get("cart", "empty"), shop=True)

    @app.post("/login")
    def login() -> flask.Response:
        if flask.request.form["token"] != flask.request.cookies.get("XSRF-TOKEN"):
            return page("forged", 403)
        flask.session["user"] = "ada"
        return page("welcome")

    return app


def make_starlette() -> Any:  # Any: as above
    def page(text: str, status: int = 200, *, shop: bool = False) -> HTMLResponse:
        response = HTMLResponse(f"<body>{text}", status)
        set_on_every_page(response.set_cookie)
        if shop:
            set_in_the_shop(response.set_cookie)
        return response

    async def home(request: Request) -> Response:
        return page(request.session.get("user", "nobody"))

    async def shop(request: Request) -> Response:
        return page(request.cookies.get("cart", "empty"), shop=True)

    async def login(request: Request) -> Response:
        token = (await request.body()).decode().partition("token=")[2]
        if token != request.cookies.get("XSRF-TOKEN"):
            return page("forged", 403)
        request.session["user"] = "ada"
        return page("welcome")

    routes = [
        Route("/", home),
        Route("/shop/boots", shop),
        Route("/login", login, methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(SessionMiddleware, secret_key=SECRET)])


class AsgiTransport(httpx.BaseTransport):
    """Runs an ASGI application for a client that is not async."""

    def __init__(self, app: Any) -> None:  # Any: as above
        self._inner = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=body)


def visit_flask(policy: Policy, **options: Any) -> httpx.Client:
    app = WsgiMiddleware(make_flask(), policy=policy, secret_key=SECRET, **options)
    return httpx.Client(transport=httpx.WSGITransport(app), base_url=SITE, follow_redirects=True)


def visit_starlette(policy: Policy, **options: Any) -> httpx.Client:
    app = AsgiMiddleware(make_starlette(), policy=policy, secret_key=SECRET, **options)
    return httpx.Client(transport=AsgiTransport(app), base_url=SITE, follow_redirects=True)


Visit = Callable[..., httpx.Client]


@pytest.fixture(params=[visit_flask, visit_starlette], ids=["Flask", "Starlette"])
def visit(request: pytest.FixtureRequest) -> Visit:
    """A visitor's browser on the site, behind a gate of the policy."""
    found: Visit = request.param
    return found


@pytest.fixture
def pasted(visit: Visit, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> Policy:
    """The site's policy with all that the log said to paste, and the log empty."""
    caplog.set_level(logging.INFO, logger="consentgate")
    with visit(FIRST, mode="report") as visitor:
        log_in(visitor)
        visitor.get("/shop/boots")
    texts = [record.getMessage().partition("TOML:\n")[2] for record in caplog.records]
    path = tmp_path / "consent.toml"
    path.write_text("\n\n".join([FIRST.to_toml(), *texts]), encoding="utf-8")
    caplog.clear()
    return Policy.from_toml(path)


def log_in(visitor: httpx.Client) -> httpx.Response:
    visitor.get("/")
    return visitor.post("/login", data={"token": token_of(visitor)})


def token_of(visitor: httpx.Client) -> str:
    return next(cookie.value or "" for cookie in visitor.cookies.jar if cookie.name == "XSRF-TOKEN")


def choose(visitor: httpx.Client, choice: str) -> None:
    origin = {"origin": SITE, "sec-fetch-site": "same-origin"}
    assert visitor.post("/consent/", data={"choice": choice}, headers=origin).status_code == 200


def names_in(visitor: httpx.Client) -> set[str]:
    return {cookie.name for cookie in visitor.cookies.jar}


NECESSARY = {"session", "XSRF-TOKEN", "lang", "cart"}
OTHERS = {"_ga", "_ga_X1Y2Z3", "_fbp", "_pk_id.1.1fff", "_clck", "poll_17", "poll_18", "last_seen"}
OWN = {"cookies_preferences"}


def test_what_was_pasted_makes_no_new_finding(pasted: Policy) -> None:
    assert pasted.findings() == FIRST.findings() == ()


def test_what_was_pasted_never_lets_a_tracker_out_without_consent(pasted: Policy) -> None:
    rules = {name: pasted.rule_for(name) for name in NECESSARY | OTHERS | {"session"}}

    needs_consent = {name for name, rule in rules.items() if rule and not rule.exempt}
    assert (needs_consent, None in rules.values()) == (OTHERS, False)


def test_a_visitor_who_chose_nothing_logs_in(pasted: Policy, visit: Visit) -> None:
    with visit(pasted) as visitor:
        answer = log_in(visitor)
        home = visitor.get("/")
        visitor.get("/shop/boots")
        basket = visitor.get("/shop/boots")

        assert (answer.status_code, "ada" in home.text, "3" in basket.text) == (200, True, True)
        assert names_in(visitor) == NECESSARY


def test_a_form_without_the_token_is_turned_away_as_before(pasted: Policy, visit: Visit) -> None:
    with visit(pasted) as visitor:
        visitor.get("/")

        assert visitor.post("/login", data={"token": "forged"}).status_code == 403


@pytest.mark.parametrize("choice", ["refuse", "withdraw"])
def test_a_refusal_after_an_acceptance_deletes_the_trackers_and_keeps_the_log_in(
    pasted: Policy, visit: Visit, choice: str
) -> None:
    with visit(pasted) as visitor:
        log_in(visitor)
        choose(visitor, "accept")
        visitor.get("/")
        visitor.get("/shop/boots")
        accepted = names_in(visitor)
        choose(visitor, choice)
        home = visitor.get("/")
        visitor.get("/shop/boots")

        assert accepted == NECESSARY | OTHERS | OWN
        assert names_in(visitor) == NECESSARY | OWN
        assert "ada" in home.text


def test_the_log_has_nothing_more_to_say(
    pasted: Policy, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    with visit(pasted) as visitor:
        log_in(visitor)
        for choice in ("accept", "refuse", "accept", "withdraw"):
            choose(visitor, choice)
            visitor.get("/")
            visitor.get("/shop/boots")

    loud = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert loud == []
