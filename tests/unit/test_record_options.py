"""The options of consent records: which recorder a middleware gets, and what it is told."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pytest
from django.test.utils import override_settings
from flask import Flask

from consentgate import ConfigurationError, Policy
from consentgate._middleware import GatesByPolicy, MiddlewareOptions
from consentgate.ext.django.settings import read_settings
from consentgate.ext.flask import ConsentGate
from consentgate.http.wire import TEXT
from tests.support.exchange import POLICY, SECRET, Clock
from tests.support.recorders import MemoryRecorder
from tests.support.stores import ADDRESS, STORE_MODULE, store_of


def gates_of(policy: Any = POLICY, **options: Any) -> GatesByPolicy[str]:
    return GatesByPolicy(
        policy, secret_key=SECRET, options=cast("MiddlewareOptions", options), wire=TEXT
    )


def recorder_of(gates: GatesByPolicy[str]) -> object:
    """The recorder that the gate of a single policy has, None for none."""
    assert gates.single is not None
    records = gates.single.settings.records
    return None if records is None else records.recorder


def test_a_recorder_may_be_the_sites_own() -> None:
    recorder = MemoryRecorder()

    assert recorder_of(gates_of(records=recorder)) is recorder


@pytest.mark.parametrize("options", [{}, {"records": None}])
def test_without_records_there_is_no_recorder(options: dict[str, Any]) -> None:
    assert recorder_of(gates_of(**options)) is None


def test_an_address_opens_a_store_with_the_options_of_one() -> None:
    recorder = MemoryRecorder()
    given = {
        "on_decision": print,
        "webhooks": ["https://partner.example/consent"],
        "records_key": "PRIVATE+KEY+example",
        "records_spool": Path("spool.db"),
    }

    with store_of(recorder) as opened:
        found = recorder_of(gates_of(records=ADDRESS, **given))

    assert found is recorder
    assert opened == [
        {
            "address": ADDRESS,
            "on_decision": print,
            "webhooks": ["https://partner.example/consent"],
            "signer_key": "PRIVATE+KEY+example",
            "spool": Path("spool.db"),
        }
    ]


def test_options_that_say_nothing_are_not_passed_on() -> None:
    with store_of(MemoryRecorder()) as opened:
        gates_of(records=ADDRESS, on_decision=None, records_key=None)

    assert opened == [{"address": ADDRESS}]


def test_a_store_has_the_clock_of_its_gate() -> None:
    clock = Clock()

    with store_of(MemoryRecorder()) as opened:
        gates_of(records=ADDRESS, clock=clock)

    assert opened == [{"address": ADDRESS, "clock": clock}]


def test_gates_of_several_policies_share_a_recorder() -> None:
    policies = {"a": Policy(necessary=["a"]), "b": Policy(necessary=["b"])}

    with store_of(MemoryRecorder()) as opened:
        gates = gates_of(lambda request: policies[request["portal"]], records=ADDRESS)
        picked = [gates.pick({"portal": name}) for name in ("a", "b", "a")]

    assert len(opened) == 1
    assert picked[0] is picked[2]
    assert [gate.settings.policy.necessary for gate in picked[:2]] == [("a",), ("b",)]
    assert all(gate.settings.policy.rule_for("consent_record") for gate in picked)


def test_without_the_extra_an_address_is_an_error() -> None:
    message = re.escape("pip install 'consentgate[records]'")

    with (
        patch.dict(sys.modules, {STORE_MODULE: None}),
        pytest.raises(ConfigurationError, match=message),
    ):
        gates_of(records=ADDRESS)


@pytest.mark.parametrize(
    "options",
    [
        {"on_decision": print},
        {"webhooks": ["https://partner.example"]},
        {"records_key": "k"},
        {"records_spool": "spool.db"},
        {"records_spool": "spool.db", "records": MemoryRecorder()},
    ],
    ids=["on_decision", "webhooks", "key", "spool", "spool of a recorder"],
)
def test_options_of_a_store_need_one(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="is for a store of records"):
        gates_of(**options)


@pytest.mark.parametrize("records", [7, True, Path("consent.db")])
def test_what_records_nothing_is_no_recorder(records: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"records is a {type(records).__name__}"):
        gates_of(records=records)


def test_a_wrong_policy_is_an_error_as_ever() -> None:
    with pytest.raises(ConfigurationError, match="policy is a int"):
        gates_of(7, records=MemoryRecorder())


def test_django_has_them_among_its_settings() -> None:
    recorder = MemoryRecorder()
    given = {"POLICY": POLICY, "RECORDS": recorder, "ON_DECISION": "builtins.print"}

    with override_settings(CONSENTGATE=given):
        options = read_settings().options

    assert (options["records"], options["on_decision"]) == (recorder, print)


def test_flask_has_them_in_its_configuration() -> None:
    app = Flask("records")
    app.config |= {"SECRET_KEY": "k" * 20, "CONSENTGATE_RECORDS": 7}

    with pytest.raises(ConfigurationError, match="records is a int"):
        ConsentGate(app, policy=POLICY)


def test_without_records_no_module_of_theirs_is_imported() -> None:
    script = (
        "import sys, consentgate.asgi, consentgate.wsgi; "
        "consentgate.wsgi.ConsentMiddleware(len, policy=consentgate.Policy(), "
        f"secret_key={SECRET!r}); "
        "print([name for name in sys.modules if 'consentgate.records' in name or "
        "name.startswith('sqlalchemy')])"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
