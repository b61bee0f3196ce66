"""Header lists of any shape, names of any spelling; the server's list is nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Event, Reason, get_consent
from tests.support.exchange import preferences_for
from tests.support.minimal_servers import (
    App,
    asgi_gate,
    cookies,
    http_scope,
    sender,
    set_by,
    start,
    talk,
)

PLAIN = (b"content-type", b"text/plain")
SHAPES = pytest.mark.parametrize(
    "shape",
    [
        pytest.param(list, id="a list"),
        pytest.param(tuple, id="a tuple"),
        pytest.param(iter, id="an iterator"),
        pytest.param(lambda headers: (header for header in headers), id="a generator"),
        pytest.param(lambda headers: [list(header) for header in headers], id="a list of lists"),
        pytest.param(lambda headers: dict(headers).items(), id="a view of a dict"),
    ],
)


@pytest.mark.behaviour(12)
@SHAPES
@pytest.mark.parametrize("cookie", ["session=1", "_ga=1"])
def test_headers_may_come_in_any_shape_and_leave_as_a_list_of_pairs(
    shape: Any, cookie: str
) -> None:
    message = start() | {"headers": shape([PLAIN, *cookies(cookie)])}

    [sent] = talk(asgi_gate(sender(message)))

    assert type(sent["headers"]) is list
    assert {type(header) for header in sent["headers"]} == {tuple}
    assert sent["headers"][0] == PLAIN
    assert set_by(sent) == [b"session=1"][: cookie == "session=1"]


@SHAPES
@pytest.mark.parametrize("cookie", ["session=1", "session=1; _ga=2"])
def test_a_requests_headers_may_come_in_any_shape_and_the_application_sees_them(
    shape: Any, cookie: str
) -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        seen.extend(map(tuple, scope["headers"]))
        await send(start())

    talk(asgi_gate(app), http_scope() | {"headers": shape([PLAIN, (b"cookie", cookie.encode())])})

    assert seen == [PLAIN, (b"cookie", b"session=1")]


@pytest.mark.behaviour(12)
@pytest.mark.parametrize("values", [(), ("session=1",), ("session=1", "_ga=1")], ids=len)
def test_what_is_added_to_the_list_after_the_start_does_not_leave(values: tuple[str, ...]) -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        headers = cookies(*values)
        await send(start() | {"headers": headers})
        headers += cookies("_ga=late")

    [sent] = talk(asgi_gate(app))

    assert b"_ga=late" not in set_by(sent)


@pytest.mark.behaviour(12)
def test_a_pair_that_changes_after_the_start_does_not_change_what_leaves() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        pair = [b"x-a", b"1"]
        await send(start() | {"headers": [pair]})
        pair[:] = [b"set-cookie", b"_ga=1"]

    [sent] = talk(asgi_gate(app))

    assert sent["headers"] == [(b"x-a", b"1")]


@pytest.mark.behaviour(12)
@pytest.mark.parametrize("values", [("session=1",), ("_ga=1",)])
def test_the_applications_message_and_list_are_not_changed(values: tuple[str, ...]) -> None:
    headers = [PLAIN, *cookies(*values)]
    message = start() | {"headers": headers}

    [sent] = talk(asgi_gate(sender(message)))

    assert message == start(PLAIN, *cookies(*values))
    assert message["headers"] is headers
    assert sent is not message


class LyingType(str):  # noqa: SLOT000 (as applications write them)
    """The type of a message that equals nothing when compared."""

    def __eq__(self, _: object) -> bool:
        return False

    __hash__ = str.__hash__


@pytest.mark.behaviour(22)
def test_a_start_is_guarded_whatever_its_type_says_that_it_equals() -> None:
    kind = LyingType("http.response.start")
    assert (kind == "http.response.start") is False

    [sent] = talk(asgi_gate(sender(start(*cookies("session=1", "_ga=1")) | {"type": kind})))

    assert set_by(sent) == [b"session=1"]
    assert type(sent["type"]) is str


@pytest.mark.behaviour(12)
def test_what_the_server_does_to_its_list_does_not_reach_the_application() -> None:
    headers = [PLAIN]

    [sent] = talk(asgi_gate(sender(start() | {"headers": headers})))
    sent["headers"].append((b"date", b"today"))

    assert headers == [PLAIN]


@pytest.mark.behaviour(4)
@pytest.mark.parametrize(
    "name", [b"Set-Cookie", b"SET-COOKIE", b"set-cookie ", b"\tset-cookie", b"set-cookie2"]
)
def test_the_name_counts_in_any_case_and_with_blanks_around(name: bytes) -> None:
    headers = [(name, b"_ga=1"), (name, b"session=1")]

    [sent] = talk(asgi_gate(sender(start(*headers))))

    assert sent["headers"][:1] == [(name, b"session=1")]
    assert b"_ga" not in repr(sent).encode()


@pytest.mark.behaviour(4)
@pytest.mark.parametrize(
    "name",
    [b"set-cookie: _ga=1\r\nx", b"set-cookie:", b"x: 1\r\nset-cookie", b"set-cookie: _ga=1;"],
)
def test_a_name_that_hides_a_cookie_is_dropped_and_reported(name: bytes) -> None:
    events: list[Event] = []

    [sent] = talk(asgi_gate(sender(start(PLAIN, (name, b"x"))), events))

    assert [header for header in sent["headers"] if b"cookie" in header[0]] == []
    assert [event.reason for event in events] == [Reason.HEADER_NAME]


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\0"], ids=["CRLF", "LF", "CR", "NUL"])
@pytest.mark.parametrize("value", [b"session=1", b"_ga=; Max-Age=0"])
def test_a_set_cookie_with_a_break_goes_whatever_its_name(value: bytes, end: bytes) -> None:
    events: list[Event] = []
    headers = [(b"set-cookie", value + end + b"Set-Cookie: _ga=1"), *cookies("app_a=1")]

    [sent] = talk(asgi_gate(sender(start(*headers)), events))

    assert set_by(sent) == [b"app_a=1"]
    assert [event.reason for event in events] == [Reason.LINE_BREAK]


@pytest.mark.behaviour(4)
def test_bytes_that_are_not_ascii_pass_as_they_are() -> None:
    headers = [(b"x-\xe9", b"\xff\xfe"), (b"set-cookie", b"session=\xc3\xa9\xff; Path=/\xe9")]

    [sent] = talk(asgi_gate(sender(start(*headers))))

    assert sent["headers"] == headers


def test_a_changed_cookie_keeps_its_place_and_the_spelling_of_its_name() -> None:
    headers = [PLAIN, (b"Set-Cookie", b"_ga=x; max-age=0"), (b"x-a", b"1")]

    [sent] = talk(asgi_gate(sender(start(*headers))))

    name, value = sent["headers"][1]
    assert name == b"Set-Cookie"
    assert value.startswith(b"_ga=; Max-Age=0; ")
    assert sent["headers"][2] == (b"x-a", b"1")


# The request's Cookie header


def seen_by_the_application(*lines: bytes, **options: Any) -> list[tuple[bytes, bytes]]:
    """The headers that an application sees of a request with these Cookie lines."""
    seen: list[Any] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        seen.extend(scope["headers"])

    headers = [(b"host", b"a"), *((b"cookie", line) for line in lines), (b"x-a", b"1")]
    talk(asgi_gate(app, **options), http_scope(headers=headers))
    return seen


@pytest.mark.behaviour(10)
def test_a_cookie_header_split_by_http2_is_read_as_one() -> None:
    headers = seen_by_the_application(b"session=1", b"_ga=2", b"other=3; _fbp=4")

    values = [value for name, value in headers if name == b"cookie"]
    assert b"; ".join(values) == b"session=1; other=3"


@pytest.mark.behaviour(10)
def test_a_split_header_without_anything_to_hide_stays_split() -> None:
    headers = seen_by_the_application(b"session=1", b"other=2")

    assert headers == [
        (b"host", b"a"),
        (b"cookie", b"session=1"),
        (b"cookie", b"other=2"),
        (b"x-a", b"1"),
    ]


@pytest.mark.behaviour(10)
def test_of_a_split_header_nothing_is_left_when_all_is_hidden() -> None:
    assert seen_by_the_application(b"_ga=1", b"_fbp=2") == [(b"host", b"a"), (b"x-a", b"1")]


@pytest.mark.behaviour(2)
def test_a_choice_in_a_split_header_is_found() -> None:
    headers = [(b"cookie", b"session=1"), (b"cookie", preferences_for("statistics").encode())]

    [sent] = talk(asgi_gate(sender(start(*cookies("_ga=1")))), http_scope(headers=headers))

    assert set_by(sent) == [b"_ga=1"]


@pytest.mark.behaviour(10)
def test_other_headers_keep_their_values_and_order() -> None:
    headers = seen_by_the_application(b"_ga=1; session=2")

    assert [header for header in headers if header[0] != b"cookie"] == [
        (b"host", b"a"),
        (b"x-a", b"1"),
    ]


@pytest.mark.behaviour(10)
@pytest.mark.parametrize(
    ("value", "left"),
    [
        pytest.param(b"session=1; _ga=2", [b"session=1"], id="with some left"),
        pytest.param(b"_ga=2", [], id="with nothing left"),
    ],
)
def test_another_header_of_the_same_bytes_keeps_its_own(value: bytes, left: list[bytes]) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        seen.extend(scope["headers"])

    # Servers and middleware may use one object for both.
    headers = [(b"x-before", value), (b"cookie", value), (b"x-after", value)]
    talk(asgi_gate(app), http_scope(headers=headers))

    cookies_left = [(b"cookie", one) for one in left]
    assert seen == [(b"x-before", value), *cookies_left, (b"x-after", value)]


@pytest.mark.behaviour(10)
@pytest.mark.parametrize("line", [b"session=\xff\xfe; _ga=\xe9", b"session=\xff\xfe; \xa0_ga=1"])
def test_bytes_of_a_request_that_are_not_ascii_stay_as_they_are(line: bytes) -> None:
    headers = seen_by_the_application(line)

    assert (b"cookie", b"session=\xff\xfe") in headers


@pytest.mark.behaviour(10)
def test_the_scope_is_the_same_object_and_the_servers_list_is_not_changed() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: App, send: App) -> None:
        seen.append(scope)

    scope = http_scope("session=1; _ga=2")
    headers, before = scope["headers"], list(scope["headers"])
    talk(asgi_gate(app), scope)

    assert seen[0] is scope
    assert headers == before


@pytest.mark.parametrize("hide_cookies", ["refused", "off"])
@pytest.mark.parametrize("cookie", ["", "session=1", "session=1; _ga=2"])
def test_a_cookie_header_that_the_application_writes_itself_is_no_choice(
    cookie: str, hide_cookies: str
) -> None:
    planted = (b"cookie", preferences_for("statistics").encode())

    async def app(scope: Any, receive: App, send: App) -> None:
        scope["headers"] = [*scope["headers"], planted]
        await send(start(*cookies("_ga=1")))

    [sent] = talk(asgi_gate(app, hide_cookies=hide_cookies), http_scope(cookie))

    assert set_by(sent) == []


def test_a_cookie_header_that_the_application_removes_was_sent_all_the_same() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        scope["headers"] = []
        get_consent(scope).grant("marketing")
        await send(start(*cookies("_ga=1", "_fbp=1")))

    cookie = f"session=1; {preferences_for('statistics')}"
    [sent] = talk(asgi_gate(app), http_scope(cookie, method="POST"))

    assert set_by(sent)[1:] == [b"_ga=1", b"_fbp=1"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0"])
def test_a_line_break_in_a_cookie_is_found_however_often_its_name_passed(end: str) -> None:
    messages = [start(*cookies("session=1")), start(*cookies(f"session=1{end}", "app=1"))]
    answers = iter(messages)

    async def app(scope: Any, receive: App, send: App) -> None:
        await send(next(answers))

    gate = asgi_gate(app)

    assert [set_by(talk(gate)[0]) for _ in messages] == [[b"session=1"], []]


def test_a_choice_holds_at_each_request_in_which_it_comes() -> None:
    gate = asgi_gate(sender(start(*cookies("_ga=1", "_fbp=1"))))
    scopes = [http_scope(f"a=1; {preferences_for('statistics')}; b=2") for _ in range(3)]

    assert [set_by(talk(gate, scope)[0]) for scope in scopes] == [[b"_ga=1"]] * 3


class Lying(int):
    """A status that says of itself what it is not."""

    def __str__(self) -> str:
        return "200 OK\r\nSet-Cookie: _ga=1"

    def __format__(self, _: str) -> str:
        return str(self)


@pytest.mark.behaviour(22)
@pytest.mark.parametrize("headers", [[], cookies("_ga=1")], ids=["plain", "with a tracker"])
@pytest.mark.parametrize("kind", ["http.response.start", "http.response.informational"])
def test_the_status_that_leaves_is_a_plain_number(kind: str, headers: Any) -> None:
    message = {"type": kind, "status": Lying(200), "headers": headers}
    assert f"{message['status']}" != "200"

    [sent] = talk(asgi_gate(sender(message)))

    assert (type(sent["status"]), sent["status"]) == (int, 200)


@pytest.mark.parametrize("kind", ["http.response.start", "http.response.informational"])
def test_a_status_that_is_no_number_is_an_error_that_says_so(kind: str) -> None:
    message = {"type": kind, "status": "103 X\r\nSet-Cookie: _ga=1", "headers": []}

    with pytest.raises(TypeError, match=f"sent {kind} with a status of type str"):
        talk(asgi_gate(sender(message)))
