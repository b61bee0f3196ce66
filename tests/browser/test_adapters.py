"""Software that learns of the visitor's choice in its own words: before it runs, and at each change
without another page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import flask
import pytest
from playwright.sync_api import Browser

from consentgate import Cookie, Policy
from consentgate.ext.flask import ConsentGate
from tests.browser.guarded_site import Page, Site
from tests.browser.third_party import GOOGLE, MATOMO, PLAUSIBLE, ThirdParty
from tests.browser.tracking_browser import OWN, Tab, open_chromium
from tests.support.doc_examples import html_with
from tests.support.http_servers import serve_asgi, serve_wsgi
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

EXEMPT = Cookie(
    "_pk_id.*",
    category="statistics",
    provider="Matomo",
    purpose="Counts visits.",
    lifetime="13 months",
    anonymous=True,
    assessment={"date": date(2026, 11, 1), "address": "https://www.example.org/assessment"},
)
COUNTS = Cookie("c", category="statistics", provider="S", purpose="Counts.", lifetime="1 day")
ASKED = Cookie("ads", category="marketing", provider="A", purpose="Shows.", lifetime="1 day")
SIGNALS = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def third() -> Iterator[tuple[ThirdParty, str]]:
    """The third party and its address."""
    party = ThirdParty({"/tag.js": GOOGLE, "/matomo.js": MATOMO, "/script.js": PLAUSIBLE})
    with serve_asgi(party) as address:
        yield party, address.replace("127.0.0.1", "third.localhost")


@pytest.fixture
def serve() -> Iterator[Any]:  # Any: a function that returns the address of a site of one page
    with ExitStack() as stack:

        def serve(body: str, *headers: tuple[str, str], **options: Any) -> str:
            page = Page(f"<!doctype html><title>Page</title>{body}", headers=headers)
            return stack.enter_context(serve_asgi(Site({"/page": page}, **options)))

        yield serve


def choose(tab: Tab, choice: str, *categories: str) -> None:
    tab.page.evaluate("(all) => consentgate.choose(...all)", [choice, list(categories)])


NONE = "denied,denied,denied,denied"
STATISTICS = "denied,denied,denied,granted"
ALL = "granted,granted,granted,granted"


@pytest.mark.law(26)
def test_google_is_denied_all_before_its_tag_runs_and_hears_of_each_change(
    browser: Browser, serve: Any, third: tuple[ThirdParty, str]
) -> None:
    party, address = third
    rules = ("content-security-policy", f"script-src 'self' {address}")  # no inline script
    site = serve(
        f"<script src='{address}/tag.js'></script>",
        rules,
        policy=Policy(cookies=[ASKED, COUNTS]),
        adapters=["google-consent-mode"],
        gated_markup=True,
    )
    said = ["/tag.js", f"/said?default,{NONE}"]

    tab = Tab(browser, site)
    tab.open("/page")
    wait_until(lambda: party.asked == said)
    for choice, categories, update in [
        ("save", ["statistics"], STATISTICS),
        ("accept", [], ALL),
        ("withdraw", [], NONE),
        ("allow", ["statistics"], STATISTICS),
    ]:
        choose(tab, choice, *categories)
        said.append(f"/said?update,{update}")
        wait_until(lambda: party.asked == said)

    party.asked.clear()
    tab.open("/page")
    again = ["/tag.js", f"/said?default,{NONE}", f"/said?update,{STATISTICS}"]
    wait_until(lambda: sorted(party.asked) == sorted(again))


@pytest.mark.law(20, 26)
def test_a_signal_denies_google_what_is_open_until_an_objection(
    browser: Browser, serve: Any, third: tuple[ThirdParty, str]
) -> None:
    party, address = third
    policy = Policy(regime="us-ca", cookies=[ASKED, COUNTS])
    body = f"<script src='{address}/tag.js'></script>"
    site = serve(body, policy=policy, adapters=["google-consent-mode"], gated_markup=True)

    Tab(browser, site).open("/page")
    wait_until(lambda: f"/said?update,{ALL}" in party.asked)
    party.asked.clear()
    tab = Tab(browser, site)
    tab.page.add_init_script(SIGNALS)
    tab.context.set_extra_http_headers({"Sec-GPC": "1"})
    tab.open("/page")
    wait_until(lambda: f"/said?default,{NONE}" in party.asked)
    choose(tab, "allow", "statistics")
    wait_until(lambda: f"/said?update,{STATISTICS}" in party.asked)

    assert len(party.asked) == 3  # the tag, and these two


VIEW = "/matomo.php?idsite=1&view&"
COUNTING = (
    "<script>_paq.push(['setSiteId', '1'], ['setTrackerUrl', '/matomo.php'], ['trackPageView'])"
    "</script><script src='{}/matomo.js'></script>"
)


@pytest.mark.law(32)
@pytest.mark.parametrize(
    ("counter", "before"),
    [(EXEMPT, [f"{VIEW}without"]), (Cookie("_pk_id.*", category="statistics"), [])],
    ids=["declared anonymous", "to be asked for"],
)
def test_matomo_follows_the_level_without_another_page(
    browser: Browser,
    serve: Any,
    third: tuple[ThirdParty, str],
    counter: Cookie,
    before: list[str],
) -> None:
    party, address = third
    policy = Policy(cookies=[counter, ASKED])
    body = COUNTING.format(address)
    tab = Tab(browser, serve(body, policy=policy, adapters=["matomo"], gated_markup=True))

    tab.open("/page")
    wait_until(lambda: party.asked == ["/matomo.js", *before])
    assert tab.context.cookies() == []  # none of Matomo's own memory either
    choose(tab, "save", "statistics")
    tab.evaluate("_paq.push(['trackPageView'])")
    wait_until(lambda: f"{VIEW}with" in party.asked)
    assert stored(tab) == ["_pk_id.1.1"]
    asked = len(party.asked)
    choose(tab, "withdraw")
    tab.evaluate("_paq.push(['trackPageView'])")
    tab.open("/page")
    wait_until(lambda: len(party.asked) > asked)

    assert party.asked[asked:] == ["/matomo.js"]
    assert stored(tab) == []


@pytest.mark.law(32)
def test_a_choice_before_matomo_is_loaded_is_the_one_that_counts(
    browser: Browser, serve: Any, third: tuple[ThirdParty, str]
) -> None:
    party, address = third
    policy = Policy(cookies=[EXEMPT, ASKED])
    site = serve("<p>No Matomo yet", policy=policy, adapters=["matomo"], gated_markup=True)
    tab = Tab(browser, site)
    tab.open("/page")

    choose(tab, "accept")
    choose(tab, "refuse")
    tab.evaluate(f"""() => new Promise((done) => {{
        _paq.push(["setSiteId", "1"], ["trackPageView"]);
        const script = document.createElement("script");
        script.src = "{address}/matomo.js";
        script.onload = done;
        document.head.append(script);
    }})""")
    settle(tab)

    assert party.asked == ["/matomo.js"]


def stored(tab: Tab) -> list[str]:
    """The names of the cookies that the browser has, the visitor's choice aside."""
    return [name for one in tab.context.cookies() if (name := one.get("name", "")) != OWN]


@pytest.mark.law(1)
def test_plausible_is_loaded_once_the_visitor_allows_it(
    browser: Browser, serve: Any, third: tuple[ThirdParty, str]
) -> None:
    party, address = third
    documented = html_with("plausible.io", page="scripts.md").splitlines()
    (tag,) = [line for line in documented if "plausible.io" in line]
    tag = tag.replace("https://plausible.io/js", address)
    tab = Tab(browser, serve(tag, gated_markup=True, guard="enforce"))
    tab.open("/page")
    settle(tab)
    before = [*party.asked]

    choose(tab, "save", "statistics")
    wait_until(lambda: party.asked == ["/script.js", "/event?example.org"])

    assert before == []


@pytest.mark.law(32)
def test_a_template_tells_matomo_the_mode_to_run_in(browser: Browser) -> None:
    asked: list[str] = []
    app = flask.Flask("counted")
    app.config["SECRET_KEY"] = "a key of the application, of 40 characters"
    ConsentGate(app, policy=Policy(regime="fr", cookies=[EXEMPT, ASKED]))
    recipe = html_with('consent_level("statistics")', page="scripts.md")
    page = f"<!doctype html><html lang=en><title>Counted</title><body>{recipe}"
    app.add_url_rule("/", view_func=lambda: flask.render_template_string(page))

    @app.get("/matomo.js")
    def script() -> flask.Response:
        asked.append("script")
        return flask.Response(MATOMO.body, content_type=MATOMO.kind)

    @app.post("/matomo.php")
    def count() -> str:
        asked.append(flask.request.query_string.decode())
        return ""

    def visit(*, choice: str = "") -> tuple[list[str], list[str]]:
        """What Matomo is asked for by the next page, and what the browser has then."""
        if choice:
            tab.page.goto(f"{tab.address}/consent/")
            with tab.page.expect_navigation():
                tab.page.locator(f"button[value={choice}]").first.click()
        asked.clear()
        tab.open("/")
        settle(tab)
        wait_until(lambda: len(asked) != 1)  # the script, and then what it sends
        return asked[1:], stored(tab)

    with serve_wsgi(app) as address:
        tab = Tab(browser, address)

        assert visit() == (["idsite=1&view&without"], [])
        assert visit(choice="accept") == (["idsite=1&view&with"], ["_pk_id.1.1"])
        assert visit(choice="refuse") == ([], [])


def settle(tab: Tab) -> None:
    """Wait for the server, by which time what a page loads by itself is on its way."""
    tab.evaluate("fetch('/consent/state').then((one) => one.text())")
