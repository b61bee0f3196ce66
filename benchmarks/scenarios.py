"""The rows about single requests: what the gate adds to each, by what it has to decide.

The responses have neither Cache-Control nor Vary. The bars are a tenth above what was measured when
those of the responses of real sites were set.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from unittest.mock import patch

from benchmarks import traffic
from benchmarks.asgi import (
    application,
    asgi_contenders,
    check_session_is_read,
    gated,
    observe_asgi,
    serve_with,
)
from benchmarks.rows import Bar, Row, compare_gate
from benchmarks.timing import Contender
from benchmarks.traffic import Rotation, Traffic, Wire, browser_cookie, browser_request, page
from benchmarks.truth import NotTrue, Outcome, check_outcome
from benchmarks.wsgi import observe_wsgi, wsgi_contenders
from consentgate.choice.codec import Verifier

BROWSER = browser_request(browser_cookie(traffic.STATISTICS))
UNDECIDED_BROWSER = browser_request(browser_cookie(traffic.MARKETING_UNDECIDED))
OUTDATED_BROWSER = browser_request(browser_cookie(traffic.MARKETING_IS_NEW))
WILLING_BROWSER = browser_request(browser_cookie(traffic.EVERYTHING))
THREE = page(traffic.SET_SESSION, traffic.SET_STATISTICS, traffic.SET_MARKETING)
NOTHING_SET = Outcome()
HIDE = "refused"


def request_rows() -> list[Row]:
    """The rows of one request each, ASGI first."""
    return [*_nothing_set_rows(), *_set_rows(), _uncached_row(), *_wsgi_rows()]


def _nothing_set_rows() -> list[Row]:
    plain = Traffic(browser_request(), page())
    browser = Traffic(BROWSER, page())
    willing = Traffic(WILLING_BROWSER, page())
    undecided = Traffic(UNDECIDED_BROWSER, page())
    outdated = Traffic(OUTDATED_BROWSER, page())
    hidden = Outcome(hidden=traffic.MARKETING_NAMES)
    return [
        _asgi_row("no cookies, nothing set", plain, n=4.1),
        _asgi_row("no cookies, nothing set, hiding on", plain, n=4.1, hide_cookies=HIDE),
        _asgi_row("browser request, nothing set", browser, n=4.1),
        _asgi_row("nothing set, hiding on, nothing to hide", willing, s=0.17, hide_cookies=HIDE),
        _asgi_row(
            "nothing set, hiding on, three names to hide",
            undecided,
            s=0.23,
            hide_cookies=HIDE,
            expected=hidden,
        ),
        _asgi_row(
            "the same, the choice stale and the answer private",
            outdated,
            s=0.33,
            hide_cookies=HIDE,
            expected=hidden,
        ),
    ]


def _set_rows() -> list[Row]:
    necessary = Traffic(BROWSER, page(traffic.SET_SESSION))
    consented = Traffic(BROWSER, page(traffic.SET_STATISTICS))
    ten = Traffic(BROWSER, page(*traffic.TEN_COOKIES))
    return [
        _asgi_row("1 necessary", necessary, n=4.7, expected=Outcome(sets=("session",))),
        _asgi_row("1 consented", consented, s=0.3, expected=Outcome(sets=("_pk_id.1.1fff",))),
        _asgi_row(
            "3 set, 1 stripped",
            Traffic(BROWSER, THREE),
            s=0.45,
            expected=Outcome(sets=traffic.THREE_KEPT),
        ),
        _asgi_row("10 set, 4 stripped", ten, s=0.76, expected=Outcome(sets=traffic.TEN_KEPT)),
        _chunks_row(),
    ]


def _asgi_row(
    title: str,
    flow: Traffic,
    *,
    n: float = 0.0,
    s: float = 0.0,
    hide_cookies: str = "off",
    expected: Outcome = NOTHING_SET,
) -> Row:
    bars = tuple(Bar(over, limit) for over, limit in (("N", n), ("S", s)) if limit)

    def check() -> None:
        check_outcome(title, expected=expected, got=observe_asgi(flow, hide_cookies=hide_cookies))
        check_session_is_read()

    return Row(
        title=f"ASGI: {title}",
        bars=bars,
        check=check,
        measure=compare_gate(partial(asgi_contenders, flow, hide_cookies=hide_cookies), bars=bars),
    )


def _chunks_row() -> Row:
    flow = Traffic(BROWSER, page(), chunks=100)
    bars = (Bar("N", 1.7), Bar("async", 0.72))
    title = "ASGI: 100 streamed chunks"
    return Row(
        title=title,
        bars=bars,
        check=lambda: check_outcome(
            title, expected=Outcome(chunks=100), got=observe_asgi(flow, hide_cookies="off")
        ),
        measure=compare_gate(
            partial(asgi_contenders, flow, hide_cookies="off"), bars=bars, share=4
        ),
    )


def _uncached_row() -> Row:
    visitors = Rotation(
        [browser_request(browser_cookie(choice)) for choice in traffic.distinct_choices()]
    )
    flow = Traffic(visitors, page(traffic.SET_STATISTICS))
    bars = (Bar("S", 1),)
    title = "ASGI: a value not in the cache, 1 consented"

    def check() -> None:
        expected = Outcome(sets=("_pk_id.1.1fff",))
        check_outcome(title, expected=expected, got=observe_asgi(flow, hide_cookies="off"))
        _check_each_value_is_verified(flow)

    return Row(
        title=title,
        bars=bars,
        check=check,
        measure=compare_gate(partial(asgi_contenders, flow, hide_cookies="off"), bars=bars),
    )


def _check_each_value_is_verified(flow: Traffic) -> None:
    visits = 2 * len(traffic.distinct_choices())
    serve = serve_with(gated(application, hide_cookies="off"), flow)
    verify = Verifier.payload_of
    with patch.object(Verifier, "payload_of", autospec=True, side_effect=verify) as verified:
        serve(visits)
    if verified.call_count != visits:
        raise NotTrue(f"{visits} values came, {verified.call_count} were verified")


def _wsgi_rows() -> list[Row]:
    return [
        _wsgi_row("nothing set", page(), n=4.4),
        _wsgi_row(
            "1 necessary",
            page(traffic.SET_SESSION),
            n=5.1,
            expected=Outcome(sets=("session",)),
        ),
        _wsgi_row("3 set, 1 stripped", THREE, n=19.8, expected=Outcome(sets=traffic.THREE_KEPT)),
        _wsgi_chunks_row(),
    ]


def _wsgi_row(title: str, response: Wire, *, n: float, expected: Outcome = NOTHING_SET) -> Row:
    flow = Traffic(BROWSER, response)
    bars = (Bar("N", n),)
    return Row(
        title=f"WSGI: {title}",
        bars=bars,
        check=lambda: check_outcome(
            title, expected=expected, got=observe_wsgi(flow, hide_cookies="off")
        ),
        measure=compare_gate(partial(wsgi_contenders, flow, hide_cookies="off"), bars=bars),
    )


def _wsgi_chunks_row() -> Row:
    many, single = Traffic(BROWSER, page(), chunks=100), Traffic(BROWSER, page())
    bars = (Bar("1 chunk", 1.1),)
    title = "WSGI: 100 chunks"

    def contenders() -> dict[str, Contender]:
        alone = wsgi_contenders(single, hide_cookies="off")
        return {
            **wsgi_contenders(many, hide_cookies="off"),
            "bare 1 chunk": alone["bare"],
            "1 chunk": replace(alone["gate"], baseline="bare 1 chunk"),
        }

    return Row(
        title=title,
        bars=bars,
        check=lambda: check_outcome(
            title, expected=Outcome(chunks=100), got=observe_wsgi(many, hide_cookies="off")
        ),
        measure=compare_gate(contenders, bars=bars),
    )
