"""The banner in the pages of the site, behind both middlewares alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consentgate import Enforcement, Policy, Reason, get_consent
from tests.middleware.banner_pages import (
    ALLOWED,
    MEASURED,
    MIDDLEWARES,
    PAGE,
    PUBLIC,
    PUT,
    REFUSED,
    SIGNALLED,
    Page,
    Show,
    Shown,
    asking,
)
from tests.support.exchange import HTML, Ask
from tests.support.pitfall_pages import DATA, FRAMES, PITFALLS, UNFINISHED, Pitfall
from tests.support.pitfall_pages import PUT as PITFALL_PUT
from tests.support.tables import check_rules


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


# Who gets what


@pytest.mark.behaviour(17)
def test_who_has_not_chosen_is_asked_first_in_the_body(show: Show) -> None:
    shown = show(Page())

    before, _, after = shown.body.partition(PUT)
    assert before == PAGE.partition(b"<p>")[0]
    assert after.endswith(b"</div><p>x</p></body></html>")
    assert shown.asks


@pytest.mark.law(9)
@pytest.mark.parametrize("cookie", [ALLOWED, REFUSED], ids=["allowed", "refused"])
def test_who_has_chosen_finds_the_way_back_to_the_choice(show: Show, cookie: str) -> None:
    shown = show(Page(), asking(cookie=cookie))

    assert (shown.is_put_in, shown.asks) == (True, False)
    assert b'href="/consent/?next=/page%3Fsecret%3Din-the-query' in shown.body


def test_the_page_to_come_back_to_is_the_page_itself(show: Show) -> None:
    shown = show(Page(), Ask(path="/a b/'\""))

    assert b'name="next" value="/a%20b/&#x27;%22?secret=in-the-query"' in shown.body


def test_a_path_that_is_no_way_back_is_left_out(show: Show) -> None:
    shown = show(Page(), Ask(path="//evil.example/"))

    assert b'name="next" value=""' in shown.body


def choosing(request: Any) -> None:
    get_consent(request).refuse()


def test_a_choice_in_the_same_response_counts(show: Show) -> None:
    shown = show(Page(act=choosing))

    assert (shown.is_put_in, shown.asks) == (True, False)


@pytest.mark.law(22)
def test_who_signals_a_refusal_of_all_that_is_asked_is_not_asked(show: Show) -> None:
    signalling = show(Page(), asking(("Sec-GPC", "1")), policy=SIGNALLED)
    silent = show(Page(), asking(("Sec-GPC", "0")), policy=SIGNALLED)

    assert (signalling.is_put_in, signalling.asks, silent.asks) == (True, False, True)
    assert [one.all("vary") for one in (signalling, silent)] == [["Cookie, Sec-GPC"]] * 2


@pytest.mark.law(22)
def test_who_signals_a_refusal_of_a_part_is_asked(show: Show) -> None:
    assert show(Page(), asking(("Sec-GPC", "1"))).asks


NOT_ASKED = [
    pytest.param({"banner": "manual"}, id="placed-by-the-site"),
    pytest.param({"prefix": None}, id="no-pages"),
    pytest.param({"mode": "report"}, id="report"),
    pytest.param({"policy": Policy(necessary=["session"])}, id="nothing-to-ask"),
    pytest.param({"required": lambda request: Enforcement.SILENT}, id="never-asked"),
    pytest.param({"required": lambda request: Enforcement.NOT_REQUIRED}, id="not-required"),
]


@pytest.mark.behaviour(21)
@pytest.mark.parametrize("options", NOT_ASKED)
def test_nothing_is_put_in_where_nothing_is_asked(show: Show, options: dict[str, Any]) -> None:
    shown = show(Page(), **options)

    assert shown.body == PAGE


# Which responses


def test_a_middleware_that_asks_only_some_keeps_what_others_get_out_of_caches(show: Show) -> None:
    shown = show(PUBLIC, required=lambda request: Enforcement.SILENT)

    assert shown.all("cache-control") == ["private, max-age=60"]


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_request_of_another_method_gets_what_the_application_sends(
    show: Show, method: str
) -> None:
    page = replace(MEASURED, chunks=())

    shown = show(page, asking(method=method))

    assert shown.body == b""
    assert [value for _, value in shown.headers] == [value for _, value in page.headers]


FETCHED = [
    pytest.param(("Sec-Fetch-Mode", "cors"), id="fetch"),
    pytest.param(("Accept", "*/*"), id="program"),
    pytest.param(("HX-Request", "true"), id="htmx"),
    pytest.param(("Turbo-Frame", "a"), id="turbo"),
    pytest.param(("X-Requested-With", "XMLHttpRequest"), id="xhr"),
]


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("header", FETCHED)
def test_what_is_fetched_is_no_page_and_no_cache_answers_with_it_for_one(
    show: Show, header: tuple[str, str]
) -> None:
    shown = show(PUBLIC, asking(header))

    assert shown.body == PAGE
    assert [value for _, value in shown.headers[:-1]] == [value for _, value in PUBLIC.headers]
    assert shown.headers[-1][0].lower() == "vary"
    assert header[0] in shown.headers[-1][1].split(", ")


@pytest.mark.behaviour(14)
def test_a_fetched_page_keeps_what_it_varies_on_already(show: Show) -> None:
    page = Page(headers=(HTML, ("Vary", "Accept"), ("Vary", "Origin")))

    shown = show(page, asking(("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")))

    assert [value for _, value in shown.headers[1:]] == [
        "Accept, Origin, Sec-Fetch-Mode, Sec-Fetch-Dest"
    ]


@pytest.mark.behaviour(12)
def test_what_is_fetched_and_no_page_is_let_alone(show: Show) -> None:
    page = Page(headers=(("Content-Type", "application/json"), ("X-Note", "text/html")))

    shown = show(page, asking(("Sec-Fetch-Dest", "empty")))

    assert [value for _, value in shown.headers] == ["application/json", "text/html"]


@pytest.mark.law(9)
def test_the_answer_to_a_form_is_a_page_whose_way_back_is_the_preference_centre(
    show: Show,
) -> None:
    shown = show(Page(), replace(asking(method="POST"), path="/send"))

    assert PUT in shown.body
    assert b'name="next" value="/consent/"' in shown.body


OTHER_RESPONSES = [
    pytest.param(Page(status=204, headers=(), chunks=()), id="204"),
    pytest.param(Page(status=206), id="206"),
    pytest.param(Page(status=302, headers=(HTML, ("Location", "/"))), id="redirect"),
    pytest.param(Page(headers=(("Content-Type", "application/json"),)), id="json"),
    pytest.param(Page(headers=(("Content-Type", "text/html; charset=utf-16"),)), id="utf-16"),
    pytest.param(Page(headers=(HTML, ("Content-Disposition", "attachment"))), id="attachment"),
    pytest.param(Page(headers=(HTML, ("Content-Encoding", "gzip"))), id="compressed"),
]


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("page", OTHER_RESPONSES)
def test_a_response_that_is_no_page_leaves_as_it_came(show: Show, page: Page) -> None:
    shown = show(page)

    assert shown.body == b"".join(page.chunks)
    assert [value for _, value in shown.headers] == [value for _, value in page.headers]


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_page_of_any_status_is_a_page(show: Show, status: int) -> None:
    shown = show(Page(status=status))

    assert (shown.status, shown.asks) == (status, True)


# Where in a page


def parts_of(shown: Shown) -> tuple[bytes, bytes]:
    """The body before and after what was put in."""
    before, _, after = shown.body.partition(PUT)
    return before, after.rpartition(b"</section></div>")[2]


def test_every_pitfall_is_known_to_the_middleware(show: Show) -> None:
    def it_is_put_in_where_the_body_starts_and_nowhere_else(pitfall: Pitfall) -> None:
        chunks = [pitfall.page[place : place + 1] for place in range(len(pitfall.page))]

        shown = show(Page(chunks=chunks))

        before, _, after = pitfall.becomes.partition(PITFALL_PUT)
        assert shown.is_put_in is pitfall.has_place
        assert parts_of(shown) == (before, after)

    check_rules(
        (
            it_is_put_in_where_the_body_starts_and_nowhere_else,
            [*PITFALLS, *UNFINISHED, *FRAMES, *DATA],
        ),
    )


def test_a_page_whose_body_starts_too_late_leaves_as_it_came_and_is_told(show: Show) -> None:
    page = replace(MEASURED, chunks=[b" " * 10_000] * 8, headers=(HTML, ("ETag", '"a"')))

    shown = show(page)

    assert shown.body == b" " * 80_000
    assert shown.all("etag") == ['"a"']
    assert [event.reason.value for event in shown.events] == ["CG152"]


def test_a_compressed_page_is_told(show: Show) -> None:
    shown = show(Page(headers=(HTML, ("Content-Encoding", "br"))))

    assert [(event.reason.value, event.path) for event in shown.events] == [("CG151", "/page")]


# In which language


@pytest.mark.law(19)
@pytest.mark.parametrize(
    ("page", "headers", "language"),
    [
        (b"<html lang=fr><body>", (), b'lang="fr"'),
        (b"<html lang=fr-CA><body>", (), b'lang="fr"'),
        (b"<html lang=de><body>", (("Content-Language", "fr"),), b'lang="fr"'),
        (b"<body>", (("Content-Language", "fr, en"),), b'lang="fr"'),
        (b"<body>", (), b'lang="fr"'),
        (b"<html lang=en><body>", (("Content-Language", "fr"),), b'lang="en"'),
    ],
)
def test_it_speaks_the_language_of_the_page_or_else_the_visitors(
    show: Show, page: bytes, headers: tuple[tuple[str, str], ...], language: bytes
) -> None:
    shown = show(
        Page(chunks=[page], headers=(HTML, *headers)), asking(("Accept-Language", "de, fr"))
    )

    assert language in shown.body.partition(PUT)[2].partition(b">")[0]


def test_the_sites_own_choice_comes_before_the_visitors(show: Show) -> None:
    shown = show(
        Page(chunks=[b"<body>"]),
        asking(("Accept-Language", "en")),
        language=lambda request: "fr",
    )

    assert b'lang="fr"' in shown.body


@pytest.mark.law(19)
def test_a_choice_that_fails_is_told_and_the_visitors_language_is_taken(show: Show) -> None:
    ask = asking(("Accept-Language", "fr"))
    page = Page((b"<!doctype html><body>x",))

    shown = show(page, ask, language=lambda request: 1 / 0)

    assert b'lang="fr"' in shown.body
    assert [event.reason for event in shown.events] == [Reason.LANGUAGE_FAILED]


# The nonce


@pytest.mark.behaviour(17)
@pytest.mark.parametrize(
    ("policy", "stamped"),
    [
        ("default-src 'none'; script-src 'self' 'nonce-r4nd0m=='; style-src 'nonce-x'", True),
        ("script-src-elem 'nonce-r4nd0m=='", True),
        ("default-src 'nonce-r4nd0m=='", True),
        ("script-src 'self'; style-src 'self'", False),
        ("frame-src 'nonce-r4nd0m=='", False),
    ],
)
@pytest.mark.parametrize("name", ["Content-Security-Policy", "content-security-policy-report-only"])
def test_scripts_and_styles_bear_the_pages_own_nonce(
    show: Show, name: str, policy: str, stamped: bool
) -> None:
    shown = show(Page(headers=(HTML, ("X-A", "b"), (name, policy))))

    assert shown.body.count(b'nonce="r4nd0m=="') == (2 if stamped else 0)
