"""A grant that a handler makes and sees recorded before it goes on."""

from __future__ import annotations

from collections.abc import Generator

from consentgate.errors import ConfigurationError, RecordStoreError
from consentgate.gate.exchange import Exchange
from consentgate.gate.waiting import settle, settle_async


class RecordedGrant:
    """What `grant_recorded` returns: await it, or call `wait` in a thread.

    Both return once the grant is in the store. They raise RecordStoreError where it is not: then
    the choice before it holds again.
    """

    __slots__ = ("_exchange", "_granted")

    def __init__(self, exchange: Exchange, granted: frozenset[str]) -> None:
        self._exchange = exchange
        self._granted = granted

    def wait(self) -> None:
        """Block until the grant is recorded."""
        settle(self._exchange)
        self._check()

    def __await__(self) -> Generator[object, None, None]:
        yield from settle_async(self._exchange).__await__()
        self._check()

    def _check(self) -> None:
        if not self._exchange.choice.granted.issuperset(self._granted):
            raise RecordStoreError(
                "the consent could not be recorded, so that it is not given; the choice before it "
                "holds, and the visitor can try again"
            )


def check_records(exchange: Exchange) -> None:
    """Raise ConfigurationError where no records are kept."""
    if exchange.settings.records is None:
        raise ConfigurationError(
            "grant_recorded needs records: give the middleware records='sqlite:///consent.db' or "
            "another store, or call grant"
        )
