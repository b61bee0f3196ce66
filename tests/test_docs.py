"""The documentation names what the code has, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import consentgate
from consentgate import Reason

DOCS = Path(__file__).parent.parent / "docs"
PACKAGE = Path(consentgate.__file__).parent


def cells(page: str, column: int) -> list[str]:
    """The texts of one column of all tables on a page of the documentation."""
    rows = re.findall(r"^\| (.+) \|$", (DOCS / page).read_text(), re.MULTILINE)
    return [row.split(" | ")[column] for row in rows]


def test_the_architecture_names_each_module_once() -> None:
    named = re.findall(r"`([a-z_]+(?:\.py|/))`", "\n".join(cells("architecture.md", 0)))
    files = [path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")]
    folders = [f"{path.name}/" for path in PACKAGE.iterdir() if list(path.glob("*.*"))]

    assert sorted(named) == sorted(files + [name for name in folders if "__" not in name])


def test_each_reason_is_explained() -> None:
    explained = dict(zip(cells("findings.md", 0), cells("findings.md", 1), strict=True))

    assert {reason: explained[reason.value] for reason in Reason} == {
        reason: f"`{reason.name}`" for reason in Reason
    }


def test_each_id_of_the_code_is_explained() -> None:
    sources = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))

    assert set(re.findall(r"CG[0-9]{3}", sources)) - set(cells("findings.md", 0)) == set()


def test_each_explained_id_is_in_the_code() -> None:
    sources = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    explained = {cell for cell in cells("findings.md", 0) if cell.startswith("CG")}

    assert {one for one in explained if one not in sources} == set()


def test_links_between_pages_lead_somewhere() -> None:
    links = [
        (page, target)
        for page in [*DOCS.glob("*.md"), DOCS.parent / "README.md"]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    ]

    assert [(p.name, target) for p, target in links if not (p.parent / target).exists()] == []
