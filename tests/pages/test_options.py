"""The options of the visitor's pages are checked at start-up, each error names the wrong value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from consentgate import ConfigurationError, Policy
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.pages.options import Banner, PagesOptions
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

KEY = "for tests only, of 32 characters"


def test_each_option_has_a_default() -> None:
    options = PagesOptions()

    assert options.banner is Banner.AUTO
    assert (options.languages, options.trusted_origins, options.stylesheets) == ((), (), ())
    assert options.logo is None


@pytest.mark.parametrize("prefix", ["/consent", "/fr/cookies", "/a.b/c~d-e_f"])
def test_a_prefix_is_a_path(prefix: str) -> None:
    assert PagesOptions(prefix=prefix).prefix == prefix


def test_a_slash_at_the_end_of_the_prefix_says_nothing() -> None:
    assert PagesOptions(prefix="/cookies/").prefix == "/cookies"


WRONG: list[tuple[dict[str, Any], str]] = [  # Any: what a site may pass by mistake
    ({"prefix": "consent"}, "prefix='consent' is not a path"),
    ({"prefix": ""}, "prefix='' is not a path"),
    ({"prefix": "/"}, "prefix='/' is not a path"),
    ({"prefix": "//consent"}, "is not a path"),
    ({"prefix": "/con sent"}, "is not a path"),
    ({"prefix": "/consent?x"}, "is not a path"),
    ({"prefix": "/a/../b"}, "browsers remove . and .. from"),
    ({"prefix": 5}, "prefix=5 is not a path"),
    ({"banner": "popup"}, "banner='popup' is unknown; use one of 'auto', 'static', 'manual'"),
    ({"banner": None}, "banner=None is unknown"),
    ({"languages": "fr"}, "languages is 'fr'; pass a list"),
    ({"languages": 5}, "languages is 5"),
    ({"languages": [b"fr"]}, "languages holds b'fr'"),
    ({"language": "fr"}, "language is a str; pass a function"),
    ({"trusted_origins": "https://a.example"}, "trusted_origins is 'https://a.example'"),
    ({"trusted_origins": ["a.example"]}, "trusted_origins holds 'a.example'; write scheme"),
    ({"trusted_origins": ["https://a.example/"]}, "trusted_origins holds 'https://a.example/'"),
    ({"trusted_origins": ["https://[::1"]}, "trusted_origins holds"),
    ({"trusted_origins": ["https://b\xfccher.example"]}, "in ASCII: xn--"),
    ({"trusted_origins": ["null"]}, "trusted_origins holds 'null'"),
    ({"frame_ancestors": ["*"]}, "frame_ancestors holds '*'; write scheme"),
    ({"frame_ancestors": "https://a.example"}, "frame_ancestors is 'https://a.example'"),
    ({"gpc_updated": "2026-01-01"}, "gpc_updated is '2026-01-01'; pass a datetime.date"),
    ({"gpc_updated": datetime(2026, 1, 1, tzinfo=UTC)}, "pass a datetime.date"),
    ({"templates": "no/such/folder"}, "templates: there is no folder"),
    ({"catalogues": Path("no/such/folder")}, "catalogues: there is no folder"),
    ({"stylesheets": "/static/own.css"}, "stylesheets is '/static/own.css'; pass a list"),
    ({"stylesheets": ['/a"b.css']}, "stylesheets holds"),
    ({"logo": "logo.svg"}, "logo is 'logo.svg'; pass a path from the root"),
    ({"logo": "data:image/png;base64,"}, "logo is 'data:image/png;base64,'; pass a path"),
    ({"logo": ""}, "logo is ''; pass a path"),
    ({"logo": Path("/logo.svg")}, "pass a path from the root of the host"),
    ({"logo": '/lo"go.svg'}, "logo holds"),
]


@pytest.mark.parametrize(("given", "message"), WRONG, ids=[str(given)[:50] for given, _ in WRONG])
def test_what_is_wrong_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PagesOptions(**given)

    assert message in str(caught.value)


@pytest.mark.parametrize("logo", ["/static/logo.svg?v=2", "https://cdn.example.org/logo.svg"])
def test_a_logo_is_an_address(logo: str) -> None:
    assert PagesOptions(logo=logo).logo == logo


def test_folders_and_days_are_taken(tmp_path: Path) -> None:
    options = PagesOptions(
        templates=str(tmp_path), catalogues=tmp_path, gpc_updated=date(2026, 1, 2)
    )

    assert options.templates == options.catalogues == tmp_path
    assert options.gpc_updated == date(2026, 1, 2)


@pytest.mark.parametrize("middleware", [AsgiMiddleware, WsgiMiddleware], ids=["asgi", "wsgi"])
def test_a_middleware_raises_for_a_wrong_option_when_it_is_made(middleware: Any) -> None:
    # Any: the two take different applications, and none is run.
    with pytest.raises(ConfigurationError, match="banner='popup'"):
        middleware(None, policy=Policy(), secret_key=KEY, banner="popup")
