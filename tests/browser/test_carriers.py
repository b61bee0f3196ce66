"""By whatever response a cookie comes, only allowed ones are in the browser's jar."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

import pytest
from playwright.async_api import Page

from tests.browser.carriers import CARRIERS, Carrier
from tests.browser.site import ECHO, GATED, GRANTED, Answer
from tests.browser.stage import Stage, Visitor
from tests.browser.vectors import PAST

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The needed one comes last: where it is, the browser has read them all.
COOKIES = ("glob_1=1", "advert=1", "Track=1", "track2=1", "=nameless", "login=1")
NAMES = {"glob_1", "advert", "Track", "track2", ""}
# Two trackers are in the jar before, and the response deletes them.
BEFORE = ("track=1", "alien=1")
DELETIONS = ("track=; Max-Age=0", f"alien=x; {PAST}")
LONGEST_S = 60.0
STEP_S = 0.01
FILL = "(address) => fetch(address, {mode: 'no-cors', credentials: 'include'})"

every_storing_carrier = pytest.mark.parametrize(
    "carrier", [one for one in CARRIERS if one.stores], ids=str
)
every_unheard_carrier = pytest.mark.parametrize(
    "carrier", [one for one in CARRIERS if not one.stores], ids=str
)


@dataclass(frozen=True, slots=True)
class Held:
    """The names of the cookies in the browser's jar once a carrier brought its response.

    `bare`: without the gate; `undecided` and `granted`: behind it.
    """

    bare: set[str]
    undecided: set[str]
    granted: set[str]


async def hold(stage: Stage, carrier: Carrier, visitor: Visitor) -> Held:
    """What the visitor's browser holds in each of the cases."""
    await visitor.page.goto(stage.address(ECHO))
    return Held(
        bare=await carry(stage, carrier, visitor, query=""),
        undecided=await carry(stage, carrier, visitor),
        granted=await carry(stage, carrier, visitor, choice=(GRANTED,)),
    )


async def carry(
    stage: Stage,
    carrier: Carrier,
    visitor: Visitor,
    *,
    query: str = GATED,
    choice: tuple[str, ...] = (),
) -> set[str]:
    """The names in the visitor's jar, the choice aside, after the carrier brought its cookies."""
    filling = stage.site.put(Answer(cookies=placed(carrier, *BEFORE, *choice)))
    path = stage.site.put(answer_of(carrier))
    address = stage.address(path, host=carrier.host, scheme=carrier.scheme)
    page = await (open_page if carrier.leaves else stay)(stage, visitor)
    await visitor.context.clear_cookies()
    await page.evaluate(FILL, stage.address(filling, host=carrier.host))
    await page.evaluate(carrier.script, f"{address}?{query}")
    await asyncio.wait_for(stage.site.answered[path].wait(), LONGEST_S)
    names = await (await_cookies if carrier.stores else read_later)(stage, visitor)
    return names - {"cookies_preferences"}


async def open_page(stage: Stage, visitor: Visitor) -> Page:
    """A page of its own, which stays open: one that is being left may hang when it is closed."""
    page = await visitor.context.new_page()
    await page.goto(stage.address(ECHO))
    return page


async def stay(_: Stage, visitor: Visitor) -> Page:
    """The page that the visitor is on."""
    return visitor.page


def placed(carrier: Carrier, *cookies: str) -> tuple[str, ...]:
    """The cookies with the attributes that the carrier's site needs."""
    return tuple(f"{cookie}; {carrier.attributes}" for cookie in cookies)


def answer_of(carrier: Carrier) -> Answer:
    """The carrier's response, with the cookies in the place that it has for them."""
    cookies = placed(carrier, *DELETIONS, *COOKIES)
    places = {"cookies": (), "early": ()} | {carrier.cookies_in: cookies}
    return Answer(
        status=carrier.status,
        headers=carrier.headers,
        kind=carrier.content.kind,
        body=carrier.content.body,
        cookies=places["cookies"],
        early=places["early"],
    )


async def await_cookies(_: Stage, visitor: Visitor) -> set[str]:
    """The names in the jar once the needed cookie is there."""
    names: set[str] = set()
    async with asyncio.timeout(LONGEST_S):
        while "login" not in names:
            await asyncio.sleep(STEP_S)
            names = await read_names(visitor)
    return names


async def read_later(stage: Stage, visitor: Visitor) -> set[str]:
    """The names in the jar after one more response."""
    await open_page(stage, visitor)
    return await read_names(visitor)


async def read_names(visitor: Visitor) -> set[str]:
    return {one["name"] for one in await visitor.context.cookies()}


async def hold_all(stage: Stage) -> dict[Carrier, Held]:
    """What the browser holds for each carrier, several at once."""
    waiting = iter(CARRIERS)

    async def hold_in_turn(visitor: Visitor) -> list[tuple[Carrier, Held]]:
        return [(carrier, await hold(stage, carrier, visitor)) for carrier in waiting]

    found = await asyncio.gather(*map(hold_in_turn, stage.visitors))
    return dict(itertools.chain(*found))


@pytest.fixture(scope="module")
def held(stage: Stage) -> dict[Carrier, Held]:
    """What the browser holds for each carrier."""
    return stage.run(hold_all(stage))


@every_storing_carrier
def test_without_the_gate_it_leaks(held: dict[Carrier, Held], carrier: Carrier) -> None:
    assert held[carrier].bare == NAMES | {"login"}


@pytest.mark.behaviour(9)
@every_storing_carrier
def test_before_the_choice_it_brings_needed_cookies_and_deletions_only(
    held: dict[Carrier, Held], carrier: Carrier
) -> None:
    assert held[carrier].undecided == {"login"}


@every_storing_carrier
def test_after_the_grant_it_also_brings_what_was_granted(
    held: dict[Carrier, Held], carrier: Carrier
) -> None:
    assert held[carrier].granted == {"login", "glob_1"}


@every_unheard_carrier
def test_the_browser_takes_nothing_from_it(held: dict[Carrier, Held], carrier: Carrier) -> None:
    assert held[carrier].bare == held[carrier].undecided == {"track", "alien"}
