"""The handle that a request handler gets: what its visitor allows, and how to change it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any, Literal
from weakref import ReferenceType, ref

from consentgate.choice.consent import NECESSARY, Consent
from consentgate.errors import ConfigurationError
from consentgate.gate.decisions import begin_records
from consentgate.gate.exchange import Exchange
from consentgate.gate.grant_recorded import RecordedGrant, check_records
from consentgate.gate.options import Enforcement

CONSENT_KEY = "consentgate.consent"
"""The key under which a scope or an environ holds the exchange of its request."""

# RFC 9110 section 9.2.1: safe methods ask for nothing but reading, so they can't be a choice.
_UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_ANSWER_DIGITS = 16

Level = Literal["refused", "exempt", "granted"]
"""How far a visitor lets a category go."""

# Weak, so that nothing of a request outlives it.
_asked: ContextVar[ReferenceType[Exchange] | None] = ContextVar("consentgate.asked", default=None)


class VisitorConsent:
    """One visitor's consent during one request. A change counts for the same response.

    Every change raises ConfigurationError once the response has started, since its headers are
    gone by then.
    """

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    @property
    def value(self) -> Consent:
        """The consent that holds now, changes of this request and Sec-GPC included.

        It has the day of the choice, which a shared cache does not key on: a response that depends
        on it is private.
        """
        exchange = self._exchange
        exchange.reads_value = True
        exchange.depends_on_choice()
        if exchange.choice.day is not None:
            exchange.make_private()
        if exchange.gpc_can_refuse:
            exchange.depends_on_gpc()
        return exchange.choice_with_gpc

    @property
    def decided(self) -> bool:
        """Whether the visitor chose on every category that needs consent."""
        exchange = self._exchange
        exchange.depends_on_choice()
        consent = exchange.choice
        needed = exchange.settings.policy.consent_categories
        return (consent.granted | consent.refused).issuperset(needed)

    def allows(self, category: str) -> bool:
        """Return whether the visitor allows the category. Raises ConfigurationError for one that
        the policy does not know."""
        if category == NECESSARY:
            return True
        self._check_known([category])
        exchange = self._exchange
        if exchange.enforcement is Enforcement.NOT_REQUIRED:
            # What the site's function read is unknown, so no cache can tell visitors apart by it.
            exchange.make_private()
            return True
        # The browser's signal refuses only, so it grants nothing here.
        exchange.depends_on_choice()
        if category in exchange.choice.granted:
            return True
        is_open = category in exchange.settings.policy.open_categories
        return is_open and not self._refuses(category)

    def level(self, category: str) -> Level:
        """Return how far the visitor lets a category go: "refused", "exempt" while something in it
        needs no consent and was not refused, or "granted" once the visitor agreed to all of it.

        By it a template says in which mode a tool runs that is exempt before the choice and full
        after it. "exempt" for what is necessary. Raises ConfigurationError as `allows` does.
        """
        if category == NECESSARY:
            return "exempt"
        self._check_known([category])
        exchange = self._exchange
        if exchange.enforcement is Enforcement.NOT_REQUIRED:
            exchange.make_private()  # as for `allows`
            return "granted"
        exchange.depends_on_choice()
        if category in exchange.choice.granted:
            return "granted"
        policy = exchange.settings.policy
        needs_none = category in policy.exempt_categories or category in policy.open_categories
        return "exempt" if needs_none and not self._refuses(category) else "refused"

    def _refuses(self, category: str) -> bool:
        """Return whether the visitor refused a category, or the browser's signal does."""
        exchange = self._exchange
        if category in exchange.choice.refused:
            return True
        if category not in exchange.settings.signalled:
            return False
        exchange.depends_on_gpc()
        return exchange.sends_gpc

    def grant(self, *categories: str) -> None:
        """Grant these categories, or with no argument all that can be granted: "accept all".

        Granting what is granted writes nothing. A partial grant keeps the day of the older
        choice. Raises ConfigurationError unless under POST, PUT, PATCH or DELETE (GDPR recital 32:
        consent needs an affirmative act, which following a link is not).
        """
        names = self._names(categories)
        self._check_unsafe()
        choice = self._exchange.choice
        if not choice.granted.issuperset(names):
            day = self._day(complete=not categories)
            self._exchange.choose(choice.with_granted(self._fingerprints(names), day=day))

    def grant_recorded(self, *categories: str) -> RecordedGrant:
        """Grant as `grant` does, and have it recorded now: `await` what comes back, or under WSGI
        call its `wait()`.

        It returns once the grant is in the store of records, and raises RecordStoreError where that
        fails, with the choice before it in force again. Without `grant_recorded` the response waits
        for the record, and is sent with the choice before it where that fails. Raises
        ConfigurationError as `grant` does, and where no records are kept.
        """
        check_records(self._exchange)
        self.grant(*categories)
        begin_records(self._exchange)
        return RecordedGrant(self._exchange, self._names(categories))

    def save(self, *granted: str, leave: Collection[str] = ()) -> None:
        """Make a complete choice: grant these categories, of which there may be none, and refuse
        all others but those to `leave`, which stay as they are.

        Saving what was chosen already writes nothing. Raises ConfigurationError as `grant` does.
        """
        self._check_open()
        self._check_known(granted)
        self._check_unsafe()
        choice = self._exchange.choice
        names = frozenset(granted).difference(leave, [NECESSARY])
        optional = self._exchange.settings.policy.optional_categories
        others = choice.granted.union(optional).difference(names, leave)
        if not (choice.granted.issuperset(names) and choice.refused.issuperset(others)):
            day = self._day(complete=True)
            choice = choice.with_granted(self._fingerprints(names), day=day)
            self._exchange.choose(choice.with_refused(self._fingerprints(others), day=day))

    def refuse(self, *categories: str) -> None:
        """Refuse these categories, or with no argument all: "refuse all". Refusing what is
        refused writes nothing."""
        names = self._names(categories)
        choice = self._exchange.choice
        if not categories:
            names = names | choice.granted
        if not choice.refused.issuperset(names):
            day = self._day(complete=not categories)
            self._exchange.choose(choice.with_refused(self._fingerprints(names), day=day))

    def withdraw(self) -> None:
        """Take back what was granted: every category is refused as of today (GDPR art. 7(3)).

        Where nothing was granted nothing is written; a preferences cookie that is invalid is
        deleted.
        """
        self._check_open()
        if self._exchange.choice.granted:
            self.refuse()
        elif self._exchange.stored_choice.rejected:
            self._exchange.discard_invalid_choice()

    def _names(self, categories: tuple[str, ...]) -> frozenset[str]:
        self._check_open()
        self._check_known(categories)
        optional = self._exchange.settings.policy.optional_categories
        return frozenset(categories or optional) - {NECESSARY}

    def _fingerprints(self, names: frozenset[str]) -> Mapping[str, str]:
        fingerprints = self._exchange.settings.fingerprints
        return {name: fingerprints[name] for name in names}

    def _day(self, *, complete: bool) -> date:
        # Only a complete choice is a new one: a partial change must not prolong the rest.
        older = self._exchange.choice.day
        today = datetime.fromtimestamp(self._exchange.settings.now_s(), UTC).date()
        return today if complete or older is None else older

    def _check_unsafe(self) -> None:
        method = self._exchange.method
        if method.upper() not in _UNSAFE_METHODS:
            raise ConfigurationError(
                f"consent was granted under {method[:64]}, which any link or image can cause; "
                "grant only under POST, PUT, PATCH or DELETE"
            )

    def _check_open(self) -> None:
        if self._exchange.started:
            raise ConfigurationError(
                "the choice was changed after the response started, when its headers were gone; "
                "change it before the first byte of the response"
            )

    def _check_known(self, categories: Iterable[str]) -> None:
        policy = self._exchange.settings.policy
        for name in categories:
            if policy.category(name) is None:
                known = ", ".join(category.name for category in policy.categories)
                raise ConfigurationError(
                    f"the policy has no category {name[:64]!r}; it has {known}"
                )


def get_consent(request: Any) -> VisitorConsent:
    """Return the `VisitorConsent` of a request (Starlette, Flask, Werkzeug, Django), a scope or an
    environ.

    Raises ConfigurationError where no gate is around the application.
    """
    return VisitorConsent(exchange_of(request))


def exchange_of(request: Any) -> Exchange:
    """Return the exchange of a request, a scope or an environ. Raises as `get_consent` does."""
    # Any: frameworks' requests share no type. Starlette's and Django's have a scope, Werkzeug's
    # an environ, Django's under WSGI META.
    for attribute in ("scope", "environ", "META"):
        holder = getattr(request, attribute, None)
        if holder is not None:
            request = holder
            break
    exchange = request.get(CONSENT_KEY) if isinstance(request, Mapping) else None
    if not isinstance(exchange, Exchange):
        raise ConfigurationError(
            "no gate is installed around this application: wrap it in "
            "consentgate.asgi.ConsentMiddleware or consentgate.wsgi.ConsentMiddleware"
        )
    _asked.set(ref(exchange))
    return exchange


def was_asked_here() -> bool:
    """Return whether the running thread or task may have asked for somebody's consent: True too
    for a request before this one that is not forgotten yet."""
    reference = _asked.get()
    return reference is not None and reference() is not None


def answer_of(exchange: Exchange) -> str | None:
    """Return a short text that two visitors share only if they get the same answer to every
    question about categories: by it, a cache can keep what was made for one of them.

    None where what was made is for this visitor alone: the choice changed in this response, the
    site's `required` decided, or the whole choice was read, which has its day in it.
    """
    if exchange.is_private or exchange.has_changed or exchange.reads_value:
        return None
    if exchange.enforcement is Enforcement.NOT_REQUIRED:
        return None
    choice = exchange.choice
    refuses = str(exchange.gpc_can_refuse and exchange.sends_gpc)
    law = exchange.settings.policy.regime.name
    parts = (*sorted(choice.granted), "", *sorted(choice.refused), "", refuses, law)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_ANSWER_DIGITS]
