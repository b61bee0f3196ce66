"""An error about a file names the path as it was given, and the folder it was looked for in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test.utils import override_settings

from consentgate import ConfigurationError, Policy, PolicyError
from consentgate.ext.django.settings import read_settings
from consentgate.ext.flask import ConsentGate
from consentgate.pages.options import PagesOptions
from tests.ext.flask_site import make_app
from tests.support.django_project import GATE_CLASS

pytestmark = pytest.mark.behaviour(45)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the program runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def error_of(act: Callable[[], object]) -> str:
    """What the error says that comes up."""
    with pytest.raises((PolicyError, ConfigurationError)) as caught:
        act()
    return str(caught.value)


def test_a_relative_path_of_a_policy(folder: Path) -> None:
    error = error_of(lambda: Policy.from_toml("conf/consent.toml"))

    assert f"looked for 'conf/consent.toml' in the folder '{folder}'" in error


def test_an_absolute_path_of_a_policy(folder: Path) -> None:
    path = folder / "consent.toml"

    assert error_of(lambda: Policy.from_toml(path)).endswith(f"looked for '{path}'")


@pytest.mark.parametrize("text", [b"", b"site = '\xff'"], ids=["a folder", "not UTF-8"])
def test_a_path_that_is_there_and_cannot_be_read(folder: Path, text: bytes) -> None:
    path = folder / "consent.toml"
    path.write_bytes(text) if text else path.mkdir()

    assert f"'consent.toml' in the folder '{folder}'" in error_of(
        lambda: Policy.from_toml("consent.toml")
    )


def test_a_preset_is_looked_for_in_the_folder_of_its_policy(folder: Path) -> None:
    conf = folder / "conf"
    conf.mkdir()
    conf.joinpath("consent.toml").write_text("presets = ['own/shop.toml']")

    error = error_of(lambda: Policy.from_toml("conf/consent.toml"))

    assert f"looked for '{conf}/own/shop.toml'" in error


def test_a_preset_of_a_policy_in_python_is_looked_for_where_the_program_runs(folder: Path) -> None:
    error = error_of(lambda: Policy(presets=["own/shop.toml"]))

    assert f"looked for '{folder}/own/shop.toml'" in error


def test_flask_looks_in_the_folder_of_the_application() -> None:
    app = make_app(CONSENTGATE_POLICY="conf/consent.toml")

    assert f"looked for '{app.root_path}/conf/consent.toml'" in error_of(lambda: ConsentGate(app))


def test_django_looks_where_the_program_runs(folder: Path) -> None:
    with override_settings(CONSENTGATE={"POLICY": "conf/consent.toml"}, MIDDLEWARE=[GATE_CLASS]):
        error = error_of(read_settings)

    assert f"looked for 'conf/consent.toml' in the folder '{folder}'" in error


@pytest.mark.parametrize("option", ["templates", "catalogues"])
def test_a_folder_of_the_pages(folder: Path, option: str) -> None:
    error = error_of(lambda: PagesOptions(**{option: "theme/consent"}))  # type: ignore[arg-type]

    assert error == f"{option}: there is no folder 'theme/consent' in the folder '{folder}'"
