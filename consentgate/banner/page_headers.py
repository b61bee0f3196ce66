"""The headers of a page into which something is put, and of the word that a copy is still good.

Headers are pairs of text whose code points are the bytes on the wire (latin-1). What says something
of the bytes as the application made them goes, since they are others now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consentgate.banner.entity_tags import Condition, Current, mark_tag, restore
from consentgate.banner.html_response import DESTINATION, DOCUMENT, Page, page_of
from consentgate.http.caching import directives_of, keep_private
from consentgate.http.header_names import COOKIE_KINDS, Remembered, header_kind

Header = tuple[str, str]

CONDITIONAL = ("if-none-match", "if-modified-since", "range", "if-range")
"""The request's headers that may have to change."""

_CACHE_CONTROL = "cache-control"
_FOR_VISITOR = "private, no-cache"
_kinds = Remembered[str, str](header_kind)

# Dates and digests of other bytes; ranges of a page that differs from one answer to the next.
_OF_OTHER_BYTES = frozenset(
    {
        *("last-modified", "accept-ranges"),
        *("digest", "repr-digest", "content-digest", "content-md5"),
    }
)
# What lets a copy be shown without asking: it may be of before the choice.
_WITHOUT_ASKING = frozenset(
    {"max-age", "immutable", "no-cache", "stale-if-error", "stale-while-revalidate"}
)


def settle_conditions(
    found: Mapping[str, str], *, is_current: Current
) -> tuple[dict[str, str | None], Condition]:
    """What becomes of each conditional header that the request has (None: it goes), and what its
    If-None-Match was about.

    A document is asked for anew unless its tag says what was put in: a date says nothing of that,
    and ranges of it fit to no other answer. Where a browser does not say what the request is for,
    it may be for something else, which is still asked about as it was.
    """
    is_document = found.get(DESTINATION) == DOCUMENT
    changes: dict[str, str | None] = {}
    condition = Condition(None, {})
    if (tags := found.get("if-none-match")) is not None:
        condition = restore(tags, is_current=is_current, keeps_foreign=not is_document)
        changes["if-none-match"] = condition.value
        if condition.value is None:
            # It counts only where there is no If-None-Match (RFC 9110 section 13.1.3).
            changes["if-modified-since"] = None
    if is_document:
        changes |= dict.fromkeys(CONDITIONAL[1:])
    return {name: value for name, value in changes.items() if name in found}, condition


def headers_with(headers: Sequence[Header], *, added: int, mark: str) -> list[Header]:
    """The headers of a page that became so many bytes longer and is the same for everybody."""
    kept: list[Header] = []
    for name, value in headers:
        known = name.lower()
        fate: str | None = value
        if known in _OF_OTHER_BYTES:
            fate = None
        elif known == "etag":
            fate = mark_tag(value, mark)
        elif known == "content-length":
            fate = _add(value, added)
        if fate is not None:
            kept.append((name, fate))
    return kept


def keep_to_visitor(headers: Sequence[Header], *, vary: tuple[str, ...]) -> list[Header]:
    """The headers of a page for its visitor alone, who asks each time whether it still holds:
    `Cache-Control: private, no-cache`, and whatever forbids more; and on what it depends."""
    places = [place for place, (name, _) in enumerate(headers) if _is_caching(name)]
    if not places:
        return [*headers, (_CACHE_CONTROL, _FOR_VISITOR), ("vary", ", ".join(vary))]
    present = [(_kinds[headers[place][0]], headers[place][1]) for place in places]
    kept, appended = keep_private(present, private=True, vary=vary)
    fates: list[Header | None] = list(headers)
    for place, (kind, _), value in zip(places, present, kept, strict=True):
        name = headers[place][0]
        told = value if value is None or kind != _CACHE_CONTROL else _asking(value)
        fates[place] = None if told is None else (name, told)
    own = [(name, _asking(value) if name == _CACHE_CONTROL else value) for name, value in appended]
    return [*(fate for fate in fates if fate is not None), *own]


def keep_apart(status: int, headers: Sequence[Header], name: str) -> Sequence[Header]:
    """The headers of a page without the banner, where that is because of the request's header
    `name`: no cache may answer with it where a page of its own is asked for (RFC 9111 section 4.1).
    All other headers as they are."""
    if page_of(status, headers) in (Page.NONE, Page.COMPRESSED):
        return headers
    places = [place for place, (known, _) in enumerate(headers) if known.lower() == "vary"]
    if not places:
        return [*headers, ("Vary", name.title())]
    present = [("vary", headers[place][1]) for place in places]
    told, _ = keep_private(present, private=False, vary=(name.title(),))
    fates = dict(zip(places, told, strict=True))
    kept = ((known, fates.get(place, value)) for place, (known, value) in enumerate(headers))
    return [(known, value) for known, value in kept if value is not None]


def headers_of_copy(headers: Sequence[Header], mark: str) -> list[Header]:
    """The headers of a 304, whose copy has this mark (RFC 9110 section 15.4.5)."""
    marked = headers_with(headers, added=0, mark=mark)
    return [(name, value) for name, value in marked if name.lower() != "content-length"]


def _is_caching(name: str) -> bool:
    kind = _kinds[name]
    return kind != "" and kind not in COOKIE_KINDS


def _asking(value: str) -> str:
    """A Cache-Control value that lets nothing be shown without asking."""
    kept = [
        text
        for text in directives_of(value)
        if text.partition("=")[0].strip(" \t").lower() not in _WITHOUT_ASKING
    ]
    return ", ".join([kept[0], "no-cache", *kept[1:]])


def _add(length: str, added: int) -> str | None:
    """The length with what was added; None for what is no length."""
    digits = length.strip(" \t")
    return str(int(digits) + added) if digits.isascii() and digits.isdecimal() else None
