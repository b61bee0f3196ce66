"""Websockets over real servers: the handshake's answer is a response that sets cookies too."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection

from consentgate import Gate
from tests.servers.asgi_apps import CURIOUS_SOCKETS, SOCKET_CHANNELS
from tests.servers.cases import BREAKS, POLICY, SECRET
from tests.servers.facts import FACTS, channels_of
from tests.servers.raw_client import cookie_names, leaks, outcome_of, status_of
from tests.servers.running import RunningServers

pytestmark = pytest.mark.servers

# Those that send the headers of a handshake's answer; granian and daphne leave them out.
SERVERS = (
    "uvicorn-h11",
    "uvicorn-httptools",
    "uvicorn-legacy-websockets",
    "hypercorn",
    "gunicorn-uvicorn",
    "gunicorn-asgi",
)
every_server = pytest.mark.parametrize("server", SERVERS)
every_channel = pytest.mark.parametrize(
    ("server", "case"),
    [(name, case) for name in SERVERS for case in channels_of(name, SOCKET_CHANNELS)],
)
by_client = pytest.mark.parametrize("server", ["uvicorn-h11", "uvicorn-httptools", "hypercorn"])


def connected(
    running: RunningServers, server: str, case: str, *, granted: tuple[str, ...] = ()
) -> ClientConnection:
    """A client's connection behind the gate; of a visitor who allowed these categories, if any."""
    headers = {"Cookie": Gate(POLICY, secret_key=SECRET).preferences_for(*granted)}
    address = f"ws://127.0.0.1:{running.port(server)}/gated/{case}"
    return connect(address, additional_headers=headers)


def names_set(client: Connection) -> list[str]:
    assert isinstance(client, ClientConnection)
    assert client.response is not None
    return [value.partition("=")[0] for value in client.response.headers.get_all("Set-Cookie")]


# On the wire


@every_channel
def test_without_the_gate_the_tracker_leaves(
    running: RunningServers, server: str, case: str
) -> None:
    assert leaks(running.handshakes(server)["bare", case])


@pytest.mark.behaviour(9)
@every_channel
def test_the_gate_lets_no_tracker_out(running: RunningServers, server: str, case: str) -> None:
    bare, gated = (running.handshakes(server)[setup, case] for setup in ("bare", "gated"))

    assert cookie_names(gated) == ["session"]
    assert status_of(gated) == status_of(bare)


@every_server
def test_each_server_does_with_odd_handshakes_what_is_recorded(
    running: RunningServers, server: str
) -> None:
    answers = running.handshakes(server)

    assert {case: outcome_of(answers["bare", case]) for case in CURIOUS_SOCKETS} == {
        case: FACTS[server].outcome(case) for case in CURIOUS_SOCKETS
    }


@pytest.mark.behaviour(9)
@every_server
def test_the_gate_lets_neither_trackers_nor_control_characters_out_of_odd_handshakes(
    running: RunningServers, server: str
) -> None:
    answers = running.handshakes(server)

    outcomes = {case: outcome_of(answers["gated", case]) for case in CURIOUS_SOCKETS}

    assert set(outcomes.values()) <= {"cleans", "refuses"}, outcomes


@every_server
@pytest.mark.parametrize("part", ["accept-value", "accept-name", "subprotocol"])
@pytest.mark.parametrize("key", BREAKS)
def test_a_handshake_succeeds_without_its_broken_headers(
    running: RunningServers, server: str, part: str, key: str
) -> None:
    answer = running.handshakes(server)["gated", f"{part}-{key}"]

    assert status_of(answer) == 101
    assert cookie_names(answer) == ["session"]
    assert b"leak" not in answer


@pytest.mark.parametrize("server", ["granian-asgi", "daphne"])
@pytest.mark.parametrize("setup", ["bare", "gated"])
def test_servers_that_leave_these_headers_out_set_nothing(
    running: RunningServers, server: str, setup: str
) -> None:
    answer = running.shake_hands(server, setup, "accept-plain")

    assert status_of(answer) == 101
    assert cookie_names(answer) == []


# With a real client


@by_client
def test_an_accepted_socket_works_and_sets_no_tracker(running: RunningServers, server: str) -> None:
    with connected(running, server, "accept-plain") as client:
        assert names_set(client) == ["session"]
        assert client.recv() == "hello"


@by_client
def test_an_accepted_socket_sets_what_its_visitor_allowed(
    running: RunningServers, server: str
) -> None:
    with connected(running, server, "accept-plain", granted=("statistics",)) as client:
        assert names_set(client) == ["session", "_ga"]


@by_client
def test_a_denial_sets_no_tracker(running: RunningServers, server: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        connected(running, server, "deny-plain")

    response = caught.value.response
    assert response.status_code == 401
    assert response.headers.get_all("Set-Cookie") == ["session=kept; Path=/; HttpOnly"]


@pytest.mark.behaviour(6)
@by_client
def test_a_refusal_in_the_handshake_leaves_with_its_answer(
    running: RunningServers, server: str
) -> None:
    with connected(running, server, "refuse", granted=("statistics",)) as client:
        assert names_set(client)[:2] == ["cookies_preferences", "session"]
        assert "leak" not in str(client.response)


@by_client
def test_a_handshake_never_grants(running: RunningServers, server: str) -> None:
    # It is a GET (RFC 6455 section 4.1), which any page can cause: the application's grant raises.
    with pytest.raises(InvalidHandshake):
        connected(running, server, "grant")
