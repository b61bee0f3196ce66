"""The banner's machine without a server, for tests of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from consentgate import Cookie, Policy
from consentgate.banner.response import BannerResponse
from consentgate.gate.exchange import Exchange
from consentgate.gate.response_head import ResponseHead
from consentgate.http.wire import BYTES, TEXT
from consentgate.pages.banners import Banners
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.http import PageAddress
from consentgate.pages.options import PagesOptions
from tests.support.exchange import POLICY, gate_of
from tests.support.gate_exchange import visit_of

HEAD, REST = b"<!doctype html><html><head><title>t</title></head><body>", b"<p>x</p></body></html>"
PAGE = HEAD + REST
PUT = b'<div id="consentgate"'
HTML = [("Content-Type", "text/html")]
PUBLIC = [*HTML, ("Cache-Control", "public, max-age=60")]
SIGNALLED = Policy(necessary=["session"], cookies=[Cookie("_fbp", category="marketing")])

WIRES = pytest.mark.parametrize("wire", [BYTES, TEXT], ids=["bytes", "text"])


def banners_of(policy: Policy = POLICY, **options: Any) -> Banners:
    return PagesByPolicy(PagesOptions(**options)).of(policy).banners


def exchange_of(
    *headers: tuple[str, str], cookie: str = "", method: str = "GET", **options: Any
) -> Exchange:
    return visit_of(gate_of(**options), headers=headers, cookie=cookie, method=method)


def where(*, with_origin: bool = False) -> PageAddress:
    return PageAddress("", "/page")


def nowhere() -> PageAddress:
    raise NotImplementedError


def banner_for(
    exchange: Exchange, banners: Banners | None = None, *, address: Any = where
) -> BannerResponse[str]:
    own = banners or banners_of(exchange.settings.policy)
    return BannerResponse(own, exchange, wire=TEXT, address=address)


def started(
    exchange: Exchange, headers: list[tuple[str, str]], *, status: int = 200, **given: Any
) -> BannerResponse[str]:
    banner = banner_for(exchange, **given)
    banner.start(status, head_of(headers))
    return banner


def head_of(headers: Iterable[tuple[str, str]]) -> ResponseHead[str]:
    """What these headers say."""
    return gate_of().response_filter(TEXT).read(headers)


def whole(banner: BannerResponse[Any], *chunks: bytes) -> bytes:
    """All that leaves of a body."""
    return b"".join([*map(banner.feed, chunks or [PAGE]), banner.end()])
