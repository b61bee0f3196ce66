"""The options of a gate, and the settings and parts that all its exchanges share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from consentgate.choice.stored import ChoiceReader
from consentgate.gate.events import Event, Reporter
from consentgate.gate.options import (
    Csp,
    CspOption,
    Enforcement,
    HideCookies,
    HideCookiesOption,
    Mode,
    ModeOption,
    SameSiteOption,
    Unknown,
    UnknownOption,
)
from consentgate.gate.recording import Records
from consentgate.policy import Policy

# Any: a scope or an environ holds whatever its server and application put there.
Request = MutableMapping[str, Any]


class GateOptions(TypedDict, total=False):
    """The keyword options of `Gate`, which both middlewares take as well."""

    fallback_keys: Collection[str | bytes]
    """Older keys. They verify choices that were signed before, and sign nothing."""
    audience: str
    """Tells apart the choices of several sites that share a key: a choice counts only for its own
    audience."""
    mode: ModeOption
    """`"enforce"` strips what must not leave. `"report"` changes no response, inserts no banner,
    and reports what the gate would do. `"block"` answers 500, with names and reasons, where a
    cookie would be stripped: for tests and staging."""
    unknown: UnknownOption
    """`"strip"` lets no undeclared cookie leave. `"report"` lets them leave and reports them,
    while a site migrates."""
    hide_cookies: HideCookiesOption
    """The cookies of a request that the application does not see. `"refused"`: the declared ones
    that are not allowed. `"undeclared"`: unknown names as well. `"off"`: none."""
    csp: CspOption
    """The hosts that pages may contact, by a Content-Security-Policy of the middleware's own beside
    the application's. `"enforce"`: those that need no consent and those that the visitor allowed.
    `"report-only"`: browsers report all others. With `mode="report"` the two are the same."""
    clamp: bool
    """Shorten cookies that leave by consent to their declared lifetime, which visitors were told;
    one without a declared lifetime keeps its own."""
    clear_site_data: bool
    """Clear all that the browser stores for the site, cookies aside, when a visitor withdraws or
    refuses what was granted before (`Clear-Site-Data: "storage"`): what is necessary goes too."""
    scan_headers: bool
    """Under ASGI, also drop headers other than `Set-Cookie` that hold CR, LF or NUL, for servers
    that do not refuse them. The answer to a websocket's handshake, and everything under WSGI,
    is always scanned."""
    required: Callable[[Request], Enforcement] | None
    """A function of the scope or environ that returns an `Enforcement`: `ENFORCE`, `SILENT`
    (filter, never ask) or `NOT_REQUIRED` (every declared category is allowed)."""
    on_event: Callable[[Event], object] | None
    """A function that gets each event, such as a strip, a rewrite or an expiry. An event never
    holds a cookie's value."""
    clock: Callable[[], datetime]
    """A function that returns the present as an aware UTC datetime, for tests."""
    domain: str
    """The Domain of the preferences cookie; `""` is the host alone."""
    path: str
    """The Path of the preferences cookie; `""` is the mount of the gate."""
    same_site: SameSiteOption
    """The SameSite of the preferences cookie. `"None"`, for frames of other sites, makes it
    Secure."""
    secure: bool | None
    """Whether the preferences cookie is Secure; `None`: on https."""
    http_only: bool
    """Whether the preferences cookie is HttpOnly, so that a page's scripts cannot read
    the choice."""
    partitioned: bool
    """Whether the preferences cookie is Partitioned (CHIPS), for frames of other sites."""


@dataclass(frozen=True, slots=True)
class GateSettings:
    """A gate's settings and parts.

    Two are equal when their `identity` is, which holds all that decides what leaves: such gates in
    one stack filter once. `fingerprints` are the policy's, by category. `now_s` is the clock in
    POSIX seconds: a third of the cost, and asked at most requests. `http_only`: scripts of a page
    can't read the visitor's choice. `clears_storage`: what the browser stores goes with a
    withdrawal. `signalled` are the categories that an undecided visitor's
    Global Privacy Control signal refuses; `signal_matters`: that signal can change what leaves,
    which it does only where an exempt cookie is refused. `records`: where decisions are recorded,
    None where they are not.
    """

    identity: tuple[object, ...] = field(repr=False)
    policy: Policy = field(compare=False)
    fingerprints: Mapping[str, str] = field(compare=False, repr=False)
    reader: ChoiceReader = field(compare=False, repr=False)
    reporter: Reporter = field(compare=False, repr=False)
    clock: Callable[[], datetime] = field(compare=False)
    now_s: Callable[[], float] = field(compare=False)
    mode: Mode = field(compare=False)
    unknown: Unknown = field(compare=False)
    hide_cookies: HideCookies = field(compare=False)
    csp: Csp = field(compare=False)
    clamp: bool = field(compare=False)
    clears_storage: bool = field(compare=False)
    http_only: bool = field(compare=False)
    required: Callable[[Request], Enforcement] | None = field(compare=False)
    signalled: frozenset[str] = field(compare=False)
    signal_matters: bool = field(compare=False)
    records: Records | None = field(compare=False)
