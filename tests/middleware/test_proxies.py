"""The banner's form and the links of the visitor's pages go where the framework's own links go,
whatever it learnt of its proxy, and wherever: in front of the gate, inside of it, or from settings.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Any, cast
from urllib.parse import urljoin

import flask
import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path as django_path
from django.urls import reverse
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from consentgate import get_consent
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.ext.django.proxy import scope_with_proxy, write_into_environ
from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from consentgate.ext.flask import ConsentGate
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS
from tests.support.exchange import POLICY, SECRET
from tests.support.frameworks import (
    Reply,
    Send,
    call_asgi,
    call_wsgi,
    environ_of,
    options_of,
    post,
    scope_of,
)

pytestmark = [
    pytest.mark.behaviour(35),
    pytest.mark.filterwarnings("ignore:The `root_path` parameter is deprecated"),
]

Visit = Callable[[Send], Reply]

# What a proxy sends on that ends https for https://www.example.org/shop/ and cuts /shop off.
FORWARDED = (
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "shop.example"),
    ("X-Forwarded-Prefix", "/shop"),
)
VISITOR = "https://shop.example/shop"


def page(link: str) -> str:
    """A page with a link of the framework's own to itself."""
    return f'<!doctype html><html><body><a id="own" href="{link}">here</a></body></html>'


# Flask


def flask_app() -> flask.Flask:
    app = flask.Flask("shop")
    app.add_url_rule("/basket", "basket", lambda: page(flask.url_for("basket")))
    return app


def flask_site(*wrappers: Callable[[Any], Any], after: bool = False) -> flask.Flask:
    """A Flask application with its gate, wrapped before or after."""
    app = flask_app()
    app.config |= {"SECRET_KEY": SECRET, "CONSENTGATE_POLICY": POLICY}
    if after:
        ConsentGate(app)
    for wrap in wrappers:
        app.wsgi_app = wrap(app.wsgi_app)  # type: ignore[method-assign]
    if not after:
        ConsentGate(app)
    return app


def proxy_fix(app: Any) -> ProxyFix:
    return ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_prefix=1)


def flask_extension(send: Send) -> Reply:
    return call_wsgi(flask_site(proxy_fix), send)


def flask_extension_wrapped_later(send: Send) -> Reply:
    return call_wsgi(flask_site(proxy_fix, after=True), send)


def proxy_fix_outside(send: Send) -> Reply:
    return call_wsgi(proxy_fix(WsgiMiddleware(flask_app(), **options_of({}))), send)


def proxy_fix_inside(send: Send) -> Reply:
    return call_wsgi(WsgiMiddleware(proxy_fix(flask_app()), **options_of({})), send)


def prefix_wrapper_of_ones_own(send: Send) -> Reply:
    def trust_prefix(app: Any) -> Any:
        def trusting(environ: Any, start_response: Any) -> Iterable[bytes]:
            environ["SCRIPT_NAME"] = environ["HTTP_X_FORWARDED_PREFIX"]
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]
            environ["HTTP_HOST"] = environ["HTTP_X_FORWARDED_HOST"]
            answer: Iterable[bytes] = app(environ, start_response)
            return answer

        return trusting

    return call_wsgi(flask_site(trust_prefix), send)


# Django


def basket(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page(reverse("basket")))


class Shop:
    """The URLs of the project."""

    urlpatterns = (django_path("basket", basket, name="basket"),)


def django_project(**more: Any) -> Any:
    return override_settings(
        CONSENTGATE={name.upper(): value for name, value in options_of({}).items()},
        ROOT_URLCONF=Shop,
        FORCE_SCRIPT_NAME="/shop",
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        USE_X_FORWARDED_HOST=True,
        **more,
    )


def django_wrapped(send: Send) -> Reply:
    with django_project():
        return call_wsgi(wrap_wsgi(WSGIHandler()), send)


def django_wrapped_under_asgi(send: Send) -> Reply:
    with django_project():
        return call_asgi(wrap_asgi(ASGIHandler()), send)


def django_class(send: Send) -> Reply:
    with django_project(MIDDLEWARE=[GATE_CLASS]):
        return call_wsgi(WSGIHandler(), send)


def django_class_under_asgi(send: Send) -> Reply:
    with django_project(MIDDLEWARE=[GATE_CLASS]):
        return call_asgi(ASGIHandler(), send)


TRUSTING: dict[str, Visit] = {
    "flask's extension": flask_extension,
    "flask's extension, wrapped later": flask_extension_wrapped_later,
    "a wrapper of one's own": prefix_wrapper_of_ones_own,
    "ProxyFix outside": proxy_fix_outside,
    "django wrapped": django_wrapped,
    "django wrapped under asgi": django_wrapped_under_asgi,
    "django's class": django_class,
    "django's class under asgi": django_class_under_asgi,
}
"""Where all that the proxy says is known to the visitor's pages too."""

trusting = pytest.mark.parametrize("visit", TRUSTING.values(), ids=TRUSTING)
behind_proxy = pytest.mark.parametrize(
    "visit",
    [*TRUSTING.values(), proxy_fix_inside],
    ids=[*TRUSTING, "ProxyFix inside"],
)


def attribute(reply: Reply, pattern: str) -> str:
    """The value of the attribute that the pattern ends with."""
    found = re.search(pattern + '="([^"]*)"', reply.text)
    assert found is not None, reply.text
    return found[1]


def get(path: str, **more: Any) -> Send:
    return Send(path=path, headers=FORWARDED, https=False, **more)


@behind_proxy
def test_the_form_and_the_files_of_a_banner_are_below_the_frameworks_mount(visit: Visit) -> None:
    reply = visit(get("/basket"))

    own = attribute(reply, 'id="own" href')
    mount = own.removesuffix("/basket")
    assert own == "/shop/basket"
    assert attribute(reply, "<form[^>]* action") == f"{mount}/consent/"
    assert attribute(reply, 'name="next" value') == own
    assert attribute(reply, "<link[^>]* href").startswith(f"{mount}/consent/static/")
    assert attribute(reply, "<script[^>]* src").startswith(f"{mount}/consent/static/")


@behind_proxy
@pytest.mark.parametrize("path", ["/consent/", "/consent/charter", "/consent/no/such/page"])
def test_the_links_of_the_visitors_pages_lead_to_them_for_the_browser(
    visit: Visit, path: str
) -> None:
    reply = visit(get(path))

    links = re.findall('(?:href|src|action)="([^"#?]*)["#?]', reply.text)
    pages = {urljoin(VISITOR + path, link) for link in links}
    assert f"{VISITOR}/consent/charter" in pages
    assert f"{VISITOR}/" in pages
    own = [page for page in pages if "/consent" in page]
    assert all(page.startswith(f"{VISITOR}/consent/") for page in own)


@behind_proxy
@pytest.mark.parametrize(
    ("send", "expected"),
    [
        (get("/consent"), "/consent/"),
        (post("choice=refuse", headers=FORWARDED, https=False), "/consent/#consentgate-saved"),
    ],
    ids=["the slash", "a choice"],
)
def test_a_redirect_leads_to_the_preferences_page_for_the_browser(
    visit: Visit, send: Send, expected: str
) -> None:
    same_site = (*send.headers, ("Sec-Fetch-Site", "same-origin"))

    reply = visit(Send(send.method, send.path, headers=same_site, parts=send.parts, https=False))

    assert urljoin(VISITOR + send.path, reply["location"]) == VISITOR + expected


@trusting
@pytest.mark.parametrize(
    ("origin", "status"), [("https://shop.example", 303), ("https://evil.example", 403)]
)
def test_an_older_browser_is_believed_by_the_origin_that_the_framework_knows(
    visit: Visit, origin: str, status: int
) -> None:
    headers = (*FORWARDED, ("Origin", origin))

    assert visit(post("choice=refuse", headers=headers, https=False)).status == status


@trusting
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_choice_is_secure_where_the_framework_knows_that_it_is(
    visit: Visit, scheme: str
) -> None:
    forwarded = dict(FORWARDED) | {"X-Forwarded-Proto": scheme, "Sec-Fetch-Site": "same-origin"}

    reply = visit(post("choice=refuse", headers=tuple(forwarded.items()), https=False))

    assert ("; Secure" in reply.cookies[0]) is (scheme == "https")


def test_a_choice_in_a_handler_is_secure_where_the_framework_knows_that_it_is() -> None:
    app = flask_site(proxy_fix)

    @app.post("/choose")
    def choose() -> str:
        get_consent(flask.request).refuse()
        return "chosen"

    reply = call_wsgi(app, Send("POST", "/choose", headers=FORWARDED, https=False))

    assert "; Secure" in reply.cookies[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_under_asgi_a_choice_in_a_handler_is_secure_where_the_application_knows(
    scheme: str,
) -> None:
    async def choose(request: Request) -> HTMLResponse:
        get_consent(request).refuse()
        return HTMLResponse("chosen")

    inner = Starlette(routes=[Route("/choose", choose, methods=["POST"])])
    # Any: uvicorn has types of its own for what ASGI specifies.
    trusting: Any = ProxyHeadersMiddleware(cast("Any", inner), trusted_hosts="*")
    gate = AsgiMiddleware(trusting, **options_of({}))
    headers = (("X-Forwarded-Proto", scheme),)

    reply = call_asgi(gate, Send("POST", "/choose", headers=headers, https=False))

    assert ("; Secure" in reply.cookies[0]) is (scheme == "https")


def test_no_hook_of_the_application_runs_for_the_pages_of_the_library() -> None:
    app, ran = flask_site(proxy_fix), list[str]()

    @app.before_request
    def before() -> None:
        ran.append("before")

    @app.after_request
    def after(response: flask.Response) -> flask.Response:
        ran.append("after")
        return response

    assert call_wsgi(app, get("/consent/")).status == 200
    assert ran == []
    assert call_wsgi(app, get("/basket")).status == 200
    assert ran == ["before", "after"]


# A mount that the server knows, or that the application is given


async def asgi_basket(request: Request) -> HTMLResponse:
    # What `url_for` puts before each path.
    return HTMLResponse(page(request.base_url.path.rstrip("/") + "/basket"))


BASKET = Route("/{rest:path}", asgi_basket)


def fastapi_root_path(root_path: str, *, added: bool) -> Any:
    app = FastAPI(root_path=root_path, routes=[BASKET])
    if added:
        app.add_middleware(AsgiMiddleware, **options_of({}))
        return app
    return AsgiMiddleware(app, **options_of({}))


def action_under(app: Any, **facts: Any) -> tuple[str, str]:
    """The framework's link and the banner's action, under ASGI."""
    scope = scope_of(Send(path="/basket")) | facts

    async def with_facts(_: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    reply = call_asgi(with_facts, Send())
    return attribute(reply, 'id="own" href'), attribute(reply, "<form[^>]* action")


@pytest.mark.parametrize("added", [True, False], ids=["added", "around"])
@pytest.mark.parametrize("root_path", ["/shop", "/shop/"])
def test_the_root_path_of_a_fastapi_application_precedes_the_form(
    added: bool, root_path: str
) -> None:
    app = fastapi_root_path(root_path, added=added)

    assert action_under(app) == ("/shop/basket", "/shop/consent/")


@pytest.mark.parametrize(
    ("root_path", "path"),
    [
        ("/shop", "/shop/basket"),
        ("/shop", "/basket"),
        ("/shop/", "/shop/basket"),
        ("/shop/", "/shop//basket"),
        ("/", "/basket"),
        ("", "/basket"),
    ],
    ids=["uvicorn", "cut off", "slash", "uvicorn with a slash", "the root", "none"],
)
def test_the_root_path_of_a_server_precedes_the_form(root_path: str, path: str) -> None:
    app = Starlette(routes=[BASKET])
    app.add_middleware(AsgiMiddleware, **options_of({}))

    link, action = action_under(app, path=path, root_path=root_path)

    assert action == link.removesuffix("/basket") + "/consent/"


@pytest.mark.parametrize("root_path", ["", "/shop"])
def test_a_mount_of_starlettes_inside_of_the_gate_does_not_precede_the_form(root_path: str) -> None:
    inner = Starlette(routes=[Mount("/in", Starlette(routes=[BASKET]))])
    gate = AsgiMiddleware(inner, **options_of({}))

    facts = {"path": f"{root_path}/in/basket", "root_path": root_path}
    _, action = action_under(gate, **facts)

    assert action == f"{root_path}/consent/"


def test_a_mount_of_starlettes_around_the_gate_precedes_the_form() -> None:
    gate = AsgiMiddleware(Starlette(routes=[BASKET]), **options_of({}))

    _, action = action_under(Starlette(routes=[Mount("/shop", gate)]), path="/shop/basket")

    assert action == "/shop/consent/"


@pytest.mark.parametrize("gated", ["inside", "around"])
def test_a_dispatcher_of_werkzeugs_precedes_the_form_only_around_the_gate(gated: str) -> None:
    def gate(app: Any) -> Any:
        return WsgiMiddleware(app, **options_of({}))

    app = (
        gate(DispatcherMiddleware(flask_app(), {"/shop": flask_app()}))
        if gated == "inside"
        else DispatcherMiddleware(flask_app(), {"/shop": gate(flask_app())})
    )

    reply = call_wsgi(app, Send(path="/shop/basket"))

    expected = "/consent/" if gated == "inside" else "/shop/consent/"
    assert attribute(reply, "<form[^>]* action") == expected
    assert attribute(reply, 'name="next" value') == "/shop/basket"


def test_a_prefix_from_a_proxy_and_a_mount_inside_are_told_apart() -> None:
    app = proxy_fix(DispatcherMiddleware(flask_app(), {"/in": flask_app()}))

    reply = call_wsgi(WsgiMiddleware(app, **options_of({})), get("/in/basket"))

    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"
    assert attribute(reply, 'name="next" value') == "/shop/in/basket"


@pytest.mark.parametrize(
    ("mount", "path"),
    [("/shop", "/basket"), ("/shop/", "basket"), ("/shop/", "/basket"), ("//shop", "/basket")],
    ids=["plain", "slash that takes the path's", "two slashes", "leading slashes"],
)
def test_the_mount_of_a_wsgi_server_precedes_the_form_with_one_slash(mount: str, path: str) -> None:
    gate = WsgiMiddleware(flask_app(), **options_of({}))

    def served(environ: Any, start_response: Any) -> Any:
        return gate(environ | {"SCRIPT_NAME": mount, "PATH_INFO": path}, start_response)

    reply = call_wsgi(served, Send())

    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"
    assert attribute(reply, 'name="next" value') == "/shop/basket"


def test_the_pages_are_found_below_a_mount_that_takes_the_paths_slash() -> None:
    gate = WsgiMiddleware(flask_app(), **options_of({}))

    def served(environ: Any, start_response: Any) -> Any:
        facts = {"SCRIPT_NAME": "/shop/", "PATH_INFO": "consent/"}
        return gate(environ | facts, start_response)

    reply = call_wsgi(served, Send())

    assert reply.status == 200
    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"


def test_an_application_that_rewrites_its_path_has_the_mount_that_the_server_gave() -> None:
    def localised(environ: Any, start_response: Any) -> Any:
        environ |= {"SCRIPT_NAME": "/fr", "PATH_INFO": "/panier"}
        start_response("200 OK", [("Content-Type", "text/html")])
        return [page("/").encode()]

    reply = call_wsgi(WsgiMiddleware(localised, **options_of({})), Send(path="/basket"))

    assert attribute(reply, "<form[^>]* action") == "/consent/"


@pytest.mark.parametrize("mount", ["", "/caf\xe9"])
def test_django_may_decode_what_it_finds_in_the_environ(mount: str) -> None:
    with override_settings(ROOT_URLCONF=Anything):
        gate = WsgiMiddleware(WSGIHandler(), **options_of({}))
        reply = call_wsgi(gate, Send(path="/th\xe9", mount=mount))

    quoted = "/caf%C3%A9" if mount else ""
    assert attribute(reply, "<form[^>]* action") == f"{quoted}/consent/"
    assert attribute(reply, 'name="next" value') == f"{quoted}/th%C3%A9"


class Anything:
    """One page at every path."""

    urlpatterns = (django_path("<path:rest>", lambda _, rest: HttpResponse(page("/"))),)


def test_a_forced_mount_and_decoded_paths_go_together() -> None:
    with override_settings(ROOT_URLCONF=Anything, FORCE_SCRIPT_NAME="/shop"):
        gate = WsgiMiddleware(WSGIHandler(), **options_of({}))
        reply = call_wsgi(gate, Send(path="/th\xe9"))

    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"


# What nobody trusts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Prefix", "//evil.example"),
        ("X-Forwarded-Prefix", "/shop"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Script-Name", "/shop"),
    ],
)
@pytest.mark.parametrize("path", ["/basket", "/consent/", "/consent/charter"])
def test_a_header_that_nobody_trusts_leads_nowhere_else(name: str, value: str, path: str) -> None:
    gate = WsgiMiddleware(flask_app(), **options_of({}))

    reply = call_wsgi(gate, Send(path=path, headers=((name, value),)))

    links = re.findall('(?:href|src|action)="([^"#?]*)["#?]', reply.text)
    site = "https://www.example.org"
    assert all(urljoin(site + path, link).startswith(f"{site}/") for link in links)
    own = [urljoin(site + path, link) for link in links if "consent" in link]
    assert own
    assert all(link.startswith(f"{site}/consent/") for link in own)


def test_a_trusted_proxy_may_name_no_scheme_and_django_s_own_counts() -> None:
    headers = tuple(pair for pair in FORWARDED if pair[0] != "X-Forwarded-Proto")

    for visit in (django_wrapped, django_wrapped_under_asgi):
        send = post("choice=refuse", headers=(*headers, ("Sec-Fetch-Site", "same-origin")))
        assert "; Secure" in visit(send).cookies[0]


def test_a_websocket_behind_a_proxy_has_a_scheme_of_its_own() -> None:
    scope = scope_of(get("/")) | {"type": "websocket", "scheme": "ws"}
    with django_project():
        assert scope_with_proxy(scope)["scheme"] == "wss"


def test_without_such_settings_django_s_scope_and_environ_stay_as_they_came() -> None:
    environ, scope = environ_of(get("/a", mount="/b")), scope_of(get("/a", mount="/b"))
    before = dict(environ)
    write_into_environ(environ)

    assert environ == before
    assert scope_with_proxy(scope) == scope


def test_a_request_that_names_no_host_is_given_none() -> None:
    environ = environ_of(get("/"))
    del environ["HTTP_HOST"], environ["HTTP_X_FORWARDED_HOST"]
    with django_project():
        write_into_environ(environ)

    assert "HTTP_HOST" not in environ


def test_what_is_no_request_passes_the_wrapper_as_it_came() -> None:
    passed: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope)

    scope = {"type": "lifespan"}
    with django_project():
        asyncio.run(wrap_asgi(app)(scope, cast("Any", None), cast("Any", None)))

    assert passed == [scope]
