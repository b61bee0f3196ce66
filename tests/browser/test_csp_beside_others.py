"""What an application's own policy lets work goes on working beside the gate's; no more does."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from consentgate import Event, Gate, Reason
from tests.browser.journey import Visitor, open_browser
from tests.browser.tracked_site import HTML, SCRIPT, SECRET, TrackedSite, policy_of, serve_tracked
from tests.browser.tracker import ADVERTS, STATISTICS, Tracker, run_tracker
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

NONCE = "cmFuZG9t"

# Each check ends with true, or with the name of the error with which it failed.
CHECKS = """
const checks = {
    eval: () => eval('true'),
    Function: () => new Function('return true')(),
    wasm: async () => (await WebAssembly.compile(
        new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))) instanceof WebAssembly.Module,
    fetch: async () => (await fetch('/own.js')).ok,
    data: async () => (await fetch('data:text/plain,a')).ok,
    blob: async () => (await fetch(URL.createObjectURL(new Blob(['a'])))).ok,
    dataImage: () => loaded(Object.assign(new Image(), {src: PIXEL})),
    blobScript: () => appended('script', {src: URL.createObjectURL(new Blob(['1']))}),
    dataScript: () => appended('script', {src: 'data:text/javascript,1'}),
    ownScript: () => appended('script', {src: '/own.js'}),
    module: async () => (await import('/module.js')).default,
    dataModule: async () => (await import('data:text/javascript,export default true')).default,
    blobStyle: () => appended('link', {
        rel: 'stylesheet', href: URL.createObjectURL(new Blob([''], {type: 'text/css'}))}),
    styleText: () => styled(document.getElementById('block'), '5px'),
    styleAttribute: () => styled(document.getElementById('attribute'), '6px'),
    handler: () => { document.getElementById('handler').click(); return window.handled === true },
    inline: () => window.inlined === true,
    blobWorker: () => worked(new Worker(URL.createObjectURL(new Blob(['postMessage(true)'])))),
    dataWorker: () => worked(new Worker('data:text/javascript,postMessage(true)')),
    ownWorker: () => worked(new Worker('/worker.js')),
    ownFrame: () => appended('iframe', {src: '/frame.html'}),
    blobFrame: () => appended('iframe', {src: URL.createObjectURL(new Blob(['a']))}),
    websocket: () => new Promise((done) => {
        const socket = new WebSocket(`ws://${location.host}/socket`);
        socket.onmessage = () => done(true);
        socket.onerror = () => done('error');
    }),
};
const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
const loaded = (element) => new Promise((done) => {
    element.onload = () => done(true);
    element.onerror = () => done('error');
});
const appended = (name, fields) => {
    const element = Object.assign(document.createElement(name), fields);
    const done = loaded(element);
    document.body.append(element);
    return done;
};
const styled = (element, margin) => getComputedStyle(element).marginTop === margin;
const worked = (worker) => new Promise((done) => {
    worker.onmessage = () => done(true);
    worker.onerror = () => done('error');
});
window.run = async () => {
    const results = {};
    for (const [name, check] of Object.entries(checks)) {
        try { results[name] = await check(); } catch (error) { results[name] = error.name; }
    }
    return JSON.stringify(results);
};
"""
INLINE = "window.inlined = true;"
HASH = b64encode(sha256(INLINE.encode()).digest()).decode()
WORKS = f"""<!doctype html><title>Works</title>
<style nonce="{NONCE}">#block {{ margin-top: 5px }}</style><body>
<p id="block">a</p><p id="attribute" style="margin-top: 6px">a</p>
<button id="handler" onclick="window.handled = true">a</button>
<script nonce="{NONCE}">{INLINE}</script><script nonce="{NONCE}" src="/checks.js"></script>"""

OWN_POLICIES = {
    "none": "",
    "self": "default-src 'self'",
    "nonce": f"script-src 'self' 'nonce-{NONCE}'; style-src 'nonce-{NONCE}'",
    "hash": f"script-src 'self' 'sha256-{HASH}'",
    "strict-dynamic": f"script-src 'nonce-{NONCE}' 'strict-dynamic'; object-src 'none'",
    "unsafe": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws:",
    "frames": "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with run_tracker() as tracker:
        yield tracker


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


def site_of(body: str, *headers: tuple[str, str]) -> TrackedSite:
    """A site whose page has this body, and scripts of its own."""
    site = TrackedSite()
    site.put("/", body, HTML, *headers)
    site.put("/checks.js", CHECKS, SCRIPT)
    site.put("/own.js", "1", SCRIPT)
    site.put("/module.js", "export default true", SCRIPT)
    site.put("/worker.js", "postMessage(true)", SCRIPT)
    site.put("/frame.html", "a frame")
    return site


@pytest.mark.parametrize("name", OWN_POLICIES)
def test_an_applications_page_works_as_without_limits(
    context: BrowserContext, tracker: Tracker, name: str
) -> None:
    headers = [("Content-Security-Policy", OWN_POLICIES[name])] if OWN_POLICIES[name] else []
    site = site_of(WORKS, *headers)
    results = []
    for csp in ("off", "enforce"):
        with serve_tracked(site, tracker.port, csp=csp) as url:
            page = context.new_page()
            page.goto(url)
            results.append(json.loads(page.evaluate("window.run()")))

    assert results[1] == results[0]
    assert results[0]["ownScript"] is True


def test_without_a_policy_of_its_own_everything_works(
    context: BrowserContext, tracker: Tracker
) -> None:
    with serve_tracked(site_of(WORKS), tracker.port) as url:
        page = context.new_page()
        page.goto(url)
        results = json.loads(page.evaluate("window.run()"))

    assert {name: result for name, result in results.items() if result is not True} == {}


def test_strict_dynamic_lets_no_third_party_in(context: BrowserContext, tracker: Tracker) -> None:
    origin = f"http://{ADVERTS}:{tracker.port}"
    body = f'<script nonce="{NONCE}" src="{origin}/strict.js"></script>'
    header = ("Content-Security-Policy", OWN_POLICIES["strict-dynamic"])
    heard = []
    for csp in ("off", "enforce"):
        tracker.forget()
        with serve_tracked(site_of(body, header), tracker.port, csp=csp) as url:
            context.new_page().goto(url)
        heard.append(tracker.paths(ADVERTS))

    assert heard == [{"/strict.js"}, set()]


def violations(page: Page) -> list[str]:
    """What the browser says of policies in its console, as far as the page has come."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    return said


def test_the_librarys_own_pages_work_and_a_choice_counts_at_once(
    context: BrowserContext, tracker: Tracker
) -> None:
    origin = f"http://{STATISTICS}:{tracker.port}"
    body = f'<!doctype html><html lang="en"><body><script src="{origin}/count.js"></script>'
    tracker.forget()
    with serve_tracked(site_of(body), tracker.port, banner="auto") as url:
        visitor = Visitor(context.new_page())
        visitor.page.goto(url)
        before = tracker.paths(STATISTICS)
        visitor.press("accept")
        tracker.wait_for(STATISTICS, {"/count.js"})
        accepted = tracker.paths(STATISTICS)

        visitor.page.goto(f"{url}/consent/")
        said = violations(visitor.page)
        visitor.page.reload()
        visitor.page.locator("button[value=refuse]").first.click()
        visitor.page.wait_for_load_state()
        of_own_pages = [*said]
        tracker.forget()
        visitor.page.goto(url)
        visitor.page.wait_for_load_state()

    assert (before, accepted) == (set(), {"/count.js"})
    assert of_own_pages == []
    assert tracker.paths(STATISTICS) == set()


def test_a_copy_in_the_browser_does_not_outlive_a_withdrawal(
    context: BrowserContext, tracker: Tracker
) -> None:
    origin = f"http://{STATISTICS}:{tracker.port}"
    body = f'<!doctype html><body><script src="{origin}/copy.js"></script>'
    site = site_of(body, ("Cache-Control", "max-age=600"), ("ETag", '"1"'))
    with serve_tracked(site, tracker.port) as url:
        gate_choices = choices(tracker)
        page = context.new_page()
        for choice, expected in zip(gate_choices, ({"/copy.js"}, set[str]()), strict=True):
            name, _, value = choice.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": url}])
            tracker.forget()
            page.goto("about:blank")
            page.goto(url)
            page.wait_for_load_state()
            assert tracker.paths(STATISTICS) == expected


def choices(tracker: Tracker) -> list[str]:
    """The Cookie header texts of a visitor who allows statistics, and then refuses."""
    gate = Gate(policy_of(tracker.port), secret_key=SECRET)
    return [gate.preferences_for("statistics"), gate.preferences_for()]


def test_a_browsers_report_becomes_an_event(context: BrowserContext, tracker: Tracker) -> None:
    stranger = f"http://stranger.localhost:{tracker.port}/a.svg?id=secret"
    refused = f"http://{ADVERTS}:{tracker.port}/a.svg?id=secret"
    events: list[Event] = []
    site = site_of(f'<img src="{stranger}"><img src="{refused}">')
    with serve_tracked(site, tracker.port, on_event=events.append) as url:
        page = context.new_page()
        with (
            page.expect_request_finished(lambda sent: sent.url.endswith("/consent/report")),
            page.expect_request_finished(lambda sent: sent.url.endswith("/consent/report")),
        ):
            page.goto(f"{url}/?q=secret")
        wait_until(lambda: len(events) >= 2)

    assert {(event.reason, event.name, event.path) for event in events} == {
        (Reason.HOST_UNDECLARED, f"stranger.localhost:{tracker.port}", "/"),
        (Reason.HOST_NOT_ALLOWED, f"{ADVERTS}:{tracker.port}", "/"),
    }


@pytest.mark.parametrize("relation", ["preconnect", "dns-prefetch"])
@pytest.mark.parametrize(("csp", "connects"), [("off", True), ("enforce", False)])
def test_no_link_header_connects_ahead(
    browser: Browser, tmp_path: Path, tracker: Tracker, relation: str, csp: str, *, connects: bool
) -> None:
    link = ("Link", f"<http://{ADVERTS}:{tracker.port}>; rel={relation}")
    log = tmp_path / "net.json"
    with serve_tracked(site_of("<p>a", link), tracker.port, csp=csp) as url:
        # Only the main profile connects ahead.
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=find_chromium(),
            args=[*ARGUMENTS, f"--log-net-log={log}"],
        )
        page = context.new_page()
        page.goto(url)
        page.wait_for_timeout(1_000)
        context.close()

    assert (ADVERTS in log.read_text(errors="replace")) is connects
