"""WSGI servers, started for real: without the gate the tracker leaves, with it it does not."""

from __future__ import annotations

import pytest

from consentgate import Gate
from tests.servers.cases import POLICY, SECRET
from tests.servers.commands import FLOATING, WSGI_SERVERS, as_param
from tests.servers.facts import FACTS, channels_of
from tests.servers.raw_client import (
    PLAIN_HEADERS,
    body_of,
    cookie_names,
    leaks,
    outcome_of,
    status_of,
)
from tests.servers.running import RunningServers
from tests.servers.wsgi_apps import CHANNELS, CURIOUS

pytestmark = pytest.mark.servers

every_server = pytest.mark.parametrize("server", [as_param(name) for name in WSGI_SERVERS])
pinned_server = pytest.mark.parametrize(
    "server", [name for name in WSGI_SERVERS if name not in FLOATING]
)
floating_server = pytest.mark.parametrize("server", [as_param(name) for name in FLOATING])
every_channel = pytest.mark.parametrize(
    ("server", "case"),
    [as_param(name, case) for name in WSGI_SERVERS for case in channels_of(name, CHANNELS)],
)


@every_channel
def test_without_the_gate_the_tracker_leaves(
    running: RunningServers, server: str, case: str
) -> None:
    assert leaks(running.answers(server)["bare", case])


@pytest.mark.behaviour(9)
@every_channel
def test_the_gate_lets_no_tracker_out(running: RunningServers, server: str, case: str) -> None:
    assert not leaks(running.answers(server)["gated", case])


@pytest.mark.behaviour(9)
@every_channel
def test_all_else_leaves_as_it_did(running: RunningServers, server: str, case: str) -> None:
    bare, gated = (running.answers(server)[setup, case] for setup in ("bare", "gated"))

    assert "session" in cookie_names(gated)
    assert status_of(gated) == status_of(bare)
    assert body_of(gated) == body_of(bare)


@pinned_server
def test_each_server_does_with_odd_heads_what_is_recorded(
    running: RunningServers, server: str
) -> None:
    answers = running.answers(server)

    assert {case: outcome_of(answers["bare", case]) for case in CURIOUS} == {
        case: FACTS[server].outcome(case) for case in CURIOUS
    }


@floating_server
def test_servers_of_the_system_let_out_no_more_than_is_recorded(
    running: RunningServers, server: str
) -> None:
    answers = running.answers(server)

    assert FACTS[server].laxer({case: outcome_of(answers["bare", case]) for case in CURIOUS}) == {}


@every_server
def test_the_gate_lets_neither_trackers_nor_control_characters_out_of_odd_heads(
    running: RunningServers, server: str
) -> None:
    answers = running.answers(server)

    outcomes = {case: outcome_of(answers["gated", case]) for case in CURIOUS}

    assert set(outcomes.values()) <= {"cleans", "refuses"}, outcomes


@every_server
def test_an_answer_to_head_is_guarded_too(running: RunningServers, server: str) -> None:
    bare, gated = (
        running.ask(server, setup, "plain", method="HEAD") for setup in ("bare", "gated")
    )

    assert (leaks(bare), leaks(gated)) == (True, False)
    assert cookie_names(gated) == ["session"]


@every_server
def test_the_tracker_leaves_to_a_visitor_who_allowed_it(
    running: RunningServers, server: str
) -> None:
    choice = Gate(POLICY, secret_key=SECRET).preferences_for("statistics")

    answer = running.ask(server, "gated", "plain", headers=f"{PLAIN_HEADERS}Cookie: {choice}\r\n")

    assert cookie_names(answer) == ["session", "_ga"]


@pytest.mark.behaviour(5)
@every_server
def test_a_grant_leaves_first_and_counts_at_once(running: RunningServers, server: str) -> None:
    answer = running.post(server, "grant")

    assert cookie_names(answer) == ["cookies_preferences", "session", "_ga"]


@pytest.mark.behaviour(6)
@every_server
def test_a_refusal_leaves_and_counts_at_once(running: RunningServers, server: str) -> None:
    answer = running.post(server, "refuse")

    assert cookie_names(answer) == ["cookies_preferences", "session"]


@every_server
def test_an_application_that_fails_after_a_grant_sets_nothing(
    running: RunningServers, server: str
) -> None:
    answer = running.post(server, "grant-and-fail")

    assert status_of(answer) != 200
    assert cookie_names(answer) == []


@every_server
def test_a_second_start_after_a_grant_is_judged_anew(running: RunningServers, server: str) -> None:
    answer = running.post(server, "grant-and-start-again")

    # Some servers send the headers of both starts, so that more than these may be there.
    assert cookie_names(answer)[0] == "cookies_preferences"
    assert "_fbp" not in cookie_names(answer)
