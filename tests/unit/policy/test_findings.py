"""What is reported at start-up, without being an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from consentgate import Controller, Cookie, Policy
from consentgate.policy.vocabulary import ExemptReasonOption
from tests.unit.policy.reported import ids, places

ASSESSED = ("2026-01-10", "/assessment")

FACTS: dict[str, Any] = {"provider": "Acme", "purpose": "Counts visits.", "lifetime": "session"}


def findings_of(*cookies: Cookie, **options: Any) -> list[tuple[str, str]]:
    policy = Policy(cookies=cookies, controller=Controller("Ville"), **options)
    return places(policy.findings())


def statistics(name: str = "_ga", **fields: Any) -> Cookie:
    return Cookie(name, category="statistics", **(FACTS | fields))


def test_a_full_declaration_has_no_findings() -> None:
    assert findings_of(statistics()) == []


def test_a_list_of_necessary_names_has_no_findings() -> None:
    assert Policy(["session", "csrftoken"]).findings() == ()


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"provider": ""}, "its provider"),
        ({"provider": "  "}, "its provider"),
        ({"purpose": None}, "its purpose"),
        ({"lifetime": None}, "its lifetime"),
        ({"provider": None, "purpose": None}, "its provider, its purpose"),
        ({"purpose": {"fr": "Compte."}}, "its purpose in the default language 'en'"),
        ({"provider": {"fr": "Acmé"}}, "its provider in the default language 'en'"),
    ],
    ids=repr,
)
@pytest.mark.law(6)
def test_a_fact_that_visitors_are_owed_and_that_is_missing_is_named(
    fields: dict[str, Any], missing: str
) -> None:
    policy = Policy(cookies=[statistics(**fields)], controller=Controller("Ville"))
    (finding,) = policy.findings()

    assert (finding.id, finding.place) == ("CG051", "cookies[0] ('_ga')")
    assert finding.message == f"visitors are owed {missing}"


@pytest.mark.parametrize(
    "cookie",
    [
        statistics(purpose={"en-GB": "Counts."}),
        Cookie("sid", category="necessary"),
        Cookie(
            "_pk_id.*",
            category="statistics",
            anonymous=True,
            retention="1 year",
            assessment=ASSESSED,
        ),
        statistics("key", kind="local_storage", lifetime=None),
    ],
    ids=lambda cookie: cookie.name,
)
def test_what_needs_no_more_facts_has_no_finding(cookie: Cookie) -> None:
    assert findings_of(cookie) == []


@pytest.mark.law(6)
def test_a_missing_controller_is_reported_once_something_needs_consent() -> None:
    assert places(Policy(cookies=[statistics()]).findings()) == [("CG052", "controller")]
    assert Policy(["session"]).findings() == ()


@pytest.mark.parametrize(
    "name", ["_ga", "_ga_ABC", "_gid", "_fbp", "_pk_id*", "_pk_id.*", "_g*", "IDE", "hubspotutk"]
)
def test_a_known_tracker_that_passes_as_necessary_is_reported(name: str) -> None:
    assert findings_of(Cookie(name, category="necessary")) == [("CG053", f"cookies[0] ({name!r})")]


@pytest.mark.parametrize("name", ["session", "*_session", "_gaming", "ide", "cart*"])
def test_any_other_necessary_name_is_not(name: str) -> None:
    assert findings_of(Cookie(name, category="necessary")) == []


def test_the_name_of_a_tracker_in_a_storage_is_not() -> None:
    assert findings_of(Cookie("_ga", category="necessary", kind="local_storage")) == []


def test_a_glob_that_also_matches_an_exact_name_of_another_category_is_reported() -> None:
    cookies = [statistics("_s*"), Cookie("_session", category="necessary"), statistics("_sx")]
    (finding,) = Policy(cookies=cookies, controller=Controller("Ville")).findings()

    assert (finding.id, finding.place) == ("CG054", "cookies[0] ('_s*')")
    assert finding.message == "it also matches '_session' in 'necessary': the exact name wins"


def test_a_glob_that_matches_many_such_names_is_reported_once() -> None:
    names = [f"_s{number}" for number in range(5)]
    policy = Policy(names, [statistics("_s*")], controller=Controller("Ville"))
    (finding,) = policy.findings()

    assert "'_s0' in 'necessary', '_s1' in" in finding.message
    assert "'_s2' in 'necessary' and 2 more" in finding.message


def test_a_glob_of_the_site_over_an_exact_name_of_a_preset_is_reported() -> None:
    assert findings_of(statistics("session*"), presets=["starlette"]) == [
        ("CG054", "cookies[0] ('session*')")
    ]


def test_a_glob_of_another_kind_is_not() -> None:
    cookies = [statistics("_s*", kind="local_storage"), Cookie("_session", category="necessary")]

    assert findings_of(*cookies) == []


@pytest.mark.parametrize(
    ("reason", "lifetime"),
    [
        ("choice", "183 days"),
        ("authentication", "13 months"),
        ("basket", "183 days"),
        ("load_balancing", "1 year"),
        ("paywall", "1 year"),
        ("interface", "366 days"),
    ],
)
def test_a_necessary_lifetime_longer_than_its_purpose_needs_is_reported(
    reason: ExemptReasonOption, lifetime: str
) -> None:
    cookie = Cookie("sid", category="necessary", exempt_reason=reason, lifetime=lifetime)

    assert findings_of(cookie) == [("CG055", "cookies[0] ('sid')")]


@pytest.mark.parametrize(
    ("reason", "lifetime"),
    [
        ("choice", "6 months"),
        ("authentication", "14 days"),
        ("authentication", "session"),
        ("interface", "1 year"),
    ],
)
def test_a_shorter_necessary_lifetime_is_not(reason: ExemptReasonOption, lifetime: str) -> None:
    cookie = Cookie("sid", category="necessary", exempt_reason=reason, lifetime=lifetime)

    assert findings_of(cookie) == []


def test_the_csrf_cookie_of_django_lives_longer_than_it_needs() -> None:
    assert findings_of(presets=["django"]) == [
        ("CG055", "preset 'django': cookies[1] ('csrftoken')")
    ]


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({}, 1),
        ({"retention": "761 days"}, 1),
        ({"retention": "25 months", "lifetime": "396 days"}, 1),
        ({"lifetime": "2 years"}, 2),
        ({"retention": "25 months", "lifetime": "13 months"}, 0),
        ({"retention": "25 months", "lifetime": "session"}, 0),
        ({"retention": "25 months"}, 0),
    ],
    ids=repr,
)
@pytest.mark.law(16)
def test_anonymous_measurement_that_goes_past_its_exemption_is_reported(
    fields: dict[str, Any], number: int
) -> None:
    fields["assessment"] = ASSESSED
    cookie = Cookie("_pk_id.*", category="statistics", anonymous=True, **fields)

    assert findings_of(cookie) == [("CG057", "cookies[0] ('_pk_id.*')")] * number


@pytest.mark.law(17)
def test_the_limits_of_that_exemption_are_for_nothing_else() -> None:
    assert findings_of(statistics(lifetime="2 years", retention="5 years")) == []


def test_findings_are_in_the_order_of_the_rules(tmp_path: Path) -> None:
    tracker = Cookie("_ga", category="necessary", lifetime="2 years")
    policy = Policy(["_gid"], [Cookie("_fbp", category="marketing"), tracker], presets=["django"])

    assert ids(policy.findings()) == ["CG052", "CG053", "CG051", "CG053", "CG055", "CG055"]


EXPORTED: dict[str, Any] = {
    "personal_data": "identifier",
    "storage_location": "FR",
    "recipients": [],
}
SITE = "https://example.org"
OWNER = Controller("Ville", contact="dpo@example.org", address="1 place", jurisdiction="FR")


def test_a_declaration_with_all_that_records_are_exported_with_lacks_nothing() -> None:
    policy = Policy(["session"], [statistics(**EXPORTED)], controller=OWNER, site=SITE)

    assert policy.record_findings() == ()
    (finding,) = Policy(controller=OWNER).record_findings()
    assert (finding.id, finding.place) == ("CG058", "site")


@pytest.mark.parametrize(
    ("controller", "missing"),
    [
        (None, "its name, its contact, its address, its jurisdiction"),
        (Controller("Ville", contact="x", address="y"), "its jurisdiction"),
    ],
    ids=["none", "one fact"],
)
def test_what_exported_records_lack_of_the_controller_is_named(
    controller: Controller | None, missing: str
) -> None:
    (finding,) = Policy(["session"], controller=controller, site=SITE).record_findings()

    assert (finding.id, finding.place) == ("CG058", "controller")
    assert finding.message == f"exported records lack {missing} (ISO/IEC TS 27560)"


@pytest.mark.parametrize("field", EXPORTED)
def test_what_exported_records_lack_of_a_cookie_is_named(field: str) -> None:
    cookie = statistics(**{**EXPORTED, field: None})
    (finding,) = Policy(cookies=[cookie], controller=OWNER, site=SITE).record_findings()

    assert (finding.id, finding.place) == ("CG059", "cookies[0] ('_ga')")
    assert finding.message == f"exported records lack its {field} (ISO/IEC TS 27560)"


def test_without_records_nobody_is_asked_for_what_they_are_exported_with() -> None:
    assert Policy(cookies=[statistics()], controller=Controller("Ville")).findings() == ()
