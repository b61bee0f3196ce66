"""The documentation of the policy: its examples run, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import consentgate.policy
from consentgate import Policy
from consentgate.policy.cookie import COOKIE_FIELDS
from consentgate.policy.policy_file import _KEYS
from tools.reference import cookie_fields, policy_fields

DOCS = Path(__file__).parents[3] / "docs"
POLICY = (DOCS / "policy.md").read_text(encoding="utf-8")
FINDINGS = (DOCS / "findings.md").read_text(encoding="utf-8")
SOURCES = Path(consentgate.policy.__file__).parent.glob("*.py")
IDS = {found for file in SOURCES for found in re.findall(r'"(CG0\d\d)"', file.read_text("utf-8"))}


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", POLICY, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_two_examples_declare_the_same(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    file = tmp_path / "consent.toml"
    file.write_text(block("toml"), encoding="utf-8")

    assert Policy.from_toml(file) == names["policy"]


def test_each_id_of_the_policy_has_one_row() -> None:
    rows = re.findall(r"^\| (CG0\d\d) \|", FINDINGS, re.MULTILINE)

    assert rows == sorted(IDS)


def test_each_word_that_can_be_declared_is_explained() -> None:
    explained = {row.name for row in [*policy_fields(), *cookie_fields()] if row.effect}

    assert {*COOKIE_FIELDS, *_KEYS} - explained == set()


@pytest.mark.parametrize("table", ["policy", "controller", "cookie", "category"])
def test_the_page_has_the_table_of_each_kind_of_declaration(table: str) -> None:
    assert f"```{{reference}} {table}\n```" in POLICY
