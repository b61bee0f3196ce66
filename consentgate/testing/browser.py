"""The headers that a browser sends with a request, by what the request is for.

Chromium's, of which those are here that a server may decide by. Fetch Metadata is sent to https and
to the browser's own machine only (W3C Fetch Metadata, 2; Secure Contexts, 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlencode, urljoin, urlsplit

_ACCEPT_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: `url` is absolute and has no fragment."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def origin(self) -> str:
        """Scheme, host and port of the URL."""
        return origin_of(self.url)

    @property
    def path(self) -> str:
        """The path of the URL with its query."""
        return self.url.removeprefix(self.origin)


def open_page(url: str, *, referer: str = "") -> Sent:
    """Return the request for a page: of an address that was typed, or of a link on `referer`."""
    fetched = _metadata(url, referer=referer, mode="navigate", dest="document")
    return Sent("GET", url, {"Accept": _ACCEPT_PAGE, **_referer(referer), **fetched})


def send_form(url: str, fields: list[tuple[str, str]], *, referer: str) -> Sent:
    """Return the request of a form on the page `referer`."""
    headers = {
        "Accept": _ACCEPT_PAGE,
        "Content-Type": _FORM,
        "Origin": origin_of(referer),
        **_referer(referer),
        **_metadata(url, referer=referer, mode="navigate", dest="document"),
    }
    return Sent("POST", url, headers, urlencode(fields).encode("ascii"))


def fetch(url: str, *, referer: str) -> Sent:
    """Return the request of a script of the page `referer`."""
    fetched = _metadata(url, referer=referer, mode="cors", dest="empty")
    fetched.pop("Sec-Fetch-User", None)
    return Sent("GET", url, {"Accept": "*/*", **_referer(referer), **fetched})


def origin_of(url: str) -> str:
    """Return the origin of a URL, as browsers write it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def follow(base: str, location: str) -> str:
    """Return the URL to which a link or a redirect leads from `base`, without a fragment."""
    return urljoin(base, location).partition("#")[0]


def without_query(url: str) -> str:
    """Return a URL as a message may show it: a query can hold anything."""
    return url.partition("?")[0]


def _referer(referer: str) -> dict[str, str]:
    return {"Referer": referer} if referer else {}


def _metadata(url: str, *, referer: str, mode: str, dest: str) -> dict[str, str]:
    if not _is_trustworthy(url):
        return {}
    is_same = origin_of(referer) == origin_of(url)
    return {
        "Sec-Fetch-Site": "same-origin" if is_same else "cross-site" if referer else "none",
        "Sec-Fetch-Mode": mode,
        "Sec-Fetch-Dest": dest,
        "Sec-Fetch-User": "?1",
    }


def _is_trustworthy(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
