"""A mapping that cannot change and can be hashed, for values inside frozen declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value", covariant=True)


class FrozenMapping(Mapping[str, Value]):
    """A copy of a mapping, in its order; it equals any mapping with the same items."""

    __slots__ = ("_entries",)
    _entries: Mapping[str, Value]

    def __init__(self, entries: Mapping[str, Value]) -> None:
        object.__setattr__(self, "_entries", dict(entries))

    def __getitem__(self, key: str) -> Value:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot change")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} cannot change")

    def __reduce__(self) -> tuple[object, ...]:
        # The default sets the attributes of a copy one by one, which this class refuses.
        return type(self), (self._entries,)

    def __repr__(self) -> str:
        return repr(self._entries)
