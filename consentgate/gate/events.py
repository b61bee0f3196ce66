"""What a gate reports: one event for each thing it did; never a cookie's value, never a query."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from consentgate.gate.options import Mode
from consentgate.http.set_cookie import split_set_cookie, told_attributes
from consentgate.policy import Cookie

logger = logging.getLogger("consentgate")

LONGEST_TEXT = 64  # bytes of a name in an event: enough to recognise it, too little to smuggle data
MOST_LOGGED = 200  # names in the log for each reason, of the application's and of visitors'


class Action(StrEnum):
    """What happened, or with `mode="report"` would have happened."""

    KEEP = "keep"
    STRIP = "strip"
    REWRITE = "rewrite"
    CLAMP = "clamp"
    HIDE = "hide"
    EXPIRE = "expire"
    NOTE = "note"


_OF_VISITORS = (Action.HIDE, Action.EXPIRE, Action.NOTE)
"""What is done to names that a request brought."""


class Reason(StrEnum):
    """Why, as a stable id; the documentation lists them."""

    __hash__ = str.__hash__  # Enum's own is a function of Python, and each report looks one up

    NECESSARY = "CG100"
    CONSENTED = "CG101"
    ANONYMOUS = "CG102"
    NOT_REQUIRED = "CG103"
    OBJECTABLE = "CG104"
    UNDECLARED = "CG110"
    UNDECIDED = "CG111"
    REFUSED = "CG112"
    STALE = "CG113"
    EXPIRED = "CG114"
    NAMELESS = "CG115"
    NOT_RENEWED = "CG116"
    PREFERENCES_SET = "CG117"
    DELETION = "CG120"
    RAISED = "CG121"
    CLAMPED = "CG122"
    WITHDRAWN = "CG123"
    WITHDRAWAL_NOT_EFFECTIVE = "CG124"
    UNKNOWN_IN_REQUEST = "CG125"
    LINE_BREAK = "CG130"
    HEADER_LINE_BREAK = "CG131"
    STATUS_LINE_BREAK = "CG132"
    HEADER_NAME = "CG133"
    PREFERENCES_REJECTED = "CG140"
    REQUIRED_FAILED = "CG141"
    SECURE_MISSING = "CG142"
    LANGUAGE_FAILED = "CG143"
    CHOICE_AT_MOUNT = "CG144"
    CHOICE_FOR_HOST = "CG145"
    OTHER_ORIGIN = "CG146"
    CHOICE_CLEARED = "CG147"
    GRANT_NOT_RECORDED = "CG148"
    RECORD_LOST = "CG149"
    BANNER_COMPRESSED = "CG151"
    BANNER_NO_PLACE = "CG152"
    BANNER_FILE = "CG153"
    BANNER_FORM_BLOCKED = "CG154"
    SETTINGS_LINK_MISSING = "CG155"
    REGIME_FAILED = "CG156"
    HOST_UNDECLARED = "CG160"
    HOST_NOT_ALLOWED = "CG161"
    HINT_REMOVED = "CG162"
    SCRIPT_UNDECLARED = "CG165"
    SCRIPT_NOT_ALLOWED = "CG166"


def reason_words(reason: Reason) -> str:
    """Return the words of the log for a reason."""
    return _WORDS[reason]


_WARNINGS = frozenset(
    {
        Reason.UNDECLARED,
        Reason.NAMELESS,
        Reason.PREFERENCES_SET,
        Reason.WITHDRAWAL_NOT_EFFECTIVE,
        Reason.LINE_BREAK,
        Reason.HEADER_LINE_BREAK,
        Reason.STATUS_LINE_BREAK,
        Reason.HEADER_NAME,
        Reason.REQUIRED_FAILED,
        Reason.LANGUAGE_FAILED,
        Reason.SECURE_MISSING,
        Reason.CHOICE_CLEARED,
        Reason.OTHER_ORIGIN,
        Reason.GRANT_NOT_RECORDED,
        Reason.RECORD_LOST,
        Reason.BANNER_COMPRESSED,
        Reason.BANNER_NO_PLACE,
        Reason.BANNER_FILE,
        Reason.BANNER_FORM_BLOCKED,
        Reason.SETTINGS_LINK_MISSING,
        Reason.REGIME_FAILED,
        Reason.HOST_UNDECLARED,
        Reason.HINT_REMOVED,
        Reason.SCRIPT_UNDECLARED,
        Reason.SCRIPT_NOT_ALLOWED,
    }
)

_OF_HOSTS = frozenset({Reason.HOST_UNDECLARED, Reason.HOST_NOT_ALLOWED, Reason.HINT_REMOVED})

_WORDS = {
    Reason.UNDECLARED: "it is not declared",
    Reason.UNDECIDED: "the visitor has not chosen",
    Reason.REFUSED: "the visitor refused its category",
    Reason.STALE: "its category changed since the visitor chose",
    Reason.EXPIRED: "the visitor's choice is too old",
    Reason.NAMELESS: "a cookie without a name can pose as any other",
    Reason.NOT_RENEWED: "an exempt measurement cookie is not renewed at each visit",
    Reason.PREFERENCES_SET: "only the gate writes the visitor's choice",
    Reason.DELETION: "a deletion without consent leaves in canonical form",
    Reason.RAISED: "its declaration raises attributes",
    Reason.CLAMPED: "it lived longer than declared",
    Reason.WITHDRAWN: "the visitor refused its category",
    Reason.WITHDRAWAL_NOT_EFFECTIVE: "it was refused before and the browser still sends it",
    Reason.UNKNOWN_IN_REQUEST: "the browser sends it and it is not declared",
    Reason.LINE_BREAK: "its Set-Cookie holds CR, LF or NUL",
    Reason.HEADER_LINE_BREAK: "a header of that name holds CR, LF or NUL",
    Reason.STATUS_LINE_BREAK: "the status line holds CR, LF or NUL",
    Reason.HEADER_NAME: "a header's name would split into a Set-Cookie",
    Reason.PREFERENCES_REJECTED: "a preferences cookie was not accepted",
    Reason.REQUIRED_FAILED: "the site's `required` function failed; consent is enforced",
    Reason.REGIME_FAILED: "the site's `regime_for` function failed; the strictest regime holds",
    Reason.LANGUAGE_FAILED: "the site's `language` function failed; the visitor's is taken",
    Reason.SECURE_MISSING: (
        "the preferences cookie leaves without Secure though the site is https; let the server "
        "trust its proxy's scheme, or pass secure=True"
    ),
    Reason.CHOICE_AT_MOUNT: (
        "the visitor's choice counts for this mount; for one choice on the whole host pass "
        "path='/' to each gate there, with the same key and policy"
    ),
    Reason.CHOICE_FOR_HOST: (
        "the visitor's choice is stored outside of this mount, where another gate of the same host "
        "may overwrite it; leave `path` out unless they share one key and policy"
    ),
    Reason.OTHER_ORIGIN: "a choice was turned away, since it is not from a page of this origin",
    Reason.CHOICE_CLEARED: (
        "Clear-Site-Data makes the browser forget the visitor's choice, so that it is asked for "
        'again; delete the cookies by their names instead, or leave "cookies" out'
    ),
    Reason.GRANT_NOT_RECORDED: (
        "a consent could not be recorded, so that it was not given and the visitor was asked to "
        "try again; look at the store of consent records"
    ),
    Reason.RECORD_LOST: (
        "a refusal took effect that could not be recorded; look at the store of consent records "
        "and at its spool"
    ),
    Reason.BANNER_COMPRESSED: (
        "a page is compressed inside the gate, so that no banner was put in; compress outside, or "
        "place the template helper `consent_banner` and pass banner='manual'"
    ),
    Reason.BANNER_NO_PLACE: (
        "no banner was put into a page whose body does not start in its first 64 KiB; make its "
        "head shorter, or place the template helper `consent_banner` and pass banner='manual'"
    ),
    Reason.BANNER_FILE: (
        "the application left it to the server to send a page from a file, so that no banner was "
        "put in; let the application send the file itself"
    ),
    Reason.SETTINGS_LINK_MISSING: (
        "a page has no link to the cookie settings, which visitors must find on each page (GDPR "
        "art. 7(3)); place the template helper `consent_link`, or leave out settings_link='none'"
    ),
    Reason.HOST_UNDECLARED: (
        "a browser reports that a page contacts a third party that is not declared; declare it "
        "with `hosts`, or take it out of the page"
    ),
    Reason.HOST_NOT_ALLOWED: "a page contacts a third party that its visitor has not allowed",
    Reason.HINT_REMOVED: (
        "a Link or Speculation-Rules header has browsers contact a third party that is not "
        "allowed, which no Content-Security-Policy stops; declare it with `hosts`, or send the "
        "header once its category is allowed"
    ),
    Reason.SCRIPT_UNDECLARED: "a script of a page stores it, or tries to, and it is not declared",
    Reason.SCRIPT_NOT_ALLOWED: "a script of a page stores it, or tries to, without consent",
    Reason.BANNER_FORM_BLOCKED: (
        "a page's Content-Security-Policy lets no form reach the visitor's pages, so that its "
        "banner has a link in place of its buttons; allow form-action 'self', or in a sandbox "
        "allow-forms and allow-same-origin"
    ),
}


# What is wrong with the store of records now is news each time it goes wrong, and one line a minute
# is enough for whoever watches the log.
_EACH_MINUTE = frozenset({Reason.GRANT_NOT_RECORDED, Reason.RECORD_LOST})
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a gate did to one response or request.

    `name` is that of a cookie or, where a page contacts one, of a host. It is escaped and cut at
    64 bytes, and empty for nameless cookies; `pattern` and
    `category` are the rule's, empty where none matched; `detail` qualifies a rejected preferences
    cookie; `path` is the request's path without its query. `attributes` are those of a cookie that
    nobody declared, as "Path=/; Max-Age=60", since they are what to declare: never its value.
    """

    reason: Reason
    action: Action
    name: str = ""
    pattern: str = ""
    category: str = ""
    path: str = ""
    mode: Mode = Mode.ENFORCE
    detail: str = ""
    attributes: str = ""


def escape_text(text: str) -> str:
    """The text as printable ASCII of at most 64 bytes, anything else as a backslash escape."""
    if text.isascii() and text.isprintable():
        return text[:LONGEST_TEXT]
    return text[:LONGEST_TEXT].encode("unicode_escape").decode("ascii")[:LONGEST_TEXT]


def _has_name(logged: set[str], name: str) -> bool:
    """Return whether a name was logged, or so many that no more are."""
    return name[:LONGEST_TEXT] in logged or len(logged) >= MOST_LOGGED


def _give_no_advice(name: str, attributes: str, path: str) -> str:
    return "Declare it"


class Reporter:
    """Hands each event to the site's callback, and logs each name and reason once; failures of the
    store of records once a minute, by the clock `now_s`.

    A failing callback is logged, once per reason, and otherwise ignored: reporting never breaks
    a response. `advise` says how to declare a cookie of this name, with the attributes of its
    Set-Cookie and the path of its request.
    """

    def __init__(
        self,
        on_event: Callable[[Event], object] | None,
        *,
        mode: Mode,
        advise: Callable[[str, str, str], str] = _give_no_advice,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._on_event = on_event
        self._mode = mode
        self._advise = advise
        self._logged: dict[Reason, set[str]] = {reason: set() for reason in Reason}
        # Apart, so that visitors' names can't crowd out those of the application.
        self._logged_of_visitors: dict[Reason, set[str]] = {reason: set() for reason in Reason}
        self._failed: set[Reason] = set()
        self._now_s = now_s
        self._quiet_until_s = dict.fromkeys(_EACH_MINUTE, 0.0)

    @property
    def has_listener(self) -> bool:
        """True when a callback wants each event, not only the first of its kind."""
        return self._on_event is not None

    def is_reported(self, reason: Reason, action: Action, name: str) -> bool:
        """Return whether reporting this once more would reach neither the log nor a callback."""
        return self._on_event is None and _has_name(self._logged_for(reason, action), name)

    def report_once(
        self,
        reason: Reason,
        action: Action,
        *,
        name: str,
        path: str,
        rule: Cookie | None = None,
        detail: str = "",
    ) -> None:
        """Deliver the event unless one of this reason and name was logged before, or too many
        were: for what visitors can make up."""
        if _has_name(self._logged_for(reason, action), name):
            return
        pattern, category = ("", "") if rule is None else (rule.name, rule.category)
        self.report(
            reason,
            action,
            name=name,
            pattern=pattern,
            category=category,
            path=path,
            detail=detail,
        )

    def report(
        self,
        reason: Reason,
        action: Action,
        *,
        name: str = "",
        pattern: str = "",
        category: str = "",
        path: str = "",
        detail: str = "",
        set_cookie: str = "",
    ) -> None:
        """Deliver one event; its texts are given raw and escaped here.

        Of `set_cookie` all but the attributes is left out.
        """
        attributes = split_set_cookie(set_cookie)[1]
        event = Event(
            reason=reason,
            action=action,
            name=escape_text(name),
            pattern=pattern,
            category=category,
            path=escape_text(path),
            mode=self._mode,
            detail=detail,
            attributes=told_attributes(attributes) if reason is Reason.UNDECLARED else "",
        )
        self._call(event)
        if reason in _EACH_MINUTE:
            self._log_each_minute(event)
            return
        logged = self._logged_for(reason, action)
        key = name[:LONGEST_TEXT] or detail  # what has no name is logged once for each detail
        if key in logged or len(logged) >= MOST_LOGGED:
            return
        is_news = key not in self._logged[reason] and key not in self._logged_of_visitors[reason]
        logged.add(key)
        if is_news:
            level = logging.WARNING if reason in _WARNINGS else logging.INFO
            text = _describe(event)
            if reason is Reason.UNDECLARED:
                pattern = f"{key}*" if len(name) > LONGEST_TEXT else name
                text += f"\n{self._advise(pattern, attributes, path)}"
            logger.log(level, "%s", text, extra={"consentgate": event})

    def _log_each_minute(self, event: Event) -> None:
        now_s = self._now_s()
        if now_s >= self._quiet_until_s[event.reason]:
            self._quiet_until_s[event.reason] = now_s + _MINUTE_S
            logger.warning("%s", _describe(event), extra={"consentgate": event})

    def _logged_for(self, reason: Reason, action: Action) -> set[str]:
        made_up = action in _OF_VISITORS
        return (self._logged_of_visitors if made_up else self._logged)[reason]

    def _call(self, event: Event) -> None:
        if self._on_event is None:
            return
        try:
            self._on_event(event)
        except Exception as error:  # noqa: BLE001 (the site's code may fail in any way)
            self._tell_failure(event.reason, error)

    def _tell_failure(self, reason: Reason, error: Exception) -> None:
        if reason not in self._failed:
            self._failed.add(reason)
            logger.error("consentgate: on_event failed on %s", reason, exc_info=error)


def _describe(event: Event) -> str:
    would = "would " if event.mode is Mode.REPORT else ""
    kind = "host" if event.reason in _OF_HOSTS else "cookie"
    subject = f"{kind} {event.name!r}: " if event.name else ""
    text = f"{event.reason.value} {subject}{would}{event.action.value}: {_WORDS[event.reason]}"
    if event.detail:
        text += f" ({event.detail})"
    if event.path:
        text += f" (path {event.path})"
    return text
