"""The visitor's state and the declaration, as scripts get them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from consentgate import Category, Controller, Cookie, Policy
from consentgate.pages.policy_json import policy_json
from consentgate.pages.state import gpc_json, must_ask, state_json, state_response, state_script
from tests.support.exchange import NOW, POLICY, Clock, preferences_for
from tests.support.page_requests import ask

MEASURED = Policy(
    necessary=["session"], cookies=[Cookie("_pk_ses", category="statistics", anonymous=True)]
)
GPC = {"sec-gpc": "1"}


def state(**request: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(state_json(ask(**request).exchange))
    return content


def test_the_state_of_an_undecided_visitor_says_only_to_ask() -> None:
    assert state() == {
        "decided": False,
        "banner": True,
        "day": None,
        "until": None,
        "signal": False,
        "categories": {
            "necessary": "exempt",
            "statistics": "undecided",
            "marketing": "undecided",
        },
    }


@pytest.mark.law(8)
def test_a_choice_has_its_first_and_last_day() -> None:
    assert state(cookie=preferences_for("statistics")) == {
        "decided": True,
        "banner": False,
        "day": "2026-11-24",
        "until": "2027-05-25",
        "signal": False,
        "categories": {"necessary": "exempt", "statistics": "granted", "marketing": "refused"},
    }


@pytest.mark.law(7)
@pytest.mark.parametrize(("days", "banner"), [(0, False), (181, False), (182, False), (184, True)])
@pytest.mark.parametrize("granted", [("statistics",), ()], ids=["accepted", "refused"])
def test_a_visitor_is_asked_again_when_the_choice_is_too_old(
    granted: tuple[str, ...], days: int, banner: bool
) -> None:
    cookie = preferences_for(*granted)

    assert state(cookie=cookie, clock=Clock(NOW + timedelta(days=days)))["banner"] is banner


@pytest.mark.law(22)
def test_the_signal_counts_as_a_refusal_while_undecided_and_is_no_decision() -> None:
    content = state(headers=GPC)

    assert content["signal"] is True
    assert content["categories"]["marketing"] == "refused"
    assert (content["decided"], content["day"]) == (False, None)


@pytest.mark.law(22)
def test_a_later_explicit_choice_wins_over_the_signal() -> None:
    content = state(headers=GPC, cookie=preferences_for("statistics", "marketing"))

    assert content["categories"]["marketing"] == "granted"


@pytest.mark.law(22)
def test_who_sends_the_signal_is_not_asked_where_it_covers_all_that_needs_consent() -> None:
    policy = Policy(cookies=[Cookie("_fbp", category="marketing")])

    assert state(policy=policy, headers=GPC)["banner"] is False
    assert state(policy=policy)["banner"] is True
    assert state(headers=GPC)["banner"] is True


def test_where_nothing_needs_consent_nobody_is_asked() -> None:
    assert state(policy=Policy(necessary=["session"])) == {
        "decided": True,
        "banner": False,
        "day": None,
        "until": None,
        "signal": False,
        "categories": {"necessary": "exempt"},
    }


def test_anonymous_statistics_are_exempt_until_they_are_refused() -> None:
    refused = preferences_for(policy=MEASURED)

    assert state(policy=MEASURED)["categories"]["statistics"] == "exempt"
    assert state(policy=MEASURED, cookie=refused)["categories"]["statistics"] == "refused"


@pytest.mark.parametrize(("word", "first"), [("silent", "undecided"), ("not-required", "exempt")])
def test_where_the_site_requires_no_choice_nobody_is_asked(word: str, first: str) -> None:
    content = state(required=lambda _: word)

    assert content["banner"] is False
    assert content["categories"]["statistics"] == first


@pytest.mark.behaviour(21)
def test_in_report_mode_nobody_is_asked() -> None:
    assert not must_ask(ask(mode="report").exchange)


@pytest.mark.behaviour(2)
@pytest.mark.parametrize("value", ["forged", "", "\xff", "x" * 5000])
def test_a_choice_that_is_not_ours_counts_as_undecided(value: str) -> None:
    assert state(cookie=f"cookies_preferences={value}") == state()


@pytest.mark.behaviour(14)
def test_the_state_is_for_one_visitor_and_one_site_only() -> None:
    headers = dict(state_response(ask()).headers)

    assert headers == {
        "content-type": "application/json",
        "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }


def test_the_script_sends_the_state_as_an_event_and_nothing_else() -> None:
    request = ask(cookie=preferences_for(), headers={"sec-fetch-site": "same-origin"})

    answer = state_script(request)

    script = answer.body.decode("ascii")
    before = 'document.dispatchEvent(new CustomEvent("consentgate:state",{detail:'
    assert script.startswith(before)
    assert json.loads(script.removeprefix(before).removesuffix("}));\n")) == state(
        cookie=preferences_for()
    )
    assert dict(answer.headers)["content-type"].startswith("text/javascript")
    assert dict(answer.headers)["cache-control"] == "no-store"


def test_the_script_works_in_browsers_that_do_not_say_which_site_asks() -> None:
    assert state_script(ask()).status == 200


@pytest.mark.parametrize(
    "site", ["cross-site", "same-site", "none", "", "same-origin, same-origin"]
)
def test_the_script_is_forbidden_to_other_sites(site: str) -> None:
    answer = state_script(ask(cookie=preferences_for(), headers={"sec-fetch-site": site}))

    assert answer.status == 403
    assert b"refused" not in answer.body


@pytest.mark.law(21)
def test_the_well_known_resource_says_that_the_signal_is_honoured() -> None:
    assert gpc_json(date(2026, 11, 4)) == b'{"gpc": true, "lastUpdate": "2026-11-04"}'


# The declaration


FULL = Policy(
    site_name="Open data",
    cookies=[
        Cookie(
            "_pk_id.*",
            category="statistics",
            provider="Matomo",
            service={"en": "Audience", "fr": "Mesure"},
            purpose={"en": "Tells visits apart.", "fr": "Distingue les visites."},
            lifetime="13 months",
            path=["/", "/app"],
            domain="example.org",
            hosts={"script": ["m.example"]},
        ),
        Cookie("v", category="video", kind="local_storage"),
    ],
    categories=[Category("video", title="Video", description="Plays.")],
    site="https://data.example.org",
    controller=Controller("Ville d'Exemple", contact="dpo@example.org", privacy_page="/privacy"),
)


def declared(policy: Policy) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(policy_json(policy))
    return document


def test_the_declaration_says_who_answers_for_the_site() -> None:
    content = declared(FULL)

    assert content["format"] == 1
    assert content["site"] == "https://data.example.org"
    assert content["site_name"] == {"en": "Open data"}
    assert content["controller"] == {
        "name": "Ville d'Exemple",
        "contact": "dpo@example.org",
        "privacy_page": "/privacy",
        "address": "",
        "jurisdiction": "",
    }
    assert content["preferences_cookie"] == "cookies_preferences"
    assert content["default_language"] == "en"
    assert declared(POLICY)["controller"] is None


def test_the_declaration_has_the_categories_in_use_with_their_fingerprints() -> None:
    categories = declared(FULL)["categories"]

    assert [one["name"] for one in categories] == ["necessary", "statistics", "video"]
    assert categories[2] == {
        "name": "video",
        "title": {"en": "Video"},
        "description": {"en": "Plays."},
        "needs_consent": True,
        "gpc": False,
        "fingerprint": FULL.fingerprint("video"),
    }
    assert categories[1]["title"]["fr"] == "Mesurer l’audience"


def test_the_declaration_has_each_cookie_with_its_texts_by_language() -> None:
    cookies = {one["name"]: one for one in declared(FULL)["cookies"]}

    assert cookies["_pk_id.*"] == {
        "name": "_pk_id.*",
        "kind": "cookie",
        "category": "statistics",
        "categories": ["statistics"],
        "needs_consent": True,
        "basis": "consent",
        "exempt_reason": None,
        "anonymous": False,
        "provider": {"en": "Matomo"},
        "service": {"en": "Audience", "fr": "Mesure"},
        "location": {},
        "purpose": {"en": "Tells visits apart.", "fr": "Distingue les visites."},
        "lifetime": "395 days",
        "retention": None,
        "party": "first",
        "path": ["/", "/app"],
        "domain": ["example.org"],
        "hosts": {"script": ["m.example"]},
        "personal_data": [],
        "storage_location": [],
        "recipients": [],
    }
    assert cookies["v"]["kind"] == "local_storage"
    assert cookies["cookies_preferences"]["exempt_reason"] == "choice"


@pytest.mark.law(15)
def test_the_declaration_explains_what_is_exempt() -> None:
    cookies = {one["name"]: one for one in declared(MEASURED)["cookies"]}

    assert cookies["_pk_ses"]["exempt_reason"] == "audience_measurement"
    assert cookies["_pk_ses"]["needs_consent"] is False
