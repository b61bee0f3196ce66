"""What must hold besides where a cache keeps one copy of a page for each choice."""

from __future__ import annotations

import pytest

from tests.caches.contract import SHARED, TRACKER, CacheContract
from tests.caches.origin import ALLOWED, ALLOWED_YESTERDAY, REFUSED
from tests.caches.visitors import Cache, Page

# Cookie headers of visitors whose page may depend on more than one verified choice.
BEYOND_THE_CHOICE = [
    pytest.param("session=a", id="a-session"),
    pytest.param(f"{ALLOWED}; session=a", id="the-choice-and-a-session"),
    pytest.param(f"session=a; {ALLOWED}", id="a-session-and-the-choice"),
    pytest.param(f"{ALLOWED};session=a", id="no-blank-between"),
    pytest.param(f"{ALLOWED}; {ALLOWED_YESTERDAY}", id="two-choices"),
    pytest.param(f"{ALLOWED}; session", id="a-nameless-cookie"),
    pytest.param(f"x{ALLOWED}", id="another-name"),
    pytest.param(f'{ALLOWED}"', id="another-value"),
]

FORGED = f"cookies_preferences=forged.{'x' * 43}"


class KeyedCacheContract(CacheContract):
    """Tests of a fixture `cache` that is keyed on the choice."""

    @pytest.mark.behaviour(14)
    def test_who_chose_the_same_on_the_same_day_shares_a_page_that_asks(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")
        cookies = ["", ALLOWED, REFUSED, ALLOWED_YESTERDAY]

        first = [page.visit(cookie).body for cookie in cookies]

        assert first == ["1 not allowed", "2 allowed", "3 not allowed", "4 allowed"]
        assert [page.visit(cookie).body for cookie in cookies] == first

    def test_a_page_that_reads_the_choice_by_itself_is_kept_for_each_choice(
        self, cache: Cache
    ) -> None:
        page = cache.page(SHARED, do="peek")

        bodies = [page.visit(cookie).body for cookie in (ALLOWED, REFUSED, ALLOWED, "")]

        assert bodies == [f"1 {ALLOWED}", f"2 {REFUSED}", f"1 {ALLOWED}", "3 "]

    def test_a_page_that_asks_before_it_sets_is_kept_for_all_but_who_gets_the_cookie(
        self, cache: Cache
    ) -> None:
        page = cache.page(SHARED, allowed=[TRACKER])

        answers = [page.visit(cookie) for cookie in ("", ALLOWED, REFUSED, "", ALLOWED, REFUSED)]

        assert [answer.body for answer in answers] == ["1", "2", "3", "1", "4", "3"]
        assert [one.cookies for one in answers] == [[], ["_ga=2"], [], [], ["_ga=4"], []]

    @pytest.mark.parametrize("cookie", BEYOND_THE_CHOICE)
    def test_who_sends_more_than_one_choice_is_answered_by_the_application(
        self, cache: Cache, cookie: str
    ) -> None:
        page = cache.page(SHARED)

        bodies = [page.visit(sent).body for sent in (cookie, cookie, ALLOWED, "", cookie)]

        assert bodies == ["1", "2", "3", "4", "5"]

    def test_so_is_who_sends_more_in_a_second_header(self, cache: Cache) -> None:
        page = cache.page(SHARED)
        second = [("Cookie", "session=a")]

        bodies = [page.visit(ALLOWED, headers=second).body for _ in range(2)]

        assert [*bodies, page.visit(ALLOWED).body] == ["1", "2", "3"]

    def test_so_is_who_sends_credentials(self, cache: Cache) -> None:
        page = cache.page(SHARED)
        credentials = [("Authorization", "Basic dTpw")]

        bodies = [page.visit(ALLOWED, headers=credentials).body for _ in range(2)]

        assert [*bodies, page.visit(ALLOWED).body] == ["1", "2", "3"]

    def test_a_forged_choice_changes_nobody_elses_page(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")

        bodies = [page.visit(cookie).body for cookie in (FORGED, ALLOWED, "", FORGED)]

        assert bodies == ["1 not allowed", "2 allowed", "3 not allowed", "1 not allowed"]

    def test_the_end_of_an_address_does_not_pass_for_a_choice(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")
        cut = Page(page.port, f"{page.target}&x=")
        whole = Page(page.port, f"{cut.target}{ALLOWED.partition('=')[2]}")

        assert (cut.visit(ALLOWED).body[2:], whole.visit().body[2:]) == (
            "allowed",
            "not allowed",
        )

    def test_a_choice_holds_for_the_next_page(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")
        page.visit()
        choice = cache.page(do="grant").visit(method="POST", headers=[("Content-Length", "0")])

        assert page.visit(choice.cookies[0]).body == "2 allowed"
