"""How often a cache answers for a site that asks: a real nginx, 2,000 visitors, 60 days.

    python -m benchmarks.cache_hits

The visitors are a seeded model. Each comes on every fifth day for three pages on average; the pages
are popular by Zipf's law. Nearly half of the visitors allow everything, a quarter refuses, some
allow one category, the others never choose. They chose on days that are spread over the 182 for
which a choice holds. Every page asks whether statistics are allowed, so that its copies differ.

A copy is kept for a day. The days pass as fast as nginx answers: the gate's clock is moved, and
each day has a host of its own, so that what was kept the day before is not found. One visitor
follows another, so that the ratios are the same in each run.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentgate import Controller, Cookie, Gate, Policy, get_consent
from consentgate._asgi_exchange import App
from consentgate.asgi import ConsentMiddleware
from consentgate.cli.cache_config.texts import cache_config_text
from tests.caches.processes import HOST, run_nginx, serve_asgi, snippets

VISITORS, DAYS, PAGES, SEED = 2_000, 60, 30, 20_261_124
COMES = 0.2  # the share of the days on which a visitor comes
MORE_PAGES = 2.0  # after the first page of a visit, on average
CHOICES = {("statistics", "marketing"): 45, (): 25, ("statistics",): 10, None: 20}
CHOSEN_BEFORE = 122  # days before the first one on which the earliest choice was made

BAR = 0.9
"""The bar for the ratio with a key of what was chosen, over that without consent."""

SECRET = "a secret for benchmarks, of 40 characters"
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
POLICY = Policy(
    controller=Controller("Example Town", contact="dpo@example.org"),
    necessary=["session"],
    cookies=[
        Cookie("_pk_id.*", category="statistics", provider="M", purpose="p", lifetime="13 months"),
        Cookie("_fbp", category="marketing", provider="F", purpose="p", lifetime="90 days"),
    ],
)
TRACKER = "_pk_id.*"

PLAIN = snippets("nginx")[0]
KEYED = cache_config_text("nginx", cookie=POLICY.preferences_cookie)
PASSING_OVER = cache_config_text("nginx", cookie=POLICY.preferences_cookie, ignored=[TRACKER])
# As the documentation had it while the day came before the choice.
WHOLE_VALUE = PLAIN.replace(
    "proxy_cache_key $scheme", 'proxy_cache_key "$http_cookie $scheme'
).replace("$request_uri;", '$request_uri";')


class View(NamedTuple):
    """One page on one day, seen by a visitor who allowed this, None where nothing was chosen.
    `choice` is the Cookie header without trackers."""

    day: int
    page: int
    visitor: int
    granted: tuple[str, ...] | None
    choice: str


@dataclass(frozen=True)
class Way:
    """A way to keep pages: nginx's configuration, and what visitors send."""

    title: str
    config: str
    asks: bool = True
    has_trackers: bool = False


WAYS = (
    Way("without consent", PLAIN, asks=False),
    Way("keyed on the whole value", WHOLE_VALUE),
    Way("keyed on the choice", KEYED),
    Way("the same, allowed trackers sent", KEYED, has_trackers=True),
    Way("the same, trackers passed over", PASSING_OVER, has_trackers=True),
)
REQUIRED = (WAYS[2], WAYS[4])
"""The ways that the bar is for."""


class MovedClock:
    """A clock of the days of the model."""

    def __init__(self) -> None:
        self.day = 0

    def __call__(self) -> datetime:
        """Return noon of the day."""
        return START + timedelta(days=self.day)


def views() -> list[View]:
    """Return what all visitors look at, in order."""
    drawn = random.Random(SEED)
    weights = list(accumulate(1 / rank for rank in range(1, PAGES + 1)))
    chosen = drawn.choices(list(CHOICES), list(CHOICES.values()), k=VISITORS)
    since = [drawn.randrange(-CHOSEN_BEFORE, DAYS) for _ in range(VISITORS)]
    written: dict[tuple[tuple[str, ...], int], str] = {}
    seen = []
    for day in range(DAYS):
        for visitor in range(VISITORS):
            if drawn.random() >= COMES:
                continue
            granted = chosen[visitor] if since[visitor] <= day else None
            choice = ""
            if granted is not None:
                key = (granted, since[visitor])
                choice = written.get(key) or written.setdefault(key, _preferences(*key))
            pages = 1 + int(drawn.expovariate(1 / MORE_PAGES))
            seen += [
                View(day, page, visitor, granted, choice)
                for page in drawn.choices(range(PAGES), cum_weights=weights, k=pages)
            ]
    return seen


def _preferences(granted: tuple[str, ...], day: int) -> str:
    gate = Gate(POLICY, secret_key=SECRET, clock=lambda: START + timedelta(days=day))
    return gate.preferences_for(*granted)


def _application(clock: MovedClock, *, asks: bool) -> App:
    def show(request: Request) -> HTMLResponse:
        is_counted = asks and get_consent(request).allows("statistics")
        body = f"<p>{request.url.path}{' <script src=/count.js></script>' * is_counted}"
        return HTMLResponse(body, headers={"Cache-Control": "public, max-age=86400"})

    site = Starlette(routes=[Route("/{page}", show)])
    if not asks:
        return site
    return ConsentMiddleware(
        site, policy=POLICY, secret_key=SECRET, clock=clock, banner="manual"
    )  # fmt: skip


def hit_ratio(way: Way, seen: Sequence[View]) -> float:
    """Return the share of these views that nginx answered by itself."""
    clock = MovedClock()
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_asgi(_application(clock, asks=way.asks)) as origin,
    ):
        Path(folder).chmod(0o755)
        with run_nginx(way.config, origin=origin, folder=Path(folder)) as port:
            connection = HTTPConnection(HOST, port)
            hits = 0
            for view in seen:
                clock.day = view.day
                connection.request("GET", f"/{view.page}", headers=_headers(way, view))
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    raise RuntimeError(f"{way.title}: {response.status} {view}")
                hits += response.headers["X-Cache-Status"] == "HIT"
            connection.close()
    return hits / len(seen)


def _headers(way: Way, view: View) -> dict[str, str]:
    headers = {
        "Host": f"day{view.day}.example",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    cookies = [view.choice] if way.asks and view.choice else []
    if way.has_trackers and "statistics" in (view.granted or ()):
        cookies.insert(0, f"_pk_id.1={view.visitor:016}")
    return headers | ({"Cookie": "; ".join(cookies)} if cookies else {})


def main() -> None:
    """Print the ratios; exit with 1 if one that must hold does not."""
    seen = views()
    print(f"{len(seen):,} views of {PAGES} pages by {VISITORS:,} visitors on {DAYS} days\n")
    ratios: dict[Way, float] = {}
    for way in WAYS:
        started = time.monotonic()
        ratios[way] = hit_ratio(way, seen)
        over = ratios[way] / ratios[WAYS[0]]
        verdict = ""
        if way in REQUIRED:
            verdict = f">= {BAR:g}  {'holds' if over >= BAR else 'falls short'}"
        spent_s = time.monotonic() - started
        print(f"{way.title:32}  {ratios[way]:.3f}  {over:.3f}  {verdict:18}  {spent_s:.0f} s")
    print("\nHits over views, and that over the ratio without consent.")
    sys.exit(any(ratios[way] < BAR * ratios[WAYS[0]] for way in REQUIRED))


if __name__ == "__main__":
    main()
