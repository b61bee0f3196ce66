"""Only the site's own forms, and those of sites that it trusts, choose for a visitor."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentgate.pages.same_site import is_trusted_origin, parse_origin

OWN = "https://www.example.org"
TRUSTED = ("https://portal.example.org", "http://Localhost:8080")


def judge(headers: dict[str, str], origin: str = OWN) -> bool:
    return is_trusted_origin(headers, origin=origin, trusted_origins=TRUSTED)


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "same-origin"}, id="same-origin"),
        pytest.param({"sec-fetch-site": "same-origin", "origin": OWN}, id="both"),
        # Under Referrer-Policy: no-referrer browsers send null with the site's own forms.
        pytest.param({"sec-fetch-site": "same-origin", "origin": "null"}, id="a hidden origin"),
        pytest.param({"origin": OWN}, id="its origin, from an old browser"),
        pytest.param({"origin": "HTTPS://WWW.example.ORG"}, id="in another case"),
        pytest.param({"origin": "https://www.example.org:443"}, id="with the default port"),
        pytest.param({"origin": TRUSTED[0]}, id="a trusted origin"),
        pytest.param({"origin": TRUSTED[0], "sec-fetch-site": "same-site"}, id="a trusted sibling"),
        pytest.param(
            {"origin": "http://localhost:8080", "sec-fetch-site": "cross-site"}, id="a trusted one"
        ),
    ],
)
def test_the_site_and_those_it_trusts_may_choose(headers: dict[str, str]) -> None:
    assert judge(headers)


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="neither header"),
        pytest.param({"sec-fetch-site": "cross-site"}, id="cross-site"),
        pytest.param({"sec-fetch-site": "same-site"}, id="same-site"),
        pytest.param({"sec-fetch-site": "none"}, id="none"),
        pytest.param({"sec-fetch-site": ""}, id="empty"),
        pytest.param({"sec-fetch-site": "Same-Origin"}, id="another case"),
        pytest.param({"sec-fetch-site": "cross-site", "origin": OWN}, id="a browser that knows"),
        pytest.param({"sec-fetch-site": "same-site", "origin": OWN}, id="a forged origin"),
        pytest.param({"sec-fetch-site": "", "origin": OWN}, id="empty beside its origin"),
        pytest.param({"sec-fetch-site": "same-origin, cross-site"}, id="two sites"),
        pytest.param({"sec-fetch-site": "same-origin, same-origin"}, id="twice the same"),
        pytest.param(
            {"sec-fetch-site": "cross-site, same-origin", "origin": TRUSTED[0]},
            id="two sites and a trusted origin",
        ),
        pytest.param({"sec-fetch-site": "same-origin", "origin": f"{OWN}, {OWN}"}, id="two"),
        pytest.param({"origin": f"{OWN}, {OWN}"}, id="two origins"),
        pytest.param({"origin": f"https://evil.example, {OWN}"}, id="two unlike origins"),
        pytest.param({"origin": f"{TRUSTED[0]}, {OWN}"}, id="two known origins"),
        pytest.param({"origin": "null"}, id="null"),
        pytest.param({"origin": ""}, id="an empty origin"),
        pytest.param({"origin": "http://www.example.org"}, id="another scheme"),
        pytest.param({"origin": "https://www.example.org:444"}, id="another port"),
        pytest.param({"origin": "https://example.org"}, id="the parent"),
        pytest.param({"origin": "https://a.www.example.org"}, id="a subdomain"),
        pytest.param({"origin": "https://www.example.org.evil.example"}, id="a longer host"),
        pytest.param({"origin": "https://www.example.org@evil.example"}, id="a user's name"),
        pytest.param({"origin": "https://evil.example/https://www.example.org"}, id="a path"),
        pytest.param({"origin": f"{OWN}/"}, id="a slash"),
        pytest.param({"origin": f" {OWN}"}, id="a blank"),
        pytest.param({"origin": f"{OWN}:"}, id="a colon"),
        pytest.param({"origin": "https://wwwXexample.org"}, id="any character for a dot"),
        pytest.param({"origin": "https://www.example.org\n"}, id="a line break"),
        pytest.param({"origin": "https://portal.example.org.evil.example"}, id="nearly trusted"),
        pytest.param({"referer": f"{OWN}/page"}, id="a referer alone"),
        pytest.param({"origin": "https://evil.example", "host": "evil.example"}, id="a host"),
        pytest.param(
            {"origin": "https://evil.example", "x-forwarded-host": "evil.example"},
            id="a forwarded host",
        ),
    ],
)
def test_all_others_may_not(headers: dict[str, str]) -> None:
    assert not judge(headers)


@pytest.mark.behaviour(13)
@pytest.mark.parametrize("origin", ["", "https://", "null", "https://a b", "ftp://www.example.org"])
def test_a_site_without_a_proper_origin_is_equal_to_none(origin: str) -> None:
    assert not judge({"origin": origin}, origin=origin)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://a.example", ("https", "a.example", 443)),
        ("http://A.example", ("http", "a.example", 80)),
        ("http://[::1]:8000", ("http", "[::1]", 8000)),
        ("http://localhost:080", ("http", "localhost", 80)),
        ("file://", None),
        ("https://[::1", None),
        ("https://a:b", None),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(
    text: str, origin: tuple[str, str, int] | None
) -> None:
    assert parse_origin(text) == origin


@pytest.mark.behaviour(13)
@settings(deadline=None)
@given(origin=st.text(), site=st.text())
def test_no_text_in_the_headers_fails_or_passes_by_chance(origin: str, site: str) -> None:
    assert not judge({"origin": origin, "sec-fetch-site": site})
    assert not judge({"origin": origin})
