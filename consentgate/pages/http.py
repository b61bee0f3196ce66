"""Requests and responses as the visitor's pages see them; requests are built once for each server.

What is read here is what the application sees now: a mount, a scheme or a host that it learnt from
its proxy count. The gate's own facts, as the server gave them, are those of the exchange.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from consentgate.gate.exchange import Exchange
from consentgate.pages.same_site import LONGEST_PATH, checked_path, parse_origin

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a page of the library's own.

    `path` is what follows the prefix ("/", "/charter"), `mount` what precedes every path of the
    application (root_path, SCRIPT_NAME), or leads there from the page ("..") where only the browser
    knows it. `origin` is "https://host[:port]" as the server sees it. The names of `headers` are
    lower-case; repeated ones are joined by ", ".
    """

    method: str
    path: str
    exchange: Exchange = field(kw_only=True)
    query: str = field(default="", kw_only=True)
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    body: bytes = field(default=b"", kw_only=True)
    mount: str = field(default="", kw_only=True)
    origin: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: it is sent as it is, with its Content-Length, and without a body to HEAD."""

    status: int
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class PendingResponse:
    """An answer that waits for a record: once `future` is done, or was waited for too long and
    cancelled, `answer` returns the response, whatever the future holds."""

    future: Future[Any]  # Any: each answer knows what it waits for
    answer: Callable[[], Response]


Answer = Response | PendingResponse

# Any: the values of scopes and environs are their specifications', of many types.
Scope = Mapping[str, Any]
Environ = MutableMapping[str, Any]

_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"

# A path, with or without a query, that is its own percent-encoding and leads to no other site: as
# nearly every one.
_PLAIN = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*/?(?:\?[A-Za-z0-9_.~=&/+%,:;-]*)?")


class PageAddress(NamedTuple):
    """Where a page of the site is, as its visitor's browser has it.

    `mount` is what precedes every path of the application; `way_back` is the page's own path with
    its query, empty where it can't be led back to. `origin` is "https://host[:port]", as the
    framework knows it, where it was asked for; empty for a host that no browser could have sent.
    """

    mount: str
    way_back: str
    origin: str = ""


def page_address(mount: str, path: str, query: str, *, encoding: str) -> PageAddress:
    """Return the address of the page at `path` below `mount`, both as the server has them.

    `encoding` is that of the characters: "latin-1" where they are the bytes (PEP 3333).
    """
    if mount:
        mount = one_slash(mount)
    address = f"{mount}{path}?{query}" if query else mount + path
    if path.startswith("/") and len(address) < LONGEST_PATH and _PLAIN.fullmatch(address):
        return PageAddress(mount, address)
    # A server may hand on what is no text in that encoding.
    quoted_mount = quote(mount, safe=_SAFE_IN_PATH, encoding=encoding, errors="replace")
    own_path = quoted_mount + quote(path, safe=_SAFE_IN_PATH, encoding=encoding, errors="replace")
    way_back = checked_path(f"{own_path}?{query}" if query else own_path) or ""
    return PageAddress(quoted_mount, way_back)


def one_slash(mount: str) -> str:
    """Return a mount with one slash before it and none after it, "" for what has no name.

    Proxies and configurations write all forms, and an address that began with two slashes would be
    another host's.
    """
    name = mount.strip("/")
    return f"/{name}" if name else ""


def path_in_scope(scope: Scope) -> str:
    """Return the path below the mount; some servers leave the mount out of the path."""
    path, mount = str(scope["path"]), str(scope.get("root_path", ""))
    if not mount:
        return path
    # uvicorn writes `--root-path /shop/` before the path with all its slashes.
    below = _path_below(path, mount)
    return _path_below(path, mount.rstrip("/")) if below is path else below


def path_in_environ(environ: Environ) -> str:
    """Return the path below the mount, with the slash that begins it: a mount that ends with one
    takes it, as gunicorn's SCRIPT_NAME=/shop/ does."""
    path = str(environ.get("PATH_INFO", ""))
    return path if path[:1] in ("", "/") else f"/{path}"


def _path_below(path: str, mount: str) -> str:
    return path.removeprefix(mount) if mount and path.startswith(f"{mount}/") else path


def checked_origin(origin: str) -> str:
    """Return the origin, "" for what is none: a Host header may hold anything."""
    return "" if parse_origin(origin) is None else origin


def origin_in_scope(scope: Scope, host: str | None = None) -> str:
    """Return the origin that an ASGI request was sent to; `host` is its header, where it is known
    already."""
    if host is None:
        host = _headers_in_scope(scope["headers"]).get("host", "")
    # A request that names no host, as in HTTP/1.0, came to the server's own name and port.
    server = scope.get("server")
    own_host = "" if server is None else f"{server[0]}:{server[1]}"
    return f"{scope.get('scheme', 'http')}://{host or own_host}"


def origin_in_environ(environ: Environ) -> str:
    """Return the origin that a WSGI request was sent to."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def address_in_scope(scope: Scope, received: Scope, path: str | None = None) -> PageAddress:
    """Return the address of the page that an ASGI request asks for, or of another one at `path`
    below the same mount.

    `received` is the scope as the gate received it, and `scope` as the application has it now.
    """
    mount = _mount_in_scope(scope, received)
    if path is not None:
        return page_address(mount, path, "", encoding="utf-8")
    query = received.get("query_string", b"").decode("latin-1")
    return page_address(mount, path_in_scope(received), query, encoding="utf-8")


def address_in_environ(environ: Environ, received: Environ, path: str | None = None) -> PageAddress:
    """Return the same as `address_in_scope` for a WSGI environ."""
    mount = received.get("SCRIPT_NAME", "")
    if environ.get("SCRIPT_NAME", "") != mount:
        mount = _mount_in_environ(environ, received)
    if path is not None:
        return page_address(mount, path, "", encoding="latin-1")
    path, query = received.get("PATH_INFO", ""), received.get("QUERY_STRING", "")
    if path[:1] != "/":
        path = path_in_environ(received)
    return page_address(mount, path, query, encoding="latin-1")


def _mount_in_scope(scope: Scope, received: Scope) -> str:
    """Return what precedes the gate's paths, as far as the application knows by now.

    FastAPI writes its `root_path` into the scope; Starlette adds its own mounts there, and keeps
    what precedes all of them in `app_root_path`.
    """
    mount, now = received.get("root_path"), scope.get("app_root_path", scope.get("root_path"))
    if not (mount or now):
        return ""  # as nearly everywhere
    mount, now = str(mount or "").rstrip("/"), str(now or "").rstrip("/")
    if now == mount:
        return mount
    address = now + _path_below(str(scope["path"]), now)
    return _mount_of(address, path_in_scope(received), unknown=mount)


def _mount_in_environ(environ: Environ, received: Environ) -> str:
    """Return what precedes the gate's paths, as far as the application knows by now.

    Werkzeug's ProxyFix writes a proxy's prefix into the environ, and Django its FORCE_SCRIPT_NAME,
    with the characters where PEP 3333 has the bytes.
    """
    mount, now = str(received.get("SCRIPT_NAME", "")), str(environ.get("SCRIPT_NAME", ""))
    if now == _decoded(mount):
        return mount
    address, path = now + path_in_environ(environ), path_in_environ(received)
    below = path if address.endswith(path) else _decoded(path)
    return _mount_of(address, below, unknown=mount)


def _mount_of(address: str, path: str, *, unknown: str) -> str:
    """Return what precedes a path in an address; `unknown` where it is no address of that path.

    A mount inside of the gate moves a part of the path into the mount, a proxy's prefix adds to
    both: only that precedes the path as it was received.
    """
    return address[: len(address) - len(path)] if address.endswith(path) else unknown


def _decoded(text: str) -> str:
    """Return the characters of a text whose code points are bytes of UTF-8."""
    return text if text.isascii() else text.encode("latin-1", "replace").decode("utf-8", "replace")


def request_in_scope(scope: Scope, exchange: Exchange, *, path: str, body: bytes) -> Request:
    """Return the request of an ASGI scope to the library's page at `path`."""
    headers = _headers_in_scope(scope["headers"])
    return Request(
        scope["method"],
        path,
        exchange=exchange,
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=body,
        mount=_mount_for_links(
            address_in_scope(scope, exchange.request).mount, headers, path_in_scope(scope)
        ),
        origin=origin_in_scope(scope, headers.get("host", "")),
    )


def request_in_environ(environ: Environ, exchange: Exchange, *, path: str, body: bytes) -> Request:
    """Return the request of a WSGI environ to the library's page at `path`."""
    headers = {
        key[5:].lower().replace("_", "-"): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return Request(
        environ["REQUEST_METHOD"],
        path,
        exchange=exchange,
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=body,
        mount=_mount_for_links(
            address_in_environ(environ, exchange.request).mount, headers, path_in_environ(environ)
        ),
        origin=origin_in_environ(environ),
    )


def _mount_for_links(mount: str, headers: Mapping[str, str], path: str) -> str:
    """Return the mount for the links of a page at `path`: relative to it where a proxy names
    another prefix than the server does.

    Whether that proxy is to be trusted is known further in, if at all; a relative link is right in
    either case (RFC 3986 section 4.2).
    """
    named = headers.get("x-forwarded-prefix", "").rpartition(",")[2].strip(" \t")
    if not named or one_slash(named) in ("", mount):
        return mount
    return "/".join([".."] * (path.count("/") - 1)) or "."


def _headers_in_scope(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
