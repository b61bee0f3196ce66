"""The shipped presets: what they declare, where it is from, and what they must never do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from importlib import resources
from itertools import combinations
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from consentgate import Controller, Cookie, Policy
from consentgate.policy import Translations, known_category, shipped_presets
from tests.support.tables import check_rules
from tests.unit.policy.reported import ids

PRESETS = shipped_presets()
DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "presets.md").read_text(encoding="utf-8")


def policy_of(*presets: str, **options: Any) -> Policy:
    return Policy(presets=presets, controller=Controller("Ville"), **options)


def rules_of(*presets: str) -> tuple[Cookie, ...]:
    """What presets declare, the library's own cookie left out."""
    return Policy(presets=presets, preferences_cookie="choice").rules[1:]


def text_of(preset: str) -> str:
    return resources.files("consentgate").joinpath(f"presets/{preset}.toml").read_text("utf-8")


RULES = [(preset, rule) for preset in PRESETS for rule in rules_of(preset)]
DECLARED = [rule for _, rule in RULES]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_names_its_source_and_its_date(preset: str) -> None:
    document = tomllib.loads(text_of(preset))

    assert text_of(preset).startswith("# ")
    assert document["title"]
    assert document["source"].startswith("https://")
    assert isinstance(document["date"], date)


def each_cookie_declares_who_for_what_where_and_how_long(rule: Cookie) -> None:
    assert all((rule.provider, rule.service, rule.location, rule.lifetime))
    assert isinstance(rule.purpose, Translations)


def each_text_is_in_english_and_in_french(rule: Cookie) -> None:
    texts = (rule.provider, rule.service, rule.location, rule.purpose)

    translations = [text for text in texts if isinstance(text, Translations)]
    assert all(set(text) == {"en", "fr"} for text in translations)


def purposes_are_sentences_and_french_ones_are_french(rule: Cookie) -> None:
    assert isinstance(rule.purpose, Translations)
    english, french = rule.purpose["en"], rule.purpose["fr"]

    assert re.fullmatch(r"[A-Z][^.]+\.", english)
    assert re.fullmatch(r"[A-ZÉ][^.]+\.", french)
    assert english != french


def no_preset_claims_an_exemption_or_raises_an_attribute(rule: Cookie) -> None:
    assert not rule.anonymous
    assert not rule.secure
    assert not rule.http_only
    assert rule.same_site is None


def a_necessary_cookie_declares_its_reason_and_another_its_purpose_id(
    rule: Cookie,
) -> None:
    assert ("exempt_reason" in rule.given) is rule.necessary
    assert ("purpose_id" in rule.given) is not rule.necessary


def test_each_cookie_of_a_preset_is_declared_in_full() -> None:
    check_rules(
        (each_cookie_declares_who_for_what_where_and_how_long, DECLARED),
        (each_text_is_in_english_and_in_french, DECLARED),
        (purposes_are_sentences_and_french_ones_are_french, DECLARED),
        (no_preset_claims_an_exemption_or_raises_an_attribute, DECLARED),
        (a_necessary_cookie_declares_its_reason_and_another_its_purpose_id, DECLARED),
        row_id=attrgetter("name"),
    )


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_owed_to_visitors_is_missing(preset: str, language: str) -> None:
    reported = ids(policy_of(preset, default_language=language).findings())

    assert set(reported) <= {"CG055"}


def long_lived(policy: Policy) -> list[str]:
    return [finding.place for finding in policy.findings() if finding.id == "CG055"]


def test_necessary_cookies_that_live_too_long_by_default_are_reported() -> None:
    reported = {place for preset in PRESETS for place in long_lived(policy_of(preset))}

    assert reported == {
        "preset 'cdn': cookies[1] ('cf_clearance')",
        "preset 'django': cookies[1] ('csrftoken')",
        "preset 'flask': cookies[1] ('remember_token')",
        "preset 'opendatasoft': cookies[2] ('csrftoken')",
        "preset 'wagtail': cookies[1] ('csrftoken')",
    }


# The defaults of the software's own settings, by heart, so that a slip in a file is seen.
DJANGO = [
    ("sessionid", "authentication", timedelta(days=14)),
    ("csrftoken", "authentication", timedelta(weeks=52)),
    ("django_language", "interface", "session"),
    ("messages", "interface", "session"),
]


@pytest.mark.parametrize(
    ("preset", "declared"),
    [
        ("django", DJANGO),
        ("wagtail", [*DJANGO, ("wagtail_sidebar_collapsed", "interface", "session")]),
        (
            "flask",
            [
                ("session", "authentication", "session"),
                ("remember_token", "authentication", timedelta(days=365)),
            ],
        ),
        ("starlette", [("session", "authentication", timedelta(days=14))]),
        (
            "datasette",
            [
                ("ds_actor", "authentication", "session"),
                ("ds_csrftoken", "authentication", "session"),
                ("ds_messages", "interface", "session"),
            ],
        ),
        (
            "opendatasoft",
            [
                ("sessionid", "authentication", timedelta(days=14)),
                ("django_language", "interface", timedelta(days=365)),
                ("csrftoken", "authentication", timedelta(days=365)),
                ("cookies_preferences", "choice", timedelta(days=182)),
            ],
        ),
    ],
)
def test_a_framework_declares_the_defaults_of_its_software(
    preset: str, declared: list[tuple[str, str, Any]]
) -> None:
    rules = rules_of(preset)

    assert [(rule.name, rule.exempt_reason, rule.lifetime) for rule in rules] == declared


@pytest.mark.parametrize(
    "preset", ["cdn", "datasette", "django", "flask", "load-balancers", "starlette", "wagtail"]
)
def test_presets_of_frameworks_and_load_balancers_ask_for_nothing(preset: str) -> None:
    assert policy_of(preset).consent_categories == ()


def test_the_portal_of_a_town_needs_no_banner() -> None:
    policy = policy_of("opendatasoft")
    choice = policy.rule_for("cookies_preferences")

    assert policy.consent_categories == ()
    assert choice is not None
    assert (choice.provider, choice.exempt_reason) == ("Opendatasoft", "choice")


@pytest.mark.parametrize("name", ["visid_incap_1", "reese84", "_abck"])
def test_what_recognises_a_browser_over_visits_is_not_called_necessary(name: str) -> None:
    assert Policy(presets=PRESETS).rule_for(name) is None


# Frozen: a change is a line of the changelog, because visitors are asked again.
FINGERPRINTS: dict[str, dict[str, str]] = {
    "at-internet": {"statistics": "zu84x5r9"},
    "eulerian": {"marketing": "dZrNi3zt"},
    "google-ads": {"marketing": "5XBpwKnk"},
    "google-analytics": {"statistics": "h2MOXYME"},
    "hotjar": {"statistics": "TsoKRA7J"},
    "hubspot": {"marketing": "AUnx8src"},
    "linkedin": {"marketing": "orMpMr8R"},
    "matomo": {"statistics": "h-AeV-oW"},
    "meta-pixel": {"marketing": "uS0mMbkD"},
    "piwik-pro": {"statistics": "UDFa-VA_"},
    "share-buttons": {"marketing": "b34m3nId"},
    "tiktok": {"marketing": "kKMji9Bh"},
    "vimeo": {"statistics": "fbXVqpZk"},
    "x": {"marketing": "FAEMGZ72"},
    "youtube": {"marketing": "53u23Jkd"},
}


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("preset", PRESETS)
def test_the_fingerprints_of_a_preset_never_change(preset: str, language: str) -> None:
    policy = Policy(presets=[preset], default_language=language)
    fingerprints = {name: policy.fingerprint(name) for name in policy.consent_categories}

    assert fingerprints == FINGERPRINTS.get(preset, {})


DIFFERENT = {
    ("django", "opendatasoft"): ["csrftoken", "django_language", "sessionid"],
    ("opendatasoft", "wagtail"): ["csrftoken", "django_language", "sessionid"],
    ("flask", "starlette"): ["session"],
    ("matomo", "piwik-pro"): ["_pk_id.*", "_pk_ses.*"],
}


def differences(presets: Iterable[str]) -> list[str]:
    """The names that presets declare differently (CG056)."""
    findings = policy_of(*presets).findings()
    places = (finding.place for finding in findings if finding.id == "CG056")
    return sorted(place.rpartition("'")[0].rpartition("'")[2] for place in places)


def test_only_listed_pairs_of_presets_declare_a_name_differently() -> None:
    names_by_pair = {pair: differences(pair) for pair in combinations(PRESETS, 2)}

    assert {pair: names for pair, names in names_by_pair.items() if names} == DIFFERENT


def test_all_presets_together_differ_in_no_more_names_than_pairs_do() -> None:
    listed = {name for names in DIFFERENT.values() for name in names}

    assert differences(PRESETS) == sorted(listed)


def test_all_presets_agree_on_the_category_of_a_name() -> None:
    assert {rule.categories for rule in rules_of(*PRESETS)} == {
        ("necessary",),
        ("statistics",),
        ("marketing",),
    }


@pytest.mark.parametrize("pair", DIFFERENT)
def test_the_page_lists_what_two_presets_declare_differently(pair: tuple[str, str]) -> None:
    rows = [row for row in PAGE.splitlines() if all(f"`{preset}`" in row for preset in pair)]

    assert any(all(f"`{name}`" in row for name in DIFFERENT[pair]) for row in rows)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_page_lists_what_each_preset_declares_and_its_source(preset: str) -> None:
    (row,) = re.findall(rf"^\| `{preset}` \| .* \|$", PAGE, re.MULTILINE)
    _, _, categories, names, source, _ = row.split("|")
    document = tomllib.loads(text_of(preset))

    assert re.findall("`(.*?)`", names) == [cookie["name"] for cookie in document["cookies"]]
    assert set(re.findall("`(.*?)`", categories)) == {
        cookie["category"] for cookie in document["cookies"]
    }
    assert source.strip() == f"[{document['title']}]({document['source']})"


def test_the_page_shows_how_a_site_declares_the_exemption(tmp_path: Path) -> None:
    shown = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[-1]
    file = tmp_path / "consent.toml"
    file.write_text(shown, encoding="utf-8")
    policy = Policy.from_toml(file)
    exempt = [rule.name for rule in policy.rules if rule.anonymous]

    assert exempt == ["_pk_id.*", "_pk_ses.*"]
    assert policy.consent_categories == ("statistics",)
    assert "CG057" not in ids(policy.findings())


# Names that a site may well give to a cookie of its own.
COMMON = {"PREF", "et0", "et1", "flags", "fr", "player"}


def test_the_trackers_of_presets_are_known_by_their_category() -> None:
    trackers = {rule.name: rule.category for _, rule in RULES if not rule.necessary}
    known = {name: known_category(name.replace("*", "1")) for name in trackers}

    assert known == trackers | dict.fromkeys(COMMON)
