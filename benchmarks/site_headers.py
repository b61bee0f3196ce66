"""The rows about single requests whose responses have the headers that real sites send.

Cookies are hidden, as by default. The bars are for responses without a banner; the rows below them
show what the banner's own look at a response that is not a page adds.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks import traffic
from benchmarks.asgi import asgi_contenders, check_session_is_read, observe_asgi
from benchmarks.rows import Bar, Row, compare_gate
from benchmarks.traffic import Traffic, answer_of_a_site, browser_request, cookies_of_a_site
from benchmarks.truth import Outcome, check_outcome

BROWSER = browser_request(cookies_of_a_site(traffic.STATISTICS))
ONE = (traffic.SET_STATISTICS,)
THREE = (traffic.SET_SESSION, traffic.SET_STATISTICS, traffic.SET_MARKETING)
TEN = traffic.TEN_COOKIES


def site_header_rows() -> list[Row]:
    """The rows of one request each, from nothing set to ten cookies, and that of a stream."""
    return [
        _row("nothing set", (), Bar("S", 0.17)),
        _row("1 necessary", (traffic.SET_SESSION,), Bar("S", 0.19), sets=("session",)),
        _row("1 consented", ONE, Bar("S", 0.34), sets=("_pk_id.1.1fff",)),
        _row("3 set, 1 stripped", THREE, Bar("S", 0.52), sets=traffic.THREE_KEPT),
        _row("10 set, 4 stripped", TEN, Bar("S", 0.95), sets=traffic.TEN_KEPT),
        _row("100 streamed chunks", (), Bar("N", 2.6), chunks=100),
        _row("nothing set, banner on", (), Bar("S"), banner="auto"),
        _row("1 consented, banner on", ONE, Bar("S"), sets=("_pk_id.1.1fff",), banner="auto"),
        _row("3 set, 1 stripped, banner on", THREE, Bar("S"), traffic.THREE_KEPT, banner="auto"),
        _row("10 set, 4 stripped, banner on", TEN, Bar("S"), traffic.TEN_KEPT, banner="auto"),
        _row("100 streamed chunks, banner on", (), Bar("N"), chunks=100, banner="auto"),
        _limited_row("nothing set", (), Bar("S", 1.5)),
        _limited_row("1 consented", ONE, Bar("S", 1.5), sets=("_pk_id.1.1fff",)),
    ]


def _limited_row(
    title: str, set_cookies: tuple[str, ...], bar: Bar, sets: tuple[str, ...] = ()
) -> Row:
    """The row of an answer to which the gate adds the policy of its visitor."""
    title = f"ASGI, site's headers: {title}, hosts limited"
    request = browser_request(cookies_of_a_site(traffic.LIMITED_STATISTICS))
    flow = Traffic(request, answer_of_a_site(*set_cookies))
    options: Any = {"csp": "enforce", "policy": traffic.LIMITED}

    def check() -> None:
        expected = Outcome(sets=sets, limits_hosts=True)
        check_outcome(title, expected=expected, got=observe_asgi(flow, **options))

    return Row(
        title, (bar,), check, compare_gate(partial(asgi_contenders, flow, **options), bars=(bar,))
    )


def _row(
    title: str,
    set_cookies: tuple[str, ...],
    bar: Bar,
    sets: tuple[str, ...] = (),
    *,
    chunks: int = 1,
    banner: str = "manual",
) -> Row:
    title = f"ASGI, site's headers: {title}"
    flow = Traffic(BROWSER, answer_of_a_site(*set_cookies), chunks)

    def check() -> None:
        expected = Outcome(sets=sets, chunks=chunks)
        check_outcome(title, expected=expected, got=observe_asgi(flow, banner=banner))
        check_session_is_read()

    contenders = partial(asgi_contenders, flow, banner=banner)
    share = 4 if chunks > 1 else 1
    return Row(title, (bar,), check, compare_gate(contenders, bars=(bar,), share=share))
