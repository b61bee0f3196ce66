"""Gates around gates: equal ones filter once, different ones all filter, none judges another's
choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from consentgate import Cookie, Event, Policy, get_consent
from consentgate.asgi import ConsentMiddleware
from consentgate.gate.visitor import exchange_of
from tests.support.exchange import Ask, gate_of, options_with
from tests.support.minimal_servers import (
    App,
    asgi_gate,
    cookies,
    http_scope,
    serve,
    set_by,
    set_cookies,
    start,
    talk,
    wsgi_gate,
)

pytestmark = pytest.mark.behaviour(9)

INNER_POLICY = Policy(
    necessary=["session", "inner"],
    cookies=[Cookie("_ga", category="statistics"), Cookie("_in", category="statistics")],
    preferences_cookie="inner_preferences",
)
INNER: dict[str, Any] = {"policy": INNER_POLICY, "audience": "inner"}
OUTER_POLICY = Policy(
    necessary=["session", "outer"],
    cookies=[Cookie("_ga", category="statistics"), Cookie("_out", category="statistics")],
)
OUTER: dict[str, Any] = {"policy": OUTER_POLICY}
ALL = ("session=1", "inner=1", "outer=1", "_ga=1", "_in=1", "_out=1")

Act = Callable[[Any], object]
Nest = Callable[..., list[str]]


def nest_asgi(
    *gates: dict[str, Any], values: tuple[str, ...] = ALL, act: Act | None = None, cookie: str = ""
) -> list[str]:
    """The cookies that leave an ASGI application inside these gates, the outermost first."""

    async def app(scope: Any, receive: App, send: App) -> None:
        (act or get_consent)(scope)
        await send(start(*cookies(*values)))

    gated: App = app
    for options in reversed(gates):
        gated = asgi_gate(gated, **options)
    [sent] = talk(gated, http_scope(cookie, method="POST"))
    return [value.decode() for value in set_by(sent)]


def nest_wsgi(
    *gates: dict[str, Any], values: tuple[str, ...] = ALL, act: Act | None = None, cookie: str = ""
) -> list[str]:
    """The same of a WSGI application."""

    def app(environ: Any, start_response: App) -> list[bytes]:
        (act or get_consent)(environ)
        start_response("200 OK", set_cookies(*values))
        return []

    gated: App = app
    for options in reversed(gates):
        gated = wsgi_gate(gated, **options)
    return serve(gated, Ask(method="POST", cookie=cookie)).cookies


def nest_late(
    *gates: dict[str, Any], values: tuple[str, ...] = ALL, act: Act | None = None, cookie: str = ""
) -> list[str]:
    """The same where middleware between the gates is a generator, so that the inner one is called
    after the outer one returned."""

    def app(environ: Any, start_response: App) -> Any:
        (act or get_consent)(environ)
        start_response("200 OK", set_cookies(*values))
        yield b"hello"

    def lazily(inner: App) -> App:
        def middleware(environ: Any, start_response: App) -> Any:
            yield from inner(environ, start_response)

        return middleware

    gated: App = app
    for options in reversed(gates):
        gated = lazily(wsgi_gate(gated, **options))
    return serve(gated, Ask(method="POST", cookie=cookie)).cookies


NESTS = pytest.mark.parametrize("nest", [nest_asgi, nest_wsgi, nest_late])


def grant(request: Any) -> None:
    get_consent(request).grant()


def names(values: list[str]) -> list[str]:
    return [value.partition("=")[0] for value in values]


@NESTS
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_equal_gates_let_out_what_one_does(nest: Nest, depth: int) -> None:
    assert nest(*[OUTER] * depth) == ["session=1", "outer=1"]


@NESTS
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_of_equal_gates_one_writes_the_choice(nest: Nest, depth: int) -> None:
    left = nest(*[OUTER] * depth, act=grant)

    assert names(left) == ["cookies_preferences", "session", "outer", "_ga", "_out"]


@pytest.mark.parametrize("nest", [nest_asgi, nest_wsgi])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_equal_gates_report_each_verdict_once(nest: Nest, depth: int) -> None:
    events: list[Event] = []
    gate = OUTER | {"on_event": events.append}

    nest(*[gate] * depth, values=("_ga=1", "new=1"), cookie="_ga=2")

    assert [event.name for event in events] == ["_ga", "_ga", "new"]


@NESTS
def test_of_different_gates_each_filters(nest: Nest) -> None:
    assert nest(OUTER, INNER) == ["session=1"]
    assert nest(INNER, OUTER) == ["session=1"]


@NESTS
def test_of_different_gates_a_cookie_needs_the_consent_of_both(nest: Nest) -> None:
    outer = gate_of(**OUTER).preferences_for("statistics")
    inner = gate_of(**INNER).preferences_for("statistics")

    assert nest(OUTER, INNER, cookie=outer) == ["session=1"]
    assert nest(OUTER, INNER, cookie=inner) == ["session=1"]
    assert nest(OUTER, INNER, cookie=f"{outer}; {inner}") == ["session=1", "_ga=1"]


@NESTS
@pytest.mark.parametrize("hide_cookies", ["refused", "undeclared", "off"])
def test_an_inner_gates_choice_passes_the_outer_gate(nest: Nest, hide_cookies: str) -> None:
    left = nest(OUTER | {"hide_cookies": hide_cookies}, INNER, act=grant)

    assert names(left) == ["inner_preferences", "session"]


@NESTS
def test_the_application_can_write_neither_gates_choice(nest: Nest) -> None:
    outer = gate_of(**OUTER).preferences_for("statistics")
    inner = gate_of(**INNER).preferences_for("statistics")

    assert nest(OUTER, INNER, values=(outer, inner, "session=1")) == ["session=1"]


@NESTS
def test_three_different_gates_all_filter(nest: Nest) -> None:
    third = {
        "policy": Policy(
            necessary=["session"],
            cookies=[Cookie("_ga", category="statistics")],
            preferences_cookie="third_preferences",
        )
    }

    assert nest(OUTER, INNER, third) == ["session=1"]
    assert names(nest(OUTER, INNER, third, act=grant)) == ["third_preferences", "session"]


@pytest.mark.parametrize("nest", [nest_asgi, nest_wsgi])
def test_a_gate_equal_to_the_outermost_inside_another_filters_once(nest: Nest) -> None:
    events: list[Event] = []
    outer = OUTER | {"on_event": events.append}

    left = nest(outer, INNER, outer, values=("session=1", "outer=1", "_out=1"))

    assert left == ["session=1"]
    assert [event.name for event in events] == []


@NESTS
def test_inside_an_outer_gate_that_hides_the_unknown_the_inner_choice_is_read(nest: Nest) -> None:
    hiding = OUTER | {"hide_cookies": "undeclared"}
    cookie = "; ".join(
        [
            gate_of(**OUTER).preferences_for("statistics"),
            gate_of(**INNER).preferences_for("statistics"),
        ]
    )

    left = nest(hiding, INNER, cookie=cookie)

    assert left == ["session=1", "_ga=1"]


@pytest.mark.behaviour(10)
@pytest.mark.parametrize("nest", [nest_asgi, nest_wsgi])
def test_of_different_gates_each_hides_what_it_does_not_allow(nest: Nest) -> None:
    known: list[tuple[str, str]] = []
    cookie = f"session=1; _in=2; _out=3; _ga=4; {gate_of(**OUTER).preferences_for('statistics')}"

    def look(request: Any) -> None:
        raw = dict(request.get("headers", ())).get(b"cookie", b"").decode()
        known.append((exchange_of(request).cookie, request.get("HTTP_COOKIE", raw)))

    nest(OUTER, INNER, act=look, cookie=cookie)

    left = f"session=1; _out=3; {gate_of(**OUTER).preferences_for('statistics')}"
    assert known == [(cookie, left)]


def test_a_visitor_who_withdraws_at_the_inner_gate_is_obeyed_at_the_next_request() -> None:
    seen: list[str] = []

    def app(environ: Any, start_response: App) -> list[bytes]:
        seen.append(environ["HTTP_COOKIE"].partition(";")[0])
        start_response("200 OK", [])
        return []

    # The outer gate hides the inner one's choice, so that both requests look the same to it.
    gated = wsgi_gate(wsgi_gate(app, **INNER), **OUTER, hide_cookies="undeclared")
    outer = gate_of(**OUTER).preferences_for("statistics")
    for granted in [("statistics",), ("statistics",), ("statistics",), ()]:
        inner = gate_of(**INNER).preferences_for(*granted)
        serve(gated, Ask(cookie=f"_ga=1; {outer}; {inner}"))

    assert seen == ["_ga=1", "_ga=1", "_ga=1", outer]


def test_a_gate_that_serves_alone_and_inside_another_does_not_mix_up_its_visitors() -> None:
    seen: list[str] = []

    def app(environ: Any, start_response: App) -> list[bytes]:
        seen.append(environ["HTTP_COOKIE"].partition(";")[0])
        start_response("200 OK", [])
        return []

    inner = wsgi_gate(app, **INNER, on_event=None)
    outer = wsgi_gate(inner, **OUTER, hide_cookies="undeclared")
    cookie = f"_ga=1; {gate_of(**OUTER).preferences_for('statistics')}"
    for _ in range(3):
        serve(inner, Ask(cookie=cookie))
    serve(outer, Ask(cookie=f"{cookie}; {gate_of(**INNER).preferences_for('statistics')}"))

    assert [text.partition("=")[0] for text in seen] == [*["cookies_preferences"] * 3, "_ga"]


# Starlette's Mount


def page(request: Request) -> PlainTextResponse:
    get_consent(request).grant()
    response = PlainTextResponse("hello")
    for value in ALL:
        response.raw_headers.append((b"set-cookie", value.encode()))
    return response


def mounted(inner: dict[str, Any], outer: dict[str, Any]) -> list[str]:
    """The names that leave an application mounted inside another, each with its gate."""
    shop = Starlette(routes=[Route("/page", page, methods=["POST"])])
    shop.add_middleware(ConsentMiddleware, **options_with([], inner))
    site = Starlette(routes=[Mount("/shop", shop)])
    site.add_middleware(ConsentMiddleware, **options_with([], outer))
    sent = talk(site, http_scope(method="POST", path="/shop/page"))
    assert sent[0]["status"] == 200
    return names([value.decode() for value in set_by(sent[0])])


def test_a_mounted_application_with_an_equal_gate_is_filtered_once() -> None:
    assert mounted(OUTER, OUTER) == ["cookies_preferences", "session", "outer", "_ga", "_out"]


def test_a_mounted_application_with_another_gate_is_filtered_by_both() -> None:
    assert mounted(INNER, OUTER) == ["inner_preferences", "session"]


# Requests that are tried again


def test_a_request_that_failed_late_and_is_tried_again_is_filtered_again() -> None:
    failures = [ConnectionError("the database went away")]

    def app(environ: Any, start_response: App) -> Any:
        for failure in failures:
            failures.remove(failure)
            raise failure
        start_response("200 OK", set_cookies(*ALL))
        yield b"hello"

    gated = wsgi_gate(app, **OUTER)

    def retry(environ: Any, start_response: App) -> list[bytes]:
        with pytest.raises(ConnectionError):
            list(gated(environ, start_response))
        return list(gated(environ, start_response))

    assert serve(retry).cookies == ["session=1", "outer=1"]


@pytest.mark.parametrize("copy", [dict, lambda scope: scope], ids=["a copy", "the same scope"])
def test_a_request_that_an_application_sends_to_its_own_gate_is_filtered(copy: Any) -> None:
    gates: list[App] = []
    known: list[bool] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        async def answer() -> None:
            await send(start(*cookies(*ALL)))

        async def ask_again() -> None:
            inner = copy(scope)
            inner["path"] = "/inner"
            await gates[0](inner, receive, send)
            known.append(get_consent(scope).decided)

        await {"/page": ask_again, "/inner": answer}[scope["path"]]()

    gates.append(asgi_gate(app, **OUTER))
    [sent] = talk(gates[0])

    assert set_by(sent) == [b"session=1", b"outer=1"]
    assert known == [False]


def test_after_a_gated_application_failed_an_equal_gate_filters_what_stands_in_for_it() -> None:
    def broken(environ: Any, start_response: App) -> list[bytes]:
        raise ConnectionError("the database went away")

    def stand_in(environ: Any, start_response: App) -> list[bytes]:
        start_response("200 OK", set_cookies(*ALL))
        return []

    def site(environ: Any, start_response: App) -> list[bytes]:
        with pytest.raises(ConnectionError):
            wsgi_gate(broken, **OUTER)(environ, start_response)
        body: list[bytes] = wsgi_gate(stand_in, **OUTER)(environ, start_response)
        return body

    assert serve(site).cookies == ["session=1", "outer=1"]


def test_of_a_cascade_of_gated_applications_each_is_filtered() -> None:
    def missing(environ: Any, start_response: App) -> list[bytes]:
        start_response("404 Not Found", set_cookies(*ALL))
        return []

    def found(environ: Any, start_response: App) -> list[bytes]:
        start_response("200 OK", set_cookies(*ALL))
        return []

    def cascade(environ: Any, start_response: App) -> list[bytes]:
        wsgi_gate(missing, **OUTER)(environ, lambda status, headers: print)
        body: list[bytes] = wsgi_gate(found, **OUTER)(environ, start_response)
        return body

    assert serve(cascade).cookies == ["session=1", "outer=1"]


def test_a_scope_that_outlives_its_request_is_filtered_by_an_equal_gate() -> None:
    kept: list[Any] = []

    async def keep(scope: Any, receive: App, send: App) -> None:
        kept.append(dict(scope))

    async def answer(scope: Any, receive: App, send: App) -> None:
        await send(start(*cookies(*ALL)))

    talk(asgi_gate(keep, **OUTER))
    [sent] = talk(asgi_gate(answer, **OUTER), kept[0])

    assert set_by(sent) == [b"session=1", b"outer=1"]
