"""Puts the banner into one response while it passes; no server, no I/O.

The middleware passes in what the application sends and sends on what comes back: the start of a
page is held until it is known where its body starts, all else passes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import AnyStr, Generic, Protocol

from consentgate.banner.body_start import find_usual
from consentgate.banner.entity_tags import Condition, mark_of, mark_tag
from consentgate.banner.html_response import (
    DESTINATION,
    POLICIES,
    Page,
    ResponseReader,
    fetched_by,
)
from consentgate.banner.insertion import LONGEST_SEARCH, Found, Insertion
from consentgate.banner.page_headers import settle_conditions
from consentgate.banner.page_rules import (
    HeadRules,
    lets_forms_reach,
    names_forms,
    rules_in_head,
)
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement
from consentgate.pages.banners import Banners
from consentgate.pages.http import PageAddress

NOT_MODIFIED = 304
# Bound once: the access to an Enum's member costs more than what is done with it.
_ENFORCE = Enforcement.ENFORCE
_NO_PAGE = Page.NONE
_COMPRESSED = Page.COMPRESSED
_SHARED = Page.SHARED

PAGE_METHODS = frozenset({"GET", "POST"})
"""The methods of links and forms (HTML standard, 4.10.18.6)."""

_NONCE = re.compile(
    r"(?:script|style|default)-src[^;,]*?'nonce-([A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE
)

Headers = Sequence[tuple[AnyStr, AnyStr]]


class Address(Protocol):
    """Returns where the page is, its origin only on demand."""

    def __call__(self, *, with_origin: bool = False) -> PageAddress:
        """Return the address."""


def may_insert(exchange: Exchange) -> bool:
    """Return whether no gate further out puts the banner into the answer to this request."""
    outer = exchange.outer_gate
    while outer is not None:
        if outer.inserts_banner and outer.is_at_work:
            return False
        outer = outer.outer_gate
    return True


class BannerResponse(Generic[AnyStr]):
    """One response into which the banner may be put.

    While `is_holding` nothing of it leaves; before, it passes, and afterwards it is done. It never
    holds unless `may_hold`. Once it is known what the response is, this is also how its headers
    change (a `PageChange` of the gate's filter). `address` returns where the page is; it is asked
    once a text must be made.
    """

    # Defaults of the class until something happens: a response costs few assignments.
    is_holding = False
    changes_body = False
    is_for_visitor = False
    vary_on = ""
    _insertion: Insertion | None = None
    _condition: Condition | None = None
    _variant_id = ""
    _added_bytes: int | None = None
    _is_shared = False

    def __init__(
        self,
        banners: Banners,
        exchange: Exchange,
        *,
        reader: ResponseReader[AnyStr],
        address: Address,
    ) -> None:
        self._banners = banners
        self._exchange = exchange
        self._reader: ResponseReader[AnyStr] = reader
        self._address = address
        self._fetched_by = fetched_by(exchange)
        self.may_hold = self._fetched_by == ""

    def conditions(self, headers: Mapping[str, str]) -> dict[str, str | None]:
        """Return what becomes of the request's conditional headers (lower-case names) before the
        application sees them; None where one goes (RFC 9110 section 13)."""
        if self._fetched_by or self._exchange.enforcement is not _ENFORCE:
            return {}
        changes, self._condition = settle_conditions(
            headers,
            is_document=self._exchange.header(DESTINATION) != "",
            is_current=lambda variant: self._banners.is_current(variant, self._exchange),
        )
        return changes

    def start(self, status: int, headers: Headers[AnyStr]) -> None:
        """Take the status and headers of the response; `is_holding` says what comes of it."""
        self.is_holding = self.changes_body = self.is_for_visitor = False
        self.vary_on = ""
        self._insertion = None
        page, self._values = self._reader.read(status, headers)
        if status == NOT_MODIFIED:
            self._confirm()
        elif page is _NO_PAGE:
            pass
        elif self._fetched_by:
            # No cache may answer with it where a page of its own is asked for (RFC 9111, 4.1).
            self.vary_on = "" if page is _COMPRESSED else self._fetched_by.title()
        elif self._exchange.enforcement is not _ENFORCE:
            # Nothing is asked here, and no cache knows of whom: this page is for nobody else.
            self._exchange.make_private()
        elif page is _COMPRESSED:
            self._report_once(Reason.BANNER_COMPRESSED)
        else:
            self._is_shared = page is _SHARED or self._banners.is_static
            self.is_holding = True

    def feed(self, chunk: bytes) -> bytes:
        """Return what can leave of the body now that this chunk came."""
        if not self.is_holding:
            return chunk
        insertion = self._insertion
        if insertion is None:
            # Some applications yield what has the contents of bytes and is none.
            usual = find_usual(bytes(chunk[:LONGEST_SEARCH]))
            if usual is not None:
                place, language, rules = usual
                text = self._make_text(language, chunk[:place], rules)
                self._inserted(len(text))
                return b"".join((chunk[:place], text, chunk[place:]))
            insertion = self._insertion = Insertion(self._make_text)
        body = insertion.feed(chunk)
        self._settle(insertion)
        return body

    def end(self) -> bytes:
        """Return what can leave when the body has ended."""
        if not self.is_holding:
            return b""
        insertion = self._insertion or Insertion(self._make_text)
        body = insertion.finish()
        self._settle(insertion)
        return body

    def abort(self) -> bytes:
        """Give the insertion up; return what was held back of the body."""
        held = b"" if self._insertion is None else self._insertion.held
        self._insertion = None
        self.is_holding = False
        return held

    def rewrite(self, kind: str, value: str) -> str | None:
        """Return the value of a header about the body as it is now, or None where it goes: dates
        and digests are those of other bytes, and ranges of one answer fit no other."""
        if kind == "etag":
            if self._variant_id == "":
                self._variant_id = self._banners.variant_for(self._exchange)
            return mark_tag(value, self._variant_id)
        if kind == "content-length" and self._added_bytes is not None:
            digits = value.strip(" \t")
            is_length = digits.isascii() and digits.isdecimal()
            return str(int(digits) + self._added_bytes) if is_length else None
        return None

    def _settle(self, insertion: Insertion) -> None:
        if insertion.found is not Found.SEARCHING:
            self._insertion = None  # it refers to this object
        if insertion.found is Found.INSERTED:
            self._inserted(len(insertion.inserted))
        elif insertion.found is not Found.SEARCHING:
            self.is_holding = False
            if insertion.found is Found.TOO_FAR:
                self._report_once(Reason.BANNER_NO_PLACE)

    def _inserted(self, added_bytes: int) -> None:
        self.is_holding = False
        self._added_bytes = added_bytes
        self._change(self._banners.shared_variant if self._is_shared else "")

    def _confirm(self) -> None:
        """Take a 304 Not Modified: the browser's copy has the variant that it was asked about
        with (RFC 9110 section 15.4.5)."""
        if self._condition is None:
            return
        variant = mark_of(self._values.get("etag", ""), self._condition)
        if variant is not None:
            self._is_shared = variant == self._banners.shared_variant
            self._change(variant)

    def _change(self, variant_id: str) -> None:
        self.changes_body = True
        self._variant_id = variant_id
        if not self._is_shared:
            self.is_for_visitor = True
            exchange = self._exchange
            exchange.depends_on_choice()
            if self._banners.heeds_gpc(exchange):
                exchange.depends_on_gpc()

    def _make_text(
        self, page_language: str | None, head: bytes, rules: HeadRules | None = None
    ) -> bytes:
        language, nonce = page_language or "", ""
        address, is_dead = self._place_form(head, rules or rules_in_head(head))
        if self._values:
            nonce = self._nonce()
            if not self._banners.serves(language):
                value = self._values.get("content-language", "")
                language = value.partition(",")[0].strip(" \t")
        if self._is_shared:
            readable = not self._exchange.settings.http_only
            return self._banners.shared_text(
                language, mount=address.mount, nonce=nonce, readable=readable, is_dead=is_dead
            )
        return self._banners.text_for(
            self._exchange, language=language, address=address, nonce=nonce, is_dead=is_dead
        )

    def _place_form(self, head: bytes, rules: HeadRules) -> tuple[PageAddress, bool]:
        """Return the address for links and forms, and whether the page's rules block its forms."""
        policies = self._values.get(POLICIES[0], "") if self._values else ""
        has_base, restricts = rules
        restricts = restricts or (policies != "" and names_forms(policies))
        if not has_base and not restricts:
            return self._address(), False
        address = self._address(with_origin=True)
        action = f"{address.origin}{address.mount}{self._banners.prefix}/"
        is_dead = restricts and not lets_forms_reach(policies, head, action)
        if is_dead:
            self._report_once(Reason.BANNER_FORM_BLOCKED)
        if has_base:
            # An absolute address is the same whatever the page's `<base>` says.
            address = address._replace(mount=address.origin + address.mount)
        return address, is_dead

    def _nonce(self) -> str:
        """Return the nonce that the page's own policy lets scripts and styles have."""
        for name in POLICIES:
            if name in self._values and (found := _NONCE.search(self._values[name])):
                return found[1]
        return ""

    def _report_once(self, reason: Reason) -> None:
        reporter = self._exchange.settings.reporter
        reporter.report_once(reason, Action.NOTE, name="", path=self._exchange.path)
