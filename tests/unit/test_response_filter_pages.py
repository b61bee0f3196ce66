"""The filter of responses, for pages with something put into them, bytes and text alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from consentgate import VisitorConsent
from consentgate.gate.exchange import Exchange
from consentgate.http.wire import WireFormat
from tests.support.exchange import gate_of, preferences_for
from tests.support.gate_exchange import visit_of
from tests.support.wire_headers import (
    PLAIN,
    SESSION,
    Headers,
    both_wires,
    decoded,
    encoded,
    filtered,
)


@dataclass
class Page:
    """What a page with something put into it does to its headers."""

    changes_body: bool = False
    is_for_visitor: bool = False
    vary_on: str = ""

    def rewrite(self, kind: str, value: str) -> str | None:
        return None if kind == "content-length" else f"{kind} was {value}"


OF_BODY: Headers = [("Content-Length", "5"), ("ETag", '"v"'), ("content-MD5", "x")]


def page_left(
    wire: WireFormat[Any], page: Page, *headers: tuple[str, str], exchange: Exchange | None = None
) -> Headers:
    response_filter = gate_of().response_filter(wire)
    visit = exchange or visit_of(gate_of())
    left = filtered(response_filter, visit, encoded(wire, headers), page=page)
    return decoded(wire, left)


@both_wires
def test_a_page_rewrites_the_headers_of_its_body(wire: WireFormat[Any]) -> None:
    left = page_left(wire, Page(changes_body=True), PLAIN, *OF_BODY, SESSION)

    assert left == [PLAIN, ("etag", 'etag was "v"'), ("content-md5", "content-md5 was x"), SESSION]


@both_wires
def test_a_page_whose_body_stays_keeps_them(wire: WireFormat[Any]) -> None:
    assert page_left(wire, Page(), *OF_BODY) == [(name.lower(), value) for name, value in OF_BODY]


@pytest.mark.behaviour(14)
@both_wires
@pytest.mark.parametrize(
    ("page", "left"),
    [
        (Page(vary_on="Accept"), [("vary", "Accept")]),
        (Page(is_for_visitor=True, vary_on="Accept"), [("cache-control", "private, no-cache"),
                                                      ("vary", "Accept")]),
    ],
    ids=["varies", "for its visitor"],
)  # fmt: skip
def test_a_page_says_whom_it_is_for(wire: WireFormat[Any], page: Page, left: Headers) -> None:
    assert page_left(wire, page, SESSION) == [SESSION, *left]


@pytest.mark.behaviour(14)
@both_wires
def test_a_page_of_its_visitor_and_of_his_choice_varies_on_both(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of())
    assert VisitorConsent(exchange).value.granted == frozenset()
    caching = [("cache-control", "public, max-age=60"), ("vary", "Accept-Language")]

    left = page_left(wire, Page(is_for_visitor=True, vary_on="Accept"), *caching, exchange=exchange)

    assert left == [
        ("cache-control", "private, no-cache"),
        ("vary", "Accept-Language, Accept, Cookie, Sec-GPC"),
    ]


@pytest.mark.behaviour(18)
@both_wires
@pytest.mark.parametrize(("is_for_visitor", "expired"), [(False, []), (True, ["_ga"])])
def test_a_page_of_its_visitor_expires_what_he_refused_whatever_it_says_to_caches(
    wire: WireFormat[Any], is_for_visitor: bool, expired: list[str]
) -> None:
    exchange = visit_of(gate_of(), cookie=f"_ga=1; {preferences_for()}")
    rule = gate_of().policy.rule_for("_ga")
    assert rule is not None
    exchange.expire_refused((("_ga", rule),))
    page = Page(is_for_visitor=is_for_visitor, vary_on="Accept")

    left = page_left(wire, page, ("cache-control", "public"), exchange=exchange)

    assert [value.partition("=")[0] for name, value in left if name == "set-cookie"] == expired
