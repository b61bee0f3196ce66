"""What a gate reports: one event for each thing it did; never a cookie's value, never a query."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from consentgate.gate.options import Mode
from consentgate.gate.pace import Pace
from consentgate.gate.reasons import WARNINGS, Reason, reason_words
from consentgate.http.set_cookie import split_set_cookie, told_attributes
from consentgate.policy import Cookie

__all__ = [
    "LONGEST_TEXT",
    "MOST_LOGGED",
    "Action",
    "Event",
    "Reason",
    "Reporter",
    "escape_text",
]

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


_OF_HOSTS = (Reason.HOST_UNDECLARED, Reason.HOST_NOT_ALLOWED, Reason.HINT_REMOVED)
_OF_HEADERS = (Reason.HEADER_UNDECLARED, Reason.HEADER_NOT_ALLOWED)
_KINDS = dict.fromkeys(_OF_HOSTS, "host") | dict.fromkeys(_OF_HEADERS, "header")

# What is wrong with the store of records now is news each time it goes wrong, and one line a minute
# is enough for whoever watches the log.
_EACH_MINUTE = frozenset({Reason.GRANT_NOT_RECORDED, Reason.RECORD_LOST})
_MINUTE_S, _HOUR_S = 60.0, 3600.0

# Whoever reports these does so once a minute at most.
_EACH_TIME = frozenset({Reason.STORE_UNREACHABLE, Reason.SPOOL_IN_USE, Reason.CLOCKS_APART})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a gate did to one response or request.

    `name` is that of a cookie, of a host that a page contacts, or of a header that stores. It is
    escaped and cut at 64 bytes, and empty for nameless cookies; `pattern` and `category` are the
    rule's, empty where none matched; `detail` qualifies a rejected preferences cookie; `path` is
    the request's path without its query. `attributes` are those of a cookie that
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
    store of records once a minute, by the clock `now_s`. That a refused cookie comes back is one
    event for each name and hour.

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
        self._minutes = Pace(_MINUTE_S, most=len(_EACH_MINUTE), now_s=now_s)
        self._hours = Pace(_HOUR_S, most=MOST_LOGGED, now_s=now_s)

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
        is_again = reason is Reason.WITHDRAWAL_NOT_EFFECTIVE  # with each page, until it is mended
        if is_again and not self._hours.admits(name[:LONGEST_TEXT] or pattern):
            return
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
        if reason in _EACH_TIME:
            _log_warning(event)
            return
        if reason in _EACH_MINUTE:
            if self._minutes.admits(reason.value):
                _log_warning(event)
            return
        logged = self._logged_for(reason, action)
        key = name[:LONGEST_TEXT] or detail  # what has no name is logged once for each detail
        if key in logged or len(logged) >= MOST_LOGGED:
            return
        is_news = key not in self._logged[reason] and key not in self._logged_of_visitors[reason]
        logged.add(key)
        if is_news:
            level = logging.WARNING if reason in WARNINGS else logging.INFO
            text = _describe(event)
            if reason is Reason.UNDECLARED:
                pattern = f"{key}*" if len(name) > LONGEST_TEXT else name
                text += f"\n{self._advise(pattern, attributes, path)}"
            logger.log(level, "%s", text, extra={"consentgate": event})

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


def _log_warning(event: Event) -> None:
    logger.warning("%s", _describe(event), extra={"consentgate": event})


def _describe(event: Event) -> str:
    would = "would " if event.mode is Mode.REPORT else ""
    subject = f"{_KINDS.get(event.reason, 'cookie')} {event.name!r}: " if event.name else ""
    text = (
        f"{event.reason.value} {subject}{would}{event.action.value}: {reason_words(event.reason)}"
    )
    if event.detail:
        text += f" ({event.detail})"
    if event.path:
        text += f" (path {event.path})"
    return text
