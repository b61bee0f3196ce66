"""A policy with hosts, its visitors, and every way to run the gate."""

from __future__ import annotations

from typing import Any

from consentgate import Controller, Cookie, Policy
from tests.contract.adapters import play_asgi, play_flask, play_starlette, play_wsgi
from tests.contract.adapters_django import (
    play_asgi_wrapper,
    play_async_middleware,
    play_middleware,
    play_wsgi_wrapper,
)
from tests.contract.adapters_ext import play_fastapi, play_flask_extension
from tests.support.exchange import Answer, Play, preferences_for

TOLD: dict[str, Any] = {"provider": "P", "purpose": "p", "lifetime": "1 day"}

POLICY = Policy(
    necessary=["session"],
    cookies=[
        Cookie(
            "cdn",
            category="necessary",
            kind="script",
            hosts={"script": "cdn.example.net", "font": "fonts.example.net"},
        ),
        Cookie(
            "matomo",
            category="statistics",
            kind="script",
            hosts={"script": "stats.example.net", "connection": "stats.example.net"},
            **TOLD,
        ),
        Cookie("_fbp", category="marketing", party="third", hosts=["*.ads.example"], **TOLD),
    ],
    controller=Controller("Town"),
    site="https://town.example.org",
)

PLAYS: dict[str, Play] = {
    "asgi": play_asgi,
    "wsgi": play_wsgi,
    "starlette": play_starlette,
    "fastapi": play_fastapi,
    "flask": play_flask,
    "flask's extension": play_flask_extension,
    "django": play_wsgi_wrapper,
    "django under asgi": play_asgi_wrapper,
    "django's middleware": play_middleware,
    "django's middleware under asgi": play_async_middleware,
}

ENFORCED = "content-security-policy"
REPORTED = "content-security-policy-report-only"


def choice(*granted: str, policy: Policy = POLICY) -> str:
    """The Cookie header text of a visitor who allowed these categories and refused the others."""
    return preferences_for(*granted, policy=policy)


def directives(value: str) -> dict[str, list[str]]:
    """The sources of each directive of one policy."""
    parts = [part.split() for part in value.split("; ")]
    return {name: sources for name, *sources in parts}


def own_policy(answer: Answer, name: str = ENFORCED) -> dict[str, list[str]]:
    """The directives of the gate's own policy, which comes last."""
    return directives(", ".join(answer.all(name)).rpartition(", ")[2])
