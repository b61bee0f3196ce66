"""The system checks of the gate, which `manage.py check` and `runserver` run.

Each id is stable and listed in the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import (
    CheckMessage,
    Error,
    Info,
    Warning,  # noqa: A004 (its name)
    register,
)
from django.utils.module_loading import import_string

from consentgate._applications import DJANGO_CLASS
from consentgate._middleware import GatesByPolicy, without_records
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.errors import ConfigurationError, Finding, PolicyError
from consentgate.ext.django.own_cookies import own_cookies
from consentgate.ext.django.settings import GateSettings, KeyTooShortError, read_settings
from consentgate.gate.record_cookie import with_record_cookie
from consentgate.http.wire import TEXT
from consentgate.policy import Policy
from consentgate.records.address import parse_address
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

GATE_CLASS = DJANGO_CLASS

_NOT_FOR_MIDDLEWARE = frozenset(
    {
        "consentgate.asgi.ConsentMiddleware",
        "consentgate.wsgi.ConsentMiddleware",
        "consentgate.ext.django.wrap.wrap_asgi",
        "consentgate.ext.django.wrap.wrap_wsgi",
    }
)

_COMPRESSOR = "django.middleware.gzip.GZipMiddleware"

_SERVED = ("WSGI_APPLICATION", "ASGI_APPLICATION")


@register("consentgate")
def check_settings(**_: Any) -> list[CheckMessage]:  # Any: Django's arguments, unused here
    """Return the problems of CONSENTGATE, its policy and its key (E002 to E005, W002)."""
    try:
        policy = _checked_policy(read_settings())
    except PolicyError as error:
        return [
            Error(_text_of(finding), hint=finding.hint, id="consentgate.E003")
            for finding in error.findings
        ]
    except KeyTooShortError as error:
        return [Error(str(error), id="consentgate.E004")]
    except ConfigurationError as error:
        return [Error(str(error), id="consentgate.E002")]
    return [] if policy is None else [*_refusable_cookies(policy), *_findings(policy)]


@register("consentgate", deploy=True)
def check_store(**_: Any) -> list[CheckMessage]:  # Any: as above
    """Open the store of consent records, as a server does at its start (E008). Only `--deploy` asks
    for this: other checks also run where the store is not, as while an image is built."""
    if check_settings():
        return []
    gate = read_settings()
    try:
        gates = GatesByPolicy(
            gate.policy, secret_key=gate.secret_key, options=gate.options, wire=TEXT
        )
    except ConfigurationError as error:
        return [Error(str(error), id="consentgate.E008")]
    if gates.close_records is not None:
        gates.close_records()
    return []


@register("consentgate")
def check_place(**_: Any) -> list[CheckMessage]:  # Any: as above
    """Return the problems of the gate's place in the project (E001, E006, E007, W001)."""
    strange = [name for name in settings.MIDDLEWARE if name in _NOT_FOR_MIDDLEWARE]
    if strange:
        message = f"MIDDLEWARE names {strange[0]!r}, which is for a server's application"
        hint = f"Name {GATE_CLASS!r} instead, first."
        return [Error(message, hint=hint, id="consentgate.E007")]
    places = _places_of_gate()
    if len(places) > 1:
        message = f"MIDDLEWARE names the gate {len(places)} times"
        return [Error(message, hint="Name it once, first.", id="consentgate.E006")]
    if any(map(_is_wrapped, _served())):
        return []
    if not places:
        hint = f"Put {GATE_CLASS!r} first in MIDDLEWARE, or wrap the application in wsgi.py."
        return [Error("no gate is around this project", hint=hint, id="consentgate.E001")]
    return list(_outside(settings.MIDDLEWARE[: places[0]]))


@register("consentgate")
def check_compression(**_: Any) -> list[CheckMessage]:  # Any: as above
    """Return what becomes of pages that are compressed inside the gate (I001)."""
    before_gate = settings.MIDDLEWARE[: min(_places_of_gate(), default=0)]
    if _COMPRESSOR not in settings.MIDDLEWARE or _COMPRESSOR in before_gate:
        return []
    message = "GZipMiddleware is inside the gate, which asks for uncompressed pages to read them"
    hint = f"Put it before {GATE_CLASS!r} in MIDDLEWARE, or let the server compress pages."
    return [Info(message, hint=hint, id="consentgate.I001")]


def _places_of_gate() -> list[int]:
    return [place for place, name in enumerate(settings.MIDDLEWARE) if name == GATE_CLASS]


def _checked_policy(gate: GateSettings) -> Policy | None:
    """Return the policy, of which a gate was made; None if a function picks one of several."""
    options, policy = gate.options, gate.policy
    records = options.get("records")
    if isinstance(records, str):
        parse_address(records)
        options = without_records(options)
        if isinstance(policy, Policy):
            with_record_cookie(policy)  # raises where the site declares a cookie of that name
    GatesByPolicy(policy, secret_key=gate.secret_key, options=options, wire=TEXT)
    return policy if isinstance(policy, Policy) else None


def _refusable_cookies(policy: Policy) -> Iterator[CheckMessage]:
    for cookie in own_cookies():
        rule = policy.rule_for(cookie.name)
        if rule is not None and not rule.necessary:
            yield Error(
                f"visitors can refuse {cookie.name!r}, which Django needs: it is declared in "
                f"{rule.category!r}",
                hint="Declare it as necessary, or leave it out: it is declared automatically.",
                id="consentgate.E005",
            )


def _findings(policy: Policy) -> Iterator[CheckMessage]:
    for finding in policy.findings():
        yield Warning(_text_of(finding), hint=finding.hint, id="consentgate.W002")


def _text_of(finding: Finding) -> str:
    return f"{finding.id} at {finding.place}: {finding.message}"


def _outside(middleware: Sequence[str]) -> Iterator[CheckMessage]:
    names = [name for name in middleware if name != _COMPRESSOR]
    if names:
        yield Warning(
            f"outside the gate, so their cookies are not judged: {', '.join(names)}",
            hint=f"Put {GATE_CLASS!r} first in MIDDLEWARE, or wrap the application in wsgi.py.",
            id="consentgate.W001",
        )


def _served() -> Iterator[object]:
    """Yield the applications that the settings name for servers; None if one can't be imported."""
    for setting in _SERVED:
        path = getattr(settings, setting, None)
        try:
            yield path and import_string(path)
        except Exception:  # noqa: BLE001 (the project's own module may fail in any way)
            yield None  # Django raises the error when it serves


def _is_wrapped(application: object) -> bool:
    return isinstance(application, WsgiMiddleware | AsgiMiddleware)
