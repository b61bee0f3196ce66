"""Visitors of a site behind a cache: each request is a browser of its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from typing import Any

from tests.caches.origin import query_of

_numbers = count()

BY_LINK = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
"""What a browser says of a request for a page."""


@dataclass(frozen=True)
class Answer:
    """What a visitor got: the header's names are in lower case, repeats kept."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def all(self, name: str) -> list[str]:
        """The values of a header, in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def cookies(self) -> list[str]:
        """The Set-Cookie values without their attributes."""
        return [value.partition(";")[0] for value in self.all("set-cookie")]


@dataclass(frozen=True)
class Page:
    """One page behind a cache, of its own address."""

    port: int
    target: str

    def visit(
        self, cookie: str = "", *, method: str = "GET", headers: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        """What a visitor gets who follows a link, with this Cookie header, if any, and these
        headers."""
        given = {name.lower() for name, _ in headers}
        by_link = [header for header in BY_LINK if header[0].lower() not in given]
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, self.target)
            for name, value in (*([("Cookie", cookie)] if cookie else []), *by_link, *headers):
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            body = response.read().decode()
        finally:
            connection.close()
        told = tuple((name.lower(), value) for name, value in response.getheaders())
        return Answer(response.status, told, body)

    def visit_together(self, number: int) -> list[Answer]:
        """What so many visitors without cookies get who come at once."""
        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(lambda _: self.visit(), range(number)))


@dataclass(frozen=True)
class Cache:
    """A cache in front of the site."""

    port: int

    def page(self, *headers: str, behind: str = "gated", **query: Any) -> Page:
        """A page that nobody visited before and that answers with these lines."""
        return Page(self.port, f"/{behind}/{next(_numbers)}?{query_of(*headers, **query)}")
