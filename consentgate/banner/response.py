"""Puts the banner into one response while it passes; no server, no I/O.

The middleware passes in what the application sends and sends on what comes back. A page that asks
its visitor has the banner at the start of its body: what is before that for certain leaves at once.
All other pages have the settings link at their end, so that they leave as they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import AnyStr, Generic, Protocol

from consentgate.banner.body_start import find_usual
from consentgate.banner.entity_tags import Condition, mark_of, mark_tag
from consentgate.banner.html_response import POLICIES, Page, read_page
from consentgate.banner.insertion import INSERTED, LONGEST_SEARCH, SEARCHING, Found, Insertion
from consentgate.banner.page_end import EndInsertion
from consentgate.banner.page_headers import settle_conditions
from consentgate.banner.page_rules import (
    has_base,
    lets_forms_reach,
    nonce_in,
    restricts_forms,
)
from consentgate.gate.destination import destination_of
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement
from consentgate.gate.response_head import ResponseHead
from consentgate.http.wire import WireFormat
from consentgate.pages.banners import Banners, Question
from consentgate.pages.http import PageAddress

NOT_MODIFIED = 304
# Bound once: the access to an Enum's member costs more than what is done with it.
_ENFORCE = Enforcement.ENFORCE
_NO_PAGE = Page.NONE
_COMPRESSED = Page.COMPRESSED
_FILE = Page.FILE
_SHARED = Page.SHARED

PAGE_METHODS = frozenset({"GET", "HEAD", "POST"})
"""The methods of links and forms (HTML standard, 4.10.18.6), and HEAD, which is answered with the
headers that its GET would have (RFC 9110 section 9.3.2)."""


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

    While `is_holding` nothing of it leaves, not even its start, and while `is_searching` its body
    is fed, since the place is not known yet; before, it passes, and afterwards it is done. It never
    holds unless `may_hold`. Once it is known what the response is, this is also how its headers
    change (a `PageChange` of the gate's filter). `address` returns where the page is; it is asked
    once a text must be made.
    """

    # Defaults of the class until something happens: a response costs few assignments.
    is_holding = is_searching = False
    changes_body = is_for_visitor = False
    vary_on: tuple[str, ...] = ()
    _insertion: Insertion | EndInsertion | None = None
    _condition: Condition | None = None
    _values: Mapping[str, str] = MappingProxyType({})
    _variant_id = ""
    _language: str | None = None
    _added_bytes: int | None = None
    _has_link = True
    _has_started = _is_shared = False

    def __init__(
        self,
        banners: Banners,
        exchange: Exchange,
        *,
        wire: WireFormat[AnyStr],
        address: Address,
    ) -> None:
        self._banners = banners
        self._exchange = exchange
        self._wire: WireFormat[AnyStr] = wire
        self._address = address
        self._destination = exchange.known_destination or destination_of(exchange)
        self.may_hold = self._destination.is_page

    def conditions(self, headers: Mapping[str, str]) -> dict[str, str | None]:
        """Return what becomes of the request's conditional headers (lower-case names) before the
        application sees them; None where one goes (RFC 9110 section 13)."""
        if not self.may_hold or self._exchange.enforcement is not _ENFORCE:
            return {}
        changes, self._condition = settle_conditions(
            headers,
            is_current=lambda variant: self._banners.is_current(variant, self._exchange),
        )
        return changes

    def start(self, status: int, head: ResponseHead[AnyStr]) -> None:
        """Take the status and head of the response; `is_holding` says what comes of it."""
        if self._has_started:
            self._forget_start()
        self._has_started = True
        self._has_link = self._banners.places_link
        page, self._values = read_page(status, head, self._wire.decode)
        if status == NOT_MODIFIED:
            self._confirm()
        elif page is _NO_PAGE:
            pass
        elif not self.may_hold:
            # No cache may answer with it where a page is asked for (RFC 9111, 4.1).
            self.vary_on = () if page is _COMPRESSED else self._destination.vary
        elif (
            self._exchange.settings.required is not None
            and self._exchange.enforcement is not _ENFORCE
        ):
            # Nothing is asked here, and no cache knows of whom: this page is for nobody else.
            self._exchange.make_private()
        elif page is _COMPRESSED:
            self._report_once(Reason.BANNER_COMPRESSED)
        elif page is _FILE:
            self._report_once(Reason.BANNER_FILE)
        else:
            self._is_shared = page is _SHARED or self._banners.is_static
            self.is_holding = self.is_searching = True

    def _forget_start(self) -> None:
        """Forget what came of a start in whose place another one takes."""
        self.is_holding = self.is_searching = False
        self.changes_body = self.is_for_visitor = False
        self.vary_on = ()
        self._insertion = self._language = None

    def feed(self, chunk: bytes) -> bytes:
        """Return what can leave of the body now that this chunk came."""
        if not self.is_searching:
            return chunk
        insertion = self._insertion
        if insertion is None:
            insertion = self._insertion = self._make_end()
        if insertion is None:
            # Some applications yield what has the contents of bytes and is none.
            usual = find_usual(bytes(chunk[:LONGEST_SEARCH]))
            if usual is not None:
                place, language, has_rules = usual
                text = self._make_text(language, chunk[:place] if has_rules else b"")
                return b"".join((chunk[:place], text, chunk[place:]))
            insertion = self._insertion = self._make_insertion()
        if not self._has_link:
            self._has_link = self._banners.link_mark in chunk
        body = insertion.feed(chunk)
        self._settle(insertion, has_body=body != b"")
        return body

    def end(self) -> bytes:
        """Return what can leave when the body has ended."""
        if not self.is_searching:
            return b""
        insertion = self._insertion or self._make_end() or self._make_insertion()
        if insertion.held == b"" and self._exchange.method == "HEAD":
            # Something is put into the body of its GET; what, depends on that body.
            self.is_holding = False
            self._insertion = None  # it refers to this object
            self._change()
            return b""
        body = insertion.finish()
        self._settle(insertion)
        return body

    def abort(self) -> bytes:
        """Give the insertion up; return what was held back of the body."""
        held = b"" if self._insertion is None else self._insertion.held
        self._insertion = None
        self.is_holding = self.is_searching = False
        return held

    def rewrite(self, kind: str, value: str) -> str | None:
        """Return the value of a header about the body as it is now, or None where it goes: dates
        and digests are those of other bytes, and ranges of one answer fit no other."""
        if kind == "etag":
            if self._variant_id == "":
                if self._language is None:
                    return None  # in which language the text will be is not known yet
                variant_for = self._banners.variant_for
                self._variant_id = variant_for(self._exchange, language=self._language)
            return mark_tag(value, self._variant_id)
        if kind == "content-length" and self._added_bytes is not None:
            digits = value.strip(" \t")
            is_length = digits.isascii() and digits.isdecimal()
            return str(int(digits) + self._added_bytes) if is_length else None
        return None

    def _make_insertion(self) -> Insertion:
        # Where a script may want a part of a page, nothing is put into one.
        return Insertion(self._make_text, documents_only=self._destination.is_swapped_in)

    def _make_end(self) -> EndInsertion | None:
        """Return the insertion at the page's end, None where the page asks its visitor."""
        if self._is_shared or not self._banners.is_last(self._exchange):
            return None
        return EndInsertion(self._make_last, documents_only=self._destination.is_swapped_in)

    def _make_last(self, page_language: str | None, *, may_have_base: bool) -> bytes:
        """Return what is put at the end, and note that it is: its place is known once the page
        has passed."""
        text = self._make_text(page_language, b"<base" if may_have_base else b"")
        self.is_searching = True
        return text

    def _settle(self, insertion: Insertion | EndInsertion, *, has_body: bool = False) -> None:
        state = insertion.found
        if state is SEARCHING:
            if has_body and self.is_holding:
                # A head is sent early, so that it is not known yet how long the page will be.
                self.is_holding = False
                self._change()
            return
        self._insertion = None  # it refers to this object
        if state is INSERTED:
            if self.is_searching and not self._has_link:
                self._report_once(Reason.SETTINGS_LINK_MISSING)
            self.is_searching = False
            return
        if self._destination.is_swapped_in:
            self.vary_on = self._destination.vary
        self.is_holding = self.is_searching = False
        if state is Found.TOO_FAR:
            self._report_once(Reason.BANNER_NO_PLACE)

    def _confirm(self) -> None:
        """Take a 304 Not Modified: the browser's copy has the variant that it was asked about
        with (RFC 9110 section 15.4.5)."""
        if self._condition is None:
            return
        variant = mark_of(self._values.get("etag", ""), self._condition)
        if variant is not None:
            self._is_shared = variant == self._banners.shared_variant
            self._change()
            self._variant_id = variant

    def _change(self) -> Question | None:
        """Note that the page has a text of this visitor's, or of everybody's; return what it asks
        the visitor, None where it is everybody's."""
        self.changes_body = True
        if self._is_shared:
            self._variant_id = self._banners.shared_variant
            # Everybody who asks for a page, and nobody else (RFC 9110 section 12.5.5).
            self.vary_on = self._destination.vary
            return None
        self.is_for_visitor = True
        return self._banners.ask(self._exchange)

    def _make_text(self, page_language: str | None, head: bytes) -> bytes:
        """Return what is put into the page, and note that it is. `head` is what precedes it, empty
        where that has no rule for forms."""
        question = self._change()
        language, nonce = page_language or "", ""
        if head or self._values:
            address, is_dead = self._place_form(head, has_form=question is None or question.asks)
        else:
            address, is_dead = self._address(), False  # as nearly all pages
        if self._values:
            nonce = nonce_in(self._values)
            if not self._banners.serves(language):
                value = self._values.get("content-language", "")
                language = value.partition(",")[0].strip(" \t")
        self._language = language
        if question is None:
            readable = not self._exchange.settings.http_only
            text = self._banners.shared_text(
                language, mount=address.mount, nonce=nonce, readable=readable, is_dead=is_dead
            )
        else:
            text = self._banners.text_for(
                self._exchange,
                question,
                language=language,
                address=address,
                nonce=nonce,
                is_dead=is_dead,
            )
        if self.is_holding:
            self._added_bytes = len(text)
        self.is_holding = self.is_searching = False
        return text

    def _place_form(self, head: bytes, *, has_form: bool) -> tuple[PageAddress, bool]:
        """Return the address for links and forms, and whether the page's rules block its forms."""
        policies = self._values.get(POLICIES[0], "")
        moves, restricts = has_base(head), has_form and restricts_forms(policies, head)
        address = self._address(with_origin=moves or restricts)
        is_dead = restricts and not lets_forms_reach(
            policies, head, f"{address.origin}{address.mount}{self._banners.prefix}/"
        )
        if is_dead:
            self._report_once(Reason.BANNER_FORM_BLOCKED)
        if moves:
            # An absolute address is the same whatever the page's `<base>` says.
            address = address._replace(mount=address.origin + address.mount)
        return address, is_dead

    def _report_once(self, reason: Reason) -> None:
        reporter = self._exchange.settings.reporter
        reporter.report_once(reason, Action.NOTE, name="", path=self._exchange.path)
