"""The servers, each with the command that starts it on `{port}`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import itsdangerous
import pytest

WSGI = "tests.servers.wsgi_apps:application"
ASGI = "tests.servers.asgi_apps:application"

_PYTHON = ("{python}", "-W", "ignore", "-m")
_CODE = ("{python}", "-c")
_IMPORT = "from tests.servers.wsgi_apps import application; "
_ADDRESS = "127.0.0.1:{port}"
_UVICORN = (*_PYTHON, "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--log-level", "info")
_GUNICORN = (*_PYTHON, "gunicorn", "--bind", _ADDRESS, "--worker-class")
_GRANIAN = (*_PYTHON, "granian", "--host", "127.0.0.1", "--port", "{port}", "--interface")

# uWSGI is a program of the system with a Python of the system: it is told where to find both the
# package and the one library that the package needs, which is pure Python.
_UWSGI_PLUGINS = [*Path("/usr/lib/uwsgi/plugins").glob("python31[1-9]_plugin.so")]
_HAS_UWSGI = shutil.which("uwsgi") is not None and _UWSGI_PLUGINS != []
_UWSGI = (
    *("uwsgi", "--plugin", "python3", "--http-socket", _ADDRESS, "--need-app", "--die-on-term"),
    *("--pythonpath", "{root}", "--pythonpath", str(Path(itsdangerous.__file__).parents[1])),
    *("--module", WSGI, "--threads", "2"),
)

WSGI_SERVERS: Mapping[str, tuple[str, ...]] = {
    "wsgiref": (
        *_CODE,
        _IMPORT + "from wsgiref.simple_server import make_server; "
        "make_server('127.0.0.1', {port}, application).serve_forever()",
    ),
    "werkzeug": (
        *_CODE,
        _IMPORT + "from werkzeug.serving import run_simple; "
        "run_simple('127.0.0.1', {port}, application, threaded=True)",
    ),
    "cheroot": (*_PYTHON, "cheroot", "--bind", _ADDRESS, WSGI),
    "waitress": (*_PYTHON, "waitress", "--listen", _ADDRESS, WSGI),
    "gevent": (
        *_CODE,
        "from gevent import monkey; monkey.patch_all(); "
        + _IMPORT
        + "from gevent.pywsgi import WSGIServer; "
        "WSGIServer(('127.0.0.1', {port}), application).serve_forever()",
    ),
    "gunicorn-sync": (*_GUNICORN, "sync", WSGI),
    "gunicorn-gthread": (*_GUNICORN, "gthread", "--threads", "4", WSGI),
    "granian-wsgi": (*_GRANIAN, "wsgi", WSGI),
    "hypercorn-wsgi": (*_PYTHON, "hypercorn", "--bind", _ADDRESS, f"wsgi:{WSGI}"),
    "uwsgi": _UWSGI,
}

ASGI_SERVERS: Mapping[str, tuple[str, ...]] = {
    "uvicorn-h11": (*_UVICORN, "--http", "h11", "--ws", "wsproto", ASGI),
    "uvicorn-httptools": (*_UVICORN, "--http", "httptools", "--ws", "websockets-sansio", ASGI),
    "uvicorn-legacy-websockets": (*_UVICORN, "--http", "h11", "--ws", "websockets", ASGI),
    "hypercorn": (*_PYTHON, "hypercorn", "--bind", _ADDRESS, ASGI),
    "granian-asgi": (*_GRANIAN, "asgi", ASGI),
    "daphne": (*_PYTHON, "daphne", "--bind", "127.0.0.1", "--port", "{port}", ASGI),
    "gunicorn-uvicorn": (*_GUNICORN, "uvicorn_worker.UvicornWorker", ASGI),
    "gunicorn-asgi": (*_GUNICORN, "asgi", ASGI),
}

FLOATING = ("wsgiref", "uwsgi")
"""Those whose version is the system's or Python's own, and not this project's choice."""

_uwsgi_or_skip = pytest.mark.skipif(
    not _HAS_UWSGI, reason="uWSGI or its plugin for Python 3.11 or newer is not found"
)
_MARKS = {"uwsgi": [_uwsgi_or_skip]}


# Any: pytest's ParameterSet has no public name.
def as_param(server: str, *more: str) -> Any:
    """The arguments of a test on a server, skipped where the machine lacks that server."""
    return pytest.param(server, *more, marks=_MARKS.get(server, ()), id="-".join([server, *more]))
