"""Has the choices at the endpoint recorded: how each was made, and what its visitor was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from consentgate._cache import BoundedCache
from consentgate.gate.decisions import Manner, record_choice, repeat_record, settle_grant
from consentgate.gate.exchange import Exchange
from consentgate.gate.recording import Recorded
from consentgate.pages.choice_form import BadRequest, ChoiceForm
from consentgate.pages.http import Request
from consentgate.pages.notice import Notices
from consentgate.pages.texts import Texts

SOURCES = frozenset({"banner", "preferences"})
"""What the library's own forms say of where they were shown."""

UNKNOWN_SOURCE = "form"
JSON_SOURCE = "json"

KEY_HEADER = "idempotency-key"
SHORTEST_KEY, LONGEST_KEY = 16, 255  # a UUID has 36
BAD_KEY = "Send an Idempotency-Key of 16 to 255 visible ASCII characters, new for each decision."

_DAY_S = 86_400.0

Repeatable = BoundedCache[bytes, tuple[float, str]]
"""Until when a hash of a key counts, and the id in the record cookie, empty after a refusal."""


@dataclass(frozen=True, slots=True)
class ChoiceRecord:
    """The record of one choice at the endpoint, before and after it is made."""

    exchange: Exchange
    manner: Manner
    key: bytes
    repeatable: Repeatable

    def start(self) -> Future[Recorded] | None:
        """Start to record the choice that was just made; return the future of a grant, None where
        there is nothing to wait for."""
        until_s, record_id = self.repeatable.get(self.key, (0.0, ""))
        if self.exchange.settings.now_s() < until_s:
            repeat_record(self.exchange, record_id)
            return None
        future = record_choice(self.exchange, self.manner)
        if future is None:
            self._remember()
        return future

    def settle(self, future: Future[Recorded]) -> bool:
        """Keep a grant that is recorded, or take it back; return whether it is kept."""
        is_kept = settle_grant(self.exchange, future)
        if is_kept:
            self._remember()
        return is_kept

    def _remember(self) -> None:
        if self.key:
            until_s = self.exchange.settings.now_s() + _DAY_S
            self.repeatable.remember(self.key, (until_s, self.exchange.record_id or ""))


class ChoiceRecords:
    """Has the choices at one policy's endpoint recorded.

    A program that got no answer sends the same Idempotency-Key again: within a day that is the same
    decision, in the process that recorded it. In another process it is one more record of what the
    visitor decided.
    """

    def __init__(self, notices: Notices, *, texts: Mapping[str, Texts]) -> None:
        self._notices = notices
        self._texts = texts
        self._repeatable: Repeatable = BoundedCache(most_entries=4096, most_bytes=1 << 20)

    def prepare(
        self, request: Request, form: ChoiceForm, *, signalled: frozenset[str]
    ) -> ChoiceRecord:
        """Return the record of a choice that is about to be made. `signalled`: the categories that
        the browser refuses, as the page says.

        Raises BadRequest for an Idempotency-Key that cannot be one.
        """
        # A form in a cached page cannot have a key of its own for each decision.
        key = _key_of(request, form) if form.wants_json else b""
        manner = self._manner(form, signalled)
        return ChoiceRecord(request.exchange, manner, key, self._repeatable)

    def _manner(self, form: ChoiceForm, signalled: frozenset[str]) -> Manner:
        method, texts = form.choice.value, self._texts.get(form.language)
        if form.wants_json:
            # Which question a script of the site put, only the site knows.
            return Manner(method, JSON_SOURCE, "" if texts is None else texts.language)
        if texts is None or form.source not in SOURCES:
            return Manner(method, UNKNOWN_SOURCE)
        notice = self._notices.notice(texts, signalled=signalled)
        return Manner(method, form.source, texts.language, notice)


def _key_of(request: Request, form: ChoiceForm) -> bytes:
    """Return a hash of the request's Idempotency-Key and of what is chosen, empty without a key."""
    key = request.headers.get(KEY_HEADER, "")
    if not key:
        return b""
    if not (SHORTEST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadRequest(400, BAD_KEY)
    parts = (key, form.choice.value, *sorted(form.categories))
    return hashlib.sha256("\0".join(parts).encode()).digest()
