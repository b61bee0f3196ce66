"""Checks that a choice comes from the site itself, and that it leads back to the site.

Who sent a form is known by what the browser says and nothing else. The origin that the server sees
counts; forwarded headers are a proxy's business, or a forger's. A path to go on to is rejected if
any browser, or any program on the way, may read it as another site.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import quote

# RFC 6454 section 6.2: a scheme, a host and perhaps a port; never a path, never a user name.
_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}

LONGEST_HOST = 64  # characters of a host in the log

Origin = tuple[str, str, int]
"""Scheme, host and port, in lower case."""


def is_trusted_origin(
    headers: Mapping[str, str], *, origin: str, trusted_origins: Collection[str]
) -> bool:
    """Return True if a form was sent by the site, or by an origin that it trusts.

    `headers` have lower-case names; repeated ones are joined by ", ", and prove nothing then.
    `origin` is that of the request, as the server sees it.
    """
    site = headers.get("sec-fetch-site")
    sent = parse_origin(headers.get("origin", ""))
    if sent is not None and sent in map(parse_origin, trusted_origins):
        return site is None or "," not in site
    if site is not None:
        # W3C Fetch Metadata: browsers alone write it. A sibling host ("same-site") may belong to
        # somebody else, and a request that no page sent ("none") did not come from a form.
        return site == "same-origin" and "," not in headers.get("origin", "")
    return sent is not None and sent == parse_origin(origin)


def compare_origins(headers: Mapping[str, str], *, origin: str) -> str:
    """Return for the log why a form is not the site's: both origins, and what a site can set.

    It holds nothing of the headers but hosts, in ASCII and cut at 64 characters.
    """
    sent, seen = parse_origin(headers.get("origin", "")), parse_origin(origin)
    if sent is None:
        return (
            f"the browser named no origin, the server sees {_as_text(seen)}; a page with "
            "Referrer-Policy: no-referrer hides it: use same-origin"
        )
    where = f"the browser names {_as_text(sent)}, the server sees {_as_text(seen)}"
    trust = f"trusted_origins=[{_as_text(sent)!r}] accepts it"
    if "sec-fetch-site" in headers:  # the browser itself compared them
        return f"{where}; if it is a page of this site, {trust}"
    if seen is not None and sent[1] == seen[1] and sent[0] != seen[0]:
        return f"{where}; have the server trust its proxy's scheme; or {trust}"
    return f"{where}; have the proxy pass the Host on, if that is it; or {trust}"


def _as_text(origin: Origin | None) -> str:
    if origin is None:
        return "none"
    scheme, host, port = origin
    shown = f"{scheme}://{host[:LONGEST_HOST]}"
    return shown if port == _DEFAULT_PORTS[scheme] else f"{shown}:{port}"


def parse_origin(text: str) -> Origin | None:
    """Return the origin in a text, None if it holds none, as "null" does."""
    match = _ORIGIN.fullmatch(text.lower())
    if match is None:
        return None
    scheme, host, port = match.groups()
    return scheme, host, int(port) if port else _DEFAULT_PORTS[scheme]


LONGEST_PATH = 2048
"""Characters: a longer address is a mistake, in browsers as in servers."""

# Browsers take \ for / and drop TAB, CR and LF anywhere (URL Standard, 4.4); so may a program on
# the way that decodes the path.
_RAW = re.compile(r"[\x00-\x1f\x7f\\]")
_ENCODED = re.compile(r"%(?:[01][0-9a-f]|7f|5c)", re.IGNORECASE)
_SLASHES = re.compile(r"/(?:/|%2f)", re.IGNORECASE)
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)

_SAFE = "/?%:@!$&'()*+,;=-._~[]"  # everything else is percent-encoded


def checked_path(text: str) -> str | None:
    """Return the path with its query, in ASCII and without a fragment, as the browser shows it.

    Return None if it may lead to another site. Never raises.
    """
    if len(text) > LONGEST_PATH or _RAW.search(text):
        return None
    address = text.partition("#")[0]
    path = address.partition("?")[0]
    if not path.startswith("/") or _SLASHES.match(path):
        return None
    # Browsers never send . and ..; "/.//host" is "//host" once they are taken out.
    if _ENCODED.search(path) or _DOTS.search(path):
        return None
    try:
        return quote(address, safe=_SAFE)
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
