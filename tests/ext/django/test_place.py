"""In which language a Django project speaks, read from the raw request of either interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.test.utils import override_settings

from consentgate.ext.django.place import language_of
from consentgate.ext.django.wrap import wrap_wsgi
from tests.support.django_project import Urls
from tests.support.frameworks import FORM, Send, call_wsgi, environ_of, options_of, scope_of

LOCALE = "django.middleware.locale.LocaleMiddleware"
OWN_LOCALE = f"{__name__}.OwnLocaleMiddleware"


class OwnLocaleMiddleware(LocaleMiddleware):
    """A project's own, made of Django's."""


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    with override_settings(MIDDLEWARE=[LOCALE], LANGUAGE_CODE="fr"):
        yield


def asked(cookie: str) -> list[str | None]:
    """The language of a request with this Cookie header, under WSGI and ASGI."""
    send = Send(cookie=cookie)
    return [language_of(environ_of(send)), language_of(scope_of(send))]


def test_it_is_the_one_in_djangos_cookie() -> None:
    assert asked("a=b; django_language=de; c=d") == ["de", "de"]


def test_a_variant_is_that_of_a_language_that_django_has() -> None:
    assert asked("django_language=de-at") == ["de", "de"]


@pytest.mark.parametrize("cookie", ["", "a=b", "django_language=", "django_language=xx", "\xff"])
def test_else_it_is_for_the_browser_to_say(cookie: str) -> None:
    assert asked(cookie) == [None, None]


def test_cookies_may_come_in_several_lines() -> None:
    scope = scope_of(Send())
    scope["headers"] += [(b"cookie", b"a=b"), (b"cookie", b"django_language=de")]

    assert language_of(scope) == "de"


def test_the_cookie_has_the_name_of_the_settings() -> None:
    with override_settings(LANGUAGE_COOKIE_NAME="speak"):
        assert asked("speak=de; django_language=nl") == ["de", "de"]


@pytest.mark.parametrize(
    "settings", [{"MIDDLEWARE": []}, {"USE_I18N": False}], ids=["no middleware", "no translation"]
)
def test_a_project_of_one_language_speaks_that(settings: dict[str, Any]) -> None:
    with override_settings(**settings):
        assert asked("django_language=de") == ["fr", "fr"]


def test_a_middleware_made_of_djangos_counts() -> None:
    with override_settings(MIDDLEWARE=["tests.support.django_project.Urls", OWN_LOCALE]):
        assert asked("django_language=de") == ["de", "de"]


@pytest.mark.parametrize(
    ("settings", "cookie", "language"),
    [
        ({}, "", "en"),
        ({}, "django_language=fr", "fr"),
        ({"MIDDLEWARE": []}, "", "fr"),
    ],
    ids=["the browser's", "the cookie's", "the only one"],
)
def test_the_visitors_pages_speak_it(settings: dict[str, Any], cookie: str, language: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    given = {name.upper(): value for name, value in options_of({}).items()}
    send = Send(cookie=cookie, headers=(("Accept-Language", "en"), ("Content-Type", FORM)))

    with override_settings(CONSENTGATE=given, ROOT_URLCONF=Urls(view), **settings):
        text = call_wsgi(wrap_wsgi(WSGIHandler()), send).text

    assert f'<html lang="{language}"' in text
