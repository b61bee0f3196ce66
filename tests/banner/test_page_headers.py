"""Tags of a page into which something is put, and conditional requests about it."""

from __future__ import annotations

import pytest

from consentgate.banner.entity_tags import LONGEST_CONDITION, Condition, mark_of, mark_tag, restore
from consentgate.banner.page_headers import settle_conditions

NOW = "v0123456789ab"
SHARED = "pba9876543210"
BEFORE = "vffffffffffff"
CURRENT = (NOW, SHARED)


def restored(value: str) -> str | None:
    """What becomes of an If-None-Match."""
    return restore(value, is_current=CURRENT.__contains__).value


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


@pytest.mark.behaviour(23)
def test_a_long_condition_matches_nothing() -> None:
    tag = f'W/"a~cg{NOW}s"'
    longest = tag + " " * (LONGEST_CONDITION - len(tag))

    assert restored(longest) == '"a"'
    assert restored(f"{longest} ") is None


def test_of_several_tags_those_of_now_are_asked_about() -> None:
    value = f'W/"a~cg{NOW}s", W/"b~cg{BEFORE}w" ,W/"c~cg{SHARED}w", "d"'

    assert restored(value) == '"a", W/"c"'


@pytest.mark.parametrize("word", ["-gzip", ";gzip", "-br", "-zstd", "-deflate"])
def test_a_word_that_a_server_added_where_it_compressed_does_not_count(word: str) -> None:
    assert restored(f'W/"a~cg{NOW}s{word}"') == '"a"'


@pytest.mark.parametrize("value", ["*", " * ", '"a"', 'W/"a", "b"'])
def test_what_has_no_mark_is_of_a_page_from_before_the_gate(value: str) -> None:
    assert restored(value) is None


@pytest.mark.parametrize("value", ["", "nonsense", '"', 'W/"'])
def test_what_is_no_condition_is_removed(value: str) -> None:
    assert restored(value) is None


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


def changes(found: dict[str, str]) -> dict[str, str | None]:
    changed, _ = settle_conditions(found, is_current=CURRENT.__contains__)
    return changed


@pytest.mark.behaviour(14)
def test_a_page_is_asked_for_whole_and_by_its_tag_alone() -> None:
    assert changes(ALL) == {
        "if-none-match": '"a"',
        "if-modified-since": None,
        "range": None,
        "if-range": None,
    }


def test_a_header_that_did_not_come_does_not_change() -> None:
    assert changes({"range": "bytes=0-9"}) == {"range": None}
    assert changes({}) == {}


@pytest.mark.behaviour(14)
def test_a_date_does_not_take_the_place_of_a_tag_that_was_removed() -> None:
    old = ALL | {"if-none-match": f'W/"a~cg{BEFORE}s"'}

    assert changes(old) == dict.fromkeys(old)
