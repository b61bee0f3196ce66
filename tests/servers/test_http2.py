"""HTTP/2 over real servers, where heads are frames of fields and cookies come in pieces."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import h2.config
import h2.connection
import h2.events
import httpx
import pytest

from consentgate import Gate
from tests.servers.cases import BREAKS, POLICY, SECRET, TWISTED
from tests.servers.raw_client import LONGEST_ANSWER_S
from tests.servers.running import RunningServers

pytestmark = pytest.mark.servers

every_server = pytest.mark.parametrize("server", ["hypercorn", "granian-asgi"])

Fields = list[tuple[bytes, bytes]]
HEADS = (
    h2.events.InformationalResponseReceived,
    h2.events.PushedStreamReceived,
    h2.events.ResponseReceived,
    h2.events.TrailersReceived,
)
LAST = (h2.events.StreamEnded, h2.events.StreamReset, h2.events.ConnectionTerminated)


@contextmanager
def client_of(running: RunningServers, server: str) -> Iterator[httpx.Client]:
    # HTTP/2 with prior knowledge (RFC 9113 section 3.3): without TLS there is nothing to negotiate.
    address = f"http://127.0.0.1:{running.port(server)}"
    with httpx.Client(base_url=address, http1=False, http2=True) as client:
        yield client


def names_set(response: httpx.Response) -> list[str]:
    return [value.partition("=")[0] for value in response.headers.get_list("set-cookie")]


# httpx


@every_server
def test_the_gate_lets_no_tracker_out(running: RunningServers, server: str) -> None:
    with client_of(running, server) as client:
        bare, gated = client.get("/bare/plain"), client.get("/gated/plain")

    assert (bare.http_version, gated.http_version) == ("HTTP/2", "HTTP/2")
    assert (names_set(bare), names_set(gated)) == (["session", "_ga"], ["session"])
    assert gated.text == bare.text


@every_server
def test_requests_of_one_connection_are_judged_one_by_one(
    running: RunningServers, server: str
) -> None:
    choice = Gate(POLICY, secret_key=SECRET).preferences_for("statistics")

    with client_of(running, server) as client:
        allowed = client.get("/gated/plain", headers={"Cookie": choice})
        undecided = client.get("/gated/plain")

    assert (names_set(allowed), names_set(undecided)) == (["session", "_ga"], ["session"])


@every_server
def test_a_choice_is_found_in_a_cookie_header_that_came_in_pieces(
    running: RunningServers, server: str
) -> None:
    choice = Gate(POLICY, secret_key=SECRET).preferences_for("statistics")
    pieces = [("cookie", "session=1"), ("cookie", choice), ("cookie", "_fbp=1")]

    with client_of(running, server) as client:
        page = client.get("/gated/plain", headers=pieces)
        seen = client.get("/gated/cookie", headers=pieces)

    assert names_set(page)[:2] == ["session", "_ga"]
    assert seen.text == f"session=1; {choice}"


@pytest.mark.behaviour(10)
@every_server
def test_what_is_not_allowed_vanishes_from_a_cookie_header_in_pieces(
    running: RunningServers, server: str
) -> None:
    pieces = [("cookie", "_ga=1"), ("cookie", "session=2"), ("cookie", "_fbp=3"), ("cookie", "x=4")]

    with client_of(running, server) as client:
        bare = client.get("/bare/cookie", headers=pieces)
        gated = client.get("/gated/cookie", headers=pieces)

    assert (bare.text, gated.text) == ("_ga=1; session=2; _fbp=3; x=4", "session=2; x=4")


@every_server
def test_a_grant_leaves_first_and_counts_at_once(running: RunningServers, server: str) -> None:
    with client_of(running, server) as client:
        response = client.post("/gated/grant")

    assert names_set(response) == ["cookies_preferences", "_ga"]


@every_server
@pytest.mark.parametrize("case", ["no-content", "not-modified", "redirect", "stream"])
def test_answers_of_each_kind_are_guarded(running: RunningServers, server: str, case: str) -> None:
    with client_of(running, server) as client:
        bare, gated = client.get(f"/bare/{case}"), client.get(f"/gated/{case}")

    assert names_set(bare)[-1] == "_ga"
    assert names_set(gated) == ["session"]
    assert (gated.status_code, gated.content) == (bare.status_code, bare.content)


# Frame by frame: what httpx does not show


def heads_of(running: RunningServers, path: str, *, server: str = "hypercorn") -> dict[str, Fields]:
    """The fields of each head in the answer, by the name of the event that brings them."""
    config = h2.config.H2Configuration(validate_inbound_headers=False, header_encoding=None)
    connection = h2.connection.H2Connection(config)
    connection.initiate_connection()
    target = [(":method", "GET"), (":path", path), (":scheme", "http"), (":authority", "localhost")]
    connection.send_headers(1, [*target, ("te", "trailers")], end_stream=True)
    address = ("127.0.0.1", running.port(server))
    with socket.create_connection(address, LONGEST_ANSWER_S) as client:
        return {
            type(event).__name__: [
                (bytes(name), bytes(value)) for name, value in event.headers or ()
            ]
            for event in _events(client, connection)
            if isinstance(event, HEADS)
        }


def _events(
    client: socket.socket, connection: h2.connection.H2Connection
) -> Iterator[h2.events.Event]:
    ended = False
    while not ended:
        client.sendall(connection.data_to_send())
        events = connection.receive_data(client.recv(65536))
        ended = any(isinstance(event, LAST) for event in events)
        yield from events


def sets_tracker(fields: Fields) -> bool:
    """True when a field sets it, or would where a line break were taken for one."""
    return any(
        b"set-cookie" in name and b"leak" in value and not value.startswith(b"session=")
        for name, value in fields
    )


@pytest.mark.behaviour(9)
@pytest.mark.parametrize(
    ("case", "event"),
    [
        ("plain", "ResponseReceived"),
        ("push", "PushedStreamReceived"),
        ("trailers", "TrailersReceived"),
        ("trailers-first", "ResponseReceived"),
    ],
)
def test_each_head_of_an_answer_is_guarded(running: RunningServers, case: str, event: str) -> None:
    bare, gated = heads_of(running, f"/bare/{case}"), heads_of(running, f"/gated/{case}")

    assert sets_tracker(bare[event])
    assert event in gated
    assert [name for name, fields in gated.items() if sets_tracker(fields)] == []


def test_early_hints_leave_and_set_nothing(running: RunningServers) -> None:
    gated = heads_of(running, "/gated/early-hint")["InformationalResponseReceived"]

    assert (b"link", b"</a.css>; rel=preload") in gated
    assert not sets_tracker(gated)


def test_a_scanning_gate_takes_broken_links_out_of_early_hints(running: RunningServers) -> None:
    bare, scanned = (
        heads_of(running, f"/{setup}/early-hint")["InformationalResponseReceived"]
        for setup in ("bare", "scanned")
    )

    assert [value.partition(b">")[0] for name, value in bare if name == b"link"] == [
        b"</a.css",
        b"</b.css",
    ]
    assert [value for name, value in scanned if name == b"link"] == [b"</a.css>; rel=preload"]


@pytest.mark.parametrize("case", TWISTED)
@pytest.mark.parametrize("setup", ["gated", "scanned"])
def test_odd_heads_set_no_tracker(running: RunningServers, case: str, setup: str) -> None:
    assert not sets_tracker(heads_of(running, f"/{setup}/{case}")["ResponseReceived"])


@pytest.mark.parametrize("case", ["name-crlf", "blank-space-after", "blank-lf-before"])
def test_without_the_gate_odd_names_set_the_tracker(running: RunningServers, case: str) -> None:
    assert sets_tracker(heads_of(running, f"/bare/{case}")["ResponseReceived"])


@pytest.mark.parametrize("key", BREAKS)
def test_hypercorn_sends_line_breaks_within_one_field_unless_the_gate_scans(
    running: RunningServers, key: str
) -> None:
    # A field that holds one is malformed (RFC 9113 section 8.2.1), and no line of its own here.
    gated, scanned = (
        [name for name, value in heads_of(running, f"/{setup}/value-{key}")["ResponseReceived"]]
        for setup in ("gated", "scanned")
    )

    assert (gated.count(b"x-other"), gated.count(b"set-cookie")) == (1, 1)
    assert (scanned.count(b"x-other"), scanned.count(b"set-cookie")) == (0, 1)


@pytest.mark.parametrize("key", BREAKS)
def test_granian_refuses_line_breaks_here_too(running: RunningServers, key: str) -> None:
    fields = heads_of(running, f"/bare/value-{key}", server="granian-asgi")["ResponseReceived"]

    assert (b":status", b"500") in fields
