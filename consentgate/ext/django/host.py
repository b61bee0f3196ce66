"""The host that a request was sent to, read alike from an environ and from a scope."""

from __future__ import annotations

import re

from django.conf import settings

from consentgate.gate.settings import Request

_PORT = re.compile(r":[0-9]*$")


def host_of(request: Request) -> str:
    """Return the host in lower case, without a port, "" if the request names none.

    X-Forwarded-Host counts if USE_X_FORWARDED_HOST is set. A visitor can send any text, so use it
    only to pick one of a fixed set.
    """
    return _PORT.sub("", raw_host_of(request)).rstrip(".").lower()


def raw_host_of(request: Request) -> str:
    """Return the host with its port as the browser, or the trusted proxy, wrote it."""
    forwarded = settings.USE_X_FORWARDED_HOST and header_of(request, "x-forwarded-host")
    return forwarded or header_of(request, "host")


def header_of(request: Request, name: str, *, between: str = ",") -> str:
    """Return the values of a header by its lower-case name, joined, "" if there is none."""
    if "headers" in request:
        key = name.encode("ascii")
        values = [value for header, value in request["headers"] if header == key]
        return between.encode("ascii").join(values).decode("latin-1")
    return str(request.get("HTTP_" + name.upper().replace("-", "_"), ""))
