"""Caches inside of a Flask application: no visitor gets from them what was made for another answer.

Flask-Caching keeps what a view returns, without headers. So its stores are guarded: what was made
after a question is kept once for each answer.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, has_request_context, request

from consentgate.gate.exchange import Exchange
from consentgate.gate.visitor import CONSENT_KEY, answer_of
from consentgate.http.caching import COOKIE, COOKIE_AND_GPC

# What a page or a fragment shows may have been asked before it was looked for. Its key says what it
# is only where the site gave none, so that whatever a view may return counts as a page. All else,
# such as numbers, lists and records, is by the questions after it was looked for.
_PAGES = (str, bytes, tuple, Response)

_MISSES = "consentgate.cache_misses"
"""The key under which an environ holds how often was asked before a key was looked for."""

_MARK = "consentgate.by_answer"
"""The first item of what is kept under a key whose value depends on the answer. The second, drawn
anew each time, is part of the keys of the values: without it none of them is found any more."""


def vary_on_choice(response: Response, exchange: Exchange) -> None:
    """Let a response that depends on the choice say so, before other code of the application sees
    it."""
    response.vary.update(COOKIE_AND_GPC if exchange.varies_on_gpc else COOKIE)


def guard_stores(app: Flask) -> None:
    """Have the stores of Flask-Caching keep apart what depends on the visitor's choice; once is
    enough, after the last `init_app` of a cache."""
    stores = app.extensions.get("cache")
    if not isinstance(stores, dict):
        return
    for owner, store in stores.items():
        if not isinstance(store, GuardedStore):
            stores[owner] = GuardedStore(store)


class GuardedStore:
    """A store of Flask-Caching. A value that was made after a question is under a key of its own
    for each answer; all other values, and all other methods, are those of the store."""

    # Any: a store of whatever kind, its keys and its values.
    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, key: str) -> Any:
        """Return the value that is kept for this visitor, None without one."""
        value = self._store.get(key)
        exchange = _exchange()
        if _is_mark(value):
            own_key = _own_key(key, value, exchange)
            value = None if own_key is None else self._store.get(own_key)
        if value is None and exchange is not None:
            request.environ.setdefault(_MISSES, {})[key] = exchange.times_asked
        return value

    def has(self, key: str) -> bool:
        """Return whether a value is kept for this visitor."""
        is_kept = bool(self._store.has(key))
        mark = self._store.get(key) if is_kept else None
        if not _is_mark(mark):
            return is_kept
        own_key = _own_key(key, mark, _exchange())
        return own_key is not None and bool(self._store.has(own_key))

    def set(self, key: str, value: Any, *arguments: Any, **named: Any) -> Any:
        """Keep a value, for whom it was made."""
        exchange = _exchange()
        if exchange is None or not _depends(key, value, exchange):
            return self._store.set(key, value, *arguments, **named)
        mark = self._store.get(key)
        if not _is_mark(mark):
            mark = (_MARK, secrets.token_hex(8))
            self._store.set(key, mark, *arguments, **named)
        own_key = _own_key(key, mark, exchange)
        # What is for this visitor alone is kept for nobody, which is no failure.
        return own_key is None or self._store.set(own_key, value, *arguments, **named)


# Any: a value of whatever kind.
def _depends(key: str, value: Any, exchange: Exchange) -> bool:
    """Return whether what was made for a key may depend on the visitor's choice."""
    if isinstance(value, _PAGES):
        return exchange.times_asked > 0
    asked_before: int = request.environ.get(_MISSES, {}).get(key, exchange.times_asked)
    return exchange.times_asked > asked_before


def _own_key(key: str, mark: Any, exchange: Exchange | None) -> str | None:
    """Return the key of the value that is for this visitor, None where none is."""
    if exchange is None:
        return None
    exchange.depends_on_choice()
    answer = answer_of(exchange)
    return None if answer is None else f"{key}:{mark[1]}:{answer}"


def _is_mark(value: object) -> bool:
    # Some stores give back a list where a tuple was kept.
    return isinstance(value, tuple | list) and len(value) == 2 and value[0] == _MARK


def _exchange() -> Exchange | None:
    """Return the exchange of the current request, None without either."""
    exchange = request.environ.get(CONSENT_KEY) if has_request_context() else None
    return exchange if isinstance(exchange, Exchange) else None
