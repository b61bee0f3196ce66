"""What a type checker accepts in the options of a gate, and the mistakes that it reports.

Each `type: ignore` is an expectation: mypy warns about one that is not needed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, assert_type
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from consentgate import (
    ConfigurationError,
    Consent,
    Enforcement,
    Gate,
    HideCookies,
    Mode,
    Policy,
    Unknown,
    Verdict,
    VisitorConsent,
    get_consent,
)
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

KEY = "for tests only, of 32 characters"
POLICY = Policy(necessary=["session"])

Message = MutableMapping[str, Any]


async def asgi_app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    raise NotImplementedError


def wsgi_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("204 No Content", [])
    return []


def test_options_are_members_or_their_values() -> None:
    by_member = Gate(
        POLICY,
        secret_key=KEY,
        mode=Mode.REPORT,
        unknown=Unknown.REPORT,
        hide_cookies=HideCookies.OFF,
    )
    by_value = Gate(POLICY, secret_key=KEY, mode="report", unknown="report", hide_cookies="off")

    assert by_member.settings == by_value.settings


def test_a_misspelled_option_of_a_gate_is_reported_by_the_type_checker_and_refused() -> None:
    with pytest.raises(ConfigurationError):
        Gate(POLICY, secret_key=KEY, mode="reprot")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        Gate(POLICY, secret_key=KEY, unknown="stripp")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        Gate(POLICY, secret_key=KEY, hide_cookies="on")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        Gate(POLICY, secret_key=KEY, same_site="lax")  # type: ignore[arg-type]


def test_a_misspelled_option_of_a_middleware_is_reported_by_the_type_checker_and_refused() -> None:
    with pytest.raises(ConfigurationError):
        AsgiMiddleware(asgi_app, policy=POLICY, secret_key=KEY, mode="reprot")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        AsgiMiddleware(asgi_app, policy=POLICY, secret_key=KEY, banner="static ")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        WsgiMiddleware(wsgi_app, policy=POLICY, secret_key=KEY, mode="reprot")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        WsgiMiddleware(wsgi_app, policy=POLICY, secret_key=KEY, banner="hand")  # type: ignore[arg-type]


def test_the_types_of_what_a_gate_returns() -> None:
    gate = Gate(POLICY, secret_key=KEY)

    assert_type(gate.filter(["session=1"], Consent.undecided()), list[str])
    assert_type(gate.judge("session=1", Consent.undecided()), Verdict)
    assert_type(gate.preferences_for(), str)
    assert_type(gate.consent_for(), Consent)


def test_the_types_of_what_a_handler_gets() -> None:
    seen: list[VisitorConsent] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        consent = get_consent(environ)
        assert_type(consent, VisitorConsent)
        assert_type(consent.allows("necessary"), bool)
        assert_type(consent.decided, bool)
        assert_type(consent.value, Consent)
        seen.append(consent)
        return wsgi_app(environ, start_response)

    gated = WsgiMiddleware(
        app, policy=POLICY, secret_key=KEY, required=lambda _: Enforcement.SILENT, prefix=None
    )
    environ: WSGIEnvironment = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}

    assert list(gated(environ, lambda *_: lambda _: None)) == []
    assert seen
