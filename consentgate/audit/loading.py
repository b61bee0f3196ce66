"""Find the application that is meant by "module:attribute", and the gates that it has already."""

from __future__ import annotations

import importlib
import re
import sys
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from consentgate._applications import Interface, framework_of, interface_of
from consentgate._middleware import GatesByPolicy
from consentgate.errors import ConsentGateError
from consentgate.gate.exchange import Exchange
from consentgate.gate.gate import Gate
from consentgate.gate.options import HideCookies, Mode
from consentgate.gate.request_filter import RequestFilter
from consentgate.pages.endpoints import PolicyPages
from consentgate.policy import Policy

FAILURES = (Exception, SystemExit, CancelledError)
"""What an application can raise that must not end the command; an interrupt does."""

_USUAL_NAMES = ("app", "application")
_ELSEWHERE = "run this where the application's code is, or name its folder with --folder"
_TARGET = re.compile(r"(?P<module>[\w.]+):(?P<path>[\w.]+)(?P<call>\(\))?")


class AuditError(ConsentGateError):
    """What was asked for cannot be looked at; the message says why, and what to do."""


class ApplicationError(AuditError):
    """The application itself fails where it is loaded or started."""


@dataclass(frozen=True, slots=True)
class OwnGate:
    """A gate that is at work in an application, and the visitor's pages that it has, if any."""

    gate: Gate
    pages: PolicyPages | None


@dataclass(slots=True)
class Application:
    """An application in this process. `gates` are those that requests with a Cookie header went
    through so far, outermost first; they let everything leave."""

    app: Any  # of either interface
    interface: Interface
    gates: list[OwnGate] = field(default_factory=list)

    def is_page_of_gate(self, target: str) -> bool:
        """Return whether a path is that of a page of the library's own."""
        path = target.partition("?")[0]
        return any(
            gate.pages is not None and gate.pages.own_path(path) is not None for gate in self.gates
        )


@contextmanager
def loaded(target: str, *, folder: Path) -> Iterator[Application]:
    """Load an application from a folder, and watch its gates until the block ends.

    `target` is "module:attribute", or "module:factory()". Raises AuditError where there is none,
    and ApplicationError where it fails.
    """
    match = _TARGET.fullmatch(target)
    if match is None:
        raise AuditError(
            f"{target!r} is no application: write its module and its name, as in app:app or "
            "mysite.wsgi:application, and () behind the name of a function that makes it"
        )
    with _watched_gates() as gates, _first_on_path(folder):
        app = _attribute(_module(match["module"]), match["path"], target)
        if match["call"]:
            app = _made(app, target)
        yield Application(app, _interface(app, target), gates)


def _module(name: str) -> object:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            hint = f"write {name[:-3]!r}, without .py" if name.endswith(".py") else _ELSEWHERE
            raise AuditError(f"there is no module {error.name!r}; {hint}") from None
        raise ApplicationError(f"{name} cannot be imported: {told_error(error)}") from error
    except FAILURES as error:
        raise ApplicationError(f"{name} cannot be imported: {told_error(error)}") from error


def _attribute(module: object, path: str, target: str) -> Any:  # Any: whatever the module holds
    value: Any = module
    for name in path.split("."):
        if not hasattr(value, name):
            names = [key for key in vars(module) if not key.startswith("_")]
            callables = sorted(key for key in names if _is_application(key, getattr(module, key)))
            hint = f"; the module has {', '.join(callables[:5])}" if callables else ""
            raise AuditError(f"{target}: there is no {name!r}{hint}")
        value = getattr(value, name)
    return value


def _is_application(name: str, value: object) -> bool:
    try:
        is_likely = name in _USUAL_NAMES or framework_of(value) != ""
        return is_likely and interface_of(value) is not None
    except Exception:  # noqa: BLE001 (what stands for something else may be away now)
        return False


def _made(factory: Any, target: str) -> Any:  # Any: as above
    if not callable(factory):
        raise AuditError(f"{target}: it is no function; leave the () out")
    try:
        return factory()
    except FAILURES as error:
        raise ApplicationError(f"{target} fails: {told_error(error)}") from error


def _interface(app: object, target: str) -> Interface:
    interface = interface_of(app)
    if interface is None:
        raise AuditError(
            f"{target} is a {type(app).__name__}, which is neither an ASGI nor a WSGI application; "
            "name the application itself, or the function that makes it with () behind"
        )
    return interface


def told_error(error: BaseException) -> str:
    """Return an error in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def _first_on_path(folder: Path) -> Iterator[None]:
    entry = str(folder.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


@contextmanager
def _watched_gates() -> Iterator[list[OwnGate]]:
    """Have all gates that are made meanwhile let everything leave, as with mode="report", and
    collect those that are at work."""
    made: dict[RequestFilter, OwnGate] = {}
    at_work: list[OwnGate] = []
    make, look = GatesByPolicy._make_gate, RequestFilter.visible

    # Any: gates of both interfaces.
    def make_reporting(owner: GatesByPolicy[Any], policy: Policy) -> Gate:
        owner._gate_options = {
            **owner._gate_options,
            "mode": Mode.REPORT,
            "hide_cookies": HideCookies.REFUSED,  # else nothing looks at a request's cookies
        }
        gate = make(owner, policy)
        assert gate.request_filter is not None, "it looks at a request's cookies"
        pages = None if owner.pages is None else owner.pages.of(gate.policy)
        made[gate.request_filter] = OwnGate(gate, pages)
        return gate

    def look_and_note(owner: RequestFilter, exchange: Exchange, header: Any) -> Any:
        gate = made.get(owner)
        if gate is not None and gate not in at_work:
            at_work.append(gate)
        return look(owner, exchange, header)

    with (
        patch.object(GatesByPolicy, "_make_gate", make_reporting),
        # What is tried here is nobody's decision.
        patch("consentgate._middleware.make_recorder", lambda *_, **__: (None, False)),
        patch.object(RequestFilter, "visible", look_and_note),
    ):
        yield at_work
