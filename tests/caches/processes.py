"""Starts the origin and the caches in front of it, each on a free loopback port.

The caches' configurations are read from the documentation: what a reader copies is what is tried.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consentgate._asgi_exchange import App
from tests.caches.origin import asgi_site, wsgi_site
from tests.support import http_servers
from tests.support.processes import end
from tests.support.requirements import require

HOST = "127.0.0.1"
DOCS = Path(__file__).parents[2] / "docs" / "caches.md"
STARTUP_S = 30.0
LONGEST_END_S = 5  # what is unanswered then is cut short

# What surrounds a site's own file in nginx's configuration. The workers stay what the tests run
# as, who alone may enter their folder; started by anybody but root, nginx ignores `user`.
NGINX = """
daemon off;
user root;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def snippets(language: str) -> list[str]:
    """The configurations in that language in the documentation, in order."""
    fences = re.findall(rf"^```{language}\n(.*?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)
    return [str(text) for text in fences]


def free_port() -> int:
    """A loopback port that is free at the moment."""
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once something listens on the port; fail with the log once the process has ended."""
    deadline = time.monotonic() + STARTUP_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens: {log.read_text()}")  # pragma: no cover


@contextmanager
def run_nginx(site: str, *, origin: int, folder: Path) -> Iterator[int]:
    """The port of an nginx with this configuration of a site, until the block ends."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    require(program, "nginx")
    port = free_port()
    own = (
        site.replace("listen 80;", f"listen {HOST}:{port};")
        .replace("127.0.0.1:8000", f"{HOST}:{origin}")
        .replace("/var/cache/nginx", str(folder))
    )
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, site=own))
    command = [str(program), "-p", str(folder), "-e", "stderr", "-c", str(config)]
    with _run(command, port=port, folder=folder):
        yield port


@contextmanager
def run_varnish(vcl: str, *, origin: int, folder: Path) -> Iterator[int]:
    """The port of a Varnish with this VCL, until the block ends."""
    program = shutil.which("varnishd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    require(program, "varnishd")
    port = free_port()
    config = folder / "site.vcl"
    config.write_text(vcl.replace('.port = "8000"', f'.port = "{origin}"'))
    # No jail: it would change the user, who could not enter the tests' folder.
    command = [str(program), "-F", "-j", "none", "-T", "none", "-s", "malloc,16m"]
    command += ["-a", f"{HOST}:{port}", "-n", str(folder / "work"), "-f", str(config)]
    with _run(command, port=port, folder=folder):
        yield port


@contextmanager
def _run(command: list[str], *, port: int, folder: Path) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
    try:
        wait_for(port, process, log)
        yield
    finally:
        end(process)


@contextmanager
def serve_asgi(app: App = asgi_site) -> Iterator[int]:
    """The port on which uvicorn serves an application, the site without one, until the block
    ends."""
    with http_servers.serve_asgi(app) as address:
        yield int(address.rpartition(":")[2])


@contextmanager
def serve_wsgi() -> Iterator[int]:
    """The port on which Werkzeug serves the site, until the block ends."""
    with http_servers.serve_wsgi(wsgi_site) as address:
        yield int(address.rpartition(":")[2])
