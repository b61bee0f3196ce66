"""What leaves before any choice, by name and by declaration."""

from __future__ import annotations

import pytest

from consentgate import (
    Action,
    Cookie,
    Policy,
    Reason,
)
from tests.contract.cookies_and_actions import (
    CSRF,
    FBP,
    GA,
    PLAIN,
    SESSION,
)
from tests.support.exchange import (
    Ask,
    Play,
    Say,
    preferences_for,
)


class Undecided:
    """A part of the contract."""

    play: Play

    # Before any choice

    @pytest.mark.behaviour(1)
    @pytest.mark.law(1)
    def test_before_a_choice_only_necessary_cookies_leave_untouched_and_in_order(self) -> None:
        answer = self.play(Ask(), Say(cookies=(SESSION, GA, CSRF, FBP)))

        assert answer.cookies == [SESSION, CSRF]

    @pytest.mark.behaviour(1)
    def test_of_five_cookies_exactly_the_tracker_goes(self) -> None:
        cookies = (SESSION, CSRF, GA, "app_a=1", "app_b=2; Path=/x")

        answer = self.play(Ask(), Say(cookies=cookies))

        assert answer.cookies == [SESSION, CSRF, "app_a=1", "app_b=2; Path=/x"]

    @pytest.mark.behaviour(1)
    def test_a_stripped_cookie_is_reported_without_its_value(self) -> None:
        answer = self.play(Ask(), Say(cookies=(GA,)))

        [event] = answer.events
        assert (event.reason, event.action) == (Reason.UNDECIDED, Action.STRIP)
        assert (event.name, event.category, event.pattern) == ("_ga", "statistics", "_ga")
        assert "GA1.2.3" not in repr(event)

    @pytest.mark.behaviour(20)
    def test_an_event_bears_the_path_and_never_the_query(self) -> None:
        answer = self.play(Ask(path="/shop"), Say(cookies=(GA,)))

        assert answer.events[0].path == "/shop"
        assert "secret" not in repr(answer.events)

    @pytest.mark.behaviour(20)
    def test_what_is_kept_makes_no_event(self) -> None:
        answer = self.play(Ask(cookie=preferences_for("statistics")), Say(cookies=(SESSION, GA)))

        assert answer.events == []

    @pytest.mark.behaviour(12)
    def test_with_nothing_to_strip_all_headers_leave_as_they_came(self) -> None:
        bare = self.play(
            Ask(), Say(headers=PLAIN, cookies=(SESSION,)), policy=Policy(), unknown="report"
        )

        answer = self.play(Ask(), Say(headers=PLAIN, cookies=(SESSION,)))

        assert answer.headers == bare.headers
        assert answer.body == b"hello"

    @pytest.mark.behaviour(9)
    @pytest.mark.parametrize("status", [301, 302, 401, 404, 500])
    def test_responses_of_any_status_are_guarded(self, status: int) -> None:
        answer = self.play(Ask(), Say(cookies=(SESSION, GA), status=status))

        assert answer.cookies == [SESSION]

    @pytest.mark.behaviour(9)
    @pytest.mark.parametrize("status", [204, 304])
    def test_responses_without_a_body_are_guarded(self, status: int) -> None:
        answer = self.play(Ask(), Say(cookies=(SESSION, GA), status=status, headers=(), body=b""))

        assert answer.cookies == [SESSION]

    @pytest.mark.behaviour(9)
    @pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE"])
    def test_responses_to_any_method_are_guarded(self, method: str) -> None:
        answer = self.play(Ask(method=method), Say(cookies=(SESSION, GA), body=b""))

        assert answer.cookies == [SESSION]

    # Deletions

    @pytest.mark.behaviour(3)
    @pytest.mark.parametrize("name", ["_ga", "undeclared", "expires"])
    def test_a_deletion_of_a_named_cookie_passes_in_canonical_form(self, name: str) -> None:
        deletion = f"{name}=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Domain=example.org"

        answer = self.play(Ask(), Say(cookies=(deletion,)))

        assert answer.cookies == [
            f"{name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Domain=example.org"
        ]

    @pytest.mark.behaviour(3)
    @pytest.mark.parametrize(
        "attributes",
        [
            "Max-Age=31536000; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "Max-Age=0; Max-Age=60",
            "Max-Age=0; Max-Age=junk",
            "Expires=0",
            "Max-Age=0.0",
        ],
    )
    def test_what_only_looks_like_a_deletion_is_stripped(self, attributes: str) -> None:
        answer = self.play(Ask(), Say(cookies=(f"_ga=1; {attributes}",)))

        assert answer.cookies == []

    def test_a_deletion_of_an_allowed_cookie_passes_byte_for_byte(self) -> None:
        deletion = "session=; expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0; path=/"

        answer = self.play(Ask(), Say(cookies=(deletion,)))

        assert answer.cookies == [deletion]

    # Names

    @pytest.mark.behaviour(4)
    @pytest.mark.parametrize("value", ["foo", "=foo", "=_ga=1", "session", "session; _ga=1"])
    def test_a_nameless_cookie_never_leaves(self, value: str) -> None:
        answer = self.play(Ask(), Say(cookies=(value,)))

        assert answer.cookies == []

    @pytest.mark.behaviour(4)
    def test_bytes_that_are_not_ascii_pass_in_a_necessary_cookie(self) -> None:
        answer = self.play(Ask(), Say(cookies=("session=\xe9\xff",)))

        assert answer.cookies == ["session=\xe9\xff"]

    @pytest.mark.behaviour(4)
    def test_the_same_name_with_another_path_is_another_cookie_of_the_same_rule(self) -> None:
        cookies = ("session=1; Path=/a", "_ga=1; Path=/a", "session=1; Path=/b", "_ga=2")

        answer = self.play(Ask(), Say(cookies=cookies))

        assert answer.cookies == ["session=1; Path=/a", "session=1; Path=/b"]

    @pytest.mark.behaviour(4)
    def test_chunks_of_a_cookie_follow_their_parent_when_declared_so(self) -> None:
        answer = self.play(
            Ask(),
            Say(cookies=("session=1", "sessionC1=2", "sessionC2=3", "sessions=4")),
            policy=Policy(necessary=["session", "sessionC*"]),
        )

        assert answer.cookies == ["session=1", "sessionC1=2", "sessionC2=3"]

    @pytest.mark.behaviour(8)
    def test_an_explicit_rule_beats_a_glob_and_a_longer_glob_a_shorter(self) -> None:
        policy = Policy(
            necessary=["_session"],
            cookies=[
                Cookie("_s*", category="statistics"),
                Cookie("_safe_*", category="necessary"),
            ],
        )

        answer = self.play(Ask(), Say(cookies=("_session=1", "_safe_x=1", "_spy=1")), policy=policy)

        assert answer.cookies == ["_session=1", "_safe_x=1"]

    def test_names_are_compared_case_sensitively(self) -> None:
        answer = self.play(Ask(), Say(cookies=("Session=1", "SESSION=1")))

        assert answer.cookies == []

    def test_the_application_can_not_write_the_choice_itself(self) -> None:
        forged = preferences_for("statistics", "marketing") + "; Path=/"

        answer = self.play(Ask(), Say(cookies=(forged, GA)))

        assert answer.cookies == []
        assert Reason.PREFERENCES_SET in [event.reason for event in answer.events]

    # The undeclared

    def test_the_undeclared_is_stripped_even_with_every_category_granted(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics", "marketing")), Say(cookies=("new=1", GA))
        )

        assert answer.cookies == [GA]
        assert answer.events[0].reason is Reason.UNDECLARED

    def test_unknown_report_lets_the_undeclared_out_byte_for_byte_and_reports_it(self) -> None:
        cookies = ("new=1; path=/", "nameless", "new=; Max-Age=0", "=_ga", GA)

        answer = self.play(Ask(), Say(cookies=cookies), unknown="report")

        assert answer.cookies == list(cookies[:-1])
        assert {event.reason for event in answer.events} == {
            Reason.UNDECLARED,
            Reason.NAMELESS,
            Reason.UNDECIDED,
        }
