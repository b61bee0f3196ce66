"""A choice made in a handler, and the handle it is made with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consentgate import (
    ConfigurationError,
    Consent,
    Policy,
    VisitorConsent,
)
from tests.contract.cookies_and_actions import (
    FBP,
    GA,
    SESSION,
    grant_all,
    grant_statistics,
    refuse,
    save_statistics,
    withdraw,
)
from tests.support.exchange import (
    NOW,
    POLICY,
    TODAY,
    Ask,
    Clock,
    Play,
    Say,
    gate_of,
    preferences_for,
)


class Chosen:
    """A part of the contract."""

    play: Play

    # A choice made in a handler

    @pytest.mark.behaviour(5)
    def test_a_grant_counts_at_once_and_its_cookie_goes_first(self) -> None:
        def act(consent: VisitorConsent) -> bool:
            consent.grant("statistics")
            return consent.allows("statistics")

        answer = self.play(Ask(method="POST"), Say(cookies=(SESSION, GA, FBP), act=act))

        assert answer.acted is True
        assert answer.cookie_names == ["cookies_preferences", "session", "_ga"]

    @pytest.mark.behaviour(5)
    def test_the_choice_that_was_written_is_read_back(self) -> None:
        first = self.play(Ask(method="POST"), Say(act=grant_statistics))

        second = self.play(Ask(cookie=first.preferences), Say(cookies=(GA, FBP)))

        assert second.cookies == [GA]

    @pytest.mark.law(7)
    def test_the_written_choice_lives_182_days_for_the_host_over_https_only(self) -> None:
        answer = self.play(Ask(method="POST"), Say(act=grant_all))

        attributes = answer.cookies[0].split("; ")[1:]
        assert attributes == ["Max-Age=15724800", "Path=/", "Secure", "SameSite=Lax"]

    def test_the_written_choice_is_not_secure_over_http(self) -> None:
        answer = self.play(Ask(method="POST", https=False), Say(act=grant_all))

        assert "Secure" not in answer.cookies[0]

    @pytest.mark.law(7)
    def test_an_acceptance_and_a_refusal_live_equally_long(self) -> None:
        accepted = self.play(Ask(method="POST"), Say(act=grant_all)).cookies[0]
        refused = self.play(Ask(method="POST"), Say(act=refuse)).cookies[0]

        assert accepted.split("; ")[1:] == refused.split("; ")[1:]

    @pytest.mark.behaviour(5)
    def test_granting_what_is_granted_writes_nothing(self) -> None:
        cookie = preferences_for("statistics", "marketing")

        answer = self.play(Ask(method="POST", cookie=cookie), Say(act=grant_all))

        assert answer.cookies == []

    def test_a_saved_choice_grants_what_it_names_and_refuses_the_rest(self) -> None:
        cookie = preferences_for("marketing", clock=Clock(NOW - timedelta(days=100)))

        def act(consent: VisitorConsent) -> Consent:
            consent.save("statistics")
            return consent.value

        answer = self.play(
            Ask(method="POST", cookie=cookie), Say(cookies=(SESSION, GA, FBP), act=act)
        )

        assert answer.acted.granted == {"statistics"}
        assert answer.acted.refused == {"marketing"}
        assert answer.acted.day == TODAY
        assert answer.cookie_names[:3] == ["cookies_preferences", "session", "_ga"]
        assert FBP not in answer.cookies

    @pytest.mark.behaviour(5)
    @pytest.mark.law(7)
    def test_saving_what_was_chosen_writes_nothing_and_prolongs_nothing(self) -> None:
        cookie = preferences_for("statistics", clock=Clock(NOW - timedelta(days=100)))

        answer = self.play(Ask(method="POST", cookie=cookie), Say(act=save_statistics))

        assert answer.cookies == []

    @pytest.mark.law(5)
    def test_saving_no_category_refuses_all(self) -> None:
        saved = self.play(Ask(method="POST"), Say(act=lambda consent: consent.save()))
        refused = self.play(Ask(method="POST"), Say(act=refuse))

        assert saved.cookies == refused.cookies

    @pytest.mark.behaviour(5)
    def test_withdrawing_when_nothing_was_given_writes_nothing(self) -> None:
        answer = self.play(Ask(method="POST"), Say(act=withdraw))

        assert answer.cookies == []

    def test_withdrawing_with_an_invalid_choice_deletes_it(self) -> None:
        answer = self.play(Ask(method="POST", cookie="cookies_preferences=junk"), Say(act=withdraw))

        assert answer.cookies[0].startswith("cookies_preferences=; Max-Age=0")

    @pytest.mark.law(5)
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    @pytest.mark.parametrize("call", ["grant", "save"])
    def test_a_grant_under_a_safe_method_is_an_error(self, call: str, method: str) -> None:
        def act(consent: VisitorConsent) -> bool:
            with pytest.raises(ConfigurationError, match=method):
                getattr(consent, call)("statistics")
            return consent.allows("statistics")

        answer = self.play(Ask(method=method), Say(cookies=(GA,), act=act, body=b""))

        assert answer.acted is False
        assert answer.cookies == []

    def test_a_partial_grant_keeps_the_older_day(self) -> None:
        before = NOW - timedelta(days=100)
        cookie = preferences_for("statistics", clock=Clock(before))

        def act(consent: VisitorConsent) -> object:
            consent.grant("marketing")
            return consent.value.day

        answer = self.play(Ask(method="POST", cookie=cookie), Say(act=act))

        assert answer.acted == before.date()
        # What is left of the 182 days and of the day of the choice itself.
        assert "Max-Age=7113600" in answer.cookies[0]

    def test_a_complete_choice_sets_the_day_of_today(self) -> None:
        cookie = preferences_for("statistics", clock=Clock(NOW - timedelta(days=100)))

        def act(consent: VisitorConsent) -> object:
            consent.grant()
            return consent.value.day

        answer = self.play(Ask(method="POST", cookie=cookie), Say(act=act))

        assert answer.acted == TODAY

    def test_visitors_who_chose_the_same_today_share_one_value(self) -> None:
        one = self.play(Ask(method="POST"), Say(act=refuse))
        two = self.play(Ask(method="POST", https=False), Say(act=refuse))

        assert one.preferences == two.preferences

    # The handle

    def test_a_handler_reads_the_consent_of_its_visitor(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics")),
            Say(
                act=lambda consent: (
                    consent.allows("necessary"),
                    consent.allows("statistics"),
                    consent.allows("marketing"),
                    consent.decided,
                )
            ),
        )

        assert answer.acted == (True, True, False, True)

    def test_an_undecided_visitor_differs_from_one_who_refused(self) -> None:
        answer = self.play(Ask(), Say(act=lambda consent: (consent.value, consent.decided)))

        assert answer.acted == (Consent.undecided(), False)

    @pytest.mark.parametrize("call", ["allows", "grant", "save", "refuse"])
    def test_a_category_that_nobody_declared_is_a_clear_error(self, call: str) -> None:
        def act(consent: VisitorConsent) -> None:
            with pytest.raises(ConfigurationError, match="statistics, marketing"):
                getattr(consent, call)("statistic")

        answer = self.play(Ask(method="POST"), Say(act=act))

        assert answer.status == 200

    def test_the_choice_can_use_a_host_prefixed_name(self) -> None:
        policy = Policy(cookies=POLICY.cookies, preferences_cookie="__Host-cookies_preferences")

        answer = self.play(Ask(method="POST"), Say(act=grant_all), policy=policy)

        name, _, rest = answer.cookies[0].partition("=")
        assert name == "__Host-cookies_preferences"
        assert rest.endswith("; Path=/; Secure; SameSite=Lax")

    def test_the_filter_of_a_unit_test_agrees_with_the_wire(self) -> None:
        cookies = (SESSION, GA, "new=1", "_ga=; Max-Age=0", "nameless")
        gate = gate_of()

        answer = self.play(Ask(), Say(cookies=cookies))

        assert gate.filter(cookies, Consent.undecided()) == answer.cookies
