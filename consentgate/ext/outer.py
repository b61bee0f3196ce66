"""Finds WSGI applications that were called around another one: they could set cookies freely."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from types import FrameType

logger = logging.getLogger("consentgate")

# The gate's own, and a debugger that must never run where there are visitors.
_NOT_TOLD = ("consentgate.", "werkzeug.debug")


def outer_wrappers() -> tuple[str, ...]:
    """Return the names of the applications through which the present request came, outermost first.

    They are found by the calls that are under way: an application is called with an environ and
    a function (PEP 3333), and servers take neither as their last two arguments.
    """
    found = dict.fromkeys(_callers(sys._getframe(1)))
    return tuple(reversed(found))


def tell_outer_wrappers() -> None:
    """Log a warning that names what is around the gate, if anything is."""
    found = outer_wrappers()
    if found:
        logger.warning(
            "CG150 outside the gate: %s; what it sets is not judged. Wrap `app.wsgi_app` in it "
            "instead of the application, so that it is inside",
            ", ".join(found),
        )


def _callers(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount]
        values = [frame.f_locals.get(name) for name in names[-2:]]
        module = str(frame.f_globals.get("__name__"))
        if _is_call(values) and not module.startswith(_NOT_TOLD):
            yield f"{module}.{code.co_qualname}"
        frame = frame.f_back


def _is_call(values: list[object]) -> bool:
    """True for the arguments of a WSGI application."""
    return (
        len(values) == 2
        and isinstance(values[0], dict)
        and "wsgi.version" in values[0]
        and callable(values[1])
    )
