"""The charter as a value: what is declared, in the order in which visitors read it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from consentgate import Category, Controller, Cookie, Policy
from consentgate.pages.charter import Charter, Entry, charter_of
from consentgate.policy import SESSION, ExemptReason, Kind, Party

MEASURED = Cookie(
    "_pk_id.*",
    category="statistics",
    provider="Matomo",
    service={"en": "Audience measurement", "fr": "Mesure d'audience"},
    location="All pages",
    purpose={"en": "Counts visitors.", "fr": "Compte les visiteurs."},
    lifetime="13 months",
    anonymous=True,
    retention="25 months",
)
VIDEO = Cookie("vid", category="video", lifetime="session", party="third", kind="local_storage")
AD = Cookie("ad", category="marketing", lifetime="1 year")


def charter(*cookies: Cookie, necessary: tuple[str, ...] = ()) -> Charter:
    """The charter of a site with these cookies."""
    return charter_of(Policy(necessary, cookies, categories=[Category("video")]))


def names(charter: Charter) -> dict[str, list[str]]:
    """The names of each section."""
    return {one.category.name: [entry.name for entry in one.entries] for one in charter.sections}


def entry_of(cookie: Cookie) -> Entry:
    """The entry of one cookie in the charter."""
    (section,) = (one for one in charter(cookie).sections if one.category.name == cookie.category)
    return section.entries[-1]


@pytest.mark.law(6)
def test_an_entry_has_all_that_was_declared() -> None:
    assert entry_of(MEASURED) == Entry(
        name="_pk_id.*",
        kind=Kind.COOKIE,
        provider="Matomo",
        service={"en": "Audience measurement", "fr": "Mesure d'audience"},
        location="All pages",
        purpose={"en": "Counts visitors.", "fr": "Compte les visiteurs."},
        lifetime=timedelta(days=395),
        party=Party.FIRST,
        anonymous=True,
        exempt_reason=ExemptReason.AUDIENCE_MEASUREMENT,
        retention=timedelta(days=760),
        categories=("statistics",),
    )


@pytest.mark.law(6)
def test_an_entry_has_its_party_and_kind() -> None:
    entry = entry_of(VIDEO)

    assert (entry.party, entry.kind, entry.lifetime) == (Party.THIRD, Kind.LOCAL_STORAGE, SESSION)
    assert not entry.exempt


def test_what_was_not_declared_stays_empty() -> None:
    entry = entry_of(Cookie("c", category="statistics"))

    assert (entry.provider, entry.purpose, entry.lifetime, entry.retention) == ("", "", None, None)


@pytest.mark.law(15)
def test_necessary_cookies_come_first_with_their_reason() -> None:
    first = charter(AD, necessary=("basket",)).sections[0]

    assert first.necessary
    assert [(entry.name, entry.exempt_reason) for entry in first.entries] == [
        ("cookies_preferences", ExemptReason.CHOICE),
        ("basket", ExemptReason.BASKET),
    ]


def test_sections_are_in_the_order_of_the_policy_without_those_that_are_empty() -> None:
    assert names(charter(VIDEO, AD)) == {
        "necessary": ["cookies_preferences"],
        "marketing": ["ad"],
        "video": ["vid"],
    }


def test_a_cookie_of_several_categories_is_in_each(tmp_path: Path) -> None:
    for category in ("statistics", "marketing"):
        preset = f'title = "A"\n[[cookies]]\nname = "both"\ncategory = "{category}"\n'
        (tmp_path / f"{category}.toml").write_text(preset)

    charter = charter_of(Policy(presets=sorted(tmp_path.iterdir())))

    assert names(charter)["statistics"] == names(charter)["marketing"] == ["both"]
    assert charter.sections[1].entries[0].categories == ("marketing", "statistics")


@pytest.mark.law(16)
def test_a_section_of_anonymous_statistics_needs_no_consent_and_can_be_refused() -> None:
    statistics = charter(MEASURED).sections[1]

    assert (statistics.exempt, statistics.necessary) == (True, False)


def test_a_section_with_one_that_needs_consent_is_not_exempt() -> None:
    statistics = charter(MEASURED, Cookie("_ga", category="statistics")).sections[1]

    assert not statistics.exempt


@pytest.mark.parametrize(
    ("cookies", "offers"),
    [((), False), ((MEASURED,), True), ((AD,), True)],
    ids=["only necessary", "anonymous statistics", "marketing"],
)
def test_a_choice_is_offered_where_something_can_be_refused(
    cookies: tuple[Cookie, ...], offers: bool
) -> None:
    assert charter(*cookies).offers_choice is offers


def test_exempt_statistics_are_known() -> None:
    assert charter(MEASURED).has_exempt_statistics
    assert not charter(AD).has_exempt_statistics


def test_third_parties_are_known() -> None:
    assert charter(AD, VIDEO).has_third_parties
    assert not charter(AD).has_third_parties


@pytest.mark.law(22)
def test_the_categories_that_the_browser_s_signal_refuses_are_those_in_use() -> None:
    assert [one.name for one in charter(AD, VIDEO).signal_categories] == ["marketing"]
    assert charter(VIDEO).signal_categories == ()


def test_the_cookie_that_keeps_the_choice_is_named_by_itself() -> None:
    charter = charter_of(Policy(preferences_cookie="__Host-choice"))

    assert charter.preferences.name == "__Host-choice"
    assert charter.preferences == charter.sections[0].entries[0]


def test_the_charter_has_the_site_and_its_controller() -> None:
    controller = Controller("Town", contact="dpo@town.example")
    policy = Policy(site="https://town.example", controller=controller, default_language="fr")

    charter = charter_of(policy)

    assert (charter.site, charter.controller) == ("https://town.example", controller)
    assert charter.default_language == "fr"


def test_equal_policies_have_equal_charters() -> None:
    assert charter(AD, VIDEO) == charter(AD, VIDEO)
