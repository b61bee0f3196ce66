"""What both middlewares do alike: prepare gates, find a request's, stack them, block responses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from inspect import iscoroutinefunction
from os import PathLike
from typing import Any, AnyStr, Generic, cast

from consentgate._record_options import RecordFields, make_recorder
from consentgate._report_file import ReportFile
from consentgate.browser.csp_filter import filter_for
from consentgate.errors import ConfigurationError
from consentgate.gate.events import Action, Event, Reason, escape_text
from consentgate.gate.exchange import Exchange
from consentgate.gate.gate import Gate
from consentgate.gate.judge import Verdict
from consentgate.gate.options import Csp, Mode, Unknown
from consentgate.gate.record_cookie import with_record_cookie
from consentgate.gate.recording import Records
from consentgate.gate.response_filter import ResponseFilter
from consentgate.gate.settings import GateOptions, GateSettings, Request
from consentgate.gate.store_troubles import report_troubles
from consentgate.http.wire import WireFormat
from consentgate.pages.banners import Banners
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.notice import declaration_of
from consentgate.pages.options import Banner, PagesFields, PagesOptions
from consentgate.policy import Policy

MOST_POLICIES = 1000  # a policy function picks one of a fixed set; more is a leak

BLOCKED_STATUS = "500 Internal Server Error"
BLOCKED_HEADERS = (
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
)
"""The status line and headers of what replaces a blocked response."""

PolicyOption = Policy | Callable[[Request], Policy]


class MiddlewareOptions(GateOptions, PagesFields, RecordFields, total=False):
    """The keyword options that both middlewares take."""

    report_file: str | PathLike[str] | None
    """A file in which to keep what the gate saw and did, for `consentgate report`: names, paths
    without queries, attributes and counts, never a value. Several processes may share it."""
    regime_for: Callable[[Request], str] | None
    """A function of the scope or environ that returns the name of one of the policy's regimes.
    Where it fails, or returns another name, each cookie has the strictest of them."""


class PreparedGate(Generic[AnyStr]):
    """The parts of one gate that its requests need, for a server interface that writes headers as
    `wire` says. `banners` is None where nothing is ever put into a page."""

    __slots__ = (
        *("banners", "blocks", "pages", "wire"),
        *("by_regime", "request_filter", "response_filter", "settings"),
    )

    def __init__(
        self,
        gate: Gate,
        pages: PagesByPolicy | None,
        *,
        wire: WireFormat[AnyStr],
        scans: bool,
    ) -> None:
        self.by_regime: dict[str, PreparedGate[AnyStr]] = {}
        self.settings = gate.settings
        self.request_filter = gate.request_filter
        self.response_filter: ResponseFilter[AnyStr] = filter_for(
            gate, wire, scans=scans, report_prefix=None if pages is None else pages.options.prefix
        )
        self.wire: WireFormat[AnyStr] = wire
        self.blocks = gate.settings.mode is Mode.BLOCK
        settings = gate.settings
        strips_unknown = settings.unknown is Unknown.STRIP
        self.pages = None
        if pages is not None:
            self.pages = pages.of(
                gate.policy, strips_unknown=strips_unknown, is_hidden=settings.http_only
            )
        reports = gate.settings.mode is Mode.REPORT
        self.banners: Banners | None = None
        if self.pages is not None and self.pages.banners.changes_pages and not reports:
            self.banners = self.pages.banners


class GatesByPolicy(Generic[AnyStr]):
    """The prepared gates of one middleware. Where `policy` is a function, gates are made as its
    policies appear; `single` is the gate of a policy that is the same for all requests."""

    def __init__(
        self,
        policy: PolicyOption,
        *,
        secret_key: str | bytes,
        options: MiddlewareOptions,
        wire: WireFormat[AnyStr],
        scans: bool = False,
    ) -> None:
        self._regime_for = options.get("regime_for")
        _check_regime_for(self._regime_for)
        gate_options, pages_options, record_options, report_path = _split_options(options)
        _check_static_pages(gate_options, pages_options)
        recorder, self._owns_recorder = make_recorder(
            record_options, secret_key=secret_key, clock=gate_options.get("clock")
        )
        prefix = pages_options.prefix
        self._records = None if recorder is None else Records(recorder, prefix)
        self.pages = None if prefix is None else PagesByPolicy(pages_options, recorder=recorder)
        self._secret_key = secret_key
        self._gate_options = gate_options
        if report_path is not None:
            listener = _listening(ReportFile(report_path), gate_options.get("on_event"))
            self._gate_options["on_event"] = listener
        self._wire: WireFormat[AnyStr] = wire
        self._scans = scans
        self._pick = policy
        # Each with its policy, which keeps its id while it is there.
        self._made: dict[int, tuple[Policy, PreparedGate[AnyStr]]] = {}
        self.single: PreparedGate[AnyStr] | None = None
        if not isinstance(policy, Policy) and callable(policy):
            # Wrong options are errors at start-up, not at a request.
            self._listen(self._make_gate(Policy()).settings)
            return
        gate = self._prepare(policy)  # raises for what is neither policy nor function
        self._listen(gate.settings)
        if self._regime_for is None:
            self.single = gate
        else:
            self._pick = lambda _: policy
            self._made[id(policy)] = (policy, gate)

    def pick(self, request: Request) -> PreparedGate[AnyStr]:
        """Return the gate of the policy that the function returns for this request."""
        assert callable(self._pick), "a single policy needs no picking"
        policy = self._pick(request)
        made = self._made.get(id(policy))
        if made is None:
            if len(self._made) >= MOST_POLICIES:
                raise ConfigurationError(
                    f"the policy function returned more than {MOST_POLICIES} policies; build "
                    "them once and return one of them"
                )
            made = self._made[id(policy)] = (policy, self._prepare(policy))
        return made[1] if self._regime_for is None else self._under_regime(made[1], request)

    def _under_regime(self, gate: PreparedGate[AnyStr], request: Request) -> PreparedGate[AnyStr]:
        """Return the gate of the regime that the site picks for a request; `gate` itself, which
        holds to the strictest, where it picks none of the policy's."""
        assert self._regime_for is not None, "somebody picks"
        try:
            return gate.by_regime[self._regime_for(request)]
        except Exception as error:  # noqa: BLE001 (the site's code may fail in any way)
            gate.settings.reporter.report(
                Reason.REGIME_FAILED, Action.NOTE, detail=type(error).__name__
            )
            return gate

    @property
    def close_records(self) -> Callable[[], None] | None:
        """What closes the recorder at the end; None where that is for others, or there is none."""
        if self._records is None or not self._owns_recorder:
            return None
        return self._records.recorder.close

    def _listen(self, settings: GateSettings) -> None:
        if self._records is not None:
            report_troubles(self._records.recorder, settings.reporter)

    def _make_gate(self, policy: Policy) -> Gate:
        records = self._records
        if records is not None and isinstance(policy, Policy):
            if records.prefix is not None:
                policy = with_record_cookie(policy)
            records = replace(records, declaration=declaration_of(policy))
        return Gate(policy, secret_key=self._secret_key, records=records, **self._gate_options)

    def _prepare(self, policy: Policy) -> PreparedGate[AnyStr]:
        gate = self._make_gate(policy)
        prepared = PreparedGate(gate, self.pages, wire=self._wire, scans=self._scans)
        if self._regime_for is not None:
            for regime in policy.regimes:
                judged = self._make_gate(policy.under(regime.name))
                prepared.by_regime[regime.name] = PreparedGate(
                    judged, self.pages, wire=self._wire, scans=self._scans
                )
        return prepared


def _split_options(
    options: MiddlewareOptions,
) -> tuple[GateOptions, PagesOptions, RecordFields, str | PathLike[str] | None]:
    """Return the options of the gate, those of the visitor's pages and of records, and the
    report's path."""
    given: dict[str, Any] = dict(options)  # Any: options are of many types
    report_path = given.pop("report_file", None)
    given.pop("regime_for", None)
    pages = {name: given.pop(name) for name in PagesFields.__annotations__ if name in given}
    records = {name: given.pop(name) for name in RecordFields.__annotations__ if name in given}
    return (
        cast("GateOptions", given),
        PagesOptions(**pages),
        cast("RecordFields", records),
        report_path,
    )


def without_records(options: MiddlewareOptions) -> MiddlewareOptions:
    """Return the options of a middleware that keeps no records, and opens no store."""
    given = {
        name: value for name, value in options.items() if name not in RecordFields.__annotations__
    }
    return cast("MiddlewareOptions", given)


def _check_static_pages(gate: GateOptions, pages: PagesOptions) -> None:
    """Raise ConfigurationError where pages are the same for everybody and hosts are limited by what
    each visitor chose."""
    if pages.banner is Banner.STATIC and gate.get("csp") == Csp.ENFORCE:
        raise ConfigurationError(
            'csp="enforce" and banner="static" exclude each other: with banner="static" a page is '
            "the same for everybody, and its Content-Security-Policy cannot follow the visitor's "
            'choice; use banner="auto", or csp="report-only"'
        )


def _check_regime_for(regime_for: object) -> None:
    if regime_for is not None and (not callable(regime_for) or iscoroutinefunction(regime_for)):
        raise ConfigurationError(
            f"regime_for is no function, or one that is async: {regime_for!r:.80}"
        )


def _listening(
    report: ReportFile, on_event: Callable[[Event], object] | None
) -> Callable[[Event], object]:
    """Return what gets each event: the report's file, and the site's own callback if it has one."""
    if on_event is None:
        return report.record
    if not callable(on_event) or iscoroutinefunction(on_event):
        return on_event  # the gate says what is wrong with it

    def hear(event: Event) -> None:
        report.record(event)
        on_event(event)

    return hear


def enter_stack(exchange: Exchange, outer: object) -> bool:
    """Put an exchange inside what the request holds from a gate around it, if anything.

    Return False where an equal gate is at work around this request: then that one filters, once.
    The very same gate is never around itself: what it left behind belongs to a request that failed
    and is tried again.
    """
    if not isinstance(outer, Exchange):
        return True
    around: Exchange | None = outer
    while around is not None:
        is_equal = around.settings == exchange.settings and around.settings is not exchange.settings
        # Unless the visitor's pages are those of this gate alone.
        serves = around.pages is not None or exchange.pages is None
        if is_equal and serves and around.is_in_call and around.is_at_work:
            return False
        around = around.outer_gate
    exchange.outer_gate = outer
    if outer.is_at_work and outer.settings is not exchange.settings:
        # As the browser sent it: the outer gate hides its own names from what is inside.
        exchange.cookie_header = outer.cookie_header
    return True


def blocked_body(verdicts: Sequence[Verdict]) -> bytes:
    """Return the body that replaces a response with cookies that must not leave: each name and
    reason id."""
    lines = [f"{verdict.reason.value} {escape_text(verdict.name)}" for verdict in verdicts]
    text = "consentgate blocked this response. These cookies must not leave:\n"
    return (text + "\n".join(lines) + "\n").encode("ascii")
