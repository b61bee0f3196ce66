"""What a test asserts of the cookies that leave, and what it says where that is not so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from consentgate import ConfigurationError, Cookie, Policy
from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from consentgate.policy.cookie import requiring
from consentgate.testing import (
    ConsentViolation,
    Visitor,
    assert_nothing_before_consent,
    assert_only,
)
from tests.testing.sites import (
    ASYNC_CLIENTS,
    CLIENTS,
    POLICY,
    asgi_app,
    bare_asgi_app,
    bare_wsgi_app,
    django_site,
    fastapi_app,
    flask_app,
    use_starlette,
    wsgi_app,
)

Use = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(params=list(CLIENTS.values()), ids=list(CLIENTS))
def use(request: pytest.FixtureRequest) -> Use:
    found: Use = request.param
    return found


# assert_only


def test_cookies_of_the_named_categories_may_be_set(use: Use) -> None:
    with use() as client:
        visitor = Visitor(client)
        visitor.choose("statistics")

        assert_only({"necessary", "statistics"}, visitor.get("/"))


def test_a_cookie_of_another_category_is_a_failure(use: Use) -> None:
    with use() as client:
        visitor = Visitor(client)
        visitor.accept()
        page = visitor.get("/")

        with pytest.raises(ConsentViolation) as failed:
            assert_only({"necessary", "statistics"}, page)

    assert (
        str(failed.value)
        == f"""\
Only cookies of necessary and statistics may be set here:

'_fbp', set by GET {page.url}: it is of the category marketing [CG112]
  Do not set it here, or name its category in the test."""
    )


def test_what_is_not_declared_is_a_failure_with_what_to_paste(use: Use) -> None:
    with use(unknown="report") as client:
        page = Visitor(client).get("/?secret=1")

        with pytest.raises(ConsentViolation) as failed:
            assert_only({"necessary"}, page)

    assert (
        str(failed.value)
        == f"""\
Only cookies of necessary may be set here:

'_promo_id', set by GET {page.url.partition("?")[0]}: it is not declared [CG110]
  Nothing is known of it: check its category and its purpose, which visitors read. To declare it, \
add to the policy's TOML:

    [[cookies]]
    name = "_promo_id"
    category = "statistics"
    provider = "This site"
    purpose = "Counts visits."
    lifetime = "session\""""
    )


def test_where_no_category_is_named_no_cookie_may_be_set() -> None:
    with (
        use_starlette() as client,
        pytest.raises(ConsentViolation, match=r"^No cookies may be set here:\n\n'session'"),
    ):
        assert_only(set(), Visitor(client).get("/"))


def test_the_answer_to_a_client_itself_is_looked_at_with_the_policy(use: Use) -> None:
    with use() as client:
        Visitor(client).accept()
        response = client.get("/")

        assert_only({"necessary", "statistics", "marketing"}, response, policy=POLICY)
        with pytest.raises(ConsentViolation, match=r"'_fbp', set by GET .*/: it is of the"):
            assert_only({"necessary", "statistics"}, response, policy=POLICY)


def test_without_a_policy_that_is_an_error(use: Use) -> None:
    with use() as client, pytest.raises(ConfigurationError, match="or pass policy="):
        assert_only({"necessary"}, client.get("/"))


def test_a_response_of_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="bytes is no response of a test client"):
        assert_only({"necessary"}, b"", policy=POLICY)


def test_one_text_of_categories_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"write {'necessary'}"):
        assert_only("necessary", b"")


def test_a_cookie_of_two_categories_needs_both_named() -> None:
    class Both:
        rules = ()
        default_language = "en"

        def rule_for(self, name: str, /) -> Cookie:
            return requiring(Cookie(name, category="statistics"), "statistics", "marketing")

    with use_starlette() as client:
        page = Visitor(client).get("/")

    assert_only({"statistics", "marketing"}, page, policy=Both())
    with pytest.raises(ConsentViolation, match="is of the category statistics and marketing"):
        assert_only({"statistics"}, page, policy=Both())


def sets(*values: str) -> Any:
    """A site that sends these Set-Cookie values, without a gate."""

    async def page(request: Request) -> Response:
        response = Response()
        for value in values:
            response.raw_headers.append((b"set-cookie", value.encode("latin-1")))
        return response

    return Starlette(routes=[Route("/", page)])


def test_a_deletion_sets_nothing() -> None:
    values = ["visits=; Max-Age=0", "_promo_id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]

    assert_nothing_before_consent(sets(*values), ["/"], policy=POLICY)


def test_a_cookie_without_a_name_is_a_failure() -> None:
    with pytest.raises(ConsentViolation) as failed:
        assert_nothing_before_consent(sets("=_ga", "a b=1"), ["/"], policy=POLICY)

    assert (
        str(failed.value)
        == """\
These cookies leave before the visitor has chosen:

'a b', set by GET https://testserver/: it is not declared [CG110]
  No declaration can hold this name: give the cookie another.

A cookie, set by GET https://testserver/: it has no name [CG115]
  A browser may take it for any other: give it a name."""
    )


# assert_nothing_before_consent


APPS = {
    "Flask": flask_app,
    "WSGI": wsgi_app,
    "Starlette": asgi_app,
    "FastAPI": fastapi_app,
}


@pytest.mark.parametrize("make", APPS.values(), ids=APPS)
def test_a_site_behind_a_gate_sets_nothing_before_consent(make: Callable[[], Any]) -> None:
    assert_nothing_before_consent(make(), ["/", "/plain", "/old"])


def test_neither_does_a_client_that_has_chosen(use: Use) -> None:
    with use() as client:
        Visitor(client).accept()

        assert_nothing_before_consent(client, ["/", "/old"])


@pytest.mark.parametrize(
    "make", [lambda: wrap_wsgi(WSGIHandler()), lambda: wrap_asgi(ASGIHandler())]
)
def test_neither_does_a_django_project_as_its_server_gets_it(make: Callable[[], Any]) -> None:
    with django_site():
        assert_nothing_before_consent(make(), ["/"])


@pytest.mark.behaviour(31)
@pytest.mark.parametrize("make", APPS.values(), ids=APPS)
def test_what_leaves_is_a_failure_wherever_it_is_set(make: Callable[..., Any]) -> None:
    with pytest.raises(ConsentViolation) as failed:
        assert_nothing_before_consent(make(mode="report"), ["/old", "/"])

    assert (
        str(failed.value)
        == """\
These cookies leave before the visitor has chosen:

'_promo_id', set by GET https://testserver/: it is not declared [CG110]
  Nothing is known of it: check its category and its purpose, which visitors read. To declare it, \
add to the policy's TOML:

    [[cookies]]
    name = "_promo_id"
    category = "statistics"
    provider = "This site"
    purpose = "Counts visits."
    lifetime = "session"

'visits' (statistics), set by GET https://testserver/: it leaves before the visitor has chosen \
[CG111]
  A gate that enforces lets no such cookie out: it is set outside of the gate (put the gate \
outermost), or the gate has mode="report".

'_fbp' (marketing), set by GET https://testserver/: it leaves before the visitor has chosen [CG111]
  A gate that enforces lets no such cookie out: it is set outside of the gate (put the gate \
outermost), or the gate has mode="report"."""
    )


@pytest.mark.parametrize("make", APPS.values(), ids=APPS)
def test_a_page_that_is_not_there_shows_nothing(make: Callable[[], Any]) -> None:
    with pytest.raises(
        ConsentViolation, match=r"^GET https://testserver/missing answered 404: name the path of"
    ):
        assert_nothing_before_consent(make(), ["/", "/missing"])


@pytest.mark.parametrize("app", [bare_wsgi_app(), bare_asgi_app()], ids=["WSGI", "ASGI"])
def test_without_a_gate_or_a_policy_that_is_a_failure(app: Any) -> None:
    with pytest.raises(ConsentViolation, match=r"^No gate answers at https://testserver/consent/"):
        assert_nothing_before_consent(app, ["/"])


@pytest.mark.parametrize("make", APPS.values(), ids=APPS)
def test_the_pages_of_the_gate_are_found_where_the_test_says(make: Callable[..., Any]) -> None:
    assert_nothing_before_consent(make(prefix="/cookies"), ["/"], prefix="/cookies")


def test_a_redirect_to_another_site_is_not_followed_and_one_in_a_circle_not_for_ever() -> None:
    async def page(request: Request) -> Response:
        return Response(status_code=302, headers={"location": str(request.url)})

    async def away(request: Request) -> Response:
        return Response(status_code=302, headers={"location": "https://elsewhere.example/"})

    app = Starlette(routes=[Route("/", page), Route("/away", away)])

    assert_nothing_before_consent(app, ["/", "/away"], policy=POLICY)


def test_one_text_of_paths_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"write \['/'\]"):
        assert_nothing_before_consent(wsgi_app(), "/")


def test_no_path_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="paths is empty: name at least one page"):
        assert_nothing_before_consent(wsgi_app(), [])


def test_what_is_no_application_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="Policy is neither a WSGI or ASGI application"):
        assert_nothing_before_consent(Policy(), ["/"])


def test_a_client_that_must_be_awaited_is_an_error() -> None:
    with (
        ASYNC_CLIENTS["httpx"]() as client,
        pytest.raises(ConfigurationError, match="AsyncClient must be awaited: pass the appl"),
    ):
        assert_nothing_before_consent(client, ["/"])


def test_a_test_that_is_asynchronous_can_assert_it_too() -> None:
    async def test() -> None:
        assert_nothing_before_consent(asgi_app(), ["/"])

    asyncio.run(test())


# The lifespan of an ASGI application


def app_with(events: list[str], *, fails: str = "") -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        events.append("startup")
        assert fails != "startup"
        yield {"greeting": "hello"}
        events.append("shutdown")
        assert fails != "shutdown"

    async def page(request: Request) -> Response:
        events.append(request.state.greeting)
        return Response("a page")

    return Starlette(routes=[Route("/", page)], lifespan=lifespan)


def test_an_application_is_started_and_stopped_once() -> None:
    events: list[str] = []
    assert_nothing_before_consent(app_with(events), ["/", "/"], policy=POLICY)

    assert events == ["startup", "hello", "hello", "shutdown"]


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_an_application_that_fails_at_it_raises_its_own_error(phase: str) -> None:
    with pytest.raises(AssertionError):
        assert_nothing_before_consent(app_with([], fails=phase), ["/"], policy=POLICY)


def test_an_application_that_says_so_and_ends_is_an_error() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(RuntimeError, match="no database"):
        assert_nothing_before_consent(app, ["/"], policy=POLICY)


def test_an_application_without_a_lifespan_goes_without() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        while (await receive())["type"] != "http.disconnect":
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"a ", "more_body": True})
            await send({"type": "http.response.body", "body": b"page"})

    assert_nothing_before_consent(app, ["/"], policy=POLICY)


def test_a_wsgi_application_may_write_and_close() -> None:
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Any:
            return iter([b"page"])

        def close(self) -> None:
            closed.append(True)

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Set-Cookie", "session=1")])(b"a ")
        return Body()

    assert_nothing_before_consent(app, ["/"], policy=POLICY)

    assert closed == [True, True]
