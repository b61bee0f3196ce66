"""Puts the head script, beside the banner, into one response while it passes; no server, no I/O.

The banner goes through its own machine (`response.py`), and what comes out of that through this
one: the head starts before the body, so that neither changes where the other finds its place. The
head script is in each document, that of a frame too, and the same for everybody; what precedes a
worker's script depends on the visitor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import AnyStr, Generic, Protocol

from consentgate.banner.entity_tags import Condition, mark_of, mark_tag
from consentgate.banner.head_start import HeadInsertion, ScriptInsertion
from consentgate.banner.html_response import Page, read_page
from consentgate.banner.insertion import Found
from consentgate.banner.page_headers import settle_conditions
from consentgate.banner.page_rules import nonce_in
from consentgate.banner.response import NOT_MODIFIED, Address, BannerResponse
from consentgate.gate.destination import Loaded, destination_of, loaded_as
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement
from consentgate.gate.response_head import ResponseHead
from consentgate.http.wire import WireFormat
from consentgate.pages.banners import Banners

_READABLE = frozenset({Page.SHARED, Page.PRIVATE})
_SCRIPTS = frozenset(
    {"text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript"}
)


class PageInsertion(Protocol[AnyStr]):
    """What is put into one response, as the middlewares use it; `BannerResponse` says how."""

    is_holding: bool
    is_searching: bool
    may_hold: bool
    changes_body: bool
    is_for_visitor: bool
    vary_on: tuple[str, ...]

    def conditions(self, headers: Mapping[str, str]) -> dict[str, str | None]:
        """Return what becomes of the request's conditional headers."""

    def start(self, status: int, head: ResponseHead[AnyStr]) -> None:
        """Take the status and head of the response."""

    def feed(self, chunk: bytes) -> bytes:
        """Return what can leave of the body now that this chunk came."""

    def end(self) -> bytes:
        """Return what can leave when the body has ended."""

    def abort(self) -> bytes:
        """Give the insertion up; return what was held back of the body."""

    def rewrite(self, kind: str, value: str) -> str | None:
        """Return the value of a header about the body as it is now, or None where it goes."""


def may_change(banners: Banners, exchange: Exchange) -> bool:
    """Return whether something may be put into the answer to this request."""
    if (exchange.known_destination or destination_of(exchange)).is_page:
        return True
    if banners.head is None:
        return False
    loaded = loaded_as(exchange)
    return loaded is Loaded.FRAME or (loaded is Loaded.WORKER and banners.guards)


def runs_as_worker(exchange: Exchange) -> bool:
    """Return whether a browser runs the answer as a worker: with `Banners.guards` it gets the guard
    before it."""
    return loaded_as(exchange) is Loaded.WORKER


def insertion_for(
    banners: Banners, exchange: Exchange, *, wire: WireFormat[AnyStr], address: Address
) -> PageInsertion[AnyStr]:
    """Return what is put into the response to a request."""
    if banners.head is None:
        return BannerResponse(banners, exchange, wire=wire, address=address)
    return HeadResponse(banners, exchange, wire=wire, address=address)


class HeadResponse(Generic[AnyStr]):
    """One response into which the head script may be put, and the banner as well (`_banner`)."""

    __slots__ = (
        *("_address", "_banner", "_banners", "_condition", "_destination", "_exchange"),
        *("_insertion", "_is_empty", "_is_unchanged", "_loaded", "_wire"),
        *("changes_body", "is_for_visitor", "is_holding", "is_searching", "may_hold", "vary_on"),
    )

    def __init__(
        self,
        banners: Banners,
        exchange: Exchange,
        *,
        wire: WireFormat[AnyStr],
        address: Address,
    ) -> None:
        self.is_holding = self.is_searching = False
        self.changes_body = self.is_for_visitor = False
        self.vary_on: tuple[str, ...] = ()
        self.may_hold = may_change(banners, exchange)
        self._address = address
        self._banners = banners
        self._exchange = exchange
        self._wire: WireFormat[AnyStr] = wire
        self._destination = destination_of(exchange)
        self._loaded = loaded_as(exchange)
        is_worker = self._loaded is Loaded.WORKER  # whatever else the request says of itself
        has_banner = banners.applies and self._destination.is_page and not is_worker
        self._banner: BannerResponse[AnyStr] | None = (
            BannerResponse(banners, exchange, wire=wire, address=address) if has_banner else None
        )
        self._insertion: HeadInsertion | ScriptInsertion | None = None
        self._condition: Condition | None = None
        self._is_unchanged = False
        self._is_empty = True

    def conditions(self, headers: Mapping[str, str]) -> dict[str, str | None]:
        """Return what becomes of the request's conditional headers (RFC 9110 section 13)."""
        if self._loaded is Loaded.WORKER:
            return dict.fromkeys(headers)  # what precedes the script may be another by now
        if self._banner is not None:
            return self._banner.conditions(headers)
        if not self.may_hold or not self._is_enforced():
            return {}
        mark = self._banners.head_variant
        changes, self._condition = settle_conditions(headers, is_current=mark.__eq__)
        return changes

    def start(self, status: int, head: ResponseHead[AnyStr]) -> None:
        """Take the status and head of the response; `is_holding` says what comes of it."""
        self._insertion = None
        self._is_unchanged = False
        if self._banner is not None:
            self._banner.start(status, head)
        page, values = read_page(status, head, self._wire.decode)
        if self._loaded is Loaded.WORKER:
            self._start_worker(status, head, values)
        elif status == NOT_MODIFIED:
            self._confirm(values)
        elif page in _READABLE and self.may_hold and self._is_enforced():
            self._insertion = HeadInsertion(
                self._head_tags(values), documents_only=self._destination.is_swapped_in
            )
        self._follow()
        if page in _READABLE and self._banner is None:
            # No cache may answer with it where something else is put in (RFC 9111, 4.1).
            self.vary_on = self._destination.vary

    def feed(self, chunk: bytes) -> bytes:
        """Return what can leave of the body now that this chunk came."""
        if not self.is_searching:
            return chunk
        self._is_empty = self._is_empty and not chunk
        assert self._insertion is not None, "a place is looked for by both, or by none"
        body = self._insertion.feed(chunk if self._banner is None else self._banner.feed(chunk))
        self._follow()
        return body

    def end(self) -> bytes:
        """Return what can leave when the body has ended."""
        if not self.is_searching:
            return b""
        body = b"" if self._banner is None else self._banner.end()
        insertion = self._insertion
        assert insertion is not None, "a place is looked for by both, or by none"
        body = insertion.feed(body) + insertion.finish()
        self._follow()
        if self._is_empty and self._exchange.method == "HEAD":
            # Its GET has a body, into which something is put; what, depends on that body.
            self.changes_body = True
        return body

    def abort(self) -> bytes:
        """Give the insertion up; return what was held back of the body."""
        held = b"" if self._insertion is None else self._insertion.held
        self._insertion = None
        if self._banner is not None:
            held += self._banner.abort()
        self._follow()
        return held

    def rewrite(self, kind: str, value: str) -> str | None:
        """Return the value of a header about the body as it is now, or None where it goes."""
        banner, inserted = self._banner, self._insertion
        if banner is not None and banner.changes_body:
            changed = banner.rewrite(kind, value)
        elif kind == "etag":
            known = self._is_unchanged or (inserted is not None and not self._is_empty)
            is_page = self._loaded is not Loaded.WORKER
            changed = mark_tag(value, self._banners.head_variant) if known and is_page else None
        else:
            changed = value if kind == "content-length" and not self._is_empty else None
        if kind != "content-length" or changed is None or inserted is None:
            return changed
        digits = changed.strip(" \t")
        is_length = digits.isascii() and digits.isdecimal()
        return str(int(digits) + inserted.added_bytes) if is_length else None

    def _is_enforced(self) -> bool:
        """Return whether this visitor's consent counts at all; note it where it does not, since no
        cache knows of whom."""
        if self._exchange.enforcement is Enforcement.NOT_REQUIRED:
            self._exchange.make_private()
            return False
        return True

    def _start_worker(
        self, status: int, head: ResponseHead[AnyStr], values: Mapping[str, str]
    ) -> None:
        types = [head.pairs[at][1] for at in head.layout.types]
        names = {self._wire.decode(value).partition(";")[0].strip(" \t").lower() for value in types}
        is_plain = values.get("content-encoding", "identity").strip(" \t").lower() == "identity"
        if status != 200 or not names <= _SCRIPTS or not is_plain or not self._is_enforced():
            return
        script = self._banners.head
        assert script is not None, "without one there is nothing to put in"
        self._exchange.depends_on_choice()
        self._exchange.depends_on_gpc()
        self._insertion = ScriptInsertion(script.worker_text(self._exchange.choice_with_gpc))

    def _head_tags(self, values: Mapping[str, str]) -> bytes:
        script = self._banners.head
        assert script is not None, "without one there is nothing to put in"
        assert self._banners.prefix is not None, "without pages there is no script"
        address = self._address(with_origin=False)
        return script.tags(pages=address.mount + self._banners.prefix, nonce=nonce_in(values))

    def _confirm(self, values: Mapping[str, str]) -> None:
        """Take a 304 Not Modified about a copy that has the head script of now."""
        if self._banner is None and self._condition is not None:
            mark = mark_of(values.get("etag", ""), self._condition)
            self._is_unchanged = mark is not None

    def _follow(self) -> None:
        """Be as the two parts are by now."""
        banner, insertion = self._banner, self._insertion
        searches = insertion is not None and insertion.found is Found.SEARCHING
        is_put = insertion is not None and insertion.found is Found.INSERTED
        self.is_holding = searches or (banner is not None and banner.is_holding)
        self.is_searching = searches or (banner is not None and banner.is_searching)
        self.changes_body = is_put or self._is_unchanged
        self.is_for_visitor = is_put and self._loaded is Loaded.WORKER
        if banner is not None:
            self.changes_body = self.changes_body or banner.changes_body
            self.is_for_visitor = banner.is_for_visitor
            self.vary_on = banner.vary_on
        if is_put and not self.is_for_visitor:
            # Everybody who asks for a document, and nobody else (RFC 9110 section 12.5.5).
            self.vary_on = self._destination.vary
