"""Where the head script is put: first in the head, whatever precedes it and however it arrives."""

from __future__ import annotations

import pytest

from consentgate.banner.head_start import HeadInsertion, ScriptInsertion
from consentgate.banner.insertion import LONGEST_SEARCH, Found
from tests.support.tables import check_rules

PUT = b"<script></script>"
MARK = b"|"
"""The place, in the pages below."""

# Each page with its place, or without one where nothing is put in.
PAGES = [
    b"<!doctype html><html lang=en><head>|<title>t</title></head><body>x</body></html>",
    b"<HTML><HEAD>|<meta charset=utf-8>",
    b"<head class='a>b' data-x=\"<\">|<script>x</script>",
    b"<!doctype html>|<title>t</title>",
    b"<!-- <head> --><!doctype html>\n<!-- > --><html>\n<!-- x --><head>|",
    b"<html>|<body>x",
    b"|<p>x",
    b"|x<p>",
    b"\xef\xbb\xbf<!doctype html><head>|",
    b"  \n|<script>x</script>",
    b"|< p",
    b"</3",
    b"</ bogus><head>|",
    b"<?pi?><head>|x",
    b"<html><!-- a --><?b>|<frameset>",
    b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"><head>|',
    b"|</p>x",
    b'<?xml version="1.0"?><feed><head>',
    b'<?xml version="1.0"?>text',
    b'{"html": "<head>"}',
    b'\n["<head>"]',
    "\ufeff<head>".encode("utf-16-le"),
    b"<!doctype html><html",
    b"<!-- <head>",
    b"",
    b" \n",
]


def put_in(*chunks: bytes, documents_only: bool = False) -> bytes:
    insertion = HeadInsertion(PUT, documents_only=documents_only)
    return b"".join([*map(insertion.feed, chunks), insertion.finish()])


def it_is_put_there(marked: bytes) -> None:
    assert put_in(marked.replace(MARK, b"")) == marked.replace(MARK, PUT)


def it_is_put_there_byte_for_byte(marked: bytes) -> None:
    page = marked.replace(MARK, b"")
    chunks = [page[at : at + 1] for at in range(len(page))]
    assert put_in(*chunks) == marked.replace(MARK, PUT)


def test_the_script_is_the_first_of_a_head() -> None:
    check_rules((it_is_put_there, PAGES), (it_is_put_there_byte_for_byte, PAGES), row_id=repr)


def test_nothing_is_put_into_a_part_of_a_page_that_a_script_swaps_in() -> None:
    assert put_in(b"<p>part</p>", documents_only=True) == b"<p>part</p>"
    assert put_in(b"<!doctype html><p>", documents_only=True) == b"<!doctype html>" + PUT + b"<p>"


def test_the_search_ends_after_64_kib() -> None:
    insertion = HeadInsertion(PUT)
    page = b"<!--" + b"x" * LONGEST_SEARCH

    assert insertion.feed(page) == page
    assert insertion.found is Found.NOWHERE
    assert insertion.feed(b"--><head>") == b"--><head>"


def test_what_is_held_back_is_known() -> None:
    insertion = HeadInsertion(PUT)

    assert insertion.feed(b"<!doctype html><ht") == b""
    assert insertion.held == b"<!doctype html><ht"
    assert insertion.added_bytes == 0
    assert insertion.feed(b"ml><head>") == b"<!doctype html><html><head>" + PUT
    assert insertion.held == b""
    assert insertion.added_bytes == len(PUT)
    assert insertion.finish() == b""


@pytest.mark.parametrize(
    "script",
    [b"'use strict'; x", b'/* a */ // b\n"use strict"', b"\xef\xbb\xbf\n'use strict'"],
)
def test_the_script_of_a_worker_stays_strict(script: bytes) -> None:
    insertion = ScriptInsertion(b"guard();\n")

    assert insertion.feed(script) == b'"use strict";\nguard();\n' + script
    assert insertion.added_bytes == len(b'"use strict";\nguard();\n')


def test_the_guard_precedes_the_script_of_a_worker_once() -> None:
    insertion = ScriptInsertion(b"guard();\n")

    chunks = [insertion.feed(chunk) for chunk in (b"", b"one();", b"two();")]

    assert b"".join([*chunks, insertion.finish()]) == b"guard();\none();two();"


def test_nothing_precedes_a_worker_without_a_script() -> None:
    insertion = ScriptInsertion(b"guard();\n")

    assert insertion.finish() == b""
    assert insertion.found is Found.NOWHERE
    assert insertion.added_bytes == 0
