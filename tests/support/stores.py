"""A store of records by its address, without a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import patch

from consentgate.gate.recording import Recorder

STORE_MODULE = "consentgate.records.recorder"
ADDRESS = "sqlite:///consent.db"


@contextmanager
def store_of(recorder: Recorder) -> Iterator[list[dict[str, Any]]]:
    """Have a middleware find this recorder behind each address of a store; yield what stores are
    opened with."""
    opened: list[dict[str, Any]] = []

    def open_store(address: str, **options: Any) -> Recorder:
        opened.append({"address": address, **options})
        return recorder

    module: Any = ModuleType(STORE_MODULE)  # Any: it is made while the test runs
    module.StoreRecorder = open_store
    with patch.dict(sys.modules, {STORE_MODULE: module}):
        yield opened
