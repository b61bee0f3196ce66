"""The README's examples, each run as it is in an application that sets trackers."""

from __future__ import annotations

import re
from collections.abc import Callable
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


def shown_test(app: Flask) -> Callable[[], None]:
    """The test that the README shows, of this application."""
    names = run_block("def test_", app=app)
    (name,) = [name for name in names if name.startswith("test_")]
    test: Callable[[], None] = names[name]
    return test


def test_the_shown_test_passes_where_only_a_necessary_cookie_is_set(tmp_path: Path) -> None:
    shown_test(flask_app(tmp_path, cookies=["session"]))()


@pytest.mark.parametrize("tracker", ["_promo_id", "_pk_id.1"])
def test_the_shown_test_names_a_new_tracker(tmp_path: Path, tracker: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(tracker)):
        shown_test(flask_app(tmp_path, cookies=["session", tracker]))()


def test_a_newcomer_reads_it_in_a_few_minutes() -> None:
    assert len(TEXT.splitlines()) <= MOST_LINES


def test_it_links_to_every_page_of_the_documentation() -> None:
    pages = {path.name for path in README.parent.joinpath("docs").glob("*.md")}

    linked = set(re.findall(r"\(docs/([\w-]+\.md)", TEXT))

    assert pages - linked == {"index.md", "changelog.md", "contributing.md", "security.md"}
