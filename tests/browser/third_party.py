"""A third party on a host of its own, and what it serves: stand-ins for known software, which do
what its documentation says of the calls that a site makes."""

from __future__ import annotations

from typing import Any

from tests.browser.guarded_site import Page

JS = "text/javascript"

# Google Tag: it sends the consent that it finds when it runs, and each update.
# https://developers.google.com/tag-platform/security/guides/consent
GOOGLE = Page(
    """(() => {
    const base = document.currentScript.src;
    const send = ([word, kind, signals]) => {
        if (word !== "consent") return;
        const { ad_storage, ad_user_data, ad_personalization, analytics_storage } = signals;
        const all = [kind, ad_storage, ad_user_data, ad_personalization, analytics_storage];
        navigator.sendBeacon(new URL(`/said?${all}`, base));
    };
    for (const one of dataLayer) send(one);
    const { push } = dataLayer;
    dataLayer.push = (...all) => { for (const one of all) send(one); push.apply(dataLayer, all); };
})();""",
    JS,
)

# Matomo: what waits in the queue is obeyed in an order of its own, and the queue is then another
# object. https://developer.matomo.org/guides/tracking-consent
MATOMO = Page(
    """(() => {
    const base = document.currentScript.src;
    const FIRST = ["forgetCookieConsentGiven", "requireCookieConsent", "setTrackerUrl", "setSiteId",
        "setCookieConsentGiven", "requireConsent", "setConsentGiven"];
    const YEARS = "; path=/; max-age=34000000";
    let tracker = base, site = "", hasConsent = true, hasCookies = true, waiting = [];
    const send = (request) => {
        if (!hasConsent) { waiting.push(request); return; }
        if (hasCookies) document.cookie = `_pk_id.${site}.1=1${YEARS}`;
        const how = hasCookies ? "with" : "without";
        navigator.sendBeacon(`${new URL(tracker, base)}?idsite=${site}&${request}&${how}`);
    };
    const calls = {
        setTrackerUrl: (address) => { tracker = address; },
        setSiteId: (id) => { site = id; },
        requireCookieConsent: () => {
            hasCookies = false;
            document.cookie = `_pk_id.${site}.1=; path=/; max-age=0`;
        },
        setCookieConsentGiven: () => { hasCookies = true; },
        forgetCookieConsentGiven: () => calls.requireCookieConsent(),
        requireConsent: () => { hasConsent = hasCookies = false; },
        setConsentGiven: (cookies = true) => {
            hasConsent = true;
            for (const request of waiting.splice(0)) send(request);
            if (cookies) calls.setCookieConsentGiven();
        },
        forgetConsentGiven: () => {
            document.cookie = `mtm_consent_removed=1${YEARS}`;
            calls.forgetCookieConsentGiven();
            calls.requireConsent();
        },
        trackPageView: () => send("view"),
    };
    const obey = (...all) => { for (const [name, ...values] of all) calls[name](...values); };
    const queue = window._paq;
    for (const name of FIRST) obey(...queue.filter((one) => one[0] === name));
    obey(...queue.filter((one) => !FIRST.includes(one[0])));
    window._paq = { push: obey };
})();""",
    JS,
)

PLAUSIBLE = Page(
    "const { domain } = document.currentScript.dataset;"
    "navigator.sendBeacon(new URL('/event?' + domain, document.currentScript.src))",
    JS,
)

MAP = Page(
    "const tile = new Image(); tile.src = new URL('/tile/1', document.currentScript.src);"
    "document.getElementById('map').append(tile)",
    JS,
)


class ThirdParty:
    """An ASGI application of these files; `asked` are the paths that browsers asked for."""

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
