"""What the answer to a request is for, by what browsers, scripts and programs were seen to send."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consentgate.gate.destination import (
    LONGEST_ACCEPT,
    Destination,
    destination_of,
)
from consentgate.gate.exchange import Exchange
from tests.unit.sent_requests import NOT_PAGES, PAGES, SWAPPED_PAGES

BROWSER_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


class Request(Exchange):
    """A request with these headers, by their lower-case names."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = {name.lower(): value for name, value in headers.items()}

    def header(self, name: str) -> str:
        return self._headers.get(name, "")

    def sent_among(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name in self._headers]


def destination(**headers: str) -> Destination:
    return destination_of(
        Request({name.replace("_", "-"): value for name, value in headers.items()})
    )


@pytest.mark.behaviour(32)
@pytest.mark.parametrize("headers", PAGES)
def test_who_shows_the_answer_as_the_next_page_asks_for_one(headers: dict[str, str]) -> None:
    found = destination_of(Request(headers))

    assert (found.is_page, found.is_swapped_in) == (True, False)


@pytest.mark.behaviour(33)
@pytest.mark.parametrize("headers", SWAPPED_PAGES)
def test_a_script_that_shows_whole_pages_itself_asks_for_one(headers: dict[str, str]) -> None:
    found = destination_of(Request(headers))

    assert (found.is_page, found.is_swapped_in) == (True, True)


@pytest.mark.behaviour(32)
@pytest.mark.behaviour(33)
@pytest.mark.parametrize("headers", NOT_PAGES)
def test_all_others_get_the_applications_own_bytes(headers: dict[str, str]) -> None:
    assert not destination_of(Request(headers)).is_page


@pytest.mark.behaviour(32)
@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "TEXT/HTML",
        "text/plain, text/html",
        " text/html ;q=0.5",
        "*/*, text/html;level=1",
    ],
)
def test_accept_names_html_wherever_and_however_it_is_written(accept: str) -> None:
    assert destination(accept=accept).is_page


@pytest.mark.behaviour(32)
@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/*", "text/html;q=0", "text/html; q=0.000", "text/html+x", "x-text/html"],
)
def test_accept_that_does_not_name_it_is_a_programs(accept: str) -> None:
    assert not destination(accept=accept).is_page


@pytest.mark.behaviour(23)
def test_a_long_accept_is_read_only_so_far() -> None:
    padding = "a/b," * (LONGEST_ACCEPT // 4)

    assert not destination(accept=padding + "text/html").is_page
    assert destination(accept="text/html," + padding).is_page


@pytest.mark.behaviour(18)
def test_only_the_browser_itself_is_believed_to_navigate() -> None:
    assert destination(sec_fetch_mode="navigate").is_navigation
    assert not destination(accept=BROWSER_ACCEPT).is_navigation
    assert not destination(x_turbo_request_id="1").is_navigation


FIELDS = {
    "sec-fetch-mode": ["navigate", "cors", "no-cors", "same-origin"],
    "sec-fetch-dest": ["document", "empty", "iframe", "image"],
    "hx-request": ["true"],
    "hx-request-type": ["full", "partial"],
    "hx-boosted": ["true"],
    "hx-history-restore-request": ["true"],
    "x-turbo-request-id": ["1", "2"],
    "turbo-frame": ["a"],
    "x-requested-with": ["XMLHttpRequest"],
    "x-up-target": ["body", "main"],
    "accept": ["*/*", "text/html", "text/html, */*", "text/html, application/xhtml+xml"],
}
REQUESTS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in FIELDS.items()}
)


@pytest.mark.behaviour(14)
@pytest.mark.behaviour(32)
@settings(max_examples=2000, deadline=None)
@given(one=REQUESTS, other=REQUESTS)
def test_requests_that_agree_in_the_headers_that_decided_ask_for_the_same(
    one: dict[str, str], other: dict[str, str]
) -> None:
    first = destination_of(Request(one))
    decided = {name.lower() for name in first.vary}
    alike = {name: value for name, value in other.items() if name not in decided}
    alike |= {name: value for name, value in one.items() if name in decided}
    for headers in (one, alike):  # who sends a destination sends a mode
        assume("sec-fetch-dest" not in headers or "sec-fetch-mode" in headers)

    assert destination_of(Request(alike)).is_page == first.is_page


@pytest.mark.behaviour(32)
@settings(max_examples=500, deadline=None)
@given(headers=REQUESTS)
def test_the_headers_that_decided_fit_into_what_nginx_keeps(headers: dict[str, str]) -> None:
    assert len(", ".join(destination_of(Request(headers)).vary)) <= 128
