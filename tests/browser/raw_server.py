"""An ASGI server that writes every header exactly as the application sent it, junk included.

Real servers refuse or repair odd bytes. This one does neither, so that nothing but the gate stands
between an application and the browser.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from base64 import b64encode
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LONGEST_HEAD = 1 << 20
_ACCEPTANCE = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
_CLOSE_FRAME = b"\x88\x00"  # RFC 6455 section 5.5.1


class WireServer:
    """Serves one ASGI application over https on a free port of the loopback."""

    def __init__(self, app: App, context: ssl.SSLContext) -> None:
        self._app = app
        self._context = context
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """The port, once it is open."""
        self._server = await asyncio.start_server(
            self._converse, "127.0.0.1", 0, ssl=self._context, limit=LONGEST_HEAD
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Close the port, once the browser has closed its connections."""
        assert self._server is not None
        self._server.close()
        await asyncio.gather(*self._conversations)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)
        try:
            while not await _Exchange(reader, writer).play(self._app):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass  # the browser hung up
        finally:
            writer.transport.abort()


class _Exchange:
    """One request and its response on a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ends = False
        self._scope: Scope = {}

    async def play(self, app: App) -> bool:
        """Answer one request; True when the connection ends with it."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        self._scope = _read_scope(head)
        await app(self._scope, self._receive, self._send)
        await self._writer.drain()
        return self._ends

    async def _receive(self) -> Message:
        if self._scope["type"] == "websocket":
            return {"type": "websocket.connect"}
        length = int(_header(self._scope, b"content-length") or b"0")
        return {"type": "http.request", "body": await self._reader.readexactly(length)}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            headers = [*message["headers"], (b"Upgrade", b"websocket"), (b"Connection", b"Upgrade")]
            key = _header(self._scope, b"sec-websocket-key")
            headers.append((b"Sec-WebSocket-Accept", _accepted(key)))
            self._write_head(101, headers)
        elif kind == "websocket.close":
            self._ends = True
            self._writer.write(_CLOSE_FRAME)
        elif kind.endswith(".start") or kind == "http.response.early_hint":
            self._write_head(message.get("status", 103), message["headers"])
        elif self._scope.get("method") != "HEAD":
            self._writer.write(message["body"])

    def _write_head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self._ends = self._ends or (b"connection", b"close") in headers
        lines = [b"HTTP/1.1 %d Status" % status]
        lines += [name + b": " + value for name, value in headers]
        self._writer.write(b"\r\n".join((*lines, b"\r\n")))


def _read_scope(head: bytes) -> Scope:
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    method, target, _ = first.split(b" ")
    path, _, query = target.partition(b"?")
    headers = [
        (name.lower(), value) for name, _, value in (line.partition(b": ") for line in lines)
    ]
    upgrades = (b"upgrade", b"websocket") in headers
    return {
        "type": "websocket" if upgrades else "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method.decode(),
        "scheme": "wss" if upgrades else "https",
        "path": path.decode(),
        "raw_path": path,
        "query_string": query,
        "headers": headers,
    }


def _header(scope: Scope, name: bytes) -> bytes:
    return b", ".join(value for key, value in scope["headers"] if key == name)


def _accepted(key: bytes) -> bytes:
    return b64encode(hashlib.sha1(key + _ACCEPTANCE, usedforsecurity=False).digest())
