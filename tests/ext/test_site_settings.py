"""Every option of the visitor's pages can be set where each framework keeps its settings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import flask
import pytest
from django.test.utils import override_settings

import tests.support.django_project  # noqa: F401 (sets Django up)
from consentgate._middleware import GatesByPolicy
from consentgate.ext.django.settings import GateSettings as DjangoSettings
from consentgate.ext.django.settings import read_settings as read_django
from consentgate.ext.flask.settings import Settings as FlaskSettings
from consentgate.ext.flask.settings import read_settings as read_flask
from consentgate.http.wire import TEXT
from consentgate.pages.options import PagesFields, PagesOptions
from tests.ext.flask_site import KEY
from tests.support.exchange import POLICY


def choose_language(request: Any) -> str:
    raise NotImplementedError


GIVEN: dict[str, Any] = {
    "prefix": "/cookies",
    "banner": "static",
    "settings_link": "top",
    "languages": ["fr", "de"],
    "language": choose_language,
    "trusted_origins": ["https://www.example.org"],
    "frame_ancestors": ["https://portal.example"],
    "gpc_updated": date(2026, 11, 4),
    "templates": "own",
    "catalogues": "own",
    "stylesheets": ["/own.css"],
    "guard": "report",
    "gated_markup": True,
    "adapters": ["matomo"],
    "logo": "/logo.svg",
}


def options_of(site: FlaskSettings | DjangoSettings) -> PagesOptions:
    """What the middleware makes of its keywords."""
    options = site.options if isinstance(site, DjangoSettings) else site.keywords
    pages = GatesByPolicy(site.policy, secret_key=site.secret_key, options=options, wire=TEXT).pages
    assert pages is not None
    return pages.options


def in_flask(given: dict[str, Any], root: Path) -> PagesOptions:
    """What a Flask application of this root folder makes of the options."""
    app = flask.Flask("site", root_path=str(root))
    app.config |= {f"CONSENTGATE_{name.upper()}": value for name, value in given.items()}
    app.config["SECRET_KEY"] = KEY
    return options_of(read_flask(app, POLICY))


def in_django(given: dict[str, Any], root: Path) -> PagesOptions:
    """What a Django project makes of them."""
    settings = {name.upper(): value for name, value in given.items()} | {"POLICY": POLICY}
    for name in ("TEMPLATES", "CATALOGUES"):
        settings[name] = root / settings[name]  # as from BASE_DIR
    with override_settings(CONSENTGATE=settings):
        return options_of(read_django())


def test_no_option_is_left_out_here() -> None:
    assert set(GIVEN) == set(PagesFields.__annotations__)


@pytest.mark.parametrize("read", [in_flask, in_django])
def test_each_option_arrives(read: Any, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()

    options = read(GIVEN, tmp_path)

    assert options == PagesOptions(**GIVEN | {"templates": own, "catalogues": own})


def test_in_django_a_function_may_be_a_dotted_path(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()

    options = in_django(GIVEN | {"language": f"{__name__}.choose_language"}, tmp_path)

    assert options.language is choose_language


def test_in_flask_a_folder_may_be_left_out() -> None:
    app = flask.Flask("site")
    app.config |= {"SECRET_KEY": KEY, "CONSENTGATE_TEMPLATES": None}

    assert options_of(read_flask(app, POLICY)).templates is None
