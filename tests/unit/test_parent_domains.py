"""Which domains a refused tracker is expired on, where it is set for a parent of the host."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Cookie, Policy, PolicyError, VisitorConsent
from consentgate.gate.withdrawal import MOST_EXPIRED
from consentgate.http.host_names import cookie_domains
from consentgate.policy.presets import load_preset
from tests.support.exchange import gate_of
from tests.support.gate_exchange import respond

pytestmark = pytest.mark.behaviour(43)


def withdraw(consent: VisitorConsent) -> None:
    consent.withdraw()


def expired_on(host: str, *, sent: str = "_ga=1", **declared: Any) -> list[tuple[str, str]]:
    """The name and Domain of each expiry after a withdrawal on this host."""
    rule = Cookie("_ga", category="statistics", **declared)
    gate = gate_of(policy=Policy(cookies=[rule], presets=["google-analytics"]))
    cookie = f"{gate.preferences_for('statistics')}; {sent}"
    outcome = respond(gate, withdraw, cookie=cookie, host=host)
    pairs = [value.partition("=;")[::2] for value in outcome.expired]
    return [(name, rest.partition("; Domain=")[2]) for name, rest in pairs]


def domains_of(name: str, expired: list[tuple[str, str]]) -> list[str]:
    return [domain for one, domain in expired if one == name]


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        ("shop.example.org", ["shop.example.org", "example.org"]),
        ("SHOP.Example.org:8443", ["shop.example.org", "example.org"]),
        ("example.org", ["example.org"]),
        ("a.b.example.co.uk", ["a.b.example.co.uk", "b.example.co.uk", "example.co.uk", "co.uk"]),
        ("localhost:8000", []),
        ("127.0.0.1:8000", []),
        ("[::1]:8000", []),
        ("", []),
        ("evil;x.example.org", []),
        ("a, b.example.org", []),
    ],
)
def test_the_host_of_a_request_gives_the_domains(host: str, domains: list[str]) -> None:
    assert cookie_domains(host) == domains


def test_the_topmost_domain_comes_first_and_the_host_alone_last() -> None:
    expired = expired_on("shop.example.org")

    assert domains_of("_ga", expired) == ["example.org", "shop.example.org", ""]


def test_each_tracker_is_expired_once_before_one_is_expired_again() -> None:
    expired = expired_on("shop.example.org", sent="_ga=1; _ga_A=2; _gid=3; _gat=4")

    assert len(expired) == MOST_EXPIRED
    assert expired[:4] == [(name, "example.org") for name in ("_ga", "_ga_A", "_gid", "_gat")]


def test_a_host_without_a_parent_domain_expires_for_the_host_alone() -> None:
    assert domains_of("_ga", expired_on("localhost:8000")) == [""]


def test_a_tracker_that_the_browser_did_not_send_is_on_no_parent_domain() -> None:
    assert domains_of("_gid", expired_on("shop.example.org")) == [""]


def test_a_declared_domain_wins() -> None:
    assert domains_of("_ga", expired_on("a.shop.org", domain="shop.org")) == ["shop.org"]


def test_the_host_itself_can_be_declared() -> None:
    assert domains_of("_ga", expired_on("shop.example.org", domain="")) == [""]


def test_a_site_can_take_back_what_a_preset_says() -> None:
    assert domains_of("_ga", expired_on("shop.example.org", parent_domain=False)) == [""]


def test_a_host_prefix_forbids_a_parent_domain() -> None:
    with pytest.raises(PolicyError) as caught:
        Cookie("__Host-x", category="statistics", parent_domain=True)

    assert [finding.id for finding in caught.value.findings] == ["CG007"]


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("google-analytics", "_ga_*"),
        ("google-ads", "_gcl_*"),
        ("meta-pixel", "_fbp"),
        ("hotjar", "_hjSessionUser_*"),
        ("hubspot", "hubspotutk"),
        ("tiktok", "_ttp"),
        ("linkedin", "li_fat_id"),
        ("x", "_twpid"),
        ("at-internet", "_pcid"),
        ("share-buttons", "fpestid"),
    ],
)
def test_a_preset_says_which_trackers_live_on_the_parent_domain(preset: str, name: str) -> None:
    assert {one.cookie.name: one.cookie for one in load_preset(preset)}[name].parent_domain


@pytest.mark.parametrize(("preset", "name"), [("matomo", "_pk_id.*"), ("google-ads", "IDE")])
def test_a_tracker_of_the_host_or_of_another_site_has_no_parent_domain(
    preset: str, name: str
) -> None:
    assert not {one.cookie.name: one.cookie for one in load_preset(preset)}[name].parent_domain
