"""Tags of a page into which something is put, and conditional requests about it."""

from __future__ import annotations

import pytest

from consentgate.banner.entity_tags import LONGEST_CONDITION, Condition, mark_of, mark_tag, restore
from consentgate.banner.page_headers import settle_conditions

NOW = "v0123456789ab"
SHARED = "pba9876543210"
BEFORE = "vffffffffffff"
CURRENT = (NOW, SHARED)


def restored(value: str, *, keeps_foreign: bool = False) -> str | None:
    """What becomes of an If-None-Match."""
    condition = restore(value, is_current=CURRENT.__contains__, keeps_foreign=keeps_foreign)
    return condition.value


# Tags


OWN_TAGS = ['"a"', 'W/"a"', '""', '"a b"', '"a,b"', '"\xe9"', 'W/"~cg"', '"x-gzip"', '"~cgv1s"']


@pytest.mark.parametrize("tag", OWN_TAGS)
@pytest.mark.parametrize("mark", CURRENT)
def test_the_application_gets_exactly_its_own_tag_back(tag: str, mark: str) -> None:
    marked = mark_tag(tag, mark)

    assert marked is not None
    assert marked.startswith('W/"')
    assert restored(marked) == tag


@pytest.mark.parametrize("tag", ["", "a", '"a', "w/'a'", 'w/"a"', '"a" "b"', '"a"b"'])
def test_what_is_no_tag_is_not_sent(tag: str) -> None:
    assert mark_tag(tag, NOW) is None


@pytest.mark.behaviour(14)
def test_a_tag_of_another_state_or_version_is_removed() -> None:
    assert restored(f'W/"a~cg{BEFORE}s"') is None
    assert restored(f'W/"a~cg{BEFORE}s"', keeps_foreign=True) is None


@pytest.mark.behaviour(23)
@pytest.mark.parametrize("keeps_foreign", [True, False])
def test_a_long_condition_matches_nothing(keeps_foreign: bool) -> None:
    tag = f'W/"a~cg{NOW}s"'
    longest = tag + " " * (LONGEST_CONDITION - len(tag))

    assert restored(longest, keeps_foreign=keeps_foreign) == '"a"'
    assert restored(f"{longest} ", keeps_foreign=keeps_foreign) is None


def test_of_several_tags_those_of_now_are_asked_about() -> None:
    value = f'W/"a~cg{NOW}s", W/"b~cg{BEFORE}w" ,W/"c~cg{SHARED}w", "d"'

    assert restored(value) == '"a", W/"c"'
    assert restored(value, keeps_foreign=True) == '"a", W/"c", "d"'


@pytest.mark.parametrize("word", ["-gzip", ";gzip", "-br", "-zstd", "-deflate"])
def test_a_word_that_a_server_added_where_it_compressed_does_not_count(word: str) -> None:
    assert restored(f'W/"a~cg{NOW}s{word}"') == '"a"'


@pytest.mark.parametrize("value", ["*", " * ", '"a"', 'W/"a", "b"'])
def test_what_has_no_mark_stays_only_where_it_may_be_about_something_else(value: str) -> None:
    assert restored(value) is None
    assert restored(value, keeps_foreign=True) == value


@pytest.mark.parametrize("value", ["", "nonsense", '"', 'W/"'])
def test_what_is_no_condition_is_removed(value: str) -> None:
    assert restored(value) is None
    assert restored(value, keeps_foreign=True) is None


def test_the_mark_of_a_copy_is_found_by_the_tag() -> None:
    condition = Condition('"a", "b"', {"a": NOW, "b": SHARED})

    assert [mark_of(tag, condition) for tag in ('"a"', 'W/"b"', '"c"', "")] == [
        NOW,
        SHARED,
        None,
        None,
    ]


def test_or_without_a_tag_where_only_one_was_asked_about() -> None:
    assert mark_of("", Condition('"a", "b"', {"a": NOW, "b": NOW})) == NOW
    assert mark_of("", Condition(None, {})) is None


# Requests


ALL = {
    "if-none-match": f'W/"a~cg{NOW}s"',
    "if-modified-since": "Tue, 24 Nov 2026 16:00:00 GMT",
    "range": "bytes=0-9",
    "if-range": '"a"',
}


def changes(found: dict[str, str], *, is_document: bool = False) -> dict[str, str | None]:
    changed, _ = settle_conditions(found, is_document=is_document, is_current=CURRENT.__contains__)
    return changed


@pytest.mark.behaviour(14)
def test_a_document_is_asked_for_whole_and_by_its_tag_alone() -> None:
    assert changes(ALL, is_document=True) == {
        "if-none-match": '"a"',
        "if-modified-since": None,
        "range": None,
        "if-range": None,
    }


def test_where_a_browser_does_not_say_what_for_only_its_tag_changes() -> None:
    assert changes(ALL) == {"if-none-match": '"a"'}


def test_a_header_that_did_not_come_does_not_change() -> None:
    assert changes({"range": "bytes=0-9"}, is_document=True) == {"range": None}
    assert changes({"range": "bytes=0-9"}) == {}
    assert changes({}, is_document=True) == {}


@pytest.mark.behaviour(14)
def test_a_date_does_not_take_the_place_of_a_tag_that_was_removed() -> None:
    old = ALL | {"if-none-match": f'W/"a~cg{BEFORE}s"'}

    assert changes(old) == {"if-none-match": None, "if-modified-since": None}
