"""Check that a form was sent by the site itself, by what the browser says and nothing else.

The origin that the server sees counts; forwarded headers are a proxy's business, or a forger's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

# RFC 6454 section 6.2: a scheme, a host and perhaps a port; never a path, never a user name.
_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}

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


def parse_origin(text: str) -> Origin | None:
    """Return the origin in a text, None if it holds none, as "null" does."""
    match = _ORIGIN.fullmatch(text.lower())
    if match is None:
        return None
    scheme, host, port = match.groups()
    return scheme, host, int(port) if port else _DEFAULT_PORTS[scheme]
