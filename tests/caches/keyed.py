"""What must hold besides where a cache keeps one copy of a page for each choice."""

from __future__ import annotations

import pytest

from tests.caches.contract import SHARED, TRACKER, CacheContract
from tests.caches.origin import (
    ALLOWED,
    ALLOWED_YESTERDAY,
    EXPIRED,
    FIRST_FORMAT,
    FORGED,
    REFUSED,
    STALE,
)
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
    pytest.param(ALLOWED.rpartition(".")[0], id="no-signature"),
    pytest.param(ALLOWED[:-68], id="what-was-allowed-alone"),
    pytest.param(FIRST_FORMAT, id="the-first-format"),
]


class KeyedCacheContract(CacheContract):
    """Tests of a fixture `cache` that is keyed on the choice."""

    @pytest.mark.behaviour(14)
    def test_who_chose_the_same_on_any_day_shares_a_page_that_asks(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")
        cookies = ["", ALLOWED, REFUSED, ALLOWED_YESTERDAY]

        first = [page.visit(cookie).body for cookie in cookies]

        assert first == ["1 not allowed", "2 allowed", "3 not allowed", "2 allowed"]
        assert [page.visit(cookie).body for cookie in cookies] == first

    @pytest.mark.behaviour(14)
    def test_a_page_that_shows_the_day_is_its_visitors_alone(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="read")

        bodies = [page.visit(cookie).body[0] for cookie in (ALLOWED, ALLOWED_YESTERDAY, ALLOWED)]

        assert bodies == ["1", "2", "3"]

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

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("cookie", [FORGED, EXPIRED], ids=["forged", "expired"])
    @pytest.mark.parametrize("acts", [["ask"], []], ids=["asks", "asks-nothing"])
    def test_a_choice_that_does_not_hold_fills_no_key_that_others_read(
        self, cache: Cache, cookie: str, acts: list[str]
    ) -> None:
        page = cache.page(SHARED, do=acts)

        words = [page.visit(sent).body for sent in (cookie, cookie, ALLOWED, "", ALLOWED)]

        numbers = [word[0] for word in words]
        assert numbers == ["1", "2", "3", "4", "3"]
        assert [word[2:] for word in words[2:]] == [
            word * bool(acts) for word in ("allowed", "not allowed", "allowed")
        ]

    @pytest.mark.parametrize("cookie", [FORGED, EXPIRED], ids=["forged", "expired"])
    def test_it_reads_what_everybody_can_read_who_chooses_so(
        self, cache: Cache, cookie: str
    ) -> None:
        page = cache.page(SHARED, allowed=[TRACKER], do="ask")
        without = cache.page(SHARED, do="ask")
        without.visit(ALLOWED)

        assert [page.visit(sent).cookies for sent in (ALLOWED, cookie)] == [["_ga=1"], []]
        assert without.visit(cookie).body == "1 allowed"

    @pytest.mark.behaviour(14)
    def test_made_up_choices_and_stale_ones_fill_no_keys_of_their_own(self, cache: Cache) -> None:
        page = cache.page(SHARED)
        made_up = ALLOWED.replace(ALLOWED[40:48], "AAAAAAAA")

        bodies = [page.visit(cookie).body for cookie in (made_up, made_up, STALE, STALE)]

        assert bodies == ["1", "2", "3", "4"]

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


IGNORED = ["_ga"]
"""Cookies over which the cache of the next class passes."""


class IgnoringCacheContract:
    """Tests of a fixture `cache` that is keyed on the choice and passes over trackers."""

    def test_who_sends_a_tracker_shares_the_page_of_the_choice(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="ask")
        cookies = [ALLOWED, f"_ga=1; {ALLOWED}", f"{ALLOWED_YESTERDAY}; _ga=2", "", "_ga=3"]

        bodies = [page.visit(cookie).body for cookie in cookies]

        assert bodies == [*["1 allowed"] * 3, *["2 not allowed"] * 2]

    def test_and_who_sends_more_does_not(self, cache: Cache) -> None:
        page = cache.page(SHARED)
        cookies = [f"_ga=1; {ALLOWED}; session=a", f"_gat=1; {ALLOWED}", "_ga=1; x=1", ALLOWED]

        assert [page.visit(cookie).body for cookie in cookies] == ["1", "2", "3", "4"]

    def test_the_application_gets_the_cookies_as_they_were_sent(self, cache: Cache) -> None:
        page = cache.page(SHARED, do="peek")

        assert page.visit(f"_ga=1; {ALLOWED}").body == f"1 _ga=1; {ALLOWED}"

    @pytest.mark.behaviour(18)
    def test_a_refused_tracker_is_expired_by_the_next_page_of_the_application(
        self, cache: Cache
    ) -> None:
        page = cache.page("Cache-Control: max-age=60")

        answers = [page.visit(f"{REFUSED}; _ga=1") for _ in range(2)]

        assert [one.cookies for one in answers] == [["_ga="], ["_ga="]]
        assert page.visit(REFUSED).cookies == []
