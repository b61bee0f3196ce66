"""`consentgate keygen` prints a key that the gate takes."""

from __future__ import annotations

import pytest

from consentgate import Gate, Policy
from tests.cli.conftest import Run

pytestmark = pytest.mark.cli


def test_the_key_is_one_that_the_gate_takes(run: Run) -> None:
    ran = run("keygen")

    assert (ran.code, ran.err) == (0, "")
    Gate(Policy(), secret_key=ran.out.strip())


def test_each_key_is_another_one(run: Run) -> None:
    keys = {run("keygen").out for _ in range(10)}

    assert len(keys) == 10


def test_json_has_the_key_alone(run: Run) -> None:
    document = run("keygen", "--json").json

    assert {**document, "secret_key": ""} == {"format": 1, "secret_key": ""}
    assert len(bytes.fromhex(document["secret_key"])) == 32
