"""Visits a real Trac behind the gate: logs in, sends forms, logs out."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from upstream.sources import make_environment, put_gate_beside
from upstream.suites import GATE_NEEDS

VERSION = "1.6"
# The last setuptools with pkg_resources, with which Trac finds its plug-ins.
NEEDS = (f"trac=={VERSION}", "setuptools==80.9.0", "werkzeug==3.1.9", *GATE_NEEDS)
SITE = Path(__file__).parent / "trac_site.py"
USER = ("ada", "open-data")
STARTUP_S = 120.0

Checks = list[tuple[str, bool]]


def visit_trac() -> Checks:
    """Visit Trac, and return each check with True if it passed."""
    python = make_environment("trac", NEEDS, key="")
    put_gate_beside(python)
    with (
        tempfile.TemporaryDirectory(prefix="consentgate-trac-") as folder,
        _serve(python, Path(folder)) as address,
        httpx.Client(
            base_url=address, trust_env=False, follow_redirects=True, timeout=60
        ) as browser,
    ):
        return _walk(browser)


def _walk(browser: httpx.Client) -> Checks:
    start = browser.get("/")
    checks = [
        ("a visitor who is not logged in sees a page", start.is_success and not _is_in(start)),
        ("no tracker leaves", set(browser.cookies) == {"trac_form_token", "trac_session"}),
        ("the log-in page asks for a password", browser.get("/login").status_code == 401),
    ]
    checks.append(("log-in works", _is_in(browser.get("/login", auth=USER))))
    checks.append(("the user stays logged in", _is_in(browser.get("/wiki"))))
    ticket = {"field_summary": "A ticket", "field_type": "defect", "submit": "Create ticket"}
    made = browser.post("/newticket", data=ticket | _token(browser.get("/newticket")))
    checks.append(("a form makes a ticket", made.is_success and "A ticket" in made.text))
    forged = browser.post("/newticket", data=ticket | {"__FORM_TOKEN": "0" * 24})
    checks.append(("a form with a forged token is refused", forged.status_code == 400))
    left = browser.post("/logout", data=_token(browser.get("/wiki")))
    checks.append(("log-out works", left.is_success and not _is_in(left)))
    checks.append(("log-out deletes the cookie", "trac_auth" not in browser.cookies))
    checks.append(("no tracker left at any time", "_promo_id" not in browser.cookies))
    return checks


def _is_in(page: httpx.Response) -> bool:
    return "logged in as" in page.text


def _token(page: httpx.Response) -> dict[str, str]:
    found = re.search(r'name="__FORM_TOKEN" value="(\w+)"', page.text) or re.search(
        r'name="__FORM_TOKEN" type="hidden" value="(\w+)"', page.text
    )
    return {"__FORM_TOKEN": found.group(1) if found else ""}


@contextmanager
def _serve(python: Path, folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(python), str(SITE), str(folder / "trac"), str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTUP_S
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("Trac did not start")
