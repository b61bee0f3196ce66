"""One response under WSGI on its way to the server: PEP 3333 to the letter, and nothing kept of the
body.

What nothing is put into is returned as the object that it is, so that `len()` and
`wsgi.file_wrapper` objects keep working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import TracebackType
from wsgiref.types import StartResponse, WSGIEnvironment

from consentgate._middleware import BLOCKED_HEADERS, BLOCKED_STATUS, PreparedGate, blocked_body
from consentgate._wsgi_exchange import WsgiExchange, environ_key
from consentgate.banner.page_headers import CONDITIONAL
from consentgate.banner.page_insertion import (
    PageInsertion,
    insertion_for,
    may_change,
    runs_as_worker,
)
from consentgate.gate.events import Action, Reason
from consentgate.gate.judge import Blocked
from consentgate.gate.options import Mode
from consentgate.gate.page_change import PageChange
from consentgate.gate.response_head import ResponseHead
from consentgate.gate.waiting import settle
from consentgate.http.set_cookie import has_line_break
from consentgate.pages.banners import Banners

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]

_KEYS = {name: environ_key(name) for name in CONDITIONAL}
CONDITIONAL_KEYS = frozenset(_KEYS.values())
"""What asks about a copy that the browser has (RFC 9110 section 13)."""


class WsgiResponse:
    """The response of one exchange on its way to the server.

    The application holds nothing that leads here but a function. `block` is the body that replaces
    a blocked response. `held` is the start of the response while nothing may leave yet. `is_head`:
    the application is to answer the GET of this HEAD.
    """

    __slots__ = (
        *("_banner", "_banners", "_environ", "_gate", "_has_started"),
        *("_start_raw", "_write_raw", "block", "exchange", "held", "is_head"),
    )

    def __init__(
        self,
        exchange: WsgiExchange,
        gate: PreparedGate[str],
        environ: WSGIEnvironment,
        start_response: StartResponse,
        banners: Banners | None,
    ) -> None:
        self.block: bytes | None = None
        self.exchange = exchange
        self._environ = environ
        self._gate = gate
        self._start_raw = start_response
        # Some servers have no `write` to return, so that it does not say whether they started.
        self._write_raw: Write | None = None
        self._has_started = exchange.started
        self._banner: PageInsertion[str] | None = None
        self._banners = banners
        self.held: tuple[str, ResponseHead[str], ExcInfo] | None = None
        self.is_head = False

    def prepare(self) -> None:
        """Let the application see the request as it may: a GET in the place of a HEAD, and the
        conditional headers of the variants that the gate made."""
        exchange, banners, environ = self.exchange, self._banners, self._environ
        if banners is None:
            return
        method = environ.get("REQUEST_METHOD", "GET")
        self.is_head = method == "HEAD" and may_change(banners, exchange)
        headers = {name: environ[key] for name, key in _KEYS.items() if key in environ}
        is_worker = banners.guards and runs_as_worker(exchange)
        if (headers or is_worker) and method != "POST":
            self._banner = self._make_banner(banners)
            _change(environ, self._banner.conditions(headers))

    def _make_banner(self, banners: Banners) -> PageInsertion[str]:
        exchange = self.exchange
        return insertion_for(
            banners,
            exchange,
            wire=self._gate.wire,
            address=partial(exchange.page_address, self._environ),
        )

    def start(self, status: str, headers: Iterable[tuple[str, str]], exc_info: ExcInfo) -> Write:
        """Take the application's start of the response, and return its `write`."""
        if self.held is not None and exc_info is None:
            self._release()  # the server says what it thinks of a second start
        # Where an error comes before a byte has left, its page takes the place of all before.
        self.held = None
        return self.begin(status, self._gate.response_filter.read(headers), exc_info)

    def begin(self, status: str, head: ResponseHead[str], exc_info: ExcInfo) -> Write:
        """Start the response with headers that were read, and return the application's `write`."""
        banner, banners = self._banner, self._banners
        if banner is None and head.is_html and banners is not None:
            if self.exchange.needs_review:
                settle(self.exchange)  # who is asked depends on it
            banner = self._banner = self._make_banner(banners)
        if banner is None or (self._has_started and banner.may_hold):
            return self._send_start(status, head, exc_info)
        banner.start(int(status[:3]) if status[:3].isdecimal() else 0, head)
        if not banner.is_holding:
            return self._send_start(status, head, exc_info, page=banner)
        self.held = status, head, exc_info
        return self._write_held

    def around(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return what the server iterates over: the body itself, unless something may be put into
        it or take its place."""
        if self._gate.blocks:
            return _Body(body, self)
        is_searching = self._banner is not None and self._banner.is_searching
        if self._has_started and not is_searching:
            return body
        if self._banners is None:
            # The application has yet to start, so that it may yet call a gate of its own.
            return _Body(body, self)
        if not is_searching and not may_change(self._banners, self.exchange):
            return body
        if self.held is not None and type(body) in (list, tuple):  # others may have a `close`
            return self._whole(body)  # type: ignore[arg-type]
        return _Body(body, self)

    def ask_as_get(self) -> WSGIEnvironment:
        """Return what to ask the application for in the place of a HEAD."""
        self._environ = {**self._environ, "REQUEST_METHOD": "GET"}
        return self._environ

    def without_body(self, body: Iterable[bytes]) -> list[bytes]:
        """Run the body of a GET until the response has started, and return nothing of it."""
        around = self.around(body)
        try:
            if not self._has_started:
                next((chunk for chunk in around if self._has_started), None)
        finally:
            getattr(around, "close", _nothing)()
        return [b""]  # some servers send the headers with the first chunk, and not without any

    def feed(self, chunk: bytes | None) -> bytes:
        """Return what can leave of the body now that this chunk came, None for its end."""
        banner, held = self._banner, self.held
        if banner is None or not banner.is_searching:
            return chunk or b""
        body = banner.end() if chunk is None else banner.feed(bytes(chunk))
        if held is not None and not banner.is_holding:
            self.held = None
            self._send_start(*held, page=banner)
        return body

    def abort(self) -> bytes:
        """Start the response as the application did; return what was held back of its body."""
        return self._release()

    def _whole(self, body: list[bytes] | tuple[bytes, ...]) -> list[bytes]:
        """Return a whole body with what is put into it. A list of one says how long the response
        is (PEP 3333, "Handling the Content-Length Header"), and is one again."""
        whole = self.feed(b"".join(body))
        whole += self.feed(None)
        return [whole] if whole else []  # all that there is was written

    def _release(self) -> bytes:
        banner, held = self._banner, self.held
        if banner is None or not banner.is_searching:
            return b""
        self.held = None
        body = banner.abort()
        if held is not None:
            self._send_start(*held)
        return b"" if self.block is not None else body

    def _write_held(self, data: bytes) -> None:
        """Write as the application does while the place is looked for and afterwards."""
        body = self.feed(data)
        if body and self._has_started and self.block is None:
            self._write(body)

    def _write(self, body: bytes) -> None:
        assert self._write_raw is not None, "the response has started"
        self._write_raw(body)

    def _send_start(
        self,
        status: str,
        head: ResponseHead[str],
        exc_info: ExcInfo,
        page: PageChange | None = None,
    ) -> Write:
        """Start the response with what the gate lets out of it."""
        exchange, response_filter = self.exchange, self._gate.response_filter
        if exchange.has_changed:
            settle(exchange)  # the server's call waits for the record of a grant
            exchange.take_place(self._environ)
        elif response_filter.writes_address:
            exchange.take_place(self._environ)
        self.block = None
        if type(status) is not str or not status.isprintable():
            status = self._checked(status)
        try:
            left = response_filter.filter(exchange, head, page=page)
        except Blocked as blocked:
            block = blocked_body(blocked.verdicts)
            self.block = b"" if exchange.method == "HEAD" else block
            status = BLOCKED_STATUS
            left = [(name.title(), value) for name, value in BLOCKED_HEADERS]
            left.append(("Content-Length", str(len(block))))
        # Nothing can be changed any more, whatever the server says of it.
        self._has_started = exchange.started = True
        if exc_info is None:
            self._write_raw = self._start_raw(status, left)
        else:
            self._write_raw = self._start_raw(status, left, exc_info)
        if self.is_head:
            self._write_raw = _discard
        return self._write_raw if self.block is None else _discard

    def _checked(self, status: str) -> str:
        """Return the status line, or another in the place of one that would split the head."""
        if type(status) is not str:
            status = str.__str__(status)  # a subclass may say of itself what it is not
        if not has_line_break(status):
            return status
        self.exchange.report(Reason.STATUS_LINE_BREAK, Action.REWRITE)
        reports = self.exchange.settings.mode is Mode.REPORT
        return status if reports else BLOCKED_STATUS


def _change(environ: WSGIEnvironment, changes: Mapping[str, str | None]) -> None:
    """Let the application see these headers otherwise; None: one goes."""
    for name, value in changes.items():
        if value is None:
            del environ[_KEYS[name]]
        else:
            environ[_KEYS[name]] = value


def _nothing() -> None:
    """Close what cannot be closed."""


def _discard(data: bytes) -> None:
    """Take what an application writes of a body that does not leave."""


class _Body:
    """The application's body with what is put into it, or what replaces it."""

    __slots__ = ("_body", "_chunks", "_failure", "_is_over", "_response")

    def __init__(self, body: Iterable[bytes], response: WsgiResponse) -> None:
        self._body = body
        self._chunks: Iterator[bytes] | None = None
        self._response = response
        self._is_over = False
        self._failure: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            try:
                raise failure
            finally:
                del failure  # its traceback refers to this frame
        response = self._response
        exchange = response.exchange
        # Not even an empty chunk may leave before the response has started, so that up to 64 KiB
        # are waited for here.
        while not self._is_over:
            exchange.is_in_call = True  # the application is at work
            try:
                if self._chunks is None:
                    self._chunks = iter(self._body)
                chunk = next(self._chunks, None)
            except Exception as failure:  # noqa: BLE001 (it is raised again)
                return self._end_with(failure)
            finally:
                exchange.is_in_call = False
            body = response.feed(chunk)
            if response.block is not None:
                self._is_over = True
                return response.block
            if chunk is None:
                self._is_over = True
                if body:
                    return body
            elif response.held is None:
                return body
        raise StopIteration

    def close(self) -> None:
        """Close the application's body, as the server would."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()

    def _end_with(self, failure: Exception) -> bytes:
        """Let what was held back leave as it came; then the failure is the server's."""
        held = self._response.abort()
        if not held:
            raise failure
        self._failure = failure
        return held
