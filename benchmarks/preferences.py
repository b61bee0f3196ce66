"""The rows about the visitor's preferences page, which lists every declared cookie."""

from __future__ import annotations

from functools import cache
from wsgiref.types import WSGIApplication

from benchmarks import traffic, wsgi
from benchmarks.rows import Bar, Measured, Row
from benchmarks.timing import Contender, Effort, measure_added_ns
from benchmarks.traffic import (
    COOKIES,
    NECESSARY,
    SECRET,
    Traffic,
    browser_cookie,
    browser_request,
    declare,
    page,
    policy_with,
)
from benchmarks.truth import NotTrue
from consentgate.wsgi import ConsentMiddleware

LONGEST = 20  # rounds, of one page each


def preferences_rows() -> list[Row]:
    """The rows of a small policy and of a large one; the page was asked for before."""
    return [
        _row(len(NECESSARY) + len(COOKIES), bar=Bar("ms", 1)),
        _row(1_000, bar=Bar("ms", 10)),
    ]


def _row(count: int, *, bar: Bar) -> Row:
    flow = Traffic(browser_request(browser_cookie(traffic.STATISTICS)), page(), path="/consent/")

    def check() -> None:
        body = b"".join(_site(count)(wsgi.exchange_maker(flow)(), _ignore_start))
        named = [name for name in _declared(count) if name.encode() in body]
        if len(named) != count:
            raise NotTrue(f"{len(named)} of {count} cookies are in the preferences page")

    def measure(effort: Effort) -> Measured:
        contenders = {"page": Contender(wsgi.serve_with(_site(count), flow))}
        rounds = min(effort.rounds, LONGEST)
        spent_ns = measure_added_ns(contenders, rounds=rounds, batch=1)["page"]
        return Measured(spent_ns, {"ms": spent_ns / 1e6})

    return Row(f"preferences page, {count:,} cookies", (bar,), check, measure)


def _declared(count: int) -> list[str]:
    fillers = count - len(NECESSARY) - len(COOKIES)
    return [
        *NECESSARY,
        *(cookie.name for cookie in COOKIES),
        *map("vendor{}_id".format, range(fillers)),
    ]


@cache
def _site(count: int) -> WSGIApplication:
    more = [declare(name, "support") for name in _declared(count)[len(NECESSARY) + len(COOKIES) :]]
    return ConsentMiddleware(wsgi.application, policy=policy_with(*more), secret_key=SECRET)


def _ignore_start(status: str, headers: wsgi.Headers, exc_info: wsgi.ExcInfo = None) -> wsgi.Write:
    return _ignore


def _ignore(chunk: bytes) -> None:
    """Nobody writes here."""
