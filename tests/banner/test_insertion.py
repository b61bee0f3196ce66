"""What is put into a page, where, and that everything else leaves as it came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.banner import body_start
from consentgate.banner.insertion import LONGEST_SEARCH, Found, Insertion
from tests.support.insertion import bounded, chunks_after, insert
from tests.support.pitfall_pages import (
    DATA,
    FRAMES,
    MARKED,
    PITFALLS,
    PUT,
    UNFINISHED,
    UTF_16,
    WITH_NOSCRIPT,
    Pitfall,
)
from tests.support.tables import check_rules

ALL = [*PITFALLS, *WITH_NOSCRIPT, *MARKED, *FRAMES, *UNFINISHED, *DATA, *UTF_16]

HEAD = b"<!doctype html><html lang=fr><head><title>t</title></head><body>"


def it_is_put_at_the_start_of_the_body(pitfall: Pitfall) -> None:
    assert insert(pitfall.page) == pitfall.becomes


def so_it_is_where_the_same_head_came_before(pitfall: Pitfall) -> None:
    insert(pitfall.page)

    assert insert(pitfall.page) == pitfall.becomes


def so_it_is_where_the_page_comes_byte_by_byte(pitfall: Pitfall) -> None:
    assert insert(pitfall.page, cuts=range(len(pitfall.page))) == pitfall.becomes


def test_every_page_gets_it_at_the_start_of_its_body() -> None:
    check_rules(
        (it_is_put_at_the_start_of_the_body, ALL),
        (so_it_is_where_the_same_head_came_before, ALL),
        (so_it_is_where_the_page_comes_byte_by_byte, ALL),
    )


@pytest.mark.parametrize("rest", [b"x></body>", b' lang="en">', b"-like>", b" ", b""])
def test_a_head_that_came_before_says_nothing_of_what_follows_it(rest: bytes) -> None:
    page = HEAD.removesuffix(b">") + rest
    cut = insert(page, cuts=range(len(page)))
    insert(HEAD)

    assert insert(page) == cut


def test_no_more_than_so_many_heads_are_remembered() -> None:
    known = body_start._known_heads
    for number in range(2 * known.most_entries):
        insert(HEAD.replace(b"<title>", b"<title>%d" % number))
        assert 0 < len(known) <= known.most_entries


@bounded(200)
@given(pitfall=st.sampled_from(ALL), data=st.data())
def test_so_does_a_page_that_is_cut_anywhere(pitfall: Pitfall, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(pitfall.page)), max_size=5))

    assert insert(pitfall.page, cuts=cuts) == pitfall.becomes


MARKUP = st.lists(
    st.sampled_from([piece for one in PITFALLS for piece in one.page.split(b" ") if piece])
    | st.binary(max_size=3),
    max_size=12,
).map(b"".join)


@bounded(200)
@given(page=MARKUP, cuts=st.lists(st.integers(0, 200), max_size=6))
def test_whatever_comes_leaves_byte_for_byte_wherever_it_is_cut(
    page: bytes, cuts: list[int]
) -> None:
    left = insert(page, cuts=cuts)

    assert left == insert(page)
    assert left.replace(PUT, b"") == page


def test_what_comes_behind_the_place_passes_as_the_same_object() -> None:
    insertion = Insertion(lambda language, _: PUT)
    insertion.feed(HEAD)
    chunk = b"<p>x</p><body>"

    assert insertion.feed(chunk) is chunk
    assert insertion.finish() == b""


def test_nothing_leaves_before_the_place_is_known() -> None:
    left = chunks_after(b"<title>t</title><body>x", cuts=[3, 16, 20])

    assert left == [b"", b"", b"", b"<title>t</title><body>" + PUT + b"x", b""]


EARLY_HEADS = [
    pytest.param([b"<!doctype html><html><head>", b"<link rel=a></head>", b"<body>|x"], id="head"),
    pytest.param([b"<!-- a --> <!DOCTYPE html>\n", b"<title>t</title>", b"|x"], id="doctype"),
    pytest.param([b"\xef\xbb\xbf<html>", b"<head><meta a=b>", b"</head>", b"|x"], id="mark"),
    pytest.param([b"<?xml version='1.0'?><html>", b"<body>|"], id="xhtml"),
]


@pytest.mark.behaviour(40)
@pytest.mark.parametrize("chunks", EARLY_HEADS)
def test_what_is_before_the_place_for_certain_leaves_at_once(chunks: list[bytes]) -> None:
    *early, last = chunks
    before, _, after = last.partition(b"|")
    insertion = Insertion(lambda language, _: PUT)

    assert [insertion.feed(chunk) for chunk in early] == early
    assert insertion.feed(before + after) + insertion.finish() == before + PUT + after


@pytest.mark.behaviour(40)
def test_only_what_may_be_behind_the_place_is_held_back() -> None:
    insertion = Insertion(lambda language, _: PUT)

    assert insertion.feed(b"<html><head><title>t") == b"<html><head>"
    assert insertion.held == b"<title>t"
    assert insertion.feed(b"</title></head><noscript>") == b"<title>t</title></head>"
    assert insertion.feed(b"x</noscript> ") == b""
    assert insertion.held == b"<noscript>x</noscript> "
    assert insertion.finish() == PUT + b"<noscript>x</noscript> "


@pytest.mark.behaviour(40)
def test_where_there_is_no_place_the_rest_follows() -> None:
    insertion = Insertion(lambda language, _: PUT)

    assert insertion.feed(b"<html><style>") == b"<html>"
    assert insertion.feed(b"x" * LONGEST_SEARCH) == b"<style>" + b"x" * LONGEST_SEARCH
    assert (insertion.found, insertion.held) == (Found.TOO_FAR, b"")


# Documents only


@pytest.mark.behaviour(33)
@pytest.mark.parametrize(
    "page", [b"<li>one</li>", b"<title>t</title><main>x</main>", b"text", b"<!-- <html> --><p>"]
)
def test_nothing_is_put_into_a_part_of_a_page_where_one_may_be_asked_for(page: bytes) -> None:
    insertion = Insertion(lambda language, _: PUT, documents_only=True)

    assert insertion.feed(page) + insertion.finish() == page
    assert insertion.found is Found.NOWHERE


@pytest.mark.behaviour(33)
@pytest.mark.parametrize(
    "page",
    [
        b"<!doctype html><title>t</title>|<main>x</main>",
        b"<html>|<p>",
        b"<head></head>|<p>",
        b"<body class=a>|<p>",
    ],
)
def test_but_into_a_whole_one_however_it_says_so(page: bytes) -> None:
    insertion = Insertion(lambda language, _: PUT, documents_only=True)
    given = page.replace(b"|", b"")

    assert insertion.feed(given) + insertion.finish() == page.replace(b"|", PUT)


def test_an_empty_chunk_changes_nothing() -> None:
    assert insert(b"<body>x", cuts=[0, 0, 3, 3]) == b"<body>" + PUT + b"x"


# The language


def language_of(page: bytes) -> list[str | None]:
    asked: list[str | None] = []
    insertion = Insertion(lambda language, _: asked.append(language) or PUT)  # type: ignore[func-returns-value]
    insertion.feed(page)
    insertion.finish()
    return asked


LANGUAGES = [
    pytest.param(b"<html lang=fr><body>", "fr", id="unquoted"),
    pytest.param(b'<html class=x lang="pt-BR"><body>', "pt-BR", id="quoted"),
    pytest.param(b"<HTML\nLANG = 'fr' lang=de><body>", "fr", id="the-first-counts"),
    pytest.param(b"<html><html lang=fr><html lang=de><body>", "fr", id="a-second-tag-adds"),
    pytest.param(b"<html lang=fr><body lang=de>", "de", id="the-bodys-own"),
    pytest.param(b"<html lang=fr><p>", "fr", id="no-body-tag"),
    pytest.param(b"<html data-lang=fr xml:lang=fr hreflang=fr><body>", None, id="other-names"),
    pytest.param(b"<html class='lang=fr' data=' lang=fr '><body>", None, id="in-a-value"),
    pytest.param(b'<html lang=""><body>', None, id="empty"),
    pytest.param(b"<html lang='f&#114;'><body>", None, id="not-plain"),
    pytest.param(b"<!-- <html lang=fr> --><body>", None, id="in-a-comment"),
    pytest.param(b"<body>", None, id="none"),
]


@pytest.mark.law(19)
@pytest.mark.parametrize(("page", "language"), LANGUAGES)
def test_it_is_made_once_in_the_language_of_the_page(page: bytes, language: str | None) -> None:
    assert language_of(page) == [language]


def nothing_is_made_for_it(pitfall: Pitfall) -> None:
    assert language_of(pitfall.page) == []


def test_nothing_is_made_for_a_page_without_place() -> None:
    check_rules((nothing_is_made_for_it, [*UNFINISHED, *FRAMES, *UTF_16]))


# The bound


def found_in(*chunks: bytes) -> tuple[Found, list[int]]:
    """How the search ends, and how much is held back after each chunk."""
    insertion = Insertion(lambda language, _: PUT)
    held, come = [], 0
    for chunk in chunks:
        come += len(chunk)
        come -= len(insertion.feed(chunk).replace(PUT, b""))
        held.append(come)
    insertion.finish()
    return insertion.found, held


def test_the_place_may_be_the_last_of_64_kib() -> None:
    page = b" " * (LONGEST_SEARCH - len(b"<body>")) + b"<body>"

    assert insert(page) == page + PUT
    assert found_in(page) == (Found.INSERTED, [0])


def test_behind_64_kib_no_place_is_looked_for() -> None:
    page = b" " * (LONGEST_SEARCH - len(b"<body")) + b"<body>"

    assert insert(page) == page
    assert found_in(page) == (Found.TOO_FAR, [0])


def test_no_more_than_64_kib_are_held_back() -> None:
    found, held = found_in(*[b" " * 10_000] * 8)

    assert (found, max(held), held[-2:]) == (Found.TOO_FAR, 60_000, [0, 0])


def test_a_page_that_is_large_at_once_is_searched_in_its_beginning_only() -> None:
    page = b"<!--" + b"x" * 10 * LONGEST_SEARCH + b"--><body>"

    assert insert(page) == page
    assert insert(HEAD + page) == HEAD + PUT + page


def test_it_says_where_a_page_has_none() -> None:
    assert found_in(b"<frameset>") == (Found.NOWHERE, [0])
    assert found_in(b"<title>") == (Found.NOWHERE, [7])
    assert found_in() == (Found.NOWHERE, [])


HOSTILE = [
    *(b"<a>", b"</a>", b"<!-->", b"<!>", b"<meta a=b>", b"<meta ", b"<meta a='", b"<html a=b>"),
    *(b"<script>", b"<script><!--<script>", b"<template>", b"<template><svg>", b"<title>", b"<"),
    *(b"<template><![CDATA[", b"<template></", b"<noscript></noscript>", b"<head>", b"</title"),
]


@pytest.mark.parametrize("opening", HOSTILE, ids=str)
def test_hostile_heads_leave_unchanged_in_whatever_chunks(opening: bytes) -> None:
    page = b"<!-- -->" + opening * (LONGEST_SEARCH // len(opening))

    assert insert(page, cuts=range(0, len(page), 1000)) == insert(page)
    assert insert(page).replace(PUT, b"") == page
