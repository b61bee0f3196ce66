"""What a visitor of a site does in a test: opens pages and answers the question as a browser does.

It is written once, as generators that yield requests and get pages. What they are sent through is
not known here: a client that answers at once, or one that is awaited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from consentgate.choice.consent import NECESSARY
from consentgate.errors import ConsentViolation
from consentgate.testing.browser import (
    Sent,
    fetch,
    follow,
    open_page,
    origin_of,
    send_form,
    without_query,
)
from consentgate.testing.clients import Client
from consentgate.testing.served import ServedPolicy, read_served

PREFIX = "/consent"
MOST_REDIRECTS = 10

_TITLE = re.compile("<title>(.*?)</title>")


@dataclass(frozen=True, slots=True)
class Page:
    """A response as a visitor gets it.

    `headers` are pairs in wire order, names in lower case, repeats kept; `response` is the
    client's own; `policy` is what the site's gate declares, None where none was found.
    """

    method: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    response: Any = field(repr=False, compare=False)  # Any: of whichever client
    policy: ServedPolicy | None = field(repr=False, compare=False)
    _read_text: Callable[[], str] = field(repr=False, compare=False)

    @property
    def text(self) -> str:
        """The body."""
        return self._read_text()

    @property
    def set_cookies(self) -> tuple[str, ...]:
        """The values of its Set-Cookie headers."""
        return tuple(value for name, value in self.headers if name == "set-cookie")

    @property
    def is_redirect(self) -> bool:
        """Whether it leads to another page."""
        return 300 <= self.status < 400 and self.header("location") != ""

    @property
    def where(self) -> str:
        """The request, as a message may show it: a query can hold anything."""
        return f"{self.method} {without_query(self.url)}"

    def header(self, name: str) -> str:
        """Return the values of a header, joined by ", "; "" where there is none."""
        return ", ".join(value for key, value in self.headers if key == name.lower())


_GRANTED = {True: "granted", False: "refused"}

Steps = Generator[Sent, Page, Page]
"""What a visitor does: requests, each answered by its page; the last page is returned."""


class Behaviour:
    """What one visitor does, and what is remembered of it: the page that is open, and what the
    site's gate declares. `client` sends the requests; `named` is the client that messages name."""

    def __init__(self, client: Client, *, named: object, prefix: str, origin: str = "") -> None:
        self.client = client
        self.policy: ServedPolicy | None = None
        self._named = named
        self._origin = origin.rstrip("/") or client.origin
        self._prefix = prefix.rstrip("/")
        self._asked = False
        self._at = ""

    def get(self, path: str) -> Steps:
        """Open a page."""
        yield from self.learn_policy()
        page = yield open_page(follow(f"{self._origin}/", path), referer=self._at)
        self._at = page.url
        return page

    def post(self, path: str, fields: Mapping[str, str]) -> Steps:
        """Send a form from the page that is open."""
        yield from self.learn_policy()
        url = follow(f"{self._origin}/", path)
        page = yield send_form(url, list(fields.items()), referer=self._at or url)
        return page

    def choose(self, choice: str, *categories: str) -> Steps:
        """Make a choice on the preferences page, and go back to the page that was open.

        Raises ConsentViolation where the choice has no effect.
        """
        yield from self.learn_policy()
        self._known_policy()
        where = self._at or self._url("/")
        form = yield open_page(self._url("/"), referer=self._at)
        self._check_form(form)
        back = where.removeprefix(origin_of(where))
        fields = [("choice", choice), *(("category", name) for name in categories), ("next", back)]
        answer = yield send_form(self._url("/"), fields, referer=form.url)
        if answer.status != 303:
            raise ConsentViolation(self._why_turned_away(answer, choice, categories))
        page = yield open_page(follow(form.url, answer.header("location")), referer=form.url)
        self._at = page.url
        state = yield fetch(self._url("/state"), referer=page.url)
        self._check_kept(state, answer, choice, categories)
        return page

    def tour(self, paths: Iterable[str]) -> Generator[Sent, Page, list[Page]]:
        """Open the page at each path as a visitor who has not chosen, and follow redirects within
        the site; return each response."""
        yield from self.learn_policy()
        pages = []
        for path in paths:
            url = follow(f"{self._origin}/", path)
            for _ in range(MOST_REDIRECTS):
                if self.policy is not None:
                    self.client.forget(self.policy.preferences_cookie)
                pages.append((yield open_page(url)))
                url = follow(url, pages[-1].header("location"))
                if not (pages[-1].is_redirect and origin_of(url) == origin_of(pages[-1].url)):
                    break
        return pages

    def forget_choice(self) -> Generator[Sent, Page, None]:
        """Forget the choice. Raises ConsentViolation where no gate answers."""
        yield from self.learn_policy()
        self.client.forget(self._known_policy().preferences_cookie)
        self._at = ""

    def learn_policy(self) -> Generator[Sent, Page, None]:
        """Ask the site's gate, once, what it declares."""
        if not self._asked:
            self._asked = True
            answer = yield fetch(self._url("/policy.json"), referer=self._url("/"))
            self.policy = read_served(answer.text) if answer.status == 200 else None

    def page_of(self, sent: Sent, response: Any) -> Page:
        """Return the page that a response of the client is."""
        status, headers = self.client.read(response)
        return Page(
            method=sent.method,
            url=sent.url,
            status=status,
            headers=tuple((name.lower(), value.lstrip(" ")) for name, value in headers),
            response=response,
            policy=self.policy,
            _read_text=lambda: self.client.text_of(response),
        )

    def no_gate(self) -> ConsentViolation:
        """Return the error for a site that has no gate where one is looked for."""
        text = (
            f"No gate answers at {self._url('/policy.json')}: put the middleware around the "
            "application that is visited, or say where its pages are: prefix='/consent'."
        )
        if any(kind.__module__.startswith("django.test.") for kind in type(self._named).__mro__):
            text += (
                " Django's test client does not call wsgi.py or asgi.py: list "
                "'consentgate.ext.django.middleware.ConsentMiddleware' first in MIDDLEWARE as well."
            )
        return ConsentViolation(text)

    def _known_policy(self) -> ServedPolicy:
        if self.policy is None:
            raise self.no_gate()
        return self.policy

    def _url(self, own_path: str) -> str:
        return f"{self._origin}{self._prefix}{own_path}"

    def _check_form(self, form: Page) -> None:
        if form.status != 200:
            raise ConsentViolation(
                f"The preferences page answered {form.status}, so that nobody can choose there: "
                f"GET {form.url}"
            )

    def _why_turned_away(self, page: Page, choice: str, categories: tuple[str, ...]) -> str:
        asked = f"POST {page.url} with the choice {choice!r} answered {page.status}"
        known = [name for name in self._known_policy().categories if name != NECESSARY]
        unknown = [name for name in categories if name not in known]
        if unknown:
            has = f"it asks about {', '.join(known)}" if known else "it asks about nothing"
            return f"{asked}: the policy has no category {unknown[0]!r}; {has}."
        title = _TITLE.search(page.text)
        says = f"{title[1]!r}" if title else "no page of the gate"
        return f"{asked}: {says}. The gate's log says more."

    def _check_kept(
        self, state: Page, answer: Page, choice: str, categories: tuple[str, ...]
    ) -> None:
        """Raise ConsentViolation where the visitor's cookie does not say what was chosen."""
        states = json.loads(state.text)["categories"] if state.status == 200 else {}
        allowed = states if choice == "accept" else categories
        # Where nothing was granted a withdrawal writes nothing.
        right = {"exempt", "undecided"} if choice == "withdraw" else {"exempt"}
        wrong = {
            name: now
            for name, now in states.items()
            if name != NECESSARY and now not in right | {_GRANTED[name in allowed]}
        }
        if not wrong and states:
            return
        now = ", ".join(f"{name} {what}" for name, what in wrong.items()) or "unknown"
        text = f"The choice {choice!r} was made and not kept: the state is {now}."
        is_secure = any("; secure" in value.lower() for value in answer.set_cookies)
        if is_secure and answer.url.startswith("http:"):
            host = answer.url.partition("://")[2].partition("/")[0]
            text += (
                " Its cookie is Secure and the visit was over http, so that it is not sent back: "
                f"visit by origin='https://{host}'."
            )
        raise ConsentViolation(text)
