"""One response into which the banner is put while it passes, without a server."""

from __future__ import annotations

from typing import Any, AnyStr

import pytest

from consentgate import Cookie, Event, Policy, Reason
from consentgate.banner.response import BannerResponse, may_insert
from consentgate.gate.options import Enforcement
from consentgate.http.wire import WireFormat
from tests.banner.machine import (
    HEAD,
    HTML,
    PAGE,
    PUBLIC,
    PUT,
    REST,
    SIGNALLED,
    WIRES,
    banners_of,
    exchange_of,
    head_of,
    nowhere,
    started,
    where,
    whole,
)
from tests.support.exchange import POLICY, gate_of, preferences_for
from tests.support.wire_headers import encoded

# Whether and when


@WIRES
def test_a_page_is_held_until_it_is_known_where_its_body_starts(wire: WireFormat[AnyStr]) -> None:
    exchange = exchange_of()
    banner = BannerResponse(banners_of(), exchange, wire=wire, address=where)
    assert (banner.may_hold, banner.is_holding) == (True, False)

    banner.start(200, gate_of().response_filter(wire).read(encoded(wire, HTML)))
    assert banner.is_holding

    assert banner.feed(HEAD[:10]) == b""
    assert banner.is_holding
    assert not banner.changes_body

    left = banner.feed(HEAD[10:])
    assert left.startswith(HEAD + PUT)
    assert not banner.is_holding
    assert (banner.changes_body, banner.is_for_visitor, banner.vary_on) == (True, True, ())

    assert banner.feed(REST) == REST
    assert banner.end() == b""


def test_what_is_no_page_passes() -> None:
    exchange = exchange_of()
    banner = started(exchange, [("Content-Type", "text/plain")], address=nowhere)

    assert not banner.is_holding
    assert whole(banner) == PAGE
    assert (banner.changes_body, banner.is_for_visitor, banner.vary_on) == (False, False, ())
    assert not exchange.needs_review


@pytest.mark.parametrize(
    "start",
    [
        b"<!doctype html><html><head><title>t</title></head><body>",
        b"<html><head></head><body class=a>",
        b"<html><head></head><BODY>",
        b"<!-- <body> --><html><head></head><body>",
        b'<html><head></head><body x-data="{ is: () => 1 }" class=a>',
        b"<html><head></head><body data-action='click->menu#open'>",
    ],
)
def test_it_is_put_at_the_start_of_the_body_however_the_page_is_written(start: bytes) -> None:
    assert whole(started(exchange_of(), HTML), start + REST).startswith(start + PUT)


def test_a_page_that_ends_before_its_body_leaves_as_it_came() -> None:
    banner = started(exchange_of(), HTML, address=nowhere)

    assert whole(banner, b"<title>t", b"</title") == b"<title>t</title"
    assert (banner.is_holding, banner.changes_body) == (False, False)


def test_a_page_whose_body_starts_too_far_leaves_as_it_came_and_is_reported_once() -> None:
    events: list[Event] = []
    exchange = exchange_of(on_event=events.append)
    page = b"<style>" + b"x" * 70_000

    for _ in range(2):
        assert whole(started(exchange, HTML, address=nowhere), page) == page

    assert [event.reason for event in events] == [Reason.BANNER_NO_PLACE]


def test_a_compressed_page_passes_and_is_reported_once() -> None:
    events: list[Event] = []
    exchange = exchange_of(on_event=events.append)

    for _ in range(2):
        banner = started(exchange, [*HTML, ("Content-Encoding", "gzip")], address=nowhere)
        assert not banner.is_holding

    assert [event.reason for event in events] == [Reason.BANNER_COMPRESSED]


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("answer", [Enforcement.SILENT, Enforcement.NOT_REQUIRED])
def test_a_page_on_which_nothing_is_asked_is_for_nobody_else(answer: Enforcement) -> None:
    exchange = exchange_of(required=lambda request: answer)
    banner = started(exchange, HTML, address=nowhere)

    assert not banner.is_holding
    assert exchange.is_private
    assert banner.conditions({"if-none-match": '"a"'}) == {}


def test_what_is_given_up_leaves_as_it_came() -> None:
    banner = started(exchange_of(), HTML, address=nowhere)
    banner.feed(b"<title>")

    assert banner.abort() == b"<title>"
    assert (banner.is_holding, banner.changes_body) == (False, False)
    assert (banner.feed(b"t"), banner.end(), banner.abort()) == (b"t", b"", b"")


def test_a_second_start_takes_the_place_of_the_first() -> None:
    banner = started(exchange_of(), HTML)
    banner.feed(b"<title>first")

    banner.start(500, head_of(HTML))
    assert whole(banner).startswith(HEAD + PUT)

    banner.start(500, head_of([("Content-Type", "text/plain")]))
    assert (banner.is_holding, banner.changes_body) == (False, False)


def test_one_gate_of_a_stack_asks() -> None:
    outermost, outer, inner = exchange_of(), exchange_of(), exchange_of()
    inner.outer_gate, outer.outer_gate = outer, outermost

    assert may_insert(inner)
    outermost.inserts_banner = True
    assert not may_insert(inner)
    outermost.is_running = False
    assert may_insert(inner)


# Fetched pages


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(
    ("header", "name"),
    [
        (("sec-fetch-mode", "cors"), "Sec-Fetch-Mode"),
        (("hx-request", "true"), "HX-Request"),
        (("x-requested-with", "XMLHttpRequest"), "X-Requested-With"),
        (("accept", "*/*"), "Accept"),
    ],
)
def test_a_page_that_a_script_fetched_passes_and_says_so(
    header: tuple[str, str], name: str
) -> None:
    exchange = exchange_of(header)
    banner = started(exchange, HTML, address=nowhere)

    assert (banner.may_hold, banner.is_holding) == (False, False)
    assert name in banner.vary_on
    assert not banner.changes_body
    assert banner.conditions({"if-none-match": '"a"'}) == {}

    banner.start(200, head_of([("Content-Type", "text/plain")]))
    assert banner.vary_on == ()

    banner.start(200, head_of([*HTML, ("Content-Encoding", "gzip")]))
    assert banner.vary_on == ()


# What the page depends on

MEASURING = Policy(necessary=["session"], cookies=[Cookie("_ga", category="statistics")])


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(
    ("policy", "by_signal"), [(MEASURING, False), (SIGNALLED, True)], ids=["choice", "signal"]
)
def test_the_exchange_notes_what_the_banner_depends_on(policy: Policy, by_signal: bool) -> None:
    exchange = exchange_of(policy=policy)
    banner = started(exchange, HTML)
    assert not exchange.needs_review

    whole(banner)

    assert (exchange.varies_on_cookie, exchange.varies_on_gpc) == (True, by_signal)
    assert exchange.needs_review


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(
    ("headers", "options"),
    [(PUBLIC, {}), (HTML, {"banner": "static"})],
    ids=["public page", "static banner"],
)
def test_a_page_for_everybody_has_nothing_of_its_visitor(
    headers: list[tuple[str, str]], options: dict[str, Any]
) -> None:
    pages = []
    for cookie in ("", preferences_for("statistics")):
        exchange = exchange_of(cookie=cookie)
        banner = started(exchange, headers, banners=banners_of(**options))
        pages.append(whole(banner))

        assert (banner.changes_body, banner.is_for_visitor) == (True, False)
        assert not exchange.needs_review

    assert pages[0] == pages[1]
    assert PUT in pages[0]


def test_it_names_the_choices_cookie_only_where_scripts_can_read_it() -> None:
    name = POLICY.preferences_cookie.encode()

    assert name in whole(started(exchange_of(), PUBLIC))
    assert name not in whole(started(exchange_of(http_only=True), PUBLIC))


# What the page says of itself


@pytest.mark.behaviour(17)
@pytest.mark.parametrize("headers", [HTML, PUBLIC], ids=["private", "public"])
@pytest.mark.parametrize(
    ("policies", "nonce"),
    [
        ([("Content-Security-Policy", "script-src 'self' 'nonce-abc123'")], b"abc123"),
        ([("content-security-policy", "img-src *; STYLE-SRC 'nonce-a+/_-='")], b"a+/_-="),
        (
            [
                ("Content-Security-Policy-Report-Only", "default-src 'nonce-first'"),
                ("Content-Security-Policy", "img-src *"),
                ("Content-Security-Policy", "default-src 'nonce-second'"),
            ],
            b"second",
        ),
        ([("Content-Security-Policy-Report-Only", "default-src 'nonce-abc'")], b"abc"),
        ([("Content-Security-Policy", "img-src 'nonce-abc'")], b""),
        ([], b""),
    ],
)
def test_the_nonce_of_the_pages_own_policy_is_taken(
    headers: list[tuple[str, str]], policies: list[tuple[str, str]], nonce: bytes
) -> None:
    page = whole(started(exchange_of(), [*headers, *policies]))

    assert (b'nonce="' + nonce + b'"' in page) is bool(nonce)
    assert (b"nonce=" in page) is bool(nonce)


@pytest.mark.parametrize("headers", [HTML, PUBLIC], ids=["private", "public"])
@pytest.mark.parametrize(
    ("start", "header", "expected"),
    [
        (b"<html lang=fr><body>", "", b"fr"),
        (b"<html lang=fr><body>", "en", b"fr"),
        (b"<html lang=xx><body>", "fr", b"fr"),
        (b'<html lang=fr><head></head><body title="a > b">', "", b"fr"),
        (b'<html lang=en><head></head><body title="a > b" lang=fr>', "", b"fr"),
        (b"<html><body>", " fr , en", b"fr"),
        (b"<html><body>", "xx", b"en"),
        (b"<html><body>", "", b"en"),
    ],
)
def test_the_banner_is_in_the_language_of_the_page(
    headers: list[tuple[str, str]], start: bytes, header: str, expected: bytes
) -> None:
    page = whole(started(exchange_of(), [*headers, ("Content-Language", header)]), start)

    assert b'lang="' + expected + b'"' in page
