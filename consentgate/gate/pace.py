"""How often the same event is delivered again."""

from __future__ import annotations

from collections.abc import Callable


class Pace:
    """Lets each key through once in `period_s` seconds of the clock `now_s`; while `most` keys wait
    for their turn, no other is let through. Threads that ask at once may both be let through, which
    does no harm."""

    def __init__(self, period_s: float, *, most: int, now_s: Callable[[], float]) -> None:
        self._period_s = period_s
        self._most = most
        self._now_s = now_s
        self._due_s: dict[str, float] = {}

    def is_due(self, key: str) -> bool:
        """Return whether a key would be let through now."""
        return self._now_s() >= self._due_s.get(key, 0.0)

    def admits(self, key: str) -> bool:
        """Return whether a key is let through now; it is not again before its period is over."""
        if not self.is_due(key):
            return False
        now_s = self._now_s()
        if len(self._due_s) >= self._most:
            self._due_s = {other: due for other, due in self._due_s.items() if due > now_s}
        if len(self._due_s) >= self._most:
            return False
        self._due_s[key] = now_s + self._period_s
        return True
