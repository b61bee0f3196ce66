"""Find middleware that was called around the gate: it could set cookies freely.

It is found on the call stack, by the arguments that the server interface gives an application, and
in the list of middleware of the Starlette application that serves the request.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from inspect import isfunction
from types import FrameType
from typing import Any

logger = logging.getLogger("consentgate")

# The gate itself, and a debugger that must never run in production.
_OF_WSGI = ("consentgate.", "werkzeug.debug")

# The gate, what frameworks and servers always have around, and what only compresses.
_OF_ASGI = (
    *("asgiref.", "consentgate.", "django.core.", "fastapi.", "quart.app", "starlette._"),
    *("litestar._", "litestar.app", "litestar.middleware._internal"),
    *("litestar.middleware.exceptions", "litestar.routes"),
    *("starlette.applications", "starlette.middleware.errors", "starlette.middleware.exceptions"),
    *("starlette.routing", "starlette.testclient"),
    *("daphne.", "granian.", "hypercorn.", "uvicorn."),
)
_COMPRESSORS = ("starlette.middleware.gzip", "brotli_asgi", "zstd_asgi")


def outer_wrappers() -> tuple[str, ...]:
    """Return the names of the WSGI applications around the running one, outermost first.

    They are found by their last two arguments, an environ and a function (PEP 3333), which no
    function of a server has.
    """
    names = dict.fromkeys(_callers(sys._getframe(1)))
    return tuple(reversed(names))


def warn_of_outer_wrappers() -> None:
    """Log a warning that names what is around the gate, if anything is."""
    names = outer_wrappers()
    if names:
        logger.warning(
            "CG150 outside the gate: %s; its cookies are not judged. Wrap `app.wsgi_app` in it "
            "instead of the application, so that it is inside",
            ", ".join(names),
        )


def warn_of_outer_apps(scope: Mapping[str, Any], gate: type) -> None:
    """Log a warning that names the ASGI middleware around the running gate, if there is any.

    `gate` is the class of the gate.
    """
    # Any: the values of a scope are the specification's, of many types.
    listed = middleware_before(gate, scope.get("app"))
    called = [*_async_callers(sys._getframe(1))]
    names = tuple(dict.fromkeys((*reversed(called), *listed)))
    if names:
        logger.warning(
            "CG150 outside the gate: %s; its cookies are not judged. Add the gate last, or wrap "
            "the whole application in it, so that it is outermost",
            ", ".join(names),
        )


def middleware_before(gate: type, app: object) -> list[str]:
    """Return the names of a Starlette application's own middleware around the gate, outermost
    first: all of it where the gate is further in. What only compresses is let alone."""
    entries: Iterable[Any] = getattr(app, "user_middleware", ())
    outer = []
    for entry in entries:  # a class or a function, and what it is called with
        if entry.cls is gate:
            break
        # What `@app.middleware("http")` decorates says more than the class that calls it.
        outer.append(entry.kwargs.get("dispatch", entry.cls))
    return [name_of(kind) for kind in outer if not compresses(kind)]


def compresses(kind: Any) -> bool:  # Any: a class or a function
    """Return whether middleware does nothing but compress, so that it may be outside."""
    return str(kind.__module__).startswith(_COMPRESSORS)


def name_of(kind: Any) -> str:  # Any: a class or a function
    """Return the name of middleware with its module."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _callers(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        code = frame.f_code
        values = _arguments(frame)[-2:]
        module = str(frame.f_globals.get("__name__"))
        if _is_call(values) and not module.startswith(_OF_WSGI):
            yield f"{module}.{code.co_qualname}"
        frame = frame.f_back


def _is_call(values: list[object]) -> bool:
    """Return True for the arguments of a WSGI application."""
    return (
        len(values) == 2
        and isinstance(values[0], dict)
        and "wsgi.version" in values[0]
        and callable(values[1])
    )


def _async_callers(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if not module.startswith((*_OF_ASGI, *_COMPRESSORS)):
            # Middleware that calls the next in a task of its own is known by that task alone.
            code = frame.f_code
            of_method = "self" in code.co_varnames[:1] + code.co_freevars
            owner = frame.f_locals.get("self") if of_method else None
            if _is_async_call(_arguments(frame)[-3:]):
                yield _name_of_owner(owner) if of_method else f"{module}.{code.co_qualname}"
            elif "self" in code.co_freevars and hasattr(owner, "app") and callable(owner):
                yield _name_of_owner(owner)
        frame = frame.f_back


def _name_of_owner(owner: object) -> str:
    """Return the name of middleware by its instance; the function that it calls says more."""
    dispatch = getattr(owner, "dispatch_func", None)
    return name_of(dispatch if isfunction(dispatch) else type(owner))


def _is_async_call(values: list[object]) -> bool:
    """Return True for the arguments of an ASGI application."""
    return (
        len(values) == 3
        and isinstance(values[0], Mapping)
        and "type" in values[0]
        and callable(values[1])
        and callable(values[2])
    )


def _arguments(frame: FrameType) -> list[object]:
    code = frame.f_code
    return [frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount]]
