"""Find WSGI applications that were called around the gate: they could set cookies freely."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from types import FrameType

logger = logging.getLogger("consentgate")

# The gate itself, and a debugger that must never run in production.
_IGNORED = ("consentgate.", "werkzeug.debug")


def outer_wrappers() -> tuple[str, ...]:
    """Return the names of the applications around the running one, outermost first.

    They are found on the call stack by their last two arguments, an environ and a function (PEP
    3333), which no function of a server has.
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


def _callers(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount]
        values = [frame.f_locals.get(name) for name in names[-2:]]
        module = str(frame.f_globals.get("__name__"))
        if _is_call(values) and not module.startswith(_IGNORED):
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
