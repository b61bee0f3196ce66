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

WHAT_TO_TRY = f"""
What to try, in each of them:
  - The banner stands first in each page. Nothing was kept on your device yet, and a shop's page
    shows which cookies tried to leave.
  - Refuse all: the banner is gone, and the page is the same as before.
  - "Cookie settings" on each page leads to /consent/, the preferences page: accept all, or tick
    statistics and save. Now the statistics cookie leaves. Withdraw: it is deleted.
  - /consent/charter explains each cookie. The portal has it in a page of its own, /cookies/.
  - In the portal, change the language, and sign in as {USER} with {PASSWORD}: both work before
    any choice. The map has a plug-in with a tracker that nobody declared: it never leaves.
  - Switch JavaScript off, and all of it works as before.
  - PORTAL_POLICY=necessary.toml make demo: with necessary cookies only, the portal has no banner.
Stop all with Ctrl-C."""


def main(port: int) -> None:
    prepare()
    from portal.asgi import application  # noqa: PLC0415 (its database must be there)

    with ExitStack() as stack:
        portal = stack.enter_context(serve_asgi(application, port=port))
        starlette_app = starlette_shop.create_app(Journal())
        flask_app = flask_shop.create_app(Journal())
        starlette = stack.enter_context(serve_asgi(starlette_app, port=port + 1))
        flask = stack.enter_context(serve_wsgi(flask_app, port=port + 2))
        print(f"Portal          {portal.replace('127.0.0.1', 'localhost')}")
        print(f"Starlette shop  {starlette}")
        print(f"Flask shop      {flask}  (the same shop on the other interface)")
        print(WHAT_TO_TRY, flush=True)
        Event().wait()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except KeyboardInterrupt:
        print()
    except OSError as error:
        sys.exit(f"cannot listen: {error}; choose another port, as in: make demo PORT=9000")
