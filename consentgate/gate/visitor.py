"""The handle that a request handler gets: what its visitor allows, and how to change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from consentgate.choice.consent import NECESSARY, Consent
from consentgate.errors import ConfigurationError
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement

CONSENT_KEY = "consentgate.consent"
"""Where a scope or an environ holds its `VisitorConsent`."""

# RFC 9110 section 9.2.1: safe methods ask for nothing but reading, so they can't be a choice.
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class VisitorConsent(Exchange):
    """One visitor's consent during one request. A change counts for the same response.

    For handlers: `value`, `allows`, `decided`, `grant`, `save`, `refuse`, `withdraw`. Every change
    raises ConfigurationError once the response has started, since its headers are gone by then.
    `site`: the visitor's pages of this gate (a `PolicyPages`), None without any.
    """

    site: object = None

    @property
    def value(self) -> Consent:
        """The consent that holds now, changes of this request and Sec-GPC included."""
        self.varies_on_cookie = self.needs_review = True
        consent = self.choice_with_gpc
        self.varies_on_gpc = self._signal is not None
        return consent

    @property
    def decided(self) -> bool:
        """True when the visitor chose on every category that needs consent."""
        self.varies_on_cookie = self.needs_review = True
        consent = self.choice
        return (consent.granted | consent.refused).issuperset(
            self.context.policy.consent_categories
        )

    def allows(self, category: str) -> bool:
        """True when the visitor allows the category. Raises ConfigurationError for one that the
        policy does not know."""
        if category == NECESSARY:
            return True
        self._check_known([category])
        self.needs_review = True
        if self.enforcement is Enforcement.NOT_REQUIRED:
            # Nobody knows of what the site's function took that, so no cache can tell visitors
            # apart by it.
            self.is_private = True
            return True
        # The browser's signal refuses only.
        self.varies_on_cookie = True
        return category in self.choice.granted

    def grant(self, *categories: str) -> None:
        """Grant these categories, or with no argument all that can be granted: "accept all".

        Granting what is granted writes nothing. A partial grant keeps the day of the older
        choice. Raises ConfigurationError under GET, HEAD and OPTIONS (GDPR recital 32: consent
        needs an affirmative act, which following a link is not).
        """
        names = self._names(categories)
        self._check_unsafe()
        if not self.choice.granted.issuperset(names):
            prints, day = self._fingerprints(names), self._day(complete=not categories)
            self._choose(self.choice.with_granted(prints, day=day))

    def save(self, *granted: str) -> None:
        """Make a complete choice: grant these categories, of which there may be none, and refuse
        all others.

        Saving what was chosen already writes nothing. Raises ConfigurationError as `grant` does.
        """
        self._check_open()
        self._check_known(granted)
        self._check_unsafe()
        consent = self.choice
        names = frozenset(granted) - {NECESSARY}
        others = consent.granted.union(self.context.policy.optional_categories) - names
        if not (consent.granted.issuperset(names) and consent.refused.issuperset(others)):
            day = self._day(complete=True)
            consent = consent.with_granted(self._fingerprints(names), day=day)
            self._choose(consent.with_refused(self._fingerprints(others), day=day))

    def refuse(self, *categories: str) -> None:
        """Refuse these categories, or with no argument all: "refuse all". Refusing what is
        refused writes nothing."""
        names = self._names(categories)
        if not categories:
            names = names | self.choice.granted
        if not self.choice.refused.issuperset(names):
            prints, day = self._fingerprints(names), self._day(complete=not categories)
            self._choose(self.choice.with_refused(prints, day=day))

    def withdraw(self) -> None:
        """Take back what was granted: every category is refused as of today (GDPR art. 7(3)).

        Where nothing was granted nothing is written; a preferences cookie that is invalid is
        deleted.
        """
        self._check_open()
        if self.choice.granted:
            self.refuse()
        elif self.standing.rejected:
            self.discards_invalid = self.needs_review = True

    def _choose(self, consent: Consent) -> None:
        self.new_choice = consent
        self.needs_review = True

    def _names(self, categories: tuple[str, ...]) -> frozenset[str]:
        self._check_open()
        self._check_known(categories)
        return frozenset(categories or self.context.policy.optional_categories) - {NECESSARY}

    def _fingerprints(self, names: frozenset[str]) -> Mapping[str, str]:
        return {name: self.context.policy.fingerprint(name) for name in names}

    def _day(self, *, complete: bool) -> date:
        # Only a complete choice is a new one: a partial change must not prolong the rest.
        older = self.choice.day
        today = self.context.clock().date()
        return today if complete or older is None else older

    def _check_unsafe(self) -> None:
        if self.method in _SAFE_METHODS:
            raise ConfigurationError(
                f"consent was granted under {self.method}, which any link or image can cause; "
                "grant only under POST"
            )

    def _check_open(self) -> None:
        if self.started:
            raise ConfigurationError(
                "the choice was changed after the response started, when its headers were gone; "
                "change it before the first byte of the response"
            )

    def _check_known(self, categories: Iterable[str]) -> None:
        for name in categories:
            if self.context.policy.category(name) is None:
                known = ", ".join(one.name for one in self.context.policy.categories)
                raise ConfigurationError(
                    f"the policy has no category {name[:64]!r}; it has {known}"
                )


def get_consent(request: Any) -> VisitorConsent:
    """The `VisitorConsent` of a request (Starlette, Flask, Werkzeug, Django), scope or environ.

    Raises ConfigurationError where no gate is around the application.
    """
    # Any: frameworks' requests share no type. Starlette's and Django's have a scope, Werkzeug's
    # an environ, Django's under WSGI META.
    for attribute in ("scope", "environ", "META"):
        found = getattr(request, attribute, None)
        if found is not None:
            request = found
            break
    consent = request.get(CONSENT_KEY) if isinstance(request, Mapping) else None
    if not isinstance(consent, VisitorConsent):
        raise ConfigurationError(
            "no gate is installed around this application: wrap it in "
            "consentgate.asgi.ConsentMiddleware or consentgate.wsgi.ConsentMiddleware"
        )
    return consent
