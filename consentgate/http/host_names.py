"""The domains under which a cookie that a host receives can have been set."""

from __future__ import annotations

import re

_PORT = re.compile(r":[0-9]*$")
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}")  # RFC 1035 section 2.3.4, with the _ of inner networks

MOST_DOMAINS = 10  # a host's name can have 127 labels


def cookie_domains(host: str) -> list[str]:
    """Return the host of a Host header and its parent domains, the nearest to the top last.

    The header is the visitor's: none for what is no name of a host. A public suffix such as
    "co.uk" may be among them: browsers ignore a cookie for it (RFC 6265bis section 5.7).
    """
    name = host.rpartition(":")[0] if _PORT.search(host) else host
    labels = name.lower().split(".")
    # An address has no parent domain; a single label is a machine or a top-level domain.
    if _HOST.fullmatch(name) is None or labels[-1].isdigit():
        return []
    return [".".join(labels[start:]) for start in range(len(labels) - 1)][-MOST_DOMAINS:]
