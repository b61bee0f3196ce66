"""A client on a raw socket, and what a browser would find in the bytes that came back."""

from __future__ import annotations

import contextlib
import re
import socket

LONGEST_ANSWER_S = 10.0

# Looked for in the whole stream, since a line break can end a head too early, and behind all that
# some reader takes for a line break or for blanks before a name.
_LEAK = re.compile(
    rb"(?:^|[\r\n])[\s\0]*set-cookie[^:\r\n]*:[ \t]*+(?!session=)[^;\r\n]*leak", re.IGNORECASE
)

PLAIN_HEADERS = "Connection: close\r\nTE: trailers\r\n"
HANDSHAKE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat\r\n"
)
NEVER = b"\0never"


def exchange(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: str = PLAIN_HEADERS,
    until: bytes = NEVER,
    patience_s: float = LONGEST_ANSWER_S,
) -> bytes:
    """All bytes that a server sends in answer to one request, until it closes, or until some
    bytes have come or it has kept silent for too long; none where nothing listens."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
    with socket.socket() as client:
        client.settimeout(patience_s)
        if client.connect_ex(("127.0.0.1", port)):
            return b""
        client.sendall(head.encode("latin-1"))
        return _read(client, until=until)


def _read(client: socket.socket, *, until: bytes) -> bytes:
    got = b""
    with contextlib.suppress(ConnectionResetError, TimeoutError):
        while until not in got and (chunk := client.recv(65536)):
            got += chunk
    return got


def leaks(answer: bytes) -> bool:
    """True when some line of the answer sets a cookie that its visitor did not allow."""
    return _LEAK.search(answer) is not None


def status_of(answer: bytes) -> int:
    """The status of an answer, 0 where there is none."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})\b", answer)
    return int(found[1]) if found else 0


def body_of(answer: bytes) -> bytes:
    """What stands behind the head, as it is framed on the wire."""
    return answer.partition(b"\r\n\r\n")[2]


def cookie_names(answer: bytes) -> list[str]:
    """The names of the cookies that an answer sets, in order."""
    found = re.findall(rb"\r\nset-cookie: ([^=\r\n]*)=", answer, re.IGNORECASE)
    return [name.decode("latin-1") for name in found]


def outcome_of(answer: bytes) -> str:
    """What became of a case: "leaks", "passes" (a NUL is sent, with no line of its own), "cleans"
    (an answer without the tracker) or "refuses" (an error, or no answer)."""
    if leaks(answer):
        return "leaks"
    if b"\0" in answer:
        return "passes"
    return "cleans" if 101 <= status_of(answer) < 400 else "refuses"
