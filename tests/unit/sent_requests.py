"""Requests as browsers, scripts and programs were seen to send them: the headers by which it can be
told what the answer is for."""

from __future__ import annotations

import pytest

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": CHROME}
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "*/*"}
TURBO_7 = FETCH | {"Accept": "text/html, application/xhtml+xml"}
TURBO_7_FORM = FETCH | {"Accept": "text/vnd.turbo-stream.html, text/html, application/xhtml+xml"}
UNPOLY = FETCH | {"X-Up-Version": "3.14.3", "X-Up-Mode": "root", "X-Up-Fail-Target": "body"}
HTMX = {"HX-Request": "true", "HX-Current-URL": "https://www.example.org/"}

PAGES = [
    pytest.param(NAVIGATION, id="a-link"),
    pytest.param(NAVIGATION | {"Sec-Fetch-Dest": "empty"}, id="through-a-service-worker"),
    pytest.param({"Sec-Fetch-Mode": "navigate", "Accept": CHROME}, id="chrome-79"),
    pytest.param(NAVIGATION | {"Sec-Purpose": "prefetch;prerender"}, id="speculation-rules"),
    pytest.param(NAVIGATION | {"X-Requested-With": "com.example.app"}, id="android-webview"),
    pytest.param({"Sec-Fetch-Dest": "document"}, id="behind-a-proxy-that-cuts-headers"),
    pytest.param({"Accept": CHROME}, id="plain-http"),
    pytest.param({"Accept": "text/html, application/xhtml+xml, image/jxr, */*"}, id="edge-18"),
    pytest.param({"Accept": "text/html"}, id="curl-that-asks-for-html"),
    pytest.param({"Accept": "text/html,application/xhtml+xml,*/*;q=0.1"}, id="a-search-engine"),
    pytest.param({"Accept": "text/html, application/xhtml+xml"}, id="turbo-7-plain-http"),
]

SWAPPED_PAGES = [
    pytest.param(FETCH | HTMX | {"HX-Boosted": "true"}, id="htmx-2-boost"),
    pytest.param(FETCH | {"HX-Boosted": "true"}, id="boosted-by-another-library"),
    pytest.param(HTMX | {"HX-Boosted": "true", "Accept": "*/*"}, id="htmx-2-boost-plain-http"),
    pytest.param(
        FETCH | HTMX | {"HX-Boosted": "true", "HX-Request-Type": "full", "Accept": "text/html"},
        id="htmx-4-boost",
    ),
    pytest.param(FETCH | HTMX | {"HX-Request-Type": "full"}, id="htmx-4-into-the-body"),
    pytest.param(FETCH | HTMX | {"HX-History-Restore-Request": "true"}, id="htmx-history"),
    pytest.param(FETCH | {"HX-History-Restore-Request": "true"}, id="htmx-history-alone"),
    pytest.param(
        FETCH | {"X-Turbo-Request-Id": "a1", "Accept": "text/html, application/xhtml+xml"},
        id="turbo-drive",
    ),
    pytest.param({"X-Turbo-Request-Id": "a1", "Accept": "*/*"}, id="turbo-drive-plain-http"),
    pytest.param(
        FETCH | {"X-Turbo-Request-Id": "a1", "X-Sec-Purpose": "prefetch"}, id="turbo-prefetch"
    ),
    pytest.param(TURBO_7, id="turbo-7"),
    pytest.param(TURBO_7_FORM, id="turbo-7-form"),
    pytest.param(TURBO_7 | {"Turbolinks-Referrer": "https://www.example.org/"}, id="turbolinks-5"),
    pytest.param(UNPOLY | {"X-Up-Target": "body"}, id="unpoly-3-into-the-body"),
    pytest.param(UNPOLY | {"X-Up-Target": "#flash, body"}, id="unpoly-3-into-two-elements"),
]

NOT_PAGES = [
    pytest.param(FETCH, id="fetch"),
    pytest.param(FETCH | {"Accept": "text/html"}, id="fetch-that-asks-for-html"),
    pytest.param(FETCH | {"Sec-Fetch-Mode": "same-origin"}, id="fetch-same-origin"),
    pytest.param(NAVIGATION | {"Sec-Fetch-Dest": "iframe"}, id="frame"),
    pytest.param(NAVIGATION | {"Sec-Fetch-Dest": "object"}, id="object"),
    pytest.param({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, id="image"),
    pytest.param({"Sec-Fetch-Mode": "websocket", "Sec-Fetch-Dest": "empty"}, id="websocket"),
    pytest.param({"Sec-Fetch-Dest": "empty"}, id="destination-alone"),
    pytest.param({"Sec-Fetch-Mode": "Navigate"}, id="no-such-mode"),
    pytest.param({"Accept": "*/*"}, id="curl"),
    pytest.param({"Accept": ""}, id="health-check"),
    pytest.param({"Accept": "application/json"}, id="api-client"),
    pytest.param({"Accept": "application/json, text/plain, */*"}, id="axios"),
    pytest.param({"Accept": "text/css,*/*;q=0.1"}, id="style-sheet-plain-http"),
    pytest.param(FETCH | HTMX, id="htmx-2-fragment"),
    pytest.param(HTMX | {"Accept": "*/*"}, id="htmx-2-fragment-plain-http"),
    pytest.param(
        HTMX | {"HX-Request-Type": "partial", "Accept": "text/html"}, id="htmx-4-fragment"
    ),
    pytest.param(
        FETCH | HTMX | {"HX-Boosted": "true", "HX-Request-Type": "partial"},
        id="htmx-4-boost-into-an-element",
    ),
    pytest.param(FETCH | {"X-Turbo-Request-Id": "a1", "Turbo-Frame": "messages"}, id="turbo-frame"),
    pytest.param(TURBO_7 | {"Turbo-Frame": "messages"}, id="turbo-7-frame"),
    pytest.param({"Turbo-Frame": "messages", "Accept": "text/html"}, id="turbo-7-frame-plain-http"),
    pytest.param(UNPOLY | {"X-Up-Target": "main"}, id="unpoly-3"),
    pytest.param(UNPOLY | {"X-Up-Target": "#body, .body"}, id="unpoly-3-fragments"),
    pytest.param(
        UNPOLY | {"X-Up-Target": "[up-main~=modal]", "X-Up-Mode": "modal"}, id="unpoly-3-modal"
    ),
    pytest.param({"X-Up-Target": "body", "Accept": "*/*"}, id="unpoly-3-plain-http"),
    pytest.param(
        {"X-Requested-With": "XMLHttpRequest", "Accept": "text/html, */*; q=0.01"}, id="jquery-load"
    ),
]
