"""The visitor's pages under ASGI: an application inside the gate, around the site's own."""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import quote

from consentgate.banner.asgi import App, AsgiBanner, Receive, Scope, Send, mount_of, path_inside
from consentgate.errors import ConfigurationError
from consentgate.gate.visitor import CONSENT_KEY, VisitorConsent
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.choice_form import LARGEST_BODY
from consentgate.pages.http import Request, Response
from consentgate.pages.options import Banner

try:
    from starlette.requests import ClientDisconnect
    from starlette.requests import Request as ServerRequest
    from starlette.responses import Response as ServerResponse
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None


class AsgiPages:
    """Answers what is under the prefix, and hands on all else to `inner`."""

    def __init__(self, app: App, sites: PagesByPolicy) -> None:
        if _missing is not None:
            raise ConfigurationError(
                "the visitor's pages need Starlette: pip install 'consentgate[asgi]'; or pass "
                "prefix=None to have none"
            ) from _missing
        self.inner = app if sites.options.banner is Banner.MANUAL else AsgiBanner(app, sites)
        self._sites = sites

    # No coroutine of its own: inside the gate nobody asks what kind of function this is.
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer the request, or have the application answer it."""
        if scope["type"] == "http":
            own = self._sites.own_path(path_inside(scope))
            if own is not None:
                return self._answer(scope, receive, send, own=own)
        return self.inner(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, *, own: str) -> None:
        visitor: VisitorConsent = scope[CONSENT_KEY]
        try:
            body = await _read_body(ServerRequest(scope, receive))
        except ClientDisconnect:
            return  # nobody is there to answer
        request = _as_request(scope, visitor, own=own, body=body)
        answer = self._sites.site_of(visitor.context.policy).answer(request)
        await _as_server_response(answer, request.method)(scope, receive, send)


async def _read_body(request: ServerRequest) -> bytes:
    """The body, or as much of it as shows that it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            break
    return body[: LARGEST_BODY + 1]


def _as_request(scope: Scope, visitor: VisitorConsent, *, own: str, body: bytes) -> Request:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Request(
        scope["method"],
        own,
        visitor=visitor,
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=body,
        mount=quote(mount_of(scope)),
        origin=f"{scope.get('scheme', 'http')}://{headers.get('host') or _own_host(scope)}",
    )


def _own_host(scope: Scope) -> str:
    """The server's own name and port, for a request that names no host, as in HTTP/1.0."""
    server = scope.get("server")
    return "" if server is None else f"{server[0]}:{server[1]}"


def _as_server_response(answer: Response, method: str) -> ServerResponse:
    headers = dict(answer.headers)
    if method == "HEAD":
        # The length that GET would have (RFC 9110 section 9.3.2).
        headers["content-length"] = str(len(answer.body))
        return ServerResponse(b"", answer.status, headers)
    return ServerResponse(answer.body, answer.status, headers)
