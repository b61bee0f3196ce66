"""Decides which headers of a response leave, in one pass, for bytes and text alike.

What a cookie's name decides is decided here; all else is the judge's, which is asked for that one
cookie. The filter has no rule of its own: `Judge.category_by_name` says what a name decides.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from math import inf
from typing import AnyStr, Generic

from consentgate._cache import BoundedCache
from consentgate.gate.caching_outcome import CachingOutcome, find_outcome
from consentgate.gate.choice_cookie import ChoiceCookie
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.judge import (
    ASK_JUDGE,
    MAY_OUTLIVE,
    UNDECLARED,
    Blocked,
    Judge,
    Verdict,
)
from consentgate.gate.options import Mode
from consentgate.gate.page_change import PageChange
from consentgate.gate.response_head import (
    HAS_BREAK,
    IS_OTHER,
    HeadReader,
    ResponseHead,
)
from consentgate.gate.settings import GateSettings
from consentgate.gate.withdrawal import clearing, expiries
from consentgate.http.caching import COOKIE, COOKIE_AND_GPC, is_shareable
from consentgate.http.header_names import COOKIE_KINDS, header_kind, tells_caches
from consentgate.http.set_cookie import BLANKS, deletes_from, earliest_date, has_line_break
from consentgate.http.wire import Pair, WireFormat

# Bound once: the access to an Enum's member costs more than all else that is done to a header.
_STRIP = Action.STRIP
_CLAMP = Action.CLAMP
_UNDECLARED = Reason.UNDECLARED
_CLAMPED = Reason.CLAMPED

_LONGEST_CACHING = 512  # characters of the headers whose outcome is remembered
_KIB = 1024


class ResponseFilter(Generic[AnyStr]):
    """Filters the headers of responses for one gate, as one server interface writes them.

    `read` reads the headers of a response; `filter` returns what leaves of them.

    `scans`: headers with a CR, LF or NUL are taken out (RFC 9110 section 5.5). Where a server sends
    them all the same, what follows the line break is a line of its own, and can be a Set-Cookie on
    which there was no verdict.
    """

    writes_address = False
    """Whether an address of the gate's own is among the headers, so that its mount is needed."""

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
        self.reader: HeadReader[AnyStr] = HeadReader(judge, wire=wire, scans=scans)
        self.read: Callable[[Iterable[Pair[AnyStr]]], ResponseHead[AnyStr]] = self.reader.read
        self._equals: AnyStr = wire.equals
        self._semicolon: AnyStr = wire.semicolon
        self._reports_only = settings.mode is Mode.REPORT
        self._enforces = settings.mode is Mode.ENFORCE
        self._blocks = settings.mode is Mode.BLOCK
        # By what the site picks a regime is unknown, so no cache can tell visitors apart by it.
        self._picks_regime = len(settings.policy.regimes) > 1
        self._deletes_from: BoundedCache[AnyStr, float] = BoundedCache(
            deletes_from, most_entries=512, most_bytes=256 * _KIB, longest_key=512
        )
        self._clamped: BoundedCache[tuple[AnyStr, AnyStr], tuple[float, AnyStr]] = BoundedCache(
            most_entries=512, most_bytes=256 * _KIB, longest_key=512
        )
        self._reported: BoundedCache[tuple[AnyStr, Reason], None] = BoundedCache(
            most_entries=1024, most_bytes=256 * _KIB
        )
        self._caching: BoundedCache[Hashable, CachingOutcome[AnyStr]] = BoundedCache(
            most_entries=256, most_bytes=512 * _KIB, longest_key=_LONGEST_CACHING
        )

    def filter(
        self,
        exchange: Exchange,
        head: ResponseHead[AnyStr],
        *,
        page: PageChange | None = None,
        is_handshake: bool = False,
    ) -> list[Pair[AnyStr]]:
        """Return the headers that leave, in a list that nobody else holds.

        `page` is how they change with what is put into the body; a websocket's handshake gets no
        caching headers added. Raises Blocked where the whole response must not leave. May be called
        again for one exchange: a WSGI application may start its response anew after an error.
        """
        if not head.questions and page is None and not exchange.needs_review:
            return head.pairs  # as they came, like most
        if self.scans and head.questions and head.questions[-1][1] == HAS_BREAK:
            head = self._in_whole_lines(exchange, head)
        blocked: list[Verdict] = []
        left: list[Pair[AnyStr] | None] = list(head.pairs)
        is_private = False
        if head.questions:
            is_private = self._judge_cookies(exchange, head, left, blocked)
        if page is not None and page.changes_body:
            self._rewrite_of_body(head, left, page)
        first: list[Pair[AnyStr]] = []
        expired: list[Pair[AnyStr]] = []
        if exchange.has_changed:
            first = self._as_headers(self._choose(exchange))
            expired = self._expiries(exchange, head, page, is_handshake=is_handshake)
            if self._settings.clears_storage:
                expired += clearing(exchange, self._wire)
        varies = exchange.varies_on_cookie or (page is not None and page.vary_on)
        if self._reports_only:
            # What would be expired was reported. Only a choice changes what leaves, and it is for
            # its visitor alone here too, as is what answers one that does not count.
            stored = exchange.known_choice
            is_doubtful = stored is not None and stored.is_doubtful
            is_private, expired = bool(first) or is_doubtful, []
            varies = varies and is_private
        elif first or expired or exchange.is_private or (varies and self._picks_regime):
            is_private = True
        added = expired
        if is_private or varies:
            changed = self._change_caching(exchange, head, left, is_private, page)
            if not is_handshake:
                added = expired + changed
        if blocked and self._blocks:
            raise Blocked(blocked)
        return first + list(filter(None, left)) + added

    def screen(self, exchange: Exchange, headers: Iterable[Pair[AnyStr]]) -> list[Pair[AnyStr]]:
        """Return what leaves in a message that can't store a choice: trailers, early hints, pushed
        requests."""
        head = self.reader.read(headers)
        if not head.questions:
            return head.pairs
        if self.scans and head.questions[-1][1] == HAS_BREAK:
            head = self._in_whole_lines(exchange, head)
        left: list[Pair[AnyStr] | None] = list(head.pairs)
        self._judge_cookies(exchange, head, left, [])
        return list(filter(None, left))

    def screen_links(self, exchange: Exchange, links: Iterable[bytes]) -> Iterable[bytes]:
        """Return what leaves of the values of Link in an early hint: all, since no cookie can be
        in them."""
        return links

    def without_breaks(self, exchange: Exchange, headers: list[Pair[AnyStr]]) -> list[Pair[AnyStr]]:
        """Return the headers that end where they should; report those that do not."""
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

    def _in_whole_lines(
        self, exchange: Exchange, head: ResponseHead[AnyStr]
    ) -> ResponseHead[AnyStr]:
        """Return the head without the headers that do not end where they should."""
        return self.reader.read(self.without_breaks(exchange, head.pairs))

    def _judge_cookies(
        self,
        exchange: Exchange,
        head: ResponseHead[AnyStr],
        left: list[Pair[AnyStr] | None],
        blocked: list[Verdict],
    ) -> bool:
        """Put in place what leaves of each header in question, None for nothing; return whether one
        went or changed. `blocked` gets the verdicts for which the whole response may have to stay.
        """
        has_lost = False
        decode = self._wire.decode
        dates = head.layout.dates
        if dates:
            exchange.date_s = earliest_date([decode(head.pairs[at][1]) for at in dates])
        granted: frozenset[str] | None = None  # asked for at most once
        keeps = False
        for at, category in head.questions:
            header = head.pairs[at]
            if category == HAS_BREAK:
                continue  # of a cookie, which has a verdict, or merely reported
            if category == ASK_JUDGE:
                leaving = self._ask_judge(exchange, header, blocked)
            elif category == IS_OTHER:
                leaving = self._judge_other(exchange, header, blocked)
            elif category == UNDECLARED:
                leaving = self._deny(exchange, header, category, blocked)
            else:
                if granted is None:
                    granted = exchange.choice.granted
                may_outlive = category[0] == MAY_OUTLIVE
                name = category[1:] if may_outlive else category
                if name not in granted:
                    leaving = self._deny(exchange, header, name, blocked)
                else:
                    keeps = True
                    leaving = self._limit(exchange, header, blocked) if may_outlive else header
            if leaving is not header:
                left[at] = leaving
                has_lost = True
        if granted is not None:
            exchange.depends_on_choice()
        if keeps:
            exchange.make_private()
        return has_lost

    def _rewrite_of_body(
        self, head: ResponseHead[AnyStr], left: list[Pair[AnyStr] | None], page: PageChange
    ) -> None:
        """Put in place what the headers about the body say of it now."""
        for at, kind in head.layout.of_body:
            name, value = head.pairs[at]
            text = page.rewrite(kind, self._wire.decode(value))
            left[at] = None if text is None else (name, self._wire.encode(text))

    def _judge_other(
        self, exchange: Exchange, header: Pair[AnyStr], blocked: list[Verdict]
    ) -> Pair[AnyStr] | None:
        """Return what leaves of a header that is no Set-Cookie."""
        name, value = self._wire.decode(header[0]), self._wire.decode(header[1])
        left, refused = self._judge.others.judge(exchange, name, value)
        blocked += [Verdict(_STRIP, why.reason, why.name, why.rule, None) for why in refused]
        if self._reports_only or left is value:
            return header
        return None if left is None else (header[0], self._wire.encode(left))

    def _deny(
        self,
        exchange: Exchange,
        header: Pair[AnyStr],
        category: str,
        blocked: list[Verdict],
    ) -> Pair[AnyStr] | None:
        """Return what leaves of a Set-Cookie whose name has no consent, or is not declared."""
        if self._enforces and not exchange.inner_gate_values:
            # What deletes is the judge's too.
            cookie, _, rest = header[1].partition(self._equals)
            moment = self._deletes_from[rest.partition(self._semicolon)[2]]
            if moment == inf or moment > self._settings.now_s():
                is_declared = category != UNDECLARED
                reason = exchange.why_denied((category,)) if is_declared else _UNDECLARED
                if (cookie, reason) not in self._reported:
                    self._report_known(exchange, cookie, reason, _STRIP, header[1])
                return None
        return self._ask_judge(exchange, header, blocked)

    def _limit(
        self, exchange: Exchange, header: Pair[AnyStr], blocked: list[Verdict]
    ) -> Pair[AnyStr] | None:
        """Return what leaves of a Set-Cookie that is allowed and has a declared lifetime."""
        pair, semicolon, attributes = header[1].partition(self._semicolon)
        cookie = pair.partition(self._equals)[0]
        key = (cookie, attributes)
        known = self._clamped.get(key)
        if known is None:
            moment, text = self._judge.clamped(*map(self._wire.decode, key))
            known = (moment, self._wire.encode(text))
            self._clamped.remember(key, known, weight_bytes=2 * len(attributes))
        fits_from_s, end = known
        if not semicolon or fits_from_s == -inf:
            return header
        # Browsers count an Expires from a Date of the application's.
        if fits_from_s != inf and exchange.date_s is not None:
            return self._ask_judge(exchange, header, blocked)
        if fits_from_s <= self._settings.now_s():
            return header
        if (cookie, _CLAMPED) not in self._reported:
            self._report_known(exchange, cookie, _CLAMPED, _CLAMP, header[1])
        return header[0], pair + end

    def _report_known(
        self, exchange: Exchange, cookie: AnyStr, reason: Reason, action: Action, value: AnyStr
    ) -> None:
        """Report what became of a cookie, and remember once everybody has heard of it."""
        name, text = self._wire.decode(cookie).strip(BLANKS), self._wire.decode(value)
        rule = self._settings.policy.rule_for(name)
        exchange.report(reason, action, name=name, rule=rule, set_cookie=text)
        if self._settings.reporter.is_reported(reason, action, name):
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
        head: ResponseHead[AnyStr],
        page: PageChange | None,
        *,
        is_handshake: bool,
    ) -> list[Pair[AnyStr]]:
        """Return the Set-Cookie headers that expire what the visitor refused."""
        choice = exchange.new_choice
        if not (exchange.refused_but_sent if choice is None else choice.refused):
            return []
        decode, pairs, layout = self._wire.decode, head.pairs, head.layout
        # A page with something of its visitor in it is for no shared cache, whatever it says.
        is_for_visitor = page is not None and page.is_for_visitor
        present = [(kind, decode(pairs[at][1])) for at, kind in layout.caching]
        if not is_for_visitor and is_shareable(present):
            return []
        types = [decode(pairs[at][1]) for at in layout.types] or [""]
        content_type = "websocket" if is_handshake else types[0]
        return self._as_headers(expiries(exchange, content_type=content_type))

    def _as_headers(self, values: Iterable[str]) -> list[Pair[AnyStr]]:
        wire = self._wire
        return [(wire.set_cookie, wire.encode(value)) for value in values]

    def _change_caching(
        self,
        exchange: Exchange,
        head: ResponseHead[AnyStr],
        left: list[Pair[AnyStr] | None],
        is_private: bool,  # noqa: FBT001 (all are positional here)
        page: PageChange | None,
    ) -> list[Pair[AnyStr]]:
        """Change the caching headers in place, so that no cache gives the response to a visitor
        whom it is not for; return those to add. An application sends few different ones, so they
        are remembered."""
        vary: tuple[str, ...] = () if page is None else page.vary_on
        if exchange.varies_on_cookie:
            vary += COOKIE_AND_GPC if exchange.varies_on_gpc else COOKIE
        revalidate = page is not None and page.is_for_visitor
        caching = head.layout.caching
        present = tuple([head.pairs[at] for at, _ in caching]) if caching else ()
        key = (vary, is_private, revalidate, present)
        outcome = self._caching.get(key)
        if outcome is None:
            outcome = find_outcome(
                self._wire, present, private=is_private, vary=vary, revalidate=revalidate
            )
            self._caching.remember(key, outcome, weight_bytes=outcome.weight_bytes)
        changed, added, _ = outcome
        for (at, _), header in zip(caching, changed, strict=True):
            left[at] = header
        return added
