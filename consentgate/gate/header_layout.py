"""Where in a response is what, by the names of its headers alone.

An application has few different sequences of names, so that this is found once for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consentgate.http.header_names import (
    CLEARS,
    CONTENT_TYPE,
    COOKIE_KINDS,
    DATE,
    HELD,
    HINTS,
    OF_BODY,
    TELLING,
    is_caching_kind,
)

Noted = Sequence[tuple[int, str]]
"""Places of headers, each with what is to be known of it."""

_PLACE_BYTES = 150  # of a pair of a number and a kind


@dataclass(frozen=True, slots=True)
class HeaderLayout:
    """The places of headers in a response, most of them with their kinds (`kind_to_read`).

    `cookies` are the Set-Cookie headers, what would become one on its way, what may clear the
    choice, and by what else browsers keep something: the order of the questions. `types` are the
    places of Content-Type, `dates` those of Date. `of_body` are the headers that describe the body
    (`OF_BODY`), `telling` those that say whether it is a page and what may be put into it
    (`TELLING`), `caching` those for caches, and `hints` those by which it asks browsers to load
    ahead (`HINTS`).
    """

    cookies: Noted
    types: Sequence[int]
    dates: Sequence[int]
    of_body: Noted
    telling: Noted
    caching: Noted
    hints: Noted

    @property
    def weight_bytes(self) -> int:
        """What the layout weighs in memory."""
        noted = (self.cookies, self.of_body, self.telling, self.caching, self.hints)
        return _PLACE_BYTES * (1 + len(self.types) + len(self.dates) + sum(map(len, noted)))


def lay_out(kinds: Iterable[str]) -> HeaderLayout:
    """Return the layout of headers of these kinds."""
    noted = [(at, kind) for at, kind in enumerate(kinds) if kind]

    def among(names: frozenset[str]) -> Noted:
        return tuple(entry for entry in noted if entry[1] in names)

    return HeaderLayout(
        cookies=among(COOKIE_KINDS | {CLEARS, HELD}),
        types=tuple(at for at, kind in noted if kind == CONTENT_TYPE),
        dates=tuple(at for at, kind in noted if kind == DATE),
        of_body=among(OF_BODY),
        telling=among(TELLING),
        caching=tuple(entry for entry in noted if is_caching_kind(entry[1])),
        hints=among(HINTS),
    )
