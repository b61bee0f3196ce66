"""Which host a browser contacts for an address in a page or in a header.

The text may be anything: browsers forgive much, and what they read as another host's address must
count as one here (URL Standard, section 4.4).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

_DROPPED = re.compile(r"[\t\n\r]")
_BLANKS = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_PORT = re.compile(r":([0-9]*)$")
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Address(NamedTuple):
    """The scheme, host and port that a browser connects to; the host in ASCII and lower case."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return the host, with the port where it is not the scheme's own."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


def address_of(text: str, *, scheme: str = "https") -> Address | None:
    """Return what a browser connects to for an address in a page of this scheme; None where that is
    the page's own host, or no host at all (`data:`, `blob:`). Never raise."""
    text = _DROPPED.sub("", text).strip(_BLANKS).replace("\\", "/")
    named = _SCHEME.match(text)
    if named is not None:
        scheme, text = named[1].lower(), text[named.end() :]
    elif not text.startswith("//"):
        return None
    if scheme not in _PORTS:
        return None
    authority = re.split("[/?#]", text.lstrip("/"), maxsplit=1)[0].rpartition("@")[2]
    return at_host(authority, scheme=scheme)


def at_host(authority: str, *, scheme: str) -> Address:
    """Return the address of a host with or without a port, as the Host header has it."""
    port = _PORT.search(authority)
    host = unquote(authority[: port.start()] if port else authority)
    number = port[1][:5] if port else ""
    return Address(scheme, _ascii(host.lower()), int(number) if number else _PORTS[scheme])


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host  # no host that was declared


def matches(source: str, address: Address) -> bool:
    """Return whether a declared host, with its star, scheme and port if it has them, covers an
    address (W3C CSP3 section 6.7.2.8)."""
    scheme, between, authority = source.rpartition("://")
    if between and address.scheme not in (scheme, f"{scheme}s"):
        return False
    host, _, port = authority.partition(":")
    if port not in ("", "*") and int(port) != address.port:
        return False
    # A source without a port is for the port of the scheme.
    if port == "" and address.port != _PORTS[address.scheme]:
        return False
    return address.host.endswith(host[1:]) if host.startswith("*.") else address.host == host
