"""Where a page is, and requests to the library's pages, as each server interface tells them."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate.pages.http import (
    PageAddress,
    Request,
    address_in_environ,
    address_in_scope,
    page_address,
    path_in_scope,
    request_in_environ,
    request_in_scope,
)
from consentgate.pages.same_site import LONGEST_PATH
from tests.support.app_calls import environ_of, scope_of
from tests.support.exchange import Ask, gate_of
from tests.support.gate_exchange import visit_of

EXCHANGE = visit_of(gate_of())


def way_back(path: str, query: str = "", *, mount: str = "") -> str:
    return page_address(mount, path, query, encoding="utf-8").way_back


@pytest.mark.parametrize(
    ("mount", "path", "query", "expected"),
    [
        ("", "/", "", "/"),
        ("", "/page", "", "/page"),
        ("", "/a/b.c/~d/", "", "/a/b.c/~d/"),
        ("", "/page", "a=b&c=%20d", "/page?a=b&c=%20d"),
        ("/shop", "/page", "", "/shop/page"),
        ("/shop", "/", "a", "/shop/?a"),
        ("", "/a b", "", "/a%20b"),
        ("", "/a%b", "", "/a%25b"),
        ("", "/\xe9", "a='b'", "/%C3%A9?a='b'"),
        ("/\xe9", "/page", "", "/%C3%A9/page"),
    ],
)
def test_the_way_back_is_the_path_as_the_browser_has_it(
    mount: str, path: str, query: str, expected: str
) -> None:
    assert way_back(path, query, mount=mount) == expected


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    ("mount", "path"),
    [
        ("", "//evil.example"),
        ("", "///evil.example"),
        ("", "//"),
        ("", "evil.example"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("query", ["", "a=b"])
def test_there_is_no_way_back_to_another_host(mount: str, path: str, query: str) -> None:
    assert way_back(path, query, mount=mount) == ""


def test_there_is_none_to_an_address_that_is_too_long() -> None:
    for length in range(LONGEST_PATH - 2, LONGEST_PATH + 3):
        plain, coded = "/" + "a" * (length - 1), "/" + "'" * (length - 1)
        assert bool(way_back(plain)) is bool(way_back(coded)) is (length <= LONGEST_PATH)


def test_bytes_that_are_characters_are_quoted_as_such() -> None:
    address = page_address("/\xc3\xa9", "/\xff", "", encoding="latin-1")

    assert address == PageAddress("/%C3%A9", "/%C3%A9/%FF")


def test_what_is_no_text_in_the_encoding_is_no_error() -> None:
    address = page_address("/\udcff", "/a\udcff", "", encoding="utf-8")

    assert address == ("/%3F", "/%3F/a%3F", "")


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, PageAddress("", "/page?a=b")),
        ({"root_path": "/shop", "path": "/shop/page"}, PageAddress("/shop", "/shop/page?a=b")),
        ({"root_path": "/shop"}, PageAddress("/shop", "/shop/page?a=b")),
        ({"root_path": "/"}, PageAddress("", "/page?a=b")),
    ],
    ids=["plain", "mount in the path", "mount apart", "slash"],
)
def test_the_address_in_a_scope(facts: dict[str, Any], expected: PageAddress) -> None:
    scope = scope_of(Ask()) | {"query_string": b"a=b"} | facts

    assert address_in_scope(scope, scope) == expected


def test_a_scope_may_leave_out_what_is_empty() -> None:
    scope = scope_of(Ask(path="/\xe9"))
    del scope["query_string"], scope["root_path"]

    assert address_in_scope(scope, scope) == PageAddress("", "/%C3%A9")
    assert path_in_scope(scope) == "/\xe9"


def test_the_address_in_an_environ() -> None:
    environ = environ_of(Ask(path="/\xc3\xa9")) | {"SCRIPT_NAME": "/shop", "QUERY_STRING": "a=b"}

    assert address_in_environ(environ, environ) == PageAddress("/shop", "/shop/%C3%A9?a=b")


def test_an_environ_may_leave_out_what_is_empty() -> None:
    assert address_in_environ({}, {}) == PageAddress("", "")


ASK = Ask(method="POST", headers=(("accept-language", "fr"), ("content-type", "text/x")))


def in_scope(**facts: Any) -> Request:
    scope = scope_of(ASK) | facts
    EXCHANGE.request = scope
    return request_in_scope(scope, EXCHANGE, path="/", body=b"b")


def in_environ(**facts: Any) -> Request:
    environ = environ_of(ASK) | {"CONTENT_TYPE": "text/x"} | facts
    EXCHANGE.request = environ
    return request_in_environ(environ, EXCHANGE, path="/", body=b"b")


@pytest.mark.parametrize("read", [in_scope, in_environ])
def test_a_request_to_a_page(read: Any) -> None:
    request = read()

    assert (request.method, request.path, request.body) == ("POST", "/", b"b")
    assert (request.query, request.mount) == ("secret=in-the-query", "")
    assert request.origin == "https://www.example.org"
    assert request.exchange is EXCHANGE
    assert request.headers["accept-language"] == "fr"
    assert request.headers["content-type"] == "text/x"


def test_it_is_quoted_where_it_is_mounted() -> None:
    assert in_scope(root_path="/\xe9").mount == "/%C3%A9"
    assert in_environ(SCRIPT_NAME="/\xc3\xa9").mount == "/%C3%A9"


def test_headers_that_are_repeated_are_joined() -> None:
    request = in_scope(headers=[(b"A", b"1"), (b"host", b"h"), (b"a", b"2")])

    assert request.headers == {"a": "1, 2", "host": "h"}


def test_a_request_that_names_no_host_came_to_the_servers_own() -> None:
    assert in_scope(headers=[]).origin == "https://www.example.org:443"
    assert in_scope(headers=[], server=None).origin == "https://"
    assert in_environ(HTTP_HOST="").origin == "https://www.example.org:443"
