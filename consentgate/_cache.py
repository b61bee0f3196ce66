"""The one memory of the package: bounded in entries and in bytes, and emptied when it is full.

What it remembers is worked out again when it is missing, so that losing all of it costs time and
nothing else. That is why it is emptied: forgetting the oldest or the least used would cost
bookkeeping at each hit, and hits are what it is for.

Every instance with its bound and what a hit spares. There is one per process, unless brackets say
per what; "both" is per gate and per server interface (ASGI or WSGI).

| Where | From what to what | Entries, bytes | Spares |
|---|---|---|---|
| `http.set_cookie` | text of attributes -> what it says | 1,024, 512 KiB | 5 to 11 us a cookie |
| `policy.lookup` (policy) | cookie name -> rule | 1,024, 256 KiB | 1 to 3 us a cookie |
| `choice.codec` (gate) | choice without its day -> consent | 512, 2 MiB | 9 us a new choice |
| `choice.stored` (gate) | signed choice -> its worth | 512, 2 MiB | 6 us a request |
| `gate.request_filter` (gate) | hash of cookies -> visible | 4,096, 1 MiB | 6 us a request |
| `gate.response_head` (both) | header name -> its kind | 1,024, 256 KiB | 0.3 us a header |
| `gate.response_head` (both) | header names -> their places | 512, 512 KiB | 2 us a page |
| `gate.response_head` (both) | cookie name -> category | 1,024, 256 KiB | 0.5 us a cookie |
| `gate.response_head` (both) | Content-Type -> is it HTML | 256, 64 KiB | 1 us a page |
| `gate.response_filter` (both) | attributes -> when they delete | 512, 256 KiB | 0.1 us a cookie |
| `gate.response_filter` (both) | name, attributes -> how it leaves | 512, 256 KiB | 9 us a cookie |
| `gate.response_filter` (both) | reported name, reason -> None | 1,024, 256 KiB | 3 us a cookie |
| `gate.response_filter` (both) | caching headers -> what leaves | 256, 512 KiB | 14 us a page |
| `browser.csp_filter` (both) | state, host, mount -> policy | 256, 512 KiB | 30 us an answer |
| `browser.csp_filter` (both) | Content-Type -> can it load | 256, 64 KiB | 0.5 us an answer |
| `pages.banners` (policy) | language -> the one served | 64, 16 KiB | 2 us a page |
| `pages.banners` (policy) | language, mount, asked -> snippet | 128, 1 MiB | 0.5 us a page |
| `pages.render` (policy) | what a page depends on -> it | 256, 4 MiB | 2 ms a page and more |
| `pages.notice` (policy) | language, signal -> the notice | 64, 8 MiB | 3 ms a decision and more |
| `pages.recorded` (policy) | hash of a program's key -> id | 4,096, 1 MiB | a second record |
| `pages.snippets` (policy) | kind of snippet -> its text | 128, 1 MiB | 700 us a page and more |
| `banner.body_start` | hash of a head -> where it ends | 512, 256 KiB | 10 us a page and more |
| `banner.page_end` | hash of a head -> its language, base | 512, 256 KiB | 10 us a page |

Keys that a visitor can make up are short (`longest_key`) or hashes, so that nobody can fill the
memory with few requests. No key or value holds a visitor's cookie value other than the signed
choice, a query or the text of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from sys import getsizeof
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

ENTRY_BYTES = 100
"""What a place in a dictionary's table costs besides its key and value, free places included."""


def weigh_nothing(_: object) -> int:
    """Return 0: the weight of values that exist anyway, such as the rules of a policy."""
    return 0


class BoundedCache(dict[Key, Value]):
    """A dictionary that never holds more than so many entries and bytes.

    With `find`, `cache[key]` works out what is missing and remembers it; keys are then text, or
    bytes as ASGI has them, which `find` gets as text (latin-1). Without it, ask by `get` and call
    `remember`. A hit costs what it costs in a plain dictionary.

    `weigh` estimates the bytes of a value, by default those of the object alone. A key with more
    than `longest_key` characters or bytes, those of a tuple's parts added up, is not remembered.

    Threads need no lock: whoever finds the memory emptied works its value out again. Each thread
    that writes at the same moment can add one entry past the bound, and no more.
    """

    __slots__ = ("_find", "_longest_key", "_weigh", "most_bytes", "most_entries", "weight_bytes")

    def __init__(
        self,
        find: Callable[[str], Value] | None = None,
        *,
        most_entries: int,
        most_bytes: int,
        longest_key: int = 128,
        weigh: Callable[[Value], int] = getsizeof,
    ) -> None:
        super().__init__()
        self.most_entries = most_entries
        self.most_bytes = most_bytes
        self.weight_bytes = 0
        self._find = find
        self._longest_key = longest_key
        self._weigh = weigh

    def __missing__(self, key: Key) -> Value:
        if self._find is None:
            raise KeyError(key)
        value = self._find(key.decode("latin-1") if isinstance(key, bytes) else key)  # type: ignore[arg-type]
        self.remember(key, value)
        return value

    def remember(self, key: Key, value: Value, *, weight_bytes: int | None = None) -> None:
        """Keep the value under the key, unless the key is too long or the value alone too heavy.

        `weight_bytes` is what the value weighs, None where `weigh` shall say it.
        """
        length, key_bytes = _measure(key)
        if length > self._longest_key:
            return
        weight = self._weigh(value) if weight_bytes is None else weight_bytes
        weight += ENTRY_BYTES + key_bytes
        if weight > self.most_bytes:
            return
        if len(self) >= self.most_entries or self.weight_bytes + weight > self.most_bytes:
            self.clear()
        self[key] = value
        # An entry that is replaced counts twice: the memory is emptied early, never late.
        self.weight_bytes += weight

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self.weight_bytes = 0


def _measure(key: object) -> tuple[int, int]:
    """Return how many characters or bytes of text a key has, and how many bytes it weighs."""
    if isinstance(key, (str, bytes)):
        return len(key), getsizeof(key)
    if isinstance(key, tuple):
        parts = [_measure(part) for part in key]
        return sum(part[0] for part in parts), getsizeof(key) + sum(part[1] for part in parts)
    return 0, getsizeof(key)
