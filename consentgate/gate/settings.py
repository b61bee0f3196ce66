"""The options of a gate, and the settings and parts that all its exchanges share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from consentgate.choice.stored import ChoiceReader
from consentgate.gate.events import Event, Reporter
from consentgate.gate.options import (
    Enforcement,
    HideCookies,
    HideCookiesOption,
    Mode,
    ModeOption,
    SameSiteOption,
    Unknown,
    UnknownOption,
)
from consentgate.policy import Policy

# Any: a scope or an environ holds whatever its server and application put there.
Request = MutableMapping[str, Any]


class GateOptions(TypedDict, total=False):
    """The keyword options of `Gate`, which both middlewares take as well."""

    fallback_keys: Collection[str | bytes]
    audience: str
    mode: ModeOption
    unknown: UnknownOption
    hide_cookies: HideCookiesOption
    clamp: bool
    scan_headers: bool
    required: Callable[[Request], Enforcement] | None
    on_event: Callable[[Event], object] | None
    clock: Callable[[], datetime]
    domain: str
    path: str
    same_site: SameSiteOption
    secure: bool | None
    http_only: bool
    partitioned: bool


@dataclass(frozen=True, slots=True)
class GateSettings:
    """A gate's settings and parts.

    Two are equal when their `identity` is, which holds all that decides what leaves: such gates in
    one stack filter once. `fingerprints` are the policy's, by category. `now_s` is the clock in
    POSIX seconds: a third of the cost, and asked at most requests. `http_only`: scripts of a page
    can't read the visitor's choice. `signalled` are the categories that an undecided visitor's
    Global Privacy Control signal refuses; `signal_matters`: that signal can change what leaves,
    which it does only where an exempt cookie is refused.
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
    clamp: bool = field(compare=False)
    http_only: bool = field(compare=False)
    required: Callable[[Request], Enforcement] | None = field(compare=False)
    signalled: frozenset[str] = field(compare=False)
    signal_matters: bool = field(compare=False)
