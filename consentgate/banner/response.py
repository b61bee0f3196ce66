"""One request that may be answered with a page, and what becomes of the answer; no server.

A door hands in what it knows of the request, the start of the response and the body's chunks, and
sends what comes back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from consentgate.banner.entity_tags import Condition, mark_of
from consentgate.banner.html_response import Page, page_of
from consentgate.banner.insertion import Found, Insertion
from consentgate.banner.page_headers import (
    Header,
    headers_of_copy,
    headers_with,
    keep_to_visitor,
    settle_conditions,
)
from consentgate.gate.events import Action, Reason
from consentgate.gate.options import Enforcement, Mode
from consentgate.gate.visitor import VisitorConsent
from consentgate.http.caching import COOKIE, COOKIE_AND_SIGNAL
from consentgate.pages.banners import Banners, Where
from consentgate.pages.endpoints import PolicyPages

INSERTING_KEY = "consentgate.inserting"
"""Where a scope or an environ holds the visitor into whose page the banner is being put."""

# Bound once: the access to an Enum's member costs more than the comparison with it.
_REPORT = Mode.REPORT

NOT_MODIFIED = 304
_POLICY_HEADERS = frozenset({"content-security-policy", "content-security-policy-report-only"})
_NONCE = re.compile(
    r"(?:script|style|default)-src[^;,]*?'nonce-([A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE
)


def is_inserting(found: object) -> bool:
    """True where a gate further out puts the banner in; what it left behind when it failed, and the
    request is tried again, is none."""
    return isinstance(found, VisitorConsent) and found.is_running and not found.started


def banners_of(site: PolicyPages, visitor: VisitorConsent, *, found: object) -> Banners | None:
    """What is put into the pages of a site; None where nothing is, or by a gate further out.
    `found` is what the request holds under INSERTING_KEY."""
    if visitor.context.mode is _REPORT or is_inserting(found):
        return None
    return site.banners if site.banners.applies else None


class PageVisit:
    """One request and its response. `where` tells which page it is once that must be known."""

    __slots__ = ("_banners", "_condition", "_headers", "_is_shared", "_visitor", "_where")

    def __init__(
        self, banners: Banners, visitor: VisitorConsent, *, where: Callable[[], Where]
    ) -> None:
        self._banners = banners
        self._visitor = visitor
        self._where = where
        self._condition: Condition | None = None
        self._headers: Sequence[Header] = ()
        self._is_shared = False

    def settle_conditions(self, found: Mapping[str, str]) -> dict[str, str | None]:
        """What becomes of the request's conditional headers; None: one goes."""
        if self._visitor.enforcement is not Enforcement.ENFORCE:
            return {}
        changes, self._condition = settle_conditions(
            found, is_current=lambda mark: self._banners.is_current(mark, self._visitor)
        )
        return changes

    def begin(self, status: int, headers: Sequence[Header]) -> Insertion | None:
        """The insertion into the body that follows, None where it passes as it is."""
        page = page_of(status, headers)
        if page is Page.NONE:
            return None
        if self._visitor.enforcement is not Enforcement.ENFORCE:
            # Nothing is asked here, and no cache can know of whom: this page is for nobody else.
            self._visitor.is_private = self._visitor.needs_review = True
            return None
        if page is Page.COMPRESSED:
            self._tell_once(Reason.BANNER_COMPRESSED)
            return None
        self._headers = headers
        self._is_shared = page is Page.SHARED or self._banners.is_static
        return Insertion(self._make)

    def end(self, insertion: Insertion) -> list[Header]:
        """The headers of the response whose search for a place is over."""
        if insertion.found is Found.TOO_FAR:
            self._tell_once(Reason.BANNER_NO_PLACE)
        if insertion.found is not Found.INSERTED:
            return list(self._headers)
        added = len(insertion.inserted)
        if self._is_shared:
            return headers_with(self._headers, added=added, mark=self._banners.shared_mark)
        has_tag = any(name.lower() == "etag" for name, _ in self._headers)
        mark = self._banners.mark_for(self._visitor) if has_tag else ""
        return self._keep(headers_with(self._headers, added=added, mark=mark))

    def _keep(self, headers: Sequence[Header]) -> list[Header]:
        """The headers of what depends on the visitor. The gate need not look at it again for that:
        it is only told, for where it has other reasons to."""
        self._visitor.varies_on_cookie = True
        if self._banners.heeds_signal(self._visitor):
            self._visitor.varies_on_gpc = True
            return keep_to_visitor(headers, vary=COOKIE_AND_SIGNAL)
        return keep_to_visitor(headers, vary=COOKIE)

    def confirm(self, headers: Sequence[Header]) -> list[Header]:
        """The headers of a 304: the browser's copy has the mark that it was asked about with."""
        tag = next((value for name, value in headers if name.lower() == "etag"), "")
        mark = None if self._condition is None else mark_of(tag, self._condition)
        if mark is None:
            return list(headers)
        marked = headers_of_copy(headers, mark)
        if mark == self._banners.shared_mark:
            return marked
        return self._keep(marked)

    def _make(self, language: str | None) -> bytes:
        said = language or ""
        if not self._banners.serves(said):
            told = (value for name, value in self._headers if name.lower() == "content-language")
            said = next(told, "").partition(",")[0].strip(" \t")
        nonce = _nonce_of(self._headers)
        where = self._where()
        if self._is_shared:
            cookie = self._readable_cookie()
            return self._banners.shared_text(said, where=where, nonce=nonce, cookie=cookie)
        return self._banners.write_for(self._visitor, language=said, where=where, nonce=nonce)

    def _readable_cookie(self) -> str:
        context = self._visitor.context
        return "" if context.http_only else context.policy.preferences_cookie

    def _tell_once(self, reason: Reason) -> None:
        reporter = self._visitor.context.reporter
        reporter.report_once(reason, Action.NOTE, name="", path=self._visitor.path)


def _nonce_of(headers: Sequence[Header]) -> str:
    """The nonce that the page's own policy lets scripts and styles have."""
    for name, value in headers:
        if name.lower() in _POLICY_HEADERS and (found := _NONCE.search(value)):
            return found[1]
    return ""
