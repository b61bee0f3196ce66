"""What a stored choice is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consentgate import (
    Action,
    Cookie,
    Mode,
    Policy,
    Reason,
)
from tests.contract.cookies_and_actions import (
    FBP,
    GA,
    SESSION,
    grant_all,
)
from tests.support.exchange import (
    HTML,
    NOW,
    POLICY,
    Ask,
    Clock,
    Play,
    Say,
    preferences_for,
)


class Stored:
    """A part of the contract."""

    play: Play

    # The stored choice

    def test_a_granted_category_leaves_and_another_does_not(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics")), Say(cookies=(GA, FBP, "_pk_id.1=x"))
        )

        assert answer.cookies == [GA, "_pk_id.1=x"]

    def test_a_refused_category_is_stripped_as_refused(self) -> None:
        answer = self.play(Ask(cookie=preferences_for()), Say(cookies=(GA,)))

        assert answer.cookies == []
        assert answer.events[0].reason is Reason.REFUSED

    @pytest.mark.behaviour(2)
    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("", id="empty"),
            pytest.param("true", id="a word"),
            pytest.param('{"statistics": true}', id="plain json"),
            pytest.param("eyJ2IjoxfQ", id="unsigned"),
            pytest.param("eyJ2IjoxfQ." + "A" * 43, id="forged"),
            pytest.param("." + "A" * 43, id="no payload"),
            pytest.param("x" * 3000, id="oversized"),
            pytest.param("\xe9\xff", id="not ascii"),
            pytest.param('"', id="a quote"),
        ],
    )
    def test_a_preferences_cookie_that_is_not_ours_grants_nothing(self, value: str) -> None:
        answer = self.play(Ask(cookie=f"cookies_preferences={value}"), Say(cookies=(SESSION, GA)))

        assert answer.status == 200
        assert answer.cookies == [SESSION]

    @pytest.mark.behaviour(2)
    def test_a_name_in_another_case_is_no_preferences_cookie(self) -> None:
        cookie = preferences_for("statistics").replace("cookies_p", "Cookies_P")

        answer = self.play(Ask(cookie=cookie), Say(cookies=(GA,)))

        assert answer.cookies == []

    @pytest.mark.behaviour(2)
    def test_the_value_is_read_case_sensitively(self) -> None:
        name, _, value = preferences_for("statistics").partition("=")

        answer = self.play(Ask(cookie=f"{name}={value.swapcase()}"), Say(cookies=(GA,)))

        assert answer.cookies == []

    @pytest.mark.behaviour(2)
    @pytest.mark.parametrize("end", ["", ".", ".AAAA"], ids=["none", "empty", "short"])
    def test_a_true_choice_without_its_signature_grants_nothing(self, end: str) -> None:
        unsigned = preferences_for("statistics", "marketing").rpartition(".")[0]

        answer = self.play(Ask(cookie=unsigned + end), Say(cookies=(GA, FBP)))

        assert answer.cookies == []

    @pytest.mark.behaviour(2)
    def test_a_choice_signed_with_another_key_grants_nothing(self) -> None:
        cookie = preferences_for("statistics", secret_key="another key of enough characters")

        answer = self.play(Ask(cookie=cookie), Say(cookies=(GA,)))

        assert answer.cookies == []

    def test_a_choice_signed_with_a_fallback_key_counts(self) -> None:
        old = "an older key of enough characters"

        answer = self.play(
            Ask(cookie=preferences_for("statistics", secret_key=old)),
            Say(cookies=(GA,)),
            fallback_keys=[old],
        )

        assert answer.cookies == [GA]

    @pytest.mark.behaviour(2)
    def test_a_choice_for_another_audience_grants_nothing(self) -> None:
        cookie = preferences_for("statistics", audience="another portal")

        answer = self.play(Ask(cookie=cookie), Say(cookies=(GA,)))

        assert answer.cookies == []

    @pytest.mark.behaviour(2)
    def test_a_choice_from_the_far_future_grants_nothing(self) -> None:
        cookie = preferences_for("statistics", clock=Clock(NOW + timedelta(days=3)))

        answer = self.play(Ask(cookie=cookie), Say(cookies=(GA,)))

        assert answer.cookies == []

    @pytest.mark.law(7)
    @pytest.mark.parametrize("days", [0, 1, 181, 182])
    def test_a_choice_holds_for_182_days(self, days: int) -> None:
        cookie = preferences_for("statistics")

        answer = self.play(
            Ask(cookie=cookie), Say(cookies=(GA,)), clock=Clock(NOW + timedelta(days=days))
        )

        assert answer.cookies == [GA]

    @pytest.mark.behaviour(11)
    @pytest.mark.law(7)
    @pytest.mark.parametrize("granted", [("statistics",), ()], ids=["accepted", "refused"])
    def test_an_older_choice_is_flagged_and_its_cookies_stop(
        self, granted: tuple[str, ...]
    ) -> None:
        answer = self.play(
            Ask(cookie=preferences_for(*granted)),
            Say(cookies=(GA,), act=lambda consent: consent.decided),
            clock=Clock(NOW + timedelta(days=184)),
        )

        assert answer.cookies == []
        assert answer.acted is False
        assert Reason.EXPIRED in [event.reason for event in answer.events]

    @pytest.mark.behaviour(2)
    @pytest.mark.behaviour(11)
    def test_a_category_that_changed_stops_alone(self) -> None:
        wider = Policy(
            necessary=["session"],
            cookies=[
                *(one for one in POLICY.cookies if one.category == "statistics"),
                Cookie("_fbp", category="marketing"),
                Cookie("_gcl_au", category="marketing"),
            ],
        )

        answer = self.play(
            Ask(cookie=preferences_for("statistics", "marketing")),
            Say(cookies=(GA, FBP), act=lambda consent: consent.decided),
            policy=wider,
        )

        assert answer.cookies == [GA]
        assert answer.acted is False
        assert Reason.STALE in [event.reason for event in answer.events]

    @pytest.mark.behaviour(14)
    @pytest.mark.parametrize("mode", list(Mode))
    def test_the_answer_to_a_choice_that_does_not_hold_is_private(self, mode: Mode) -> None:
        """Whatever the page does: a cache that keys on the choice cannot know that it is forged."""
        valid = preferences_for("statistics")
        changed = Policy(cookies=[Cookie("_ga", category="statistics", provider="Another")])
        cookies = {
            "forged": f"{valid[:-43]}{'A' * 43}",
            "malformed": "cookies_preferences=x",
            "expired": preferences_for("statistics", clock=Clock(NOW - timedelta(days=184))),
            "stale": preferences_for("statistics", policy=changed),
            "valid": valid,
        }
        shared = Say(headers=(HTML, ("Cache-Control", "public, max-age=60")))

        answers = {
            title: self.play(Ask(cookie=cookie), shared, mode=mode)
            for title, cookie in cookies.items()
        }

        assert {title: one.all("cache-control") for title, one in answers.items()} == {
            **{title: ["private, max-age=60"] for title in cookies},
            "valid": ["public, max-age=60"],
        }

    @pytest.mark.behaviour(2)
    def test_two_valid_choices_are_intersected(self) -> None:
        cookie = "; ".join([preferences_for("statistics"), preferences_for("marketing")])

        answer = self.play(Ask(cookie=cookie), Say(cookies=(GA, FBP)))

        assert answer.cookies == []

    @pytest.mark.behaviour(2)
    @pytest.mark.parametrize("order", [1, -1], ids=["planted first", "planted last"])
    def test_an_invalid_choice_beside_a_valid_one_is_ignored(self, order: int) -> None:
        pair = [f"cookies_preferences=forged.{'A' * 43}", preferences_for("statistics")]

        answer = self.play(Ask(cookie="; ".join(pair[::order])), Say(cookies=(GA,)))

        assert answer.cookies == [GA]

    @pytest.mark.behaviour(2)
    def test_the_next_choice_expires_the_domain_variants_of_planted_ones(self) -> None:
        cookie = "cookies_preferences=planted; " + preferences_for("statistics")

        answer = self.play(Ask(cookie=cookie, method="POST"), Say(act=grant_all))

        expired = [value for value in answer.cookies if "Max-Age=0" in value]
        assert ["Domain=www.example.org" in value for value in expired] == [True, False]
        assert "Domain=example.org" in expired[1]

    # The browser's own signal

    @pytest.mark.law(22)
    def test_global_privacy_control_refuses_an_undecided_category(self) -> None:
        answer = self.play(
            Ask(headers=(("Sec-GPC", "1"),)),
            Say(cookies=(FBP, GA), act=lambda consent: consent.value.refused),
        )

        assert answer.acted == {"marketing"}
        assert [event.reason for event in answer.events] == [Reason.REFUSED, Reason.UNDECIDED]
        assert answer.cookies == []

    @pytest.mark.law(22)
    def test_an_explicit_choice_beats_global_privacy_control(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("marketing"), headers=(("Sec-GPC", "1"),)),
            Say(cookies=(FBP,)),
        )

        assert answer.cookies == [FBP]

    @pytest.mark.law(22)
    @pytest.mark.parametrize("value", ["0", "true", "", "1.0", "11"])
    def test_any_other_value_is_no_signal(self, value: str) -> None:
        answer = self.play(
            Ask(headers=(("Sec-GPC", value),)), Say(act=lambda consent: consent.value.refused)
        )

        assert answer.acted == frozenset()

    # Exempt statistics

    ANONYMOUS = Policy(
        cookies=[
            Cookie(
                "_pk_ses",
                category="statistics",
                anonymous=True,
                lifetime="13 months",
                retention="25 months",
            ),
            Cookie("_ga", category="statistics"),
        ]
    )

    @pytest.mark.law(14)
    @pytest.mark.law(16)
    def test_an_anonymous_cookie_leaves_before_any_choice(self) -> None:
        answer = self.play(Ask(), Say(cookies=("_pk_ses=1", GA)), policy=self.ANONYMOUS)

        assert answer.cookies == ["_pk_ses=1"]

    @pytest.mark.law(16)
    def test_an_anonymous_cookie_stops_once_its_category_is_refused(self) -> None:
        cookie = preferences_for(policy=self.ANONYMOUS) + "; _pk_ses=1"

        answer = self.play(
            Ask(cookie=cookie, headers=(("Sec-Fetch-Dest", "image"),)),
            Say(cookies=("_pk_ses=2",)),
            policy=self.ANONYMOUS,
        )

        assert answer.cookies == []
        assert "_pk_ses" not in (answer.seen or "")

    @pytest.mark.law(16)
    def test_an_anonymous_cookie_lives_at_most_thirteen_months(self) -> None:
        answer = self.play(
            Ask(), Say(cookies=("_pk_ses=1; Max-Age=63072000; Path=/",)), policy=self.ANONYMOUS
        )

        assert answer.cookies == ["_pk_ses=1; Path=/; Max-Age=34128000"]
        assert answer.events[0].action is Action.CLAMP

    @pytest.mark.law(16)
    def test_an_anonymous_cookie_is_not_renewed(self) -> None:
        answer = self.play(
            Ask(cookie="_pk_ses=1"),
            Say(cookies=("_pk_ses=1; Max-Age=60",)),
            policy=self.ANONYMOUS,
        )

        assert answer.cookies == []
        assert answer.events[0].reason is Reason.NOT_RENEWED

    @pytest.mark.law(16)
    def test_an_anonymous_cookie_can_be_deleted_when_it_came_in(self) -> None:
        answer = self.play(
            Ask(cookie="_pk_ses=1"), Say(cookies=("_pk_ses=; Max-Age=0",)), policy=self.ANONYMOUS
        )

        assert answer.cookies == ["_pk_ses=; Max-Age=0"]
