"""What leaves of a Django response: its headers and `cookies`, judged as they would be sent.

The content is never touched, streamed or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http.cookies import Morsel

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from consentgate._middleware import BLOCKED_HEADERS, blocked_body, blocked_lines
from consentgate.ext.django.written import WrittenMorsel
from consentgate.gate.exchange import Exchange
from consentgate.gate.gate import Gate, Outcome
from consentgate.http.caching import Header
from consentgate.http.header_names import SET_COOKIE, header_kind

Entry = tuple[str, "Morsel[str]"]


def guard_response(response: HttpResponseBase, gate: Gate, exchange: Exchange) -> HttpResponseBase:
    """Return the response with what the gate lets out of it."""
    names = [name for name in response.headers if header_kind(name)]
    entries: list[Entry] = list(response.cookies.items())
    noted = [(header_kind(name), response.headers[name]) for name in names]
    noted += [(SET_COOKIE, morsel.OutputString()) for _, morsel in entries]
    if not (noted or exchange.needs_review):
        return response
    content_type = response.headers.get("Content-Type", "")
    outcome = gate.respond(exchange, noted, content_type=content_type)
    if outcome.blocked:
        return _blocked(response, outcome, exchange)
    _apply_to_headers(response, names, outcome)
    left = _cookies_left(entries, noted[len(names) :], outcome)
    response.cookies.clear()
    for key, morsel in left:
        response.cookies[key] = morsel
    return response


def _apply_to_headers(response: HttpResponseBase, names: Sequence[str], outcome: Outcome) -> None:
    for name, value in zip(names, outcome.values, strict=False):
        if value is None:
            del response.headers[name]
        elif value is not response.headers[name]:
            response.headers[name] = value
    for name, value in outcome.caching:
        # A response of Django has each header once.
        response.headers[name.title()] = value


def _cookies_left(
    entries: Sequence[Entry], noted: Sequence[Header], outcome: Outcome
) -> list[Entry]:
    """The entries of `cookies` as they must be, in the order in which they leave."""
    values = outcome.values[len(outcome.values) - len(entries) :]
    kept = [
        (key, morsel if value is before else WrittenMorsel(value))
        for (key, morsel), (_, before), value in zip(entries, noted, values, strict=True)
        if value is not None
    ]
    taken = [key for key, _ in kept]
    first, expired = _keyed(outcome.first, taken), _keyed(outcome.expired, taken)
    return [*first, *kept, *expired]


def _keyed(values: Iterable[str], taken: list[str]) -> list[Entry]:
    """New entries, under the cookie's name where it is free: one cookie may be expired on
    several paths, and each needs a key of its own."""
    entries: list[Entry] = []
    for value in values:
        morsel = WrittenMorsel(value)
        key = morsel.key if morsel.key not in taken else f"{morsel.key} {len(taken)}"
        taken.append(key)
        entries.append((key, morsel))
    return entries


def _blocked(response: HttpResponseBase, outcome: Outcome, exchange: Exchange) -> HttpResponse:
    """The 500 that replaces a response with cookies that must not leave; it closes that one's
    files as well."""
    exchange.blocked = blocked_lines(outcome.blocked)
    replacement = HttpResponse(
        b"" if exchange.method == "HEAD" else blocked_body(exchange.blocked), status=500
    )
    for name, value in BLOCKED_HEADERS:
        replacement.headers[name.title()] = value
    # As Django itself does with the request's; its types don't know the attribute.
    closers = getattr(response, "_resource_closers", [])
    getattr(replacement, "_resource_closers", []).extend(closers)
    return replacement
