"""What both doors do alike: find the gate of a request, stack gates, note headers, block."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Generic, TypedDict, TypeVar, cast

from consentgate.errors import ConfigurationError
from consentgate.gate.events import Event, escape_text
from consentgate.gate.exchange import Exchange
from consentgate.gate.gate import Gate
from consentgate.gate.judge import Verdict
from consentgate.gate.options import Enforcement
from consentgate.gate.settings import GateSettings, Request
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.options import PagesFields, PagesOptions
from consentgate.policy import Policy

MOST_POLICIES = 1000  # a policy function picks one of a fixed set; more is a leak

BLOCKED_HEADERS = (
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
)
"""The headers of the 500 that replaces a blocked response."""

PolicyOption = Policy | Callable[[Request], Policy]


class GateOptions(TypedDict, total=False):
    """The keyword options of `Gate`, which both middlewares take as well."""

    fallback_keys: Collection[str | bytes]
    audience: str
    mode: str
    unknown: str
    hide_cookies: str
    clamp: bool
    scan_headers: bool
    required: Callable[[Request], Enforcement] | None
    on_event: Callable[[Event], object] | None
    clock: Callable[[], datetime]
    domain: str
    path: str
    same_site: str
    secure: bool | None
    http_only: bool


class MiddlewareOptions(GateOptions, PagesFields, total=False):
    """The keyword options that both middlewares take."""


def split_options(options: MiddlewareOptions) -> tuple[GateOptions, PagesOptions]:
    """The options of the gate, and those of the visitor's pages. Raises ConfigurationError."""
    given: dict[str, Any] = dict(options)  # Any: options are of many types
    pages = {name: given.pop(name) for name in PagesFields.__annotations__ if name in given}
    return cast("GateOptions", given), PagesOptions(**pages)


def pages_of(options: PagesOptions) -> PagesByPolicy | None:
    """The visitor's pages of these options, None where a site has none."""
    return None if options.prefix is None else PagesByPolicy(options)


Passage = TypeVar("Passage")


class GatesByPolicy(Generic[Passage]):
    """Finds what a door prepared for the policy of one request.

    `prepare` makes it of a gate, once per policy. Where `policy` is a function, gates are made
    as its policies appear.
    """

    def __init__(
        self,
        policy: PolicyOption,
        make_gate: Callable[[Policy], Gate],
        prepare: Callable[[Gate], Passage],
    ) -> None:
        self._make_gate = make_gate
        self._prepare = prepare
        self._choose = policy
        self._made: dict[int, tuple[Policy, Passage]] = {}
        self.single: Passage | None = None
        if not isinstance(policy, Policy) and callable(policy):
            make_gate(Policy())  # wrong options are told at start-up, not at the first request
        else:
            self.single = self._make(policy)  # raises for what is neither policy nor function

    def _make(self, policy: Policy) -> Passage:
        return self._prepare(self._make_gate(policy))

    def pick(self, request: Request) -> Passage:
        """What was prepared for the policy that the function returns for this request."""
        assert callable(self._choose), "a single policy needs no picking"
        policy = self._choose(request)
        made = self._made.get(id(policy))
        if made is None:
            if len(self._made) >= MOST_POLICIES:
                raise ConfigurationError(
                    f"the policy function returned more than {MOST_POLICIES} policies; build "
                    "them once and return one of them"
                )
            # The policy is kept beside its passage, so that its id stays its own.
            made = self._made[id(policy)] = (policy, self._make(policy))
        return made[1]


def is_inside(outer: object, context: GateSettings) -> bool:
    """True when an equal gate is at work around this request: then it filters once.

    `outer` is what the request holds from another gate. Gates of another configuration are told
    the name of this one's preferences cookie, so that they don't judge it. The very same gate is
    never around itself: what it left behind belongs to a request that failed and is tried again.
    """
    around = outer if isinstance(outer, Exchange) else None
    while around is not None:
        if _is_at_work(around) and around.context == context and around.context is not context:
            return True
        around.inner_gate_cookies += (context.policy.preferences_cookie,)
        around = around.outer_gate
    return False


def find_outer(outer: object, context: GateSettings) -> Exchange | None:
    """The visit of another gate that is at work around this request, None where there is none."""
    if isinstance(outer, Exchange) and _is_at_work(outer) and outer.context is not context:
        return outer
    return None


def _is_at_work(exchange: Exchange) -> bool:
    return exchange.is_running and not exchange.started


def blocked_lines(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """The lines of the page that replaces a blocked response: each name and reason id."""
    return tuple(f"{one.reason.value} {escape_text(one.name)}" for one in verdicts)


def blocked_body(lines: Sequence[str]) -> bytes:
    """The body of the 500 that replaces a response with cookies that must not leave."""
    text = "consentgate blocked this response. These cookies must not leave:\n"
    return (text + "\n".join(lines) + "\n").encode("ascii")
