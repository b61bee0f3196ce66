"""The contract, held against play_flask_extension."""

from __future__ import annotations

from tests.contract.adapters_ext import play_flask_extension
from tests.contract.contract import GateContract


class TestFlaskExtension(GateContract):
    play = staticmethod(play_flask_extension)
