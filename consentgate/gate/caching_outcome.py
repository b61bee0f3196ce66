"""What becomes of the caching headers of a response, in the form that its server writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import AnyStr, Generic, NamedTuple

from consentgate.http.caching import keep_private
from consentgate.http.header_names import header_kind
from consentgate.http.wire import Pair, WireFormat

_LISTS_BYTES = 1024  # of an outcome's lists, without their texts


class CachingOutcome(NamedTuple, Generic[AnyStr]):
    """`left` has one entry per caching header that was there, None where it goes; `added` are the
    headers that come after all others."""

    left: list[Pair[AnyStr] | None]
    added: list[Pair[AnyStr]]
    weight_bytes: int


def find_outcome(
    wire: WireFormat[AnyStr],
    present: Sequence[Pair[AnyStr]],
    *,
    private: bool,
    vary: tuple[str, ...],
    revalidate: bool,
) -> CachingOutcome[AnyStr]:
    """Return what `keep_private` makes of the caching headers that are present."""
    decode, encode = wire.decode, wire.encode
    texts = [(header_kind(decode(name)), decode(value)) for name, value in present]
    values, added = keep_private(
        texts, private=private or revalidate, vary=vary, revalidate=revalidate
    )
    names = {"cache-control": wire.cache_control, "vary": wire.vary}
    return CachingOutcome(
        left=[
            None if value is None else (name, encode(value))
            for (name, _), value in zip(present, values, strict=True)
        ],
        added=[(names[name], encode(value)) for name, value in added],
        weight_bytes=_LISTS_BYTES + 4 * sum(len(value) for _, value in present),
    )
