"""Assertions on what leaves: on the headers that a client got, whoever set them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import time
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from consentgate._applications import Interface, interface_of
from consentgate.errors import ConfigurationError, ConsentViolation
from consentgate.gate.advice import Declared, see_cookie
from consentgate.gate.events import Reason
from consentgate.http.set_cookie import deletes_from, split_set_cookie
from consentgate.policy import Cookie
from consentgate.testing.bare import AsgiClient, WsgiClient, lifespan
from consentgate.testing.behaviour import PREFIX, Behaviour, Page
from consentgate.testing.breaches import Breach, describe, not_declared
from consentgate.testing.browser import without_query
from consentgate.testing.clients import find_client, is_async, is_client, read_response
from consentgate.testing.visitor import run, run_async

Result = TypeVar("Result")


class Rules(Declared, Protocol):
    """A policy, or what is known of one."""

    def rule_for(self, name: str, /) -> Cookie | None:
        """Return the rule of a cookie, None where it is not declared."""


# Any, here and below: a response is a Page or of whichever client, and applications have no type.


def assert_only(categories: Collection[str], response: Any, *, policy: Rules | None = None) -> None:
    """Assert that a response sets cookies of these categories only: `assert_only({"necessary"},
    page)`. Deletions set nothing.

    `response` is a Page of a Visitor, or a client's own response; for the latter pass the policy.
    Raises ConsentViolation with each other cookie and what to do, and ConfigurationError where no
    policy is known.
    """
    if isinstance(categories, str):
        raise ConfigurationError(f"categories is a text: write {{{categories!r}}}")
    values: Iterable[str]
    if isinstance(response, Page):
        where, values, rules = response.where, response.set_cookies, policy or response.policy
    else:
        method, url, values = read_response(response)
        where, rules = f"{method} {without_query(url)}", policy
    if rules is None:
        raise ConfigurationError(
            "assert_only needs the policy: open the page with a Visitor of a site that has a gate, "
            "or pass policy="
        )
    allowed = frozenset(categories)
    breaches = [*_breaches_in(values, rules, _Only(allowed), where=where)]
    if breaches:
        what = f"Only cookies of {' and '.join(sorted(allowed))}" if allowed else "No cookies"
        raise ConsentViolation(_message(f"{what} may be set here:", breaches, rules))


def assert_nothing_before_consent(
    app: Any, paths: Iterable[str], *, policy: Rules | None = None, prefix: str = PREFIX
) -> None:
    """Assert that the pages at these paths set no cookie that needs consent, for a visitor who has
    not chosen. Redirects within the site are followed, and each response is looked at.

    `app` is a WSGI or ASGI application as a server gets it (its lifespan is run), visited by
    somebody new for each path; or a test client, whose other cookies, such as a log-in, are sent.
    Raises ConsentViolation for such a cookie, for a path that answers with an error, and where no
    gate answers and no policy is passed.
    """
    if isinstance(paths, str):
        raise ConfigurationError(f"paths is a text: write [{paths!r}]")
    behaviour, pages = _visit(app, list(paths), prefix)
    if not pages:
        raise ConfigurationError("paths is empty: name at least one page")
    rules = policy or behaviour.policy
    if rules is None:
        raise behaviour.no_gate()
    breaches: list[Breach] = []
    for page in pages:
        breaches += _breaches_in(page.set_cookies, rules, _Exempt(), where=page.where)
    if breaches:
        text = "These cookies leave before the visitor has chosen:"
        raise ConsentViolation(_message(text, breaches, rules))
    for page in pages:
        if page.status >= 400:
            raise ConsentViolation(
                f"{page.where} answered {page.status}: name the path of a page that is there."
            )


def _message(head: str, breaches: Iterable[Breach], rules: Rules) -> str:
    return f"{head}\n\n{describe(breaches, rules)}"


class _Only:
    """The cookies that a test names by category."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed

    def permits(self, rule: Cookie) -> bool:
        return self._allowed.issuperset(rule.categories)

    def breach(self, name: str, rule: Cookie, *, where: str) -> Breach:
        category = " and ".join(rule.categories)
        return Breach(
            name,
            where,
            Reason.REFUSED,
            f"is of the category {category}",
            remedy="Do not set it here, or name its category in the test.",
        )


class _Exempt:
    """The cookies that need no consent."""

    def permits(self, rule: Cookie) -> bool:
        return rule.exempt

    def breach(self, name: str, rule: Cookie, *, where: str) -> Breach:
        return Breach(
            name,
            where,
            Reason.UNDECIDED,
            "leaves before the visitor has chosen",
            category=" and ".join(rule.categories),
            remedy=(
                "A gate that enforces lets no such cookie out: it is set outside of the gate (put "
                'the gate outermost), or the gate has mode="report".'
            ),
        )


def _visit(app: Any, paths: list[str], prefix: str) -> tuple[Behaviour, list[Page]]:
    """Return a visitor who has opened these pages, and the responses."""
    if is_client(app):
        if is_async(app):
            raise ConfigurationError(
                f"{type(app).__name__} must be awaited: pass the application itself"
            )
        behaviour = Behaviour(find_client(app), named=app, prefix=prefix)
        return behaviour, run(behaviour, behaviour.tour(paths))
    if interface_of(app) is Interface.ASGI:
        return _finish(_visit_asgi(app, paths, prefix))
    if not callable(app):
        raise ConfigurationError(
            f"{type(app).__name__} is neither a WSGI or ASGI application nor a test client"
        )
    behaviour = Behaviour(WsgiClient(app), named=app, prefix=prefix)
    return behaviour, run(behaviour, behaviour.tour(paths))


async def _visit_asgi(app: Any, paths: list[str], prefix: str) -> tuple[Behaviour, list[Page]]:
    async with lifespan(app) as state:
        behaviour = Behaviour(AsgiClient(app, state), named=app, prefix=prefix)
        return behaviour, await run_async(behaviour, behaviour.tour(paths))


def _finish(work: Coroutine[Any, Any, Result]) -> Result:
    """Run what is asynchronous to its end, in a thread of its own where an event loop runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _breaches_in(
    values: Iterable[str], rules: Rules, standard: _Only | _Exempt, *, where: str
) -> Iterator[Breach]:
    now_s = time()
    for value in values:
        name, attributes = split_set_cookie(value)
        if name and deletes_from(attributes) <= now_s:
            continue
        rule = rules.rule_for(name) if name else None
        if rule is None:
            path = urlsplit(where.partition(" ")[2]).path
            yield not_declared(see_cookie(name, attributes, path, now_s=now_s), where=where)
        elif not standard.permits(rule):
            yield standard.breach(name, rule, where=where)
