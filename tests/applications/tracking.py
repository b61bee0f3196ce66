"""What plug-ins do: a tracker of each kind is set on every response, inside the gate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# Any: applications are as untyped as their frameworks' servers take them.

TRACKERS = ["_ga=GA1.1.7; Path=/", "_promo_id=77; Path=/; Max-Age=31536000"]
TRACKER_NAMES = {value.partition("=")[0] for value in TRACKERS}


def track_wsgi(app: Any) -> Any:
    """The application with trackers on every response."""

    def tracking(environ: Any, start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            added = [("Set-Cookie", value) for value in TRACKERS]
            return start_response(status, [*headers, *added], *exc_info)

        body: Iterable[bytes] = app(environ, start)
        return body

    return tracking


def track_asgi(app: Any) -> Any:
    """The application with trackers on every response."""

    async def tracking(scope: Any, receive: Any, send: Any) -> None:
        async def send_tracked(message: Any) -> None:
            if message["type"] == "http.response.start":
                added = [(b"set-cookie", value.encode()) for value in TRACKERS]
                message = message | {"headers": [*message["headers"], *added]}
            await send(message)

        await app(scope, receive, send_tracked)

    return tracking
