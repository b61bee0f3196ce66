"""Requests and responses as the visitor's pages see them; requests are built once for each server.

What is read here is what the application sees now, mounts included; the gate's own facts, as the
server gave them, are those of the exchange.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from consentgate.gate.exchange import Exchange
from consentgate.pages.same_site import LONGEST_PATH, checked_path

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a page of the library's own.

    `path` is what follows the prefix ("/", "/charter"), `mount` what precedes every path of the
    application (root_path, SCRIPT_NAME). `origin` is "https://host[:port]" as the server
    sees it. The names of `headers` are lower-case; repeated ones are joined by ", ".
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
    its query, empty where it can't be led back to.
    """

    mount: str
    way_back: str


def page_address(mount: str, path: str, query: str, *, encoding: str) -> PageAddress:
    """Return the address of the page at `path` below `mount`, both as the server has them.

    `encoding` is that of the characters: "latin-1" where they are the bytes (PEP 3333).
    """
    if mount.startswith("//"):
        mount = same_host_mount(mount)
    address = f"{mount}{path}?{query}" if query else mount + path
    if path.startswith("/") and len(address) < LONGEST_PATH and _PLAIN.fullmatch(address):
        return PageAddress(mount, address)
    quoted_mount = quote(mount, safe=_SAFE_IN_PATH, encoding=encoding)
    own_path = quoted_mount + quote(path, safe=_SAFE_IN_PATH, encoding=encoding)
    way_back = checked_path(f"{own_path}?{query}" if query else own_path) or ""
    return PageAddress(quoted_mount, way_back)


def same_host_mount(mount: str) -> str:
    """Return the mount with one slash at its beginning: an address that begins with two is another
    host's (RFC 3986 section 4.2)."""
    bare = mount.strip("/")
    return f"/{bare}" if bare else ""


def scope_mount(scope: Scope) -> str:
    """Return what the application of an ASGI scope is mounted on.

    Some say "/" where it is mounted on nothing, and an address that began with two slashes would be
    another host's.
    """
    return str(scope.get("root_path", "")).rstrip("/")


def path_in_scope(scope: Scope) -> str:
    """Return the path below the mount; some servers leave the mount out of the path."""
    return path_below(str(scope["path"]), scope_mount(scope))


def path_below(path: str, mount: str) -> str:
    """Return the path without the mount that precedes it, if it does."""
    return path.removeprefix(mount) if mount and path.startswith(f"{mount}/") else path


def address_in_scope(scope: Scope) -> PageAddress:
    """Return the address of the page that an ASGI scope asks for."""
    # Starlette adds its own mounts to the root path, which then is not the gate's.
    mount = str(scope.get("app_root_path", scope.get("root_path", ""))).rstrip("/")
    return page_address(
        mount,
        path_below(str(scope["path"]), mount),
        scope.get("query_string", b"").decode("latin-1"),
        encoding="utf-8",
    )


def address_in_environ(environ: Environ) -> PageAddress:
    """Return the address of the page that a WSGI environ asks for."""
    return page_address(
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        encoding="latin-1",
    )


def request_in_scope(scope: Scope, exchange: Exchange, *, path: str, body: bytes) -> Request:
    """Return the request of an ASGI scope to the library's page at `path`."""
    headers = _headers_in_scope(scope["headers"])
    # A request that names no host, as in HTTP/1.0, came to the server's own name and port.
    server = scope.get("server")
    own_host = "" if server is None else f"{server[0]}:{server[1]}"
    return Request(
        scope["method"],
        path,
        exchange=exchange,
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=body,
        mount=quote(same_host_mount(scope_mount(scope))),
        origin=f"{scope.get('scheme', 'http')}://{headers.get('host') or own_host}",
    )


def request_in_environ(environ: Environ, exchange: Exchange, *, path: str, body: bytes) -> Request:
    """Return the request of a WSGI environ to the library's page at `path`."""
    headers = {
        key[5:].lower().replace("_", "-"): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    host = headers.get("host") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return Request(
        environ["REQUEST_METHOD"],
        path,
        exchange=exchange,
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=body,
        mount=quote(same_host_mount(environ.get("SCRIPT_NAME", "")), encoding="latin-1"),
        origin=f"{environ['wsgi.url_scheme']}://{host}",
    )


def _headers_in_scope(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
