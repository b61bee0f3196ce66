"""After a choice a visitor goes on within the site, or to a page that is safe."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentgate.pages.same_site import LONGEST_PATH, checked_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", "/"),
        ("/a/b.html", "/a/b.html"),
        ("/a?b=c&d=%20e+f", "/a?b=c&d=%20e+f"),
        ("/a?next=https://evil.example", "/a?next=https://evil.example"),
        ("/a?b=//c", "/a?b=//c"),
        ("/a?text=one%0Atwo", "/a?text=one%0Atwo"),
        ("/a#part", "/a"),
        ("/a?b#c?d", "/a?b"),
        ("/a//b", "/a//b"),
        ("/@evil.example", "/@evil.example"),
        ("/:80", "/:80"),
        ("/.well-known/x", "/.well-known/x"),
        ("/...", "/..."),
        ("/caf\xe9/\u65e5?q=\xfc", "/caf%C3%A9/%E6%97%A5?q=%C3%BC"),
        ('/a b"<>\u2028', "/a%20b%22%3C%3E%E2%80%A8"),
        ("/caf%C3%A9", "/caf%C3%A9"),
        ("/100%", "/100%"),
        ("/consent/", "/consent/"),
        ("/mount/consent/charter", "/mount/consent/charter"),
        ("/" + "a" * (LONGEST_PATH - 1), "/" + "a" * (LONGEST_PATH - 1)),
    ],
)
def test_a_path_of_the_site_is_kept(text: str, path: str) -> None:
    assert checked_path(text) == path


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "?a",
        "#a",
        ".",
        "../a",
        "https://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "HTTPS://evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "\\evil.example",
        "/a\\b",
        "/a?b=\\c",
        "/%2Fevil.example",
        "/%2fevil.example",
        "/%5Cevil.example",
        "/%5cevil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "\t//evil.example",
        "\x00//evil.example",
        "/%09/evil.example",
        "/%0D%0ASet-Cookie:a=b",
        "/a%00",
        "/a%7F",
        "/a\x7f",
        "/a\r\nSet-Cookie: a=b",
        "/a?b\r\nSet-Cookie: a=b",
        "/a#b\n",
        " //evil.example",
        " /a",
        "\xa0//evil.example",
        "\u3000//evil.example",
        "/.//evil.example",
        "/a/..//evil.example",
        "/%2e//evil.example",
        "/%2E./%2e%2E//evil.example",
        "/..",
        "/a/.",
        "@evil.example",
        "www.example.org/a",
        "/\ud800",
        "/" + "a" * LONGEST_PATH,
        "/#" + "a" * LONGEST_PATH,
    ],
    ids=ascii,
)
def test_what_may_lead_elsewhere_is_refused(text: str) -> None:
    assert checked_path(text) is None


@pytest.mark.behaviour(13)
@settings(deadline=None)
@given(
    st.text() | st.text(alphabet="/\\.%250cCfF9aA\t\n@:?#[]evl").map("/".__add__),
)
def test_whatever_is_sent_stays_on_the_site(text: str) -> None:
    path = checked_path(text) or "/"

    assert path.isascii()
    assert path.isprintable()
    assert checked_path(path) == path
    assert urlsplit(urljoin("https://own.example/x", path)).netloc == "own.example"
