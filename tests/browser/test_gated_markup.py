"""Markup that waits for consent: a third party gets nothing before the visitor allows it, and what
is allowed works without another page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from consentgate.pages.choice_form import Choice
from tests.browser.client_site import LIBRARIES
from tests.browser.guarded_site import SECRET, Page, Site
from tests.browser.third_party import JS, MAP, ThirdParty
from tests.browser.tracking_browser import GATE, Tab, open_chromium
from tests.support.first_choices import in_first_format
from tests.support.http_servers import serve_asgi
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

TYPES = Path(__file__).parents[2] / "consentgate" / "browser" / "consentgate.d.ts"
GATED = """<!doctype html><html lang=en><head><title>Gated</title>
<script nonce=abc>ran = [];</script></head><body>
<script type="text/plain" data-consent="statistics" nonce=abc data-src="/one.js"></script>
<script type="text/plain" data-consent="statistics" nonce=abc>
ran.push("two " + document.currentScript.nonce)</script>
<script type="text/plain" data-type="module" data-consent="statistics" nonce=abc
data-src="/three.js"></script>
<template data-consent="statistics"><p id=inside>Inside</p>
<script nonce=abc>ran.push("four")</script>
<script nonce=abc src="/five.js" onload="ran.push('loaded')"></script></template>
<iframe title=Frame data-consent="statistics" data-src="/empty?bare" width=10></iframe>
<script type="text/plain" data-consent="marketing" nonce=abc>ran.push("never")</script>
</body></html>"""
FILES = {f"/{name}.js": Page(f"ran.push('{name}')", JS) for name in ("one", "two", "three", "five")}
IN_ORDER = ["one", "two abc", "three", "four", "five"]
POLICIES = {
    "none": "",
    "nonce": "script-src 'self' 'nonce-abc'",
    "strict-dynamic": "script-src 'nonce-abc' 'strict-dynamic'",
    "trusted types": (
        "script-src 'self' 'nonce-abc'; require-trusted-types-for 'script'; "
        "trusted-types consentgate"
    ),
}
# By the library's name: what a page has for it in its head, and the attributes of its body.
HEADS = {
    "turbo-7": ("", ""),
    "turbo-8": ("", ""),
    "htmx-2": ("", "hx-boost=true"),
    "htmx-4": ("", "hx-boost=true hx-boost:inherited=true"),
    "unpoly-3": ("<script>up.link.config.followSelectors.push('#next')</script>", ""),
}
SWAPPED = """<!doctype html><html lang=en><head><title>{own}</title>
<script src="/library.js"></script>{head}<script>window.ran ||= [];</script></head>
<body {attributes}><main><h1>{own}</h1><a id=next href="{other}">Next</a>
<script type="text/plain" data-consent="statistics">ran.push("{own}")</script></main></body></html>
"""

Serve = Any  # a function that returns the address of a site of these pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda pages, **options: stack.enter_context(serve_asgi(Site(pages, **options)))


def accept(tab: Tab) -> None:
    tab.evaluate("consentgate.choose('save', ['statistics'])")


def settle(tab: Tab) -> None:
    """Wait until only what is refused still waits."""
    tab.wait_until("document.querySelectorAll('[data-consent]').length <= 1")


@pytest.mark.law(1, 18)
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("http_only", [False, True], ids=["readable", "HttpOnly"])
def test_gated_markup_is_activated_in_order_once_the_visitor_allows_it(
    browser: Browser, serve: Serve, policy: str, http_only: bool
) -> None:
    headers = (("content-security-policy", policy),) if policy else ()
    pages = {"/page": Page(GATED, headers=headers), **FILES}
    tab = Tab(browser, serve(pages, gated_markup=True, http_only=http_only))
    tab.open("/page")
    before = tab.json("[ran, document.querySelector('iframe').src, !!window.inside]")

    accept(tab)
    settle(tab)

    ran = [one for one in tab.evaluate("ran") if one != "loaded"]
    assert before == [[], "", False]
    assert ran == IN_ORDER
    assert tab.evaluate("document.querySelector('iframe').src").endswith("/empty?bare")
    assert tab.evaluate("document.getElementById('inside').textContent") == "Inside"


@pytest.mark.parametrize("guard", ["off", "enforce"])
def test_it_is_activated_on_the_next_page_with_or_without_the_guard(
    browser: Browser, serve: Serve, guard: str
) -> None:
    pages = {"/page": Page(GATED), **FILES}
    tab = Tab(browser, serve(pages, gated_markup=True, guard=guard), granted=["statistics"])

    tab.open("/page")
    settle(tab)

    assert [one for one in tab.evaluate("ran") if one != "loaded"] == IN_ORDER


def test_a_choice_of_the_first_format_is_read_by_the_script_too(
    browser: Browser, serve: Serve
) -> None:
    tab = Tab(browser, serve({"/page": Page(GATED), **FILES}, gated_markup=True))
    tab.keep(in_first_format(GATE.preferences_for("statistics"), secret_key=SECRET))

    tab.open("/page")
    settle(tab)

    assert [one for one in tab.evaluate("ran") if one != "loaded"] == IN_ORDER


def test_what_a_script_puts_in_later_is_activated_as_well_and_once(
    browser: Browser, serve: Serve
) -> None:
    tab = Tab(browser, serve({"/page": Page(GATED), **FILES}, gated_markup=True))
    tab.open("/page")
    accept(tab)
    settle(tab)

    tab.evaluate("""async () => {
        ran = [];
        const script = document.createElement("script");
        script.type = "text/plain";
        script.dataset.consent = "necessary statistics";
        script.text = "ran.push('later')";
        document.body.append(script);
        await new Promise((done) => setTimeout(done, 50));
        document.body.append(document.querySelector("p"));
    }""")

    assert tab.evaluate("ran") == ["later"]


def swapped(library: str, own: str, other: str) -> Page:
    """A page that leads to another, which the library puts in its place."""
    head, attributes = HEADS[library]
    return Page(SWAPPED.format(own=own, other=f"/{other}", head=head, attributes=attributes))


@pytest.mark.parametrize("library", HEADS)
def test_each_page_that_a_library_puts_in_place_is_activated_once(
    browser: Browser, serve: Serve, library: str
) -> None:
    pages = {
        "/a": swapped(library, "a", "b"),
        "/b": swapped(library, "b", "a"),
        "/library.js": Page(LIBRARIES[library].read_text("utf-8"), JS),
    }
    tab = Tab(browser, serve(pages, gated_markup=True), granted=["statistics"])
    tab.open("/a")

    for count, name in enumerate(("b", "a", "b"), 2):
        tab.page.click("#next")
        tab.page.wait_for_selector(f"h1:text-is('{name}')")
        tab.wait_until(f"ran.length >= {count}")  # it is activated a moment after it is shown
    tab.page.go_back()
    tab.page.wait_for_selector("h1:text-is('a')")
    tab.wait_until("ran.length > 4")
    tab.evaluate("fetch('/consent/state')")  # what were to run once more would run now
    ran = tab.evaluate("ran")
    tab.evaluate("consentgate.choose('withdraw')")
    tab.page.go_back()
    tab.page.wait_for_selector("h1:text-is('b')")

    assert ran == ["a", "b", "a", "b", "a"]
    assert tab.evaluate("ran") == ran


def test_a_choice_in_another_tab_activates_the_page_that_is_there(
    browser: Browser, serve: Serve
) -> None:
    tab = Tab(browser, serve({"/page": Page(GATED), **FILES}, gated_markup=True))
    tab.open("/page")
    other = tab.context.new_page()
    other.goto(f"{tab.address}/page")

    other.evaluate("consentgate.choose('save', ['statistics'])")
    settle(tab)

    assert [one for one in tab.evaluate("ran") if one != "loaded"] == IN_ORDER


def test_an_application_of_one_page_hears_of_each_change_once(
    browser: Browser, serve: Serve
) -> None:
    tab = Tab(browser, serve({"/page": Page("<!doctype html><p>x")}, gated_markup=True))
    tab.open("/page")
    tab.evaluate("""() => {
        window.heard = [];
        window.stop = consentgate.onChange(({ allows }) => heard.push(allows("statistics")));
        document.addEventListener("consentgate:change", () => heard.push("event"));
    }""")

    accept(tab)
    accept(tab)
    tab.evaluate("stop()")
    tab.evaluate("consentgate.choose('refuse')")

    assert tab.evaluate("heard") == [True, "event", "event"]
    assert tab.evaluate("consentgate.allows('necessary')")
    assert not tab.evaluate("consentgate.allows('statistics')")


@pytest.mark.parametrize(
    ("options", "lacking"), [({"gated_markup": True}, set()), ({"guard": "report"}, {"choose?"})]
)
def test_the_script_offers_what_its_types_declare(
    browser: Browser, serve: Serve, options: dict[str, Any], lacking: set[str]
) -> None:
    interface = TYPES.read_text("utf-8").partition("interface ConsentGate {")[2].partition("\n}")[0]
    declared = {*re.findall(r"^  (\w+\??)\(", interface, re.MULTILINE)}
    tab = Tab(browser, serve({"/page": Page("<!doctype html><p>x")}, **options))
    tab.open("/page")

    offered = tab.evaluate("Object.keys(consentgate)")
    kinds = tab.json("[consentgate.allows('necessary'), typeof consentgate.onChange(() => 0)]")

    assert {*offered} == {name.removesuffix("?") for name in declared - lacking}
    assert kinds == [True, "function"]
    assert tab.evaluate("(window.consentgate = 1, typeof consentgate)") == "object"


def test_its_types_have_the_choices_that_the_server_takes() -> None:
    (union,) = re.findall(r"type ConsentChoice = (.*);", TYPES.read_text("utf-8"))

    assert {*re.findall(r'"(\w+)"', union)} == {choice.value for choice in Choice}


def test_a_choice_that_the_server_turns_away_is_an_error(browser: Browser, serve: Serve) -> None:
    tab = Tab(browser, serve({"/page": Page("<!doctype html><p>x")}, gated_markup=True))
    tab.open("/page")

    message = tab.evaluate("consentgate.choose('perhaps').catch(String)")

    assert message == "Error: the choice was answered with status 400"


@pytest.mark.law(1)
def test_a_third_party_gets_nothing_before_consent_and_works_afterwards(
    browser: Browser, serve: Serve
) -> None:
    party = ThirdParty({"/map.js": MAP})
    with serve_asgi(party) as third:
        page = Page(f"""<!doctype html><title>Third parties</title><body>
            <iframe title="A film" data-consent="statistics" data-src="{third}/embed"></iframe>
            <img alt="" data-consent="statistics" data-src="{third}/pixel.gif">
            <template data-consent="statistics"><div id="map"></div>
            <script src="{third}/map.js"></script></template>
            <iframe title="An ad" data-consent="marketing" data-src="{third}/ad"></iframe>""")
        tab = Tab(browser, serve({"/page": page}, gated_markup=True, guard="enforce"))
        tab.open("/page")
        tab.evaluate("fetch('/consent/state')")
        before = [*party.asked]
        accept(tab)
        wait_until(lambda: "/tile/1" in party.asked)
        settle(tab)

    assert before == []
    assert {*party.asked} == {"/embed", "/pixel.gif", "/map.js", "/tile/1"}
