"""The headers of an ASGI request, as the list of pairs that a scope has."""

from __future__ import annotations

from collections.abc import Mapping

Headers = list[tuple[bytes, bytes]]


def joined_headers(raw: Headers) -> dict[bytes, bytes]:
    """Return a request's headers by name; repeated ones are joined, by "; " if they are the pieces
    into which HTTP/2 splits a Cookie (RFC 9113 section 8.2.3), else by ", "."""
    headers: dict[bytes, bytes] = {}
    for name, value in raw:
        between = b"; " if name == b"cookie" else b", "
        headers[name] = headers[name] + between + value if name in headers else value
    return headers


def set_header(headers: Headers, name: bytes, value: bytes, *, known: bytes) -> None:
    """Let the headers of a request have another value than the one that is known, or none where it
    is empty, in the same place; at the end where it came in pieces."""
    try:
        at = headers.index((name, known))
    except ValueError:
        headers[:] = [header for header in headers if header[0] != name]
        at = len(headers)
        headers.append((name, known))
    if value:
        headers[at] = (name, value)
    else:
        del headers[at]


def with_changes(headers: Headers, changes: Mapping[str, str | None]) -> Headers:
    """Return the headers with these values in place of theirs; None: one goes."""
    if not changes:
        return headers
    names = {name.encode("ascii") for name in changes}
    kept = [header for header in headers if header[0] not in names]
    return kept + [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in changes.items()
        if value is not None
    ]
