"""`consentgate policy diff`: which names change category, and what is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from consentgate.policy import name_patterns
from tests.cli.conftest import Run
from tests.cli.declarations import COMPLETE

pytestmark = pytest.mark.cli


def compare(run: Run, folder: Path, old: str, new: str, *flags: str) -> tuple[int, str]:
    (folder / "old.toml").write_text(old)
    (folder / "new.toml").write_text(new)
    ran = run("policy", "diff", "old.toml", "new.toml", *flags)
    assert ran.err == ""
    return ran.code, ran.out


def rule(name: str, category: str = "statistics", **fields: str) -> str:
    more = "".join(f'{key} = "{value}"\n' for key, value in fields.items())
    return f'[[cookies]]\nname = "{name}"\ncategory = "{category}"\n{more}\n'


def test_equal_declarations_differ_in_nothing(run: Run, folder: Path) -> None:
    assert compare(run, folder, COMPLETE, COMPLETE) == (
        0,
        "No name changes its category, and nothing is asked again.\n",
    )


def test_texts_that_are_not_agreed_to_differ_in_nothing(run: Run, folder: Path) -> None:
    other = COMPLETE.replace("Distingue les visites.", "Compte les visites.")

    assert compare(run, folder, COMPLETE, other)[0] == 0


def test_each_change_has_its_names_and_an_example(run: Run, folder: Path) -> None:
    old = COMPLETE
    new = COMPLETE.replace('"session"', '"session", "_pk_id.safe"') + "\n" + rule("_ga*")

    code, out = compare(run, folder, old, new)

    assert code == 1
    assert out == (
        "names        example      before      after\n"
        "_pk_id.safe  _pk_id.safe  statistics  necessary\n"
        "_ga*         _gax         undeclared  statistics\n"
        "\n"
        "Visitors are asked again about statistics (IyV7BO9p -> 0gSEVBO6):\n"
        "  _ga* is new\n"
    )


def test_a_narrower_glob_in_another_category_changes_its_part_only(run: Run, folder: Path) -> None:
    old, new = rule("a*"), rule("a*") + rule("*_end", "marketing")

    _, out = compare(run, folder, old, new)

    assert "a*_end  a_end   " not in out
    assert [line.split() for line in out.splitlines()[1:3]] == [
        ["*_end", "x_end", "undeclared", "marketing"],
        ["a*_end", "ax_end", "statistics", "marketing"],
    ]


def test_what_makes_visitors_agree_anew_is_named(run: Run, folder: Path) -> None:
    new = COMPLETE.replace("13 months", "2 years").replace("Matomo", "Us")

    code, out = compare(run, folder, COMPLETE, new)

    assert code == 1
    assert out.startswith("Visitors are asked again about statistics (IyV7BO9p -> ")
    assert out.endswith("\n  _pk_id.* has another provider, lifetime\n")


def test_an_accepted_fingerprint_asks_nobody_again(run: Run, folder: Path) -> None:
    new = 'accept_fingerprints = ["IyV7BO9p"]\n' + COMPLETE.replace("13 months", "2 years")

    assert compare(run, folder, COMPLETE, new)[0] == 0


def test_another_preferences_cookie_asks_everybody_again(run: Run, folder: Path) -> None:
    code, out = compare(run, folder, COMPLETE, 'preferences_cookie = "choice"\n' + COMPLETE)

    assert code == 1
    assert "Visitors are asked again about statistics (IyV7BO9p -> IyV7BO9p):" in out
    assert "  the choice is kept in 'choice' now\n" in out


def test_a_category_that_was_not_asked_about_is_new(run: Run, folder: Path) -> None:
    category = '[[categories]]\nname = "video"\n\n'

    _, out = compare(run, folder, "", category + rule("v", "video"))

    assert "Visitors are asked again about video (not asked about -> " in out


def test_a_rule_that_is_gone_is_named(run: Run, folder: Path) -> None:
    _, out = compare(run, folder, rule("a") + rule("b"), rule("a"))

    assert out.endswith("\n  b is gone\n")


def test_a_category_that_is_asked_about_no_more_is_no_question(run: Run, folder: Path) -> None:
    document = compare(run, folder, rule("a"), rule("a", "necessary"), "--json")[1]

    assert '"asked_again": []' in document


def test_json_has_names_and_categories(run: Run, folder: Path) -> None:
    (folder / "old.toml").write_text(rule("a*"))
    (folder / "new.toml").write_text(rule("a*", "marketing"))

    document = run("policy", "diff", "old.toml", "new.toml", "--json").json

    (asked,) = document.pop("asked_again")
    assert (asked["category"], asked["before"], asked["reasons"]) == (
        "marketing",
        None,
        ["a* is new"],
    )
    assert document == {
        "format": 1,
        "names": [
            {
                "pattern": "a*",
                "example": "ax",
                "before": {"rule": "a*", "categories": ["statistics"], "needs_consent": True},
                "after": {"rule": "a*", "categories": ["marketing"], "needs_consent": True},
            }
        ],
    }


def test_undeclared_is_null_in_json(run: Run, folder: Path) -> None:
    (folder / "old.toml").write_text("")
    (folder / "new.toml").write_text(rule("a"))

    document = run("policy", "diff", "old.toml", "new.toml", "--json").json

    assert document["names"][0]["before"] is None


def test_no_answer_is_exit_code_2(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_patterns, "MOST_OVERLAPS", 1)
    (folder / "old.toml").write_text(rule("*ab*"))
    (folder / "new.toml").write_text(rule("*bc*", "marketing"))

    ran = run("policy", "diff", "old.toml", "new.toml")

    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "no answer, since names overlap in too many ways" in ran.err
