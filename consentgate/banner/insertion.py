"""Puts bytes at the start of a page's body while the page passes in chunks.

What leaves is what came in, byte for byte, with the inserted bytes at one place or nowhere. What is
before that place for certain leaves at once.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from consentgate.banner.body_start import BodyStart, Search
from consentgate.banner.html_tokens import EndOfText, Text

LONGEST_SEARCH = 65_536
"""In how many bytes the place is looked for, and so how many are kept at most before the chunk that
reaches them. A browser finds an encoding in the first 1024, and heads of 64 KiB have
been seen with all their styles in them."""

Make = Callable[[str | None, bytes], bytes]


class Found(Enum):
    """How the search for the place stands.

    SEARCHING: it may still come. INSERTED: it was found. NOWHERE: the page has no body, such as one
    with frames, or it ended unfinished, or it is none. TOO_FAR: none was found in the first 64 KiB.
    """

    SEARCHING = auto()
    INSERTED = auto()
    NOWHERE = auto()
    TOO_FAR = auto()


# Bound once: the access to an Enum's member costs more than what is done with it.
SEARCHING, INSERTED, NOWHERE = Found.SEARCHING, Found.INSERTED, Found.NOWHERE


class Insertion:
    """The insertion into one page. `make` is called with the language that the page says it has
    and with what precedes the place, once, when that is known; what it returns is put there.
    `documents_only`: nothing is put into what may be a part of a page.

    From the moment when `found` is no longer SEARCHING there is nothing to feed any more.
    """

    __slots__ = ("_documents_only", "_make", "_search", "_sent", "_start", "_text", "found")

    def __init__(self, make: Make, *, documents_only: bool = False) -> None:
        self.found = SEARCHING
        self._make = make
        self._documents_only = documents_only
        self._text = Text()
        self._start = BodyStart(self._text)
        self._search: Search = self._start.find()
        self._sent = 0

    @property
    def held(self) -> bytes:
        """What is held back."""
        return self._unsent() if self.found is SEARCHING else b""

    def feed(self, chunk: bytes) -> bytes:
        """What can leave now that this chunk came: what is before the place for certain."""
        if self.found is not SEARCHING:
            return chunk
        room = LONGEST_SEARCH - len(self._text.so_far)
        self._text.add(chunk[:room])
        try:
            next(self._search)
        except StopIteration as end:
            return self._settle(end.value) + chunk[room:]
        if len(chunk) < room:
            return self._pass()
        self.found = Found.TOO_FAR
        return self._unsent() + chunk[room:]

    def finish(self) -> bytes:
        """What is left when no chunk comes any more."""
        if self.found is not SEARCHING:
            return b""
        try:
            next(self._search)
            self._search.throw(EndOfText)
        except StopIteration as end:
            return self._settle(end.value)
        raise AssertionError("the search goes on after the end")  # pragma: no cover

    def _pass(self) -> bytes:
        """Return what is before the place wherever that will be, and has not left: nothing as long
        as the text may be none of a page."""
        if not self._start.is_document:
            return b""
        sent, self._sent = self._sent, max(self._sent, self._start.passed)
        return bytes(self._text.so_far[sent : self._sent])

    def _unsent(self) -> bytes:
        return bytes(self._text.so_far[self._sent :])

    def _settle(self, place: int | None) -> bytes:
        if place is None or (self._documents_only and not self._start.is_document):
            self.found = NOWHERE
            return self._unsent()
        self.found = INSERTED
        text = bytes(self._text.so_far)
        made = self._make(self._start.language, text[:place])
        return b"".join((text[self._sent : place], made, text[place:]))
