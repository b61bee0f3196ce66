"""One request and one response behind the gate, in words that every adapter can play."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

from consentgate import Category, Cookie, Event, Gate, Policy, VisitorConsent

SECRET = "a secret for tests, of 40 characters ...."
NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)

POLICY = Policy(
    necessary=["session", "csrftoken", "app_*"],
    cookies=[
        Cookie("_ga", category="statistics", provider="G", purpose="p", lifetime="13 months"),
        Cookie("_pk_id.*", category="statistics", provider="M", purpose="p", lifetime="13 months"),
        Cookie(
            "_fbp",
            category="marketing",
            provider="F",
            purpose="p",
            lifetime="90 days",
            path=["/", "/shop"],
            domain="example.org",
        ),
    ],
)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Ask:
    """What the browser sends. It asks for a page unless the headers say what it wants."""

    cookie: str = ""
    method: str = "GET"
    path: str = "/page"
    headers: tuple[tuple[str, str], ...] = ()
    https: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", asking_for_page(self.headers))


WANTS = frozenset({"accept", "sec-fetch-mode", "sec-fetch-dest"})
"""The request's headers by which a client says what it wants."""


def asking_for_page(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers of a request for a page, unless they say what else they ask for."""
    says_so = any(name.lower() in WANTS for name, _ in headers)
    return tuple(headers) if says_so else (*headers, ("Accept", "text/html"))


HTML = ("Content-Type", "text/html")


@dataclass(frozen=True)
class Say:
    """What the application answers: it first runs `act` on the visitor's consent."""

    cookies: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = (HTML,)
    status: int = 200
    body: bytes = b"hello"
    act: Callable[[VisitorConsent], Any] | None = None


@dataclass
class Answer:
    """What came out: `headers` in wire order with lower-case names; `seen` is the Cookie header
    that the application saw, None when it saw none; `acted` is what its action returned."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seen: str | None
    acted: Any = None
    events: list[Event] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        """The values of a response header, in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def cookies(self) -> list[str]:
        """The Set-Cookie values, in order."""
        return self.all("set-cookie")

    @property
    def cookie_names(self) -> list[str]:
        """The names of the cookies set, in order."""
        return [value.partition("=")[0] for value in self.cookies]

    @property
    def preferences(self) -> str:
        """The Cookie header text with the choice that this answer set."""
        found = [value for value in self.cookies if value.startswith("cookies_preferences=")]
        return found[0].partition(";")[0]


class Play(Protocol):
    """Runs one exchange behind a gate of these options."""

    def __call__(self, ask: Ask, say: Say, **options: Any) -> Answer:
        """The answer of the application `say` to `ask`."""


def options_with(events: list[Event], given: dict[str, Any]) -> dict[str, Any]:
    """Gate options with the tests' defaults, collecting events."""
    defaults: dict[str, Any] = {
        "policy": POLICY,
        "secret_key": SECRET,
        "clock": Clock(),
        "on_event": events.append,
        # These tests are about cookies: nothing else is to change on the wire.
        "banner": "manual",
    }
    return defaults | given


def gate_of(**given: Any) -> Gate:
    """A gate with the tests' defaults."""
    options = options_with([], given)
    del options["banner"]
    return Gate(options.pop("policy"), **options)


def preferences_for(*granted: str, **given: Any) -> str:
    """The Cookie header text of a visitor who allowed these categories and refused the rest."""
    return gate_of(**given).preferences_for(*granted)


__all__ = [
    "HTML",
    "NOW",
    "POLICY",
    "SECRET",
    "TODAY",
    "Answer",
    "Ask",
    "Category",
    "Clock",
    "Play",
    "Say",
    "gate_of",
    "options_with",
    "preferences_for",
]
