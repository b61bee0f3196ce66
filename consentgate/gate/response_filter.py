"""Decides by names alone what leaves: nearly every response, at a fraction of the judge's cost.

What the sieve returns is what `Gate.respond` would make of the same headers; where more than names
must be looked at it returns nothing, and the gate is asked.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from math import inf
from typing import Any, AnyStr, Generic

from consentgate.choice.consent import NECESSARY
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.gate import Gate
from consentgate.gate.options import Mode, Unknown
from consentgate.http.header_names import SET_COOKIE, SMUGGLED, Remembered
from consentgate.http.set_cookie import deletes_from, split_set_cookie

# Bound once: the access to an Enum's member costs more than all else that is done to a header.
_STRIP = Action.STRIP
_IS_UNDECLARED = Reason.UNDECLARED

_UNDECLARED = "?"
"""What stands for the category of a cookie that nobody declared, where such cookies go."""

_NO_CATEGORIES = frozenset({"", _UNDECLARED})

Headers = list[tuple[AnyStr, AnyStr]]
Gone = list[tuple[AnyStr, str]]
Breaks = tuple[Any, Any, Any]  # Any: numbers are in bytes, and texts in text
_Parts = tuple[
    Container[AnyStr], Remembered[AnyStr, str], Remembered[AnyStr, str], AnyStr, Any, Any, Any
]


@dataclass(frozen=True, slots=True)
class Alphabet(Generic[AnyStr]):
    """How a door writes headers: in text or in bytes.

    `breaks` are LF, CR and NUL in the form that `in` finds fastest. `private` and `vary` are the
    caching headers of a response that is for its visitor alone, and that depends on the choice.
    """

    equals: AnyStr
    semicolon: AnyStr
    breaks: Breaks
    private: tuple[AnyStr, AnyStr]
    vary: tuple[AnyStr, AnyStr]


class ResponseFilter(Generic[AnyStr]):
    """Sifts the headers of responses for one gate.

    `kinds` tells headers apart by their names, and gathers those that are of no kind. `always` are
    names of cookies that leave to everybody.
    """

    def __init__(
        self, gate: Gate, *, kinds: Remembered[AnyStr, str], alphabet: Alphabet[AnyStr]
    ) -> None:
        context = gate.context
        self._simple_category = gate.simple_category
        self._rule_for = context.policy.rule_for
        self._enforces = context.mode is Mode.ENFORCE
        self._strips_unknown = self._enforces and context.unknown is Unknown.STRIP
        self._deletes_from: Remembered[AnyStr, float] = Remembered(deletes_from)
        # The beginnings of values of which nobody wants to hear any more, by why they go.
        self._told: dict[Reason, set[AnyStr]] = {reason: set() for reason in Reason}
        self._semicolon: AnyStr = alphabet.semicolon
        category_of: Remembered[AnyStr, str] = Remembered(
            self._find_category, wanted=lambda category: category == NECESSARY
        )
        self._parts: _Parts[AnyStr] = (
            kinds.gathered,
            kinds,
            category_of,
            alphabet.equals,
            *alphabet.breaks,
        )
        self.always: Container[AnyStr] = category_of.gathered
        self._private: tuple[AnyStr, AnyStr] = alphabet.private
        self._vary: tuple[AnyStr, AnyStr] = alphabet.vary

    def sift(self, exchange: Exchange, headers: Headers[AnyStr]) -> Headers[AnyStr] | None:
        """The headers that leave, or None where names alone do not decide. `headers` is the
        gate's own list, and may be what is returned."""
        needs_review = exchange.needs_review
        if needs_review and (exchange.has_changed or exchange.varies_on_gpc):
            return None
        idle, kinds, category_of, equals, lf, cr, nul = self._parts
        granted: frozenset[str] | None = None
        is_private = tells_caches = False
        left: Headers[AnyStr] = []
        gone: Gone[AnyStr] = []
        done = 0
        for header in headers:
            name, value = header
            if name in idle:
                continue
            if kinds[name] != SET_COOKIE:
                if kinds[name] == SMUGGLED:
                    return None
                tells_caches = tells_caches or kinds[name] != ""
                continue
            cookie, has_name, _ = value.partition(equals)
            if not has_name or lf in value or cr in value or nul in value:
                return None
            category = category_of[cookie]
            if category == NECESSARY:
                continue
            if granted is None and category not in _NO_CATEGORIES:
                granted = exchange.consult().granted
            if granted is not None and category in granted:
                is_private = True
                continue
            if not self._goes(category, value, exchange):
                return None
            gone.append((cookie, category))
            place = headers.index(header, done)  # equal ones before it are gone as well
            left += headers[done:place]
            done = place + 1
        if granted is None and not (gone or needs_review or exchange.varies_on_cookie):
            return headers
        if tells_caches or not self._enforces:
            return None
        if is_private:
            exchange.is_private = exchange.needs_review = True
        if gone:
            self._tell(gone, exchange)
            left += headers[done:]
        else:
            left = headers
        if done or exchange.is_private:
            left.append(self._private)
        if exchange.varies_on_cookie:
            left.append(self._vary)
        return left

    def _goes(self, category: str, value: AnyStr, exchange: Exchange) -> bool:
        """True for a value that does not leave: it stores something, and no gate further in wrote
        it."""
        if category == "" or exchange.inner_gate_cookies:
            return False
        moment = self._deletes_from[value.partition(self._semicolon)[2]]
        return moment == inf or moment > exchange.context.now_s()

    def _tell(self, gone: Gone[AnyStr], exchange: Exchange) -> None:
        """Report each cookie that does not leave, where anybody still wants to hear of it."""
        before, reason = _UNDECLARED, _IS_UNDECLARED
        for cookie, category in gone:
            if category != before:
                before = category
                reason = (
                    _IS_UNDECLARED if category == _UNDECLARED else exchange.why_denied((category,))
                )
            if cookie not in self._told[reason]:
                self._report(cookie, reason, exchange)

    def _report(self, cookie: AnyStr, reason: Reason, exchange: Exchange) -> None:
        name = cookie if isinstance(cookie, str) else cookie.decode("latin-1")
        exchange.report(reason, _STRIP, name=name, rule=self._rule_for(name))
        if exchange.context.reporter.is_told(reason, name):
            self._told[reason].add(cookie)

    def _find_category(self, name: str) -> str:
        """The category that decides on a Set-Cookie value with this text before its first "="."""
        category = self._simple_category(name)
        # The name must be what a browser reads, and not empty: a nameless one is another case.
        if category or name == "" or split_set_cookie(f"{name}=") != (name, ""):
            return category
        is_unknown = self._rule_for(name) is None
        return _UNDECLARED if is_unknown and self._strips_unknown else ""
