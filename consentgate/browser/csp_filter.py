"""The response filter of a gate that limits the hosts of pages: one more header, and fewer links.

Every response gets the header: workers, SVG and frames follow the policy of their own answer. Only
what can load something is for its visitor; all other responses, and those that shared caches may
keep, get the policy in which nothing but necessary hosts is allowed, the same for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import AnyStr

from consentgate._cache import BoundedCache
from consentgate.browser.addresses import address_of, at_host
from consentgate.browser.csp import (
    GROUP,
    HEADER_NAMES,
    REPORTING_ENDPOINTS,
    policy_text,
    report_address,
)
from consentgate.browser.hosts import DeclaredHosts, State
from consentgate.browser.links import allowed_links, allowed_rules
from consentgate.gate.choice_cookie import ChoiceCookie
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.gate import Gate
from consentgate.gate.judge import Judge
from consentgate.gate.options import Csp, Mode
from consentgate.gate.page_change import PageChange
from consentgate.gate.response_filter import ResponseFilter
from consentgate.gate.response_head import ResponseHead
from consentgate.gate.settings import GateSettings
from consentgate.http.caching import is_shareable
from consentgate.http.header_names import HINTS
from consentgate.http.wire import Pair, WireFormat

_KIB = 1024
_LONGEST_KEY = 512  # characters of host and mount

_INERT = ("image/", "font/", "audio/", "video/", "text/css")

_NEEDS_POLICY = (-1, "csp")
"""The question that every response has: it comes first, and its place is none."""


def filter_for(
    gate: Gate, wire: WireFormat[AnyStr], *, scans: bool, report_prefix: str | None
) -> ResponseFilter[AnyStr]:
    """Return the response filter of a gate, which limits the hosts of pages if its `csp` says so.

    `report_prefix` is the prefix of the visitor's pages, under which browsers report; None where
    there are none.
    """
    if gate.settings.csp is Csp.OFF:
        return gate.response_filter(wire, scans=scans)
    kind = partial(CspResponseFilter, report_prefix=report_prefix)
    return gate.response_filter(wire, scans=scans, kind=kind)


class CspResponseFilter(ResponseFilter[AnyStr]):
    """Filters the headers of responses, and adds the gate's own Content-Security-Policy."""

    writes_address = True

    def __init__(
        self,
        settings: GateSettings,
        *,
        judge: Judge,
        choice_cookie: ChoiceCookie,
        wire: WireFormat[AnyStr],
        scans: bool,
        report_prefix: str | None,
    ) -> None:
        ResponseFilter.__init__(  # mypy gives `super()` another AnyStr
            self, settings, judge=judge, choice_cookie=choice_cookie, wire=wire, scans=scans
        )
        self.read = self._read_as_question
        self._hosts = DeclaredHosts(settings.policy, signalled=settings.signalled)
        self._report_prefix = report_prefix
        reports = settings.mode is Mode.REPORT
        self._header = Csp.REPORT_ONLY if reports else settings.csp
        self._limits = self._header is Csp.ENFORCE
        self._site = address_of(settings.policy.site)
        self._headers: BoundedCache[tuple[object, ...], list[Pair[AnyStr]]] = BoundedCache(
            most_entries=256, most_bytes=512 * _KIB, longest_key=_LONGEST_KEY
        )
        self._loading: BoundedCache[AnyStr, bool] = BoundedCache(
            can_load, most_entries=256, most_bytes=64 * _KIB
        )

    def _read_as_question(self, headers: Iterable[Pair[AnyStr]]) -> ResponseHead[AnyStr]:
        head = self.reader.read(headers)
        head.questions.insert(0, _NEEDS_POLICY)
        return head

    def filter(
        self,
        exchange: Exchange,
        head: ResponseHead[AnyStr],
        *,
        page: PageChange | None = None,
        is_handshake: bool = False,
    ) -> list[Pair[AnyStr]]:
        """Return the headers that leave, the policy among them; a websocket needs none."""
        del head.questions[0]  # it is answered here
        if is_handshake:
            return ResponseFilter.filter(self, exchange, head, page=page, is_handshake=True)
        state = self._state_for(exchange, head, page)
        if self._limits and state != self._hosts.least:
            page = ForVisitor(page)
        left = ResponseFilter.filter(self, exchange, head, page=page)
        if head.layout.hints:
            left = self._without_hints(exchange, left, state)
        return left + self._headers_for(exchange, state)

    def screen(self, exchange: Exchange, headers: Iterable[Pair[AnyStr]]) -> list[Pair[AnyStr]]:
        """Return what leaves in a message that can't store a choice, early hints among them."""
        left = ResponseFilter.screen(self, exchange, headers)
        return self._without_hints(exchange, left, self._hosts.state_of(exchange))

    def screen_links(self, exchange: Exchange, links: Iterable[bytes]) -> Iterable[bytes]:
        """Return what leaves of the values of Link in an early hint."""
        given = [bytes(link) for link in links]
        may_contact = self._contacts(exchange, self._hosts.state_of(exchange))
        left = [allowed_links(link.decode("latin-1"), may_contact) for link in given]
        return [link.encode("latin-1") for link in left if link] if self._limits else given

    def _state_for(
        self, exchange: Exchange, head: ResponseHead[AnyStr], page: PageChange | None
    ) -> State:
        """Return what holds for a response, and note that it depends on the visitor if it does."""
        hosts = self._hosts
        if hosts.is_same_for_all:
            return hosts.least
        is_for_visitor = page is not None and page.is_for_visitor
        if not (is_for_visitor or exchange.shown_once) and self._is_for_everybody(head):
            return hosts.least
        if self._limits:
            exchange.depends_on_choice()
            if hosts.heeds_gpc and exchange.gpc_can_refuse:
                exchange.depends_on_gpc()
        return hosts.state_of(exchange)

    def _is_for_everybody(self, head: ResponseHead[AnyStr]) -> bool:
        types = [head.pairs[at][1] for at in head.layout.types]
        if types and not any(map(self._loading.__getitem__, types)):
            return True
        decode, pairs = self._wire.decode, head.pairs
        return is_shareable([(kind, decode(pairs[at][1])) for at, kind in head.layout.caching])

    def _headers_for(self, exchange: Exchange, state: State) -> list[Pair[AnyStr]]:
        host = exchange.header("host").lower()
        is_secure = exchange.secure or exchange.answers_securely
        key = (state, host, exchange.mount, is_secure)
        headers = self._headers.get(key)
        if headers is None:
            headers = self._render(state, host=host, mount=exchange.mount, is_secure=is_secure)
            weight = sum(len(name) + len(value) for name, value in headers)
            self._headers.remember(key, headers, weight_bytes=weight)
        return headers

    def _render(
        self, state: State, *, host: str, mount: str, is_secure: bool
    ) -> list[Pair[AnyStr]]:
        prefix = self._report_prefix
        path = "" if prefix is None else report_address(mount, prefix)
        text = policy_text(self._hosts.allowed_in(state), host=host, report_path=path)
        name = HEADER_NAMES[self._header]
        if not (path and is_secure):
            return [self._pair(name, text)]
        # Only on https: elsewhere Chromium reports nothing at all where there is a report-to.
        return [
            self._pair(name, f"{text}; report-to {GROUP}"),
            self._pair(REPORTING_ENDPOINTS, f'{GROUP}="{path}"'),
        ]

    def _pair(self, name: str, value: str) -> Pair[AnyStr]:
        encode, is_text = self._wire.encode, isinstance(self._wire.equals, str)
        return encode(name if is_text else name.lower()), encode(value)

    def _without_hints(
        self, exchange: Exchange, headers: list[Pair[AnyStr]], state: State
    ) -> list[Pair[AnyStr]]:
        """Return the headers without what has a browser contact hosts that are not allowed."""
        decode, encode = self._wire.decode, self._wire.encode
        may_contact = self._contacts(exchange, state)
        left = []
        for header in headers:
            name = decode(header[0]).lower()
            if name not in HINTS:
                left.append(header)
                continue
            given = decode(header[1])
            value = _ALLOWED[name](given, may_contact)
            if value == given or not self._limits:
                left.append(header)
            elif value:
                left.append((header[0], encode(value)))
        return left

    def _contacts(self, exchange: Exchange, state: State) -> Callable[[str], bool]:
        """Return a function that says whether an address in a header may be contacted."""
        first_party = {str(at_host(exchange.header("host"), scheme="https")), str(self._site)}

        def may_contact(text: str) -> bool:
            address = address_of(text)
            if address is None or str(address) in first_party or self._hosts.allows(address, state):
                return True
            rule = self._hosts.rule_for(address)
            exchange.report(Reason.HINT_REMOVED, Action.STRIP, name=str(address), rule=rule)
            return False

        return may_contact


_ALLOWED = {"link": allowed_links, "speculation-rules": allowed_rules}


class ForVisitor:
    """How the headers of a response change that is for its visitor alone, because its policy allows
    what another visitor did not; `page` says how they change for what is put into its body."""

    __slots__ = ("_page", "changes_body", "is_for_visitor", "vary_on")

    def __init__(self, page: PageChange | None) -> None:
        self._page = page
        self.changes_body = page is not None and page.changes_body
        self.vary_on: tuple[str, ...] = () if page is None else page.vary_on
        # Asked for anew each time: what the browser keeps must not outlive a withdrawal.
        self.is_for_visitor = True

    def rewrite(self, kind: str, value: str) -> str | None:
        """Return the value of a header about the body, or None where the header goes."""
        assert self._page is not None, "nothing is put into the body"
        return self._page.rewrite(kind, value)


def can_load(content_type: str) -> bool:
    """Return whether what has this type can load something, as a document or a worker; images other
    than SVG, style sheets, fonts and media load nothing by a policy of their own."""
    essence = content_type.partition(";")[0].strip(" \t").lower()
    return not essence.startswith(_INERT) or "svg" in essence
