"""The command line as somebody runs it: its exit code, and what it prints where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from consentgate.cli import main
from consentgate.records.store import Store
from tests.support.record_stores import decision_of, new_store, notice_of, write_decisions

STORE = "sqlite:///consent.db"
ORIGIN = "data.example.org/consent"


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty; a terminal of 80 columns is not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def store(folder: Path) -> Store:
    """A store of 20 decisions on two categories, in the current folder."""
    made = new_store(folder / "consent.db")
    states = {"statistics": "given", "marketing": "refused"}
    write_decisions(
        made, [decision_of(n, states, kind="partial", notice=notice_of()) for n in range(20)]
    )
    return made


@pytest.fixture
def signed(run: Run, store: Store) -> Store:
    """The same, under a checkpoint."""
    assert run("records", "checkpoint", STORE, "--origin", ORIGIN).code == 0
    return store
