"""A project as Django itself starts it, with a superuser, and the gate put around it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.portal_server import free_port, wait_for
from tests.support.processes import end

ROOT = Path(__file__).parents[2]
USER = {"username": "ada", "password": "donnees-ouvertes"}

# Appended to the module that Django wrote; {interface} is wsgi or asgi.
GATE = """
from consentgate import Policy
from consentgate.{interface} import ConsentMiddleware
from tests.applications.tracking import track_{interface}

policy = Policy(presets=["django"])
application = ConsentMiddleware(
    track_{interface}(application), policy=policy, secret_key="for tests only, of 32 characters"
)
"""

# A project whose gate limits hosts, with the files of its applications served behind it.
LIMITED = """
from consentgate import Policy
from consentgate.wsgi import ConsentMiddleware
from django.contrib.staticfiles.handlers import StaticFilesHandler
from site_of_django.wsgi import get_wsgi_application

policy = Policy(presets=["django"])
application = ConsentMiddleware(
    StaticFilesHandler(get_wsgi_application()),
    policy=policy,
    secret_key="for tests only, of 32 characters",
    csp="enforce",
)
"""

SERVERS = {
    "wsgi": ("gunicorn", "--threads=4", "--log-level=error", "--bind=127.0.0.1:{port}"),
    "asgi": ("uvicorn", "--log-level=error", "--lifespan=off", "--port={port}"),
}


def make_project(folder: Path) -> None:
    """The folder holds a new Django project, migrated, without a gate."""
    _run(folder, "-m", "django", "startproject", "site_of_django", ".")
    _run(folder, "manage.py", "migrate", "--verbosity=0")


def start_project(folder: Path) -> None:
    """The folder holds a new Django project, migrated, with one superuser, behind a gate."""
    make_project(folder)
    for interface in SERVERS:
        with (folder / "site_of_django" / f"{interface}.py").open("a") as module:
            module.write(GATE.format(interface=interface))
    (folder / "site_of_django" / "limited.py").write_text(LIMITED)
    _run(folder, "manage.py", "createsuperuser", "--noinput", "--email=ada@example.org")


@contextmanager
def serve_project(folder: Path, interface: str, *, module: str = "") -> Iterator[str]:
    """The address of the project under a real server of that interface, until the block ends.

    `module` has the application, if it is not the one that is named as the interface.
    """
    port = free_port()
    command = [argument.format(port=port) for argument in SERVERS[interface]]
    with subprocess.Popen(
        [sys.executable, "-m", *command, f"site_of_django.{module or interface}:application"],
        cwd=folder,
        env=_environment(folder),
    ) as process:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


def _run(folder: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=folder, env=_environment(folder), check=True)


def _environment(folder: Path) -> dict[str, str]:
    user = {f"DJANGO_SUPERUSER_{name.upper()}": value for name, value in USER.items()}
    path = os.pathsep.join([str(folder), str(ROOT)])
    foreign = {"DJANGO_SETTINGS_MODULE": "site_of_django.settings", "PYTHONPATH": path}
    return os.environ | user | foreign
