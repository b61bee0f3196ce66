"""Where the rules of a page let its forms go, as W3C CSP3 says it."""

from __future__ import annotations

import pytest

from consentgate.banner.page_rules import lets_forms_reach, names_forms, rules_in_head

pytestmark = pytest.mark.behaviour(37)

ACTION = "https://www.example.org/shop/consent/"


@pytest.mark.parametrize(
    ("policies", "reaches"),
    [
        ("form-action 'self'", True),
        ("Form-Action 'SELF'", True),
        ("default-src 'none'", True),
        ("", True),
        ("form-action 'none'", False),
        ("form-action", False),
        ("form-action *", True),
        ("form-action https:", True),
        ("form-action http:", True),
        ("form-action wss:", False),
        ("form-action www.example.org", True),
        ("form-action https://www.example.org", True),
        ("form-action http://www.example.org", True),
        ("form-action ftp://www.example.org", False),
        ("form-action https://www.example.org:443", True),
        ("form-action https://www.example.org:*", True),
        ("form-action https://www.example.org:8443", False),
        ("form-action *.example.org", True),
        ("form-action *.org", True),
        ("form-action *.www.example.org", False),
        ("form-action https://*", True),
        ("form-action login.example.org pay.example", False),
        ("form-action login.example.org 'self'", True),
        ("form-action www.example.org/login", False),
        ("form-action www.example.org/shop/", True),
        ("form-action www.example.org/shop", False),
        ("form-action www.example.org/shop/consent/", True),
        ("form-action www.example.org/", True),
        ("form-action 'nonce-a'", False),
        ("form-action 'self'; form-action 'none'", True),
        ("form-action 'none'; form-action 'self'", False),
        ("form-action 'self', form-action 'none'", False),
        ("default-src 'self';form-action\t'none' ;", False),
        ("sandbox", False),
        ("sandbox allow-forms", False),
        ("sandbox allow-scripts allow-same-origin", False),
        ("sandbox allow-same-origin allow-forms", True),
        ("sandbox allow-same-origin allow-forms; form-action 'none'", False),
    ],
)
def test_a_header_rules_where_forms_go(policies: str, reaches: bool) -> None:
    assert lets_forms_reach(policies, b"", ACTION) is reaches
    assert reaches or names_forms(policies)


def test_a_port_of_the_site_s_own_is_compared() -> None:
    action = "http://localhost:8000/consent/"

    assert lets_forms_reach("form-action localhost:8000", b"", action)
    assert not lets_forms_reach("form-action localhost", b"", action)


@pytest.mark.parametrize(
    ("head", "reaches"),
    [
        (b"""<meta http-equiv="Content-Security-Policy" content="form-action 'none'">""", False),
        (b"<META content='form-action a.example' http-equiv=content-security-policy>", False),
        (b"""<meta http-equiv=Content-Security-Policy content="form-action 'none'" """, True),
        (b"""<meta http-equiv='Content-Security-Policy' content=form-action>""", True),
        (
            b"""<meta http-equiv=Content-Security-Policy content='form-action &#39;self&#39;'>""",
            True,
        ),
        (b"<meta http-equiv=Content-Security-Policy content='sandbox; form-action *'>", True),
        (b"""<meta name="description" content="The form-action of CSP"><title>T</title>""", True),
    ],
)
def test_the_head_rules_too_but_has_no_sandbox(head: bytes, reaches: bool) -> None:
    assert rules_in_head(head) == (False, True)
    assert lets_forms_reach("", head, ACTION) is reaches


def test_a_page_without_such_rules_restricts_nothing() -> None:
    assert not names_forms("default-src 'self'")
    assert rules_in_head(b"<title>Forms</title>") == (False, False)


@pytest.mark.parametrize("head", [b'<base href="/a/">', b"<head><BASE target=_blank>"])
def test_a_base_is_seen(head: bytes) -> None:
    assert rules_in_head(head) == (True, False)
    assert rules_in_head(b"<title>All your base</title>") == (False, False)
