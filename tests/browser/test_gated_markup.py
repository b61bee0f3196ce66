"""Markup that waits for consent, and software that is told of it: a third party gets nothing before
the visitor allows it, and what is allowed works without another page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.guarded_site import SECRET, Page, Site
from tests.browser.tracking_browser import GATE, Tab, open_chromium
from tests.support.first_choices import in_first_format
from tests.support.http_servers import serve_asgi
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

NPM = Path(__file__).parents[1] / "data" / "npm"
JS = "text/javascript"
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
TURBO = """<!doctype html><html lang=en><head><title>Turbo</title>
<script src="/turbo.js"></script><script>window.ran ||= [];</script></head><body>
<a id=next href="{other}">Next</a>
<script type="text/plain" data-consent="statistics">ran.push("{own}")</script></body></html>"""

Serve = Any  # a function that returns the address of a site of these pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda pages, **options: stack.enter_context(serve_asgi(Site(pages, **options)))


class Tracker:
    """A third party on a host of its own; `asked` are the paths that browsers asked for."""

    def __init__(self, files: dict[str, Page]) -> None:
        self.asked: list[str] = []
        self._files = files

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI's
        """Answer any request, with a cookie."""
        await receive()
        query = scope["query_string"].decode()
        self.asked.append(scope["path"] + (f"?{query}" if query else ""))
        page = self._files.get(scope["path"], Page("", "text/plain"))
        headers = [
            (b"content-type", page.kind.encode()),
            (b"set-cookie", b"third=1"),
            (b"access-control-allow-origin", b"*"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": page.body.encode()})


def accept(tab: Tab) -> None:
    tab.evaluate("consentgate.choose('save', ['statistics'])")


def settle(tab: Tab) -> None:
    """Wait until only what is refused still waits. The page's own rules may forbid `eval`."""
    tab.evaluate("""async () => {
        while (document.querySelectorAll("[data-consent]").length > 1) {
            await new Promise((next) => setTimeout(next, 10));
        }
    }""")


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


@pytest.mark.parametrize("version", ["7.3.0", "8.0.23"])
def test_after_a_navigation_by_turbo_each_page_is_activated_once(
    browser: Browser, serve: Serve, version: str
) -> None:
    pages = {
        "/a": Page(TURBO.format(own="a", other="/b")),
        "/b": Page(TURBO.format(own="b", other="/a")),
        "/turbo.js": Page((NPM / f"turbo-{version}.js").read_text(), JS),
    }
    tab = Tab(browser, serve(pages, gated_markup=True), granted=["statistics"])
    tab.open("/a")

    tab.page.click("#next")
    tab.page.wait_for_function("ran.length === 2")
    tab.page.click("#next")
    tab.page.wait_for_function("ran.length === 3")

    assert tab.evaluate("ran") == ["a", "b", "a"]


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


def test_a_choice_that_the_server_turns_away_is_an_error(browser: Browser, serve: Serve) -> None:
    tab = Tab(browser, serve({"/page": Page("<!doctype html><p>x")}, gated_markup=True))
    tab.open("/page")

    message = tab.evaluate("consentgate.choose('perhaps').catch(String)")

    assert message == "Error: the choice was answered with status 400"


TAG = Page(
    "const said = dataLayer.map((one) => [...one]).filter(([word]) => word === 'consent');"
    "navigator.sendBeacon(new URL('/said?' + said.map(([, kind, signals]) => kind + '-' +"
    "signals.analytics_storage + '-' + signals.ad_storage), document.currentScript.src))",
    JS,
)
MATOMO = Page(
    "const base = document.currentScript.src; const said = _paq.map(([word]) => word);"
    "navigator.sendBeacon(new URL('/said?' + said, base))",
    JS,
)


@pytest.mark.law(26)
@pytest.mark.parametrize(
    ("granted", "said"),
    [
        (None, "/said?default-denied-denied"),
        ([], "/said?default-denied-denied"),
        (["statistics"], "/said?default-denied-denied,update-granted-denied"),
    ],
    ids=["undecided", "refused", "accepted"],
)
def test_google_is_denied_all_before_its_tag_runs_and_told_of_the_choice(
    browser: Browser, serve: Serve, granted: list[str] | None, said: str
) -> None:
    tracker = Tracker({"/tag.js": TAG})
    with serve_asgi(tracker) as third:
        page = Page(f"<!doctype html><script src='{third}/tag.js'></script>")
        address = serve({"/page": page}, adapters=["google-consent-mode"])
        tab = Tab(browser, address, granted=granted)
        tab.open("/page")
        wait_until(lambda: said in tracker.asked)


@pytest.mark.law(32)
@pytest.mark.parametrize(
    ("granted", "level"),
    [
        (None, "forgetConsentGiven,forgetCookieConsentGiven"),
        ([], "forgetConsentGiven,forgetCookieConsentGiven"),
        (["statistics"], "setConsentGiven,setCookieConsentGiven"),
    ],
    ids=["undecided", "refused", "accepted"],
)
def test_matomo_learns_the_level_before_it_runs(
    browser: Browser, serve: Serve, granted: list[str] | None, level: str
) -> None:
    tracker = Tracker({"/matomo.js": MATOMO})
    with serve_asgi(tracker) as third:
        page = Page(f"<!doctype html><script src='{third}/matomo.js'></script>")
        tab = Tab(browser, serve({"/page": page}, adapters=["matomo"]), granted=granted)
        tab.open("/page")
        wait_until(lambda: f"/said?requireConsent,requireCookieConsent,{level}" in tracker.asked)


PLAUSIBLE = Page(
    "const { domain } = document.currentScript.dataset;"
    "navigator.sendBeacon(new URL('/event?' + domain, document.currentScript.src))",
    JS,
)
RECIPES = {
    "Plausible": """<script type="text/plain" data-consent="statistics"
        data-domain="www.example.org" data-src="{third}/script.js"></script>""",
    "YouTube": """<iframe title="A film" data-consent="statistics" width="560" height="315"
        data-src="{third}/embed/1"></iframe>""",
    "Vimeo": """<template data-consent="statistics"><iframe title="A film"
        src="{third}/video/1"></iframe></template>""",
    "a map": """<template data-consent="statistics"><div id="map"></div>
        <script src="{third}/map.js"></script></template>""",
    "a pixel": '<img alt="" data-consent="statistics" data-src="{third}/pixel.gif">',
}
ASKED = {
    "Plausible": {"/script.js", "/event?www.example.org"},
    "YouTube": {"/embed/1"},
    "Vimeo": {"/video/1"},
    "a map": {"/map.js", "/tile/1"},
    "a pixel": {"/pixel.gif"},
}
MAP = Page(
    "const tile = new Image(); tile.src = new URL('/tile/1', document.currentScript.src);"
    "document.getElementById('map').append(tile)",
    JS,
)


@pytest.mark.law(1)
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_third_party_gets_nothing_before_consent_and_works_afterwards(
    browser: Browser, serve: Serve, recipe: str
) -> None:
    tracker = Tracker({"/script.js": PLAUSIBLE, "/map.js": MAP})
    with serve_asgi(tracker) as third:
        page = Page("<!doctype html><body>" + RECIPES[recipe].format(third=third))
        tab = Tab(browser, serve({"/page": page}, gated_markup=True, guard="enforce"))
        tab.open("/page")
        tab.page.wait_for_timeout(200)
        before = [*tracker.asked]
        accept(tab)
        wait_until(lambda: ASKED[recipe] <= {*tracker.asked})

    assert before == []
