"""What the answer to a request is for: a page that a visitor sees next, or anything else.

One decision, for the banner, for the expiry of refused cookies and for conditional requests. A
browser says that it navigates (Fetch Metadata, `Sec-Fetch-Mode`), and a script that shows whole
pages itself marks its requests. Whoever does neither wants a page only if `Accept` names HTML:
programs, health checks and scripts that fetch data do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from consentgate.gate.exchange import Exchange

LONGEST_ACCEPT = 1_000
"""The characters of an Accept header that are read: browsers send up to 150, and HTML first."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What the answer to a request is for.

    `is_page`: for the visitor, as the next page. `is_navigation`: the browser itself says so.
    `is_swapped_in`: a script puts it in the place of the page that is shown, if it is a whole one.
    `vary` names the request's headers that decided; among requests that agree in them, all have
    answers for the same.
    """

    is_page: bool
    vary: tuple[str, ...]
    is_navigation: bool = False
    is_swapped_in: bool = False


_BROWSER = ("Sec-Fetch-Mode", "Sec-Fetch-Dest")
_HTMX = ("Sec-Fetch-Mode", "HX-Request", "HX-Boosted", "HX-History-Restore-Request")
_HTMX_PAGE = (*_HTMX, "HX-Request-Type")
_SCRIPT = (*_HTMX, "X-Turbo-Request-Id", "Turbo-Frame")
# At most 128 characters in all, beyond which nginx keeps no response. So Unpoly is heeded only
# where the browser sends Fetch Metadata, which it doesn't over plain http.
_FETCH = (*_SCRIPT, "X-Up-Target", "Accept")
_CLIENT = (*_SCRIPT, "X-Requested-With", "Accept")


class Loaded(Enum):
    """As what a browser says that it loads an answer: `FRAME` is a document inside of another one,
    `WORKER` the script of a worker of any kind."""

    FRAME = auto()
    WORKER = auto()
    OTHER = auto()


NAVIGATION = Destination(is_page=True, is_navigation=True, vary=_BROWSER)
FRAME = Destination(is_page=False, vary=_BROWSER)
HTMX_PAGE = Destination(is_page=True, is_swapped_in=True, vary=_HTMX_PAGE)
HTMX_FRAGMENT = Destination(is_page=False, vary=_HTMX_PAGE)
TURBO_PAGE = Destination(is_page=True, is_swapped_in=True, vary=_SCRIPT)
TURBO_FRAME = Destination(is_page=False, vary=_SCRIPT)
FETCHED_PAGE = Destination(is_page=True, is_swapped_in=True, vary=_FETCH)
FETCH = Destination(is_page=False, vary=_FETCH)
READER = Destination(is_page=True, vary=_CLIENT)
PROGRAM = Destination(is_page=False, vary=_CLIENT)

# "empty" is what a service worker sends that passes a navigation through (Fetch Metadata, 2.1: the
# destination is that of the worker's own request).
NAVIGATIONS = {
    **{("navigate", shown_as): NAVIGATION for shown_as in ("", "document", "empty")},
    ("", "document"): NAVIGATION,
}
"""What a browser asks for that says so itself, by `Sec-Fetch-Mode` and `Sec-Fetch-Dest`: most of
all pages."""

_FRAMES = frozenset({"iframe", "frame"})

_UNPOLY = "x-up-target"
_SCRIPT_MARKS = (
    *("hx-request", "hx-boosted", "hx-history-restore-request"),
    *("turbo-frame", "x-turbo-request-id", _UNPOLY),
)

# Turbo 7 and Turbolinks 5 say no more than that, Turbo with the media type of its streams before
# it for forms. Browsers write no blank after the comma.
_TURBO_ACCEPT = "text/html, application/xhtml+xml"


_LOADED = {
    **dict.fromkeys(("iframe", "frame", "object", "embed"), Loaded.FRAME),
    **dict.fromkeys(("worker", "sharedworker", "serviceworker"), Loaded.WORKER),
}


def loaded_as(exchange: Exchange) -> Loaded:
    """Return as what the browser says that it loads the answer (Fetch Metadata, 2.1)."""
    return _LOADED.get(exchange.header("sec-fetch-dest"), Loaded.OTHER)


def destination_of(exchange: Exchange) -> Destination:
    """Return what the answer to a request is for; it is found when it is first asked for."""
    destination = exchange.known_destination
    if destination is None:
        destination = exchange.known_destination = _find(exchange)
    return destination


def _find(exchange: Exchange) -> Destination:
    mode, shown_as = exchange.header("sec-fetch-mode"), exchange.header("sec-fetch-dest")
    if (mode, shown_as) in NAVIGATIONS:
        return NAVIGATIONS[mode, shown_as]
    if mode == "navigate":
        return NAVIGATION if shown_as in _FRAMES and exchange.may_be_framed else FRAME
    marks = exchange.sent_among(_SCRIPT_MARKS)
    if marks and marks != [_UNPOLY]:
        return _of_script(exchange, marks)
    if mode or shown_as:
        targets = exchange.header(_UNPOLY) if marks else ""
        if targets:
            return FETCHED_PAGE if _replaces_body(targets) else FETCH
        return FETCHED_PAGE if exchange.header("accept").endswith(_TURBO_ACCEPT) else FETCH
    if exchange.header("x-requested-with"):
        return PROGRAM
    return READER if _accepts_html(exchange.header("accept")) else PROGRAM


def _of_script(exchange: Exchange, marks: list[str]) -> Destination:
    if "hx-history-restore-request" in marks:
        return HTMX_PAGE
    if "hx-request" in marks or "hx-boosted" in marks:
        # htmx 4 says what it will do with the answer; before, only a boosted link gets a page.
        kind = exchange.header("hx-request-type")
        is_page = kind == "full" if kind else exchange.header("hx-boosted") == "true"
        return HTMX_PAGE if is_page else HTMX_FRAGMENT
    return TURBO_FRAME if "turbo-frame" in marks else TURBO_PAGE


def _replaces_body(targets: str) -> bool:
    """Return whether a script that fetches will put the body of the answer in the place of the
    page's: Unpoly names the elements that it will replace."""
    return "body" in [target.strip(" \t") for target in targets[:LONGEST_ACCEPT].split(",")]


def _accepts_html(accept: str) -> bool:
    """Return whether an Accept header names HTML (RFC 9110 section 12.5.1): `*/*` does not."""
    if accept.startswith("text/html,"):  # as all browsers begin
        return True
    accept = accept[:LONGEST_ACCEPT].lower()
    return "text/html" in accept and any(map(_names_html, accept.split(",")))


def _names_html(media_range: str) -> bool:
    kind, *parameters = [part.strip(" \t") for part in media_range.split(";")]
    return kind == "text/html" and not any(_is_refusal(parameter) for parameter in parameters)


def _is_refusal(parameter: str) -> bool:
    """Return whether a parameter is a weight of nothing: "not acceptable"."""
    name, _, weight = parameter.partition("=")
    return name.strip(" \t") == "q" and weight.strip(" \t") in ("0", "0.", "0.0", "0.00", "0.000")
