"""What must hold of the banner behind every cache, for two visitors and more."""

from __future__ import annotations

import re
import time

import pytest

from tests.caches.contract import CACHEABLE, EXPIRED_S, SHARED
from tests.caches.origin import ALLOWED, REFUSED
from tests.caches.visitors import Answer, Cache, Page

TAG = 'ETag: "a"'
_PUT_IN = re.compile(r'<div id="consentgate".*</div>', re.DOTALL)
BY_SCRIPT = [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")]

# What of these says that caches may show the page to everybody.
FOR_EVERYBODY = ("public", "s-maxage", "two-lines", "vary")
OF_A_VISITOR = [one for one in CACHEABLE if one.id not in FOR_EVERYBODY]
SHAREABLE = [one for one in CACHEABLE if one.id in FOR_EVERYBODY]


def number_of(answer: Answer) -> str:
    """Which answer of the application it is: what is left without the banner or the link."""
    return _PUT_IN.sub("", answer.body).strip()


def asks(answer: Answer) -> bool:
    """True where the page asks its visitor without a script."""
    return 'value="accept"' in answer.body and "data-state" not in answer.body


def asks_by_script(answer: Answer) -> bool:
    """True where a script shows the question to whom it concerns."""
    return "data-state" in answer.body


def leads_to_settings(answer: Answer) -> bool:
    """True where the page has the way back to a choice that was made, and no question."""
    return "consentgate-settings" in answer.body and 'value="accept"' not in answer.body


def ask_again(page: Page, first: Answer, cookie: str = "") -> Answer:
    """What a browser gets that asks whether the page that it has is still good."""
    (tag,) = first.all("etag")
    return page.visit(cookie, headers=[("If-None-Match", tag)])


class BannerContract:
    """Tests of a fixture `cache`, which each subclass gives. `confirms` is the status with which
    the cache answers who asks about a good copy of a page that it may not keep."""

    confirms = 304

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("headers", OF_A_VISITOR)
    def test_a_page_with_a_banner_is_its_visitors_alone(
        self, cache: Cache, headers: tuple[str, ...]
    ) -> None:
        page = cache.page(*headers, TAG, behind="auto")

        answers = [page.visit(cookie) for cookie in ("", ALLOWED, "", REFUSED, ALLOWED)]

        assert [number_of(one) for one in answers] == ["1", "2", "3", "4", "5"]
        assert [asks(one) for one in answers] == [True, False, True, False, False]
        assert [leads_to_settings(one) for one in answers] == [False, True, False, True, True]

    @pytest.mark.behaviour(14)
    def test_visitors_who_wait_for_one_page_together_get_one_each(self, cache: Cache) -> None:
        page = cache.page("Cache-Control: max-age=60", behind="auto", wait_s=0.2)

        assert sorted(number_of(one) for one in page.visit_together(3)) == ["1", "2", "3"]

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("headers", SHAREABLE)
    def test_a_page_for_everybody_comes_from_the_cache_for_everybody(
        self, cache: Cache, headers: tuple[str, ...]
    ) -> None:
        page = cache.page(*headers, TAG, behind="auto")

        first, second = page.visit(), page.visit(headers=[("Sec-GPC", "1")])

        assert first.body == second.body
        assert (number_of(second), asks_by_script(second)) == ("1", True)

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("headers", CACHEABLE)
    def test_so_does_every_page_with_a_static_banner(
        self, cache: Cache, headers: tuple[str, ...]
    ) -> None:
        page = cache.page(*headers, TAG, behind="static")

        first, second = (page.visit() for _ in range(2))

        assert first.body == second.body
        assert (number_of(second), asks_by_script(second)) == ("1", True)

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("behind", ["auto", "static"])
    def test_a_static_banner_is_the_same_for_who_has_chosen(
        self, cache: Cache, behind: str
    ) -> None:
        page = cache.page(SHARED, behind=behind)

        bodies = [page.visit(cookie).body for cookie in (ALLOWED, "", REFUSED)]

        assert len({body.rpartition(">")[0] for body in bodies}) == 1

    @pytest.mark.behaviour(14)
    @pytest.mark.behaviour(32)
    @pytest.mark.parametrize("first", [[], BY_SCRIPT], ids=["page", "fetch"])
    def test_no_copy_of_a_page_answers_a_script_nor_the_reverse(
        self, cache: Cache, first: list[tuple[str, str]]
    ) -> None:
        page = cache.page(SHARED, behind="auto")
        page.visit(headers=first)

        shown, fetched = page.visit(), page.visit(headers=BY_SCRIPT)

        assert asks_by_script(shown)
        assert not asks_by_script(fetched)

    @pytest.mark.behaviour(14)
    def test_where_nothing_is_asked_the_page_is_nobody_elses(self, cache: Cache) -> None:
        page = cache.page(SHARED, behind="auto")

        elsewhere = page.visit(headers=[("X-Elsewhere", "1")])

        assert elsewhere.body == "1"
        assert asks_by_script(page.visit())

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("cookie", ["", ALLOWED, REFUSED], ids=["", "allowed", "refused"])
    def test_a_browsers_copy_is_good_while_its_visitor_chooses_nothing(
        self, cache: Cache, cookie: str
    ) -> None:
        page = cache.page("Cache-Control: max-age=60", TAG, behind="auto")
        first = page.visit(cookie)

        again = ask_again(page, first, cookie)

        assert (again.status, again.all("etag")) == (self.confirms, first.all("etag"))
        assert again.all("cache-control") == ["private, no-cache"]

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize(
        ("before", "now"),
        [("", ALLOWED), ("", REFUSED), (ALLOWED, ""), (ALLOWED, REFUSED)],
        ids=["accepted", "refused", "forgotten", "withdrawn"],
    )
    def test_and_no_longer_once_a_choice_was_made(
        self, cache: Cache, before: str, now: str
    ) -> None:
        page = cache.page("Cache-Control: max-age=60", TAG, behind="auto")
        first = page.visit(before)

        again = ask_again(page, first, now)

        assert (again.status, number_of(again)) == (200, "2")
        assert (asks(again), leads_to_settings(again)) == (not now, bool(now))

    @pytest.mark.behaviour(14)
    def test_a_copy_from_before_there_was_a_banner_is_not_good(self, cache: Cache) -> None:
        page = cache.page("Cache-Control: max-age=60", TAG, behind="auto")

        answer = page.visit(headers=[("If-None-Match", '"a"')])

        assert (answer.status, asks(answer)) == (200, True)

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("behind", ["auto", "static"])
    def test_a_copy_of_a_page_for_everybody_is_good_for_who_chose_meanwhile(
        self, cache: Cache, behind: str
    ) -> None:
        page = cache.page(SHARED, TAG, behind=behind)
        first = page.visit()

        answers = [ask_again(page, first, cookie) for cookie in ("", ALLOWED)]

        assert [(one.status, one.all("etag")) for one in answers] == [(304, first.all("etag"))] * 2

    @pytest.mark.behaviour(14)
    @pytest.mark.slow
    def test_a_copy_of_the_caches_own_is_asked_about_and_kept(self, cache: Cache) -> None:
        page = cache.page("Cache-Control: public, max-age=1", TAG, behind="auto")
        first = page.visit()
        time.sleep(EXPIRED_S)

        again = page.visit()

        assert again.body.rpartition(">")[0] == first.body.rpartition(">")[0]
        assert again.all("etag") == first.all("etag")

    @pytest.mark.behaviour(14)
    @pytest.mark.slow
    def test_one_visitors_word_that_a_copy_is_good_is_nobody_elses(self, cache: Cache) -> None:
        page = cache.page("Cache-Control: max-age=1", TAG, behind="auto")
        first = page.visit(ALLOWED)
        ask_again(page, first, ALLOWED)
        time.sleep(EXPIRED_S)

        answers = [page.visit(cookie) for cookie in ("", REFUSED, ALLOWED)]

        assert [asks(one) for one in answers] == [True, False, False]
