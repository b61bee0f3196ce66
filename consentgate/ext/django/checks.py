"""System checks of the gate, which `manage.py check` and `runserver` run.

Each id is stable and listed in the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 (its name)
from django.utils.module_loading import import_string

from consentgate._middleware import GatesByPolicy
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.errors import ConfigurationError, PolicyError
from consentgate.ext.django.own_cookies import own_cookies
from consentgate.ext.django.settings import GateSettings, KeyTooShortError, read_settings
from consentgate.http.wire import TEXT
from consentgate.policy import Policy
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

GATE_CLASS = "consentgate.ext.django.middleware.ConsentMiddleware"

_SERVED = ("WSGI_APPLICATION", "ASGI_APPLICATION")


@register("consentgate")
def check_settings(**_: Any) -> list[CheckMessage]:  # Any: Django's own arguments, of no use here
    """Return what is wrong with CONSENTGATE, its policy and its key (E002 to E005, W002)."""
    try:
        read = read_settings()
        made = _gate_of(read)
    except PolicyError as error:
        return [
            Error(f"{one.id} at {one.place}: {one.message}", hint=one.hint, id="consentgate.E003")
            for one in error.findings
        ]
    except KeyTooShortError as error:
        return [Error(str(error), id="consentgate.E004")]
    except ConfigurationError as error:
        return [Error(str(error), id="consentgate.E002")]
    return [] if made is None else [*_own_cookies_refusable(made), *_findings(made)]


@register("consentgate")
def check_place(**_: Any) -> list[CheckMessage]:  # Any: as above
    """Return what is wrong with where the gate stands (E001, E006, W001)."""
    places = [place for place, name in enumerate(settings.MIDDLEWARE) if name == GATE_CLASS]
    if len(places) > 1:
        message = f"MIDDLEWARE names the gate {len(places)} times"
        return [Error(message, hint="Name it once, first.", id="consentgate.E006")]
    if any(map(_is_wrapped, _served())):
        return []
    if not places:
        hint = f"Put {GATE_CLASS!r} first in MIDDLEWARE, or wrap the application in wsgi.py."
        return [Error("no gate is around this project", hint=hint, id="consentgate.E001")]
    return list(_outside(settings.MIDDLEWARE[: places[0]]))


def _gate_of(read: GateSettings) -> Policy | None:
    """The policy of a gate that can be made; None where a function will pick one of several."""
    GatesByPolicy(read.policy, secret_key=read.secret_key, options=read.options, wire=TEXT)
    return read.policy if isinstance(read.policy, Policy) else None


def _own_cookies_refusable(policy: Policy) -> Iterator[CheckMessage]:
    for cookie in own_cookies():
        rule = policy.rule_for(cookie.name)
        if rule is not None and not rule.necessary:
            yield Error(
                f"visitors can refuse {cookie.name!r}, which Django needs: it is declared in "
                f"{rule.category!r}",
                hint="Declare it as necessary, or leave it out: it is declared by itself.",
                id="consentgate.E005",
            )


def _findings(policy: Policy) -> Iterator[CheckMessage]:
    for one in policy.findings():
        text = f"{one.id} at {one.place}: {one.message}"
        yield Warning(text, hint=one.hint, id="consentgate.W002")


def _outside(before: Sequence[str]) -> Iterator[CheckMessage]:
    if before:
        yield Warning(
            f"outside the gate, so that their cookies are not judged: {', '.join(before)}",
            hint=f"Put {GATE_CLASS!r} first in MIDDLEWARE, or wrap the application in wsgi.py.",
            id="consentgate.W001",
        )


def _served() -> Iterator[object]:
    """The applications that the settings name for servers, as far as they can be imported."""
    for setting in _SERVED:
        path = getattr(settings, setting, None)
        try:
            yield path and import_string(path)
        except Exception:  # noqa: BLE001 (the project's own module may fail in any way)
            yield None  # Django tells what is wrong with it when it serves


def _is_wrapped(application: object) -> bool:
    return isinstance(application, WsgiMiddleware | AsgiMiddleware)
