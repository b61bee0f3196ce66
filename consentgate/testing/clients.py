"""The test clients of frameworks, told apart by what they have, so that none must be imported.

Each kind has one class here, which sends a request through the client, cookies included, and reads
its response. What a client returns may have to be awaited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

from consentgate.errors import ConfigurationError
from consentgate.http.set_cookie import is_deletion, last_values, split_set_cookie
from consentgate.testing.browser import Sent, origin_of

Headers = Iterable[tuple[str, str]]

# Any, here and below: no framework is imported, so a client, and its response, has no type.


class Client(Protocol):
    """A test client, as a visitor uses it. `origin` is where it goes by itself."""

    origin: str

    def send(self, sent: Sent) -> Any:
        """Send a request, without following a redirect; return the response, or an awaitable."""

    def read(self, response: Any) -> tuple[int, Headers]:
        """Return the status and the headers of a response, a Set-Cookie for each cookie."""

    def text_of(self, response: Any) -> str:
        """Return the body of a response."""

    def forget(self, name: str) -> None:
        """Delete a cookie in each place where the client has it."""


class HttpxClient:
    """httpx's clients, and Starlette's and FastAPI's, which are made of them."""

    def __init__(self, client: Any) -> None:
        self._client = client
        base = str(client.base_url)
        self.origin = origin_of(base) if "://" in base else "http://testserver"

    def send(self, sent: Sent) -> Any:
        """Send a request."""
        return self._client.request(
            sent.method, sent.url, headers=sent.headers, content=sent.body, follow_redirects=False
        )

    def read(self, response: Any) -> tuple[int, Headers]:
        """Return the status and the headers."""
        return response.status_code, response.headers.multi_items()

    def text_of(self, response: Any) -> str:
        """Return the body."""
        return str(response.text)

    def forget(self, name: str) -> None:
        """Delete a cookie."""
        jar = self._client.cookies.jar
        for cookie in [cookie for cookie in jar if cookie.name == name]:
            jar.clear(cookie.domain, cookie.path, name)


class WerkzeugClient:
    """Werkzeug's client, and Flask's, which is made of it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        config = getattr(client.application, "config", None) or {}
        scheme = config.get("PREFERRED_URL_SCHEME") or "http"
        self.origin = f"{scheme}://{config.get('SERVER_NAME') or 'localhost'}"
        self._places: set[tuple[str, str, str]] = set()

    def send(self, sent: Sent) -> Any:
        """Send a request."""
        response = self._client.open(
            sent.path,
            base_url=sent.origin,
            method=sent.method,
            headers=sent.headers,
            data=sent.body,
        )
        self._places.update(_places(response.headers.getlist("Set-Cookie"), sent))
        return response

    def read(self, response: Any) -> tuple[int, Headers]:
        """Return the status and the headers."""
        return response.status_code, list(response.headers)

    def text_of(self, response: Any) -> str:
        """Return the body."""
        return str(response.get_data(as_text=True))

    def forget(self, name: str) -> None:
        """Delete a cookie: the client does not say where it has one, so each place is tried."""
        host = urlsplit(self.origin).hostname or ""
        for _, domain, path in {(name, host, "/"), *self._places}:
            self._client.delete_cookie(name, domain=domain, path=path)


class DjangoClient:
    """Django's client, and its asynchronous one.

    Unlike a browser, Django's client keeps cookies that were deleted, and sends them, empty. What
    is deleted in a response to this visitor is deleted in the client.
    """

    origin = "http://testserver"

    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, sent: Sent) -> Any:
        """Send a request."""
        parts = urlsplit(sent.url)
        headers = {"Host": parts.netloc, **sent.headers}
        media_type = headers.pop("Content-Type", "")
        if is_async(self._client) and headers.pop("Host") != "testserver":
            # It adds its own Host, and a second one is no host at all.
            raise ConfigurationError(
                f"Django's {type(self._client).__name__} visits testserver only: pass "
                f"origin='{parts.scheme}://testserver'"
            )
        return self._client.generic(
            sent.method,
            sent.path,
            sent.body,
            content_type=media_type,
            secure=parts.scheme == "https",
            headers=headers,
        )

    def read(self, response: Any) -> tuple[int, Headers]:
        """Return the status and the headers."""
        cookies = [morsel.OutputString() for morsel in response.cookies.values()]
        for name in filter(None, map(_deleted_in, cookies)):
            self.forget(name)
        headers = [(str(name), str(value)) for name, value in response.items()]
        return response.status_code, [*headers, *(("Set-Cookie", cookie) for cookie in cookies)]

    def text_of(self, response: Any) -> str:
        """Return the body."""
        return str(response.getvalue().decode(response.charset))

    def forget(self, name: str) -> None:
        """Delete a cookie."""
        self._client.cookies.pop(name, None)


def find_client(client: Any) -> Client:
    """Return what sends requests through a test client. Raises ConfigurationError for what is
    none that is known."""
    for kind, attributes in _KINDS.items():
        if all(hasattr(client, name) for name in attributes):
            return kind(client)
    raise ConfigurationError(
        f"{type(client).__name__} is no test client that is known: pass Starlette's or FastAPI's "
        "TestClient, app.test_client() of Flask, Werkzeug's or Django's Client, or one of httpx"
    )


def is_client(value: Any) -> bool:
    """Return whether this is a test client that is known."""
    return any(all(hasattr(value, name) for name in names) for names in _KINDS.values())


_KINDS: dict[Callable[[Any], Client], tuple[str, ...]] = {
    HttpxClient: ("base_url", "request", "cookies"),
    WerkzeugClient: ("application", "open", "delete_cookie"),
    DjangoClient: ("handler", "generic", "cookies"),
}


def read_response(response: Any) -> tuple[str, str, list[str]]:
    """Return the method and URL of a request, and the Set-Cookie values in a client's own response
    to it. Raises ConfigurationError for what is no such response."""
    headers: Any = getattr(response, "headers", None)
    request: Any = getattr(response, "request", None)
    if hasattr(headers, "get_list"):  # httpx
        return request.method, str(request.url), headers.get_list("set-cookie")
    if hasattr(headers, "getlist"):  # Werkzeug
        return request.method, str(request.url), headers.getlist("Set-Cookie")
    if isinstance(request, dict) and hasattr(response, "cookies"):  # Django
        method = request.get("REQUEST_METHOD") or request.get("method", "")
        path = request.get("PATH_INFO") or request.get("path", "")
        return method, path, [morsel.OutputString() for morsel in response.cookies.values()]
    raise ConfigurationError(
        f"{type(response).__name__} is no response of a test client that is known"
    )


def is_async(client: Any) -> bool:
    """Return whether what a client returns must be awaited."""
    return any("Async" in kind.__name__ for kind in type(client).__mro__)


def _places(values: Iterable[str], sent: Sent) -> Iterator[tuple[str, str, str]]:
    """Yield the name, domain and path under which a client keeps each of these cookies."""
    parts = urlsplit(sent.url)
    for value in values:
        name, attributes = split_set_cookie(value)
        given = last_values(attributes)
        default = parts.path.rpartition("/")[0] or "/"
        domain = given.get("domain", "").lstrip(".") or parts.hostname or ""
        yield name, domain, given.get("path") or default


def _deleted_in(value: str) -> str:
    """Return the name of the cookie that a Set-Cookie deletes, "" where it stores one."""
    name, attributes = split_set_cookie(value)
    deletes = "max-age" in last_values(attributes) and is_deletion(value, 0)
    return name if deletes else ""
