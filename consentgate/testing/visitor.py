"""A visitor of a site in a test, around a client that answers at once, or one that is awaited."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, TypeVar

from consentgate.errors import ConfigurationError
from consentgate.testing.behaviour import PREFIX, Behaviour, Page
from consentgate.testing.browser import Sent
from consentgate.testing.clients import find_client, is_async
from consentgate.testing.served import ServedPolicy

Result = TypeVar("Result")


def run(behaviour: Behaviour, steps: Generator[Sent, Page, Result]) -> Result:
    """Send the requests of a visitor through a client that answers at once."""
    try:
        sent = next(steps)
        while True:
            sent = steps.send(behaviour.page_of(sent, behaviour.client.send(sent)))
    except StopIteration as done:
        result: Result = done.value
        return result


async def run_async(behaviour: Behaviour, steps: Generator[Sent, Page, Result]) -> Result:
    """Send the requests of a visitor through a client whose responses are awaited."""
    try:
        sent = next(steps)
        while True:
            sent = steps.send(behaviour.page_of(sent, await behaviour.client.send(sent)))
    except StopIteration as done:
        result: Result = done.value
        return result


class Visitor:
    """A visitor's browser, around a test client whose cookies it shares.

    `Visitor(client)` takes the client of Starlette, FastAPI, Flask, Werkzeug or Django, or an
    `httpx.Client`. `prefix` is the path of the gate's pages, and `origin` where the visitor goes
    instead of the client's own address: "https://shop.example.org". The methods that choose raise
    ConsentViolation where the choice has no effect. Raises ConfigurationError for another client.
    """

    def __init__(self, client: Any, *, prefix: str = PREFIX, origin: str = "") -> None:
        if is_async(client):
            raise ConfigurationError(
                f"what {type(client).__name__} returns must be awaited: use AsyncVisitor"
            )
        self._behaviour = Behaviour(find_client(client), named=client, prefix=prefix, origin=origin)

    @property
    def policy(self) -> ServedPolicy | None:
        """What the site's gate declares; known from the first page on, None without a gate."""
        return self._behaviour.policy

    def get(self, path: str) -> Page:
        """Open a page. A redirect is returned, not followed."""
        return run(self._behaviour, self._behaviour.get(path))

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        """Send a form from the page that is open. A redirect is returned, not followed."""
        return run(self._behaviour, self._behaviour.post(path, fields))

    def accept(self) -> Page:
        """Press "Accept all", and return the page after it: the one that was open before."""
        return run(self._behaviour, self._behaviour.choose("accept"))

    def refuse(self) -> Page:
        """Press "Refuse all", and return the page after it."""
        return run(self._behaviour, self._behaviour.choose("refuse"))

    def choose(self, *categories: str) -> Page:
        """Allow these categories on the preferences page, refuse the others, and save."""
        return run(self._behaviour, self._behaviour.choose("save", *categories))

    def withdraw(self) -> Page:
        """Take back what was allowed, and return the page after it."""
        return run(self._behaviour, self._behaviour.choose("withdraw"))

    def undecided(self) -> None:
        """Forget the choice, as a visitor has none who comes for the first time."""
        run(self._behaviour, self._behaviour.forget_choice())


class AsyncVisitor:
    """`Visitor` for clients whose responses are awaited: `httpx.AsyncClient` (with
    `httpx.ASGITransport`) and Django's `AsyncClient`."""

    def __init__(self, client: Any, *, prefix: str = PREFIX, origin: str = "") -> None:
        if not is_async(client):
            raise ConfigurationError(
                f"{type(client).__name__} answers at once: use Visitor, without await"
            )
        self._behaviour = Behaviour(find_client(client), named=client, prefix=prefix, origin=origin)

    @property
    def policy(self) -> ServedPolicy | None:
        """What the site's gate declares; known from the first page on, None without a gate."""
        return self._behaviour.policy

    async def get(self, path: str) -> Page:
        """Open a page. A redirect is returned, not followed."""
        return await run_async(self._behaviour, self._behaviour.get(path))

    async def post(self, path: str, fields: Mapping[str, str]) -> Page:
        """Send a form from the page that is open. A redirect is returned, not followed."""
        return await run_async(self._behaviour, self._behaviour.post(path, fields))

    async def accept(self) -> Page:
        """Press "Accept all", and return the page after it: the one that was open before."""
        return await run_async(self._behaviour, self._behaviour.choose("accept"))

    async def refuse(self) -> Page:
        """Press "Refuse all", and return the page after it."""
        return await run_async(self._behaviour, self._behaviour.choose("refuse"))

    async def choose(self, *categories: str) -> Page:
        """Allow these categories on the preferences page, refuse the others, and save."""
        return await run_async(self._behaviour, self._behaviour.choose("save", *categories))

    async def withdraw(self) -> Page:
        """Take back what was allowed, and return the page after it."""
        return await run_async(self._behaviour, self._behaviour.choose("withdraw"))

    async def undecided(self) -> None:
        """Forget the choice, as a visitor has none who comes for the first time."""
        await run_async(self._behaviour, self._behaviour.forget_choice())
