"""One policy under several regimes, of which the site picks one for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consentgate import ConfigurationError, Cookie, Event, Policy, Reason, get_consent
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.exchange import SECRET, Ask, Clock, preferences_for

POLICY = Policy(
    cookies=[
        Cookie("_ga", category="statistics", provider="P", purpose="p", lifetime="1 day"),
        Cookie("_fbp", category="marketing", provider="P", purpose="p", lifetime="1 day"),
    ],
    regime=["fr", "uk", "us-ca"],
)
COOKIES = ("_ga=1", "_fbp=1", "new=1")
GPC = ("Sec-GPC", "1")

# Any: a scope or an environ, and options of many types.
Left = tuple[list[str], dict[str, str], bytes]
Call = Callable[..., Left]


def region_of(request: Any) -> str:
    """What the site picks: the name in a header of its content delivery network."""
    if "headers" in request:
        return str(dict(request["headers"])[b"x-region"].decode())
    return str(request["HTTP_X_REGION"])


def by_asgi(ask: Ask, **options: Any) -> Left:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        levels = get_consent(scope).allows("statistics")
        headers = [(b"content-type", b"text/html"), (b"x-allows", str(levels).encode())]
        headers += [(b"set-cookie", one.encode()) for one in COOKIES]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<body>page</body>"})

    return left_of(run_asgi(AsgiMiddleware(app, **options), ask))


def by_wsgi(ask: Ask, **options: Any) -> Left:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        levels = get_consent(environ).allows("statistics")
        headers = [("Content-Type", "text/html"), ("X-Allows", str(levels))]
        start_response("200 OK", headers + [("Set-Cookie", one) for one in COOKIES])
        return [b"<body>page</body>"]

    return left_of(run_wsgi(WsgiMiddleware(app, **options), ask))


def left_of(raw: tuple[int, list[tuple[str, str]], bytes]) -> Left:
    _, headers, body = raw
    names = [value.partition("=")[0] for name, value in headers if name == "set-cookie"]
    return names, dict(headers), body


@pytest.fixture(params=[by_asgi, by_wsgi], ids=["asgi", "wsgi"])
def call(request: pytest.FixtureRequest) -> Call:
    """Asks behind each middleware in turn."""

    def ask(region: str, *headers: tuple[str, str], cookie: str = "", **options: Any) -> Left:
        asked = Ask(headers=(("X-Region", region), *headers), cookie=cookie)
        defaults = {"policy": POLICY, "secret_key": SECRET, "clock": Clock()}
        left: Left = request.param(asked, **defaults | {"regime_for": region_of} | options)
        return left

    return ask


@pytest.mark.law(30)
@pytest.mark.law(34)
@pytest.mark.parametrize(
    ("region", "left"), [("fr", []), ("uk", ["_ga"]), ("us-ca", ["_ga", "_fbp"])]
)
def test_a_request_is_judged_by_the_regime_that_the_site_picks(
    call: Call, region: str, left: list[str]
) -> None:
    names, headers, _ = call(region)

    assert names == left
    assert headers["x-allows"] == str("_ga" in left)


@pytest.mark.parametrize("region", ["mars", ""])
def test_an_unknown_name_means_the_strictest(call: Call, region: str) -> None:
    events: list[Event] = []

    names, _, _ = call(region, on_event=events.append)

    assert names == []
    assert (events[0].reason, events[0].detail) == (Reason.REGIME_FAILED, "KeyError")


def test_a_failure_means_the_strictest(call: Call) -> None:
    def fail(_: Any) -> str:
        raise RuntimeError

    assert call("uk", regime_for=fail)[0] == []


def test_without_a_function_the_strictest_holds(call: Call) -> None:
    assert call("uk", regime_for=None)[0] == []


def test_a_policy_that_is_picked_is_judged_by_a_regime_too(call: Call) -> None:
    assert call("uk", policy=lambda _: POLICY)[0] == ["_ga"]


@pytest.mark.parametrize("wrong", ["uk", 5])
def test_what_is_no_function_is_an_error(call: Call, wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="regime_for is no function"):
        call("uk", regime_for=wrong)


@pytest.mark.law(30)
def test_an_objection_stops_what_left(call: Call) -> None:
    refused = preferences_for(policy=POLICY.under("uk"))

    assert call("uk", cookie=refused)[0] == []
    assert call("fr", cookie=refused)[0] == []


@pytest.mark.law(34)
def test_the_signal_is_an_opt_out_in_california(call: Call) -> None:
    names, _, body = call("us-ca", GPC)

    assert names == []
    assert b"Refused by your browser (Global Privacy Control): Statistics and Marketing." in body


@pytest.mark.law(33)
def test_once_the_visitor_chose_the_signal_is_said_no_more(call: Call) -> None:
    choice = preferences_for("statistics", policy=POLICY.under("us-ca"))

    names, _, body = call("us-ca", GPC, cookie=choice)

    assert names == ["_ga"]
    assert b"Refused by your browser" not in body


@pytest.mark.parametrize(
    ("region", "asks"), [("fr", [b"Statistics", b"Marketing"]), ("uk", [b"Marketing"])]
)
def test_the_banner_asks_where_consent_is_needed(
    call: Call, region: str, asks: list[bytes]
) -> None:
    _, _, body = call(region)

    assert b"Accept all" in body
    assert [name for name in (b"Statistics", b"Marketing") if b"<dt>" + name in body] == asks


def test_where_nothing_is_asked_there_is_a_link_to_the_settings(call: Call) -> None:
    _, _, body = call("us-ca")

    assert b"Accept all" not in body
    assert b"Cookie settings" in body


@pytest.mark.parametrize("region", ["fr", "uk", "us-ca"])
@pytest.mark.parametrize("banner", ["auto", "static"])
def test_no_shared_cache_keeps_what_depends_on_where_a_visitor_is(
    call: Call, region: str, banner: str
) -> None:
    assert call(region, banner=banner)[1]["cache-control"].startswith("private")
