"""The options of consent records, and the recorder that a middleware makes of them.

`consentgate.records` is imported only where a store is named: it needs SQLAlchemy.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Collection
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
    webhooks: Collection[str]
    """Addresses that get each recorded decision as JSON, at least once."""
    records_key: str | None
    """The key that signs checkpoints of the log, as C2SP writes signer keys; `None`: one that is
    derived from `secret_key`."""
    records_spool: str | PathLike[str] | None
    """The file that keeps refusals while the store is out of reach; `None`: beside the store, or in
    the folder for temporary files."""


_OF_THE_STORE = ("on_decision", "webhooks", "records_key", "records_spool")


def make_recorder(
    options: RecordFields, *, secret_key: str | bytes
) -> tuple[Recorder | None, bool]:
    """Return the recorder that the options name, and whether it was made here, so that it is to be
    closed here. Raises ConfigurationError."""
    records = options.get("records")
    if isinstance(records, str):
        return _open_store(records, options, secret_key), True
    given = [name for name in _OF_THE_STORE if options.get(name)]
    if given:
        raise ConfigurationError(
            f"{given[0]} is for a store of records: name one, for example "
            "records='sqlite:///consent.db', or leave it out"
        )
    if records is not None and not callable(getattr(records, "record", None)):
        raise ConfigurationError(
            f"records is a {type(records).__name__}; name a store, for example "
            "'sqlite:///consent.db', or pass a recorder"
        )
    return records, False


def _open_store(address: str, options: RecordFields, secret_key: str | bytes) -> Recorder:
    try:
        # Only here, since it needs what the extra installs.
        store = import_module("consentgate.records.recorder")
    except ImportError as error:
        raise ConfigurationError(
            f"records={address!r} needs SQLAlchemy: pip install 'consentgate[records]'"
        ) from error
    options_of_store: dict[str, Any] = {  # Any: options are of many types
        name: options[name]  # type: ignore[literal-required]
        for name in _OF_THE_STORE
        if options.get(name)
    }
    recorder: Recorder = store.StoreRecorder(address, secret_key=secret_key, **options_of_store)
    # A server without lifespan events ends like this. Closing twice does nothing.
    atexit.register(recorder.close)
    return recorder
