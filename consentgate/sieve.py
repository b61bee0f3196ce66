"""Decides by names alone what leaves: nearly every response, at a fraction of the judge's cost.

What the sieve returns is what `Gate.respond` would make of the same headers; where more than names
must be looked at it returns nothing, and the gate is asked.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from math import inf
from typing import Any, AnyStr, Generic

from consentgate.consent import NECESSARY
from consentgate.enforcement import Mode, Unknown
from consentgate.events import Action, Reason
from consentgate.gate import Gate
from consentgate.headers import SET_COOKIE, SMUGGLED, Remembered
from consentgate.set_cookie import deletes_from, split_set_cookie
from consentgate.visit import Visit

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


class Sieve(Generic[AnyStr]):
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

    def sift(self, visit: Visit, headers: Headers[AnyStr]) -> Headers[AnyStr] | None:
        """The headers that leave, or None where names alone do not decide. `headers` is the
        gate's own list, and may be what is returned."""
        touched = visit.touched
        if touched and (visit.has_changed or visit.showed_signal):
            return None
        idle, kinds, category_of, equals, lf, cr, nul = self._parts
        granted: frozenset[str] | None = None
        let_out = tells_caches = False
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
                granted = visit.consult().granted
            if granted is not None and category in granted:
                let_out = True
                continue
            if not self._goes(category, value, visit):
                return None
            gone.append((cookie, category))
            place = headers.index(header, done)  # equal ones before it are gone as well
            left += headers[done:place]
            done = place + 1
        if granted is None and not (gone or touched or visit.consulted):
            return headers
        if tells_caches or not self._enforces:
            return None
        if let_out:
            visit.let_out = visit.touched = True
        if gone:
            self._tell(gone, visit)
            left += headers[done:]
        else:
            left = headers
        if done or visit.let_out:
            left.append(self._private)
        if visit.consulted:
            left.append(self._vary)
        return left

    def _goes(self, category: str, value: AnyStr, visit: Visit) -> bool:
        """True for a value that does not leave: it stores something, and no gate further in wrote
        it."""
        if category == "" or visit.inner_preferences:
            return False
        moment = self._deletes_from[value.partition(self._semicolon)[2]]
        return moment == inf or moment > visit.context.now_s()

    def _tell(self, gone: Gone[AnyStr], visit: Visit) -> None:
        """Report each cookie that does not leave, where anybody still wants to hear of it."""
        before, reason = _UNDECLARED, _IS_UNDECLARED
        for cookie, category in gone:
            if category != before:
                before = category
                reason = (
                    _IS_UNDECLARED if category == _UNDECLARED else visit.why_denied((category,))
                )
            if cookie not in self._told[reason]:
                self._report(cookie, reason, visit)

    def _report(self, cookie: AnyStr, reason: Reason, visit: Visit) -> None:
        name = cookie if isinstance(cookie, str) else cookie.decode("latin-1")
        visit.report(reason, _STRIP, name=name, rule=self._rule_for(name))
        if visit.context.reporter.is_told(reason, name):
            self._told[reason].add(cookie)

    def _find_category(self, name: str) -> str:
        """The category that decides on a Set-Cookie value with this text before its first "="."""
        category = self._simple_category(name)
        # The name must be what a browser reads, and not empty: a nameless one is another case.
        if category or name == "" or split_set_cookie(f"{name}=") != (name, ""):
            return category
        is_unknown = self._rule_for(name) is None
        return _UNDECLARED if is_unknown and self._strips_unknown else ""
