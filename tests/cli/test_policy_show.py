"""`consentgate policy show`: the rules as the gate enforces them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from consentgate import Policy
from consentgate.pages.policy_json import policy_json
from tests.cli.conftest import Run
from tests.cli.declarations import COMPLETE

pytestmark = pytest.mark.cli

SHOWN = """\
name                 category    provider      lifetime
cookies_preferences  necessary   Example Town  182 days
session              necessary
_pk_id.*             statistics  Matomo        395 days

category    visitors          fingerprint
necessary   cannot refuse it  gOqLxLot
statistics  are asked         IyV7BO9p

regime: fr (France)
"""


def test_it_lists_the_cookies_and_the_categories(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    assert run("policy", "show") == (0, SHOWN, "")


def test_a_category_of_exempt_cookies_is_not_asked_for(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(
        '[[cookies]]\nname = "v"\ncategory = "statistics"\nanonymous = true\n'
    )

    ran = run("policy", "show")

    assert "statistics (anonymous)" in ran.out
    assert "statistics  can refuse it" in ran.out


def test_of_a_category_to_which_visitors_can_object_it_says_so(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(f'regime = ["uk", "us-ca"]\n{COMPLETE}')

    out = run("policy", "show").out

    assert "statistics  can object" in out
    assert out.endswith("\nregime: uk (United Kingdom), us-ca (California)\n")


def test_names_are_never_read_as_markup_nor_cut_off(run: Run, folder: Path) -> None:
    name = "cart[items]:smile:" + "x" * 90
    (folder / "consent.toml").write_text(f'necessary = ["{name}"]\n')

    lines = run("policy", "show").out.splitlines()

    assert max(map(len, lines)) <= 80
    assert name in "".join(line.split()[0] for line in lines[2:] if line)


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_nothing_is_coloured_where_it_is_piped(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "1")
    (folder / "consent.toml").write_text(COMPLETE)

    assert "\x1b" not in run("policy", "show").out


def test_json_is_that_of_the_site(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    expected = json.loads(policy_json(Policy.from_toml("consent.toml")))
    assert run("policy", "show", "--json").json == expected
