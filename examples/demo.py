"""Serve the portal and both shops until interrupted: `python examples/demo.py 8000`.

The portal takes port 8000, the Starlette shop 8001 and the Flask shop 8002. Browsers don't keep
the cookies of two ports apart, so the portal goes by another name of the same machine.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from threading import Event

import flask_shop
import starlette_shop
from journal import Journal
from portal.prepare import PASSWORD, USER, prepare
from servers import serve_asgi, serve_wsgi


def main(port: int) -> None:
    prepare()
    from portal.asgi import application  # noqa: PLC0415 (its database must be there)

    with ExitStack() as stack:
        portal = stack.enter_context(serve_asgi(application, port=port))
        starlette_app = starlette_shop.create_app(Journal())
        flask_app = flask_shop.create_app(Journal())
        starlette = stack.enter_context(serve_asgi(starlette_app, port=port + 1))
        flask = stack.enter_context(serve_wsgi(flask_app, port=port + 2))
        print(f"Portal          {portal.replace('127.0.0.1', 'localhost')}  {hint()}")
        print(f"Starlette shop  {starlette}  the page shows what left and what was held back")
        print(f"Flask shop      {flask}  the same shop on the other interface")
        print("Stop all with Ctrl-C.", flush=True)
        Event().wait()


def hint() -> str:
    return (
        f"sign in as {USER} with {PASSWORD}, change the language, open the map; "
        "then allow statistics, and withdraw"
    )


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except KeyboardInterrupt:
        print()
    except OSError as error:
        sys.exit(f"cannot listen: {error}; choose another port, as in: make demo PORT=9000")
