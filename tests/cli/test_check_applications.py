"""`consentgate check` on whole applications finds the cookies that they set, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.applications.django_project import GATE, make_project
from tests.applications.test_datasette import fill
from tests.support.portal_server import PORTAL, ROOT

pytestmark = [pytest.mark.cli, pytest.mark.slow]


class Checked(NamedTuple):
    """How a check ended: its exit code, and its JSON."""

    code: int
    found: dict[str, Any]  # Any: a document

    @property
    def cookies(self) -> dict[str, tuple[str | None, list[str]]]:
        """Category and places, without the line, by the name of the cookie."""
        return {
            cookie["name"]: (cookie["category"], [_place(way) for way in cookie["set"]])
            for cookie in self.found["cookies"]
        }

    @property
    def problems(self) -> dict[str, list[str]]:
        """The ids of what is wrong, by the name of the cookie."""
        found = {
            cookie["name"]: [problem["id"] for problem in cookie["problems"]]
            for cookie in self.found["cookies"]
        }
        return {name: ids for name, ids in found.items() if ids}


def _place(way: dict[str, str | None]) -> str:
    return f"{way['file']}: {way['function']}"


def check(folder: Path, target: str, *arguments: str, **environment: str) -> Checked:
    """Run `consentgate check` in a folder, as a person does."""
    ran = subprocess.run(
        [sys.executable, "-m", "consentgate", "check", target, "--json", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    return Checked(ran.returncode, json.loads(ran.stdout))


INTERFACES = pytest.mark.parametrize("interface", ["wsgi", "asgi"])

# Datasette

DATASETTE = """
from datasette.app import Datasette

plant = {"sql": "insert into trees values (:name)", "write": True}
metadata = {"databases": {"trees": {"queries": {"plant": plant}}}}
app = Datasette(files=["trees.db"], metadata=metadata).app()
"""
TOKEN_OF_DATASETTE = {"ds_csrftoken": (None, ["None: None"])}
"""Its middleware writes the header itself, so that no function of a framework is called."""


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Datasette with one form."""
    folder = tmp_path_factory.mktemp("datasette")
    fill(folder / "trees.db")
    (folder / "trees_site.py").write_text(DATASETTE, "utf-8")
    (folder / "consent.toml").write_text('presets = ["datasette"]\n', "utf-8")
    return folder


def test_of_datasette_it_finds_the_token_of_its_form(datasette: Path) -> None:
    checked = check(datasette, "trees_site:app", "--crawl")

    assert (checked.code, checked.cookies) == (1, TOKEN_OF_DATASETTE)
    assert checked.problems == {"ds_csrftoken": ["CG110"]}
    assert checked.found["cookies"][0]["path"] == "/trees/plant"
    assert checked.found["failed"] == []


def test_with_its_preset_nothing_is_wrong_with_datasette(datasette: Path) -> None:
    checked = check(datasette, "trees_site:app", "--crawl", "--policy", "consent.toml")

    assert (checked.code, checked.problems) == (0, {})
    assert [cookie["category"] for cookie in checked.found["cookies"]] == ["necessary"]


# Django's admin

TOKEN_OF_DJANGO = ["django/middleware/csrf.py: CsrfViewMiddleware._set_csrf_cookie"]
PAGES_OF_ADMIN = {
    *("/", "/admin/", "/admin/login/", "/admin/password_change/", "/admin/password_change/done/"),
    *("/admin/autocomplete/", "/admin/jsi18n/", "/admin/auth/group/", "/admin/auth/group/add/"),
    *("/admin/auth/user/", "/admin/auth/user/add/"),
}


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project as Django starts it, without a gate."""
    folder = tmp_path_factory.mktemp("admin")
    make_project(folder)
    return folder


@INTERFACES
def test_of_djangos_admin_it_finds_the_token_of_its_log_in(admin: Path, interface: str) -> None:
    checked = check(admin, f"site_of_django.{interface}:application")

    assert (checked.code, checked.cookies) == (1, {"csrftoken": (None, TOKEN_OF_DJANGO)})
    assert checked.problems == {"csrftoken": ["CG110"]}
    assert set(checked.found["pages"]) == PAGES_OF_ADMIN
    assert checked.found["failed"] == []


def test_by_its_links_it_finds_nothing_more(admin: Path) -> None:
    checked = check(admin, "site_of_django.wsgi:application", "--crawl")

    assert checked.cookies == {"csrftoken": (None, TOKEN_OF_DJANGO)}
    assert set(checked.found["pages"]) > PAGES_OF_ADMIN


@INTERFACES
def test_behind_a_gate_trackers_are_found_in_the_admin_as_well(admin: Path, interface: str) -> None:
    (admin / f"gated_{interface}.py").write_text(
        f"from site_of_django.{interface} import application\n{GATE.format(interface=interface)}",
        "utf-8",
    )

    checked = check(admin, f"gated_{interface}:application")

    assert checked.code == 1
    assert checked.found["has_gate"]
    assert checked.cookies.keys() == {"csrftoken", "_ga", "_promo_id"}
    assert checked.cookies["csrftoken"] == ("necessary", TOKEN_OF_DJANGO)
    assert checked.problems == {"_ga": ["CG110"], "_promo_id": ["CG110"]}


# The example portal

OF_PORTAL = {
    "csrftoken": ("necessary", TOKEN_OF_DJANGO),
    "_pk_id.*": ("statistics", ["portal/visits.py: count"]),
    "_pk_ses.*": ("statistics", ["portal/visits.py: count"]),
    "_carte_id": (None, ["portal/plugin.py: embed_map"]),
}
PAGES_OF_PORTAL = {
    *("/", "/favoris/", "/carte/", "/couleurs.css", "/cookies/", "/connexion/", "/langue/")
}


@INTERFACES
def test_of_the_portal_it_finds_its_token_its_statistics_and_the_plug_ins_tracker(
    tmp_path: Path, interface: str
) -> None:
    checked = check(PORTAL.parent, f"portal.{interface}:application", PORTAL_FOLDER=str(tmp_path))

    assert (checked.code, checked.cookies) == (1, OF_PORTAL)
    assert checked.problems == {"_carte_id": ["CG110"]}
    assert set(checked.found["pages"]) == PAGES_OF_PORTAL


def test_it_names_the_line_of_the_plug_in(tmp_path: Path) -> None:
    checked = check(PORTAL.parent, "portal.wsgi:application", PORTAL_FOLDER=str(tmp_path))
    lines = (PORTAL / "plugin.py").read_text("utf-8").splitlines()

    [tracker] = [one for one in checked.found["cookies"] if one["name"] == "_carte_id"]
    [way] = tracker["set"]
    assert "response.set_cookie(TRACKER" in lines[way["line"] - 1]


# Applications that set nothing

CLEAN = {
    "Flask": """
from flask import Flask

app = Flask(__name__)
app.add_url_rule("/", "home", lambda: "<body><a href='/about'>about</a>")
app.add_url_rule("/about", "about", lambda: "<body>")
""",
    "FastAPI": """
from fastapi import FastAPI

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
app.get("/")(lambda: {"see": "/about"})
app.get("/about")(lambda: {})
""",
    "Django": """
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["localhost"])
urlpatterns = [path("", lambda request: HttpResponse()), path("about", lambda _: HttpResponse())]
app = get_wsgi_application()
""",
}


@pytest.mark.parametrize("framework", CLEAN)
def test_of_an_application_without_cookies_it_finds_none(tmp_path: Path, framework: str) -> None:
    (tmp_path / "clean.py").write_text(CLEAN[framework], "utf-8")

    checked = check(tmp_path, "clean:app", "--crawl")

    assert (checked.code, checked.cookies) == (0, {})
    assert checked.found["pages"] == ["/", "/about"]
    assert (checked.found["violations"], checked.found["notes"]) == (0, [])
