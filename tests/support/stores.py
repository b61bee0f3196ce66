"""A store of records by its address, without a database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest.mock import patch

from consentgate.gate.recording import Recorder

STORE_MODULE = "consentgate.records.recorder"
ADDRESS = "sqlite:///consent.db"


@dataclass
class Opened:
    """What stores were opened with, each as keywords, and what is to be called at the exit."""

    options: list[dict[str, Any]] = field(default_factory=list)
    at_exit: list[Callable[[], object]] = field(default_factory=list)


@contextmanager
def store_of(recorder: Recorder) -> Iterator[Opened]:
    """Have a middleware find this recorder behind each address of a store."""
    opened = Opened()

    def open_store(address: str, **options: Any) -> Recorder:
        opened.options.append({"address": address, **options})
        return recorder

    module: Any = ModuleType(STORE_MODULE)  # Any: it is made while the test runs
    module.StoreRecorder = open_store
    at_exit = patch("atexit.register", opened.at_exit.append)
    with patch.dict(sys.modules, {STORE_MODULE: module}), at_exit:
        yield opened
