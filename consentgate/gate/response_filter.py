"""Decides which headers of a response leave, in one pass, for bytes and text alike.

What a cookie's name decides is decided here; all else is the judge's, which is asked for that one
cookie. The filter has no rule of its own: `Judge.category_by_name` says what a name decides.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from math import inf
from typing import AnyStr, Generic

from consentgate._cache import BoundedCache
from consentgate.choice.consent import NECESSARY
from consentgate.gate.caching_outcome import CachingOutcome, find_outcome
from consentgate.gate.choice_cookie import ChoiceCookie
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.judge import ASK_JUDGE, UNDECLARED, Blocked, Judge, Verdict
from consentgate.gate.options import Mode
from consentgate.gate.page_change import PageChange
from consentgate.gate.settings import GateSettings
from consentgate.gate.withdrawal import expiries
from consentgate.http.caching import COOKIE, COOKIE_AND_GPC, is_shareable
from consentgate.http.header_names import (
    CONTENT_TYPE,
    COOKIE_KINDS,
    OF_BODY,
    SET_COOKIE,
    SMUGGLED,
    header_kind,
    kind_in_page,
    tells_caches,
)
from consentgate.http.set_cookie import BLANKS, deletes_from, has_line_break
from consentgate.http.wire import Pair, WireFormat

# Bound once: the access to an Enum's member costs more than all else that is done to a header.
_STRIP = Action.STRIP
_UNDECLARED = Reason.UNDECLARED

_LOOKED_AT = frozenset({SET_COOKIE, SMUGGLED, CONTENT_TYPE})
"""The kinds of headers that can keep a response from leaving as it came."""

_NO_CATEGORIES = frozenset({ASK_JUDGE, UNDECLARED})
_SMUGGLED_VERDICT = Verdict(_STRIP, Reason.HEADER_NAME, "", None, None)

_LONGEST_CACHING = 512  # characters of the headers whose outcome is remembered
_KIB = 1024


class ResponseFilter(Generic[AnyStr]):
    """Filters the headers of responses for one gate, as one server interface writes them.

    `scans`: headers with a CR, LF or NUL are taken out (RFC 9110 section 5.5). Where a server sends
    them all the same, what follows the line break is a line of its own, and can be a Set-Cookie on
    which there was no verdict.
    """

    def __init__(
        self,
        settings: GateSettings,
        *,
        judge: Judge,
        choice_cookie: ChoiceCookie,
        wire: WireFormat[AnyStr],
        scans: bool,
    ) -> None:
        self.scans = scans
        self._settings = settings
        self._judge = judge
        self._choice_cookie = choice_cookie
        self._wire: WireFormat[AnyStr] = wire
        self._equals: AnyStr = wire.equals
        self._semicolon: AnyStr = wire.semicolon
        self._empty: AnyStr = wire.equals[:0]
        self._exact: type[AnyStr] = type(wire.equals)
        self._reports_only = settings.mode is Mode.REPORT
        self._enforces = settings.mode is Mode.ENFORCE
        self._blocks = settings.mode is Mode.BLOCK
        self._kinds: BoundedCache[AnyStr, str] = BoundedCache(
            kind_in_page, most_entries=1024, most_bytes=256 * _KIB
        )
        self._categories: BoundedCache[AnyStr, str] = BoundedCache(
            judge.category_by_name, most_entries=1024, most_bytes=256 * _KIB
        )
        self._deletes_from: BoundedCache[AnyStr, float] = BoundedCache(
            deletes_from, most_entries=512, most_bytes=256 * _KIB, longest_key=512
        )
        self._reported: BoundedCache[tuple[AnyStr, Reason], None] = BoundedCache(
            most_entries=1024, most_bytes=256 * _KIB
        )
        self._caching: BoundedCache[Hashable, CachingOutcome[AnyStr]] = BoundedCache(
            most_entries=256, most_bytes=512 * _KIB, longest_key=_LONGEST_CACHING
        )

    def copy(self, headers: Iterable[Pair[AnyStr]]) -> list[Pair[AnyStr]]:
        """Return the headers in a list, in pairs and in texts that the application does not hold:
        what leaves is what was judged."""
        own = list(headers)
        exact = self._exact
        for header in own:
            if type(header) is tuple:  # else nothing is read: some can be read once
                name, value = header
                if type(name) is exact and type(value) is exact:
                    continue
            # Joining copies whatever holds bytes or characters: subclasses, bytearrays, views.
            join = self._empty.join
            return [(join((name,)), join((value,))) for name, value in own]
        return own

    def filter(
        self, exchange: Exchange, headers: Iterable[Pair[AnyStr]], *, is_handshake: bool = False
    ) -> list[Pair[AnyStr]]:
        """Return the headers that leave, in a list that nobody else holds.

        `headers` are pairs in wire order, repeats kept; a websocket's handshake gets no caching
        headers added. Raises Blocked where the whole response must not leave. May be called again
        for one exchange: a WSGI application may start its response anew after an error.
        """
        own = list(headers)
        if not exchange.needs_review and self.leaves_whole(own):
            return own
        return self.filter_copied(exchange, self.copy(own), is_handshake=is_handshake)

    def filter_copied(
        self,
        exchange: Exchange,
        own: list[Pair[AnyStr]],
        *,
        page: PageChange | None = None,
        is_handshake: bool = False,
    ) -> list[Pair[AnyStr]]:
        """Return what `filter` returns of headers that `copy` returned; `page` is how they change
        with what is put into the body."""
        blocked: list[Verdict] = []
        kept, caching_at, is_private = self._pass_over(exchange, own, blocked, page)
        first: list[Pair[AnyStr]] = []
        if exchange.has_changed:
            first = self._as_headers(self._choose(exchange))
            expired = self._expiries(exchange, kept, caching_at, page, is_handshake=is_handshake)
            if not self._reports_only:  # which reports what would be expired, and expires nothing
                kept += self._as_headers(expired)
                is_private = is_private or bool(expired)
        if self._reports_only:
            # Only a choice changes what leaves, and it is for its visitor alone here too.
            is_private = bool(first)
        else:
            is_private = is_private or exchange.is_private or bool(first)
        varies = exchange.varies_on_cookie or (page is not None and page.vary_on)
        if is_private or (varies and not self._reports_only):
            self._change_caching(
                exchange, kept, caching_at, is_private, page, adds=not is_handshake
            )
        if blocked and self._blocks:
            raise Blocked(blocked)
        return first + kept

    def screen(self, exchange: Exchange, headers: Iterable[Pair[AnyStr]]) -> list[Pair[AnyStr]]:
        """Return what leaves in a message that can't store a choice: trailers, early hints, pushed
        requests."""
        own = list(headers)
        if self.leaves_whole(own):
            return own
        return self._pass_over(exchange, self.copy(own), [], None)[0]

    def without_breaks(self, exchange: Exchange, headers: list[Pair[AnyStr]]) -> list[Pair[AnyStr]]:
        """Return the headers that end where they should; report those that do not."""
        if not self._may_break(headers):
            return headers
        decode = self._wire.decode
        return [pair for pair in headers if self.may_leave(exchange, decode(pair[0]), pair[1])]

    def may_leave(self, exchange: Exchange, name: str, value: AnyStr) -> bool:
        """Return whether a header ends where it should; report one that does not."""
        name_breaks = has_line_break(name)
        if not (name_breaks or self._wire.has_line_break(value)):
            return True
        if not name_breaks and header_kind(name) in COOKIE_KINDS:
            return True  # the verdict on the cookie says so itself
        exchange.report(Reason.HEADER_LINE_BREAK, _STRIP, name=name)
        if tells_caches(name):
            exchange.make_private()
        return self._reports_only

    def leaves_whole(
        self, own: list[Pair[AnyStr]], is_html: Mapping[AnyStr, bool] | None = None
    ) -> bool:
        """Return whether all headers leave byte for byte to everybody, as in most responses, and
        none is a Content-Type that `is_html` knows.

        Asked of an exchange that needs no review. The application must not hold the list.
        """
        kinds, exact = self._kinds, self._exact
        for header in own:
            if type(header) is not tuple:
                return False  # nothing is read of what may be read once
            name, value = header
            if type(name) is not exact or type(value) is not exact:
                return False
            kind = kinds[name]
            if kind not in _LOOKED_AT:
                continue
            if kind == SET_COOKIE:
                if not self._is_necessary(value):
                    return False
            elif kind == SMUGGLED or (is_html is not None and is_html[value]):
                return False
        return not (self.scans and self._may_break(own))

    def _is_necessary(self, value: AnyStr) -> bool:
        """Return whether a Set-Cookie leaves byte for byte to everybody, by its name alone."""
        cookie, has_name, _ = value.partition(self._equals)
        if not has_name or self._semicolon in cookie or self._categories[cookie] != NECESSARY:
            return False
        lf, cr, nul = self._wire.line_breaks
        return not (lf in value or cr in value or nul in value)

    def _may_break(self, own: list[Pair[AnyStr]]) -> bool:
        """Return whether there is a CR, LF or NUL in any of the headers."""
        return self._wire.has_line_break(self._empty.join(chain.from_iterable(own)))

    def _pass_over(
        self,
        exchange: Exchange,
        own: list[Pair[AnyStr]],
        blocked: list[Verdict],
        page: PageChange | None,
    ) -> tuple[list[Pair[AnyStr]], list[int], bool]:
        """Return the headers that are left, the places of the caching headers among them, and
        whether a cookie went or changed. `blocked` gets the verdicts for which the whole response
        may have to stay."""
        if self.scans:
            own = self.without_breaks(exchange, own)
        rewrites = page is not None and page.changes_body
        kinds, wire = self._kinds, self._wire
        kept: list[Pair[AnyStr]] = []
        caching_at: list[int] = []
        has_lost = False
        for header in own:
            kind = kinds[header[0]]
            leaving: Pair[AnyStr] | None = header
            if not kind or kind == CONTENT_TYPE:
                pass
            elif kind == SET_COOKIE:
                leaving = self._judge_cookie(exchange, header, blocked)
                has_lost = has_lost or leaving is not header
            elif kind == SMUGGLED:
                leaving = self._strip_smuggled(exchange, header, blocked)
                has_lost = has_lost or leaving is None
            elif kind not in OF_BODY:
                caching_at.append(len(kept))
            elif rewrites and page is not None:
                value = page.rewrite(kind, wire.decode(header[1]))
                leaving = None if value is None else (header[0], wire.encode(value))
            if leaving is not None:
                kept.append(leaving)
        return kept, caching_at, has_lost

    def _strip_smuggled(
        self, exchange: Exchange, header: Pair[AnyStr], blocked: list[Verdict]
    ) -> Pair[AnyStr] | None:
        exchange.report(Reason.HEADER_NAME, _STRIP)
        blocked.append(_SMUGGLED_VERDICT)
        return header if self._reports_only else None

    def _judge_cookie(
        self, exchange: Exchange, header: Pair[AnyStr], blocked: list[Verdict]
    ) -> Pair[AnyStr] | None:
        """Return what leaves of one Set-Cookie: the same header, another one, or None."""
        value = header[1]
        cookie, has_name, rest = value.partition(self._equals)
        lf, cr, nul = self._wire.line_breaks
        category = ASK_JUDGE
        if has_name and not (
            self._semicolon in cookie or lf in value or cr in value or nul in value
        ):
            category = self._categories[cookie]
        if category == NECESSARY:
            return header
        if category not in _NO_CATEGORIES:
            exchange.depends_on_choice()
            if category in exchange.choice.granted:
                exchange.make_private()
                return header
        if category and self._enforces and not exchange.inner_gate_values:
            # What deletes is the judge's too.
            moment = self._deletes_from[rest.partition(self._semicolon)[2]]
            if moment == inf or moment > self._settings.now_s():
                self._report_stripped(exchange, cookie, category, value)
                return None
        return self._ask_judge(exchange, header, blocked)

    def _report_stripped(
        self, exchange: Exchange, cookie: AnyStr, category: str, value: AnyStr
    ) -> None:
        """Report a cookie that does not leave, unless everybody has heard of it."""
        is_undeclared = category == UNDECLARED
        reason = _UNDECLARED if is_undeclared else exchange.why_denied((category,))
        if (cookie, reason) in self._reported:
            return
        name, text = self._wire.decode(cookie).strip(BLANKS), self._wire.decode(value)
        rule = self._settings.policy.rule_for(name)
        exchange.report(reason, _STRIP, name=name, rule=rule, set_cookie=text)
        if self._settings.reporter.is_reported(reason, _STRIP, name):
            self._reported.remember((cookie, reason), None)

    def _ask_judge(
        self, exchange: Exchange, header: Pair[AnyStr], blocked: list[Verdict]
    ) -> Pair[AnyStr] | None:
        text = self._wire.decode(header[1])
        verdict = self._judge.judge(text, exchange)
        if not verdict.is_unremarkable:
            reason, rule = verdict.reason, verdict.rule
            exchange.report(reason, verdict.action, name=verdict.name, rule=rule, set_cookie=text)
        # What is merely not renewed is no mistake: the application can't know that it came in.
        if verdict.value is None and verdict.reason is not Reason.NOT_RENEWED:
            blocked.append(verdict)
        if self._reports_only:
            return header
        if verdict.by_consent:
            exchange.make_private()
        if verdict.value is None:
            return None
        return header if verdict.value is text else (header[0], self._wire.encode(verdict.value))

    def _choose(self, exchange: Exchange) -> list[str]:
        """Return the Set-Cookie values of a changed choice; gates further out let them pass."""
        values = self._choice_cookie.values_for(exchange)
        outer = exchange.outer_gate
        while outer is not None:
            outer.inner_gate_values += tuple(values)
            outer = outer.outer_gate
        return values

    def _expiries(
        self,
        exchange: Exchange,
        kept: list[Pair[AnyStr]],
        caching_at: list[int],
        page: PageChange | None,
        *,
        is_handshake: bool,
    ) -> Sequence[str]:
        """Return the Set-Cookie values that expire what the visitor refused."""
        choice = exchange.new_choice
        if not (exchange.refused_but_sent if choice is None else choice.refused):
            return ()
        # A page with something of its visitor in it is for no shared cache, whatever it says.
        if not (page is not None and page.is_for_visitor):
            decode = self._wire.decode
            present = [(self._kinds[kept[at][0]], decode(kept[at][1])) for at in caching_at]
            if is_shareable(present):
                return ()
        return expiries(
            exchange, content_type="websocket" if is_handshake else self._content_type(kept)
        )

    def _content_type(self, kept: list[Pair[AnyStr]]) -> str:
        for name, value in kept:
            if self._kinds[name] == CONTENT_TYPE:
                return self._wire.decode(value)
        return ""

    def _as_headers(self, values: Iterable[str]) -> list[Pair[AnyStr]]:
        wire = self._wire
        return [(wire.set_cookie, wire.encode(value)) for value in values]

    def _change_caching(
        self,
        exchange: Exchange,
        kept: list[Pair[AnyStr]],
        caching_at: list[int],
        is_private: bool,  # noqa: FBT001 (all are positional here)
        page: PageChange | None,
        *,
        adds: bool,
    ) -> None:
        """Change the caching headers in place, so that no cache gives the response to a visitor
        whom it is not for. An application sends few different ones, so they are remembered."""
        vary: tuple[str, ...] = () if page is None or not page.vary_on else (page.vary_on,)
        if exchange.varies_on_cookie:
            vary += COOKIE_AND_GPC if exchange.varies_on_gpc else COOKIE
        revalidate = page is not None and page.is_for_visitor
        present = tuple(map(kept.__getitem__, caching_at))
        key = (vary, is_private, revalidate, present)
        outcome = self._caching.get(key)
        if outcome is None:
            outcome = find_outcome(
                self._wire, present, private=is_private, vary=vary, revalidate=revalidate
            )
            self._caching.remember(key, outcome, weight_bytes=outcome.weight_bytes)
        for at, header in zip(reversed(caching_at), reversed(outcome.left), strict=True):
            if header is None:
                del kept[at]
            else:
                kept[at] = header
        if adds:
            kept += outcome.added
