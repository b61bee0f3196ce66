"""Odd mounts, odd header names and types that could be guessed lead nowhere; no repr has a key."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test.utils import override_settings

from consentgate import Gate, Policy
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.ext.django.settings import read_settings as read_django_settings
from consentgate.ext.flask.settings import read_settings as read_flask_settings
from consentgate.http.header_names import header_kind
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.ext.flask_site import KEY, make_app
from tests.support.exchange import SECRET
from tests.support.frameworks import (
    Exchange,
    Reply,
    Send,
    asgi_app,
    call_asgi,
    call_wsgi,
    choose,
    options_of,
    wsgi_app,
)

pytestmark = pytest.mark.behaviour(30)

# A browser takes these for another host (URL Standard, 4.4), or may once something decoded them.
ELSEWHERE = re.compile(r"[\\\\/]{2}|/[\\t\\n\\r]|/%2f|/%5c", re.IGNORECASE)


def addresses_in(reply: Reply) -> list[str]:
    """All addresses that a reply leads to, without those that are absolute."""
    return [*reply.all("location"), *re.findall(r'(?:href|action|src)="(/[^"]*)"', reply.text)]


@pytest.mark.parametrize("mount", ["//evil.example", "///evil.example", "//evil.example/x", "//"])
@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda mount: Send(path="/consent", mount=mount), id="the missing slash"),
        pytest.param(lambda mount: Send(path="/consent/", mount=mount), id="preferences"),
        pytest.param(lambda mount: Send(path="/consent/charter", mount=mount), id="charter"),
        pytest.param(lambda mount: choose("accept", mount=mount), id="a choice"),
        pytest.param(lambda mount: choose("save", "nothing", mount=mount), id="a wrong choice"),
    ],
)
def test_a_mount_that_begins_with_slashes_leads_to_no_other_host(
    visit: Exchange, mount: str, ask: Any
) -> None:
    reply = visit(ask(mount))

    assert [one for one in addresses_in(reply) if ELSEWHERE.match(one)] == []


def test_the_form_in_a_page_of_the_site_leads_to_no_other_host_either() -> None:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<body>"})

    headers = (
        ("Accept", "text/html"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    )
    ask = Send(path="/page", mount="//evil.example", headers=headers)
    reply = call_asgi(AsgiMiddleware(page, **options_of({})), ask)

    assert 'action="/evil.example/consent/"' in reply.text
    assert [one for one in addresses_in(reply) if ELSEWHERE.match(one)] == []


@pytest.mark.parametrize(
    "path",
    [
        "/consent",
        "/consent/",
        "/consent/charter",
        "/consent/charter.md",
        "/consent/state",
        "/consent/state.js",
        "/consent/policy.json",
        "/consent/nothing",
        "/.well-known/gpc.json",
    ],
)
def test_no_page_lets_its_type_be_guessed(visit: Exchange, path: str) -> None:
    reply = visit(Send(path=path), gpc_updated=date(2026, 11, 24))

    assert reply.all("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize(
    "name",
    [
        "Set-Cookie\0",
        "\0Set-Cookie",
        "Set\0-Cookie",
        "S\0et-Cookie",
        "Set-Cookie\0: x",
        "X\0Set-Cookie",
        "SET-COOKIE2\0",
        "Set-Coo\x7fkie",
    ],
)
def test_a_name_with_a_control_character_is_no_set_cookie_that_passes(name: str) -> None:
    async def under_asgi(scope: Any, receive: Any, send: Any) -> None:
        headers = [(name.encode("latin-1"), b"_ga=1"), (b"x-own", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def under_wsgi(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [(name, "_ga=1"), ("x-own", "1")])
        return [b""]

    replies = [
        call_asgi(AsgiMiddleware(under_asgi, **options_of({})), Send(path="/page")),
        call_wsgi(WsgiMiddleware(under_wsgi, **options_of({})), Send(path="/page")),
    ]

    assert header_kind(name) == "smuggled"
    assert ["_ga=1" in dict(reply.headers).values() for reply in replies] == [False, False]
    assert [reply["x-own"] for reply in replies] == ["1", "1"]


def reprs_of(held: object, depth: int = 4) -> str:
    """The repr of an object of the package and of all that it holds."""
    inside = list(vars(held).values()) if hasattr(held, "__dict__") else []
    inside += [getattr(held, name, None) for name in getattr(type(held), "__slots__", ())]
    own = [one for one in inside if type(one).__module__.startswith("consentgate")]
    return " ".join([repr(held), *(reprs_of(one, depth - 1) for one in own if depth)])


def test_no_repr_has_a_key_or_its_digest() -> None:
    older = "an older key of 40 characters, not secret"
    options = {"policy": Policy(), "secret_key": SECRET, "fallback_keys": [older]}
    gate = Gate(**options)  # type: ignore[arg-type]
    app = make_app(CONSENTGATE_POLICY=Policy(), SECRET_KEY_FALLBACKS=[older])
    flask_settings = read_flask_settings(app, Policy())
    django = {"POLICY": Policy(), "SECRET_KEY": SECRET, "FALLBACK_KEYS": [older]}
    with override_settings(CONSENTGATE=django):
        django_settings = read_django_settings()
    digests = [part for part in gate.settings.identity if isinstance(part, bytes)]
    keys = [SECRET, older, KEY, *digests, flask_settings.secret_key]

    texts = " ".join(
        reprs_of(one)
        for one in (
            gate,
            AsgiMiddleware(asgi_app, **options),  # type: ignore[arg-type]
            WsgiMiddleware(wsgi_app, **options),  # type: ignore[arg-type]
            flask_settings,
            django_settings,
        )
    )

    assert len(digests) == 1
    assert [key for key in keys if str(key) in texts or repr(key) in texts] == []
