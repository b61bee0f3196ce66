"""How a WSGI application starts its response: early, late, again, and what it then writes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from consentgate import ConfigurationError, Event, Policy, Reason, get_consent
from consentgate.gate.visitor import exchange_of
from tests.support.exchange import Ask, preferences_for
from tests.support.minimal_servers import (
    App,
    WsgiServer,
    answerer,
    serve,
    set_cookies,
    wsgi_gate,
)

POST = Ask(method="POST")


def validated(app: App, events: list[Event] | None = None, **options: Any) -> App:
    """The gate with the standard library's validators on both of its sides."""
    checked: App = validator(wsgi_gate(validator(app), events, **options))
    return checked


PLAIN = ("Content-Type", "text/plain")


@pytest.mark.behaviour(9)
def test_a_start_in_a_generators_first_step_is_guarded() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [PLAIN, *set_cookies("session=1", "_ga=1")])
        yield b"one"
        yield b"two"

    server = serve(validated(app))

    assert server.cookies == ["session=1"]
    assert server.content == b"onetwo"


@pytest.mark.behaviour(9)
def test_what_the_application_writes_leaves_before_its_body() -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        write = start_response("200 OK", [PLAIN, *set_cookies("session=1", "_ga=1")])
        write(b"written ")
        return [b"returned"]

    server = serve(validated(app))

    assert server.cookies == ["session=1"]
    assert server.content == b"written returned"


@pytest.mark.behaviour(22)
def test_write_reaches_the_server_and_leads_to_nothing_of_its_own() -> None:
    given: list[App] = []
    server = WsgiServer()

    def app(environ: Any, start_response: App) -> list[bytes]:
        given.append(start_response("200 OK", set_cookies("_ga=1")))
        given[0](b"written")
        return []

    server.run(wsgi_gate(app))

    assert server.content == b"written"
    assert given[0] is not server._write
    assert not hasattr(given[0], "__self__")


def fail_and_start_again(*first: str, then: tuple[str, ...], act: Any = None) -> App:
    """An application that fails after it started, and starts again as PEP 3333 allows."""

    def app(environ: Any, start_response: App) -> list[bytes]:
        (act or (lambda _: None))(get_consent(environ))
        start_response("200 OK", [PLAIN, *set_cookies(*first)])
        try:
            raise RuntimeError("while the page was made")
        except RuntimeError:
            start_response("500 Oops", [PLAIN, *set_cookies(*then)], sys.exc_info())
        return [b"sorry"]

    return app


@pytest.mark.behaviour(9)
def test_a_second_start_is_judged_anew() -> None:
    app = fail_and_start_again("session=1", then=("session=2", "_ga=2", "new=2"))

    server = serve(validated(app))

    assert server.status == "500 Oops"
    assert server.cookies == ["session=2"]


@pytest.mark.behaviour(9)
def test_a_second_start_forgets_the_headers_of_the_first_but_not_what_it_depended_on() -> None:
    server = serve(validated(fail_and_start_again("_ga=1", "session=1", then=())))

    assert server.headers == [PLAIN, ("Vary", "Cookie")]


@pytest.mark.behaviour(9)
def test_a_choice_made_before_the_first_start_leaves_with_the_second_too() -> None:
    def accept(consent: Any) -> None:
        consent.grant("statistics")

    app = fail_and_start_again("_ga=1", then=("_ga=2", "_fbp=2"), act=accept)

    server = serve(validated(app), POST)

    names = [[value.partition("=")[0] for _, value in headers] for _, headers in server.starts]
    assert names[0][:1] == names[1][:1] == ["cookies_preferences"]
    assert server.cookies[1:] == ["_ga=2"]


@pytest.mark.behaviour(9)
def test_a_second_start_hands_on_what_went_wrong() -> None:
    taken: list[Any] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> App:
        taken.append(exc_info)
        return print

    wsgi_gate(fail_and_start_again("_ga=1", then=("_ga=2",)))({}, start_response)

    assert taken[0] is None
    assert taken[1][0] is RuntimeError


@pytest.mark.behaviour(9)
def test_a_second_start_after_the_first_byte_raises_what_went_wrong() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [PLAIN])
        yield b"half a page"
        try:
            raise RuntimeError("in the second half")
        except RuntimeError:
            start_response("500 Oops", set_cookies("_ga=1"), sys.exc_info())

    server = WsgiServer()
    with pytest.raises(RuntimeError, match="in the second half"):
        server.run(wsgi_gate(app))

    assert server.headers == [PLAIN]


@pytest.mark.behaviour(7)
@pytest.mark.parametrize("call", ["grant", "refuse", "withdraw"])
def test_a_choice_after_the_start_is_a_clear_error_and_sends_nothing(call: str) -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        start_response("200 OK", [PLAIN])
        with pytest.raises(ConfigurationError, match="after the response started"):
            getattr(get_consent(environ), call)()
        return [b"hello"]

    server = serve(validated(app), Ask(method="POST", cookie=preferences_for("statistics")))

    assert (server.status, server.headers, server.content) == ("200 OK", [PLAIN], b"hello")


@pytest.mark.behaviour(7)
def test_a_choice_in_the_middle_of_a_body_is_a_clear_error() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [PLAIN])
        yield b"one"
        get_consent(environ).grant()

    server = WsgiServer()
    with pytest.raises(ConfigurationError, match="before the first byte"):
        server.run(validated(app), POST)

    assert (server.headers, server.content) == ([PLAIN], b"one")


@pytest.mark.behaviour(5)
def test_a_choice_in_a_generator_before_its_start_counts() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        get_consent(environ).grant("statistics")
        start_response("200 OK", [PLAIN, *set_cookies("_ga=1", "_fbp=1")])
        yield b"hello"

    server = serve(validated(app), POST)

    assert [value.partition("=")[0] for value in server.cookies] == ["cookies_preferences", "_ga"]


def test_what_an_application_adds_to_its_list_after_the_start_does_not_leave() -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        headers = [PLAIN]
        start_response("200 OK", headers)
        headers.append(("Set-Cookie", "_ga=1"))
        return [b"hello"]

    server = serve(validated(app))

    assert server.headers == [PLAIN]


@pytest.mark.behaviour(12)
def test_the_servers_list_is_its_own_and_the_applications_is_not_changed() -> None:
    headers = [PLAIN, *set_cookies("session=1", "_ga=1")]
    before = list(headers)

    def app(environ: Any, start_response: App) -> list[bytes]:
        start_response("200 OK", headers)
        return []

    server = serve(wsgi_gate(app))

    assert headers == before
    assert server.headers is not headers


def test_an_error_before_the_start_is_the_servers() -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        raise LookupError("no such page")

    server = WsgiServer()
    with pytest.raises(LookupError, match="no such page"):
        server.run(validated(app))

    assert server.starts == []


def test_an_application_that_never_starts_is_not_started_for_it() -> None:
    server = serve(wsgi_gate(lambda environ, start_response: []))

    assert server.starts == []


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("name", ["set-cookie", "SET-COOKIE", "Set-cookie", "Set-Cookie2"])
def test_the_name_of_the_header_counts_in_any_case(name: str) -> None:
    server = serve(validated(answerer(PLAIN, (name, "_ga=1"), (name, "session=1"))))

    assert [header for header in server.headers if header[1] != "private"] == [
        PLAIN,
        (name, "session=1"),
        ("Vary", "Cookie"),
    ]


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("name", ["Set-Cookie ", "Set-Cookie\t", " Set-Cookie"])
def test_a_name_with_stray_blanks_is_judged_like_any_other(name: str) -> None:
    server = serve(wsgi_gate(answerer((name, "_ga=1"))))

    assert server.cookies == []


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("name", ["Set-Cookie: _ga=1;", "Set-Cookie:", "X Set-Cookie: _ga=1;"])
def test_a_name_that_hides_a_cookie_is_dropped_and_reported(name: str) -> None:
    events: list[Event] = []

    server = serve(wsgi_gate(answerer((name, "x")), events))

    assert [header for header in server.headers if "ookie" in header[0]] == []
    assert [event.reason for event in events] == [Reason.HEADER_NAME]


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_the_length_and_all_else_are_kept_as_they_were(method: str) -> None:
    headers = [PLAIN, ("Content-Length", "5"), ("X-A", ""), ("x-a", " b "), ("ETag", '"1"')]

    server = serve(wsgi_gate(answerer(*headers, *set_cookies("session=1"))), Ask(method=method))

    assert server.headers == [*headers, ("Set-Cookie", "session=1")]


@pytest.mark.behaviour(9)
def test_a_status_line_is_kept_as_it_was() -> None:
    server = serve(wsgi_gate(answerer(*set_cookies("_ga=1"), status="418 I'm a \xe9teapot")))

    assert server.status == "418 I'm a \xe9teapot"


def test_the_environ_is_the_same_object_and_is_thinned_in_place() -> None:
    seen: list[Any] = []
    environ: dict[str, Any] = {"HTTP_COOKIE": "session=1; _ga=2", "REQUEST_METHOD": "GET"}

    def app(environ: Any, start_response: App) -> list[bytes]:
        seen.append(environ)
        return []

    wsgi_gate(app)(environ, print)

    assert seen[0] is environ
    assert environ["HTTP_COOKIE"] == "session=1"


@pytest.mark.behaviour(10)
def test_the_exchange_has_what_came_in_and_the_environ_what_the_application_sees() -> None:
    known: list[tuple[str, str]] = []

    def app(environ: Any, start_response: App) -> list[bytes]:
        known.append((exchange_of(environ).cookie, environ["HTTP_COOKIE"]))
        return []

    serve(wsgi_gate(app), Ask(cookie="session=1; _ga=2"))

    assert known == [("session=1; _ga=2", "session=1")]


def test_an_environ_with_the_least_in_it_is_served() -> None:
    server = WsgiServer()

    body = wsgi_gate(answerer(*set_cookies("session=1", "_ga=1")))({}, server.start_response)

    assert list(body) == [b"hello"]
    assert server.cookies == ["session=1"]


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("cookie", ["", preferences_for("statistics")])
def test_an_environ_that_is_used_again_is_filtered_again(cookie: str) -> None:
    app = wsgi_gate(answerer(*set_cookies("session=1", "_ga=1")))
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "HTTP_COOKIE": preferences_for("statistics"),
    }
    first, second = WsgiServer(), WsgiServer()
    list(app(environ, first.start_response))
    environ["HTTP_COOKIE"] = cookie

    list(app(environ, second.start_response))

    assert first.cookies == ["session=1", "_ga=1"]
    assert second.cookies == ["session=1", "_ga=1"][: 1 + bool(cookie)]


@pytest.mark.behaviour(9)
def test_a_copy_of_an_environ_that_was_served_is_filtered_too() -> None:
    kept: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], start_response: App) -> list[bytes]:
        kept.append(environ.copy())
        start_response("200 OK", set_cookies("session=1", "_ga=1"))
        return []

    gated = wsgi_gate(app)
    serve(gated)
    server = WsgiServer()
    list(gated(kept[0], server.start_response))

    assert server.cookies == ["session=1"]


def test_a_policy_can_depend_on_the_environ() -> None:
    portals = {"a": Policy(necessary=["a"]), "b": Policy(necessary=["b"])}
    app = wsgi_gate(
        answerer(*set_cookies("a=1", "b=1")), policy=lambda environ: portals[environ["portal"]]
    )

    assert serve(app, portal="a").cookies == ["a=1"]
    assert serve(app, portal="b").cookies == ["b=1"]
