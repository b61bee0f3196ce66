"""The visitor's pages under ASGI: Starlette reads the request's body and sends the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from consentgate.errors import ConfigurationError
from consentgate.gate.exchange import Exchange
from consentgate.gate.waiting import until_done
from consentgate.pages.choice_form import LARGEST_BODY
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.http import PendingResponse, Response, request_in_scope

try:
    from starlette.requests import ClientDisconnect
    from starlette.requests import Request as ServerRequest
    from starlette.responses import Response as ServerResponse
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def check_toolkit(extra: str = "asgi") -> None:
    """Raise ConfigurationError where Starlette is missing: `extra` installs it."""
    if _missing is not None:
        raise ConfigurationError(
            f"the visitor's pages need Starlette: pip install 'consentgate[{extra}]'; or pass "
            "prefix=None to have none"
        ) from _missing


def page_app(pages: PolicyPages | None, path: str, exchange: Exchange) -> App:
    """Return the application that answers a request to the library's page at `path`."""
    assert pages is not None, "there are pages for each policy"

    async def answer_page(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _read_body(ServerRequest(scope, receive))
        except ClientDisconnect:
            return  # nobody is there to answer
        answer = pages.answer(request_in_scope(scope, exchange, path=path, body=body))
        if isinstance(answer, PendingResponse):
            await until_done(answer.future)
            answer = answer.answer()
        await _as_server_response(answer, scope["method"])(scope, receive, send)

    return answer_page


async def _read_body(request: ServerRequest) -> bytes:
    """Return the body, or as much of it as shows that it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            break
    return body[: LARGEST_BODY + 1]


def _as_server_response(answer: Response, method: str) -> ServerResponse:
    headers = dict(answer.headers)
    if method == "HEAD":
        # The length that GET would have (RFC 9110 section 9.3.2).
        headers["content-length"] = str(len(answer.body))
        return ServerResponse(b"", answer.status, headers)
    return ServerResponse(answer.body, answer.status, headers)
