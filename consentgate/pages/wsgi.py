"""The visitor's pages under WSGI: an application inside the gate, around the site's own."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from consentgate.banner.wsgi import WsgiBanner
from consentgate.errors import ConfigurationError
from consentgate.gate.visitor import CONSENT_KEY, VisitorConsent
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.choice_form import LARGEST_BODY
from consentgate.pages.http import Request, Response
from consentgate.pages.options import Banner

try:
    from werkzeug.exceptions import ClientDisconnected
    from werkzeug.wrappers import Request as ServerRequest
    from werkzeug.wrappers import Response as ServerResponse
    from werkzeug.wsgi import FileWrapper
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None


class WsgiPages:
    """Answers what is under the prefix, and hands on all else to `inner`."""

    def __init__(self, app: WSGIApplication, sites: PagesByPolicy) -> None:
        if _missing is not None:
            raise ConfigurationError(
                "the visitor's pages need Werkzeug: pip install 'consentgate[wsgi]'; or pass "
                "prefix=None to have none"
            ) from _missing
        self.inner = (
            app
            if sites.options.banner is Banner.MANUAL
            else WsgiBanner(app, sites, file_wrapper=FileWrapper)
        )
        self._sites = sites

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request, or have the application answer it."""
        own = self._sites.own_path(environ.get("PATH_INFO", ""))
        if own is None:
            return self.inner(environ, start_response)
        visitor: VisitorConsent = environ[CONSENT_KEY]
        try:
            request = _as_request(environ, visitor, own=own)
        except ClientDisconnected as gone:
            return gone(environ, start_response)
        answer = self._sites.site_of(visitor.context.policy).answer(request)
        return _as_server_response(answer)(environ, start_response)


def _as_request(environ: WSGIEnvironment, visitor: VisitorConsent, *, own: str) -> Request:
    headers = {
        key[5:].lower().replace("_", "-"): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    host = headers.get("host") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return Request(
        environ["REQUEST_METHOD"],
        own,
        visitor=visitor,
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=_read_body(environ),
        mount=quote(environ.get("SCRIPT_NAME", ""), encoding="latin-1"),
        origin=f"{environ['wsgi.url_scheme']}://{host}",
    )


def _read_body(environ: WSGIEnvironment) -> bytes:
    """The body, or as much of it as shows that it is too large."""
    stream, body = ServerRequest(environ).stream, b""
    while len(body) <= LARGEST_BODY and (chunk := stream.read(LARGEST_BODY + 1 - len(body))):
        body += chunk
    return body


def _as_server_response(answer: Response) -> ServerResponse:
    response = ServerResponse(answer.body, answer.status, list(answer.headers))
    if all(name != "content-type" for name, _ in answer.headers):
        del response.headers["content-type"]  # Werkzeug's own, of a body that is not there
    return response
