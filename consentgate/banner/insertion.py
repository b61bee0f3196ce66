"""Puts bytes at the start of a page's body while the page passes in chunks.

What leaves is what came in, byte for byte, with the inserted bytes at one place or nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from consentgate.banner.body_start import BodyStart, Search
from consentgate.banner.html_tokens import EndOfText, Text

LONGEST_SEARCH = 65_536
"""In how many bytes the place is looked for, and so how many are held back at most before the
chunk that reaches them. A browser finds an encoding in the first 1024, and heads of 64 KiB have
been seen with all their styles in them."""

Make = Callable[[str | None, bytes], bytes]


class Found(Enum):
    """How the search for the place stands.

    SEARCHING: nothing has left yet. INSERTED: it was found. NOWHERE: the page has no body, such as
    one with frames, or it ended unfinished. TOO_FAR: none was found in the first 64 KiB.
    """

    SEARCHING = auto()
    INSERTED = auto()
    NOWHERE = auto()
    TOO_FAR = auto()


class Insertion:
    """The insertion into one page. `make` is called with the language that the page says it has
    and with what precedes the place, once, when that is known; what it returns is put there and is
    then `inserted`.

    From the moment when `found` is no longer SEARCHING there is nothing to feed any more.
    """

    __slots__ = ("_make", "_search", "_start", "_text", "found", "inserted")

    def __init__(self, make: Make) -> None:
        self.found = Found.SEARCHING
        self.inserted = b""
        self._make = make
        self._text = Text()
        self._start: BodyStart | None = None
        self._search: Search | None = None

    @property
    def held(self) -> bytes:
        """What is held back."""
        return bytes(self._text.so_far) if self.found is Found.SEARCHING else b""

    def feed(self, chunk: bytes) -> bytes:
        """What can leave now that this chunk came: nothing while the search goes on."""
        if self.found is not Found.SEARCHING:
            return chunk
        room = LONGEST_SEARCH - len(self._text.so_far)
        self._text.add(chunk[:room])
        try:
            next(self._searching())
        except StopIteration as end:
            return self._settle(end.value) + chunk[room:]
        if len(chunk) < room:
            return b""
        self.found = Found.TOO_FAR
        return bytes(self._text.so_far) + chunk[room:]

    def finish(self) -> bytes:
        """What is left when no chunk comes any more."""
        if self.found is not Found.SEARCHING:
            return b""
        search = self._searching()
        try:
            next(search)
            search.throw(EndOfText)
        except StopIteration as end:
            return self._settle(end.value)
        raise AssertionError("the search goes on after the end")  # pragma: no cover

    def _searching(self) -> Search:
        if self._search is None:
            self._start = BodyStart(self._text)
            self._search = self._start.find()
        return self._search

    def _settle(self, place: int | None) -> bytes:
        held = bytes(self._text.so_far)
        if place is None:
            self.found = Found.NOWHERE
            return held
        assert self._start is not None, "a search has a start"
        self.found = Found.INSERTED
        self.inserted = self._make(self._start.language, held[:place])
        return b"".join((held[:place], self.inserted, held[place:]))
