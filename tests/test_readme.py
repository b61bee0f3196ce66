"""The README's examples, each run as it is in an application that sets trackers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig
from django.utils.module_loading import import_string
from fastapi import FastAPI, Response
from flask import Flask, make_response

from consentgate import Policy
from tests.support.http_servers import names_set, serve_asgi, visit

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
MOST_LINES = 120
BASE_DIR = Path("a-project")


def find_blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


PYTHON = find_blocks("python")
(TOML,) = find_blocks("toml")


# Any: the README's names are whatever its code makes them
def run_block(holding: str, **names: Any) -> dict[str, Any]:
    """Run the one block that holds a text, among these names; return the names afterwards."""
    (block,) = [text for text in PYTHON if holding in text]
    exec(compile(block, str(README), "exec"), names)
    return names


@pytest.fixture(autouse=True)
def consent_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "consent.toml"
    path.write_text(TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def flask_app(folder: Path, *, cookies: list[str]) -> Flask:
    app = Flask(__name__, root_path=str(folder))
    app.config["SECRET_KEY"] = "for tests only, of 32 characters"

    @app.get("/")
    def home() -> Any:
        response = make_response("<p>Hello</p>")
        for name in cookies:
            response.set_cookie(name, "1")
        return response

    run_block("ConsentGate(app)", app=app)
    return app


def test_each_python_block_is_run_here() -> None:
    held = ["ConsentGate(app)", "add_middleware(", "INSTALLED_APPS", "def test_"]

    assert [[text in block for text in held].count(True) for block in PYTHON] == [1] * len(held)


def test_the_policy_has_neither_errors_nor_findings(consent_toml: Path) -> None:
    assert Policy.from_toml(consent_toml).findings() == ()


def test_flask_strips_what_is_not_allowed(tmp_path: Path) -> None:
    app = flask_app(tmp_path, cookies=["session", "_pk_id.1", "_promo_id"])

    page = app.test_client().get("/", headers={"Accept": "text/html"})

    assert [value.partition("=")[0] for value in page.headers.getlist("Set-Cookie")] == ["session"]


def test_fastapi_strips_what_is_not_allowed() -> None:
    app = FastAPI()

    @app.get("/")
    def home(response: Response) -> str:
        for name in ("session", "_pk_id.1", "_promo_id"):
            response.set_cookie(name, "1")
        return "Hello"

    run_block("add_middleware(", app=app, SECRET="for tests only, of 32 characters")

    with serve_asgi(app) as address, visit(address) as browser:
        assert names_set(browser.get("/")) == ["session"]


def test_django_names_an_application_and_a_middleware_that_exist() -> None:
    names = run_block("INSTALLED_APPS", INSTALLED_APPS=["a"], MIDDLEWARE=["b"], BASE_DIR=BASE_DIR)

    assert AppConfig.create(names["INSTALLED_APPS"][1]).label == "consentgate"
    assert import_string(names["MIDDLEWARE"][0])
    assert names["CONSENTGATE"] == {"POLICY": BASE_DIR / "consent.toml"}


SITES = {
    "Flask": {
        "site_app.py": """
from flask import Flask, make_response

app = Flask(__name__)
app.config["SECRET_KEY"] = "for tests only, of 32 characters"


@app.get("/")
def home():
    response = make_response("<p>Hello</p>")
    for name in COOKIES:
        response.set_cookie(name, "1")
    return response
""",
        "then": "ConsentGate(app)",
    },
    "FastAPI": {
        "site_app.py": """
from fastapi import FastAPI, Response

SECRET = "for tests only, of 32 characters"
app = FastAPI()


@app.get("/")
def home(response: Response) -> str:
    for name in COOKIES:
        response.set_cookie(name, "1")
    return "Hello"
""",
        "then": "add_middleware(",
    },
    "Django": {
        "site_app.py": """
import sys
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

BASE_DIR = Path()
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]


def home(request):
    response = HttpResponse("<p>Hello</p>")
    for name in COOKIES:
        response.set_cookie(name, "1")
    return response


urlpatterns = [path("", home)]
""",
        "then": "INSTALLED_APPS",
        "end": """
settings.configure(
    SECRET_KEY="for tests only, of 32 characters",
    DEBUG=True,
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=INSTALLED_APPS,
    MIDDLEWARE=MIDDLEWARE,
    CONSENTGATE=CONSENTGATE,
)
app = get_wsgi_application()
""",
    },
}
"""A site of each framework, to which the README's own block is added."""


def run_shown_test(framework: str, folder: Path, *, cookies: list[str]) -> str:
    """What pytest prints of the README's test, for a site that sets these cookies."""
    site = SITES[framework]
    (gate,) = [text for text in PYTHON if site["then"] in text]
    application = site["site_app.py"] + gate + site.get("end", "")
    folder.joinpath("site_app.py").write_text(f"COOKIES = {cookies}\n{application}")
    (shown,) = [text for text in PYTHON if "def test_" in text]
    folder.joinpath("test_consent.py").write_text(f"from site_app import app\n\n{shown}")
    command = (sys.executable, "-m", "pytest", "-q", "--consent-strict", "-p", "no:cacheprovider")
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("framework", SITES)
class TestTheShownTest:
    def test_passes_where_only_necessary_cookies_leave(
        self, tmp_path: Path, framework: str
    ) -> None:
        # The gate strips the tracker that is declared, so that it needs no failure.
        session = "sessionid" if framework == "Django" else "session"

        printed = run_shown_test(framework, tmp_path, cookies=[session, "_pk_id.1"])

        assert "1 passed" in printed, printed

    def test_names_a_new_tracker(self, tmp_path: Path, framework: str) -> None:
        printed = run_shown_test(framework, tmp_path, cookies=["_promo_id"])

        assert "'_promo_id', set by GET /: it is not declared" in printed


def test_a_newcomer_reads_it_in_a_few_minutes() -> None:
    assert len(TEXT.splitlines()) <= MOST_LINES


def test_it_links_to_every_page_of_the_documentation() -> None:
    pages = {path.name for path in README.parent.joinpath("docs").glob("*.md")}

    linked = set(re.findall(r"\(docs/([\w-]+\.md)", TEXT))

    assert pages - linked == {"index.md", "changelog.md", "contributing.md", "security.md"}
