"""What the visitor's pages are asked and what they answer; the doors translate both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from consentgate.gate.visitor import VisitorConsent

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a page of the library's own.

    `path` is what stands after the prefix ("/", "/charter"), `mount` what stands before every path
    of the application (root_path, SCRIPT_NAME). `origin` is "https://host[:port]" as the server
    sees it. The names of `headers` are lower-case; repeated ones are joined by ", ".
    """

    method: str
    path: str
    visitor: VisitorConsent = field(kw_only=True)
    query: str = field(default="", kw_only=True)
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    body: bytes = field(default=b"", kw_only=True)
    mount: str = field(default="", kw_only=True)
    origin: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: the doors send it as it is, with its Content-Length, and no body to HEAD."""

    status: int
    headers: Headers = ()
    body: bytes = b""
