"""Applications that are mounted inside the gate: the banner's addresses stay the gate's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.frameworks import Reply, Send, call_asgi, call_wsgi, options_of

PAGE = "<!doctype html><body>hello"


def visit_starlette(send: Send) -> Reply:
    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE)

    app = Starlette(routes=[Mount("/part", routes=[Route("/page", page)])])
    return call_asgi(AsgiMiddleware(app, **options_of({})), send)


def visit_werkzeug(send: Send) -> Reply:
    page = Response(PAGE, mimetype="text/html")
    app = DispatcherMiddleware(Response(status=404), {"/part": page})
    return call_wsgi(WsgiMiddleware(app, **options_of({})), send)


@pytest.mark.parametrize("visit", [visit_starlette, visit_werkzeug])
@pytest.mark.parametrize("mount", ["", "/site"])
def test_the_banner_of_a_mounted_page_leads_to_the_gates_pages(
    visit: Callable[[Send], Reply], mount: str
) -> None:
    text = visit(Send(path="/part/page", mount=mount)).text

    assert f'action="{mount}/consent/"' in text
    assert f'name="next" value="{mount}/part/page"' in text
