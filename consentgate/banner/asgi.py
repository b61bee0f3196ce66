"""The banner under ASGI: an application inside the gate that puts it into the site's own pages.

The start of a page is held back until it is known where its body starts; all else passes untouched,
and what can't be a page is not even looked at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from consentgate.banner.html_response import (
    DESTINATION,
    FETCHED_WITH,
    HTML_BEGINS,
    PAGE_METHODS,
    fetched_by,
    may_be_html,
)
from consentgate.banner.insertion import Found, Insertion
from consentgate.banner.page_headers import CONDITIONAL, keep_apart
from consentgate.banner.response import INSERTING_KEY, NOT_MODIFIED, PageVisit, banners_of
from consentgate.gate.visitor import CONSENT_KEY, VisitorConsent
from consentgate.pages.banners import Banners, Where, quote_text
from consentgate.pages.by_policy import PagesByPolicy

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_BEARING = {name.encode("ascii"): name for name in (DESTINATION, *FETCHED_WITH, *CONDITIONAL)}
# What a script fetches, by far the most requests for no page: told without a look at each header.
_FETCHED = (b"sec-fetch-dest", b"empty")
_HTML_BEGINS = frozenset(letter.encode("ascii") for letter in HTML_BEGINS)


class AsgiBanner:
    """Has the application answer, and puts the banner into its answer if that is a page."""

    def __init__(self, app: App, sites: PagesByPolicy) -> None:
        self._app = app
        self._sites = sites

    # No coroutine of its own: inside the gate nobody asks what kind of function this is.
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer the request."""
        if scope["type"] != "http" or scope["method"] not in PAGE_METHODS:
            return self._app(scope, receive, send)
        headers = scope["headers"]
        if _FETCHED in headers:
            return self._app(scope, receive, self._kept_apart(scope, send, DESTINATION))
        found = _told_by(headers)
        fetched_as = fetched_by(found.get) if found else None
        if fetched_as is not None:
            return self._app(scope, receive, self._kept_apart(scope, send, fetched_as))
        banners = self._banners_of(scope, scope[CONSENT_KEY])
        if banners is None:
            return self._app(scope, receive, send)
        # As they are now: routers write mounts of their own into the scope.
        mount, query = mount_of(scope), scope.get("query_string", b"")
        inside = _inside(str(scope["path"]), mount)
        if scope["method"] != "GET":
            # What a form was sent to is no way back.
            inside, query = f"{self._sites.options.prefix}/", b""
        exchange = PageVisit(
            banners,
            scope[CONSENT_KEY],
            where=lambda: Where(
                mount, inside, query.decode("latin-1"), quote_text, lambda: accepted_by(scope)
            ),
        )
        if found and scope["method"] == "GET" and not found.keys().isdisjoint(CONDITIONAL):
            _change(scope, exchange.settle_conditions(found))
        return self._run(scope, receive, send, exchange=exchange)

    def _kept_apart(self, scope: Scope, send: Send, name: str) -> Send:
        """A `send` that lets no cache answer with this response where a page is asked for."""
        visitor = scope[CONSENT_KEY]

        def send_apart(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                raw = message.get("headers") or ()
                if type(raw) is not list:
                    # ASGI asks for an iterable only: it may be read once.
                    message = {**message, "headers": (raw := [*raw])}
                is_page = may_be_html(raw, first_letters=_HTML_BEGINS)
                if is_page and self._banners_of(scope, visitor) is not None:
                    told = keep_apart(message.get("status", 0), _as_text(raw), name)
                    return send(_with_headers(message, told))
            return send(message)

        return send_apart

    def _banners_of(self, scope: Scope, visitor: VisitorConsent) -> Banners | None:
        site = self._sites.site_of(visitor.context.policy)
        return banners_of(site, visitor, found=scope.get(INSERTING_KEY))

    async def _run(
        self, scope: Scope, receive: Receive, send: Send, *, exchange: PageVisit
    ) -> None:
        answer = _Answer(exchange, send)
        scope[INSERTING_KEY] = scope[CONSENT_KEY]
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            await answer.release()
            raise
        finally:
            scope.pop(INSERTING_KEY, None)
        # An application that ends before its response does: what it sent leaves as it came.
        await answer.release()


def mount_of(scope: Scope) -> str:
    """What the application is mounted on. Some say "/" where it is mounted on nothing, and an
    address that began with two slashes would be another host's."""
    return str(scope.get("root_path", "")).rstrip("/")


def path_inside(scope: Scope) -> str:
    """The path below what the application is mounted on; some servers leave that out of it."""
    return _inside(str(scope["path"]), mount_of(scope))


def _inside(path: str, mount: str) -> str:
    return path.removeprefix(mount) if mount and path.startswith(f"{mount}/") else path


def _told_by(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The request's headers that bear on the insertion, by name."""
    told: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = _BEARING.get(raw_name)
        if name is not None:
            value = raw_value.decode("latin-1")
            told[name] = f"{told[name]}, {value}" if name in told else value
    return told


def _change(scope: Scope, changes: Mapping[str, str | None]) -> None:
    """Let the application see the headers with these changes, in the same scope."""
    if not changes:
        return
    own = [(name, value) for name, value in scope["headers"] if _BEARING.get(name) not in changes]
    own += [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in changes.items()
        if value is not None
    ]
    scope["headers"] = own


def accepted_by(scope: Scope) -> str:
    """The Accept-Language header of a request."""
    found = [value for name, value in scope["headers"] if name == b"accept-language"]
    return b", ".join(found).decode("latin-1")


class _Answer:
    """One response on its way: its start is held back until it is known what it starts with."""

    def __init__(self, exchange: PageVisit, send: Send) -> None:
        self._visit = exchange
        self._send = send
        self._start: Message | None = None
        self._insertion: Insertion | None = None

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message of the application's, now or when its time has come."""
        kind = message["type"]
        if self._insertion is not None:
            if kind == "http.response.body":
                return self._insert(message)
            return self._send_after_release(message)
        if kind == "http.response.start":
            return self._begin(message)
        return self._send(message)

    async def release(self) -> None:
        """Send what is held back as it came."""
        if self._insertion is None:
            return
        start, held = self._start, self._insertion.held
        self._insertion = None
        assert start is not None, "an insertion has a start"
        await self._send(start)
        if held:
            await self._send({"type": "http.response.body", "body": held, "more_body": True})

    def _begin(self, message: Message) -> Awaitable[None]:
        status, raw = message.get("status", 0), message.get("headers") or ()
        if type(raw) is not list:
            # ASGI asks for an iterable only: one that is read here would be empty for the rest.
            message = {**message, "headers": (raw := [*raw])}
        if status == NOT_MODIFIED:
            return self._send(_with_headers(message, self._visit.confirm(_as_text(raw))))
        if may_be_html(raw, first_letters=_HTML_BEGINS):
            self._insertion = self._visit.begin(status, _as_text(raw))
        if self._insertion is None:
            return self._send(message)
        self._start = message
        return _nothing()

    async def _insert(self, message: Message) -> None:
        insertion, start = self._insertion, self._start
        assert insertion is not None, "only then it is called"
        assert start is not None, "an insertion has a start"
        more = message.get("more_body", False)
        body = insertion.feed(bytes(message.get("body", b"")))
        if not more:
            body += insertion.finish()
        if insertion.found is Found.SEARCHING:
            return
        self._insertion = None
        await self._send(_with_headers(start, self._visit.end(insertion)))
        await self._send({**message, "body": body, "more_body": more})

    async def _send_after_release(self, message: Message) -> None:
        """Send what is no part of the body: a file, which nothing is put into, and all else that
        comes after it."""
        await self.release()
        await self._send(message)


async def _nothing() -> None:
    """What there is to wait for where nothing is sent."""


def _as_text(raw: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]


def _with_headers(message: Message, headers: Iterable[tuple[str, str]]) -> Message:
    own = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return {**message, "headers": own}
