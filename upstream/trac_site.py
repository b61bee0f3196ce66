"""Serves a new Trac behind the gate; the interpreter that has Trac runs this script.

Arguments: the folder for Trac's environment, and the port. Code inside the gate sets a tracker on
every response, as a plug-in would.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from trac.web.main import dispatch_request

from consentgate import Policy
from consentgate.wsgi import ConsentMiddleware

# Any in this file: Trac has no types.

NECESSARY = ("trac_auth", "trac_form_token", "trac_session")
TRACKER = ("Set-Cookie", "_promo_id=77; Path=/")
PASSWORD = "open-data"
CHALLENGE = [("WWW-Authenticate", 'Basic realm="Trac"'), ("Content-Length", "0")]


class QuietHandler(WSGIRequestHandler):
    """The request handler of wsgiref, without a log line for each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (wsgiref's name)
        """Log nothing."""


def trac_with_tracker(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Serve Trac, with HTTP authentication on its log-in page as its manual recommends."""

    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        return start_response(status, [*headers, TRACKER], *exc_info)

    if environ["PATH_INFO"] == "/login":
        user = user_of(environ.get("HTTP_AUTHORIZATION", ""))
        if not user:
            start("401 Unauthorized", CHALLENGE)
            return []
        environ["REMOTE_USER"] = user
    body: Iterable[bytes] = dispatch_request(environ, start)
    return body


def user_of(authorization: str) -> str:
    """Return the user's name if the password is right, else an empty text."""
    scheme, _, token = authorization.partition(" ")
    if scheme != "Basic":
        return ""
    name, _, password = base64.b64decode(token).decode().partition(":")
    return name if password == PASSWORD else ""


def main() -> None:
    """Make Trac's environment, and serve it until the process ends."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    admin = (sys.executable, "-m", "trac.admin.console", str(folder))
    for order in (
        ("initenv", "Trac", "sqlite:db/trac.db"),
        ("permission", "add", "ada", "TRAC_ADMIN"),
    ):
        subprocess.run((*admin, *order), check=True, stdout=subprocess.DEVNULL)
    os.environ["TRAC_ENV"] = str(folder)
    app = ConsentMiddleware(
        trac_with_tracker, policy=Policy(necessary=NECESSARY), secret_key=os.urandom(32)
    )
    make_server("127.0.0.1", port, app, handler_class=QuietHandler).serve_forever()


if __name__ == "__main__":
    main()
