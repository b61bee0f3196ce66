"""Headers by which a page has browsers connect ahead, which no Content-Security-Policy stops.

`Link` with preconnect or dns-prefetch, and `Speculation-Rules`, make a browser contact a host
before anything is loaded from it (RFC 8288; HTML standard, 4.6.7; W3C CSP3 knows no directive for
them).
"""

from __future__ import annotations

import re
from collections.abc import Callable

AHEAD = frozenset(
    {
        *("preconnect", "dns-prefetch", "preload", "modulepreload", "prefetch", "prerender"),
        *("stylesheet", "icon", "manifest", "compression-dictionary"),
    }
)
"""The relations for which browsers contact the host of a link."""

# A comma separates links, unless it is in an address or in a quoted text.
_LINK = re.compile(r'(?:<[^>]*>|"(?:[^"\\]|\\.)*"|[^,<"]|[<"])+')
_TARGET = re.compile(r"[ \t]*<([^>]*)>")
_WORD = re.compile(r"[a-z-]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def allowed_links(value: str, may_contact: Callable[[str], bool]) -> str:
    """Return a value of Link without the links by which a browser would contact a host that it may
    not; the value itself where there are none.

    A relation counts wherever its word is written: browsers read more forms than the RFC has.
    """
    links = _LINK.findall(value)
    kept = [link for link in links if _may_stay(link, may_contact)]
    return value if len(kept) == len(links) else ", ".join(link.strip(" \t") for link in kept)


def _may_stay(link: str, may_contact: Callable[[str], bool]) -> bool:
    target = _target_of(link)
    return target is None or may_contact(target)


def _target_of(link: str) -> str | None:
    """Return the address that a browser contacts for a link, None for one that has none, which
    browsers skip, or that they only note."""
    target = _TARGET.match(link)
    if target is None or AHEAD.isdisjoint(_WORD.findall(link[target.end() :].lower())):
        return None
    return target[1]


def allowed_rules(value: str, may_contact: Callable[[str], bool]) -> str:
    """Return a value of Speculation-Rules, a list of quoted addresses (RFC 9651 section 3.1),
    without those at hosts that may not be contacted."""
    addresses = _QUOTED.findall(value)
    kept = [address for address in addresses if may_contact(address)]
    if len(kept) == len(addresses):
        return value
    return ", ".join(f'"{address}"' for address in kept)


def hints_in(name: str, value: str) -> list[str]:
    """Return the addresses that a browser contacts for a header of this lower-case name."""
    if name == "speculation-rules":
        return _QUOTED.findall(value)
    if name != "link":
        return []
    targets = map(_target_of, _LINK.findall(value))
    return [target for target in targets if target is not None]
