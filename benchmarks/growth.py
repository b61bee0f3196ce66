"""The rows about size: more declared cookies, longer headers, more of them."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from functools import cache

from benchmarks import traffic
from benchmarks.asgi import asgi_contenders, observe_asgi
from benchmarks.rows import GATE, Bar, Measured, Row, compare_gate
from benchmarks.timing import Contender, Effort, collection_as_in_production
from benchmarks.traffic import (
    COOKIES,
    NECESSARY,
    Lines,
    Rotation,
    Traffic,
    browser_cookie,
    browser_request,
    declare,
    page,
    policy_with,
)
from benchmarks.truth import NotTrue, Outcome, check_outcome
from consentgate import Cookie, Policy

MANY_DECLARED = 10_000
LONG_COOKIE_BYTES = 16_384
SHARE = 8  # these exchanges are long


def growth_rows() -> list[Row]:
    """The rows that compare the gate with itself on less."""
    return [
        _declared_row(),
        _building_row(),
        _long_cookie_row("1 consented", response=page(traffic.SET_STATISTICS), hide_cookies="off"),
        _long_cookie_row(
            "1 consented, hiding on",
            response=page(traffic.SET_STATISTICS),
            hide_cookies="refused",
        ),
        _many_set_row(),
    ]


@cache
def many_declared() -> Policy:
    """The benchmarks' policy with 10,000 cookies in all, one in ten of them a glob."""
    return policy_with(*_fillers())


def _fillers() -> list[Cookie]:
    missing = MANY_DECLARED - len(NECESSARY) - len(COOKIES)
    return [
        declare(
            f"vendor{number}_{'id' if number % 10 else '*'}",
            "support" if number % 2 else "comfort",
        )
        for number in range(missing)
    ]


def _declared_row() -> Row:
    # Names that differ from one visitor to the next: a memo of names must not decide the result.
    answers = [
        page(
            traffic.SET_SESSION,
            traffic.SET_STATISTICS.replace("1fff", f"{number:04x}"),
            traffic.SET_UNDECLARED,
        )
        for number in range(5_000)
    ]
    flow = Traffic(browser_request(browser_cookie(traffic.MARKETING_UNDECIDED)), Rotation(answers))
    bars = (Bar("10 declared", 1.10),)
    title = "10,000 declared, 3 set, 1 stripped"

    def contenders() -> dict[str, Contender]:
        few = asgi_contenders(flow, hide_cookies="refused")
        many = asgi_contenders(flow, hide_cookies="refused", policy=many_declared())
        return {"bare": few["bare"], "10 declared": few[GATE], GATE: many[GATE]}

    def check() -> None:
        got = observe_asgi(flow, hide_cookies="refused", policy=many_declared())
        expected = Outcome(sets=("session", "_pk_id.1.0000"), hidden=traffic.MARKETING_NAMES)
        check_outcome(title, expected=expected, got=got)

    return Row(title=title, bars=bars, check=check, measure=compare_gate(contenders, bars=bars))


def _building_row() -> Row:
    def measure(effort: Effort) -> Measured:
        with collection_as_in_production():
            spent_ns = statistics.median(_time_building_ns() for _ in range(min(5, effort.rounds)))
        return Measured(spent_ns, {"ms": spent_ns / 1e6})

    def check() -> None:
        if len(many_declared().rules) != MANY_DECLARED + 1:
            raise NotTrue("the policy does not hold 10,000 cookies and the choice's own")

    return Row(
        title="building a policy of 10,000", bars=(Bar("ms", 110),), check=check, measure=measure
    )


def _time_building_ns() -> int:
    started = time.thread_time_ns()
    many_declared.__wrapped__()
    return time.thread_time_ns() - started


def _long_cookie_row(title: str, *, response: Lines, hide_cookies: str) -> Row:
    short_cookie = browser_cookie(traffic.EVERYTHING)
    long_cookie = _lengthen(short_cookie)
    title = f"Cookie header of 16 KB, {title}"
    short, long = (
        Traffic(browser_request(cookie), response) for cookie in (short_cookie, long_cookie)
    )
    bars = (Bar("900 bytes", 6),)

    def contenders() -> dict[str, Contender]:
        few = asgi_contenders(short, hide_cookies=hide_cookies)
        return {
            **asgi_contenders(long, hide_cookies=hide_cookies),
            "bare 900 bytes": few["bare"],
            "900 bytes": replace(few[GATE], baseline="bare 900 bytes"),
        }

    def check() -> None:
        expected = Outcome(sets=("_pk_id.1.1fff",))
        check_outcome(title, expected=expected, got=observe_asgi(long, hide_cookies=hide_cookies))

    return Row(title=title, bars=bars, check=check, measure=compare_gate(contenders, bars=bars))


def _lengthen(cookie: str) -> str:
    """The header with undeclared cookies of the same mean size behind it, to 16 KB."""
    more = [f"preference_{number}={'v' * 58}" for number in range(1000)]
    return "; ".join([cookie, *more])[:LONG_COOKIE_BYTES]


def _many_set_row() -> Row:
    few, many = (
        Traffic(
            browser_request(browser_cookie(traffic.STATISTICS)),
            page(*(traffic.TEN_COOKIES * (count // 10))),
        )
        for count in (100, 1000)
    )
    bars = (Bar("100 Set-Cookie", 12),)
    title = "1,000 Set-Cookie"

    def contenders() -> dict[str, Contender]:
        fewer = asgi_contenders(few, hide_cookies="off")
        return {
            **asgi_contenders(many, hide_cookies="off"),
            "bare 100": fewer["bare"],
            "100 Set-Cookie": replace(fewer[GATE], baseline="bare 100"),
        }

    def check() -> None:
        got = observe_asgi(many, hide_cookies="off")
        if len(got.sets) != 600 or len(set(got.sets)) != 6:
            raise NotTrue(f"{title}: {len(got.sets)} left, 600 of six names should")

    return Row(
        title=title,
        bars=bars,
        check=check,
        measure=compare_gate(contenders, bars=bars, share=SHARE),
    )
