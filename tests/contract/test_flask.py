"""The contract, held against play_flask."""

from __future__ import annotations

from tests.contract.adapters import play_flask
from tests.contract.contract import GateContract


class TestFlask(GateContract):
    play = staticmethod(play_flask)
