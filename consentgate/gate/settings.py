"""What every judgement of one gate stands on; made once, the same for all its visits."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from consentgate.choice.stored import ChoiceReader
from consentgate.gate.events import Reporter
from consentgate.gate.options import Enforcement, HideCookies, Mode, Unknown
from consentgate.policy import Policy

# Any: a scope or an environ holds whatever its server and application put there.
Request = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class GateSettings:
    """A gate's settings and parts. Two contexts are equal when their `identity` is, which holds
    all that decides what leaves: such gates in one stack filter once."""

    identity: tuple[object, ...]
    policy: Policy = field(compare=False)
    reader: ChoiceReader = field(compare=False)
    reporter: Reporter = field(compare=False)
    clock: Callable[[], datetime] = field(compare=False)
    # The same clock in POSIX seconds: a third of the cost, and asked at most requests.
    now_s: Callable[[], float] = field(compare=False)
    mode: Mode = field(compare=False)
    unknown: Unknown = field(compare=False)
    hide_cookies: HideCookies = field(compare=False)
    clamp: bool = field(compare=False)
    # Whether scripts of a page can't read the visitor's choice.
    http_only: bool = field(compare=False)
    required: Callable[[Request], Enforcement] | None = field(compare=False)
    # Categories that an undecided visitor's Global Privacy Control signal refuses.
    signalled: frozenset[str] = field(compare=False)
    # Whether that signal can change what leaves: it does only where an exempt cookie is refused.
    signal_matters: bool = field(compare=False)
