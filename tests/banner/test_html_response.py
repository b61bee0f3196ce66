"""Which requests may be answered with a page, and which responses are one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from consentgate.banner.html_response import Page, fetched_by, read_page
from consentgate.gate.exchange import Exchange
from consentgate.http.wire import BYTES, TEXT
from tests.support.exchange import gate_of

HTML = ("Content-Type", "text/html; charset=utf-8")

FETCHED = [
    pytest.param({}, "", id="says-nothing"),
    pytest.param({"sec-fetch-dest": "document"}, "", id="document"),
    pytest.param({"sec-fetch-dest": "empty"}, "sec-fetch-dest", id="fetch"),
    pytest.param({"sec-fetch-dest": "iframe"}, "sec-fetch-dest", id="iframe"),
    pytest.param({"sec-fetch-dest": "Document"}, "sec-fetch-dest", id="no-such-word"),
    pytest.param({"hx-request": "true"}, "hx-request", id="htmx"),
    pytest.param({"turbo-frame": "a"}, "turbo-frame", id="turbo"),
    pytest.param({"x-requested-with": "XMLHttpRequest"}, "x-requested-with", id="xhr"),
    pytest.param(
        {"sec-fetch-dest": "document", "hx-request": "true"}, "hx-request", id="htmx-document"
    ),
]


class Request(Exchange):
    """A request with these headers, by their lower-case names."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def header(self, name: str) -> str:
        return self._headers.get(name, "")

    def sent_among(self, names: Collection[str]) -> list[str]:
        return [name for name in names if name in self._headers]


@pytest.mark.parametrize(("headers", "name"), FETCHED)
def test_what_a_script_asks_for_is_known_by_a_header(headers: dict[str, str], name: str) -> None:
    assert fetched_by(Request(headers)) == name


def kind_of(status: int, *headers: tuple[str, str]) -> Page:
    """What the response with this status and these headers is."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    kind, values = read_page(status, gate_of().response_filter(TEXT).read(headers), TEXT.decode)
    in_bytes = gate_of().response_filter(BYTES).read(raw)
    assert read_page(status, in_bytes, BYTES.decode) == (kind, values)
    return kind


@pytest.mark.parametrize("status", [200, 201, 203, 300, 400, 401, 403, 404, 410, 500, 503])
def test_html_is_a_page_whatever_its_status(status: int) -> None:
    assert kind_of(status, HTML) is Page.PRIVATE


@pytest.mark.parametrize("status", [0, 100, 103, 204, 205, 206, 304])
def test_what_has_no_body_or_a_part_of_one_is_no_page(status: int) -> None:
    assert kind_of(status, HTML) is Page.NONE


def test_a_redirect_is_no_page_that_anybody_sees() -> None:
    assert kind_of(302, HTML, ("Location", "/")) is Page.NONE
    assert kind_of(201, HTML, ("Location", "/")) is Page.PRIVATE


TYPES = [
    *("text/html", "TEXT/HTML", " text/html ", "text/html;", "text/html; boundary=x"),
    *("text/html; charset=utf-8", 'text/html; charset="UTF-8"', "text/html;charset=iso-8859-1"),
    *("text/html; charset = windows-1252", "text/html; charset='utf8'", "text/html; charset="),
    *("text/html; charset=shift_jis", "text/html; charset=gbk", "text/html; charset=big5"),
    *("text/html; charset=euc-kr", "text/html; charset=koi8-r", "text/html; charset=x-sjis"),
    *("text/html; charset=nobody-knows", "text/html; x=utf-16", "text/html; x=charset"),
]


@pytest.mark.parametrize("kind", TYPES)
def test_html_is_a_page_in_every_encoding_in_which_ascii_is_ascii(kind: str) -> None:
    assert kind_of(200, ("content-type", kind)) is Page.PRIVATE


OTHER_TYPES = [
    *("", "text/plain", "application/json", "application/xhtml+xml", "text/html+x", "html"),
    *("text/html; charset=utf-16", "text/html; charset=UTF-16LE", "text/html; charset=utf-32"),
    *("text/html; charset=utf-7", "text/html; charset=iso-2022-jp", "text/html; charset=hz"),
    *("text/html; charset=cp037", "text/html; charset=a\0b"),
    *("text/html; charset=undefined", "text/html; charset=cp500", "text/html, text/plain"),
]


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_nothing_else_is(kind: str) -> None:
    assert kind_of(200, ("content-type", kind)) is Page.NONE


def test_a_response_with_two_types_or_none_is_no_page() -> None:
    assert kind_of(200, HTML, ("content-type", "text/plain")) is Page.NONE
    assert kind_of(200) is Page.NONE


NOT_SHOWN = [
    ("Content-Disposition", "attachment"),
    ("Content-Disposition", "attachment; filename=a.html"),
    ("content-disposition", " ATTACHMENT "),
    ("Content-Disposition", "form-data"),
    ("Content-Range", "bytes 0-9/10"),
]


@pytest.mark.parametrize("header", NOT_SHOWN, ids=str)
def test_a_file_to_keep_or_a_part_of_one_is_no_page(header: tuple[str, str]) -> None:
    assert kind_of(200, HTML, header) is Page.NONE


@pytest.mark.parametrize("value", ["inline", "Inline; filename=a.html", ""])
def test_what_is_shown_where_it_is_is_one(value: str) -> None:
    assert kind_of(200, HTML, ("Content-Disposition", value)) is Page.PRIVATE


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP", "gzip, identity", "unknown"])
def test_a_compressed_page_can_not_be_read(coding: str) -> None:
    assert kind_of(200, HTML, ("Content-Encoding", coding)) is Page.COMPRESSED
    assert kind_of(200, ("Content-Type", "text/css"), ("Content-Encoding", coding)) is Page.NONE


def test_identity_is_no_compression() -> None:
    assert kind_of(200, HTML, ("Content-Encoding", "Identity")) is Page.PRIVATE


@pytest.mark.parametrize(
    "value", ["public", "max-age=9, PUBLIC", "s-maxage=60", "S-MaxAge = 60", 'x="a,b", public']
)
def test_a_page_that_caches_may_share_is_for_everybody(value: str) -> None:
    assert kind_of(200, HTML, ("Cache-Control", value)) is Page.SHARED
    assert kind_of(200, HTML, ("a", "b"), ("cache-control", "x"), ("Cache-Control", value)) is (
        Page.SHARED
    )


@pytest.mark.parametrize("value", ["", "max-age=60", "private", 'x="public"', "publicly"])
def test_all_others_are_for_their_visitor(value: str) -> None:
    assert kind_of(200, HTML, ("Cache-Control", value)) is Page.PRIVATE


def test_what_else_the_banner_must_know_is_read_by_lower_case_names() -> None:
    headers = [
        HTML,
        ("ETag", '"a"'),
        ("X-Other", "b"),
        ("Content-Language", "fr"),
        ("Content-Security-Policy", "default-src 'self'"),
        ("content-security-policy", "img-src *"),
    ]

    _, values = read_page(200, gate_of().response_filter(TEXT).read(headers), TEXT.decode)

    assert values == {
        "etag": '"a"',
        "content-language": "fr",
        "content-security-policy": "default-src 'self', img-src *",
    }
