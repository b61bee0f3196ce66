"""With an empty policy and `unknown="report"` a Flask application is as without the gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import flask
import pytest
from werkzeug.wrappers import Response

from consentgate import Policy
from tests.middleware.cookie_samples import REQUEST_COOKIES, SET_COOKIES
from tests.support.exchange import Ask
from tests.support.minimal_servers import WsgiServer, wsgi_gate

EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)

site = flask.Flask("transparent")
site.secret_key = "a key for the session of tests"


@site.route("/echo", methods=["GET", "POST"])
def echo() -> dict[str, Any]:
    return {
        "header": flask.request.headers.get("Cookie"),
        "cookies": flask.request.cookies,
        "body": flask.request.get_data(as_text=True),
    }


@site.route("/cookies", methods=["GET", "POST"])
def cookies() -> flask.Response:
    response = flask.Response("cookies", headers={"Cache-Control": "public", "Vary": "Accept"})
    # No max_age: the framework would write the present moment.
    response.set_cookie("a", "1", secure=True, httponly=True, samesite="Strict")
    response.set_cookie("b", "2", path="/x", domain="example.org", expires=EXPIRES)
    response.delete_cookie("c")
    for value in SET_COOKIES:
        response.headers.add("Set-Cookie", value)
    response.headers.add("set-cookie", "in another case")
    return response


@site.route("/stream")
def stream() -> flask.Response:
    def chunks() -> Iterator[bytes]:
        for number in range(5):
            yield b"%d" % number * 100

    return flask.Response(chunks(), headers={"Set-Cookie": "streamed=1"})


@site.route("/redirect")
def redirect() -> Response:
    response = flask.redirect("/elsewhere")
    response.set_cookie("redirected", "1")
    return response


@site.route("/file")
def file() -> flask.Response:
    # Unconditional: the framework would write the present moment.
    return flask.send_file(Path(__file__), mimetype="text/plain", conditional=False)


@site.route("/file-in-memory")
def file_in_memory() -> flask.Response:
    return flask.send_file(BytesIO(b"in memory"), mimetype="text/plain", conditional=False)


@site.route("/session", methods=["GET", "POST"])
def session() -> str:
    flask.session["count"] = 1
    return "counted"


@site.route("/empty")
def empty() -> tuple[str, int, dict[str, str]]:
    return "", 204, {"Set-Cookie": "empty=1"}


@site.route("/fail")
def fail() -> str:
    raise RuntimeError("the page failed")


@site.route("/forbid")
def forbid() -> str:
    flask.abort(403)


def served(ask: Ask, *, gated: bool, body: bytes = b"") -> tuple[Any, ...]:
    app: Any = [site.wsgi_app, wsgi_gate(site.wsgi_app, policy=Policy(), unknown="report")][gated]
    server = WsgiServer().run(
        app, ask, CONTENT_LENGTH=str(len(body)), **{"wsgi.input": BytesIO(body)}
    )
    return server.status, server.headers, server.sent, type(server.body)


PATHS = ["echo", "cookies", "stream", "redirect", "file", "file-in-memory", "empty", "fail"]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
@pytest.mark.parametrize("path", [*PATHS, "forbid", "missing", "echo/"])
def test_a_response_is_the_same_to_the_byte(path: str, method: str) -> None:
    ask = Ask(path=f"/{path}", method=method, cookie="session=1; _ga=2")

    bare = served(ask, gated=False, body=b"the body")

    assert served(ask, gated=True, body=b"the body") == bare


@pytest.mark.parametrize("cookie", REQUEST_COOKIES)
def test_the_application_sees_the_same_cookies(cookie: str) -> None:
    ask = Ask(path="/echo", cookie=cookie)

    bare = served(ask, gated=False)

    assert bare[0] == "200 OK"
    assert served(ask, gated=True) == bare


def test_the_session_of_the_framework_leaves_and_comes_back() -> None:
    [cookie] = [
        value for name, value in served(Ask(path="/session"), gated=True)[1] if name == "Set-Cookie"
    ]

    assert cookie.startswith("session=")


def test_an_error_that_the_framework_hands_on_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(site.config, "PROPAGATE_EXCEPTIONS", True)

    with pytest.raises(RuntimeError, match="the page failed"):
        served(Ask(path="/fail"), gated=True)
