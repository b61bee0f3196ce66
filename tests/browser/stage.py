"""Headless Chromium with a site to visit, and what its cookie jar holds afterwards.

Everything runs on an event loop in a thread of its own, so that other tests' loops are undisturbed.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
import threading
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import trustme
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.raw_server import WireServer
from tests.browser.site import ECHO, GATED, Answer, Site
from tests.support.chromium import ARGUMENTS

HOST = "home.example.org"
OTHER_HOST = "shop.example.com"
"""Another site, for what a page embeds from elsewhere."""

VISITORS = 3  # pages at once: more bring nothing on two cores
LONGEST_S = 900

# Fetches one after the other; what the network layer refuses is part of the game. The last answer
# tells which cookies the browser sends; where it got lost, the echo is asked once more.
FETCH_ALL = """async ([addresses, echo]) => {
    let text = null;
    for (const address of addresses) {
        try { text = await (await fetch(address)).text(); } catch (refusal) { text = null; }
    }
    return text ?? await (await fetch(echo)).text();
}"""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stored:
    """One cookie of the jar. Its name is as the browser shows it: bytes that are no UTF-8 are
    left out. `expires` (POSIX seconds, -1 for a session's) is compared by hand."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool
    http_only: bool
    same_site: str
    partition: str
    expires: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class Jar:
    """What the browser holds and what it sends to the site, the visitor's choice aside."""

    stored: tuple[Stored, ...] = ()
    sent: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """The names of the stored cookies."""
        return {one.name for one in self.stored}

    @property
    def values(self) -> set[str]:
        """The values of the stored cookies."""
        return {one.value for one in self.stored}

    @property
    def ends(self) -> list[float]:
        """When each stored cookie expires, -1 for the browser's session."""
        return [one.expires for one in self.stored]

    @property
    def sent_names(self) -> set[str]:
        """The names that a reader of the Cookie header finds, one character a byte."""
        return {pair.partition("=")[0] for pair in self.sent}

    def only(self, *names: str) -> Jar:
        """This jar with the cookies of exactly these names."""
        # A name that the browser shows may be of a longer one, as the Cookie header tells.
        longer = {_as_shown(name) for name in self.sent_names.difference(names)}
        stored = tuple(one for one in self.stored if one.name in set(names) - longer)
        sent = tuple(
            pair for pair in self.sent if pair.startswith(tuple(f"{one}=" for one in names))
        )
        return Jar(stored, sent)

    def without(self, value: str) -> Jar:
        """This jar without the cookies of this value."""
        stored = tuple(one for one in self.stored if one.value != value)
        return Jar(stored, tuple(pair for pair in self.sent if not pair.endswith(f"={value}")))

    def renamed(self, old: str, new: str) -> Jar:
        """This jar with another text for `old` in every name and value."""
        stored = tuple(
            replace(one, name=one.name.replace(old, new), value=one.value.replace(old, new))
            for one in self.stored
        )
        return Jar(stored, tuple(pair.replace(old, new) for pair in self.sent))


def _as_shown(name: str) -> str:
    return name.encode("latin-1").decode("utf-8", "ignore")


@dataclass(frozen=True, slots=True)
class Play:
    """What a visitor with an empty jar fetches: first what fills the jar, then the answers.

    `before` are Set-Cookie values that the bare site sets; `choice` is the Cookie header text of
    the visitor's choice.
    """

    answers: tuple[Answer, ...]
    query: str = GATED
    before: tuple[str, ...] = ()
    choice: str = ""


class Visitor:
    """One jar of the browser, with a page that is on the site."""

    def __init__(self, context: BrowserContext, page: Page, *, site: Site) -> None:
        self.context = context
        self.page = page
        self._site = site

    async def play(self, play: Play) -> Jar:
        """What the jar holds after the play."""
        await self.context.clear_cookies()
        before = (f"{play.choice}; Path=/; Secure", *play.before) if play.choice else play.before
        requests = [ECHO]
        for answer in reversed(play.answers):
            self._precede(requests, answer, query=f"?{play.query}")
        self._precede(requests, Answer(before), query="")
        text = await self.page.evaluate(FETCH_ALL, [requests, ECHO])
        return await self.read_jar(text, choice=play.choice)

    def _precede(self, requests: list[str], answer: Answer, *, query: str) -> None:
        """Let the answer come before the requests. To the jar a redirect is a response like any
        other, and it spares the browser a request."""
        if answer.status == 200:
            requests[0] = self._site.put(answer.redirecting(requests[0])) + query
        else:
            requests.insert(0, self._site.put(answer) + query)

    async def read_jar(self, text: str, *, choice: str) -> Jar:
        """The jar without the visitor's choice, where it is still the one given; `text` is what
        the echo answered."""
        name, _, value = choice.partition("=")
        cookies = await self.context.cookies()
        sent = bytes.fromhex(text).decode("latin-1").split("; ")
        return Jar(
            tuple(
                Stored(
                    name=one["name"],
                    value=one["value"],
                    domain=one["domain"],
                    path=one["path"],
                    secure=one["secure"],
                    http_only=one["httpOnly"],
                    same_site=one["sameSite"],
                    partition=one.get("partitionKey") or "",
                    expires=one["expires"],
                )
                for one in cookies
                if (one["name"], one["value"]) != (name, value)
            ),
            tuple(pair for pair in sent if pair not in ("", choice)),
        )


class Stage:
    """The browser, the site and some visitors, all started; `close` ends them."""

    def __init__(self, executable: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self.site = Site()
        self.run(self._start(executable))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of the coroutine, run where the browser lives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST_S)

    def play(self, play: Play) -> Jar:
        """What one visitor's jar holds after the play."""
        return self.run(self.visitors[0].play(play))

    def play_all(self, plays: Sequence[Play]) -> list[Jar]:
        """What a jar holds after each play."""
        return self.run(self._play_all(plays))

    def close(self) -> None:
        """End the browser, the site and the thread."""
        self.run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def new_visitor(self) -> Visitor:
        """A visitor with a jar and a page of his own."""
        context = await self.browser.new_context(ignore_https_errors=True)
        page = await context.new_page()
        await page.goto(self.address(ECHO))
        return Visitor(context, page, site=self.site)

    def address(self, path: str, *, host: str = HOST, scheme: str = "https") -> str:
        """The address of a path of the site."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def _start(self, executable: str) -> None:
        server = WireServer(self.site, _own_certificate())
        self.port = await server.start()
        self._stack.push_async_callback(server.stop)
        playwright = await self._stack.enter_async_context(async_playwright())
        self.browser: Browser = await playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS
        )
        self._stack.push_async_callback(self.browser.close)
        self.visitors = [await self.new_visitor() for _ in range(VISITORS)]

    async def _play_all(self, plays: Sequence[Play]) -> list[Jar]:
        waiting = iter(enumerate(plays))
        rounds = [_play_in_turn(visitor, waiting) for visitor in self.visitors]
        found = dict(itertools.chain(*await asyncio.gather(*rounds)))
        return [found[place] for place in range(len(plays))]


async def _play_in_turn(
    visitor: Visitor, waiting: Iterable[tuple[int, Play]]
) -> list[tuple[int, Jar]]:
    """Plays taken from those that still wait, each with its number."""
    return [(number, await visitor.play(play)) for number, play in waiting]


def _own_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST, OTHER_HOST).configure_cert(context)
    return context
