"""The template tags, rendered for visitors of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.test.utils import override_settings
from django.utils import translation

from consentgate import ConfigurationError, Cookie, Gate, Policy
from consentgate.ext.django.middleware import ConsentMiddleware
from tests.support.exchange import SECRET

POLICY = Policy(
    cookies=[
        Cookie(
            "_pk_id.*",
            category="statistics",
            provider="Matomo",
            purpose={"en": "Tells visits apart.", "fr": "Distingue les visites."},
            lifetime="13 months",
        )
    ]
)
PART = '{% if_consent "statistics" %}counted{% else %}not counted{% endif_consent %}'


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    with override_settings(CONSENTGATE={"POLICY": POLICY, "SECRET_KEY": SECRET}):
        yield


def render(source: str, *granted: str, language: str = "en") -> str:
    """What a template says to a visitor who allowed these categories, or has not chosen."""
    pages: list[Any] = []

    def view(request: HttpRequest) -> Any:
        template = Template("{% load consentgate %}" + source)
        pages.append(template.render(Context({"request": request})))
        return HttpResponse()

    cookie = Gate(POLICY, secret_key=SECRET).preferences_for(*granted)
    request = RequestFactory().get("/", HTTP_COOKIE=cookie if granted else "")
    with translation.override(language):
        ConsentMiddleware(view)(request)
    return str(pages[0])


def test_a_block_is_shown_by_what_the_visitor_allows() -> None:
    assert render(PART, "statistics") == "counted"
    assert render(PART) == "not counted"


def test_a_block_without_an_else_shows_nothing_to_others() -> None:
    part = '{% if_consent "statistics" %}counted{% endif_consent %}'

    assert render(part, "statistics") == "counted"
    assert render(part) == ""


def test_a_block_without_a_category_is_a_mistake_of_the_template() -> None:
    with pytest.raises(TemplateSyntaxError, match="one category"):
        render("{% if_consent %}{% endif_consent %}")


@pytest.mark.parametrize("given", ["", '"a" "b"', '"a" size=1', '"a" width=1 2'])
def test_an_embed_with_other_options_is_a_mistake_of_the_template(given: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="consent takes one category"):
        render(f"{{% consent {given} %}}{{% endconsent %}}")


def test_the_choice_is_at_hand_as_a_variable() -> None:
    part = (
        '{% consent_allows "statistics" as allowed %}{% consent_decided as decided %}'
        "{{ allowed }} {{ decided }}"
    )

    assert (render(part, "statistics"), render(part)) == ("True True", "False False")


@pytest.mark.law(32)
def test_how_far_a_category_goes_is_at_hand_as_a_variable() -> None:
    part = '{% consent_level "statistics" as level %}{{ level }}'

    assert (render(part, "statistics"), render(part)) == ("granted", "refused")


@pytest.mark.parametrize(
    ("language", "purpose", "title"),
    [
        ("en", "Tells visits apart.", "Statistics"),
        ("fr", "Distingue les visites.", "Mesurer l’audience"),
        ("de", "Tells visits apart.", "Statistics"),
    ],
)
def test_cookies_are_explained_in_the_language_of_django(
    language: str, purpose: str, title: str
) -> None:
    part = (
        "{% consent_cookies as cookies %}{% for one in cookies %}"
        '{% if one.name == "_pk_id.*" %}{{ one.purpose }}|{{ one.category_title }}{% endif %}'
        "{% endfor %}"
    )

    assert render(part, language=language) == f"{purpose}|{title}"


def test_without_a_language_of_django_the_policys_own_is_used() -> None:
    part = "{% consent_cookies as cookies %}{{ cookies.1.purpose }}"
    texts = []

    def view(request: HttpRequest) -> Any:
        with translation.override(None):
            template = Template("{% load consentgate %}" + part)
            texts.append(template.render(Context({"request": request})))
        return HttpResponse()

    ConsentMiddleware(view)(RequestFactory().get("/"))

    assert texts == ["Tells visits apart."]


def test_a_template_without_a_request_raises_with_what_it_needs() -> None:
    template = Template('{% load consentgate %}{% consent_allows "statistics" %}')

    with pytest.raises(ConfigurationError, match="has no request"):
        template.render(Context())
