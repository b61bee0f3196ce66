"""A site can keep a choice for an account apart from that of a browser: nothing of the sort is
built in, and nothing is in its way."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Policy, get_consent
from tests.support.exchange import POLICY, Ask, preferences_for
from tests.support.minimal_servers import WsgiServer, serve, wsgi_gate

ACCOUNT = Policy(
    necessary=POLICY.necessary, cookies=POLICY.cookies, preferences_cookie="account_preferences"
)


def policy_for(environ: Any) -> Policy:
    """The policy of whoever is logged in has a cookie of its own for the choice."""
    return ACCOUNT if "session=" in environ.get("HTTP_COOKIE", "") else POLICY


def answer(cookie: str, *, grants: bool = False) -> WsgiServer:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        if grants:
            get_consent(environ).grant("statistics")
        start_response("200 OK", [("Set-Cookie", "_ga=1")])
        return []

    method = "POST" if grants else "GET"
    return serve(wsgi_gate(app, policy=policy_for), Ask(cookie=cookie, method=method))


def names_set_by(server: WsgiServer) -> list[str]:
    values = [value for name, value in server.headers if name == "Set-Cookie"]
    return [value.partition("=")[0] for value in values]


@pytest.mark.law(35)
def test_a_choice_made_while_logged_in_changes_none_of_a_browser_that_is_logged_out() -> None:
    refused = preferences_for()
    logged_in = answer(f"session=1; {refused}", grants=True)

    assert names_set_by(logged_in) == ["account_preferences", "_ga"]
    chosen = logged_in.headers[0][1].partition(";")[0]
    assert "_ga" in names_set_by(answer(f"session=1; {refused}; {chosen}"))
    assert "_ga" not in names_set_by(answer(f"{refused}; {chosen}"))
