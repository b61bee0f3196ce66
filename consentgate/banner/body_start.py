"""Finds the place where a page's body starts (HTML standard, sections 13.2.6.4.1 to 13.2.6.4.7).

It is the place after the `<body>` tag, or before the first thing that a browser puts into a body
which has no tag: text, or an element that is none of a head's. Nothing that hides markup misleads
it: comments, scripts, styles, titles, templates, a head's `<noscript>`, quoted attributes. JSON and
XML, which some applications send as HTML, have no such place.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import NamedTuple

from consentgate._cache import BoundedCache
from consentgate.banner.html_tokens import (
    ATTRIBUTE,
    BOGUS_COMMENT,
    COMMENT,
    NAME_END,
    TAG_REST,
    EndOfText,
    Steps,
    Tag,
    Text,
    compile_markup,
    end_of_declaration,
    end_of_raw,
    end_of_script,
    end_of_tag,
    read_tag,
)
from consentgate.banner.page_rules import may_have_rules
from consentgate.banner.template_end import end_of_template

Search = Generator[None, None, int | None]


def _pieces(*, void: Sequence[bytes] = (), raw: Sequence[bytes] = ()) -> bytes:
    """Return a pattern of whole pieces that may precede a body, many at once: a head takes one
    or two matches. A script with "<!--" in it has rules of its own and is none of them. What is
    most frequent comes first, and nothing is captured, which would cost as much as it spares."""
    voids = (b"meta", b"link", b"base", b"basefont", b"bgsound", *void)
    raws = (b"script", b"style", b"title", b"noframes", *raw)
    pieces = [
        *(name + NAME_END + TAG_REST for name in voids[:2]),
        *map(_raw_element, raws),
        *(name + NAME_END + TAG_REST for name in voids[2:]),
        *(COMMENT, BOGUS_COMMENT),
    ]
    return rb"(?:[\t\n\f\r ]*+<(?:" + rb"|".join(pieces) + rb")){0,200}[\t\n\f\r ]*+"


def _raw_element(name: bytes) -> bytes:
    content = rb"[^<]*+(?:<(?!!--|/" + name + rb"[\t\n\f\r />])[^<]*+)*"
    return name + NAME_END + TAG_REST + content + rb"</" + name + rb"[\t\n\f\r ]*>"


_BEFORE_BODY = compile_markup(_pieces())

# What nearly every page has: a head with nothing odd in it, and the tags around it. They are looked
# for one by one, since nothing may make the search go back into the pieces between them.
_IN_HEAD = compile_markup(_pieces(void=[b"head"], raw=[b"noscript"]))
_HTML = compile_markup(rb"<html" + NAME_END + TAG_REST)
_HEAD_END = compile_markup(rb"</head[\t\n\f\r ]*>")
_BODY = compile_markup(rb"<body" + NAME_END + TAG_REST)

_VOID = frozenset({b"base", b"basefont", b"bgsound", b"link", b"meta"})
_RAW = frozenset({b"noframes", b"noscript", b"style", b"title"})
_OF_HEAD = _VOID | _RAW | {b"script", b"template"}
_OF_DOCUMENT = frozenset({b"html", b"head", b"body"})
_WITH_LANGUAGE = frozenset({b"html", b"body"})
_PASSED = _OF_HEAD | {b"html", b"head", b"body"}
# End tags that imply a body where there is none yet; all others are ignored.
_IMPLYING_ENDS = frozenset({b"/body", b"/br", b"/html"})

_LESS, _BANG, _QUESTION, _SLASH = b"<!?/"

_ENDS_OF_TEXT = frozenset({b"", b"<", b"</"})
MARK_BEGINNINGS = frozenset({b"", b"\xef", b"\xef\xbb", b"\xfe", b"\xff"})
_BLANKS = compile_markup(rb"[\t\n\f\r ]*+")
JSON_BEGINNINGS = (b"{", b"[")
XML_DECLARATION = b"<?xml"
UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xfe\xff", b"\xff\xfe")

_ATTRIBUTE = compile_markup(ATTRIBUTE)
_DOCTYPE = compile_markup(rb"<!doctype")
_LANGUAGE = compile_markup(rb"""lang[\t\n\f\r ]*=[\t\n\f\r ]*["']?([a-z0-9-]{1,64})["']?""")


class _Usual(NamedTuple):
    """How far a text is as most pages are: what is before `start` is whole, a `<html>` tag included
    if the text `has_html`. `place` is where the body starts, after its tag, if that is there too;
    `has_rules` is what `page_rules.may_have_rules` says of the text.
    """

    start: int
    has_html: bool
    is_after_head: bool
    language: str | None
    place: int | None = None
    has_rules: bool = False


_USUAL_BYTES = 250
"""What a `_Usual` weighs: a tuple, a number, a language of at most 64 letters."""

# Most pages are sent again and again, many with the same head: what came up to the tag of the body,
# or in a first chunk without one, is known again by a keyed hash (Python's own, fresh for each
# process), so that no text of a page stays in memory.
_known_heads = BoundedCache[int, _Usual](
    most_entries=512, most_bytes=256 * 1024, weigh=lambda _: _USUAL_BYTES
)


Place = tuple[int, str | None, bool]
"""Where a body starts, in which language `<body lang>` or else `<html lang>` says it is, and
whether what precedes it may have rules for what is put there (`page_rules.may_have_rules`)."""


def find_usual(text: bytes) -> Place | None:
    """Return the place in a page that has all the usual tags and is here up to its body, else None:
    then `BodyStart` finds it."""
    place = text.find(b"<body")
    if place < 0:
        place = text.find(b"<BODY")
    if place < 0:
        return None
    usual = _recall_usual(text[: text.find(b">", place) + 1])
    start, _, is_after_head, language, known, has_rules = usual
    if known is not None:
        return known, language, has_rules
    # Its tag may have a ">" in a quoted attribute.
    body = _BODY.match(text, start) if is_after_head else None
    if body is None:
        return None
    return body.end(), language_in(body[0]) or language, has_rules


def _recall_usual(head: bytes) -> _Usual:
    """Return what `_pass_usual` returns for a text from its beginning."""
    key = hash(head)
    usual = _known_heads.get(key)
    if usual is None:
        usual = _pass_usual(head, len(UTF_8_MARK) if head.startswith(UTF_8_MARK) else 0)
        usual = usual._replace(has_rules=may_have_rules(head))
        _known_heads.remember(key, usual)
    return usual


def _pass_usual(text: bytes | bytearray, start: int) -> _Usual:
    html = _HTML.match(text, _end_of(_BEFORE_BODY, text, start))
    if html is None:
        return _Usual(start, has_html=False, is_after_head=False, language=None)
    language = language_in(html[0])
    inside = _end_of(_IN_HEAD, text, html.end())
    head = _HEAD_END.match(text, inside)
    if head is None:
        return _Usual(inside, has_html=True, is_after_head=False, language=language)
    after = _end_of(_BEFORE_BODY, text, head.end())
    body = _BODY.match(text, after)
    if body is None:
        return _Usual(after, has_html=True, is_after_head=True, language=language)
    language = language_in(body[0]) or language
    place = body.end()
    return _Usual(after, has_html=True, is_after_head=True, language=language, place=place)


def _end_of(pieces: re.Pattern[bytes], text: bytes | bytearray, start: int) -> int:
    passed = pieces.match(text, start)
    assert passed is not None, "the pattern takes nothing too"
    return passed.end()


def language_in(tag: bytes | bytearray) -> str | None:
    """Return the language in the attributes of a `<html>` or `<body>` tag, None without one."""
    if b"lang" not in tag.lower():
        return None
    for attribute in _ATTRIBUTE.finditer(tag, len(b"<html"), len(tag) - 1):
        language = _LANGUAGE.fullmatch(attribute[0])
        if language is not None:
            return language[1].decode("ascii")
    return None


class BodyStart:
    """The search in one text. `language` is what `<body lang>` or else `<html lang>` says;
    `is_document`: there is a doctype, or a tag that only a whole page has."""

    def __init__(self, text: Text) -> None:
        self.language: str | None = None
        self.is_document = False
        self._text = text
        self._start = 0
        self._is_xml = False
        self._is_after_head = False
        self._implied: int | None = None

    @property
    def passed(self) -> int:
        """How much of a document is before the place for certain, wherever that will be."""
        return self._start if self._implied is None else self._implied

    def find(self) -> Search:
        """Return the place, None without a body. Throw EndOfText in at the text's end."""
        try:
            yield from self._skip_mark()
            yield from self._look_at_beginning()
            usual = _recall_usual(bytes(self._text.so_far))
            self._start, self.is_document, self._is_after_head, self.language, place, _ = usual
            if place is not None:
                return place
            self._is_xml = self._is_xml and not self.is_document
            while True:
                place = yield from self._step()
                if place is not None:
                    return place
        except EndOfText:
            return self._place_at_end()
        except _NoBody:
            return None

    def _skip_mark(self) -> Generator[None]:
        text = self._text
        while bytes(text.so_far[:3]) in MARK_BEGINNINGS:
            yield
        if text.so_far.startswith(UTF_16_MARKS):
            # The mark decides, whatever a header says (Encoding standard, section 6).
            raise _NoBody
        if text.so_far.startswith(UTF_8_MARK):
            self._start = len(UTF_8_MARK)

    def _look_at_beginning(self) -> Generator[None]:
        """Go on once it is known that the text is no JSON, and whether it is XML."""
        text = self._text
        while True:
            first = self._start = _end_of(_BLANKS, text.so_far, self._start)
            beginning = bytes(text.so_far[first : first + len(XML_DECLARATION)])
            if beginning.startswith(JSON_BEGINNINGS):
                raise _NoBody
            if beginning == XML_DECLARATION or not XML_DECLARATION.startswith(beginning):
                self._is_xml = beginning == XML_DECLARATION
                return
            yield

    def _step(self) -> Search:
        """Return the place if it is here, else None; then `_start` is behind what can be passed."""
        text = self._text
        start = self._pass_to(_end_of(_BEFORE_BODY, text.so_far, self._start))
        if start == len(text.so_far):
            yield
            return None
        if text.so_far[start] != _LESS:
            return self._imply()
        tag = yield from read_tag(text, start)
        if tag is None:
            if text.so_far[start + 1] not in (_BANG, _QUESTION, _SLASH):
                return self._imply()
            self._pass_to((yield from end_of_declaration(text, start)))
            return None
        return (yield from self._pass_tag(tag))

    def _pass_to(self, place: int) -> int:
        """Pass what is whole up to a place, and return the place."""
        if not self.is_document:
            passed = _DOCTYPE.search(self._text.so_far, self._start, place)
            self.is_document = passed is not None
        self._start = place
        return place

    def _pass_tag(self, tag: Tag) -> Search:
        if tag.name == b"frameset" or (self._is_xml and tag.name != b"html"):
            raise _NoBody
        self._is_xml = False
        if tag.name in _OF_DOCUMENT:
            self.is_document = True
        is_end = tag.name.startswith(b"/")
        if tag.name in _IMPLYING_ENDS or not (is_end or tag.name in _PASSED):
            return self._imply()
        after = yield from end_of_tag(self._text, tag.after)
        if tag.name in _WITH_LANGUAGE:
            self._note_language(tag.name, self._text.so_far[self._start : after])
        if tag.name == b"body":
            return after if self._implied is None else self._implied
        if tag.name == b"/head":
            self._is_after_head = True
        elif tag.name == b"noscript" and self._is_after_head:
            # A body's, unless frames follow, of which it is the usual introduction.
            self._implied = self._imply()
        self._start = yield from self._end_of_content(tag.name, after)
        return None

    def _end_of_content(self, name: bytes, start: int) -> Steps:
        if name == b"script":
            return (yield from end_of_script(self._text, start))
        if name == b"template":
            return (yield from end_of_template(self._text, start))
        if name in _RAW:
            return (yield from end_of_raw(self._text, name, start))
        return start

    def _imply(self) -> int:
        if self._is_xml:
            raise _NoBody  # another root than that of a page, or none
        return self.passed

    def _note_language(self, name: bytes, tag: bytes | bytearray) -> None:
        if name == b"body" or self.language is None:
            self.language = language_in(tag) or self.language

    def _place_at_end(self) -> int | None:
        """Return the place in a page that ends before its body starts: its end, unless something
        there is unfinished, in which nothing can be put."""
        if self._is_xml:
            return None
        text = bytes(self._text.so_far)
        is_finished = text[self._start :] in _ENDS_OF_TEXT
        if self._implied is None and not (is_finished and text.strip(b"\t\n\f\r \xef\xbb\xbf")):
            return None
        return self._imply()


class _NoBody(Exception):
    """The page has frames, or an encoding in which none of this is markup, or it is no HTML."""
