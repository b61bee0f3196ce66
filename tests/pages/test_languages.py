"""The language of a page: what the address asks for, the site chose, the browser accepts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentgate.pages.languages import (
    LONGEST_HEADER,
    MOST_RANGES,
    canonical_tag,
    negotiate,
)

SERVED = ("en", "fr", "pt-BR", "ar")


def chosen(
    accepted: str = "",
    *,
    query: str = "",
    site: str = "",
    served: tuple[str, ...] = SERVED,
    default: str = "en",
) -> str:
    """The language of a request; English is the default."""
    return negotiate(query, site, accepted, served=served, default=default)


@pytest.mark.law(19)
def test_the_address_comes_before_the_site_and_the_browser() -> None:
    assert chosen("ar", query="fr", site="pt-BR") == "fr"


@pytest.mark.law(19)
def test_the_site_comes_before_the_browser() -> None:
    assert chosen("ar", site="fr") == "fr"


def test_the_browser_comes_before_the_default() -> None:
    assert chosen("ar") == "ar"


def test_without_any_wish_it_is_the_default() -> None:
    assert chosen(default="fr") == "fr"


def test_a_default_that_is_not_served_gives_way_to_the_first_that_is() -> None:
    assert chosen(served=("fr", "en"), default="de") == "fr"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        pytest.param("FR", "fr", id="any case"),
        pytest.param("fr-CA", "fr", id="a region is content with the language"),
        pytest.param("pt", "pt-BR", id="the language is content with a region"),
        pytest.param("pt-PT", "pt-BR", id="a region is content with another"),
        pytest.param("fr_FR", "fr", id="as a POSIX locale writes it"),
        pytest.param(" fr ", "fr", id="with blanks"),
        pytest.param("de", "en", id="not served"),
        pytest.param("frr", "en", id="another language that begins alike"),
        pytest.param("f", "en", id="no tag"),
        pytest.param("*", "en", id="a wildcard is no wish of an address"),
        pytest.param("../fr", "en", id="a path"),
        pytest.param("\x00", "en", id="a control character"),
    ],
)
def test_a_wish_of_the_address(wish: str, expected: str) -> None:
    assert chosen(query=wish) == expected
    assert chosen(site=wish) == expected


def test_an_address_that_asks_for_what_is_not_served_leaves_it_to_the_site() -> None:
    assert chosen(query="de", site="fr") == "fr"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("fr", "fr", id="one"),
        pytest.param("de, fr;q=0.8, en;q=0.9", "en", id="the heaviest that is served"),
        pytest.param("ar, fr", "ar", id="equal ones in their order"),
        pytest.param("fr;q=0.1, ar;q=0.10", "fr", id="equal weights written otherwise"),
        pytest.param("FR-be;Q=1.000", "fr", id="any case"),
        pytest.param("fr ; q=0.5 , ar ; q=0.6", "ar", id="blanks"),
        pytest.param("fr\t;\tq=1", "fr", id="tabs"),
        pytest.param("fr;q=0, ar;q=0.1", "ar", id="refused by weight zero"),
        pytest.param("fr;q=0", "en", id="only refused"),
        pytest.param("fr-BE;q=0", "en", id="a region refused is not asked for"),
        pytest.param("*", "en", id="any language is the default"),
        pytest.param("en;q=0, *", "fr", id="any other is the first that is not refused"),
        pytest.param("ar;q=0.5, *;q=0.9", "en", id="any before one"),
        pytest.param("en;q=0,fr;q=0,pt-br;q=0,ar;q=0,*", "en", id="all refused"),
        pytest.param("ar;q=0, ar-EG", "en", id="refused, and asked for with a region"),
        pytest.param("fr;q=2", "en", id="a weight above one"),
        pytest.param("fr;q=1.5", "en", id="a weight above one by little"),
        pytest.param("fr;q=0.1234", "en", id="too many decimals"),
        pytest.param("fr;q=-1", "en", id="a negative weight"),
        pytest.param("fr;q=nan", "en", id="no number"),
        pytest.param("fr;q=", "en", id="no weight"),
        pytest.param("fr;x=1", "en", id="another parameter"),
        pytest.param("fr;q=\u0661", "en", id="a digit of another script"),
        pytest.param(",,;;,=,fr", "fr", id="empty parts"),
        pytest.param("fr-Latn-FR-x-private", "fr", id="a long tag"),
        pytest.param("\xff\xfe, ar", "ar", id="bytes that are no text"),
    ],
)
def test_an_accept_language_header(header: str, expected: str) -> None:
    assert chosen(header) == expected


@pytest.mark.parametrize(
    "part", ["*;q=0.1,", "fr;q=0,", "a-" * 8, ",", ";", "x;q=0.999,", "fr;q=" + "0" * 8, "\t "]
)
def test_eight_kilobytes_of_hostile_header_take_no_longer_than_they_are_long(part: str) -> None:
    header = (part * 8192)[:8192]
    started = time.process_time()

    language = chosen(header)

    assert language in SERVED
    assert time.process_time() - started < 0.25  # it takes some milliseconds


@settings(deadline=None)
@given(
    query=st.text(max_size=40),
    site=st.text(max_size=40),
    header=st.text(alphabet="enfrpt-BR;q=0.19*, \t\x00\xe9", max_size=200),
)
def test_whatever_a_visitor_sends_is_answered_in_a_served_language(
    query: str, site: str, header: str
) -> None:
    assert chosen(header, query=query, site=site) in SERVED


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("FR", "fr"),
        ("pt-br", "pt-BR"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("sl-ROZAJ", "sl-rozaj"),
        ("es-419", "es-419"),
        ("de-1996", "de-1996"),
    ],
)
def test_a_tag_in_its_usual_case(tag: str, expected: str) -> None:
    assert canonical_tag(tag) == expected


@pytest.mark.behaviour(23)
@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        pytest.param("xx," * (MOST_RANGES - 1) + "fr", "fr", id="the last range that is read"),
        pytest.param("xx," * MOST_RANGES + "fr", "en", id="one range too many"),
        pytest.param("ar," + "xx," * MOST_RANGES + "fr", "ar", id="what comes first counts"),
        pytest.param(" " * (LONGEST_HEADER - 2) + "fr", "fr", id="the last character"),
        pytest.param(" " * LONGEST_HEADER + ",fr", "en", id="too long"),
        pytest.param(
            "ar;q=0.5" + "," * 20 + " " * (LONGEST_HEADER - 31) + "fr;q=0.1",
            "ar",
            id="a range that is cut",
        ),
    ],
)
def test_of_a_long_header_only_the_beginning_is_read(accepted: str, expected: str) -> None:
    assert chosen(accepted) == expected
