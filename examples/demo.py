"""Serve the portal and both shops until interrupted: `python examples/demo.py 8000`.

The portal uses port 8000, the Starlette shop 8001 and the Flask shop 8002. Browsers share cookies
between the ports of a host, so the portal has another host name of the same machine.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import flask_shop
import starlette_shop
from journal import Journal
from portal.prepare import PASSWORD, USER, prepare
from portal.state import FOLDER
from servers import serve_asgi, serve_wsgi

RECORDS = f"sqlite:///{FOLDER / 'consent.db'}"
# As they are written where `make demo` runs.
COMMAND = f"{os.path.relpath(Path(sys.executable).with_name('consentgate'))} records"
STORE = f"sqlite:///{os.path.relpath(FOLDER / 'consent.db')}"

WHAT_TO_TRY = f"""
What to try, in each of them:
  - Each page begins with the banner. Your browser has only necessary cookies so far, and a
    shop's page shows which cookies the gate held back.
  - Refuse all: the banner is gone, and the rest of the page is the same as before.
  - "Cookie settings" on each page leads to the preferences page, /consent/. Accept all, or tick
    statistics and save: now the statistics cookie leaves. Withdraw, by "Refuse all": the gate
    deletes it.
  - /consent/charter explains each cookie. The portal also has the charter in its own page,
    /cookies/.
  - In the portal, change the language, and sign in as {USER} with {PASSWORD}: both work before
    any choice. The map's plug-in sets a tracker that nobody declared: it never leaves.
  - The portal records each decision, and nothing of who decided. In another terminal:
      {COMMAND} stats {STORE}
      {COMMAND} export {STORE} --format jsonl
      {COMMAND} checkpoint {STORE}
      {COMMAND} prove {STORE} ID --out proof.html
    where ID is in the export, and proof.html has the decision, what was shown, and the proof.
  - Switch JavaScript off: everything still works.
  - PORTAL_POLICY=necessary.toml make demo: with necessary cookies only, the portal has no banner.
Stop all with Ctrl-C."""


def main(port: int) -> None:
    os.environ.setdefault("PORTAL_RECORDS", RECORDS)
    prepare()
    from portal.asgi import application  # noqa: PLC0415 (its database must exist)

    with ExitStack() as stack:
        portal = stack.enter_context(serve_asgi(application, port=port))
        starlette_app = starlette_shop.create_app(Journal())
        flask_app = flask_shop.create_app(Journal())
        starlette = stack.enter_context(serve_asgi(starlette_app, port=port + 1))
        flask = stack.enter_context(serve_wsgi(flask_app, port=port + 2))
        print(f"Portal          {portal.replace('127.0.0.1', 'localhost')}")
        print(f"Starlette shop  {starlette}")
        print(f"Flask shop      {flask}  (the same shop under WSGI)")
        print(WHAT_TO_TRY, flush=True)
        Event().wait()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except KeyboardInterrupt:
        print()
    except OSError as error:
        sys.exit(f"cannot listen: {error}; choose another port, as in: make demo PORT=9000")
