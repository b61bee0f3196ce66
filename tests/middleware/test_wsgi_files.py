"""Files under the WSGI middleware: a page from a file is a page, all else is left to the server."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from wsgiref.util import FileWrapper

import pytest
from werkzeug.utils import send_file

from tests.middleware.banner_pages import ASKS, PAGE, PUT
from tests.support.exchange import HTML
from tests.support.minimal_servers import App, answerer, serve, wsgi_gate

JSON = ("Content-Type", "application/json")


def gated(app: App, **options: Any) -> App:
    return wsgi_gate(app, **{"banner": "auto"} | options)


@pytest.mark.behaviour(9)
@pytest.mark.behaviour(41)
@pytest.mark.parametrize("wrapper", [FileWrapper, None], ids=["the-servers", "none"])
def test_a_page_from_a_file_is_a_page_as_any_other(wrapper: object) -> None:
    facts: dict[str, Any] = {"wsgi.file_wrapper": wrapper}

    server = serve(gated(answerer(HTML, body=FileWrapper(BytesIO(PAGE)))), **facts)

    assert ASKS in server.content


@pytest.mark.behaviour(41)
def test_the_file_is_closed() -> None:
    file = BytesIO(PAGE)

    serve(gated(answerer(HTML, body=FileWrapper(file))))

    assert file.closed


@pytest.mark.behaviour(41)
def test_a_file_that_is_no_page_is_left_to_the_server() -> None:
    file = FileWrapper(BytesIO(b"{}"))

    facts: dict[str, Any] = {"wsgi.file_wrapper": FileWrapper}

    server = serve(gated(answerer(JSON, body=file)), **facts)

    assert server.body is file


@pytest.mark.behaviour(41)
def test_a_page_that_a_framework_sends_from_a_file_asks_too() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        response = send_file(BytesIO(PAGE), environ, mimetype="text/html")
        return response(environ, start_response)

    server = serve(gated(app))

    assert ASKS in server.content


def test_what_was_written_before_a_file_is_part_of_the_page() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", [HTML])(b"<title>t</title>")
        return FileWrapper(BytesIO(b"<body><p>x"))

    server = serve(gated(app))

    assert server.content.startswith(b"<title>t</title><body>" + PUT)
