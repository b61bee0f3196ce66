"""What a withdrawal does, and what the application may read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from consentgate import Policy, Reason, VisitorConsent
from tests.contract.cookies_and_actions import (
    DOCUMENT,
    GA,
    SESSION,
    refuse,
    withdraw,
)
from tests.support.exchange import (
    HTML,
    TODAY,
    Ask,
    Play,
    Say,
    gate_of,
    preferences_for,
)


class Withdrawn:
    """A part of the contract."""

    play: Play

    # Withdrawal

    @pytest.mark.behaviour(6)
    def test_a_withdrawal_strips_what_the_same_response_had_queued(self) -> None:
        answer = self.play(
            Ask(method="POST", cookie=preferences_for("statistics")),
            Say(cookies=(SESSION, GA), act=withdraw),
        )

        assert answer.cookie_names[:2] == ["cookies_preferences", "session"]
        assert GA not in answer.cookies

    @pytest.mark.behaviour(6)
    def test_after_a_withdrawal_every_category_is_refused_as_of_today(self) -> None:
        first = self.play(
            Ask(method="POST", cookie=preferences_for("statistics")), Say(act=withdraw)
        )

        second = self.play(
            Ask(cookie=first.preferences),
            Say(act=lambda consent: (consent.value, consent.decided)),
        )

        value, decided = second.acted
        assert value.refused == {"statistics", "marketing"}
        assert (value.granted, value.day, decided) == (frozenset(), TODAY, True)

    @pytest.mark.behaviour(6)
    def test_a_choice_on_its_way_out_never_counts_as_consent(self) -> None:
        planted = preferences_for("statistics") + "; Path=/"

        answer = self.play(Ask(), Say(cookies=(planted, GA)))

        assert answer.cookies == []

    @pytest.mark.behaviour(18)
    @pytest.mark.law(10)
    def test_a_withdrawal_expires_the_cookies_on_each_declared_path_and_domain(self) -> None:
        cookie = f"{preferences_for('statistics', 'marketing')}; _fbp=1; _pk_id.7=x; session=s"

        answer = self.play(Ask(method="POST", cookie=cookie), Say(act=withdraw))

        ends = "=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path="
        assert answer.cookies[1:] == [
            f"_fbp{ends}/; Domain=example.org",
            f"_fbp{ends}/shop; Domain=example.org",
            f"_pk_id.7{ends}/",
            f"_ga{ends}/",
        ]

    @pytest.mark.law(10)
    def test_what_takes_a_grant_back_clears_the_storages_where_the_site_asks_for_it(self) -> None:
        taken_back = [withdraw, refuse, lambda consent: consent.refuse("statistics")]
        ask = Ask(method="POST", cookie=preferences_for("statistics"))

        answers = [self.play(ask, Say(act=act), clear_site_data=True) for act in taken_back]

        assert [answer.all("clear-site-data") for answer in answers] == [['"storage"']] * 3
        assert self.play(ask, Say(act=withdraw)).all("clear-site-data") == []

    @pytest.mark.law(10)
    def test_what_takes_no_grant_back_clears_nothing(self) -> None:
        some, none = preferences_for("statistics"), preferences_for()
        kept: list[tuple[str, Callable[[VisitorConsent], None]]] = [
            (some, lambda consent: consent.grant()),
            (some, lambda consent: consent.refuse("marketing")),
            (none, withdraw),
            ("", refuse),
        ]

        for cookie, act in kept:
            ask = Ask(method="POST", cookie=cookie)
            answer = self.play(ask, Say(act=act), clear_site_data=True)
            assert answer.all("clear-site-data") == []

    def test_in_report_mode_a_withdrawal_clears_no_storages(self) -> None:
        ask = Ask(method="POST", cookie=preferences_for("statistics"))

        answer = self.play(ask, Say(act=withdraw), clear_site_data=True, mode="report")

        assert answer.all("clear-site-data") == []

    @pytest.mark.behaviour(43)
    def test_a_withdrawal_expires_a_tracker_on_the_parent_domains_of_the_host(self) -> None:
        policy = Policy(presets=["google-analytics", "matomo"])
        gate = gate_of(policy=policy)
        cookie = f"{gate.preferences_for('statistics')}; _ga=1; _ga_X=2; _pk_id.1=3"

        answer = self.play(Ask(method="POST", cookie=cookie), Say(act=withdraw), policy=policy)

        places = [value.partition("; Path=/")[::2] for value in answer.cookies]
        assert [place for name, place in places if name.startswith("_ga=")] == [
            "; Domain=example.org",
            "; Domain=www.example.org",
            "",
        ]
        assert next(place for name, place in places if name.startswith("_ga_X=")) == (
            "; Domain=example.org"
        )
        assert [place for name, place in places if name.startswith("_pk_id.1=")] == [""]

    @pytest.mark.behaviour(43)
    def test_a_refused_tracker_is_expired_on_the_parent_domains_with_the_next_page(self) -> None:
        policy = Policy(presets=["meta-pixel"])
        cookie = f"{gate_of(policy=policy).preferences_for()}; _fbp=1"

        answer = self.play(Ask(cookie=cookie), Say(), policy=policy)

        assert [value.partition("; Path=/")[2] for value in answer.cookies] == [
            "; Domain=example.org",
            "; Domain=www.example.org",
            "",
        ]

    @pytest.mark.behaviour(18)
    def test_only_the_refused_category_is_expired(self) -> None:
        cookie = f"{preferences_for('statistics')}; _ga=1; _fbp=2; session=s; other=o"

        answer = self.play(Ask(cookie=cookie, headers=DOCUMENT), Say())

        assert answer.cookie_names == ["_fbp", "_fbp"]

    @pytest.mark.behaviour(18)
    @pytest.mark.law(10)
    def test_a_refused_cookie_that_still_comes_in_is_hidden_expired_and_reported(self) -> None:
        answer = self.play(Ask(cookie=f"{preferences_for()}; _ga=1", headers=DOCUMENT), Say())

        assert answer.seen == preferences_for()
        assert answer.cookie_names == ["_ga"]
        assert [event.reason for event in answer.events] == [
            Reason.REFUSED,
            Reason.WITHDRAWAL_NOT_EFFECTIVE,
        ]

    @pytest.mark.behaviour(18)
    def test_at_most_ten_headers_of_a_response_expire(self) -> None:
        names = [f"_pk_id.{number}" for number in range(30)]
        cookie = "; ".join([preferences_for(), *(f"{name}=1" for name in names)])

        answer = self.play(Ask(cookie=cookie, headers=DOCUMENT), Say())

        assert len(answer.cookie_names) == 10
        assert set(answer.cookie_names) < set(names)

    @pytest.mark.behaviour(18)
    @pytest.mark.parametrize("destination", ["image", "script", "empty", "iframe"])
    def test_nothing_expires_on_what_is_no_document(self, destination: str) -> None:
        headers = (("Sec-Fetch-Dest", destination),)

        answer = self.play(Ask(cookie=f"{preferences_for()}; _ga=1", headers=headers), Say())

        assert answer.cookies == []

    @pytest.mark.behaviour(18)
    @pytest.mark.parametrize("content_type", ["image/png", "text/css", "application/javascript"])
    def test_nothing_expires_on_a_resource_of_a_browser_that_does_not_tell(
        self, content_type: str
    ) -> None:
        answer = self.play(
            Ask(cookie=f"{preferences_for()}; _ga=1"),
            Say(headers=(("Content-Type", content_type),)),
        )

        assert answer.cookies == []

    @pytest.mark.behaviour(18)
    @pytest.mark.parametrize(
        "caching", ["public, max-age=60", "s-maxage=60", "max-age=9, immutable"]
    )
    def test_nothing_expires_on_what_a_shared_cache_may_keep(self, caching: str) -> None:
        answer = self.play(
            Ask(cookie=f"{preferences_for()}; _ga=1", headers=DOCUMENT),
            Say(headers=(HTML, ("Cache-Control", caching))),
        )

        assert answer.cookies == []
        assert answer.all("cache-control") == [caching]

    @pytest.mark.behaviour(18)
    def test_undecided_and_stale_cookies_are_hidden_and_not_expired(self) -> None:
        answer = self.play(Ask(cookie="_ga=1; _fbp=2", headers=DOCUMENT), Say())

        assert (answer.seen, answer.cookies) == (None, [])

    @pytest.mark.behaviour(19)
    def test_an_undeclared_cookie_is_never_expired(self) -> None:
        answer = self.play(
            Ask(cookie=f"{preferences_for('statistics')}; other=1", method="POST"),
            Say(act=withdraw),
        )

        assert "other" not in answer.cookie_names

    # What the application sees

    @pytest.mark.behaviour(10)
    @pytest.mark.law(1)
    def test_declared_names_that_are_not_allowed_vanish_from_the_request(self) -> None:
        answer = self.play(Ask(cookie="session=1; _ga=2; other=3; _pk_id.1=4"), Say())

        assert answer.seen == "session=1; other=3"

    @pytest.mark.behaviour(10)
    @pytest.mark.parametrize("pair", ["_ga", "=_ga", "=_ga=1", " _ga =1", "_ga\t=1", "\xa0_ga=1"])
    def test_what_a_reader_takes_for_such_a_name_vanishes_too(self, pair: str) -> None:
        answer = self.play(Ask(cookie=f"session=1; {pair}; csrftoken=2"), Say())

        assert answer.seen == "session=1; csrftoken=2"

    @pytest.mark.behaviour(10)
    def test_the_cookie_header_disappears_when_nothing_is_left(self) -> None:
        answer = self.play(Ask(cookie="_ga=1"), Say())

        assert answer.seen is None

    @pytest.mark.behaviour(10)
    def test_granted_names_stay_in_the_request(self) -> None:
        cookie = f"_ga=1; {preferences_for('statistics')}; _fbp=2"

        answer = self.play(Ask(cookie=cookie), Say())

        assert answer.seen == f"_ga=1; {preferences_for('statistics')}"

    @pytest.mark.behaviour(10)
    @pytest.mark.behaviour(19)
    def test_an_unknown_name_stays_and_is_reported(self) -> None:
        answer = self.play(Ask(cookie="session=1; other=2"), Say())

        assert answer.seen == "session=1; other=2"
        [event] = answer.events
        assert (event.reason, event.name) == (Reason.UNKNOWN_IN_REQUEST, "other")

    @pytest.mark.behaviour(19)
    def test_thin_undeclared_hides_unknown_names_too(self) -> None:
        answer = self.play(Ask(cookie="session=1; other=2"), Say(), hide_cookies="undeclared")

        assert answer.seen == "session=1"

    def test_thin_off_hides_nothing(self) -> None:
        answer = self.play(Ask(cookie="session=1; _ga=2; other=3"), Say(), hide_cookies="off")

        assert answer.seen == "session=1; _ga=2; other=3"

    def test_a_header_without_anything_to_hide_is_left_as_it_came(self) -> None:
        cookie = "session=1;csrftoken=2 ;; app_x = 3"

        answer = self.play(Ask(cookie=cookie), Say())

        assert answer.seen == cookie
