"""What becomes of the other headers by which browsers keep or prove something."""

from __future__ import annotations

import pytest

from consentgate import Cookie, Policy, Reason
from tests.support.exchange import HTML, Ask, Play, Say, preferences_for

TOPICS = ("Observe-Browsing-Topics", "?1")
ACCESS = ("Activate-Storage-Access", "load")
STORED = Policy(
    cookies=[
        Cookie("auth", category="necessary", device_session="/session/start"),
        Cookie("_ga", category="statistics", device_session="/measure", headers=["NEL"]),
        Cookie(
            "seen",
            category="marketing",
            headers=["Observe-Browsing-Topics", "Activate-Storage-Access"],
        ),
    ]
)
REFUSED = preferences_for(policy=STORED)
ACCEPTED = preferences_for("statistics", "marketing", policy=STORED)
LOGIN = '(ES256 RS256);path="/session/start";challenge="c, \\"1"'
MEASURE = '(ES256);challenge="m";path="/measure"'


def registers(value: str) -> tuple[str, str]:
    return ("Secure-Session-Registration", value)


class Headers:
    """A part of the contract."""

    play: Play

    @pytest.mark.law(38)
    @pytest.mark.parametrize(
        "header",
        [
            TOPICS,
            ACCESS,
            ("Attribution-Reporting-Register-Source", '{"source_event_id":"1"}'),
            ("Shared-Storage-Write", 'set;key="a";value="b"'),
            registers(LOGIN),
            ("Sec-Session-Registration", LOGIN),
            ("Secure-Session-Challenge", '"c";id="s"'),
        ],
        ids=lambda header: str(header[0]),
    )
    def test_what_stores_for_advertising_or_proves_a_device_does_not_leave_undeclared(
        self, header: tuple[str, str]
    ) -> None:
        answer = self.play(Ask(), Say(headers=(HTML, header)))

        assert answer.all(header[0].lower()) == []
        (event,) = answer.events
        assert (event.reason, event.name.lower()) == (Reason.HEADER_UNDECLARED, header[0].lower())

    @pytest.mark.law(38)
    def test_what_has_uses_without_consent_leaves_undeclared(self) -> None:
        kept = (("Accept-CH", "DPR"), ("NEL", "{}"), ("Report-To", "{}"), ("Alt-Svc", "clear"))
        answer = self.play(Ask(), Say(headers=(HTML, *kept)))

        assert [answer.all(name.lower()) for name, _ in kept] == [[value] for _, value in kept]
        assert answer.events == []

    @pytest.mark.law(38)
    @pytest.mark.parametrize("header", [TOPICS, ACCESS, ("NEL", "{}")], ids=lambda one: str(one[0]))
    def test_a_declared_header_leaves_with_its_category(self, header: tuple[str, str]) -> None:
        kept = [
            self.play(Ask(cookie=cookie), Say(headers=(HTML, header)), policy=STORED)
            for cookie in ("", REFUSED, ACCEPTED)
        ]

        assert [answer.all(header[0].lower()) for answer in kept] == [[], [], [header[1]]]
        assert [event.reason for event in kept[0].events] == [Reason.HEADER_NOT_ALLOWED]
        assert all("Cookie" in answer.all("vary") for answer in kept)
        assert kept[2].all("cache-control") == ["private"]

    @pytest.mark.law(38)
    def test_a_session_of_the_device_begins_only_for_a_cookie_that_is_allowed(self) -> None:
        both = Say(headers=(HTML, registers(f'{LOGIN} , {MEASURE},(ES256);path="/evil"')))
        undecided = self.play(Ask(), both, policy=STORED)
        allowed = self.play(
            Ask(cookie=preferences_for("statistics", policy=STORED)), both, policy=STORED
        )

        assert undecided.all("secure-session-registration") == [LOGIN]
        assert allowed.all("secure-session-registration") == [f"{LOGIN}, {MEASURE}"]
        assert [event.reason for event in undecided.events] == [
            Reason.HEADER_NOT_ALLOWED,
            Reason.HEADER_UNDECLARED,
        ]

    @pytest.mark.law(38)
    def test_a_necessary_session_leaves_byte_for_byte_and_changes_no_cache(self) -> None:
        necessary = Policy(cookies=STORED.cookies[:1])
        headers = (HTML, registers(f"{LOGIN},{LOGIN}"), ("Secure-Session-Challenge", '"c";id="s"'))
        answer = self.play(Ask(), Say(headers=headers), policy=necessary)

        assert answer.all("secure-session-registration") == [f"{LOGIN},{LOGIN}"]
        assert answer.all("secure-session-challenge") == ['"c";id="s"']
        assert answer.all("cache-control") == []
        assert answer.events == []

    def test_a_challenge_is_as_free_as_the_strictest_session(self) -> None:
        say = Say(headers=(HTML, ("Sec-Session-Challenge", '"c";id="s"')))
        allowed = preferences_for("statistics", policy=STORED)

        assert self.play(Ask(), say, policy=STORED).all("sec-session-challenge") == []
        answer = self.play(Ask(cookie=allowed), say, policy=STORED)
        assert answer.all("sec-session-challenge") == ['"c";id="s"']

    @pytest.mark.behaviour(21)
    def test_in_report_mode_they_leave_and_are_reported(self) -> None:
        headers = (HTML, TOPICS, registers(LOGIN))
        answer = self.play(Ask(), Say(headers=headers), mode="report")

        assert answer.all(TOPICS[0].lower()) == [TOPICS[1]]
        assert answer.all("secure-session-registration") == [LOGIN]
        assert [event.reason for event in answer.events] == [Reason.HEADER_UNDECLARED] * 2
        assert answer.all("cache-control") == []

    def test_the_unknown_leaves_and_is_reported_where_the_site_lets_it(self) -> None:
        answer = self.play(Ask(), Say(headers=(HTML, TOPICS)), unknown="report")

        assert answer.all(TOPICS[0].lower()) == [TOPICS[1]]
        assert [str(event.action) for event in answer.events] == ["keep"]
