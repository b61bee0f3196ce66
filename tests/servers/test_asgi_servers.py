"""ASGI servers, started for real: without the gate the tracker leaves, with it it does not."""

from __future__ import annotations

import pytest

from consentgate import Gate
from tests.servers.asgi_apps import CHANNELS, CURIOUS
from tests.servers.cases import BREAKS, LINE_BREAKS, POLICY, SECRET, TWISTED, TWISTED_VALUES
from tests.servers.commands import ASGI_SERVERS
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

pytestmark = pytest.mark.servers

every_server = pytest.mark.parametrize("server", ASGI_SERVERS)
every_channel = pytest.mark.parametrize(
    ("server", "case"),
    [(name, case) for name in ASGI_SERVERS for case in channels_of(name, CHANNELS)],
)

# Heads that a line break in another header than Set-Cookie would split.
SPLITTING = [
    *(f"{part}-{key}" for part in ("name", "value") for key in LINE_BREAKS),
    "value-folded",
    "value-second-response",
    "content-type-crlf",
    "location-crlf",
]


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

    assert cookie_names(gated) == ["session"]
    assert status_of(gated) == status_of(bare)
    assert body_of(gated) == body_of(bare)


@every_server
def test_each_server_does_with_odd_heads_what_is_recorded(
    running: RunningServers, server: str
) -> None:
    answers = running.answers(server)

    assert {case: outcome_of(answers["bare", case]) for case in CURIOUS} == {
        case: FACTS[server].outcome(case) for case in CURIOUS
    }


@every_server
@pytest.mark.parametrize("case", SPLITTING)
def test_each_server_itself_lets_no_line_break_out_of_other_headers(
    running: RunningServers, server: str, case: str
) -> None:
    # This is why `scan_headers` is off where it is not asked for.
    assert outcome_of(running.answers(server)["bare", case]) in ("cleans", "refuses")


@every_server
@pytest.mark.parametrize("setup", ["gated", "scanned"])
def test_the_gate_lets_no_tracker_out_of_odd_heads(
    running: RunningServers, server: str, setup: str
) -> None:
    answers = running.answers(server)

    assert [case for case in CURIOUS if leaks(answers[setup, case])] == []


@every_server
def test_a_scanning_gate_lets_responses_with_broken_headers_leave_without_these(
    running: RunningServers, server: str
) -> None:
    answers = running.answers(server)
    cases = [f"{part}-{key}" for part in ("name", "value") for key in BREAKS]

    found = {
        case: (outcome_of(answers["scanned", case]), cookie_names(answers["scanned", case]))
        for case in cases
    }

    assert found == dict.fromkeys(cases, ("cleans", ["session"]))


@every_server
def test_a_scanning_gate_lets_no_control_character_out(
    running: RunningServers, server: str
) -> None:
    answers = running.answers(server)
    cases = [*TWISTED, *TWISTED_VALUES]

    assert [case for case in cases if outcome_of(answers["scanned", case]) == "passes"] == []


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

    assert cookie_names(answer) == ["cookies_preferences", "_ga"]


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
