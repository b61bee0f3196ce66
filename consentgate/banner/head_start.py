"""Puts bytes where a page's head starts, or before a worker's script, while it passes.

The place is the one after the `<head>` tag, or else before the first thing that a browser puts into
a head or a body (HTML standard, sections 13.2.6.4.1 to 13.2.6.4.4), so that nothing of the page
runs before.
"""

from __future__ import annotations

import re
from collections.abc import Generator

from consentgate.banner.body_start import (
    JSON_BEGINNINGS,
    MARK_BEGINNINGS,
    UTF_8_MARK,
    UTF_16_MARKS,
    XML_DECLARATION,
    Search,
)
from consentgate.banner.html_tokens import (
    Tag,
    Text,
    end_of_declaration,
    end_of_tag,
    read_tag,
)
from consentgate.banner.insertion import LONGEST_SEARCH, Found

_BLANKS = re.compile(rb"[\t\n\f\r ]*+")
_LESS = ord("<")
_DECLARATIONS = (b"<!", b"<?", b"</")
_DOCTYPE = b"<!doctype"

# A directive counts only before everything else (ECMA-262, Directive Prologues).
_STRICT = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:\s|//[^\n]*\n|/\*.*?\*/)*(["'])use strict\1""", re.DOTALL
)


class HeadInsertion:
    """The insertion into one page. `documents_only`: nothing is put into what may be a part of a
    page. From the moment when `found` is no longer SEARCHING all that is fed passes."""

    __slots__ = ("_documents_only", "_is_document", "_made", "_search", "_text", "found")

    def __init__(self, made: bytes, *, documents_only: bool = False) -> None:
        self.found = Found.SEARCHING
        self._made = made
        self._documents_only = documents_only
        self._is_document = False
        self._text = Text()
        self._search: Search = self._find()

    @property
    def added_bytes(self) -> int:
        """How much longer the page is, as far as is known."""
        return len(self._made) if self.found is Found.INSERTED else 0

    @property
    def held(self) -> bytes:
        """What is held back."""
        return bytes(self._text.so_far) if self.found is Found.SEARCHING else b""

    def feed(self, chunk: bytes) -> bytes:
        """Return what can leave now that this chunk came."""
        if self.found is not Found.SEARCHING:
            return chunk
        self._text.add(chunk)
        try:
            next(self._search)
        except StopIteration as end:
            return self._settle(end.value)
        if len(self._text.so_far) < LONGEST_SEARCH:
            return b""
        return self._settle(None)

    def finish(self) -> bytes:
        """Return what is left when no chunk comes any more."""
        return self._settle(None) if self.found is Found.SEARCHING else b""

    def _settle(self, place: int | None) -> bytes:
        text = bytes(self._text.so_far)
        if place is None or (self._documents_only and not self._is_document):
            self.found = Found.NOWHERE
            return text
        self.found = Found.INSERTED
        return b"".join((text[:place], self._made, text[place:]))

    def _find(self) -> Search:
        """Return the place, None where there is none."""
        text = self._text
        while bytes(text.so_far[:3]) in MARK_BEGINNINGS:
            yield
        if text.so_far.startswith(UTF_16_MARKS):
            return None  # nothing of it is markup in ASCII (Encoding standard, section 6)
        start = len(UTF_8_MARK) if text.so_far.startswith(UTF_8_MARK) else 0
        start = yield from self._pass_blanks(start)
        if text.so_far.startswith(JSON_BEGINNINGS, start):
            return None
        first = start
        start, tag = yield from self._next_tag(start)
        if tag is not None and tag.name == b"html":
            self._is_document = True
            start, tag = yield from self._next_tag((yield from end_of_tag(text, tag.after)))
        elif text.so_far.startswith(XML_DECLARATION, first):
            return None  # another root than that of a page, or none
        if tag is not None and tag.name == b"head":
            self._is_document = True
            return (yield from end_of_tag(text, tag.after))
        return start

    def _next_tag(self, start: int) -> Generator[None, None, tuple[int, Tag | None]]:
        """Return the place after blanks, doctypes and comments, and the tag there, None where there
        is something else."""
        text = self._text
        while True:
            start = yield from self._pass_blanks(start)
            if text.so_far[start] != _LESS:
                return start, None
            tag = yield from read_tag(text, start)
            if tag is not None or not text.so_far.startswith(_DECLARATIONS, start):
                return start, tag
            after = yield from end_of_declaration(text, start)
            beginning = bytes(text.so_far[start : start + len(_DOCTYPE)]).lower()
            self._is_document = self._is_document or beginning == _DOCTYPE
            start = after

    def _pass_blanks(self, start: int) -> Generator[None, None, int]:
        while True:
            passed = _BLANKS.match(self._text.so_far, start)
            assert passed is not None, "the pattern takes nothing too"
            start = passed.end()
            if start < len(self._text.so_far):
                return start
            yield


class ScriptInsertion:
    """The insertion before the script of a worker, which stays strict where it says so."""

    __slots__ = ("_made", "found", "held")

    def __init__(self, made: bytes) -> None:
        self.found = Found.SEARCHING
        self.held = b""
        self._made = made

    @property
    def added_bytes(self) -> int:
        """How much longer the script is, as far as is known."""
        return len(self._made) if self.found is Found.INSERTED else 0

    def feed(self, chunk: bytes) -> bytes:
        """Return what can leave now that this chunk came."""
        if self.found is not Found.SEARCHING or not chunk:
            return chunk
        self.found = Found.INSERTED
        if _STRICT.match(chunk):
            self._made = b'"use strict";\n' + self._made
        return self._made + chunk

    def finish(self) -> bytes:
        """Return what is left when no chunk comes any more."""
        if self.found is Found.SEARCHING:
            self.found = Found.NOWHERE
        return b""
