"""The banner's form and the links of the visitor's pages go where the framework's own links go,
whatever it learnt of its proxy, and wherever: in front of the gate, inside of it, or from settings.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, cast
from urllib.parse import urljoin

import flask
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from consentgate import get_consent
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.ext.django.proxy import scope_with_proxy, write_into_environ
from consentgate.ext.django.wrap import wrap_asgi
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.middleware.proxied import (
    FORWARDED,
    VISITOR,
    Visit,
    attribute,
    behind_proxy,
    django_project,
    django_wrapped,
    django_wrapped_under_asgi,
    flask_app,
    flask_site,
    get,
    proxy_fix,
    trusting,
)
from tests.support.frameworks import (
    Send,
    call_asgi,
    call_wsgi,
    environ_of,
    options_of,
    post,
    scope_of,
)

pytestmark = pytest.mark.behaviour(35)


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
