"""Every ASGI message by which a cookie can leave is guarded; all others pass untouched."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import ConfigurationError, Event, Policy, Reason, get_consent
from tests.support.exchange import preferences_for
from tests.support.minimal_servers import (
    BODY,
    MESSAGES_WITH_HEADERS,
    App,
    Message,
    asgi_gate,
    cookies,
    http_scope,
    sender,
    set_by,
    start,
    talk,
    websocket_scope,
)

pytestmark = pytest.mark.behaviour(9)

COOKIES = cookies("session=1", "_ga=1", "new=1", "=_ga")
ACCEPTED = preferences_for("statistics")


def message_of(kind: str, **facts: Any) -> Message:
    return {"type": kind, "headers": list(COOKIES), **facts}


@pytest.mark.parametrize(("kind", "scope"), MESSAGES_WITH_HEADERS)
def test_a_message_with_headers_is_guarded_whatever_it_is(kind: str, scope: Any) -> None:
    [sent] = talk(asgi_gate(sender(message_of(kind, status=200, path="/x"))), dict(scope))

    assert set_by(sent) == [b"session=1"]
    assert (sent["status"], sent["path"]) == (200, "/x")


@pytest.mark.parametrize("kind", ["http.response.early_hint", "http.response.trailers"])
def test_in_a_message_that_is_no_start_consent_decides_too(kind: str) -> None:
    [sent] = talk(asgi_gate(sender(message_of(kind))), http_scope(ACCEPTED))

    assert set_by(sent) == [b"session=1", b"_ga=1"]


@pytest.mark.parametrize("kind", ["http.response.early_hint", "http.response.trailers"])
def test_a_choice_leaves_with_the_start_alone(kind: str) -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).grant("statistics")
        await send({"type": kind, "headers": []})
        await send(start(*COOKIES))

    hint, response = talk(asgi_gate(app), http_scope(method="POST"))

    assert hint["headers"] == []
    assert [value.partition(b"=")[0] for value in set_by(response)] == [
        b"cookies_preferences",
        b"session",
        b"_ga",
    ]


def test_after_consented_early_hints_the_response_is_private() -> None:
    app = sender(message_of("http.response.early_hint"), start())

    _, response = talk(asgi_gate(app), http_scope(ACCEPTED))

    assert response["headers"] == [(b"cache-control", b"private"), (b"vary", b"Cookie")]


def test_a_streamed_response_is_guarded_at_its_start_and_its_chunks_pass_untouched() -> None:
    chunks = [
        {"type": "http.response.body", "body": b"%d" % number, "more_body": number < 2}
        for number in range(3)
    ]

    sent = talk(asgi_gate(sender(start(*COOKIES), *chunks)))

    assert set_by(sent[0]) == [b"session=1"]
    assert sent[1:] == chunks


@pytest.mark.parametrize(
    "message",
    [
        {"type": "http.response.debug", "info": {"template": "page.html"}},
        {"type": "http.response.pathsend", "path": "/srv/file"},
        {"type": "http.response.zerocopysend", "file": 3},
        {"type": "http.response.early_hint", "links": [b"</style.css>; rel=preload"]},
        {"type": "websocket.send", "text": "hello"},
        {"type": "websocket.close", "code": 1000},
        {"type": "websocket.http.response.body", "body": b"no"},
        {"type": "tomorrow", "anything": object()},
    ],
    ids=lambda message: message["type"],
)
def test_a_message_without_headers_is_handed_on_as_it_is(message: Message) -> None:
    before = dict(message)

    [sent] = talk(asgi_gate(sender(message)))

    assert sent == before
    assert message == before


@pytest.mark.behaviour(29)
@pytest.mark.parametrize("kind", ["lifespan", "tomorrow"])
def test_a_scope_that_is_no_request_is_none_of_the_gates_business(kind: str) -> None:
    seen: list[Any] = []

    def pick(scope: Any) -> Policy:
        raise NotImplementedError

    async def app(scope: Any, receive: App, send: App) -> None:
        seen.extend([scope, dict(scope), await receive(), send])

    scope = {"type": kind, "asgi": {"version": "3.0"}, "state": {}}
    startup = {"type": "lifespan.startup"}
    talk(asgi_gate(app, policy=pick), scope, startup)

    assert seen[0] is scope
    assert seen[1:3] == [{"type": kind, "asgi": {"version": "3.0"}, "state": {}}, startup]


def test_a_lifespan_that_fails_fails_at_the_server() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="no database"):
        talk(asgi_gate(app), {"type": "lifespan"})


def test_receive_is_the_servers_own() -> None:
    given: list[Any] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        given.extend([await receive(), await receive()])

    request = {"type": "http.request", "body": b"x", "more_body": False}
    talk(asgi_gate(app), http_scope(), request)

    assert given[0] is request
    assert given[1] == {"type": "http.disconnect"}


def test_an_application_that_raises_raises_at_the_server() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        raise LookupError("no such page")

    with pytest.raises(LookupError, match="no such page"):
        talk(asgi_gate(app))


def test_a_scope_of_an_unknown_type_without_headers_is_served() -> None:
    [sent] = talk(asgi_gate(sender({"type": "tomorrow.send"})), {"type": "tomorrow"})

    assert sent == {"type": "tomorrow.send"}


@pytest.mark.parametrize(
    "headers", [None, (), [], iter(())], ids=["None", "a tuple", "a list", "an iterator"]
)
def test_a_start_without_headers_is_served(headers: Any) -> None:
    [sent] = talk(asgi_gate(sender({"type": "http.response.start", "headers": headers})))

    assert list(sent["headers"] or ()) == []


def test_a_start_may_leave_its_headers_out() -> None:
    [sent] = talk(asgi_gate(sender({"type": "websocket.accept"})), websocket_scope())

    assert list(sent.get("headers", ())) == []


# Websockets


@pytest.mark.behaviour(10)
def test_a_handshakes_cookies_are_thinned() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"cookie")

    talk(asgi_gate(app), websocket_scope("session=1; _ga=2"))

    assert seen == [b"session=1"]


def test_a_handshakes_visitor_is_known_by_the_choice() -> None:
    [sent] = talk(asgi_gate(sender(message_of("websocket.accept"))), websocket_scope(ACCEPTED))

    assert set_by(sent) == [b"session=1", b"_ga=1"]


@pytest.mark.law(5)
def test_no_handshake_grants() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        with pytest.raises(ConfigurationError, match="GET"):
            get_consent(scope).grant()
        await send({"type": "websocket.accept"})

    [sent] = talk(asgi_gate(app), websocket_scope())

    assert list(sent.get("headers", ())) == []


def test_a_refusal_in_a_handshake_leaves_with_its_answer_and_nothing_of_caching_does() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).refuse()
        await send(message_of("websocket.accept", subprotocol="chat"))

    [sent] = talk(asgi_gate(app), websocket_scope(ACCEPTED))

    names = [value.partition(b"=")[0] for value in set_by(sent)]
    assert names[:2] == [b"cookies_preferences", b"session"]
    assert {name for name, _ in sent["headers"]} == {b"set-cookie"}
    assert b"; Secure" in set_by(sent)[0]
    assert sent["subprotocol"] == "chat"


@pytest.mark.behaviour(18)
def test_a_handshake_expires_nothing() -> None:
    scope = websocket_scope(f"{preferences_for()}; _ga=1")

    [sent] = talk(asgi_gate(sender({"type": "websocket.accept", "headers": []})), scope)

    assert list(sent["headers"]) == []


# A choice too late


@pytest.mark.behaviour(7)
@pytest.mark.parametrize("call", ["grant", "refuse", "withdraw"])
def test_a_choice_after_the_start_is_a_clear_error_and_sends_nothing(call: str) -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        await send(start((b"x-a", b"1")))
        with pytest.raises(ConfigurationError, match="after the response started"):
            getattr(get_consent(scope), call)()
        await send(BODY)

    sent = talk(asgi_gate(app), http_scope(ACCEPTED, method="POST"))

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["headers"] == [(b"x-a", b"1")]


@pytest.mark.behaviour(7)
def test_a_choice_after_the_request_ended_is_a_clear_error() -> None:
    kept: list[Any] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        kept.append(get_consent(scope))
        await send(start())

    talk(asgi_gate(app), http_scope(method="POST"))

    with pytest.raises(ConfigurationError, match="before the first byte"):
        kept[0].grant()


@pytest.mark.behaviour(7)
def test_a_choice_after_early_hints_and_before_the_start_counts() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        await send({"type": "http.response.early_hint", "links": []})
        get_consent(scope).grant()
        await send(start())

    _, response = talk(asgi_gate(app), http_scope(method="POST"))

    assert set_by(response)[0].startswith(b"cookies_preferences=")


# Scopes


def test_a_scope_that_is_used_again_is_filtered_again() -> None:
    app = asgi_gate(sender(start(*COOKIES)))
    scope = http_scope()

    assert [set_by(talk(app, scope)[0]) for _ in range(2)] == [[b"session=1"]] * 2


def test_a_copy_of_a_scope_that_was_served_is_filtered_too() -> None:
    kept: list[Any] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        kept.append(dict(scope))
        await send(start(*COOKIES))

    gated = asgi_gate(app)
    talk(gated)
    [sent] = talk(gated, kept[0])

    assert set_by(sent) == [b"session=1"]


def test_a_policy_can_depend_on_the_scope() -> None:
    portals = {"/a": Policy(necessary=["a"]), "/b": Policy(necessary=["b"])}
    app = asgi_gate(
        sender(start(*cookies("a=1", "b=1"))), policy=lambda scope: portals[scope["path"]]
    )

    sent = [talk(app, http_scope(path=path))[0] for path in ("/a", "/b", "/a")]

    assert [set_by(message) for message in sent] == [[b"a=1"], [b"b=1"], [b"a=1"]]


@pytest.mark.behaviour(20)
def test_an_event_of_a_mounted_application_bears_the_path_of_the_request() -> None:
    events: list[Event] = []

    talk(
        asgi_gate(sender(start(*cookies("_ga=1"))), events),
        http_scope(path="/shop/page", root_path="/shop"),
    )

    assert [(event.reason, event.path) for event in events] == [(Reason.UNDECIDED, "/shop/page")]
