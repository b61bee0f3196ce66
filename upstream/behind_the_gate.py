"""Puts every application of a foreign test suite behind the gate, from inside its interpreter.

A `.pth` file beside the suite installs it, so that servers which the tests start as processes of
their own have it too. It patches modules when they are imported, and never imports one itself.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial, wraps
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# Any in this file: it wraps other projects' private classes, which have no types here.

VARIABLE = "CONSENTGATE_UPSTREAM"
"""The environment variable that turns the gate on; its value is the gate's option `unknown`."""

KEY = "for foreign tests only, of 32 characters"

Patch = Callable[[ModuleType], None]


def install() -> None:
    """Put every application that the tests drive from now on behind the gate."""
    # The suites capture logs, and do not expect the gate's.
    logging.getLogger("consentgate").setLevel(logging.CRITICAL + 1)
    sys.meta_path.insert(0, _AfterImport(dict(PATCHES)))


class _AfterImport(MetaPathFinder):
    """Finds modules as Python would, and patches a module right after its code ran."""

    def __init__(self, patches: dict[str, Patch]) -> None:
        self._patches = patches

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module's own spec, whose loader also patches it; None without a patch."""
        patch = self._patches.pop(name, None)
        spec = PathFinder.find_spec(name, path) if patch else None
        if patch is None or spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def run_and_patch(module: ModuleType) -> None:
            run(module)
            patch(module)

        vars(spec.loader)["exec_module"] = run_and_patch
        return spec


def gate_asgi(app: Any) -> Any:
    """Return the ASGI application behind a gate whose policy declares nothing."""
    from consentgate import Policy, Unknown
    from consentgate.asgi import ConsentMiddleware

    return ConsentMiddleware(
        app, policy=Policy(), secret_key=KEY, unknown=Unknown(os.environ[VARIABLE])
    )


def gate_wsgi(app: Any) -> Any:
    """Return the WSGI application behind a gate whose policy declares nothing."""
    from consentgate import Policy, Unknown
    from consentgate.wsgi import ConsentMiddleware

    return ConsentMiddleware(
        app, policy=Policy(), secret_key=KEY, unknown=Unknown(os.environ[VARIABLE])
    )


def _gate_calls_asgi(kind: Any) -> None:
    """Put the gate around calls of the class's instances, which are ASGI applications."""
    original = kind.__call__

    @wraps(original)
    async def call(self: Any, scope: Any, receive: Any, send: Any) -> None:
        await gate_asgi(partial(original, self))(scope, receive, send)

    kind.__call__ = call


def _gate_calls_wsgi(kind: Any) -> None:
    """Put the gate around calls of the class's instances, which are WSGI applications."""
    original = kind.__call__

    @wraps(original)
    def call(self: Any, environ: Any, start_response: Any) -> Iterable[bytes]:
        body: Iterable[bytes] = gate_wsgi(partial(original, self))(environ, start_response)
        return body

    kind.__call__ = call


def _gate_transport(kind: Any) -> None:
    """Put the gate around the ASGI application that the class gets as its argument `app`."""
    original = kind.__init__

    @wraps(original)
    def init(self: Any, app: Any, *args: Any, **kwargs: Any) -> None:
        original(self, gate_asgi(app), *args, **kwargs)

    kind.__init__ = init


def _patch_werkzeug_test(module: Any) -> None:
    original = module.run_wsgi_app

    @wraps(original)
    def run_wsgi_app(app: Any, *args: Any, **kwargs: Any) -> Any:
        return original(gate_wsgi(app), *args, **kwargs)

    module.run_wsgi_app = run_wsgi_app


def _patch_werkzeug_serving(module: Any) -> None:
    original = module.BaseWSGIServer.__init__

    @wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.app = gate_wsgi(self.app)

    module.BaseWSGIServer.__init__ = init


def _patch_django_client(module: Any) -> None:
    """Put the gate around the applications of Django's test clients.

    These pass response objects instead of headers: the gate gets the headers that Django's
    handlers would make of an object, and the object is changed to the headers that the gate sends.
    """
    call_sync: Callable[..., Any] = module.ClientHandler.__call__
    call_async: Callable[..., Awaitable[Any]] = module.AsyncClientHandler.__call__

    def sync_call(self: Any, environ: Any) -> Any:
        made: list[Any] = []
        sent: list[Any] = []

        def app(environ: Any, start_response: Any) -> list[bytes]:
            made.append(call_sync(self, environ))
            start_response("200 OK", _django_headers(made[0]))
            return []

        gate_wsgi(app)(environ, lambda status, headers, *_: sent.extend(headers))
        return _django_apply(made[0], sent)

    async def asynchronous_call(self: Any, scope: Any) -> Any:
        made: list[Any] = []
        sent: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            made.append(await call_async(self, scope))
            headers = [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in _django_headers(made[0])
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def send(message: Any) -> None:
            sent.extend(
                (one.decode("latin-1"), two.decode("latin-1")) for one, two in message["headers"]
            )

        await gate_asgi(app)(scope, None, send)
        return _django_apply(made[0], sent)

    module.ClientHandler.__call__ = sync_call
    module.AsyncClientHandler.__call__ = asynchronous_call


def _django_headers(response: Any) -> list[tuple[str, str]]:
    """Return the headers that Django's WSGI handler makes of a response."""
    cookies = [("Set-Cookie", one.output(header="")) for one in response.cookies.values()]
    return [*response.items(), *cookies]


def _django_apply(response: Any, sent: list[tuple[str, str]]) -> Any:
    """Remove headers and cookies that were not sent from the response, and return it."""
    leaving = {value for name, value in sent if name == "Set-Cookie"}
    for key, cookie in list(response.cookies.items()):
        if cookie.output(header="") not in leaving:
            del response.cookies[key]
    others = {name: value for name, value in sent if name != "Set-Cookie"}
    for name in [name for name, _ in response.items() if name not in others]:
        del response[name]
    for name, value in others.items():
        if response.get(name) != value:
            response[name] = value
    return response


PATCHES: dict[str, Patch] = {
    "starlette.applications": lambda module: _gate_calls_asgi(module.Starlette),
    "starlette.testclient": lambda module: _gate_transport(module._TestClientTransport),
    "httpx._transports.asgi": lambda module: _gate_transport(module.ASGITransport),
    "httpx2._transports.asgi": lambda module: _gate_transport(module.ASGITransport),
    "werkzeug.test": _patch_werkzeug_test,
    "werkzeug.serving": _patch_werkzeug_serving,
    "flask.app": lambda module: _gate_calls_wsgi(module.Flask),
    "django.core.handlers.wsgi": lambda module: _gate_calls_wsgi(module.WSGIHandler),
    "django.core.handlers.asgi": lambda module: _gate_calls_asgi(module.ASGIHandler),
    "django.test.client": _patch_django_client,
}
"""The patch of each module: these are the points where the suites' tests drive an application."""
