"""The caching headers of a response whose cookies the gate changed.

Servers and caches refuse to store a page *because* it sets a cookie; a page whose cookie was
stripped, rewritten, added or let through by consent must not become a shared one for that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Header = tuple[str, str]

# Each overrides Cache-Control for one kind of shared cache (RFC 9213; nginx; Akamai; Varnish).
_OVERRIDES = frozenset({"surrogate-control", "edge-control", "x-accel-expires"})

# A directive, its quoted argument included, in which a comma separates nothing (RFC 9111, 5.2).
_DIRECTIVE = re.compile(r'(?:[^,"]++|"(?:[^"\\]++|\\.)*+"?+)++')

NOTHING: tuple[str, ...] = ()
COOKIE = ("Cookie",)
COOKIE_AND_GPC = ("Cookie", "Sec-GPC")
"""The request's headers on which a response can depend through the gate."""

# What lets a copy be shown without asking whether it still holds (RFC 9111, RFC 5861, RFC 8246).
_WITHOUT_ASKING = frozenset(
    {"max-age", "immutable", "no-cache", "stale-if-error", "stale-while-revalidate"}
)

_SHARED = frozenset({"public", "s-maxage", "proxy-revalidate"})

# An override that forbids storing goes on forbidding it: a CDN that reads nothing else would
# otherwise keep what it must not.
_FORBIDDING = frozenset({"no-store", "private", "bypass-cache"})


def is_caching(name: str) -> bool:
    """Say whether a header of this lower-case name may have to change."""
    return name in _OVERRIDES or name == "vary" or name.endswith("cache-control")


def directives_of(value: str) -> list[str]:
    """Return the directives of a Cache-Control value, as they are written."""
    return [text for part in _DIRECTIVE.findall(value) if (text := part.strip(" \t"))]


def directive_names(value: str) -> list[str]:
    """Return the lower-case names of the directives of a Cache-Control value."""
    return [_directive_name(text) for text in _DIRECTIVE.findall(value)]


def is_shareable(present: Sequence[Header]) -> bool:
    """Say whether the caching headers (lower-case names) let a shared cache keep the response, or
    call it immutable."""
    return any(
        directive in ("public", "s-maxage", "immutable")
        for name, value in present
        if name == "cache-control"
        for directive in directive_names(value)
    )


def keep_private(
    present: Sequence[Header], *, private: bool, vary: tuple[str, ...], revalidate: bool = False
) -> tuple[list[str | None], list[Header]]:
    """Return what each present caching header becomes, in order (None: it is removed), and the
    headers to append.

    `present` holds (lower-case name, value). `private` makes the response private to its visitor;
    `vary` names the request's headers on which it depends; with `revalidate` no cache shows it
    again without asking.
    """
    kept: list[str | None] = [value for _, value in present]
    appended: list[Header] = []
    if private:
        _make_private(present, kept, appended)
    if revalidate:
        for at, (name, _) in enumerate(present):
            value = kept[at]
            if name == "cache-control" and value is not None:
                kept[at] = _as_revalidated(value)
        appended = [
            (name, _as_revalidated(value) if name == "cache-control" else value)
            for name, value in appended
        ]
    if vary:
        _vary_on(vary, present, kept, appended)
    return kept, appended


def _make_private(
    present: Sequence[Header], kept: list[str | None], appended: list[Header]
) -> None:
    indexes = [index for index, (name, _) in enumerate(present) if name == "cache-control"]
    for index, (name, value) in enumerate(present):
        if name != "vary":
            kept[index] = None if name == "cache-control" else _as_forbidding(name, value)
    if not indexes:
        appended.append(("cache-control", "private"))
        return
    kept[indexes[0]] = _as_private(", ".join(present[index][1] for index in indexes))


def _as_forbidding(name: str, value: str) -> str | None:
    """Return the ban on storing of a header that overrides Cache-Control, None without one."""
    if name == "x-accel-expires":
        return value if value.strip(" \t") == "0" else None
    directives = {text.strip(" \t").lower() for text in _DIRECTIVE.findall(value)}
    return "no-store" if directives & _FORBIDDING else None


def _as_private(value: str) -> str:
    """Return the Cache-Control value with `private` for the whole response and nothing wider."""
    kept = [text for text in directives_of(value) if _directive_name(text) not in _SHARED]
    if any(text.lower() == "private" for text in kept):
        return ", ".join(kept)
    # `private="field"` covers that field alone (RFC 9111, 5.2.2.7).
    kept = [text for text in kept if _directive_name(text) != "private"]
    return ", ".join(("private", *kept))


def _as_revalidated(value: str) -> str:
    """Return a Cache-Control value with `no-cache` after its first directive, and without any that
    lets a copy be shown without asking."""
    kept = [text for text in directives_of(value) if _directive_name(text) not in _WITHOUT_ASKING]
    return ", ".join([kept[0], "no-cache", *kept[1:]])


def _directive_name(directive: str) -> str:
    return directive.partition("=")[0].strip(" \t").lower()


def _vary_on(
    names: Sequence[str],
    present: Sequence[Header],
    kept: list[str | None],
    appended: list[Header],
) -> None:
    indexes = [index for index, (name, _) in enumerate(present) if name == "vary"]
    if not indexes:
        appended.append(("vary", ", ".join(names)))
        return
    # One line for all: some caches read only the last (nginx before 1.23).
    stripped = [field.strip(" \t") for index in indexes for field in present[index][1].split(",")]
    fields = list(dict.fromkeys(field for field in stripped if field))
    # "*" means everything by itself; in a list nginx takes it for a header's name.
    lowered = {field.lower() for field in fields}
    missing = [] if fields == ["*"] else [name for name in names if name.lower() not in lowered]
    if not missing and len(indexes) == 1:
        return
    for index in indexes[:-1]:
        kept[index] = None
    kept[indexes[-1]] = ", ".join(fields + missing)
