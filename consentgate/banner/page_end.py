"""Puts bytes at the end of a page while the page passes in chunks.

Nothing is searched for: only the beginning, which says whether this is a page and in which
language, and the last bytes are looked at. What leaves is what came in, with the bytes before a
last `</body>`, or after all else, from where a browser puts them into the body (HTML standard,
sections 13.2.6.4.19 and 13.2.6.4.22). A script or a comment that holds "</body>" misleads nothing:
the tag counts only where nothing but `</html>` and blanks follow it to the end.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from consentgate._cache import BoundedCache
from consentgate.banner.body_start import (
    JSON_BEGINNINGS,
    MARK_BEGINNINGS,
    UTF_8_MARK,
    UTF_16_MARKS,
    XML_DECLARATION,
    language_in,
)
from consentgate.banner.html_tokens import (
    BOGUS_COMMENT,
    COMMENT,
    NAME_END,
    TAG_REST,
    compile_markup,
)
from consentgate.banner.insertion import INSERTED, LONGEST_SEARCH, NOWHERE, SEARCHING
from consentgate.banner.page_rules import has_base


class Make(Protocol):
    """Makes the text."""

    def __call__(self, language: str | None, /, *, may_have_base: bool) -> bytes:
        """Return the text."""


LONGEST_BEGINNING = 4096
"""How many bytes are waited for while a beginning says nothing: blanks, comments, half a tag."""

_LONGEST_TAIL = 64
_TAIL = compile_markup(rb"</body[\t\n\f\r ]*+>[\t\n\f\r ]*+(?:</html[\t\n\f\r ]*+>[\t\n\f\r ]*+)?")
_BLANKS = b"\t\n\f\r "
# What may precede a page's first tag, a doctype included.
_BEFORE_TAGS = compile_markup(
    rb"(?:\xef\xbb\xbf)?(?:[\t\n\f\r ]*+<(?:"
    + COMMENT
    + b"|"
    + BOGUS_COMMENT
    + rb"))*[\t\n\f\r ]*+"
)
_HTML = compile_markup(rb"<html" + NAME_END + TAG_REST)
_OF_DOCUMENT = compile_markup(rb"<(?:html|head|body)" + NAME_END)


class _Beginning(NamedTuple):
    """What the beginning of a page says of its language, and whether a `<base>` may move its
    addresses."""

    language: str | None
    may_have_base: bool


_BEGINNING_BYTES = 200  # a tuple, and a language of at most 64 letters

# What precedes the end of a page's head is known again by a keyed hash, as in `body_start`.
_known_beginnings = BoundedCache[int, _Beginning](
    most_entries=512, most_bytes=256 * 1024, weigh=lambda _: _BEGINNING_BYTES
)


class EndInsertion:
    """The insertion at the end of one page. `make` is called once, as soon as the page's beginning
    is there, with the language that the page says it has, and whether a `<base>` may move its
    addresses; what it returns is put in. `documents_only`: nothing is put into what may be a part
    of a page.
    """

    __slots__ = ("_documents_only", "_kept", "_make", "_text", "found")

    def __init__(self, make: Make, *, documents_only: bool = False) -> None:
        self.found = SEARCHING
        self._make: Make | None = make
        self._documents_only = documents_only
        self._kept = b""
        self._text = b""

    @property
    def held(self) -> bytes:
        """What is held back: a beginning that says nothing yet, or what may be the end."""
        return self._kept

    def feed(self, chunk: bytes) -> bytes:
        """Return what can leave now that this chunk came."""
        if self.found is not SEARCHING:
            return chunk
        whole = self._kept + chunk if self._kept else chunk
        self._kept = b""
        if self._make is not None:
            usual = _recall_usual(whole)
            if usual is not None:
                self._text = self._make(usual.language, may_have_base=usual.may_have_base)
                self._make = None  # it refers to the response
            elif not self._begin(whole, is_whole=False):
                return b"" if self.found is SEARCHING else whole
        place = _place_of_tail(whole)
        self._kept = whole[place:]
        return whole[:place] if self._kept else whole

    def finish(self) -> bytes:
        """Return what is left when no chunk comes any more."""
        kept, self._kept = self._kept, b""
        if self.found is not SEARCHING:
            return kept
        place = 0  # once the page has begun, only the tags at its end are kept
        if self._make is not None:  # so that the beginning was no usual one
            if not self._begin(kept, is_whole=True):
                return kept
            place = _place_of_tail(kept)
        self.found = INSERTED
        return b"".join((kept[:place], self._text, kept[place:]))

    def _begin(self, beginning: bytes, *, is_whole: bool) -> bool:
        """Return whether this unusual beginning is one of a page, and make the text for it; where
        that can't be said yet keep it."""
        before = _BEFORE_TAGS.match(beginning)
        assert before is not None, "the pattern takes nothing too"
        start = before.end()
        rest = beginning[start : start + LONGEST_BEGINNING]
        is_unclear = rest in MARK_BEGINNINGS or (rest.startswith(b"<") and b">" not in rest)
        if is_unclear and not is_whole and len(beginning) < LONGEST_BEGINNING:
            self._kept = beginning
            return False
        if not _is_page(beginning, before[0], rest, documents_only=self._documents_only):
            self.found = NOWHERE
            return False
        html = _HTML.match(rest)
        language = None if html is None else language_in(html[0])
        assert self._make is not None, "a page begins once"
        self._text = self._make(language, may_have_base=_may_have_base(beginning, rest))
        self._make = None
        return True


def _recall_usual(text: bytes) -> _Beginning | None:
    """Return what a text says that has all of an `<html>` tag before its head ends, as nearly every
    page, else None. Whatever follows changes nothing of that."""
    end = _end_of_head(text)
    if end < 0:
        return None
    head = text[:end]
    key = hash(head)
    usual = _known_beginnings.get(key)
    if usual is None and (html := _usual_tag(head)) is not None:
        usual = _Beginning(language_in(html), has_base(head))
        _known_beginnings.remember(key, usual)
    return usual


def _usual_tag(head: bytes) -> bytes | None:
    """Return the `<html>` tag with which a head begins, None where it begins with another."""
    before = _BEFORE_TAGS.match(head)
    assert before is not None, "the pattern takes nothing too"
    start = before.end()
    html = _HTML.match(head, start, start + LONGEST_BEGINNING)
    return None if html is None else html[0]


def _is_page(beginning: bytes, before: bytes, rest: bytes, *, documents_only: bool) -> bool:
    """Return whether a text is HTML with something in it, and a whole page if only those count."""
    first = before.removeprefix(UTF_8_MARK).lstrip(_BLANKS)
    if beginning.startswith(UTF_16_MARKS) or rest.startswith(JSON_BEGINNINGS):
        return False
    is_xml = first.startswith(XML_DECLARATION)
    if is_xml or documents_only:
        is_document = _OF_DOCUMENT.match(rest) is not None
        return is_document or (not is_xml and b"<!doctype" in first.lower())
    return bool(first or rest)


def _may_have_base(beginning: bytes, rest: bytes) -> bool:
    """Return whether the head has a `<base>`, or may yet get one in a chunk to come."""
    end = _end_of_head(beginning)
    if end >= 0:
        return has_base(beginning[:end])
    return _OF_DOCUMENT.match(rest) is not None or has_base(beginning[:LONGEST_SEARCH])


def _end_of_head(text: bytes) -> int:
    """Return where the end of a head is written, -1 if nowhere in what is looked at."""
    end = text.find(b"</head", 0, LONGEST_SEARCH)
    return text.find(b"<body", 0, LONGEST_SEARCH) if end < 0 else end


def _place_of_tail(text: bytes) -> int:
    """Return where the tags at the very end of a page begin, else the end of the text."""
    tail = text[-_LONGEST_TAIL:]
    place = tail.rfind(b"</body")
    if place < 0:
        place = tail.rfind(b"</BODY")
    if place < 0 or _TAIL.fullmatch(tail, place) is None:
        return len(text)
    return len(text) - len(tail) + place
