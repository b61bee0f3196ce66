"""One request and what its response depends on; a middleware's subclass reads the request's facts.

The facts are those that the server gave when the request arrived: what the application writes into
its scope or environ changes no verdict. What costs something is read when it is asked for, since
most responses have nothing to decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from consentgate.choice.consent import Consent
from consentgate.choice.stored import NOTHING, StoredChoice
from consentgate.gate.events import Action, Reason
from consentgate.gate.options import Enforcement
from consentgate.gate.settings import GateSettings, Request
from consentgate.http.cookie_header import cookie_values
from consentgate.policy import Cookie

if TYPE_CHECKING:
    from consentgate.gate.decisions import PendingGrant
    from consentgate.gate.destination import Destination

# Bound once: on CPython 3.11 the access to an Enum's member costs more than what is done with it.
_REFUSED = Reason.REFUSED
_STALE = Reason.STALE
_EXPIRED = Reason.EXPIRED
_UNDECIDED = Reason.UNDECIDED
_ENFORCE = Enforcement.ENFORCE


class Exchange:
    """One request and its response, as one gate sees them.

    `request` is the scope or environ as the server gave it, and `cookie_header` its Cookie header;
    several lines are joined by "; ". `varies_on_cookie`: the response depends on the visitor's
    choice; `varies_on_gpc`: on the browser's signal too; `is_private`: it is for this visitor
    alone. `new_choice` is the choice made in this very response, and `refused_but_sent` are the
    refused cookies that the browser sent nevertheless. `date_s` is the moment (POSIX seconds) that
    the application gave its response in Date, if it gave one. `needs_review`: the response may need
    more than verdicts on its cookies. `has_changed`: the choice or its record changed in this
    response, or refused cookies are to be expired. `times_asked` counts the questions on which the
    response depends; `reads_value`: one was for the whole choice. `is_running`: the application is
    at work; `started`: its response has started; `is_in_call`: the gate has not returned to its
    server.
    `outer_gate` is the exchange of another gate around this one, and `inner_gate_values` are the
    Set-Cookie values that gates further in wrote themselves. `answers_securely`: the application
    knows, as it answers, that its visitor came over https, though the server does not. `mount`:
    what precedes the gate's paths for the browser, as the application knows as it answers. Both are
    taken where a choice is written. `pending_grant` is on its way into the store of records,
    `recorded_choice` is the choice up to which all is recorded in this response, and `record_id`
    what the record cookie becomes: a new id, "" where it goes, None where it stays. `shown_once`
    are the categories whose hosts this page may contact because the visitor asked for one embed.
    """

    # Defaults of the class until something happens: an exchange costs few assignments.
    settings: GateSettings
    request: Request
    cookie_header: str | bytes = ""
    pages: object = None
    varies_on_cookie = False
    varies_on_gpc = False
    is_private = False
    needs_review = False
    started = False
    is_running = True
    is_in_call = True
    inserts_banner = False
    discards_invalid = False
    has_changed = False
    new_choice: Consent | None = None
    date_s: float | None = None
    times_asked = 0
    reads_value = False
    refused_but_sent: tuple[tuple[str, Cookie], ...] = ()
    pending_grant: PendingGrant | None = None
    recorded_choice: Consent | None = None
    record_id: str | None = None
    shown_once: frozenset[str] = frozenset()
    outer_gate: Exchange | None = None
    inner_gate_values: tuple[str, ...] = ()
    known_choice: StoredChoice | None = None
    known_destination: Destination | None = None
    answers_securely = False
    mount = ""
    _enforcement: Enforcement | None = None
    _sends_gpc: bool | None = None

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
        """Whether the server received the request over https or wss."""
        raise NotImplementedError

    def header(self, name: str) -> str:
        """Return all values of a request header (lower-case name), joined by ", "; "" if absent."""
        raise NotImplementedError

    def sent_among(self, names: tuple[str, ...]) -> list[str]:
        """Return those of these lower-case names of which the request has a header."""
        raise NotImplementedError

    @property
    def may_be_framed(self) -> bool:
        """Whether the site named others in whose frames its pages may be."""
        return False

    @property
    def is_at_work(self) -> bool:
        """Whether the application is running and its response has not started."""
        return self.is_running and not self.started

    # What the response comes to depend on, and what happens to the choice.

    def depends_on_choice(self) -> None:
        """Note that the response depends on the visitor's choice."""
        self.varies_on_cookie = self.needs_review = True
        self.times_asked += 1

    def depends_on_gpc(self) -> None:
        """Note that the response depends on the browser's signal too."""
        self.varies_on_gpc = self.needs_review = True

    def make_private(self) -> None:
        """Note that the response is for this visitor alone."""
        self.is_private = self.needs_review = True
        self.times_asked += 1

    def choose(self, consent: Consent) -> None:
        """Make this the visitor's choice from now on; the response will store it."""
        self.new_choice = consent
        self.has_changed = self.needs_review = True

    def show_once(self, category: str) -> None:
        """Let this page alone contact the hosts of a category."""
        self.shown_once |= {category}
        self.make_private()

    def write_record(self, record_id: str) -> None:
        """Let the record cookie hold this id from now on; delete it where that is empty."""
        self.record_id = record_id
        self.has_changed = self.needs_review = True

    def discard_invalid_choice(self) -> None:
        """Delete the preferences cookie that was not believed."""
        self.discards_invalid = self.has_changed = self.needs_review = True

    def expire_refused(self, cookies: tuple[tuple[str, Cookie], ...]) -> None:
        """Expire these refused cookies, which the browser sent nevertheless, if it is a document
        that answers the request."""
        self.refused_but_sent = cookies
        self.has_changed = self.needs_review = True

    def report(
        self,
        reason: Reason,
        action: Action,
        *,
        name: str = "",
        rule: Cookie | None = None,
        detail: str = "",
        set_cookie: str = "",
    ) -> None:
        """Report one event of this request; advice on `set_cookie` says all but its value."""
        reporter = self.settings.reporter
        if reporter.is_reported(reason, action, name):
            return
        reporter.report(
            reason,
            action,
            name=name,
            pattern="" if rule is None else rule.name,
            category="" if rule is None else rule.category,
            path=self.path,
            detail=detail,
            set_cookie=set_cookie,
        )

    # What holds of the visitor's choice.

    @property
    def cookie(self) -> str:
        """The request's Cookie header as the browser sent it."""
        header = self.cookie_header
        return header if isinstance(header, str) else header.decode("latin-1")

    def came_in(self, name: str) -> bool:
        """Return whether the browser sent a cookie of that name."""
        return bool(cookie_values(self.cookie, name))

    @property
    def stored_choice(self) -> StoredChoice:
        """What holds of the choice that came in; verified when it is first asked for."""
        stored = self.known_choice
        if stored is None:
            header = self.cookie_header
            stored = self.known_choice = self.settings.reader.read(header) if header else NOTHING
            for rejection in stored.rejected:
                self.report(Reason.PREFERENCES_REJECTED, Action.NOTE, detail=rejection.value)
            if stored is not NOTHING and stored.is_doubtful:
                self.make_private()
        return stored

    @property
    def choice(self) -> Consent:
        """The visitor's own choice, this response's changes included."""
        if self.new_choice is not None:
            return self.new_choice
        stored = self.known_choice
        return self.stored_choice.consent if stored is None else stored.consent

    @property
    def choice_with_gpc(self) -> Consent:
        """The choice with the browser's signal: an undecided category that Global Privacy
        Control speaks of counts as refused for this request (W3C GPC; an explicit choice wins).
        """
        consent = self.choice
        if self.gpc_can_refuse and self.sends_gpc:
            refused = self.settings.signalled - consent.granted
            return replace(consent, refused=consent.refused | refused)
        return consent

    @property
    def gpc_can_refuse(self) -> bool:
        """Whether there is a category that the browser's signal refuses, unless it was granted."""
        signalled = self.settings.signalled
        return bool(signalled) and not signalled.issubset(self.choice.granted)

    @property
    def sends_gpc(self) -> bool:
        """Whether the request has `Sec-GPC: 1`; any other value is no signal."""
        if self._sends_gpc is None:
            value = self.header("sec-gpc")
            self._sends_gpc = value != "" and "1" in [
                part.strip(" \t") for part in value.split(",")
            ]
        return self._sends_gpc

    @property
    def enforcement(self) -> Enforcement:
        """The answer of the site's `required` for this request; a failure there enforces."""
        if self.settings.required is None:
            return _ENFORCE
        if self._enforcement is None:
            self._enforcement = self._ask(self.settings.required)
        return self._enforcement

    def _ask(self, required: Callable[[Request], Enforcement]) -> Enforcement:
        try:
            return Enforcement(required(self.request))
        except Exception as error:  # noqa: BLE001 (the site's code may fail in any way)
            self.report(Reason.REQUIRED_FAILED, Action.NOTE, detail=type(error).__name__)
            return Enforcement.ENFORCE

    def permits(self, rule: Cookie, consent: Consent) -> bool:
        """Return whether a cookie of this rule may be stored and read under `consent`."""
        if rule.necessary or self.enforcement is Enforcement.NOT_REQUIRED:
            return True
        if rule.exempt:
            return consent.refused.isdisjoint(rule.categories)
        return consent.granted.issuperset(rule.categories)

    def why_denied(self, categories: tuple[str, ...]) -> Reason:
        """Return the reason why a rule of these categories, which is not allowed, is not."""
        stored = self.known_choice or self.stored_choice
        choice = stored.consent if self.new_choice is None else self.new_choice
        if not choice.refused.isdisjoint(categories):
            return _REFUSED
        if not self.settings.signalled.isdisjoint(categories) and self.sends_gpc:
            return _REFUSED
        if not stored.stale.isdisjoint(categories):
            return _STALE
        return _EXPIRED if stored.rejected and stored.expired else _UNDECIDED


class OfflineExchange(Exchange):
    """A GET over https by a visitor of the given consent, without a server: for unit tests and
    for code that asks the gate outside of a request."""

    method = "GET"
    path = ""
    secure = True

    def __init__(self, settings: GateSettings, consent: Consent, *, cookie: str = "") -> None:
        self.settings = settings
        self.request = {}
        self.cookie_header = cookie
        self.known_choice = settings.reader.settle(consent)

    def header(self, name: str) -> str:
        """Return "": there is no request, so it has no headers."""
        return ""

    def sent_among(self, names: tuple[str, ...]) -> list[str]:
        """Return none: there is no request, so it has no headers."""
        return []


def prepare_layout(kind: type[Exchange]) -> None:
    """Have CPython lay out the instances of a class once for all.

    It does so by the attributes that the first instance gets; with an attribute that comes later
    each exchange would need a dict of its own.
    """
    first = kind()
    for name in (
        *("settings", "request", "cookie_header", "pages", "known_choice", "needs_review"),
        *("started", "is_running", "is_in_call", "varies_on_cookie", "is_private"),
        *("has_changed", "inserts_banner", "times_asked", "headers", "_sends_gpc", "varies_on_gpc"),
        *("known_destination", "outer_gate", "needs_preparation", "scheme"),
    ):
        setattr(first, name, None)
