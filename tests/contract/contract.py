"""What the gate promises, whatever it runs behind. Adapters inherit this class."""

from __future__ import annotations

from tests.contract.rules_chosen import Chosen
from tests.contract.rules_headers import Headers
from tests.contract.rules_response import Response
from tests.contract.rules_stored import Stored
from tests.contract.rules_undecided import Undecided
from tests.contract.rules_withdrawn import Withdrawn


class GateContract(Undecided, Stored, Chosen, Withdrawn, Response, Headers):
    """All rules together; each adapter sets `play`."""
