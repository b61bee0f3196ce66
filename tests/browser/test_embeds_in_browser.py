"""What a page embeds of a third party, as the documentation shows it: in Flask and Django, where
browsers limit the hosts of pages as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import flask
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test.utils import override_settings
from playwright.sync_api import Browser

from consentgate import Category, Cookie, Policy
from consentgate.ext.django.wrap import wrap_wsgi
from consentgate.ext.flask import ConsentGate
from tests.browser.third_party import MAP, ThirdParty
from tests.browser.tracking_browser import open_chromium
from tests.support.django_project import Urls
from tests.support.doc_examples import html_with
from tests.support.http_servers import serve_asgi, serve_wsgi
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow, pytest.mark.law(1, 5)]

SECRET = "a key of the application, of 40 characters"
OTHERS = ("video", "map", "statistics")
PAGE = "<!doctype html><html lang=en><title>Embeds</title><body>%s</body></html>"


class Recipe(NamedTuple):
    """What the documentation embeds: its category, what the third party is asked for, and whether
    that takes a script."""

    category: str
    paths: list[str]
    has_script: bool = False


RECIPES = {
    "youtube-nocookie.com": Recipe("video", ["/embed/..."]),
    "player.vimeo.com": Recipe("video", ["/video/...?dnt=1"]),
    "maps.example": Recipe("map", ["/map.js", "/tile/1"], has_script=True),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@contextmanager
def serve_flask(template: str, policy: Policy) -> Iterator[str]:
    """The address of a Flask application whose page is this template."""
    app = flask.Flask("embedding")
    app.config |= {"SECRET_KEY": SECRET, "CONSENTGATE_CSP": "enforce"}
    ConsentGate(app, policy=policy)
    app.add_url_rule("/page", view_func=lambda: flask.render_template_string(template))
    with serve_wsgi(app) as address:
        yield address


@contextmanager
def serve_django(template: str, policy: Policy) -> Iterator[str]:
    """The address of a Django project whose page is this template."""

    def page(request: HttpRequest) -> HttpResponse:
        loaded = Template("{% load consentgate %}" + template)
        return HttpResponse(loaded.render(Context({"request": request})))

    settings: dict[str, Any] = {"POLICY": policy, "CSP": "enforce"}
    with (
        override_settings(CONSENTGATE=settings, ROOT_URLCONF=Urls(page)),
        serve_wsgi(wrap_wsgi(WSGIHandler())) as address,
    ):
        yield address


def declared(third: str) -> Policy:
    """A policy whose categories may contact the third party."""
    host = third.removeprefix("http://")
    told: dict[str, Any] = {"provider": "T", "purpose": "Shows.", "lifetime": "1 day"}
    return Policy(
        categories=[Category("video", title="Videos"), Category("map", title="Maps")],
        cookies=[Cookie(f"{one}-*", category=one, hosts=host, **told) for one in OTHERS],
    )


@pytest.mark.parametrize("host", RECIPES)
def test_an_embed_contacts_nobody_before_consent_and_can_be_seen_once_or_always(
    browser: Browser, host: str
) -> None:
    recipe = RECIPES[host]
    party = ThirdParty({"/map.js": MAP})
    text = html_with(host, page="scripts.md")
    serve = serve_django if "{% consent" in text else serve_flask
    with serve_asgi(party) as own:
        third = own.replace("127.0.0.1", "third.localhost")
        text = re.sub(rf"https://(www\.)?{re.escape(host)}", third, text)
        page_text = PAGE % (text + text.replace(third, f"{third}/other"))
        with serve(page_text, declared(third)) as site:
            context = browser.new_context(java_script_enabled=recipe.has_script)
            page = context.new_page()
            once, always = (
                page.get_by_role("group", name=f"Content from {provider_in(text)}").get_by_role(
                    "button", name=name
                )
                for name in ("Show once", "Always allow")
            )
            page.goto(f"{site}/page")
            placeholder = page.locator(".consentgate-embed svg").first.bounding_box()
            undecided = [*party.asked]

            with page.expect_navigation():
                once.first.click()
            wait_until(lambda: {*recipe.paths} <= {*party.asked})
            seen_once, stored, left = [*party.asked], context.cookies(), once.count()

            party.asked.clear()
            page.goto(f"{site}/page")
            afterwards = [*party.asked]
            with page.expect_navigation():
                always.first.click()
            wait_until(lambda: {*recipe.paths} <= {*party.asked})
            state = context.request.get(f"{site}/consent/state").json()
            refused = once.count()
            context.close()

    assert (undecided, afterwards) == ([], [])
    assert placeholder is not None
    assert f"{placeholder['width']:.0f}" == "560"
    assert (sorted(seen_once), stored, left) == (sorted(recipe.paths), [], 1)
    allowed = [name for name, how in state["categories"].items() if how == "granted"]
    assert (allowed, refused) == ([recipe.category], 0)


def provider_in(template: str) -> str:
    """The provider that a template names."""
    (provider,) = re.findall(r'provider="([^"]+)"', template)
    return str(provider)
