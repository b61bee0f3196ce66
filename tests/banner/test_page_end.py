"""What is put at the end of a page, and that everything else leaves as it came."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from consentgate.banner import page_end
from consentgate.banner.insertion import Found
from consentgate.banner.page_end import LONGEST_BEGINNING, EndInsertion

PUT = b"<i>put</i>"
HEAD = b"<!doctype html><html lang=fr><head><title>t</title></head>"


class Asked:
    """Makes the text, and keeps what it was asked with."""

    def __init__(self) -> None:
        self.calls: list[tuple[str | None, bool]] = []

    def __call__(self, language: str | None, /, *, may_have_base: bool) -> bytes:
        self.calls.append((language, may_have_base))
        return PUT


def put(*chunks: bytes, documents_only: bool = False) -> bytes:
    insertion = EndInsertion(Asked(), documents_only=documents_only)
    return b"".join([*map(insertion.feed, chunks), insertion.finish()])


def asked_with(*chunks: bytes) -> tuple[str | None, bool]:
    asked = Asked()
    insertion = EndInsertion(asked)
    for chunk in chunks:
        insertion.feed(chunk)
    insertion.finish()
    [call] = asked.calls
    return call


def singly(page: bytes) -> Iterable[bytes]:
    return (page[at : at + 1] for at in range(len(page)))


BEFORE_THE_END_TAG = [
    b"</body></html>",
    b"</body>",
    b"</BODY >\n</HTML>\r\n",
    b"</body>\n\n</html>\n",
]


@pytest.mark.parametrize("tail", BEFORE_THE_END_TAG)
def test_it_comes_before_the_end_tag_of_the_body(tail: bytes) -> None:
    page = HEAD + b"<body><p>x</p>"

    assert put(page + tail) == page + PUT + tail
    assert put(page, tail) == page + PUT + tail


AFTER_THE_LAST_BYTE = {
    "no-end-tag": b"<p>x",
    "in-a-script": b"<script>x = '</body></html>'</script>",
    "in-a-comment": b"<!-- </body></html> -->",
    "in-an-attribute": b'<iframe srcdoc="</body></html>"></iframe>',
    "before-a-comment": b"</body></html><!-- 0.2 s -->",
    "before-an-element": b"</body><p>x</p>",
    "mixed-letters": b"</Body></html>",
    "another-element": b"</body-part></html>",
    "far-from-the-end": b"</body>" + b" " * 64,
}


@pytest.mark.parametrize("end", AFTER_THE_LAST_BYTE.values(), ids=AFTER_THE_LAST_BYTE)
def test_where_that_tag_is_not_the_last_thing_it_comes_after_the_last_byte(end: bytes) -> None:
    page = HEAD + b"<body>" + end

    assert put(page) == page + PUT


def test_a_chunk_that_ends_like_a_page_is_none_where_another_follows() -> None:
    # As a template engine yields the value of an attribute.
    page = [HEAD, b'<iframe srcdoc="', b"<p>x</p></body></html>", b'"></iframe>']

    assert put(*page) == b"".join(page) + PUT


def test_what_is_no_end_leaves_at_once() -> None:
    insertion = EndInsertion(Asked())

    assert insertion.feed(HEAD) == HEAD
    assert insertion.feed(b"<body>x") == b"<body>x"
    assert insertion.feed(b"y</body>") == b"y"
    assert insertion.held == b"</body>"
    assert insertion.feed(b"z") == b"</body>z"
    assert insertion.found is Found.SEARCHING


PAGES = {
    "usual": HEAD + b"<body>x",
    "fragment": b"<p>x</p>",
    "text": b"x",
    "blanks": b"\n\n <p>x",
    "mark": b"\xef\xbb\xbf<p>x",
    "comment": b"<!-- c --> <p>x",
    "comment-alone": b"<!-- c -->",
    "xhtml": b'<?xml version="1.0"?><!doctype html><html lang="fr"><body>x',
    "no-tag": b"<p",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_it_is_put_into_pages_however_they_come(page: bytes) -> None:
    assert put(page) == page + PUT
    assert put(*singly(page)) == page + PUT
    assert put(b"", page, b"") == page + PUT


NO_PAGES = {
    "empty": b"",
    "blanks": b" \n",
    "object": b'{"a": 1}',
    "array": b" [1]",
    "marked-object": b"\xef\xbb\xbf{}",
    "feed": b'<?xml version="1.0"?><rss></rss>',
    "utf-16": b"\xff\xfe<\x00p\x00>\x00",
}


@pytest.mark.parametrize("text", NO_PAGES.values(), ids=NO_PAGES)
def test_nothing_is_put_into_what_is_no_page(text: bytes) -> None:
    assert put(text) == text
    assert put(*singly(text)) == text
    assert put(text, b"more</body>") == text + b"more</body>" or not text.strip()


@pytest.mark.behaviour(33)
@pytest.mark.parametrize("page", [HEAD, b"<!DOCTYPE html><p>", b"<!-- c --><body>", b"<head>"])
def test_where_a_script_may_want_a_part_whole_pages_get_it(page: bytes) -> None:
    assert put(page, documents_only=True) == page + PUT


@pytest.mark.behaviour(33)
@pytest.mark.parametrize("part", [b"<p>x</p>", b"x", b"<!-- c --><tr>", b"<header>x</header>"])
def test_where_a_script_may_want_a_part_parts_get_nothing(part: bytes) -> None:
    assert put(part, documents_only=True) == part


def test_the_language_is_that_of_the_page() -> None:
    assert asked_with(HEAD) == ("fr", False)
    assert asked_with(b"<!-- a --><!doctype html>\n<HTML class='a' LANG='de'><body>")[0] == "de"
    assert asked_with(b"<html><body>")[0] is None
    assert asked_with(*singly(HEAD))[0] == "fr"


@pytest.mark.behaviour(37)
def test_a_head_that_is_not_whole_yet_may_have_a_base() -> None:
    assert asked_with(b"<html><head><BASE href=x></head>")[1]
    assert asked_with(b"<base href=x><p>")[1]
    assert asked_with(b"<html><head><title>t</title>", b"<base href=x></head>")[1]
    assert not asked_with(b"<p>no head")[1]
    assert not asked_with(b"<html><body>the letters <base")[1]


AGAIN = {
    "usual": (HEAD, ("fr", False)),
    "base": (b"<html lang=de><base href=x></head>", ("de", True)),
    "end-in-a-comment": (b"<!-- </head> --><html lang=de><base></head>", ("de", False)),
    "end-in-its-tag": (b'<html title="</head" lang=de><body>', ("de", False)),
    "no-tag": (b"<!-- c --><body lang=de>", (None, False)),
}


@pytest.mark.parametrize(("page", "says"), AGAIN.values(), ids=AGAIN)
def test_a_beginning_that_came_before_says_the_same(
    page: bytes, says: tuple[str | None, bool]
) -> None:
    assert [asked_with(page + b"x"), asked_with(page + b"y")] == [says, says]


def test_no_more_than_so_many_beginnings_are_remembered() -> None:
    known = page_end._known_beginnings
    for number in range(2 * known.most_entries):
        put(HEAD.replace(b"<title>", b"<title>%d" % number))
        assert 0 < len(known) <= known.most_entries


def test_a_beginning_that_never_says_anything_is_not_waited_for() -> None:
    insertion = EndInsertion(Asked())
    blanks = b" " * LONGEST_BEGINNING

    assert insertion.feed(blanks[:-1]) == b""
    assert insertion.held == blanks[:-1]
    assert insertion.feed(b"  ") == blanks + b" "


def test_once_it_is_known_that_there_is_no_page_nothing_is_looked_at() -> None:
    insertion = EndInsertion(Asked())
    insertion.feed(b"{")

    assert insertion.found is Found.NOWHERE
    assert insertion.feed(b"</body>") == b"</body>"
    assert insertion.held == insertion.finish() == b""
