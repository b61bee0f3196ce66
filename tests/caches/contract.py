"""What must hold behind every cache: each test module inherits it for one cache and server."""

from __future__ import annotations

import time

import pytest

from tests.caches.origin import ALLOWED, REFUSED
from tests.caches.visitors import Cache

TRACKER = "Set-Cookie: _ga={n}"
SHARED = "Cache-Control: public, max-age=60"
EXPIRED_S = 2.1  # a cache that counts whole seconds has let go of max-age=1 then

# Each of these lets a cache keep a page that sets no cookie, by its own word or by the cache's.
CACHEABLE = [
    pytest.param((), id="nothing"),
    pytest.param((SHARED,), id="public"),
    pytest.param(("Cache-Control: max-age=60",), id="max-age"),
    pytest.param(("Cache-Control: max-age=0, s-maxage=60",), id="s-maxage"),
    pytest.param(("Cache-Control: max-age=60", "cache-control: PUBLIC"), id="two-lines"),
    pytest.param(("X-Accel-Expires: 60",), id="x-accel-expires"),
    pytest.param(("Surrogate-Control: max-age=60",), id="surrogate-control"),
    pytest.param(("CDN-Cache-Control: public, max-age=60",), id="cdn-cache-control"),
    pytest.param(("Expires: Fri, 01 Jan 2100 00:00:00 GMT",), id="expires"),
    pytest.param(("Last-Modified: Fri, 01 Jan 2021 00:00:00 GMT",), id="heuristic"),
    pytest.param((SHARED, "Vary: Accept-Encoding"), id="vary"),
]

# What the gate takes away from a visitor who has not chosen.
STRIPPED = [
    pytest.param(TRACKER, id="not-allowed"),
    pytest.param("set-cookie: undeclared={n}", id="undeclared"),
    pytest.param("Set-Cookie: nameless", id="nameless"),
    pytest.param("Set-Cookie: cookies_preferences={n}", id="the-choice-itself"),
]


class CacheContract:
    """Tests of a fixture `cache`, which each subclass gives."""

    @pytest.mark.parametrize("headers", CACHEABLE)
    def test_a_page_without_cookie_is_served_from_the_cache(
        self, cache: Cache, headers: tuple[str, ...]
    ) -> None:
        page = cache.page(*headers)

        assert [page.visit().body for _ in range(2)] == ["1", "1"]

    def test_a_page_is_kept_out_of_the_cache_by_its_cookie_where_there_is_no_gate(
        self, cache: Cache
    ) -> None:
        page = cache.page(SHARED, TRACKER, behind="bare")

        assert [page.visit().cookies for _ in range(2)] == [["_ga=1"], ["_ga=2"]]

    @pytest.mark.parametrize("headers", CACHEABLE)
    def test_a_page_whose_cookie_was_merely_deleted_is_served_to_the_next_visitor(
        self, cache: Cache, headers: tuple[str, ...]
    ) -> None:
        page = cache.page(*headers, TRACKER, behind="naive")

        assert [page.visit().body for _ in range(2)] == ["1", "1"]

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("headers", CACHEABLE)
    def test_a_page_whose_cookie_the_gate_stripped_is_not_served_to_the_next_visitor(
        self, cache: Cache, headers: tuple[str, ...]
    ) -> None:
        page = cache.page(*headers, TRACKER)

        answers = [page.visit() for _ in range(2)]

        assert [answer.body for answer in answers] == ["1", "2"]
        assert [answer.cookies for answer in answers] == [[], []]

    @pytest.mark.parametrize("line", STRIPPED)
    def test_nor_is_one_whose_cookie_was_stripped_for_another_reason(
        self, cache: Cache, line: str
    ) -> None:
        page = cache.page(SHARED, line)

        answers = [page.visit() for _ in range(2)]

        assert [(answer.body, answer.cookies) for answer in answers] == [("1", []), ("2", [])]

    @pytest.mark.parametrize("status", [301, 404, 410])
    def test_nor_is_a_redirect_or_an_error_whose_cookie_was_stripped(
        self, cache: Cache, status: int
    ) -> None:
        stripped = cache.page(SHARED, "Location: /", TRACKER, status=status)
        without = cache.page(SHARED, "Location: /", status=status)

        assert [stripped.visit().body for _ in range(2)] == ["1", "2"]
        assert [without.visit().body for _ in range(2)] == ["1", "1"]

    def test_nor_is_one_that_was_asked_for_its_head_first(self, cache: Cache) -> None:
        page = cache.page(SHARED, TRACKER)

        page.visit(method="HEAD")

        assert [page.visit().body for _ in range(2)] == ["2", "3"]

    def test_visitors_who_wait_for_one_page_together_get_one_each(self, cache: Cache) -> None:
        stripped = cache.page(SHARED, TRACKER, wait_s=0.2)

        assert sorted(answer.body for answer in stripped.visit_together(3)) == ["1", "2", "3"]

    def test_a_deletion_made_anew_by_the_gate_goes_to_its_visitor_alone(self, cache: Cache) -> None:
        page = cache.page(SHARED, "Set-Cookie: _ga=x; Max-Age=0")

        answers = [page.visit() for _ in range(2)]

        assert [(one.body, one.cookies) for one in answers] == [("1", ["_ga="]), ("2", ["_ga="])]

    def test_a_necessary_cookie_goes_to_its_visitor_alone(self, cache: Cache) -> None:
        page = cache.page(SHARED, "Set-Cookie: session={n}")

        assert [page.visit().cookies for _ in range(2)] == [["session=1"], ["session=2"]]

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("headers", CACHEABLE)
    def test_a_cookie_let_out_by_consent_goes_to_its_visitor_alone(
        self, cache: Cache, headers: tuple[str, ...]
    ) -> None:
        page = cache.page(*headers, TRACKER)

        answers = [page.visit(cookie) for cookie in (ALLOWED, ALLOWED, REFUSED, "")]

        assert [answer.cookies for answer in answers] == [["_ga=1"], ["_ga=2"], [], []]
        assert all("private" in answer.all("cache-control")[0] for answer in answers)

    def test_a_cookie_let_out_because_no_choice_is_needed_goes_to_its_visitor_alone(
        self, cache: Cache
    ) -> None:
        page = cache.page(SHARED, TRACKER, behind="abroad")

        abroad = page.visit(headers=[("X-Elsewhere", "1")])

        assert (abroad.cookies, abroad.all("cache-control")) == (["_ga=1"], ["private, max-age=60"])
        assert page.visit().cookies == []

    def test_what_a_page_shows_because_no_choice_is_needed_goes_to_its_visitor_alone(
        self, cache: Cache
    ) -> None:
        page = cache.page(SHARED, behind="abroad", do="ask")

        abroad = page.visit(headers=[("X-Elsewhere", "1")])

        assert (abroad.body, page.visit().body) == ("1 allowed", "2 not allowed")

    def test_a_choice_goes_to_its_visitor_alone(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="refuse")

        answers = [page.visit() for _ in range(2)]

        assert [answer.body for answer in answers] == ["1 refused", "2 refused"]
        assert [answer.cookies for answer in answers] == [[REFUSED], [REFUSED]]

    def test_the_response_to_a_choice_that_was_sent_is_not_kept(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="grant")

        answers = [page.visit(method="POST", headers=[("Content-Length", "0")]) for _ in range(2)]

        assert [answer.body for answer in answers] == ["1 granted", "2 granted"]
        assert all(answer.all("cache-control") == ["private, max-age=60"] for answer in answers)

    @pytest.mark.behaviour(18)
    def test_the_expiry_of_a_refused_cookie_goes_to_its_visitor_alone(self, cache: Cache) -> None:
        page = cache.page("Cache-Control: max-age=60")

        refused = page.visit(f"{REFUSED}; _ga=1")

        assert (refused.cookies, refused.all("cache-control")) == (
            ["_ga="],
            ["private, max-age=60"],
        )
        assert [page.visit(cookie).cookies for cookie in (REFUSED, ALLOWED, "")] == [[], [], []]

    @pytest.mark.behaviour(14)
    def test_a_page_that_asks_is_not_served_to_who_chose_otherwise(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")

        words = [page.visit(cookie).body[2:] for cookie in ("", ALLOWED, REFUSED, "", ALLOWED)]

        assert words == ["not allowed", "allowed", "not allowed", "not allowed", "allowed"]

    def test_who_has_not_chosen_shares_a_page_that_asks(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")

        assert [page.visit().body for _ in range(2)] == ["1 not allowed", "1 not allowed"]

    def test_what_the_browser_signals_is_not_told_to_who_signals_nothing(
        self, cache: Cache
    ) -> None:
        page = cache.page(SHARED, do="read")

        words = [page.visit(headers=[("Sec-GPC", "1")] * times).body[2:] for times in (1, 0, 1)]

        assert words == ["refused: ['marketing']", "refused: []", "refused: ['marketing']"]

    def test_a_visitor_whose_copy_is_still_good_does_not_make_the_page_shared(
        self, cache: Cache
    ) -> None:
        page = cache.page(SHARED, 'ETag: "a"', TRACKER)

        again = page.visit(headers=[("If-None-Match", '"a"')])

        assert again.cookies == []
        assert [page.visit().body for _ in range(2)] == ["2", "3"]

    @pytest.mark.behaviour(14)
    @pytest.mark.slow
    def test_a_cookie_sent_with_word_that_the_copy_is_still_good_goes_to_nobody_else(
        self, cache: Cache
    ) -> None:
        page = cache.page("Cache-Control: max-age=1", 'ETag: "a"', later=[TRACKER])
        page.visit()
        time.sleep(EXPIRED_S)

        cookies = [page.visit(cookie).cookies for cookie in ("", ALLOWED, "", "")]

        assert [cookies[0], *cookies[2:]] == [[], [], []]
