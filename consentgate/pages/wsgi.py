"""The visitor's pages under WSGI: Werkzeug reads the request's body and sends the answer."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from consentgate.errors import ConfigurationError
from consentgate.gate.exchange import Exchange
from consentgate.gate.waiting import wait_for
from consentgate.pages.choice_form import LARGEST_BODY
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.http import PendingResponse, Response, request_in_environ

try:
    from werkzeug.exceptions import ClientDisconnected
    from werkzeug.wrappers import Request as ServerRequest
    from werkzeug.wrappers import Response as ServerResponse
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None


def check_toolkit(extra: str = "wsgi") -> None:
    """Raise ConfigurationError where Werkzeug is missing: `extra` installs it."""
    if _missing is not None:
        raise ConfigurationError(
            f"the visitor's pages need Werkzeug: pip install 'consentgate[{extra}]'; or pass "
            "prefix=None to have none"
        ) from _missing


def answer_page(
    pages: PolicyPages,
    path: str,
    exchange: Exchange,
    environ: WSGIEnvironment,
    start_response: StartResponse,
) -> Iterable[bytes]:
    """Answer a request to the library's page at `path`."""
    try:
        body = _read_body(environ)
    except ClientDisconnected as gone:
        return gone(environ, start_response)
    answer = pages.answer(request_in_environ(environ, exchange, path=path, body=body))
    if isinstance(answer, PendingResponse):
        wait_for(answer.future)
        answer = answer.answer()
    return _as_server_response(answer)(environ, start_response)


def _read_body(environ: WSGIEnvironment) -> bytes:
    """Return the body, or as much of it as shows that it is too large."""
    stream, body = ServerRequest(environ).stream, b""
    while len(body) <= LARGEST_BODY and (chunk := stream.read(LARGEST_BODY + 1 - len(body))):
        body += chunk
    return body


def _as_server_response(answer: Response) -> ServerResponse:
    response = ServerResponse(answer.body, answer.status, list(answer.headers))
    if all(name != "content-type" for name, _ in answer.headers):
        del response.headers["content-type"]  # Werkzeug's own, of a body that is not there
    return response
