"""The headers of one response, read once: for the gate's verdicts and for the banner."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import AnyStr, Generic

from consentgate._cache import BoundedCache, weigh_nothing
from consentgate.choice.consent import NECESSARY
from consentgate.gate.judge import ASK_JUDGE, Judge
from consentgate.http.header_names import CONTENT_TYPE, SET_COOKIE, SMUGGLED, kind_to_read
from consentgate.http.html_type import is_html_type
from consentgate.http.wire import Pair, WireFormat

# These stand in the place of a cookie's category.
IS_SMUGGLED = "!"
"""The header would become a Set-Cookie on its way."""

HAS_BREAK = "\n"
"""There is a CR, LF or NUL in some header. It comes last, and its place is none."""

Noted = list[tuple[int, str]]
"""Places of headers, each with what is to be known of it."""

_KIB = 1024


class ResponseHead(Generic[AnyStr]):
    """What is known of a response by its headers alone.

    `pairs` are the headers in wire order, in a list, in pairs and in texts that the application
    does not hold: what leaves is what was judged. `questions` are why they do not leave byte for
    byte to everybody, none in most responses: the place of each Set-Cookie that does not leave for
    its name alone, with what its name says (`Judge.category_by_name`), and the marks above. `noted`
    are the places of all other headers that may have to change or that tell something, with their
    kind (`kind_to_read`). `is_html`: the body is HTML whose markup can be read.
    """

    __slots__ = ("is_html", "noted", "pairs", "questions")

    is_html: bool
    noted: Noted
    pairs: list[Pair[AnyStr]]
    questions: Noted


class HeadReader(Generic[AnyStr]):
    """Reads the heads of responses under one policy, as one server interface writes them.

    `scans`: line breaks are looked for in all headers, not in the cookies alone.
    """

    def __init__(self, judge: Judge, *, wire: WireFormat[AnyStr], scans: bool) -> None:
        self._wire: WireFormat[AnyStr] = wire
        self._scans = scans
        self._exact: type[AnyStr] = type(wire.equals)
        self._empty: AnyStr = wire.equals[:0]
        self._equals: AnyStr = wire.equals
        self._semicolon: AnyStr = wire.semicolon
        self._kinds: BoundedCache[AnyStr, str] = BoundedCache(
            kind_to_read, most_entries=1024, most_bytes=256 * _KIB
        )
        self._categories: BoundedCache[AnyStr, str] = BoundedCache(
            judge.category_by_name, most_entries=1024, most_bytes=256 * _KIB
        )
        self._html_types: BoundedCache[AnyStr, bool] = BoundedCache(
            is_html_type, most_entries=256, most_bytes=64 * _KIB, weigh=weigh_nothing
        )

    def read(self, headers: Iterable[Pair[AnyStr]]) -> ResponseHead[AnyStr]:
        """Return what the headers say; they are pairs in wire order, repeats kept."""
        own, exact, kinds = list(headers), self._exact, self._kinds
        questions: Noted = []
        noted: Noted = []
        html = None
        at = -1
        for header in own:
            at += 1
            if type(header) is not tuple:
                return self._read_copies(own)  # nothing is read of what may be read once
            name, value = header
            if type(name) is not exact or type(value) is not exact:
                return self._read_copies(own)
            kind = kinds[name]
            if not kind:
                continue
            if kind == SET_COOKIE:
                category = ASK_JUDGE
                cookie, has_name, _ = value.partition(self._equals)
                lf, cr, nul = self._wire.line_breaks
                # What may be a value, such as of a cookie without a name, is not remembered.
                if has_name and not (
                    self._semicolon in cookie or lf in value or cr in value or nul in value
                ):
                    category = self._categories[cookie]
                if category != NECESSARY:
                    questions.append((at, category))
            elif kind == SMUGGLED:
                questions.append((at, IS_SMUGGLED))
            else:
                noted.append((at, kind))
                if kind == CONTENT_TYPE:
                    html = html is not False and self._html_types[value]  # all must say so
        head: ResponseHead[AnyStr] = ResponseHead()
        head.pairs = own
        head.questions = questions + self._breaks_in(own) if self._scans else questions
        head.noted = noted
        head.is_html = html is True
        return head

    def _breaks_in(self, own: list[Pair[AnyStr]]) -> Noted:
        has_break = self._wire.has_line_break(self._empty.join(chain.from_iterable(own)))
        return [(-1, HAS_BREAK)] if has_break else []

    def _read_copies(self, own: list[Pair[AnyStr]]) -> ResponseHead[AnyStr]:
        # Joining copies whatever holds bytes or characters: subclasses, bytearrays, views.
        join = self._empty.join
        return self.read([(join((name,)), join((value,))) for name, value in own])
