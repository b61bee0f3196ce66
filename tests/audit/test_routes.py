"""The pages that routers name are visited; of Django's, those that take no parameter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import override_settings

import tests.support.django_project  # noqa: F401 (it configures Django)
from consentgate import Policy
from consentgate.audit.check import Result, check
from consentgate.audit.loading import ApplicationError
from tests.audit.conftest import Write
from tests.audit.sites import FLASK, STARLETTE

Check = Callable[..., Result]

DJANGO = """
from django.conf.urls.i18n import i18n_patterns
from django.core.{interface} import get_{interface}_application
from django.http import HttpResponse
from django.urls import include, path, re_path

app = get_{interface}_application()


def page(request, **parameters):
    return HttpResponse("<body>")


def basket(request):
    response = page(request)
    response.set_cookie("basket", "3")
    return response


orders = [
    path("", page),
    path("open/", page),
    path("<int:number>/", page),
    path("delete/", page),
]
shop = ([path("basket/", basket), path("orders/", include(orders))], "shop")

urlpatterns = [
    path("", page),
    path("about us/", page),
    path("shop/", include(shop, namespace="first")),
    path("<town>/", include([path("inner/", page)])),
    path("account/logout/", page),
    re_path(r"^news\\.html$", page),
    re_path(r"^old/?$", page),
    re_path(r"^archive/(?P<year>[0-9]+)/$", page),
    re_path(r"^archive/([0-9]+)/$", page),
    path("none/", include([re_path(r"^(?:first|last)/$", page)])),
    *i18n_patterns(path("help/", page), re_path("^faq/$", page)),
]
"""
OF_DJANGO = [
    *("/", "/about%20us/", "/shop/basket/", "/shop/orders/", "/shop/orders/open/", "/news.html"),
    *("/old", "/en/help/", "/en/faq/"),
]

INTERFACES = pytest.mark.parametrize("interface", ["wsgi", "asgi"])


@pytest.fixture
def check_django(write: Write, tmp_path: Path) -> Check:
    """A function that checks a Django project of one module, which has its URLs too."""

    def check_django(source: str, **options: object) -> Result:
        name = write(source)
        with override_settings(ROOT_URLCONF=name):
            return check(f"{name}:app", folder=tmp_path, **options)  # type: ignore[arg-type]

    return check_django


@INTERFACES
def test_of_djangos_urls_those_without_parameters_are_visited(
    check_django: Check, interface: str
) -> None:
    result = check_django(DJANGO.replace("{interface}", interface))

    assert (result.pages, result.failed) == (OF_DJANGO, [])
    assert [*result.sightings] == ["basket"]


def test_they_are_visited_through_middleware_of_the_site(check_django: Check) -> None:
    wrapped = "\ndjango = app\ndef app(environ, start):\n    return django(environ, start)\n"

    result = check_django(DJANGO.replace("{interface}", "wsgi") + wrapped)

    assert result.pages == OF_DJANGO


@pytest.mark.parametrize(("prefixes_default", "expected"), [(True, "/fr/aide/"), (False, "/aide/")])
def test_urls_in_several_languages_are_visited_in_the_projects_own(
    check_django: Check, prefixes_default: bool, expected: str
) -> None:
    source = DJANGO.replace("{interface}", "wsgi")
    urls = f"i18n_patterns(path('aide/', page), prefix_default_language={prefixes_default})"

    with override_settings(LANGUAGE_CODE="fr"):
        result = check_django(f"{source}\nurlpatterns = {urls}\n")

    assert result.pages == ["/", expected]


def test_the_bounds_are_those_of_all_pages(check_django: Check) -> None:
    source = DJANGO.replace("{interface}", "wsgi")

    result = check_django(source, most_pages=3, excluded=["/shop/*"])

    assert (result.pages, result.is_cut) == (["/", "/about%20us/", "/news.html"], True)


def test_urls_that_cannot_be_read_are_one_line(check_django: Check) -> None:
    source = DJANGO.replace("{interface}", "wsgi") + "\nurlpatterns = 3\n"

    with pytest.raises(ApplicationError, match=r"^GET / fails: ImproperlyConfigured: ") as caught:
        check_django(source)

    assert "\n" not in str(caught.value)


def test_a_site_that_is_not_djangos_has_none_of_its_urls(check_django: Check) -> None:
    assert check_django(FLASK).pages == ["/", "/deep"]


def test_a_site_without_django_needs_none(
    check_site: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "django.core.signals")

    assert check_site(FLASK).pages == ["/", "/deep"]


@pytest.mark.parametrize(
    ("source", "wrap", "pages"),
    [
        (FLASK, "wsgi.ConsentMiddleware(app, **OPTIONS)", ["/", "/deep"]),
        (FLASK, "wsgi.ConsentMiddleware(app.wsgi_app, **OPTIONS)", ["/", "/deep"]),
        (STARLETTE, "asgi.ConsentMiddleware(app, **OPTIONS)", ["/", "/shop/deep"]),
        (STARLETTE, "Outer(asgi.ConsentMiddleware(app, **OPTIONS))", ["/", "/shop/deep"]),
    ],
)
def test_a_router_is_found_inside_of_what_wraps_it(
    check_site: Check, source: str, wrap: str, pages: list[str]
) -> None:
    gate = f"""
from consentgate import Policy, asgi, wsgi

class Outer:
    def __init__(self, inner):
        self.application = inner

    async def __call__(self, scope, receive, send):
        await self.application(scope, receive, send)

OPTIONS = dict(policy=Policy(), secret_key="a secret for tests, of 40 characters ....")
app = {wrap}
"""

    result = check_site(source + gate)

    assert (result.is_guarded, result.pages) == (True, pages)


def test_wrappers_without_end_are_left_alone(check_site: Check) -> None:
    source = """
class Endless:
    @property
    def app(self):
        return Endless()

    def __call__(self, environ, start_response):
        start_response("200 OK", [])
        return [b""]

app = Endless()
"""

    assert check_site(source, policy=Policy()).pages == ["/"]
