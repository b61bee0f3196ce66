"""Makes the receipts that visitors ask for, in a thread of its own, and signs what they need."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from consentgate.errors import ConfigurationError, LogError, RecordFormatError, RecordStoreError
from consentgate.gate.recording import Receipt
from consentgate.records.last_note import last_note_path, read_last_note, write_last_note
from consentgate.records.log.keys import Signer
from consentgate.records.proofs import find_receipt
from consentgate.records.signing import sign_log
from consentgate.records.store import Store
from consentgate.records.trouble_log import TroubleLog

_NOT_YET = Receipt(b"", is_final=False)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs checkpoints: as the site gave it, else derived from its secret key. Where
    there is neither, receipts wait for a checkpoint of the command line."""

    signer_key: str | None = None
    secret_key: bytes | None = None

    def check(self) -> None:
        """Raise ConfigurationError where the given key is none."""
        try:
            if self.signer_key is not None:
                Signer.parse(self.signer_key)
        except LogError as error:
            raise ConfigurationError(
                f"records_key is no signer key: {error} `consentgate records checkpoint` makes one"
            ) from None

    def signer(self, origin: str) -> Signer | None:
        """Return who signs for the log of that name."""
        if self.signer_key is not None:
            return Signer.parse(self.signer_key)
        return None if self.secret_key is None else Signer.derive(self.secret_key, origin)


class Receipts:
    """The receipts of one process."""

    def __init__(
        self,
        store: Store,
        key: SigningKey,
        *,
        clock: Callable[[], datetime],
        troubles: TroubleLog,
    ) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._troubles = troubles
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="consentgate receipts")

    def make(self, record_id: bytes) -> Future[Receipt | None]:
        """Start to make the receipt of a record; see `Recorder.receipt`."""
        return self._thread.submit(self._make, record_id)

    def close(self) -> None:
        """Make no more receipts."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _make(self, record_id: bytes) -> Receipt | None:
        try:
            body = self._find(record_id)
            if body is None and self._sign():
                body = self._find(record_id)
        except RecordFormatError:
            return None
        except LogError as error:
            # A log that is not what was signed is for the site to look at, not for visitors.
            self._troubles.report("log", f"no checkpoint is signed: {error}")
            raise RecordStoreError("the log of consent records cannot be signed") from error
        return _NOT_YET if body is None else Receipt(body, is_final=True)

    def _find(self, record_id: bytes) -> bytes | None:
        with self._store.read() as reading:
            return find_receipt(reading, record_id, created=self._clock())

    def _sign(self) -> bool:
        """Sign what the log is now, unless there is no key; return whether it was signed."""
        with self._store.read() as reading:
            signer = self._key.signer(reading.log().origin)
        if signer is None:
            return False
        path = last_note_path(self._store)
        last_note = read_last_note(path)
        saved = sign_log(self._store, [signer], last_note=last_note, now=self._clock())
        write_last_note(path, saved.note)
        return True
