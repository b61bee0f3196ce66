"""The lint finds the third parties in a page's HTML, with their line and what to do."""

from __future__ import annotations

import pytest

from consentgate.browser.page_lint import lint_page
from tests.csp.responses import POLICY

URL = "https://www.example.org/shop/page?q=secret"


def found(html: str, **more: object) -> list[tuple[str, str]]:
    """The ids and places of the findings."""
    findings = lint_page(html, POLICY, url=URL, **more)  # type: ignore[arg-type]
    return [(finding.id, finding.place) for finding in findings]


@pytest.mark.parametrize(
    ("markup", "resource_type"),
    [
        ('<script src="//x.example/a.js"></script>', "script"),
        ('<img src="https://x.example/a.png">', "image"),
        ('<img srcset="/own.png 1x, https://x.example/a.png 2x">', "image"),
        ('<picture><source srcset="https://x.example/a,b.png"></picture>', "image"),
        ('<input type=image src="https://x.example/a">', "image"),
        ('<svg><image href="https://x.example/a"/></svg>', "image"),
        ('<video poster="https://x.example/a"></video>', "image"),
        ('<iframe src="https://x.example/"></iframe>', "frame"),
        ('<object data="https://x.example/"></object>', "frame"),
        ('<embed src="https://x.example/">', "frame"),
        ('<audio src="https://x.example/a"></audio>', "media"),
        ('<video><source src="https://x.example/a"></video>', "media"),
        ('<a href="/" ping="/own https://x.example/p">a</a>', "connection"),
        ('<link rel=stylesheet href="https://x.example/a.css">', "style"),
        ('<link rel="shortcut icon" href="https://x.example/i">', "image"),
        ('<link rel=preload as=font href="https://x.example/f">', "font"),
        ('<link rel=modulepreload href="https://x.example/m.js">', "script"),
        ('<link rel=prefetch href="https://x.example/p">', "any"),
        ('<style>@import "https://x.example/a.css";</style>', "style"),
        ("<style>@import url(https://x.example/a.css);</style>", "style"),
        ('<style>@font-face { src: url("https://x.example/f") }</style>', "font"),
        ("<style>b { background: url( https://x.example/i ) }</style>", "image"),
        ("<p style='background: url(\"https://x.example/i\")'>a</p>", "image"),
    ],
)
def test_each_way_to_load_from_an_undeclared_host(markup: str, resource_type: str) -> None:
    (finding,) = lint_page(f"<!doctype html>\n<body>\n{markup}", POLICY, url=URL)

    assert (finding.id, finding.place) == ("CG170", "/shop/page line 3")
    assert "x.example" in finding.message
    assert f'hosts = {{ {resource_type} = ["x.example"] }}' in finding.hint


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel=preconnect href="https://x.example">',
        '<link rel="dns-prefetch" href="//x.example">',
        '<link rel=prerender href="https://x.example/">',
        '<script type=speculationrules>{"prefetch": [{"urls": ["https://x.example/a"]}]}</script>',
    ],
)
def test_each_way_that_no_policy_stops(markup: str) -> None:
    (finding,) = lint_page(markup, POLICY)

    assert (finding.id, finding.place) == ("CG171", "/ line 1")
    assert finding.hint == "take it out"


def test_a_declared_host_may_be_loaded_from_and_not_be_connected_to_ahead() -> None:
    page = """<script src="https://stats.example.net/a.js"></script>
    <link rel=preconnect href="https://stats.example.net">
    <link rel=preconnect href="https://cdn.example.net">"""

    (finding,) = lint_page(page, POLICY, url=URL)

    assert (finding.id, finding.place) == ("CG171", "/shop/page line 2")
    assert "allows('statistics')" in finding.hint


def test_headers_are_read_as_well() -> None:
    headers = [
        ("Link", "<https://x.example/>; rel=preconnect, </next>; rel=next, <a>; rel=preload"),
        ("Speculation-Rules", '"https://y.example/rules.json"'),
        ("Content-Type", "text/html"),
    ]

    assert found("", headers=headers) == [
        ("CG171", "/shop/page header"),
        ("CG171", "/shop/page header"),
    ]


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="/a.js"></script><script>fetch("https://x.example")</script>',
        '<img src="https://www.example.org/a.png"><img src="data:image/gif,a"><img>',
        '<img src="https://town.example.org/logo.png">',
        '<a href="https://x.example/">a</a><form action="https://x.example/"></form>',
        '<link rel=canonical href="https://x.example/">',
        '<link rel=preconnect href="https://cdn.example.net">',
        "<script type=speculationrules>nonsense</script>",
        '<script type=speculationrules>[1]</script><script type=speculationrules>"a"</script>',
        '<script type=speculationrules>{"prefetch": [1, {"urls": 1}, {"urls": [1]}]}</script>',
        "<style>b { color: red }</style>",
    ],
)
def test_what_contacts_nobody_else_is_fine(markup: str) -> None:
    assert found(markup) == []


def test_the_base_of_a_page_may_be_another_host() -> None:
    page = '<base href="https://x.example/"><base href="/"><img src="a.png"><img src="data:,a">'

    assert found(page) == [("CG170", "/shop/page line 1")]


def test_each_host_is_named_once_a_line_and_element() -> None:
    page = '<img src="//x.example/1"><img src="//x.example/2">\n<img src="//x.example/3">'

    assert [place for _, place in found(page)] == ["/shop/page line 1", "/shop/page line 2"]


def test_the_line_in_a_style_sheet_is_that_of_the_address() -> None:
    page = "<style>\nb {\nbackground: url(//x.example/i) }\n</style>"

    assert found(page) == [("CG170", "/shop/page line 3")]
