"""Tells applications apart by how they are called, so that each gets the middleware for its kind.

A wrong pair fails only when a request comes, with an error that names neither.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial, wraps
from inspect import iscoroutinefunction, signature
from typing import Any, TypeVar

from consentgate._middleware import MiddlewareOptions
from consentgate.errors import ConfigurationError
from consentgate.policy.keywords import check_keywords

Class = TypeVar("Class", bound=type)

DJANGO_CLASS = "consentgate.ext.django.middleware.ConsentMiddleware"

_KEYWORDS = ("policy", "secret_key", *MiddlewareOptions.__annotations__)


class Interface(StrEnum):
    """How an application is called."""

    ASGI = "ASGI"
    WSGI = "WSGI"


_FRAMEWORKS = {
    "bottle": "Bottle",
    "cherrypy": "CherryPy",
    "django": "Django",
    "falcon": "Falcon",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "litestar": "Litestar",
    "nicegui": "NiceGUI",
    "pyramid": "Pyramid",
    "quart": "Quart",
    "starlette": "Starlette or FastAPI",
}
"""The names of frameworks by the package that their applications are from."""

_EXTRAS = {"django": "django", "fastapi": "starlette", "flask": "flask", "starlette": "starlette"}
"""The extras that are for a framework."""

_MIDDLEWARE = {
    Interface.ASGI: "consentgate.asgi.ConsentMiddleware",
    Interface.WSGI: "consentgate.wsgi.ConsentMiddleware",
}
_WRAPPERS_OF_DJANGO = {
    Interface.ASGI: "consentgate.ext.django.wrap.wrap_asgi",
    Interface.WSGI: "consentgate.ext.django.wrap.wrap_wsgi",
}


def interface_of(app: object) -> Interface | None:
    """Return how an application is called, None where that cannot be known."""
    if _takes(app, 3):
        # Also where arguments are optional: only an ASGI application is a coroutine function.
        return Interface.ASGI if _is_async(app) or not _takes(app, 2) else None
    return Interface.WSGI if _takes(app, 2) and not _takes(app, 1) and not _is_async(app) else None


def _takes(app: object, count: int) -> bool:
    """Return whether something can be called with so many positional arguments."""
    try:
        signature(app).bind(*range(count))  # type: ignore[arg-type]  # TypeError: not callable
    except (TypeError, ValueError):  # ValueError: built in, without a signature
        return False
    return True


def _is_async(app: object) -> bool:
    return iscoroutinefunction(app) or iscoroutinefunction(type(app).__call__)


def framework_of(app: object) -> str:
    """Return the package that an application, or the method of one, is from: "flask" ..."""
    while isinstance(app, partial):
        app = app.func
    owner = getattr(app, "__self__", app)
    kinds = [owner, *type(owner).__mro__]  # a function, or an application of a class of the site
    modules = [str(getattr(kind, "__module__", "")).partition(".")[0] for kind in kinds]
    return next((module for module in modules if module in _FRAMEWORKS), "")


def extra_for(app: object, *, default: str) -> str:
    """Return the extra that installs what the visitor's pages need around an application."""
    return _EXTRAS.get(framework_of(app), default)


def check_interface(app: object, *, expected: Interface | None, owner: str) -> None:
    """Raise ConfigurationError for an application of another kind: `owner` is not for it.

    `expected` is None for what takes no application of a server at all.
    """
    interface = interface_of(app)
    if interface is None or interface is expected:
        return
    framework = framework_of(app)
    name = _FRAMEWORKS.get(framework, f"this {interface} application")
    needed = (_WRAPPERS_OF_DJANGO if framework == "django" else _MIDDLEWARE)[interface]
    raise ConfigurationError(f"this is {owner}; {name} needs {needed}")


def for_applications(interface: Interface) -> Callable[[Class], Class]:
    """Decorate a middleware's class to refuse applications of another kind, and to say which
    option was meant in the place of one that it does not have."""

    def decorate(kind: Class) -> Class:
        init: Callable[..., None] = kind.__init__  # type: ignore[misc]  # the class's own

        @wraps(init)
        def checked(self: object, app: object, **options: Any) -> None:  # Any: of many types
            owner = f"the {interface} middleware"
            if not options:  # as Django makes an instance of each class in its setting MIDDLEWARE
                raise ConfigurationError(
                    f"this is {owner}, which needs policy= and secret_key=; Django's MIDDLEWARE "
                    f"needs {DJANGO_CLASS}"
                )
            check_interface(app, expected=interface, owner=owner)
            check_keywords(kind.__name__, options, known=_KEYWORDS)
            init(self, app, **options)

        kind.__init__ = checked  # type: ignore[misc]
        return kind

    return decorate
