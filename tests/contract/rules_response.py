"""What becomes of the response around its cookies: attributes, caches, modes."""

from __future__ import annotations

import pytest

from consentgate import (
    Cookie,
    Enforcement,
    Policy,
    Reason,
)
from tests.contract.cookies_and_actions import (
    DOCUMENT,
    FBP,
    GA,
    PLAIN,
    SESSION,
    grant_statistics,
)
from tests.support.exchange import (
    HTML,
    Ask,
    Play,
    Say,
    preferences_for,
)


class Response:
    """A part of the contract."""

    play: Play

    # Attributes

    RAISING = Policy(
        cookies=[
            Cookie(
                "session",
                category="necessary",
                secure=True,
                http_only=True,
                same_site="Lax",
            ),
            Cookie("_ga", category="statistics", lifetime="30 days"),
            Cookie("_tab", category="statistics", lifetime="session"),
        ]
    )

    def test_declared_attributes_are_raised_and_never_lowered(self) -> None:
        answer = self.play(
            Ask(),
            Say(cookies=("session=1; Path=/", "session=2; samesite=strict; secure; HttpOnly")),
            policy=self.RAISING,
        )

        assert answer.cookies == [
            "session=1; Path=/; Secure; HttpOnly; SameSite=Lax",
            "session=2; samesite=strict; secure; HttpOnly",
        ]

    def test_secure_is_raised_only_over_https(self) -> None:
        answer = self.play(
            Ask(https=False), Say(cookies=("session=1; Path=/",)), policy=self.RAISING
        )

        assert answer.cookies == ["session=1; Path=/; HttpOnly; SameSite=Lax"]

    @pytest.mark.law(37)
    def test_a_consented_cookie_is_clamped_to_its_declared_lifetime(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics", policy=self.RAISING)),
            Say(cookies=(GA, "_tab=1; Max-Age=60", "_ga=2; Max-Age=60", "_ga=3")),
            policy=self.RAISING,
        )

        assert answer.cookies == [
            "_ga=GA1.2.3; Path=/; Max-Age=2592000",
            "_tab=1",
            "_ga=2; Max-Age=60",
            "_ga=3",
        ]

    @pytest.mark.law(37)
    def test_a_consented_cookie_without_a_declared_lifetime_keeps_its_own(self) -> None:
        policy = Policy(cookies=[Cookie("_ga", category="statistics")])
        answer = self.play(
            Ask(cookie=preferences_for("statistics", policy=policy)),
            Say(cookies=(GA,)),
            policy=policy,
        )

        assert answer.cookies == [GA]

    def test_without_clamp_a_consented_cookie_passes_byte_for_byte(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics", policy=self.RAISING)),
            Say(cookies=(GA,)),
            policy=self.RAISING,
            clamp=False,
        )

        assert answer.cookies == [GA]

    # Caches

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param("public, max-age=60", "private, max-age=60", id="public"),
            pytest.param("max-age=60, s-maxage=600", "private, max-age=60", id="s-maxage"),
            pytest.param('private="x, y"', "private", id="private for a field"),
            pytest.param("no-store", "private, no-store", id="no-store"),
            pytest.param("private, max-age=0", "private, max-age=0", id="private already"),
        ],
    )
    def test_a_response_whose_cookie_was_stripped_is_private(self, before: str, after: str) -> None:
        answer = self.play(
            Ask(), Say(cookies=("new=1",), headers=(HTML, ("Cache-Control", before)))
        )

        assert answer.all("cache-control") == [after]

    @pytest.mark.parametrize(
        "name", ["CDN-Cache-Control", "Surrogate-Control", "X-Accel-Expires", "Edge-Control"]
    )
    def test_what_overrides_cache_control_in_a_shared_cache_goes(self, name: str) -> None:
        answer = self.play(Ask(), Say(cookies=("new=1",), headers=(HTML, (name, "max-age=60"))))

        assert answer.all(name.lower()) == []
        assert answer.all("cache-control") == ["private"]

    def test_a_response_with_a_consented_cookie_is_private_and_varies(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics")),
            Say(cookies=(GA,), headers=(HTML, ("Vary", "Accept-Encoding"))),
        )

        assert answer.all("cache-control") == ["private"]
        assert answer.all("vary") == ["Accept-Encoding, Cookie"]

    def test_a_consented_cookie_makes_a_response_private_that_told_caches_nothing(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics")), Say(cookies=("session=1", GA))
        )

        assert answer.cookies == ["session=1", GA]
        assert answer.all("cache-control") == ["private"]
        assert answer.all("vary") == ["Cookie"]

    def test_a_response_that_asked_for_the_choice_varies_that_told_caches_nothing(self) -> None:
        answer = self.play(Ask(), Say(act=lambda consent: consent.allows("statistics")))

        assert answer.all("cache-control") == []
        assert answer.all("vary") == ["Cookie"]

    def test_a_response_that_asked_for_the_choice_varies_and_stays_shareable(self) -> None:
        answer = self.play(
            Ask(),
            Say(
                headers=(HTML, ("Cache-Control", "public")),
                act=lambda consent: consent.allows("statistics"),
            ),
        )

        assert answer.all("cache-control") == ["public"]
        assert answer.all("vary") == ["Cookie"]

    @pytest.mark.parametrize("vary", ["Cookie", "accept, COOKIE", "*"])
    def test_a_vary_that_covers_cookies_is_left_alone(self, vary: str) -> None:
        answer = self.play(Ask(), Say(cookies=(GA,), headers=(HTML, ("Vary", vary))))

        assert answer.all("vary") == [vary]

    def test_a_stripped_undeclared_cookie_does_not_make_the_page_vary(self) -> None:
        answer = self.play(Ask(), Say(cookies=("new=1",)))

        assert answer.all("vary") == []

    # Modes

    @pytest.mark.behaviour(21)
    def test_report_mode_changes_nothing_and_reports_every_verdict(self) -> None:
        cookies = (GA, "new=1", "nameless", SESSION, "_ga=; Max-Age=0")
        ask = Ask(cookie=f"{preferences_for()}; _ga=1; other=2", headers=DOCUMENT)

        answer = self.play(ask, Say(cookies=cookies, headers=PLAIN), mode="report")

        assert answer.seen == ask.cookie
        assert answer.cookies == list(cookies)
        assert (answer.all("cache-control"), answer.all("vary")) == ([], [])
        assert {event.reason for event in answer.events} == {
            Reason.REFUSED,
            Reason.WITHDRAWAL_NOT_EFFECTIVE,
            Reason.UNDECLARED,
            Reason.NAMELESS,
            Reason.DELETION,
            Reason.UNKNOWN_IN_REQUEST,
        }

    @pytest.mark.behaviour(21)
    def test_report_mode_still_writes_a_choice(self) -> None:
        answer = self.play(
            Ask(method="POST"), Say(cookies=(FBP,), act=grant_statistics), mode="report"
        )

        assert answer.cookie_names == ["cookies_preferences", "_fbp"]

    @pytest.mark.parametrize("value", ["new=1", GA, "nameless"])
    def test_silent_requests_are_filtered(self, value: str) -> None:
        answer = self.play(
            Ask(), Say(cookies=(value, SESSION)), required=lambda _: Enforcement.SILENT
        )

        assert answer.cookies == [SESSION]

    def test_where_consent_is_not_required_the_declared_leaves_and_nothing_else(self) -> None:
        answer = self.play(
            Ask(cookie="_ga=1"),
            Say(cookies=(GA, FBP, "new=1"), act=lambda consent: consent.allows("marketing")),
            required=lambda _: Enforcement.NOT_REQUIRED,
        )

        assert answer.cookies == [GA, FBP]
        assert (answer.seen, answer.acted) == ("_ga=1", True)

    def test_a_failing_required_enforces_and_is_reported(self) -> None:
        def required(_: object) -> Enforcement:
            raise KeyError("REGION")

        answer = self.play(Ask(), Say(cookies=(GA, SESSION)), required=required)

        assert answer.cookies == [SESSION]
        assert answer.events[0].reason is Reason.REQUIRED_FAILED
