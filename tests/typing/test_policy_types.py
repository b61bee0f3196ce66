"""What a type checker accepts in a declaration, and the mistakes that it reports.

Each `type: ignore` is an expectation: mypy warns about one that is not needed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import assert_type

import pytest

from consentgate import Category, Controller, Cookie, Finding, Policy, PolicyError
from consentgate.policy import (
    CookieFields,
    ExemptReason,
    Kind,
    Lifetime,
    Party,
    SameSite,
    Text,
    Translations,
    known_category,
    lifetime_text,
    paste_toml,
    shipped_presets,
    text_in,
)


def test_words_of_closed_lists_are_members_or_their_values() -> None:
    by_member = Cookie(
        "sid",
        category="necessary",
        kind=Kind.COOKIE,
        party=Party.FIRST,
        exempt_reason=ExemptReason.BASKET,
        same_site=SameSite.LAX,
    )
    by_value = Cookie(
        "sid",
        category="necessary",
        kind="cookie",
        party="first",
        exempt_reason="basket",
        same_site="Lax",
    )

    assert by_member == by_value


def test_a_misspelled_word_is_reported_by_the_type_checker_and_refused() -> None:
    with pytest.raises(PolicyError):
        Cookie("a", category="statistics", kind="cookies")  # type: ignore[arg-type]
    with pytest.raises(PolicyError):
        Cookie("a", category="statistics", party="second")  # type: ignore[arg-type]
    with pytest.raises(PolicyError):
        Cookie("a", category="necessary", exempt_reason="bascet")  # type: ignore[arg-type]
    with pytest.raises(PolicyError):
        Cookie("a", category="statistics", same_site="lax")  # type: ignore[arg-type]


def test_a_misspelled_field_is_reported_by_the_type_checker_and_refused() -> None:
    with pytest.raises(TypeError):
        Cookie("a", category="statistics", purposes="Counts visits.")  # type: ignore[call-arg]


def test_a_value_of_another_type_is_reported_by_the_type_checker_and_refused() -> None:
    with pytest.raises(PolicyError):
        Cookie("a", category="statistics", lifetime=3600)  # type: ignore[arg-type]
    with pytest.raises(PolicyError):
        Cookie("a", category="statistics", secure="yes")  # type: ignore[arg-type]
    with pytest.raises(PolicyError):
        Category("social", title=1)  # type: ignore[arg-type]
    with pytest.raises(PolicyError):
        Policy(necessary=[1])  # type: ignore[list-item]
    with pytest.raises(PolicyError):
        Policy(controller="Ville d'Exemple")  # type: ignore[arg-type]


def test_fields_can_be_collected_before_they_are_declared() -> None:
    fields: CookieFields = {"provider": "Matomo", "lifetime": "13 months", "party": "first"}
    fields["kind"] = "cookie"
    fields["same_site"] = "lax"  # type: ignore[typeddict-item]
    fields["same_site"] = None

    assert Cookie("_pk_id.*", category="statistics", **fields).provider == "Matomo"


def test_the_fields_of_a_cookie_have_one_type_each() -> None:
    cookie = Cookie("_pk_id.*", category="statistics", purpose={"en": "Counts visits."})

    assert_type(cookie.name, str)
    assert_type(cookie.purpose, Text)
    assert_type(cookie.lifetime, Lifetime | None)
    assert_type(cookie.retention, timedelta | None)
    assert_type(cookie.kind, Kind)
    assert_type(cookie.party, Party)
    assert_type(cookie.exempt_reason, ExemptReason | None)
    assert_type(cookie.same_site, SameSite | None)
    assert_type(cookie.path, tuple[str, ...])
    assert_type(cookie.given, tuple[str, ...])
    with pytest.raises(AttributeError):
        cookie.category = "necessary"  # type: ignore[misc]


def test_a_policy_is_declared_and_read(tmp_path: Path) -> None:
    policy = Policy(
        ["session", Cookie("lang", category="necessary", exempt_reason="interface")],
        [Cookie("_pk_id.*", category="statistics")],
        categories=[Category("social", title={"en": "Social media"}, gpc=True)],
        presets=["django"],
        site="https://www.example.org",
        controller=Controller("Ville d'Exemple", contact="dpo@example.org"),
        default_language="fr",
    )
    file = tmp_path / "consent.toml"
    file.write_text(policy.to_toml(), encoding="utf-8")

    assert_type(policy.rules, tuple[Cookie, ...])
    assert_type(policy.rule_for, Callable[[str], Cookie | None])
    assert_type(policy.category("social"), Category | None)
    assert_type(policy.controller, Controller | None)
    assert_type(policy.findings(), tuple[Finding, ...])
    assert_type(policy.fingerprint("statistics"), str)
    assert_type(policy.with_cookies(Cookie("_ga", category="statistics")), Policy)
    assert Policy.from_toml(file) == Policy.from_toml(str(file)) == policy


def test_texts_and_lifetimes_are_read_in_one_language() -> None:
    purpose = Translations({"en": "Counts visits."})

    assert_type(text_in(purpose, "fr", "en"), str)
    assert_type(lifetime_text("session"), str)
    assert_type(known_category("_ga"), str | None)
    assert_type(paste_toml("_ga", "statistics"), str)
    assert_type(shipped_presets(), tuple[str, ...])
