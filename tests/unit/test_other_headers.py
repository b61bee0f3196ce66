"""Where a registration of a device-bound session leads, as browsers read it."""

from __future__ import annotations

import pytest

from consentgate import Cookie, Policy
from consentgate.gate.other_headers import OtherHeaders
from tests.support.exchange import gate_of
from tests.support.gate_exchange import visit_of

PLACES = ["/session/start", "https://auth.example.org/start"]
GATE = gate_of(policy=Policy(cookies=[Cookie("a", category="necessary", device_session=PLACES)]))


def leaves(value: str, *, https: bool = True) -> bool:
    exchange = visit_of(GATE, https=https)
    others = OtherHeaders(GATE.settings)
    left, _ = others.judge(exchange, "Secure-Session-Registration", value)
    return left is not None


@pytest.mark.law(38)
@pytest.mark.parametrize(
    "path",
    [
        "/session/start",
        "session/start",
        "./session/start?id=1#a",
        "https://www.example.org/session/start",
        "//WWW.example.org/session/start",
        "https://auth.example.org/start",
    ],
)
def test_a_session_is_that_of_its_endpoint(path: str) -> None:
    assert leaves(f'(ES256);path="{path}"')


@pytest.mark.law(38)
@pytest.mark.parametrize(
    "value",
    [
        "(ES256)",
        '(ES256);path=""',
        "(ES256);path=/session/start",
        '(ES256);path="/session"',
        '(ES256);path="/session/start/"',
        '(ES256);path="/Session/start"',
        '(ES256);path="/session/%73tart"',
        '(ES256);path="//evil.example/session/start"',
        '(ES256);path="/\\\\evil.example/session/start"',
        '(ES256);path="https://auth.example.org:8443/start"',
        '(ES256);path="http://www.example.org/session/start"',
        '(ES256);path="https://["',
        '(ES256);path="/session/start"; broken=',
        "",
    ],
)
def test_any_other_is_not_declared(value: str) -> None:
    assert not leaves(value)


def test_a_scheme_without_a_host_is_read_as_the_page_s_own_scheme_has_it() -> None:
    value = '(ES256);path="https:/session/start"'

    assert leaves(value)
    assert not leaves(value, https=False)
