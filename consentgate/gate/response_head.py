"""The headers of one response, read once: for the gate's verdicts and for the banner."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import AnyStr, Generic

from consentgate._cache import BoundedCache, weigh_nothing
from consentgate.choice.consent import NECESSARY
from consentgate.gate.header_layout import HeaderLayout, lay_out
from consentgate.gate.judge import ASK_JUDGE, Judge
from consentgate.gate.other_headers import OtherHeaders
from consentgate.http.header_names import HELD, SET_COOKIE, kind_to_read
from consentgate.http.html_type import is_html_type
from consentgate.http.wire import Pair, WireFormat

# These stand in the place of a cookie's category.
IS_OTHER = "!"
"""The header is no Set-Cookie, and the gate looks at it all the same (`OtherHeaders`)."""

HAS_BREAK = "\n"
"""There is a CR, LF or NUL in some header. It comes last, and its place is none."""

_KIB = 1024
_LONGEST_NAMES = 1024  # characters of the names whose layout is remembered


class ResponseHead(Generic[AnyStr]):
    """What is known of a response by its headers alone.

    `pairs` are the headers in wire order, in a list, in pairs and in texts that the application
    does not hold: what leaves is what was judged. `questions` are why they do not leave byte for
    byte to everybody, none in most responses: the place of each Set-Cookie that does not leave for
    its name alone, with what its name says (`Judge.category_by_name`), and the marks above.
    `layout` says where all other headers are that may have to change or that tell something.
    `is_html`: the body is HTML whose markup can be read.
    """

    __slots__ = ("is_html", "layout", "pairs", "questions")

    is_html: bool
    layout: HeaderLayout
    pairs: list[Pair[AnyStr]]
    questions: list[tuple[int, str]]


class HeadReader(Generic[AnyStr]):
    """Reads the heads of responses under one policy, as one server interface writes them.

    `scans`: line breaks are looked for in all headers, not in the cookies alone.
    """

    def __init__(self, judge: Judge, *, wire: WireFormat[AnyStr], scans: bool) -> None:
        self._wire: WireFormat[AnyStr] = wire
        self._scans = scans
        self._exact: type[AnyStr] = type(wire.equals)
        self._empty: AnyStr = wire.equals[:0]
        self._line_breaks = wire.line_breaks
        self._equals: AnyStr = wire.equals
        self._semicolon: AnyStr = wire.semicolon
        self._kinds: BoundedCache[AnyStr, str] = BoundedCache(
            partial(_kind_of, judge.others), most_entries=1024, most_bytes=256 * _KIB
        )
        self._layouts: BoundedCache[tuple[AnyStr, ...], HeaderLayout] = BoundedCache(
            most_entries=512, most_bytes=512 * _KIB, longest_key=_LONGEST_NAMES
        )
        self._categories: BoundedCache[AnyStr, str] = BoundedCache(
            judge.category_by_name, most_entries=1024, most_bytes=256 * _KIB
        )
        self._html_types: BoundedCache[AnyStr, bool] = BoundedCache(
            is_html_type, most_entries=256, most_bytes=64 * _KIB, weigh=weigh_nothing
        )

    def read(self, headers: Iterable[Pair[AnyStr]]) -> ResponseHead[AnyStr]:
        """Return what the headers say; they are pairs in wire order, repeats kept."""
        pairs, exact = list(headers), self._exact
        sent_names: list[AnyStr] = []
        for header in pairs:
            if type(header) is not tuple:
                return self._read_copies(pairs)  # nothing is read of what may be read once
            name, value = header
            if type(name) is not exact or type(value) is not exact:
                return self._read_copies(pairs)
            sent_names.append(name)
        names = tuple(sent_names)
        layout = self._layouts.get(names)
        if layout is None:
            layout = self._lay_out(names)
        questions: list[tuple[int, str]] = []
        lf, cr, nul = self._line_breaks
        for at, kind in layout.cookies:
            category = IS_OTHER
            if kind == SET_COOKIE:
                value = pairs[at][1]
                cookie, has_name, _ = value.partition(self._equals)
                # What may be a value, such as of a cookie without a name, is not remembered.
                is_plain = has_name and self._semicolon not in cookie
                if is_plain and not (lf in value or cr in value or nul in value):
                    category = self._categories[cookie]
                else:
                    category = ASK_JUDGE
            if category != NECESSARY:
                questions.append((at, category))
        if self._scans:
            text = self._empty.join(chain.from_iterable(pairs))
            if lf in text or cr in text or nul in text:
                questions.append((-1, HAS_BREAK))
        is_html = layout.types != ()
        for at in layout.types:  # all must say so
            is_html = is_html and self._html_types[pairs[at][1]]
        head: ResponseHead[AnyStr] = ResponseHead()
        head.pairs = pairs
        head.questions = questions
        head.layout = layout
        head.is_html = is_html
        return head

    def leaves_by_name(self, name: AnyStr) -> bool:
        """Return whether a cookie of this name leaves whatever its value and its attributes are,
        unless there is a line break among them."""
        return self._categories[name] == NECESSARY

    def _lay_out(self, names: tuple[AnyStr, ...]) -> HeaderLayout:
        layout = lay_out([self._kinds[name] for name in names])
        self._layouts.remember(names, layout, weight_bytes=layout.weight_bytes)
        return layout

    def _read_copies(self, pairs: list[Pair[AnyStr]]) -> ResponseHead[AnyStr]:
        # Joining copies whatever holds bytes or characters: subclasses, bytearrays, views.
        join = self._empty.join
        return self.read([(join((name,)), join((value,))) for name, value in pairs])


def _kind_of(others: OtherHeaders, name: str) -> str:
    return HELD if others.holds(name) else kind_to_read(name)
