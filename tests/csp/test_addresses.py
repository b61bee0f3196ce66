"""Which host an address leads to, as browsers read it, and which declared hosts cover it."""

from __future__ import annotations

import pytest

from consentgate.browser.addresses import Address, address_of, matches


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://a.example/x?y#z", "a.example"),
        ("HTTPS://A.Example", "a.example"),
        ("//a.example/x", "a.example"),
        (r"\\a.example\x", "a.example"),
        ("/\t/a.example", "a.example"),
        (" \x00https:a.example", "a.example"),
        ("https:/a.example", "a.example"),
        ("///a.example", "a.example"),
        ("https://user:pass@a.example:8443/", "a.example:8443"),
        ("http://a.example:80", "a.example"),
        ("wss://a.example:", "a.example"),
        ("https://b%C3%BCcher.example", "xn--bcher-kva.example"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("https://" + "ü" * 70 + ".example", "ü" * 70 + ".example"),
        ("https://[::1]:8000/", "[::1]:8000"),
        ("https://a.example:999999/", "a.example:99999"),
    ],
)
def test_an_address_of_another_host(text: str, host: str) -> None:
    assert str(address_of(text)) == host


@pytest.mark.parametrize(
    "text",
    ["", "/a", "a.js", "#x", "?x", "data:text/plain,a", "blob:https://a.example/1", "inline"],
)
def test_an_address_of_no_other_host(text: str) -> None:
    assert address_of(text) is None


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("a.example", "https://a.example/", True),
        ("a.example", "http://a.example/", True),
        ("a.example", "wss://a.example/", True),
        ("a.example", "https://a.example:8443/", False),
        ("a.example", "https://b.a.example/", False),
        ("a.example:8443", "https://a.example:8443/", True),
        ("a.example:8443", "https://a.example/", False),
        ("a.example:*", "https://a.example:8443/", True),
        ("*.a.example", "https://b.a.example/", True),
        ("*.a.example", "https://c.b.a.example/", True),
        ("*.a.example", "https://a.example/", False),
        ("*.a.example", "https://ba.example/", False),
        ("https://a.example", "https://a.example/", True),
        ("https://a.example", "http://a.example/", False),
        ("http://a.example", "https://a.example/", True),
        ("wss://a.example", "ws://a.example/", False),
        ("ws://a.example:*", "wss://a.example:1/", True),
    ],
)
def test_a_declared_host_covers_an_address(source: str, text: str, expected: bool) -> None:
    address = address_of(text)

    assert isinstance(address, Address)
    assert matches(source, address) is expected
