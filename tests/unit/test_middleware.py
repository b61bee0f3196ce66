"""What both middlewares do alike: tell headers apart, find the gate of a request, stack gates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from consentgate import Action, ConfigurationError, Gate, Policy, Reason, Verdict
from consentgate._middleware import (
    MOST_POLICIES,
    GatesByPolicy,
    MiddlewareOptions,
    blocked_body,
    enter_stack,
)
from consentgate.http.header_names import MISNAMED, SET_COOKIE, SMUGGLED, header_kind
from consentgate.http.wire import TEXT
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.options import PagesOptions
from tests.support.exchange import SECRET, gate_of
from tests.support.gate_exchange import visit_of


@pytest.mark.behaviour(4)
@pytest.mark.parametrize(
    "name",
    [
        "Set-Cookie",
        "set-cookie",
        "SET-COOKIE",
        "Set-Cookie ",
        "Set-Cookie\t",
        " set-cookie",
        "Set-Cookie2",
    ],
)
def test_a_set_cookie_is_known_in_any_case_and_with_blanks_around(name: str) -> None:
    assert header_kind(name) == SET_COOKIE


@pytest.mark.behaviour(4)
@pytest.mark.parametrize(
    "name",
    [
        "Set-Cookie: _ga=1\r\nX",
        "set-cookie:",
        "set-cookie: _ga=1; x",
        "set-cookie\r\nx",
        "set-cookie\xa0",
        "set-cookie\r\n",
        "set-cookie\0",
        "x: 1\r\nSet-Cookie",
        "x\nset-cookie: _ga=1\ny",
        "x\rset-cookie",
    ],
)
def test_a_name_that_would_split_into_a_set_cookie_is_smuggled(name: str) -> None:
    assert header_kind(name) == SMUGGLED


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Cache-Control", "cache-control"),
        ("VARY", "vary"),
        ("CDN-Cache-Control", "cdn-cache-control"),
        ("Cache-Control ", MISNAMED),
        (" vary", MISNAMED),
        ("Content-Type", ""),
        ("Set-Cookies", ""),
        ("Set-Cookie-Policy", ""),
        ("X-Set-Cookie", ""),
        ("Set_Cookie", ""),
        ("Cookie", ""),
        ("", ""),
        ("x\r\ny", ""),
    ],
)
def test_any_other_name_is_of_caching_or_of_no_kind(name: str, kind: str) -> None:
    assert header_kind(name) == kind


# Policies


def gates_of(policy: Any, *, secret_key: str = SECRET, **options: Any) -> GatesByPolicy[str]:
    return GatesByPolicy(
        policy, secret_key=secret_key, options=cast("MiddlewareOptions", options), wire=TEXT
    )


def test_a_policy_has_its_gate_at_once() -> None:
    policy = Policy(necessary=["a"])

    single = gates_of(policy).single

    assert single is not None
    assert single.settings.policy is policy


def test_a_function_picks_the_policy_of_each_request() -> None:
    portals = {"a": Policy(necessary=["a"]), "b": Policy(necessary=["b"])}
    found = gates_of(lambda request: portals[request["portal"]])

    picked = [found.pick({"portal": name}) for name in ("a", "b", "a")]

    assert [gate.settings.policy for gate in picked] == [portals["a"], portals["b"], portals["a"]]
    assert picked[0] is picked[2]
    assert found.single is None


def test_a_function_that_makes_new_policies_is_stopped() -> None:
    counter = iter(range(MOST_POLICIES + 1))
    found = gates_of(lambda _: Policy(necessary=[f"c{next(counter)}"]))
    for _ in range(MOST_POLICIES):
        found.pick({})

    with pytest.raises(ConfigurationError, match="build them once"):
        found.pick({})


@pytest.mark.parametrize("policy", [None, "consent.toml", {}, 1])
def test_what_is_neither_policy_nor_function_is_an_error_at_start_up(policy: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"pass a consentgate\.Policy"):
        gates_of(policy)


@pytest.mark.parametrize("options", [{"secret_key": "short"}, {"mode": "strict"}], ids=str)
def test_wrong_options_behind_a_function_are_told_at_start_up(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        gates_of(lambda _: Policy(), **options)


@pytest.mark.parametrize("returned", [None, "portal"])
def test_a_function_that_returns_no_policy_is_an_error(returned: Any) -> None:
    with pytest.raises(ConfigurationError, match="policy is a"):
        gates_of(lambda _: returned).pick({})


def test_an_error_in_the_function_is_the_sites_own() -> None:
    def choose(request: Any) -> Policy:
        raise KeyError("portal")

    with pytest.raises(KeyError, match="portal"):
        gates_of(choose).pick({})


# Gates around gates


def enters(inner: Gate, found: object) -> bool:
    return enter_stack(visit_of(inner), found)


def test_a_gate_with_nothing_around_it_is_alone() -> None:
    exchange = visit_of(gate_of(), cookie="a=1")

    assert enter_stack(exchange, None)
    assert enter_stack(exchange, "something else")
    assert (exchange.outer_gate, exchange.cookie) == (None, "a=1")


def test_inside_an_equal_gate_there_is_nothing_to_do() -> None:
    assert not enters(gate_of(), visit_of(gate_of()))


def test_the_very_same_gate_is_around_nothing_but_what_it_left_behind() -> None:
    gate = gate_of()

    exchange = visit_of(gate, cookie="a=1")

    assert enter_stack(exchange, visit_of(gate, cookie="a=1; b=2"))
    assert exchange.cookie == "a=1"


@pytest.mark.parametrize("attribute", ["started", "is_running"])
def test_a_gate_that_has_ended_is_around_nothing(attribute: str) -> None:
    outer = visit_of(gate_of(), cookie="a=1; b=2")
    setattr(outer, attribute, attribute == "started")
    exchange = visit_of(gate_of(), cookie="a=1")

    assert enter_stack(exchange, outer)
    assert exchange.cookie == "a=1"


def test_an_equal_gate_is_found_around_another_one() -> None:
    between = visit_of(gate_of(audience="another"))
    between.outer_gate = visit_of(gate_of())

    assert not enters(gate_of(), between)


def test_an_equal_gate_without_pages_leaves_them_to_the_one_inside() -> None:
    exchange = visit_of(gate_of())
    exchange.pages = PagesByPolicy(PagesOptions()).of(gate_of().policy)

    assert enter_stack(exchange, visit_of(gate_of()))


@pytest.mark.behaviour(27)
def test_inside_another_gate_the_choice_is_read_as_the_browser_sent_it() -> None:
    outer = visit_of(gate_of(audience="another"), cookie="a=1; hidden=2")
    exchange = visit_of(gate_of(), cookie="a=1")

    assert enter_stack(exchange, outer)
    assert exchange.outer_gate is outer
    assert exchange.cookie == "a=1; hidden=2"


def required_of(_: object) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize(
    "options",
    [
        {"policy": Policy(necessary=["other"])},
        {"secret_key": "another key of enough characters"},
        {"fallback_keys": ["another key of enough characters"]},
        {"audience": "another"},
        {"mode": "report"},
        {"unknown": "report"},
        {"hide_cookies": "off"},
        {"clamp": False},
        {"clear_site_data": True},
        {"scan_headers": True},
        {"required": required_of},
        {"domain": "example.org"},
        {"path": "/shop"},
        {"same_site": "Strict"},
        {"secure": True},
        {"http_only": True},
    ],
    ids=lambda options: next(iter(options)),
)
def test_a_gate_that_differs_in_what_decides_is_another(options: dict[str, Any]) -> None:
    assert enters(gate_of(**options), visit_of(gate_of()))


@pytest.mark.parametrize("make", [lambda: {"on_event": print}, dict], ids=["events", "clock"])
def test_a_gate_that_differs_in_what_does_not_decide_is_equal(
    make: Callable[[], dict[str, Any]],
) -> None:
    assert not enters(gate_of(**make()), visit_of(gate_of()))


def test_the_keys_can_not_be_read_from_what_gates_are_compared_by() -> None:
    assert SECRET not in repr(gate_of().settings.identity)


# Blocked responses


def test_the_page_of_a_blocked_response_names_cookies_and_reasons_and_escapes_them() -> None:
    verdicts = [
        Verdict(Action.STRIP, Reason.UNDECIDED, "_ga", None, None),
        Verdict(Action.STRIP, Reason.UNDECLARED, "<b>\r\n" + "x" * 99, None, None),
        Verdict(Action.STRIP, Reason.NAMELESS, "", None, None),
    ]

    lines = blocked_body(verdicts).decode().splitlines()

    assert lines[1:] == ["CG111 _ga", "CG110 <b>\\r\\n" + "x" * 57, "CG115 "]
