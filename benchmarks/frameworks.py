"""The rows of whole responses: what the gate adds to a framework's page, in percent of the bare
application.

The gate has default options. Each row looks at two visitors, one who has not chosen yet and one
who allowed everything; its bar is for the worse of the two.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace

from benchmarks.rows import Bar, Measured, Row
from benchmarks.sites import (
    JSON,
    PAGE,
    TRACKER,
    Answer,
    AsgiSite,
    Site,
    WsgiSite,
    django_class_site,
    django_site,
    flask_site,
    starlette_site,
)
from benchmarks.timing import Effort, measure_pair
from benchmarks.traffic import Traffic, browser_request, page
from benchmarks.truth import NotTrue, cookie_names

BANNER = b'id="consentgate"'
SHARE = 8  # these exchanges are long
UNDECIDED, DECIDED = "undecided", "decided"

MakeSite = Callable[[], Site]
AnySite = WsgiSite | AsgiSite


def framework_rows() -> list[Row]:
    """The rows of three frameworks, then those of new addresses, then those of a wrapper that does
    nothing: what these differ from zero is noise."""
    flask, django, starlette = flask_site, django_site, starlette_site
    return [
        _row("Flask page", flask, PAGE, bar=13, aim=9),
        _row("Flask JSON", flask, JSON, bar=7, aim=4),
        _row("Django page", django, PAGE, bar=11, aim=7),
        _row("Django JSON", django, JSON, bar=9, aim=5),
        _row("Django page, gate in MIDDLEWARE", django_class_site, PAGE, bar=11, aim=7),
        _row("Django JSON, gate in MIDDLEWARE", django_class_site, JSON, bar=9, aim=5),
        _row("Starlette page", starlette, PAGE, bar=18, aim=12),
        _row("Starlette JSON", starlette, JSON, bar=20, aim=13),
        _row("Flask page, new addresses", flask, PAGE, bar=18, aim=12, query=new_queries),
        _row("Django page, new addresses", django, PAGE, bar=15, aim=9, query=new_queries),
        _row("Starlette page, new addresses", starlette, PAGE, bar=26, aim=16, query=new_queries),
        _null_row("Flask page, wrapper that does nothing", flask, PAGE),
        _null_row("Django page, wrapper that does nothing", django, PAGE),
        _null_row("Starlette page, wrapper that does nothing", starlette, PAGE),
        _null_row("Starlette JSON, wrapper that does nothing", starlette, JSON),
    ]


def new_queries() -> Callable[[], str]:
    """A function that returns another query at each call."""
    numbers = itertools.count(10_000)
    return lambda: f"page={next(numbers)}"


def same_queries() -> Callable[[], str]:
    """A function that returns the same query at each call."""
    return lambda: "page=3"


MakeQuery = Callable[[], Callable[[], str]]


def visitors(site: Site, path: str, query: MakeQuery = same_queries) -> dict[str, Traffic]:
    """What each of the two visitors asks such a site for, with 8 cookies."""
    choice = _choice_of(site)
    return {
        UNDECIDED: _request(site, path, query, "currency=EUR"),
        DECIDED: _request(site, path, query, choice),
    }


def _request(site: Site, path: str, query: MakeQuery, eighth_cookie: str) -> Traffic:
    session = _pair_set(site.bare.answer(_ask(site, path)), site.session)
    pairs = [
        f"{TRACKER}=GA1.1.1098115397.1736500000",
        session,
        f"csrftoken={'c' * 32}",
        "language=fr",
        "theme=dark",
        "ab_test=checkout-b",
        "basket=3",
        eighth_cookie,
    ]
    return Traffic(browser_request("; ".join(pairs)), page(), path=path, query=query())


def _ask(site: Site, path: str) -> Traffic:
    return Traffic(browser_request(f"{site.session}=none"), page(), path=path)


def _choice_of(site: Site) -> str:
    """The cookie with which the gate remembers that a visitor allows everything."""
    form = _ask(site, "/consent/")
    answer = site.gated.answer(form, form=b"choice=accept&next=%2Fdatasets")
    return next(
        value.partition(";")[0].strip()
        for name, value in answer.headers
        if name.lower() == "set-cookie" and site.session not in value
    )


def _pair_set(answer: Answer, name: str) -> str:
    """The name and value with which an answer sets this cookie."""
    values = (value.strip() for header, value in answer.headers if header.lower() == "set-cookie")
    return next(value.partition(";")[0] for value in values if value.startswith(f"{name}="))


# The rows


def _row(
    title: str,
    make: MakeSite,
    path: str,
    *,
    bar: float,
    aim: float,
    query: MakeQuery = same_queries,
) -> Row:
    def measure(effort: Effort) -> Measured:
        site = make()
        return _measure(site.bare, site.gated, visitors(site, path, query), effort)

    return Row(
        title,
        tuple(Bar(name, bar, aim=aim) for name in (UNDECIDED, DECIDED)),
        check=lambda: _check_gated(make(), path),
        measure=measure,
        profiled=lambda: _gated_by_visitor(make(), path, query),
    )


def _null_row(title: str, make: MakeSite, path: str) -> Row:
    def measure(effort: Effort) -> Measured:
        site = make()
        return _measure(site.bare, site.wrapped, visitors(site, path), effort)

    return Row(
        title,
        tuple(Bar(name) for name in (UNDECIDED, DECIDED)),  # all of it is noise
        check=lambda: _check_wrapped(make(), path),
        measure=measure,
    )


def _measure(
    bare: AnySite, around: AnySite, asked: Mapping[str, Traffic], effort: Effort
) -> Measured:
    pairs = {
        name: measure_pair(
            bare.serve_with(traffic),
            around.serve_with(traffic),
            rounds=max(1, effort.rounds // 2),
            batch=max(1, effort.batch // SHARE),
        )
        for name, traffic in asked.items()
    }
    worst = max(pairs.values(), key=lambda pair: pair.added_percent)
    return Measured(
        added_ns=worst.bare_ns * worst.added_percent / 100,
        ratios={name: pair.added_percent for name, pair in pairs.items()},
        bare_ns=worst.bare_ns,
    )


def _gated_by_visitor(
    site: Site, path: str, query: MakeQuery
) -> Mapping[str, Callable[[int], None]]:
    return {
        name: site.gated.serve_with(traffic)
        for name, traffic in visitors(site, path, query).items()
    }


# What must be true of them


def _check_gated(site: Site, path: str) -> None:
    asked = visitors(site, path)
    bare = {name: site.bare.answer(traffic) for name, traffic in asked.items()}
    gated = {name: site.gated.answer(traffic) for name, traffic in asked.items()}
    trackers = (TRACKER,) if path == PAGE else ()
    _check_sets(bare[UNDECIDED], {site.session, *trackers})
    _check_sets(gated[UNDECIDED], {site.session})
    _check_sets(gated[DECIDED], {site.session, *trackers})
    if path == PAGE:
        _check_has_banner(gated[UNDECIDED], bare[UNDECIDED])
    elif gated != {name: replace(bare[name], headers=gated[name].headers) for name in bare}:
        raise NotTrue("the gate changed the JSON")


def _check_sets(answer: Answer, expected: set[str]) -> None:
    names = {name.strip() for name in cookie_names(answer.headers)}
    if names != expected:
        raise NotTrue(f"{sorted(names)} are set, {sorted(expected)} should be")


def _check_has_banner(gated: Answer, bare: Answer) -> None:
    if gated.body.count(BANNER) != 1 or len(gated.body) <= len(bare.body):
        raise NotTrue("the banner is not in the page")


def _check_wrapped(site: Site, path: str) -> None:
    for traffic in visitors(site, path).values():
        if site.wrapped.answer(traffic).body != site.bare.answer(traffic).body:
            raise NotTrue("the wrapper changes something")
