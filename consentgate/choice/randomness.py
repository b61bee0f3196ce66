"""Random bytes for ids and salts, drawn from the system many at a time.

`os.urandom` gives the interpreter to another thread while it runs, and a busy one keeps it for
milliseconds: the event loop would wait for the thread that writes records, twice for each decision.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress

LENGTH = 16
_AT_ONCE = 256

_drawn: deque[bytes] = deque()
with suppress(AttributeError):  # Windows has no fork
    os.register_at_fork(after_in_child=_drawn.clear)  # two processes must not have the same


def random_bytes() -> bytes:
    """Return 16 bytes that nobody can guess and nobody else gets."""
    try:
        return _drawn.pop()
    except IndexError:
        first, *others = _draw()
        _drawn.extend(others)
        return first


def _draw() -> list[bytes]:
    drawn = os.urandom(LENGTH * _AT_ONCE)
    return [drawn[start : start + LENGTH] for start in range(0, len(drawn), LENGTH)]
