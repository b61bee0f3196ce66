"""The requests and responses of the visitor's pages; the middlewares translate both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from consentgate.gate.exchange import Exchange

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
