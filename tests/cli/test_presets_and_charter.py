"""`consentgate presets` and `charter`: what the library declares, and what visitors read."""

from __future__ import annotations

from pathlib import Path

import pytest

from consentgate.policy import shipped_presets
from tests.cli.conftest import Run
from tests.cli.declarations import COMPLETE

pytestmark = pytest.mark.cli


def test_each_preset_is_listed(run: Run) -> None:
    ran = run("presets")

    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["preset", *shipped_presets()]


def test_one_preset_is_shown_with_its_source(run: Run) -> None:
    ran = run("presets", "starlette")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Starlette: https://www.starlette.io/middleware/#sessionmiddleware (2026-11-24)\n"
        "\n"
        "name     category   provider   lifetime\n"
        "session  necessary  This site  14 days\n"
    )


def test_an_unknown_preset_is_one_line_with_the_nearest(run: Run) -> None:
    ran = run("presets", "matomoo")

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "did you mean 'matomo'?" in ran.err


def test_presets_as_json(run: Run) -> None:
    assert run("presets", "starlette", "--json").json == {
        "format": 1,
        "presets": [
            {
                "name": "starlette",
                "title": "Starlette",
                "source": "https://www.starlette.io/middleware/#sessionmiddleware",
                "date": "2026-11-24",
                "cookies": [{"name": "session", "category": "necessary"}],
            }
        ],
    }


def test_the_charter_as_markdown_in_the_language_of_the_declaration(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("charter")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("# Cookie charter\n")
    assert "Tells visits apart." in ran.out
    assert "(</consent/>)" in ran.out


def test_the_charter_in_another_language_and_at_another_place(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("charter", "--lang", "fr", "--prefix", "/cookies")

    assert ran.out.startswith("# Charte des cookies\n")
    assert "Distingue les visites." in ran.out
    assert "(</cookies/>)" in ran.out


def test_the_charter_as_html_for_a_page_of_the_site(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("charter", "--format", "html")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith('<div class="consentgate consentgate-charter" lang="en" dir="ltr">')
    assert "Tells visits apart." in ran.out


def test_the_charter_as_json(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    document = run("charter", "--lang", "fr", "--json").json

    assert document.pop("text") == run("charter", "--lang", "fr").out
    assert document == {"format": 1, "language": "fr", "type": "md"}


@pytest.mark.parametrize(
    "wrong", [("--lang", "xx"), ("--prefix", "cookies"), ("--format", "pdf")], ids=str
)
def test_a_wrong_option_is_one_line(run: Run, folder: Path, wrong: tuple[str, str]) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("charter", *wrong)

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert wrong[1] in ran.err
