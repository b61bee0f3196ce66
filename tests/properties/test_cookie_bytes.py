"""Whatever a browser sends: no exception, no consent that was not signed, no hidden name read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import cookie_parser
from werkzeug.sansio.http import parse_cookie

from consentgate import get_consent
from tests.properties.hostile import BELIEVED, COOKIE_HEADERS, PREFERENCES
from tests.support.exchange import Ask, gate_of
from tests.support.minimal_servers import App, asgi_gate, http_scope, serve, start, talk, wsgi_gate

HIDDEN = ("_ga", "_fbp", "_pk_id.1")


def granted_by(header: str) -> frozenset[str]:
    """What the choices in a Cookie header grant: what each one that is believed does."""
    pairs = [pair.partition("=") for pair in header.split(";")]
    values = [
        value.strip(" \t") for name, _, value in pairs if name.strip(" \t") == "cookies_preferences"
    ]
    believed = [BELIEVED[value] for value in values if value in BELIEVED]
    return frozenset.intersection(*believed) if believed else frozenset()


@pytest.mark.behaviour(2)
@given(header=st.lists(PREFERENCES, max_size=5).map(";".join) | COOKIE_HEADERS)
def test_only_signed_choices_are_believed_and_of_several_what_all_grant(header: str) -> None:
    standing = gate_of().settings.reader.read(header)

    assert standing.consent.granted == granted_by(header)


def readings(header: str) -> list[set[str]]:
    """The names that readers of a Cookie header find in it."""
    split = {pair.partition("=")[0].strip() for pair in header.split(";")}
    return [split, set(cookie_parser(header)), set(parse_cookie(header))]


def seen_of(header: str, *, wsgi: bool) -> str:
    """The Cookie header that an application sees."""
    seen: list[str] = []

    def wsgi_app(environ: Any, start_response: App) -> list[bytes]:
        seen.append(environ.get("HTTP_COOKIE", ""))
        start_response("200 OK", [])
        return []

    async def asgi_app(scope: Any, receive: App, send: App) -> None:
        found = [value for name, value in scope["headers"] if name == b"cookie"]
        seen.append(b"; ".join(found).decode("latin-1"))
        await send(start())

    def run_asgi() -> object:
        return talk(asgi_gate(asgi_app), http_scope(header))

    def run_wsgi() -> object:
        return serve(wsgi_gate(wsgi_app), Ask(cookie=header))

    (run_wsgi if wsgi else run_asgi)()
    return seen[0]


@pytest.mark.behaviour(10)
@pytest.mark.law(1)
@pytest.mark.parametrize("wsgi", [True, False], ids=["wsgi", "asgi"])
@given(header=COOKIE_HEADERS)
def test_no_reader_finds_a_name_that_has_no_consent(wsgi: bool, header: str) -> None:
    granted = granted_by(header)
    hidden = {"statistics": {"_ga", "_pk_id.1"}, "marketing": {"_fbp"}}
    forbidden = set(HIDDEN).difference(*(hidden[category] for category in granted))

    seen = seen_of(header, wsgi=wsgi)

    assert [names & forbidden for names in readings(seen)] == [set()] * 3


@pytest.mark.behaviour(10)
@pytest.mark.parametrize("wsgi", [True, False], ids=["wsgi", "asgi"])
@given(header=COOKIE_HEADERS)
def test_what_is_not_hidden_stays_byte_for_byte_and_in_order(wsgi: bool, header: str) -> None:
    kept = [
        pair.strip()
        for pair in header.split(";")
        if pair.replace("=", "").strip() and not any(name in pair for name in HIDDEN)
    ]

    seen = [pair.strip() for pair in seen_of(header, wsgi=wsgi).split(";")]

    remaining = iter(seen)
    assert all(pair in remaining for pair in kept)


@given(header=COOKIE_HEADERS)
def test_both_middlewares_show_the_application_the_same(header: str) -> None:
    assert seen_of(header, wsgi=True) == seen_of(header, wsgi=False)


@pytest.mark.behaviour(5)
@pytest.mark.behaviour(7)
@given(
    header=COOKIE_HEADERS,
    calls=st.lists(
        st.tuples(
            st.sampled_from(["grant", "refuse"]),
            st.sets(st.sampled_from(["statistics", "marketing", "necessary"])),
        ),
        max_size=4,
    ),
)
def test_what_a_handler_chose_is_what_the_next_request_finds(
    header: str, calls: list[tuple[str, set[str]]]
) -> None:
    held: list[Any] = []

    def app(environ: Any, start_response: App) -> list[bytes]:
        visitor = get_consent(environ)
        for call, categories in calls:
            getattr(visitor, call)(*categories)
        held.append(visitor.value.granted)
        start_response("200 OK", [])
        return []

    server = serve(wsgi_gate(app), Ask(method="POST", cookie=header))

    written = [v.partition(";")[0] for v in server.cookies if v.startswith("cookies_preferences=")]
    stored = "; ".join([*written[:1], *([header] if not written else [])])
    assert gate_of().settings.reader.read(stored).consent.granted == held[0]
