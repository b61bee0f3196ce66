"""One choice for the hosts of one owner, whose declarations differ, in a real browser; and what a
sibling host can do to it with a cookie for the parent domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import parse_qs, quote

import pytest
from playwright.sync_api import BrowserContext

from consentgate import Category, Cookie, Gate, Policy
from consentgate.asgi import ConsentMiddleware
from tests.browser.journey import Visitor, open_browser
from tests.browser.page_site import PAGE
from tests.browser.raw_server import App, Receive, Scope, Send
from tests.support.http_servers import serve_asgi

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECRET = "a secret for the hosts of one owner, long enough"
SHARED, APART = "example.org", "example.net"
"""The owner whose hosts share one choice, and the one whose hosts each keep their own."""

OWN = "cookies_preferences"


def declared(name: str, category: str, lifetime: str = "1 day") -> Cookie:
    return Cookie(name, category=category, provider="S", purpose="p", lifetime=lifetime)


VISITS, ADVERT = declared("visits", "statistics"), declared("advert", "marketing")
RECENT = declared("recent", "comfort")
POLICIES = {
    "www": Policy(cookies=[VISITS, ADVERT]),
    "shop": Policy(
        cookies=[VISITS, RECENT],
        categories=[Category("comfort", title="Comfort", description="It shows what you saw.")],
    ),
    # It counts for longer, so that a choice for the others is none for it.
    "data": Policy(cookies=[declared("visits", "statistics", "1 year")]),
}
ALL = ("visits", "advert", "recent")


async def set_all(scope: Scope, receive: Receive, send: Send) -> None:
    """A page that sets whatever any of the hosts declares."""
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    headers += [(b"set-cookie", f"{name}=1; Max-Age=60".encode()) for name in ALL]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": PAGE})


async def plant(scope: Scope, receive: Receive, send: Send) -> None:
    """What a sibling sets that is not the owner's: its query."""
    value = parse_qs(scope["query_string"].decode())["set"][0]
    headers = [(b"content-type", b"text/html"), (b"set-cookie", value.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"planted"})


class ByHost:
    """The hosts of the owners, each behind its own gate, and those of others, who plant."""

    def __init__(self) -> None:
        self._gates: dict[str, App] = {
            f"{name}.{owner}": ConsentMiddleware(
                set_all, policy=policy, secret_key=SECRET, domain=domain
            )
            for owner, domain in ((SHARED, SHARED), (APART, ""))
            for name, policy in POLICIES.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"].decode()
        await self._gates.get(host.partition(":")[0], plant)(scope, receive, send)


class HostVisitor(Visitor):
    """A visitor of the hosts of one owner."""

    def __init__(self, context: BrowserContext, owner: str, port: str) -> None:
        super().__init__(context.new_page())
        self._place = f"{owner}:{port}"

    def visit(self, host: str, path: str = "/") -> tuple[bool, set[str]]:
        """Whether a host asks, and which cookies it sets."""
        self.open(f"http://{host}.{self._place}{path}")
        return self.is_asked, {name for name in ALL if self.sets([name])}

    def choose(self, host: str, choice: str, path: str = "/") -> None:
        """Press a button of a host's question."""
        self.visit(host, path)
        self.press(choice)


Visiting = Callable[..., AbstractContextManager[HostVisitor]]


@pytest.fixture(scope="module")
def visiting() -> Iterator[Visiting]:
    with open_browser() as browser, serve_asgi(ByHost()) as url:

        @contextmanager
        def visiting(owner: str = SHARED) -> Iterator[HostVisitor]:
            with browser.new_context() as context:
                yield HostVisitor(context, owner, url.rpartition(":")[2])

        yield visiting


def test_another_host_asks_for_what_is_new_and_uses_what_was_chosen(visiting: Visiting) -> None:
    with visiting() as visitor:
        visitor.choose("www", "accept")

        assert visitor.visit("www") == (False, {"visits", "advert"})
        assert visitor.visit("shop") == (True, {"visits"})


def test_a_choice_on_another_host_loses_nothing_that_this_one_alone_declares(
    visiting: Visiting,
) -> None:
    with visiting() as visitor:
        visitor.choose("www", "accept")
        visitor.choose("shop", "refuse")

        # What both declare was refused at last; what only the first declares is still allowed.
        assert visitor.visit("shop") == (False, set())
        visitor.visit("www")  # which expires its own copy
        assert visitor.visit("www") == (False, {"advert"})


def test_a_host_that_declares_a_category_otherwise_asks_and_takes_no_consent(
    visiting: Visiting,
) -> None:
    with visiting() as visitor:
        visitor.choose("www", "accept")

        assert visitor.visit("data") == (True, set())
        visitor.press("refuse")
        # A category has one choice: that of the host which asked last.
        assert visitor.visit("data") == (False, set())
        assert visitor.visit("www") == (True, {"advert"})


ACCEPTED = Gate(POLICIES["www"], secret_key=SECRET).preferences_for("statistics", "marketing")
REFUSED = Gate(POLICIES["www"], secret_key=SECRET).preferences_for()
FORGED = f"{OWN}=forged"
# As a sibling writes them, for its parent domain.
FOR_ALL, FOR_PATH = "; Domain=OWNER; Path=/", "; Domain=OWNER; Path=/page"

# What a sibling plants, whether the visitor refused before, and then: whether the host asks and
# what it sets, first where each host keeps its own choice and then where they share one.
PLANTED = {
    "a forged value": (f"{FORGED}{FOR_ALL}", False, (True, set()), (True, set())),
    "a forged value, over a refusal": (
        f"{FORGED}{FOR_ALL}",
        True,
        (False, set()),
        (True, set()),
    ),
    "a forged value for a path, beside a refusal": (
        f"{FORGED}{FOR_PATH}",
        True,
        (False, set()),
        (False, set()),
    ),
    "the sibling's own consent": (
        f"{ACCEPTED}{FOR_ALL}",
        False,
        (False, {"visits", "advert"}),
        (False, {"visits", "advert"}),
    ),
    "the sibling's own consent for a path, beside a refusal": (
        f"{ACCEPTED}{FOR_PATH}",
        True,
        (False, set()),
        (False, set()),
    ),
    "the sibling's own consent, over a refusal": (
        f"{ACCEPTED}{FOR_ALL}",
        True,
        (False, set()),
        (False, {"visits", "advert"}),
    ),
}


@pytest.mark.behaviour(2)
@pytest.mark.parametrize(("owner", "outcome"), [(APART, 2), (SHARED, 3)])
def test_a_sibling_plants_nothing_that_widens_a_choice_it_cannot_overwrite(
    visiting: Visiting, owner: str, outcome: int
) -> None:
    found = {}
    with visiting(owner) as visitor:
        for name, (planted, refused, *_) in PLANTED.items():
            visitor.page.context.clear_cookies()
            for choice in ["refuse"] * refused:
                visitor.choose("www", choice)
            visitor.visit("sibling", f"/?set={quote(planted.replace('OWNER', owner))}")
            found[name] = visitor.visit("www", "/page")

    assert found == {name: case[outcome] for name, case in PLANTED.items()}


def test_a_refusal_from_before_the_hosts_shared_a_choice_does_not_outlast_a_consent(
    visiting: Visiting,
) -> None:
    with visiting() as visitor:
        visitor.visit("www")
        name, _, value = REFUSED.partition("=")
        cookie = {"name": name, "value": value, "url": visitor.page.url}
        visitor.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a dict is one
        visitor.choose("www", "accept", path="/consent/")

        assert visitor.visit("www") == (False, {"visits", "advert"})


def test_the_next_choice_removes_what_a_sibling_planted_for_the_parent_domain(
    visiting: Visiting,
) -> None:
    with visiting(APART) as visitor:
        visitor.visit("sibling", f"/?set={quote(f'{FORGED}; Domain={APART}; Path=/')}")
        visitor.choose("www", "refuse")

        own = [one for one in visitor.page.context.cookies() if one.get("name") == OWN]
        assert [one.get("domain") for one in own] == [f"www.{APART}"]
