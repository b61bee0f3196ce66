"""The contract, held against play_core."""

from __future__ import annotations

from tests.contract.adapters import play_core
from tests.contract.contract import GateContract


class TestCore(GateContract):
    play = staticmethod(play_core)
