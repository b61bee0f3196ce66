"""Who is asked again after a change of regime."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Cookie, Policy
from consentgate.policy import shipped_regimes


def cookie(name: str = "_ga", *, category: str = "statistics", **fields: Any) -> Cookie:
    facts = {"provider": "P", "purpose": "p", "lifetime": "1 day"}
    return Cookie(name, category=category, **(facts | fields))


def policy_of(*cookies: Cookie, regime: Any = "fr", **options: Any) -> Policy:
    return Policy(cookies=cookies or [cookie()], regime=regime, **options)


def kept(before: str, after: str, *, refused: bool, cookies: tuple[Cookie, ...] = ()) -> bool:
    old, new = (policy_of(*cookies, regime=name) for name in (before, after))
    return new.accepts_fingerprint("statistics", old.fingerprint("statistics"), refused=refused)


@pytest.mark.parametrize("before", shipped_regimes())
@pytest.mark.parametrize("after", shipped_regimes())
@pytest.mark.law(8)
def test_a_refusal_holds_under_each_regime(before: str, after: str) -> None:
    assert kept(before, after, refused=True)
    assert kept(before, after, refused=True, cookies=(cookie(anonymous=True),))


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ("fr", "eu", True),
        ("eu", "fr", True),
        ("fr", "uk", True),
        ("eu", "us-ca", True),
        ("uk", "us-ca", True),
        ("uk", "fr", False),
        ("us-ca", "eu", False),
    ],
)
def test_a_grant_holds_unless_consent_is_newly_needed(before: str, after: str, holds: bool) -> None:
    assert kept(before, after, refused=False) is holds


@pytest.mark.parametrize(("before", "after", "holds"), [("fr", "eu", False), ("eu", "fr", True)])
def test_what_was_exempt_is_asked_about_where_it_is_exempt_no_more(
    before: str, after: str, holds: bool
) -> None:
    cookies = cookie("a", anonymous=True), cookie("b")

    assert kept(before, after, refused=False, cookies=cookies) is holds


def test_a_choice_about_another_declaration_holds_under_no_regime() -> None:
    other = policy_of(cookie(lifetime="2 days"), regime="eu").fingerprint("statistics")

    assert not policy_of(regime="fr").accepts_fingerprint("statistics", other, refused=True)
