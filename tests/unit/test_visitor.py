"""The handle of a request handler: where it is found, what it tells, how a choice is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import HTTPConnection, Request
from starlette.websockets import WebSocket
from werkzeug.wrappers import Request as WerkzeugRequest

from consentgate import (
    Category,
    ConfigurationError,
    Consent,
    Cookie,
    Event,
    Policy,
    Reason,
    VisitorConsent,
    get_consent,
)
from consentgate.gate.visitor import CONSENT_KEY, exchange_of
from tests.support.exchange import NOW, TODAY, Clock, gate_of, preferences_for
from tests.support.gate_exchange import consent_of, respond, visit_of

# Where it is found


async def never(*_: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("kind", "wrap"),
    [
        pytest.param("http", lambda scope: scope, id="a scope"),
        pytest.param("http", Request, id="Starlette's Request"),
        pytest.param("http", HTTPConnection, id="Starlette's HTTPConnection"),
        pytest.param("websocket", lambda s: WebSocket(s, never, never), id="Starlette's WebSocket"),
        pytest.param("http", lambda scope: SimpleNamespace(scope=scope), id="another with a scope"),
    ],
)
def test_the_consent_of_an_asgi_request_is_found(kind: str, wrap: Callable[[Any], Any]) -> None:
    exchange = visit_of(gate_of())
    scope = {"type": kind, "headers": [], CONSENT_KEY: exchange}

    assert exchange_of(wrap(scope)) is exchange
    assert get_consent(wrap(scope)).allows("necessary")


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda environ: environ, id="an environ"),
        pytest.param(WerkzeugRequest, id="Werkzeug's Request"),
        pytest.param(lambda environ: SimpleNamespace(META=environ), id="Django's META"),
        pytest.param(lambda environ: SimpleNamespace(environ=environ), id="another with one"),
        pytest.param(
            lambda environ: SimpleNamespace(scope=None, environ=environ), id="an empty scope"
        ),
    ],
)
def test_the_consent_of_a_wsgi_request_is_found(wrap: Callable[[Any], Any]) -> None:
    exchange = visit_of(gate_of())

    assert exchange_of(wrap({CONSENT_KEY: exchange})) is exchange
    assert get_consent(wrap({CONSENT_KEY: exchange})).allows("necessary")


@pytest.mark.parametrize(
    "request_",
    [{}, {CONSENT_KEY: None}, {CONSENT_KEY: "x"}, None, object(), SimpleNamespace(scope={}), []],
    ids=["bare", "none", "other", "no-request", "object", "bare-scope", "list"],
)
def test_where_no_gate_is_installed_the_error_says_what_to_install(request_: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"consentgate\.asgi.*consentgate\.wsgi"):
        get_consent(request_)


# What it tells


def test_without_a_question_no_choice_is_read() -> None:
    events: list[Event] = []
    exchange = visit_of(gate_of(on_event=events.append), cookie="cookies_preferences=forged")

    assert VisitorConsent(exchange).allows("necessary")
    assert not exchange.varies_on_cookie
    assert events == []


def test_a_choice_that_was_rejected_is_reported_with_the_reason() -> None:
    events: list[Event] = []
    consent = consent_of(gate_of(on_event=events.append), cookie="cookies_preferences=forged")

    assert not consent.decided
    assert [(event.reason, event.detail) for event in events] == [
        (Reason.PREFERENCES_REJECTED, "malformed")
    ]


def test_a_choice_is_read_once_however_often_it_is_asked_for() -> None:
    events: list[Event] = []
    consent = consent_of(gate_of(on_event=events.append), cookie="cookies_preferences=forged")

    asked = [consent.value, consent.decided, consent.allows("statistics"), consent.value]

    assert asked == [Consent.undecided(), False, False, Consent.undecided()]
    assert len(events) == 1


def test_a_visitor_who_chose_on_some_categories_has_not_decided() -> None:
    consent = consent_of(gate_of())

    consent.refuse("marketing")

    assert not consent.decided
    consent.refuse("statistics")
    assert consent.decided


def test_where_nothing_needs_consent_there_is_nothing_to_decide() -> None:
    measured = Cookie("_pk_ses", category="statistics", anonymous=True)

    assert consent_of(gate_of(policy=Policy(necessary=["session"]))).decided
    assert consent_of(gate_of(policy=Policy(cookies=[measured]))).decided


def test_a_site_may_have_categories_of_its_own() -> None:
    policy = Policy(
        categories=[Category("video")],
        cookies=[Cookie("v", category="video"), Cookie("_ga", category="statistics")],
    )
    consent = consent_of(gate_of(policy=policy))

    consent.grant("video")

    assert (consent.allows("video"), consent.allows("statistics")) == (True, False)


@pytest.mark.law(22)
def test_the_browsers_signal_is_no_decision() -> None:
    consent = consent_of(gate_of(), headers=[("sec-gpc", "1")])

    assert consent.value.refused == {"marketing"}
    assert not consent.decided


@pytest.mark.law(22)
@pytest.mark.parametrize("value", ["1", " 1 ", "0, 1", "1, 1", "x,\t1"])
def test_one_exact_1_is_a_signal_whatever_stands_beside_it(value: str) -> None:
    assert visit_of(gate_of(), headers=[("sec-gpc", value)]).sends_gpc


@pytest.mark.law(22)
@pytest.mark.parametrize("value", ["", "0", "01", "1;", "\xa01", '"1"', "true", "1.0"])
def test_nothing_else_is_a_signal(value: str) -> None:
    assert not visit_of(gate_of(), headers=[("sec-gpc", value)]).sends_gpc


@pytest.mark.law(22)
def test_the_signal_grants_nothing_and_is_not_written_into_a_choice() -> None:
    exchange = visit_of(gate_of(), headers=[("sec-gpc", "1")])

    VisitorConsent(exchange).grant("statistics")

    assert exchange.choice.refused == frozenset()
    assert VisitorConsent(exchange).allows("statistics")


@pytest.mark.law(22)
def test_a_signal_of_a_category_of_the_site_counts_where_the_site_says_so() -> None:
    policy = Policy(
        categories=[Category("sale", gpc=True), Category("marketing", gpc=False)],
        cookies=[Cookie("a", category="sale"), Cookie("b", category="marketing")],
    )
    consent = consent_of(gate_of(policy=policy), headers=[("sec-gpc", "1")])

    assert consent.value.refused == {"sale"}


# How a choice is made


@pytest.mark.law(5)
@pytest.mark.behaviour(28)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "Patch"])
def test_a_method_that_changes_something_may_grant(method: str) -> None:
    consent = consent_of(gate_of(), method=method)

    consent.grant()

    assert consent.allows("statistics")


@pytest.mark.law(5)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", ""])
@pytest.mark.parametrize("call", ["grant", "save"])
def test_no_other_method_may_grant(method: str, call: str) -> None:
    consent = consent_of(gate_of(), method=method)

    with pytest.raises(ConfigurationError, match="grant only under POST, PUT, PATCH or DELETE"):
        getattr(consent, call)("statistics")

    assert not consent.allows("statistics")


@pytest.mark.law(5)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("call", ["refuse", "withdraw"])
def test_refusing_is_possible_under_any_method(method: str, call: str) -> None:
    consent = consent_of(gate_of(), method=method, cookie=preferences_for("statistics"))

    getattr(consent, call)()

    assert not consent.allows("statistics")


@pytest.mark.behaviour(5)
@pytest.mark.parametrize(
    "act",
    [
        lambda consent: consent.grant("necessary"),
        lambda consent: consent.refuse("necessary"),
        lambda consent: consent.grant("statistics"),
        lambda consent: consent.refuse("marketing"),
        lambda consent: consent.grant("statistics", "necessary"),
    ],
    ids=["grant necessary", "refuse necessary", "grant again", "refuse again", "grant both"],
)
def test_what_changes_nothing_writes_nothing(act: Callable[[VisitorConsent], None]) -> None:
    outcome = respond(gate_of(), act, cookie=preferences_for("statistics"))

    assert outcome.first == ()


@pytest.mark.behaviour(5)
def test_nothing_can_be_granted_where_nothing_is_declared() -> None:
    outcome = respond(gate_of(policy=Policy()), lambda consent: consent.grant())

    assert outcome.first == ()


def test_a_partial_refusal_keeps_the_older_day_and_a_complete_one_sets_today() -> None:
    clock = Clock(NOW - timedelta(days=30))
    cookie = preferences_for("statistics", "marketing", clock=clock)
    consent = consent_of(gate_of(), cookie=cookie)

    consent.refuse("marketing")
    assert consent.value.day == date(2026, 10, 25)

    consent.refuse()
    assert consent.value.day == TODAY


def test_a_first_partial_choice_is_of_today() -> None:
    consent = consent_of(gate_of())

    consent.grant("statistics")

    assert consent.value.day == TODAY


@pytest.mark.behaviour(6)
def test_refuse_all_takes_back_a_category_without_declarations_too() -> None:
    policy = Policy(cookies=[Cookie("_ga", category="statistics")])
    consent = consent_of(gate_of(policy=policy))

    consent.grant("marketing")
    consent.refuse()

    assert consent.value.granted == frozenset()
    assert consent.value.refused == {"statistics", "marketing"}


@pytest.mark.behaviour(6)
def test_a_saved_choice_takes_back_a_category_without_declarations_too() -> None:
    policy = Policy(cookies=[Cookie("_ga", category="statistics")])
    consent = consent_of(gate_of(policy=policy))

    consent.grant("marketing")
    consent.save("statistics", "necessary")

    assert consent.value.granted == {"statistics"}
    assert consent.value.refused == {"marketing"}


@pytest.mark.behaviour(6)
def test_the_last_of_several_changes_counts() -> None:
    consent = consent_of(gate_of())

    consent.grant()
    consent.refuse("statistics")
    consent.grant("statistics")
    consent.refuse("marketing")

    assert consent.value.granted == {"statistics"}
    assert consent.value.refused == {"marketing"}


@pytest.mark.behaviour(7)
@pytest.mark.parametrize("call", ["grant", "save", "refuse", "withdraw"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_change_after_the_start_is_one_error_under_any_method(call: str, method: str) -> None:
    exchange = visit_of(gate_of(), method=method)
    exchange.started = True

    with pytest.raises(ConfigurationError, match="after the response started"):
        getattr(VisitorConsent(exchange), call)()


@pytest.mark.parametrize("name", ["x" * 10_000, "\x1b[31m", ""])
def test_an_unknown_category_is_told_shortly_and_escaped(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        consent_of(gate_of()).allows(name)

    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


# What the site requires of a request


def test_what_is_required_is_asked_once_with_the_request() -> None:
    asked: list[Any] = []

    def required(request: Any) -> Any:
        asked.append(request)
        return "not-required"

    exchange = visit_of(gate_of(required=required))
    consent = VisitorConsent(exchange)

    assert [consent.allows("statistics"), consent.allows("marketing")] == [True, True]
    assert asked == [exchange.request]


@pytest.mark.parametrize("answer", [None, "never", 1, []])
def test_what_is_no_enforcement_enforces_and_is_reported(answer: Any) -> None:
    events: list[Event] = []
    consent = consent_of(gate_of(required=lambda _: answer, on_event=events.append))

    assert not consent.allows("statistics")
    assert [(event.reason, event.detail) for event in events] == [
        (Reason.REQUIRED_FAILED, "ValueError")
    ]


def test_a_function_that_asks_for_the_consent_it_decides_on_enforces() -> None:
    def required(request: Any) -> Any:
        return "not-required" if get_consent(request).allows("statistics") else "enforce"

    exchange = visit_of(gate_of(required=required))
    exchange.request[CONSENT_KEY] = exchange

    assert not VisitorConsent(exchange).allows("statistics")
