"""What a choice is made under, and what leaves it valid."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Category, ConfigurationError, Cookie, Policy
from tests.unit.policy.reported import places, refusal

TRACKER: dict[str, Any] = {
    "provider": "Acme",
    "purpose": {"en": "Counts visits.", "fr": "Compte les visites."},
    "lifetime": "13 months",
}


def fingerprint_of(*cookies: Cookie, category: str = "statistics", **options: Any) -> str:
    return Policy(cookies=cookies, **options).fingerprint(category)


def tracker(name: str = "_ga", category: str = "statistics", **changed: Any) -> Cookie:
    return Cookie(name, category=category, **(TRACKER | changed))


# Frozen: a change of the digested text would ask every visitor of every site again.
@pytest.mark.parametrize(
    ("cookies", "fingerprint"),
    [
        ([], "SdSEMWOn"),
        ([tracker()], "f03dp2vY"),
        ([tracker(), tracker("_pk_*", lifetime="session", party="third")], "93mPVt9x"),
        ([tracker(hosts={"script": ["b.example", "a.example"]})], "Mz68DNAX"),
        ([tracker(headers=["NEL", "Accept-CH"], device_session="/a")], "t24J--Nz"),
        ([tracker(purpose="Zählt \ud800 Besuche.")], "eO-zDE3q"),
    ],
    ids=["nothing", "one", "two", "hosts", "headers", "any text"],
)
def test_the_fingerprint_of_a_declaration_never_changes(
    cookies: list[Cookie], fingerprint: str
) -> None:
    assert fingerprint_of(*cookies) == fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "_gat"},
        {"kind": "local_storage"},
        {"provider": "Other"},
        {"party": "third"},
        {"purpose_id": "visits"},
        {"purpose": {"en": "Sells visits."}},
        {"lifetime": "14 months"},
        {"lifetime": "session"},
        {"lifetime": None},
        {"hosts": {"script": "a.example"}},
        {"headers": "NEL"},
        {"device_session": "/session/start"},
    ],
    ids=repr,
)
def test_what_matters_to_a_visitor_changes_it(changed: dict[str, Any]) -> None:
    assert fingerprint_of(tracker(**changed)) != fingerprint_of(tracker())


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": {"en": "Counts visits.", "fr": "Dénombre les visites."}},
        {"purpose": {"fr": "Compte les visites.", "en": "Counts visits.", "de": "Zählt Besuche."}},
        {"purpose": "Counts visits."},
        {"purpose": "Counts\n    visits. "},
        {"service": "Measurement"},
        {"location": "Every page"},
        {"path": "/shop"},
        {"domain": "example.org"},
        {"lifetime": "395 days"},
        {"retention": "25 months"},
        {"personal_data": "identifier"},
        {"storage_location": "FR"},
        {"recipients": ["Acme"]},
        {"secure": True},
        {"provider": {"en": "Acme", "fr": "Acmé"}},
    ],
    ids=repr,
)
def test_other_texts_paths_and_attributes_do_not(changed: dict[str, Any]) -> None:
    assert fingerprint_of(tracker(**changed)) == fingerprint_of(tracker())


def test_the_order_of_declarations_and_hosts_does_not() -> None:
    one, other = tracker("_a", hosts={"script": ["a", "b"], "frame": "c"}), tracker("_b")
    turned = tracker("_a", hosts={"frame": ["c"], "script": ["b", "a"]})

    assert fingerprint_of(one, other) == fingerprint_of(other, turned)


def test_with_a_purpose_id_the_text_can_be_reworded() -> None:
    reworded = tracker(purpose_id="visits", purpose="Counts how many people come.")

    assert fingerprint_of(reworded) == fingerprint_of(tracker(purpose_id="visits"))


def test_the_old_text_as_purpose_id_keeps_the_fingerprint() -> None:
    reworded = tracker(purpose_id="Counts visits.", purpose="Counts how many people come.")

    assert fingerprint_of(reworded) == fingerprint_of(tracker())


def test_the_purpose_in_the_default_language_counts() -> None:
    french = {"default_language": "fr"}
    reworded = tracker(purpose={"en": "Counts.", "fr": "Compte les visites."})

    assert fingerprint_of(tracker(), **french) == fingerprint_of(reworded, **french)
    assert fingerprint_of(tracker()) != fingerprint_of(reworded)


def test_exempt_cookies_do_not_count() -> None:
    anonymous = Cookie("_pk_id.*", category="statistics", anonymous=True)

    assert fingerprint_of(anonymous) == fingerprint_of()


def test_each_category_has_its_own() -> None:
    policy = Policy(cookies=[tracker()], categories=[Category("social")])
    prints = {category.name: policy.fingerprint(category.name) for category in policy.categories}

    assert list(prints) == ["necessary", "statistics", "marketing", "social"]
    assert len(set(prints.values())) == 4
    assert all(len(each) == 8 for each in prints.values())


def test_facts_do_not_run_into_each_other() -> None:
    one = [tracker("_a", provider="x\x1fy"), tracker("_b")]
    other = [tracker("_a", provider="x y"), tracker("_b")]

    assert fingerprint_of(tracker(provider="ab", purpose="c")) != fingerprint_of(
        tracker(provider="a", purpose="bc")
    )
    assert fingerprint_of(*one) == fingerprint_of(*other)


def test_the_fingerprint_of_an_unknown_category_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'statistics'"):
        Policy().fingerprint("statistic")


def test_a_choice_is_valid_under_the_current_fingerprint() -> None:
    policy = Policy(cookies=[tracker()])

    assert policy.accepts_fingerprint("statistics", policy.fingerprint("statistics"))
    assert not policy.accepts_fingerprint("statistics", policy.fingerprint("marketing"))
    assert not policy.accepts_fingerprint("statistics", "")


def test_a_choice_is_valid_under_older_fingerprints_that_are_accepted() -> None:
    older = fingerprint_of(tracker(), tracker("_gat"))
    policy = Policy(cookies=[tracker()], accept_fingerprints=[older])

    assert policy.accepts_fingerprint("statistics", older)
    assert not policy.accepts_fingerprint("social", older)


@pytest.mark.parametrize("older", ["", "short", "much too long", "a b c d!", 12345678], ids=repr)
def test_what_is_no_fingerprint_is_an_error(older: str) -> None:
    errors = refusal(lambda: Policy(accept_fingerprints=["AAAAAAAA", older]))

    assert places(errors) == [("CG007", "accept_fingerprints[1]")]
