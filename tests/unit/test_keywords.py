"""A keyword that a public class does not have: the error names the class and the nearest one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consentgate import Category, ConfigurationError, Controller, Cookie, Gate, Policy
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.ext.flask import ConsentGate
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.exchange import SECRET

pytestmark = pytest.mark.behaviour(45)


async def asgi_app(scope: Any, receive: Any, send: Any) -> None: ...


def wsgi_app(environ: Any, start_response: Any) -> Any: ...


# Any: the keywords are wrong on purpose
def with_options(kind: Any, *values: Any) -> Callable[..., Any]:
    return lambda **options: kind(*values, policy=Policy(), secret_key=SECRET, **options)


@pytest.mark.parametrize(
    ("make", "owner", "given", "meant"),
    [
        (Policy, "Policy", "cookie", "cookies"),
        (lambda **given: Cookie("a", category="b", **given), "Cookie", "lifetme", "lifetime"),
        (lambda **given: Category("a", **given), "Category", "tite", "title"),
        (lambda **given: Controller("a", **given), "Controller", "contct", "contact"),
        (
            lambda **given: Gate(Policy(), secret_key=SECRET, **given),
            "Gate",
            "fallback_key",
            "fallback_keys",
        ),
        (with_options(AsgiMiddleware, asgi_app), "ConsentMiddleware", "mod", "mode"),
        (
            with_options(WsgiMiddleware, wsgi_app),
            "ConsentMiddleware",
            "hide_cookie",
            "hide_cookies",
        ),
        (with_options(WsgiMiddleware, wsgi_app), "ConsentMiddleware", "Prefix", "prefix"),
        (ConsentGate, "ConsentGate", "polcy", "policy"),
    ],
)
def test_the_class_and_the_nearest_option_are_named(
    make: Callable[..., Any], owner: str, given: str, meant: str
) -> None:
    with pytest.raises(TypeError) as caught:
        make(**{given: 1})

    expected = f"{owner}() got an unexpected keyword argument {given!r}; did you mean {meant!r}?"
    assert str(caught.value).startswith(expected)


def test_where_no_option_is_near_all_are_listed() -> None:
    known = "name, contact, privacy_page, address, jurisdiction"
    with pytest.raises(TypeError, match=f"'zzz'; known: {known}$"):
        Controller("a", zzz=1)  # type: ignore[call-arg]


def test_a_middleware_without_options_says_what_it_needs() -> None:
    with pytest.raises(ConfigurationError, match="needs policy= and secret_key="):
        WsgiMiddleware(wsgi_app)  # type: ignore[call-arg]
