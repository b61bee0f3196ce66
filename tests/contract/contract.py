"""What the gate promises, whatever it runs behind. Adapters inherit this class."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consentgate import (
    Action,
    ConfigurationError,
    Consent,
    Cookie,
    Enforcement,
    Policy,
    Reason,
    VisitorConsent,
)
from tests.contract.exchange import (
    HTML,
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

SESSION = "session=abc; HttpOnly; Path=/; SameSite=Lax"
CSRF = 'csrftoken="q\\"x"; expires=Wed, 24 Nov 2027 16:00:00 GMT; Max-Age=31449600; Path=/'
GA = "_ga=GA1.2.3; Max-Age=34128000; Path=/"
FBP = "_fbp=fb.1; Max-Age=7776000; Path=/; Domain=example.org"
PLAIN = (("Content-Type", "text/html"), ("X-One", "1"), ("ETag", '"v1"'))
DOCUMENT = (("Sec-Fetch-Dest", "document"),)


def grant_all(consent: VisitorConsent) -> None:
    consent.grant()


def grant_statistics(consent: VisitorConsent) -> None:
    consent.grant("statistics")


def withdraw(consent: VisitorConsent) -> None:
    consent.withdraw()


def refuse(consent: VisitorConsent) -> None:
    consent.refuse()


class GateContract:
    """Each adapter sets `play`."""

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

    @pytest.mark.behaviour(5)
    def test_withdrawing_when_nothing_was_given_writes_nothing(self) -> None:
        answer = self.play(Ask(method="POST"), Say(act=withdraw))

        assert answer.cookies == []

    def test_withdrawing_with_an_invalid_choice_deletes_it(self) -> None:
        answer = self.play(Ask(method="POST", cookie="cookies_preferences=junk"), Say(act=withdraw))

        assert answer.cookies[0].startswith("cookies_preferences=; Max-Age=0")

    @pytest.mark.law(5)
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    def test_a_grant_under_a_safe_method_is_an_error(self, method: str) -> None:
        def act(consent: VisitorConsent) -> bool:
            with pytest.raises(ConfigurationError, match=method):
                consent.grant("statistics")
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

        assert answer.cookie_names == names[:10]

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
        answer = self.play(Ask(cookie="session=1; other=2"), Say(), thin="undeclared")

        assert answer.seen == "session=1"

    def test_thin_off_hides_nothing(self) -> None:
        answer = self.play(Ask(cookie="session=1; _ga=2; other=3"), Say(), thin="off")

        assert answer.seen == "session=1; _ga=2; other=3"

    def test_a_header_without_anything_to_hide_is_left_as_it_came(self) -> None:
        cookie = "session=1;csrftoken=2 ;; app_x = 3"

        answer = self.play(Ask(cookie=cookie), Say())

        assert answer.seen == cookie

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

    def test_a_consented_cookie_is_clamped_to_its_declared_lifetime_on_request(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics", policy=self.RAISING)),
            Say(cookies=(GA, "_tab=1; Max-Age=60", "_ga=2; Max-Age=60")),
            policy=self.RAISING,
            clamp=True,
        )

        assert answer.cookies == [
            "_ga=GA1.2.3; Path=/; Max-Age=2592000",
            "_tab=1",
            "_ga=2; Max-Age=60",
        ]

    def test_without_clamp_a_consented_cookie_passes_byte_for_byte(self) -> None:
        answer = self.play(
            Ask(cookie=preferences_for("statistics", policy=self.RAISING)),
            Say(cookies=(GA,)),
            policy=self.RAISING,
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

    @pytest.mark.parametrize("call", ["allows", "grant", "refuse"])
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
