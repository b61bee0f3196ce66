"""One request's side of the gate: the facts a door reads from it, and what holds for its visitor.

Everything is read when it is asked for and not before: most responses have nothing to decide.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from consentgate.choice.consent import Consent
from consentgate.choice.stored import StoredChoice
from consentgate.gate.events import Action, Reason
from consentgate.gate.options import Enforcement
from consentgate.gate.settings import GateSettings, Request
from consentgate.http.cookie_header import cookie_values
from consentgate.policy import Cookie

# Bound once: on CPython 3.11 the access to an Enum's member costs more than what is done with it.
_IS_REFUSED = Reason.REFUSED
_IS_STALE = Reason.STALE
_IS_EXPIRED = Reason.EXPIRED
_IS_UNDECIDED = Reason.UNDECIDED

_ASSIGNED = (
    *(
        "request",
        "headers",
        "send",
        "needs_review",
        "started",
        "is_running",
        "varies_on_cookie",
        "is_private",
    ),
    "known",
)
"""What most requests assign to a visit."""


class Exchange:
    """The state of one request. A door's subclass says where the request's facts are.

    `varies_on_cookie`: the response depends on the visitor's choice. `varies_on_gpc`: on the
    browser's signal too. `is_private`: it is for this visitor alone. `new_choice`: the choice made
    in this very response. `refused_but_sent`: refused cookies that the browser sent nevertheless.
    `needs_review`: the response may need more than verdicts. `is_running`: the application is at
    work. `outer_gate`: the exchange of another gate around this one. `known`: the stored choice
    that came in, as soon as somebody asked for it.
    """

    # Class attributes until something happens, so that a visit costs one assignment. A gate has
    # a subclass of its own (`visit_type`) that holds its context, the same for all its visits.
    context: GateSettings
    request: Request
    varies_on_cookie = False
    varies_on_gpc = False
    is_private = False
    started = False
    is_running = True
    needs_review = False
    discards_invalid = False
    original_cookie: str | None = None
    new_choice: Consent | None = None
    refused_but_sent: tuple[tuple[str, Cookie], ...] = ()
    inner_gate_cookies: tuple[str, ...] = ()
    outer_gate: Exchange | None = None
    blocked: tuple[str, ...] = ()
    known: StoredChoice | None = None
    _enforcement: Enforcement | None = None
    _signal: bool | None = None

    @classmethod
    def of(cls, context: GateSettings) -> type[Self]:
        """This class of visits for one gate."""
        made = type(cls.__name__, (cls,), {"context": context, "__doc__": cls.__doc__})
        # CPython lays out the instances of a class by the attributes that its first ones had: with
        # one that comes later each visit would need a dict of its own.
        first = made()
        for name in _ASSIGNED:
            setattr(first, name, None)
        return made

    @property
    def method(self) -> str:
        """The request's method; GET for what has none, such as a websocket's handshake."""
        raise NotImplementedError

    @property
    def path(self) -> str:
        """The request's path without its query."""
        raise NotImplementedError

    @property
    def secure(self) -> bool:
        """True when the server received the request over https or wss."""
        raise NotImplementedError

    def header(self, name: str) -> str:
        """All values of a request header (lower-case name), joined by ", "; empty if absent."""
        raise NotImplementedError

    def read_cookie(self) -> str:
        """The request's Cookie header as it stands now, several joined by "; "."""
        raise NotImplementedError

    def read_standing(self) -> StoredChoice:
        """What the stored choice that came in is worth."""
        return self.context.reader.read(self.cookie)

    @property
    def cookie(self) -> str:
        """The request's Cookie header as the browser sent it."""
        if self.original_cookie is not None:
            return self.original_cookie
        return self.read_cookie() if self.outer_gate is None else self.outer_gate.cookie

    def came_in(self, name: str) -> bool:
        """True when the browser sent a cookie of that name."""
        return bool(cookie_values(self.cookie, name))

    @property
    def has_changed(self) -> bool:
        """True when the choice changed in this response, or refused cookies are to be expired."""
        return bool(self.new_choice or self.discards_invalid or self.refused_but_sent)

    @property
    def standing(self) -> StoredChoice:
        """What holds of the visitor's stored choice; verified at the first call."""
        return self._read() if self.known is None else self.known

    def _read(self) -> StoredChoice:
        standing = self.known = self.read_standing()
        if standing.rejected:
            for rejection in standing.rejected:
                self.report(Reason.PREFERENCES_REJECTED, Action.NOTE, detail=rejection.value)
        return standing

    @property
    def choice(self) -> Consent:
        """The visitor's own choice, this response's changes included."""
        return self.standing.consent if self.new_choice is None else self.new_choice

    @property
    def choice_with_gpc(self) -> Consent:
        """The choice with the browser's signal: an undecided category that Global Privacy
        Control speaks of counts as refused for this request (W3C GPC; an explicit choice wins).
        """
        consent = self.choice
        signalled = self.context.signalled
        if signalled and not signalled.issubset(consent.granted) and self.signal:
            refused = signalled - consent.granted
            return replace(consent, refused=consent.refused | refused)
        return consent

    @property
    def signal(self) -> bool:
        """True when the request bears `Sec-GPC: 1`; any other value is no signal."""
        if self._signal is None:
            said = self.header("sec-gpc")
            self._signal = said != "" and "1" in [part.strip(" \t") for part in said.split(",")]
        return self._signal

    @property
    def enforcement(self) -> Enforcement:
        """What the site's `required` says of this request; a failure there enforces."""
        if self._enforcement is None:
            self._enforcement = self._ask_required()
        return self._enforcement

    def _ask_required(self) -> Enforcement:
        if self.context.required is None:
            return Enforcement.ENFORCE
        try:
            return Enforcement(self.context.required(self.request))
        except Exception as error:  # noqa: BLE001 (the site's code may fail in any way)
            self.report(Reason.REQUIRED_FAILED, Action.NOTE, detail=type(error).__name__)
            return Enforcement.ENFORCE

    def lets_out(self, category: str) -> bool:
        """True when a cookie of this category alone may leave."""
        if category not in self.consult().granted:
            return False
        self.is_private = self.needs_review = True
        return True

    def consult(self) -> Consent:
        """The visitor's own choice; the response then depends on it.

        Signals of the browser refuse only, so for what it grants it is all that it takes.
        """
        self.varies_on_cookie = True
        if self.new_choice is not None:
            return self.new_choice
        standing = self.known
        return self._read().consent if standing is None else standing.consent

    def permits(self, rule: Cookie, consent: Consent) -> bool:
        """True when a cookie of this rule may be stored and read under `consent`."""
        if rule.necessary or self.enforcement is Enforcement.NOT_REQUIRED:
            return True
        if rule.anonymous:
            return consent.refused.isdisjoint(rule.categories)
        return consent.granted.issuperset(rule.categories)

    def why_denied(self, categories: tuple[str, ...]) -> Reason:
        """The reason why a rule of these categories that is not allowed is not."""
        standing = self.standing
        chosen = standing.consent if self.new_choice is None else self.new_choice
        if not chosen.refused.isdisjoint(categories):
            return _IS_REFUSED
        if not self.context.signalled.isdisjoint(categories) and self.signal:
            return _IS_REFUSED
        if not standing.stale.isdisjoint(categories):
            return _IS_STALE
        return _IS_EXPIRED if standing.expired else _IS_UNDECIDED

    def report(
        self,
        reason: Reason,
        action: Action,
        *,
        name: str = "",
        rule: Cookie | None = None,
        detail: str = "",
    ) -> None:
        """Report one event of this request."""
        reporter = self.context.reporter
        if reporter.is_told(reason, name):
            return
        reporter.report(
            reason,
            action,
            name=name,
            pattern="" if rule is None else rule.name,
            category="" if rule is None else rule.category,
            path=self.path,
            detail=detail,
        )


class OfflineExchange(Exchange):
    """A GET over https by a visitor of the given consent."""

    method = "GET"
    path = ""
    secure = True

    def __init__(self, context: GateSettings, consent: Consent, *, cookie: str = "") -> None:
        self.context = context
        self.request = {}
        self.original_cookie = cookie
        self.known = context.reader.settle(consent)

    def header(self, name: str) -> str:
        """No request, no headers."""
        return ""
