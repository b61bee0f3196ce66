"""`consentgate init`: what it finds, asks and writes."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from textwrap import indent

import pytest

from consentgate import Policy
from consentgate.cli.init.document import EXAMPLE
from consentgate.cli.init.frameworks import FRAMEWORKS, find_frameworks
from consentgate.policy.schema import SCHEMA_FILE, SCHEMA_LINE, schema_text
from tests.cli.conftest import Ran, Run

pytestmark = pytest.mark.cli


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a terminal: the first argument is what is typed, a line for each
    question."""

    def answered(typed: str, *arguments: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", Terminal(typed))
        return run(*arguments)

    return answered


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


# What it finds


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("app.py", "from flask import Flask\n", "flask"),
        ("site/views.py", "import os\nimport django\n", "django"),
        ("manage.py", "def main():\n    from django.core import management\n", "django"),
        ("requirements.txt", "# pinned\nFastAPI[all]>=0.115\n", "fastapi"),
        ("requirements-dev.txt", "starlette==1.0\n", "starlette"),
        ("pyproject.toml", '[project]\ndependencies = ["Flask>=3", 7]\n', "flask"),
        ("pyproject.toml", '[project.optional-dependencies]\nweb = ["django"]\n', "django"),
        ("pyproject.toml", '[dependency-groups]\nweb = ["django"]\n', "django"),
        ("pyproject.toml", '[tool.poetry.dependencies]\nfastapi = "*"\n', "fastapi"),
        ("Pipfile", '[packages]\nflask = "*"\n', "flask"),
    ],
    ids=lambda value: value.split("\n")[0],
)
def test_a_framework_is_found_by_what_the_folder_names(
    folder: Path, file: str, text: str, found: str
) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(text)

    assert find_frameworks(folder) == {found: file}


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("app.py", b"# import flask\nimport flaskish\n"),
        ("requirements.txt", b"flask-login\n-r other.txt\n\n"),
        ("pyproject.toml", b"[project\n"),
        ("pyproject.toml", b'project = "flask"\n'),
        (".venv/flask.py", b"import flask\n"),
        ("pyproject.toml", b"\xff\xfe"),
    ],
    ids=["other names", "other distributions", "broken", "no table", "hidden", "not UTF-8"],
)
def test_what_names_no_framework_is_none(folder: Path, file: str, data: bytes) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_bytes(data)

    assert find_frameworks(folder) == {}


def test_fastapi_is_not_starlette_although_it_is_built_on_it(folder: Path) -> None:
    (folder / "app.py").write_text("from fastapi import FastAPI\nfrom starlette import routing\n")

    assert find_frameworks(folder) == {"fastapi": "app.py"}


def test_a_folder_called_like_a_module_is_none(folder: Path) -> None:
    (folder / "app.py").mkdir()

    assert find_frameworks(folder) == {}


def test_without_a_framework_and_a_terminal_it_asks_for_the_option(run: Run, folder: Path) -> None:
    ran = run("init")

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "found no framework; say which with --framework" in ran.err
    assert list(folder.iterdir()) == []


def test_of_several_frameworks_it_chooses_none(run: Run, folder: Path) -> None:
    (folder / "a.py").write_text("import flask\n")
    (folder / "b.py").write_text("import django\n")

    ran = run("init")

    assert ran.code == 3
    assert "more than one framework: flask (a.py), django (b.py)" in ran.err


# What it writes


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_it_writes_passes_the_strict_check(run: Run, framework: str) -> None:
    ran = run("init", "--framework", framework)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Wrote consent.toml and consent.schema.json for ")
    assert run("policy", "check", "--strict").code == 0


def test_what_was_said_is_declared(run: Run, folder: Path) -> None:
    options = {
        "--framework": "flask", "--controller": 'Forêt "d\'Exemple"', "--contact": "dpo@a.org",
        "--privacy-page": "/privacy", "--site": "https://example.org", "--language": "fr",
    }  # fmt: skip

    ran = run("init", *(word for pair in options.items() for word in pair), "--preset", "matomo")

    assert ran.code == 0
    policy = Policy.from_toml(folder / "consent.toml")
    assert policy.controller is not None
    assert policy.controller.name == 'Forêt "d\'Exemple"'
    assert policy.controller.privacy_page == "/privacy"
    assert (policy.site, policy.default_language) == ("https://example.org", "fr")
    assert policy.presets == ("matomo",)
    assert run("policy", "check", "--strict").code == 0


def test_the_commented_example_is_valid_where_it_is_uncommented(run: Run, folder: Path) -> None:
    run("init", "--framework", "starlette", "--controller", "Example Town")
    text = (folder / "consent.toml").read_text()
    commented = indent(EXAMPLE, "# ")
    assert commented in text

    (folder / "consent.toml").write_text(text.replace(commented, EXAMPLE))

    assert run("policy", "check", "--strict").code == 0
    assert Policy.from_toml("consent.toml").consent_categories == ("statistics",)


def test_the_regime_is_declared(run: Run, folder: Path) -> None:
    run("init", "--framework", "flask", "--regime", "uk")

    assert Policy.from_toml(folder / "consent.toml").regime.name == "uk"


def test_the_first_line_names_the_schema_beside_it(run: Run, folder: Path) -> None:
    run("init", "--framework", "flask")

    assert (folder / "consent.toml").read_text().splitlines()[0] == SCHEMA_LINE
    assert (folder / SCHEMA_FILE).read_text() == schema_text() == run("policy", "schema").out


def test_it_overwrites_nothing(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text("mine")

    ran = run("init", "--framework", "flask")

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "consent.toml is there already; --force overwrites it" in ran.err
    assert (folder / "consent.toml").read_text() == "mine"


@pytest.mark.parametrize("data", [b"{}", b"\xff"], ids=["another", "not UTF-8"])
def test_it_overwrites_no_other_schema(run: Run, folder: Path, data: bytes) -> None:
    (folder / SCHEMA_FILE).write_bytes(data)

    assert run("init", "--framework", "flask").code == 3
    assert not (folder / "consent.toml").exists()


def test_the_same_schema_may_be_there(run: Run, folder: Path) -> None:
    (folder / SCHEMA_FILE).write_text(schema_text())

    assert run("init", "--framework", "flask").code == 0


def test_it_overwrites_where_it_is_forced(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text("mine")

    assert run("init", "--framework", "flask", "--force").code == 0
    assert Policy.from_toml("consent.toml").cookies == ()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--site", "example"), "CG007"),
        (("--controller", " "), "CG012"),
        (("--preset", "matomoo"), "did you mean 'matomo'?"),
        (("--language", "english!"), "CG007"),
        (("--controller", "\udcff"), "not a text in UTF-8"),
        (("--file", "none/consent.toml"), "cannot write none/consent.toml: No such file"),
        (("--file", "."), ". is there already"),
        (("--file", "", "--force"), "cannot write .: Is a directory"),
        (("--file", SCHEMA_FILE), "the schema is called so"),
        (("--file", "a" * 300), "File name too long"),
        (("--framework", "rails"), "'rails' is not one of"),
    ],
    ids=[
        "site",
        "controller",
        "preset",
        "language",
        "encoding",
        "missing folder",
        "folder",
        "folder by force",
        "schema",
        "long name",
        "framework",
    ],
)
def test_a_wrong_answer_is_one_line_and_writes_nothing(
    run: Run, folder: Path, wrong: tuple[str, ...], message: str
) -> None:
    ran = run("init", "--framework", "flask", *wrong)

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert message in ran.err
    assert list(folder.iterdir()) == []


def test_json_says_what_was_written_and_what_to_add(run: Run, folder: Path) -> None:
    (folder / "conf").mkdir()

    ran = run("init", "--framework", "django", "--file", "conf/cookies.toml", "--json")

    assert ran.json == {
        "format": 1,
        "framework": "django",
        "file": "conf/cookies.toml",
        "schema": "conf/consent.schema.json",
        "add": [
            {
                "where": "at the end of the settings",
                "lines": FRAMEWORKS["django"].steps[0].lines.format(path='"conf/cookies.toml"'),
            }
        ],
    }
    assert (folder / "conf" / "cookies.toml").exists()


# What it asks


def test_on_a_terminal_it_asks_for_what_no_option_says(answer: Run, folder: Path) -> None:
    typed = "flask\nmatomo, youtube\nhttps://example.org\nExample Town\n"

    ran = answer(typed, "init")

    assert ran.code == 0
    policy = Policy.from_toml(folder / "consent.toml")
    assert policy.presets == ("matomo", "youtube")
    assert policy.site == "https://example.org"
    assert policy.controller is not None
    assert policy.controller.name == "Example Town"


def test_on_a_terminal_it_asks_which_of_several_frameworks(answer: Run, folder: Path) -> None:
    (folder / "a.py").write_text("import flask\n")
    (folder / "b.py").write_text("import django\n")

    ran = answer("django\n\n\n\n", "init")

    assert ran.code == 0
    assert "for Django" in ran.out
    assert "(flask, django)" in ran.out


def test_it_asks_nothing_that_an_option_says(answer: Run) -> None:
    options = "--framework flask --preset matomo --site https://a.org --controller Town"

    ran = answer("", "init", *options.split())

    assert ran.code == 0
    assert ran.out.startswith("Wrote ")


def test_it_asks_nothing_where_the_answer_is_yes(answer: Run) -> None:
    assert answer("", "init", "--framework", "flask", "--yes").out.startswith("Wrote ")


def test_a_question_that_nobody_answers_stops_it(answer: Run, folder: Path) -> None:
    ran = answer("", "init", "--framework", "flask")

    assert ran.code == 3
    assert ran.err.endswith("consentgate: stopped\n")
    assert list(folder.iterdir()) == []
