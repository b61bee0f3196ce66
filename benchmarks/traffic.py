"""What a visitor's browser and an application send to each other, as new objects every time.

A server makes new strings and bytes for each request. Were the same objects served again and
again, their hashes would be computed already and comparisons would end at identity, which no real
request enjoys.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from typing import Protocol

from itsdangerous import TimestampSigner

from consentgate import Category, Controller, Cookie, Gate, Policy
from consentgate.choice.codec import PreferencesCodec

SECRET = "only for benchmarks, of 40 characters ..."

NECESSARY = ("session", "csrftoken", "language", "basket")


def declare(name: str, category: str) -> Cookie:
    """A cookie with the facts that visitors are owed."""
    return Cookie(
        name, category=category, provider="Example", purpose="An example.", lifetime="13 months"
    )


COOKIES = (
    declare("_pk_id.*", "statistics"),
    declare("_pk_ses.*", "statistics"),
    declare("ab_test", "statistics"),
    declare("_fbp", "marketing"),
    declare("_gcl_au", "marketing"),
    declare("ads_*", "marketing"),
    declare("chat", "support"),
    declare("layout", "comfort"),
)


def policy_with(*more: Cookie) -> Policy:
    """The benchmarks' policy with some more cookies in it."""
    return Policy(
        necessary=NECESSARY,
        cookies=[*COOKIES, *more],
        categories=[Category("support"), Category("comfort")],
        controller=Controller("Example", contact="privacy@example.org"),
    )


def _choice(*granted: str, policy: Policy) -> str:
    return Gate(policy, secret_key=SECRET).preferences_for(*granted)


def _undecided(category: str, *, granted: str) -> str:
    choice = Gate(POLICY, secret_key=SECRET).consent_for(granted)
    prints = frozenset(pair for pair in choice.fingerprints if pair[0] != category)
    choice = replace(choice, refused=choice.refused - {category}, fingerprints=prints)
    codec = PreferencesCodec(POLICY.preferences_cookie, secret_key=SECRET)
    return f"{POLICY.preferences_cookie}={codec.encode(choice)}"


POLICY = policy_with()
STATISTICS = _choice("statistics", policy=POLICY)
EVERYTHING = _choice("statistics", "marketing", policy=POLICY)
# A refusal would make the gate expire what the browser still sends; what is undecided is hidden at
# each request until the visitor chooses.
MARKETING_UNDECIDED = _undecided("marketing", granted="statistics")
# So is what is declared anew since the visitor chose; the answers to a stale choice are private.
MARKETING_IS_NEW = _choice("statistics", policy=policy_with(declare("new_ads", "marketing")))
HOSTS = Cookie(
    "stats.example.net",
    category="statistics",
    provider="Example",
    purpose="An example.",
    lifetime="13 months",
    kind="script",
    hosts=["stats.example.net", "*.stats.example.net"],
)
LIMITED = policy_with(HOSTS)
LIMITED_STATISTICS = _choice("statistics", policy=LIMITED)
COOKIE_NAME = STATISTICS.partition("=")[0]
MARKETING_NAMES = ("_fbp", "_gcl_au", "ads_visitor")

COOKIE_BYTES = 900
SESSION = {"user": 42}


class Lines(Protocol):
    """Header lines that can be had as new objects."""

    def as_bytes(self) -> list[tuple[bytes, bytes]]:
        """The lines as ASGI has them."""

    def as_text(self) -> list[tuple[str, str]]:
        """The lines as WSGI has them."""


class Wire:
    """Header lines cut anew out of one long text at each call, as a parser does.

    `literals` are names that are in the application's source code, so that they are the same
    object each time.
    """

    def __init__(self, lines: Iterable[tuple[str, str]], *, literals: Sequence[str] = ()) -> None:
        lines = list(lines)
        # The last character is never cut: a slice of the whole would be the text itself.
        self._text = "".join(map("".join, lines)) + "\n"
        self._bytes = self._text.encode("latin-1")
        names = [name if name in literals else "" for name, _ in lines]
        self._text_cuts = [(name, *cut) for name, cut in zip(names, _cuts(lines), strict=True)]
        self._byte_cuts = [(name.lower().encode(), a, b, c) for name, a, b, c in self._text_cuts]

    def as_bytes(self) -> list[tuple[bytes, bytes]]:
        """The lines as ASGI has them, new at each call."""
        text = self._bytes
        return [(name or text[a:b].lower(), text[b:c]) for name, a, b, c in self._byte_cuts]

    def as_text(self) -> list[tuple[str, str]]:
        """The lines as WSGI has them, new at each call."""
        text = self._text
        return [(name or text[a:b], text[b:c]) for name, a, b, c in self._text_cuts]


def _cuts(lines: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int, int]]:
    """Where each line's name begins, its value begins, and ends."""
    start = 0
    for name, value in lines:
        middle, end = start + len(name), start + len(name) + len(value)
        yield start, middle, end
        start = end


class Rotation:
    """The lines of another visitor at each call."""

    def __init__(self, wires: Iterable[Lines]) -> None:
        self._wires = itertools.cycle(wires)

    def as_bytes(self) -> list[tuple[bytes, bytes]]:
        """The next visitor's lines as ASGI has them."""
        return next(self._wires).as_bytes()

    def as_text(self) -> list[tuple[str, str]]:
        """The next visitor's lines as WSGI has them."""
        return next(self._wires).as_text()


def _third_page() -> str:
    return "page=3"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the browser asks with, and what the application answers, in how many body chunks.

    `query` is called for each request.
    """

    request: Lines
    response: Lines
    chunks: int = 1
    path: str = "/datasets"
    query: Callable[[], str] = _third_page


def session_value() -> str:
    """The value of a session cookie that Starlette's SessionMiddleware accepts."""
    text = base64.b64encode(json.dumps(SESSION).encode())
    return TimestampSigner(SECRET).sign(text).decode()


def browser_cookie(choice: str, *, length: int = COOKIE_BYTES) -> str:
    """A Cookie header of 12 cookies: necessary, statistics, marketing and one undeclared."""
    pairs = [
        "_pk_id.1.1fff=8f3c1d2e4b5a6978.1736500000",
        "_pk_ses.1.1fff=1",
        f"session={session_value()}",
        f"csrftoken={'c' * 32}",
        choice,
        "language=fr",
        "theme=dark",
        "_fbp=fb.1.1736500000000.1098115397",
        "_gcl_au=1.1.1234567890.1736500000",
        "ads_visitor=0a1b2c3d4e5f",
        "ab_test=checkout-b",
        "basket=",
    ]
    header = "; ".join(pairs)
    return header + "b" * (length - len(header))


def cookies_of_a_site(choice: str) -> str:
    """A Cookie header of 8 cookies, none of which the visitor refused."""
    pairs = [
        "_pk_id.1.1fff=8f3c1d2e4b5a6978.1736500000",
        "_pk_ses.1.1fff=1",
        f"session={session_value()}",
        f"csrftoken={'c' * 32}",
        choice,
        "language=fr",
        "ab_test=checkout-b",
        "basket=3",
    ]
    return "; ".join(pairs)


def browser_request(*cookies: str) -> Wire:
    """A browser's 10 headers: nine and one Cookie header for each text (none: nine)."""
    lines = [
        ("Host", "www.example.org"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept-Language", "fr,fr-FR;q=0.8,en-US;q=0.5,en;q=0.3"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Referer", "https://www.example.org/datasets?page=2"),
        ("Upgrade-Insecure-Requests", "1"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "navigate"),
    ]
    return Wire([*lines, *(("Cookie", text) for text in cookies)])


def page(*set_cookies: str) -> Wire:
    """The response headers of a framework's page, with these Set-Cookie values last."""
    lines = [("Content-Length", "5"), ("Content-Type", "text/html; charset=utf-8")]
    return Wire(
        [*lines, *(("Set-Cookie", text) for text in set_cookies)],
        literals=["Content-Length", "Content-Type", "Set-Cookie"],
    )


def answer_of_a_site(*set_cookies: str) -> Wire:
    """The response headers that real sites send, with these Set-Cookie values last."""
    lines = [
        ("Content-Type", "application/json"),
        ("Content-Length", "5"),
        ("Cache-Control", "no-store"),
        ("Vary", "Cookie"),
        ("X-Frame-Options", "DENY"),
    ]
    return Wire(
        [*lines, *(("Set-Cookie", text) for text in set_cookies)],
        literals=[*(name for name, _ in lines), "Set-Cookie"],
    )


SET_SESSION = f"session={session_value()}; Path=/; HttpOnly; SameSite=Lax"
SET_CSRF = f"csrftoken={'c' * 32}; Path=/; Max-Age=31449600; SameSite=Lax"
SET_LANGUAGE = "language=fr; Path=/; SameSite=Lax"
SET_STATISTICS = (
    "_pk_id.1.1fff=8f3c1d2e4b5a6978.1736500000; Path=/; SameSite=Lax; "
    "expires=Wed, 10 Feb 2038 09:06:40 GMT"
)
SET_STATISTICS_VISIT = "_pk_ses.1.1fff=1; Path=/; Max-Age=1800; SameSite=Lax"
SET_AB_TEST = "ab_test=checkout-b; Path=/; Max-Age=2592000"
SET_MARKETING = (
    "_fbp=fb.1.1736500000000.1098115397; Path=/; SameSite=Lax; "
    "expires=Wed, 10 Feb 2038 09:06:40 GMT"
)
SET_MARKETING_CLICK = "_gcl_au=1.1.1234567890.1736500000; Path=/; Max-Age=7776000"
SET_ADS = "ads_visitor=0a1b2c3d4e5f; Path=/; Max-Age=34128000; Secure; SameSite=None"
SET_UNDECLARED = "plugin=1; Path=/; Max-Age=86400"

TEN_COOKIES = (
    SET_SESSION,
    SET_MARKETING,
    SET_STATISTICS,
    SET_CSRF,
    SET_MARKETING_CLICK,
    SET_STATISTICS_VISIT,
    SET_UNDECLARED,
    SET_LANGUAGE,
    SET_ADS,
    SET_AB_TEST,
)
# What is left of them where the visitor allowed statistics.
TEN_KEPT = ("session", "_pk_id.1.1fff", "csrftoken", "_pk_ses.1.1fff", "language", "ab_test")
THREE_KEPT = ("session", "_pk_id.1.1fff")


@cache
def distinct_choices() -> list[str]:
    """More valid preferences cookies that allow statistics than any cache of them holds: one for
    each of the last 180 days and each choice about the other categories."""
    others = [name for name in POLICY.consent_categories if name != "statistics"]
    choices = [granted for size in range(len(others) + 1) for granted in combinations(others, size)]
    return [
        _gate_of(timedelta(days=age)).preferences_for("statistics", *granted)
        for age in range(1, 181)
        for granted in choices
    ]


def _gate_of(age: timedelta) -> Gate:
    moment = datetime.now(UTC) - age
    return Gate(POLICY, secret_key=SECRET, clock=lambda: moment)
