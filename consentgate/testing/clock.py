"""A clock that moves when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from consentgate.errors import ConfigurationError


class FakeClock:
    """The present, as a test has it: pass it as `clock=` to a gate or a middleware.

    `FakeClock()` starts now, `FakeClock(datetime(2026, 5, 1, tzinfo=UTC))` at that moment.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._now = datetime.now(UTC) if start is None else _checked(start)

    def __call__(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return self._now

    def advance(self, time: timedelta | None = None, /, **parts: float) -> None:
        """Move by a timedelta, or by its parts: `clock.advance(days=183)`."""
        self._now += timedelta(**parts) if time is None else time

    def set(self, moment: datetime) -> None:
        """Move to a moment, which must be aware."""
        self._now = _checked(moment)


def _checked(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ConfigurationError(
            f"{moment} has no time zone: write datetime({moment.year}, {moment.month}, "
            f"{moment.day}, tzinfo=UTC)"
        )
    return moment.astimezone(UTC)
