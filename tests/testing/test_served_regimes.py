"""What a site's tests read of the regime under which its policy is served."""

from __future__ import annotations

import pytest

from consentgate import Cookie, Policy
from consentgate.pages.policy_json import policy_json
from consentgate.testing.served import read_served


@pytest.mark.parametrize(
    ("regime", "exempt"), [("eu", False), ("fr", False), ("uk", True), ("us-ca", True)]
)
def test_what_needs_no_consent_is_known_from_the_declaration(regime: str, exempt: bool) -> None:
    policy = Policy(["session"], [Cookie("_ga", category="statistics")], regime=regime)

    served = read_served(policy_json(policy).decode())

    assert served is not None
    rules = {rule.name: rule for rule in served.rules}
    assert rules["_ga"].exempt is exempt
    assert rules["session"].exempt
