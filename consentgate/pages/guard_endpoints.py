"""The addresses behind the head script: the script, the module that sweeps, and what the guard
reports from visitors' browsers."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from consentgate.browser.declared_names import STORED
from consentgate.browser.head_script import NAME, SWEEP, SWEEP_BODY, HeadScript
from consentgate.gate.events import Action, Reason
from consentgate.pages.http import Answer, Request, Response
from consentgate.pages.static_files import IMMUTABLE, SCRIPT_TYPE
from consentgate.policy import Cookie, Kind, Policy
from consentgate.policy.name_patterns import matches

MOST_LINES = 100
"""The lines of a report that are read: the guard sends no more."""

_STATIC = "/static/"
_KINDS = frozenset(kind.value for kind in STORED)
_TEXT = ("content-type", "text/plain; charset=utf-8")

Routes = dict[str, dict[str, Callable[[Request], Answer]]]


def guard_routes(head: HeadScript, policy: Policy) -> Routes:
    """Return the endpoints by path and method."""
    script = Response(200, (SCRIPT_TYPE, *IMMUTABLE), head.body)
    routes: Routes = {f"{_STATIC}{head.name}": {"GET": lambda _: script}}
    if head.guards:
        sweep = Response(200, (SCRIPT_TYPE, *IMMUTABLE), SWEEP_BODY)
        routes[f"{_STATIC}{SWEEP}"] = {"GET": lambda _: sweep}
        routes["/guard"] = {"POST": lambda request: _take_report(request, policy)}
    return routes


def other_version(path: str, head: HeadScript | None) -> dict[str, Callable[[Request], Answer]]:
    """Return the endpoint for a name that the script had, or will have, on another server: a page
    of that one is guarded all the same. Empty for what is no such name."""
    if head is None or not NAME.fullmatch(path.removeprefix(_STATIC)):
        return {}
    script = Response(200, (SCRIPT_TYPE, ("cache-control", "no-store")), head.body)
    return {"GET": lambda _: script}


def _take_report(request: Request, policy: Policy) -> Response:
    """Report what scripts stored or tried to: each line has a kind and a name.

    A name is reported once, and only so many of them, since visitors can make them up.
    """
    if request.headers.get("sec-fetch-site", "same-origin") == "same-origin":
        path = _page_of(request)
        lines = request.body.decode("utf-8", "replace").splitlines()
        for line in lines[:MOST_LINES]:
            kind, _, name = line.partition(" ")
            if kind in _KINDS and name:
                _report(kind, name, path, request=request, policy=policy)
    return Response(204, (_TEXT,))


def _page_of(request: Request) -> str:
    """Return the path of the page that reports, without its query; "" where it is not known."""
    try:
        return urlsplit(request.headers.get("referer", "")).path
    except ValueError:
        return ""


def _report(kind: str, name: str, path: str, *, request: Request, policy: Policy) -> None:
    is_declared = _rule_of(kind, name, policy) is not None
    reason = Reason.SCRIPT_NOT_ALLOWED if is_declared else Reason.SCRIPT_UNDECLARED
    reporter = request.exchange.settings.reporter
    reporter.report_once(reason, Action.NOTE, name=name, path=path, detail=kind)


def _rule_of(kind: str, name: str, policy: Policy) -> Cookie | None:
    if kind == Kind.COOKIE:
        return policy.rule_for_text(name)
    same = (rule for rule in policy.rules if rule.kind == kind)
    return next((rule for rule in same if matches(rule.name, name)), None)
