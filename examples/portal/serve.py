"""Serve the portal: `python examples/portal/serve.py gunicorn 8000`, or `uvicorn 8000`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

EXAMPLES = str(Path(__file__).parents[1])

COMMANDS = {
    "gunicorn": ["gunicorn", "--chdir", EXAMPLES, "--threads", "4", "--log-level", "error"],
    "uvicorn": ["uvicorn", "--app-dir", EXAMPLES, "--log-level", "error", "--no-access-log"],
}


def command(server: str, port: str) -> list[str]:
    """Return the command line of a server, on the loopback only: a demonstration is local."""
    run = [sys.executable, "-m", *COMMANDS[server]]
    if server == "gunicorn":
        return [*run, "--bind", f"127.0.0.1:{port}", "portal.wsgi"]
    return [*run, "--host", "127.0.0.1", "--port", port, "portal.asgi:application"]


if __name__ == "__main__":
    sys.path[0] = EXAMPLES  # instead of this folder
    from portal.prepare import prepare

    prepare()
    # The arguments are the two above; this process becomes the server.
    os.execv(sys.executable, command(sys.argv[1], sys.argv[2]))  # noqa: S606
