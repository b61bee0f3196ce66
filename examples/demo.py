"""Serve both shops until interrupted: `python examples/demo.py 8000` takes ports 8000 and 8001."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from threading import Event

import flask_shop
import starlette_shop
from journal import Journal
from servers import serve_asgi, serve_wsgi

HINT = "open it, add tea to the basket, allow statistics, then withdraw; the page shows what left"


def main(port: int) -> None:
    with ExitStack() as stack:
        starlette = stack.enter_context(serve_asgi(starlette_shop.create_app(Journal()), port=port))
        flask = stack.enter_context(serve_wsgi(flask_shop.create_app(Journal()), port=port + 1))
        print(f"Starlette shop  {starlette}  {HINT}")
        print(f"Flask shop      {flask}  the same shop on the other interface")
        print("Stop both with Ctrl-C.", flush=True)
        Event().wait()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except KeyboardInterrupt:
        print()
    except OSError as error:
        sys.exit(f"cannot listen: {error}; choose another port, as in: make demo PORT=9000")
