"""The options of consent records, and the recorder that a middleware makes of them.

`consentgate.records` is imported only where a store is named: it needs SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from os import PathLike
from typing import Any, TypedDict

from consentgate.choice.decision import Decision
from consentgate.errors import ConfigurationError
from consentgate.gate.recording import Recorder


class RecordFields(TypedDict, total=False):
    """The keyword options of consent records, which both middlewares take."""

    records: str | Recorder | None
    """Where each decision of a visitor is recorded: `"sqlite:///consent.db"`,
    `"postgresql://..."`, or a recorder of the site's own. A consent that cannot be recorded is not
    given. `None`: nothing is recorded. Under ASGI the server must run asyncio."""
    on_decision: Callable[[Decision], object] | None
    """A function that gets each recorded decision, in the thread of the recorder."""
    webhooks: Sequence[object]
    """Addresses that get each recorded decision as JSON, at least once; or values of
    `consentgate.records.webhook.Webhook`, which also sign what they send."""
    records_key: str | None
    """The key that signs checkpoints of the log and receipts, as C2SP writes signer keys; `None`:
    one that is derived from `secret_key`."""
    records_spool: str | PathLike[str] | bool
    """The file, or the folder for it, that keeps refusals while the store is out of reach. `True`:
    beside an SQLite store, else in the working folder. `False`: there is none, and such a refusal
    has no record."""


_OF_THE_STORE = {
    "on_decision": "on_decision",
    "webhooks": "webhooks",
    "records_key": "signer_key",
    "records_spool": "spool",
}
"""The options that a store takes, and what it calls them."""


def make_recorder(
    options: RecordFields, *, clock: Callable[[], datetime] | None
) -> tuple[Recorder | None, bool]:
    """Return the recorder that the options name, and whether it was made here, so that it is to be
    closed here. `clock` is the gate's, None for the usual one. Raises ConfigurationError."""
    given: dict[str, Any] = {**options}  # Any: options are of many types
    records = given.pop("records", None)
    given = {name: value for name, value in given.items() if value is not None}
    if isinstance(records, str):
        return _open_store(records, given, clock), True
    if given:
        raise ConfigurationError(
            f"{min(given)} is for a store of records: name one, for example "
            "records='sqlite:///consent.db', or leave it out"
        )
    if records is not None and not callable(getattr(records, "record", None)):
        raise ConfigurationError(
            f"records is a {type(records).__name__}; name a store, for example "
            "'sqlite:///consent.db', or pass a recorder"
        )
    return records, False


def _open_store(
    address: str, given: Mapping[str, Any], clock: Callable[[], datetime] | None
) -> Recorder:
    try:
        # Only here, since it needs what the extra installs.
        store = import_module("consentgate.records.recorder")
    except ImportError as error:
        raise ConfigurationError(
            "records= needs SQLAlchemy: pip install 'consentgate[records]'"
        ) from error
    options = {_OF_THE_STORE[name]: value for name, value in given.items()}
    if clock is not None:
        options["clock"] = clock
    recorder: Recorder = store.StoreRecorder(address, **options)
    return recorder
