"""Categories and controllers."""

from __future__ import annotations

import pytest

from consentgate import Category, Controller, Policy
from consentgate.policy import BUILT_IN_CATEGORIES, text_in
from tests.unit.policy.reported import ids, places, refusal


def test_three_categories_are_built_in() -> None:
    assert [category.name for category in Policy().categories] == [
        "necessary",
        "statistics",
        "marketing",
    ]


@pytest.mark.parametrize("category", BUILT_IN_CATEGORIES, ids=lambda category: category.name)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_built_in_categories_explain_themselves(category: Category, language: str) -> None:
    assert text_in(category.title, language)
    assert text_in(category.description, language)


@pytest.mark.law(22)
def test_marketing_alone_is_refused_by_global_privacy_control() -> None:
    assert [category.name for category in BUILT_IN_CATEGORIES if category.gpc] == ["marketing"]


def test_a_site_adds_categories_after_those() -> None:
    social = Category("social", title={"en": "Social media"}, description="Shows posts.", gpc=True)
    policy = Policy(categories=[social])

    assert policy.categories == (*BUILT_IN_CATEGORIES, social)
    assert policy.category("social") is social


def test_an_own_category_has_no_texts_and_no_signal_by_default() -> None:
    social = Category("social")

    assert (social.title, social.description, social.gpc) == ("", "", False)


def test_a_redeclared_category_keeps_what_is_left_out() -> None:
    ads = Category("marketing", title="Ads")
    policy = Policy(categories=[ads])

    assert [category.name for category in policy.categories][1:] == ["statistics", "marketing"]
    assert policy.category("marketing") is ads
    assert (ads.title, ads.gpc) == ("Ads", True)
    assert ads.description == BUILT_IN_CATEGORIES[2].description


def test_an_unknown_category_is_none() -> None:
    assert Policy().category("social") is None


@pytest.mark.parametrize(
    "name", ["", "Social", "social media", "1st", "é", "a" * 65, "a;b", None], ids=repr
)
def test_a_category_has_a_plain_lower_case_name(name: str) -> None:
    assert ids(refusal(lambda: Category(name))) == ["CG012"]


def test_all_errors_of_a_category_are_reported_at_once() -> None:
    errors = refusal(lambda: Category("S", title=1, description={}, gpc="yes"))  # type: ignore[arg-type]

    assert places(errors) == [
        ("CG012", "Category('S')"),
        ("CG007", "Category('S')"),
        ("CG007", "Category('S')"),
        ("CG007", "Category('S')"),
    ]


def test_necessary_cannot_be_declared_again() -> None:
    errors = refusal(lambda: Policy(categories=[Category("necessary", title="All")]))

    assert places(errors) == [("CG012", "categories[0] ('necessary')")]


def test_a_category_declared_twice_is_an_error() -> None:
    errors = refusal(lambda: Policy(categories=[Category("social"), Category("social")]))

    assert places(errors) == [("CG004", "categories[1] ('social')")]


def test_a_controller_has_a_name_a_contact_and_a_privacy_page() -> None:
    controller = Controller("Ville", contact="dpo@example.org", privacy_page="/privacy")

    assert Policy(controller=controller).controller is controller


@pytest.mark.parametrize("page", ["", "/", "/privacy", "https://example.org/p", "http://x"])
def test_a_privacy_page_is_an_address_or_a_path(page: str) -> None:
    assert Controller("Ville", privacy_page=page).privacy_page == page


@pytest.mark.parametrize(
    "page", ["privacy", "//evil.example", "/\\evil.example", "javascript:x", "https://", 1]
)
def test_any_other_privacy_page_is_an_error(page: str) -> None:
    errors = refusal(lambda: Controller("Ville", privacy_page=page))

    assert places(errors) == [("CG012", "controller")]


@pytest.mark.parametrize("name", ["", " ", None], ids=repr)
def test_all_errors_of_a_controller_are_reported_at_once(name: str) -> None:
    errors = refusal(lambda: Controller(name, contact=1, address=2))  # type: ignore[arg-type]

    assert ids(errors) == ["CG012", "CG012", "CG012"]


@pytest.mark.parametrize("code", ["fr", "FRA", "France", " ", 1], ids=repr)
def test_a_jurisdiction_is_the_code_of_a_country(code: str) -> None:
    assert Controller("Ville", jurisdiction="FR").jurisdiction == "FR"
    errors = refusal(lambda: Controller("Ville", jurisdiction=code))

    assert places(errors) == [("CG012", "controller")]
