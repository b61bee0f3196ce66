"""`consentgate policy prove`: a proof, or a name that leaves without the consent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.declarations import COMPLETE

pytestmark = pytest.mark.cli

TIMED = """
import time
from consentgate.cli import main
started_s = time.process_time()
main(["policy", "prove", "--never", "*_*", "--without", "statistics"])
print(time.process_time() - started_s)
"""


def test_a_proof(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    assert run("policy", "prove", "--never", "_pk*", "--without", "statistics") == (
        0,
        "Proved: no cookie called _pk* leaves without consent to statistics.\n",
        "",
    )


def test_a_counterexample(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE.replace('"session"', '"*_id.1"'))

    assert run("policy", "prove", "--never", "_pk*", "--without", "statistics") == (
        1,
        (
            "Not so: _pkx_id.1 leaves without consent to statistics.\n"
            "Its rule is *_id.1 (necessary).\n"
        ),
        "",
    )


def test_another_category_is_no_consent(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "prove", "--never", "_pk_id.1", "--without", "marketing")

    assert ran.code == 1
    assert ran.out.endswith("Its rule is _pk_id.* (statistics).\n")


def test_every_name_has_the_preferences_cookie_among_them(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "prove", "--never", "*", "--without", "statistics", "--json")

    assert ran.code == 1
    assert ran.json["counterexample"]["name"] == "cookies_preferences"


@pytest.mark.parametrize(
    ("never", "without", "message"),
    [
        ("a b", "statistics", "'a b' cannot be the name of a cookie"),
        ("a**", "statistics", "has two stars in a row"),
        ("a*", "necessary", "nobody can refuse what is necessary"),
        ("a*", "statistic", "no category is called 'statistic'; did you mean 'statistics'?"),
    ],
    ids=["name", "stars", "necessary", "unknown category"],
)
def test_a_wrong_question_is_one_line(
    run: Run, folder: Path, never: str, without: str, message: str
) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "prove", "--never", never, "--without", without)

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert message in ran.err


def test_json_of_a_proof(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "prove", "--never", "_pk*", "--without", "statistics", "--json")

    assert ran.json == {
        "format": 1,
        "never": "_pk*",
        "without": "statistics",
        "proved": True,
        "counterexample": None,
    }


def test_json_of_a_counterexample(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "prove", "--never", "s*", "--without", "statistics", "--json")

    assert ran.json["proved"] is False
    assert ran.json["counterexample"] == {
        "name": "session",
        "rule": "session",
        "categories": ["necessary"],
        "needs_consent": False,
    }


@pytest.mark.slow
def test_ten_thousand_rules_take_less_than_two_seconds(folder: Path) -> None:
    forms = ("_a{}*", "*{}_b", "c{}", "d{}*e", "f*g{}*")
    rules = (
        f'[[cookies]]\nname = "{forms[number % 5].format(number)}"\ncategory = "statistics"\n'
        for number in range(10_000)
    )
    (folder / "consent.toml").write_text("\n".join(rules))

    # In a process of its own: where the coverage of this one is measured, all takes longer.
    ran = subprocess.run([sys.executable, "-c", TIMED], capture_output=True, text=True, check=True)

    answer, took_s = ran.stdout.splitlines()[0], float(ran.stdout.splitlines()[-1])
    assert answer == "Not so: cookies_preferences leaves without consent to statistics."
    assert took_s < 2
