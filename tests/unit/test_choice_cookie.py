"""The cookie that the gate itself writes: its attributes, its variants, its options."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import ConfigurationError, Event, Policy, Reason, VisitorConsent
from consentgate.http.host_names import MOST_DOMAINS
from tests.support.exchange import POLICY, gate_of, preferences_for
from tests.support.gate_exchange import respond

INVALID = "cookies_preferences=not-signed"
HOST_ONLY = Policy(cookies=POLICY.cookies, preferences_cookie="__Host-cookies_preferences")


def accept_all(*, options: dict[str, Any] | None = None, **request: Any) -> tuple[str, ...]:
    """The cookies that the gate writes when a visitor accepts all."""
    return respond(gate_of(**(options or {})), lambda consent: consent.grant(), **request).first


def attributes_of(value: str) -> list[str]:
    return value.split("; ")[1:]


def variants_removed(**given: Any) -> list[str]:
    """The Domain, "" for none, of each cookie removed beside a choice of a visitor whose
    preferences cookie was invalid."""
    written = accept_all(**{"cookie": INVALID, **given})
    return [value.partition("; Domain=")[2].partition(";")[0] for value in written[1:]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, ["Path=/", "Secure", "SameSite=Lax"], id="by default"),
        pytest.param({"path": "/shop"}, ["Path=/shop", "Secure", "SameSite=Lax"], id="path"),
        pytest.param(
            {"domain": ".example.org"},
            ["Path=/", "Domain=example.org", "Secure", "SameSite=Lax"],
            id="domain",
        ),
        pytest.param({"secure": False}, ["Path=/", "SameSite=Lax"], id="secure off"),
        pytest.param(
            {"http_only": True}, ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"], id="http only"
        ),
        pytest.param({"same_site": "None"}, ["Path=/", "Secure", "SameSite=None"], id="same site"),
        pytest.param(
            {"same_site": "None", "partitioned": True},
            ["Path=/", "Secure", "SameSite=None", "Partitioned"],
            id="partitioned",
        ),
    ],
)
def test_the_choice_has_the_attributes_that_the_site_gives_it(
    options: dict[str, Any], expected: list[str]
) -> None:
    [choice] = accept_all(options=options)

    assert attributes_of(choice) == ["Max-Age=15724800", *expected]


@pytest.mark.behaviour(42)
def test_a_choice_for_frames_of_other_sites_is_secure_whatever_the_server_sees() -> None:
    [choice] = accept_all(https=False, options={"same_site": "None"})

    assert "Secure" in attributes_of(choice)


@pytest.mark.behaviour(42)
@pytest.mark.parametrize("partitioned", [True, False])
def test_its_variants_are_removed_where_the_browser_keeps_them(partitioned: bool) -> None:
    options = {"same_site": "None", "partitioned": partitioned}

    written = accept_all(cookie=INVALID, options=options)

    ends = ["Secure", "SameSite=None", *(["Partitioned"] if partitioned else [])]
    assert len(written) > 1
    assert [attributes_of(value)[-len(ends) :] for value in written] == [ends] * len(written)


def test_secure_can_be_forced_behind_a_proxy() -> None:
    [choice] = accept_all(https=False, options={"secure": True})

    assert "Secure" in attributes_of(choice)


# Behind a proxy that hides https

FORWARDED = {"https": False, "headers": [("x-forwarded-proto", "https, http")]}


def warnings_of(request: dict[str, Any], **options: Any) -> int:
    """How often two choices in a row tell that Secure is missing."""
    told: list[Event] = []
    gate = gate_of(on_event=told.append, **options)
    for _ in range(2):
        respond(gate, lambda consent: consent.grant(), **request)
    return [event.reason for event in told].count(Reason.SECURE_MISSING)


def test_a_choice_without_secure_behind_a_proxy_is_warned_of_once() -> None:
    assert warnings_of(FORWARDED) == 1


def test_a_choice_without_secure_on_a_site_declared_https_is_warned_of_once() -> None:
    policy = Policy(cookies=POLICY.cookies, site="https://www.example.org")

    assert warnings_of({"https": False}, policy=policy) == 1


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({**FORWARDED, "https": True}, id="over https"),
        pytest.param({"https": False}, id="over http without a proxy"),
        pytest.param(
            {"https": False, "headers": [("x-forwarded-proto", "http")]}, id="a proxy over http"
        ),
    ],
)
def test_elsewhere_no_missing_secure_is_warned_of(request_: dict[str, Any]) -> None:
    assert warnings_of(request_) == 0


def test_another_host_than_the_declared_one_is_not_warned_of() -> None:
    policy = Policy(cookies=POLICY.cookies, site="https://example.com")

    assert warnings_of({"https": False}, policy=policy) == 0


@pytest.mark.parametrize("secure", [True, False])
def test_a_site_that_decides_on_secure_itself_is_not_warned(secure: bool) -> None:
    assert warnings_of(FORWARDED, secure=secure) == 0


# Variants that another host may have planted


@pytest.mark.behaviour(2)
def test_a_choice_removes_the_variants_of_the_host_and_its_parents() -> None:
    assert variants_removed(host="a.b.example.org") == [
        "a.b.example.org",
        "b.example.org",
        "example.org",
    ]


@pytest.mark.behaviour(2)
def test_a_choice_for_a_domain_removes_the_variant_of_the_host_alone() -> None:
    assert variants_removed(options={"domain": "example.org"}) == ["", "www.example.org"]


@pytest.mark.parametrize("host", ["www.example.org:8443", "WWW.Example.ORG", "www.example.org:"])
def test_the_port_and_the_case_of_the_host_do_not_count(host: str) -> None:
    assert variants_removed(host=host) == ["www.example.org", "example.org"]


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("", id="none"),
        pytest.param("localhost", id="a single label"),
        pytest.param("127.0.0.1:8000", id="an address"),
        pytest.param("[2001:db8::1]:8000", id="an address of IPv6"),
        pytest.param("example.org; Secure", id="an attribute"),
        pytest.param("a.b, c.d", id="two headers"),
        pytest.param("ex\xe4mple.org", id="not ascii"),
        pytest.param("a." * 127 + "org", id="too long for a name"),
    ],
)
def test_a_host_without_parents_removes_no_variant(host: str) -> None:
    assert variants_removed(host=host) == []


def test_a_host_of_many_labels_removes_ten_variants_and_no_more() -> None:
    removed = variants_removed(host="a." * 100 + "example.org")

    assert (len(removed), removed[-1]) == (MOST_DOMAINS, "example.org")


@pytest.mark.behaviour(2)
def test_a_choice_removes_the_variants_where_several_valid_ones_came_in() -> None:
    cookie = f"{preferences_for('statistics')}; {preferences_for()}"

    assert variants_removed(cookie=cookie) == ["www.example.org", "example.org"]


def test_without_a_rejected_choice_no_variant_is_removed() -> None:
    assert variants_removed(cookie=preferences_for()) == []


def test_a_choice_under_a_host_prefix_is_not_removed_by_its_own_variants() -> None:
    cookie = "__Host-cookies_preferences=not-signed"

    [choice] = accept_all(cookie=cookie, options={"policy": HOST_ONLY})

    assert attributes_of(choice)[0] == "Max-Age=15724800"


def test_withdrawing_with_an_invalid_choice_removes_it_and_its_variants() -> None:
    outcome = respond(gate_of(), lambda consent: consent.withdraw(), cookie=INVALID)

    assert [attributes_of(value)[0] for value in outcome.first] == ["Max-Age=0"] * 3


def test_a_choice_that_was_taken_back_in_the_same_response_writes_nothing() -> None:
    def change_and_change_back(consent: VisitorConsent) -> None:
        consent.grant("marketing")
        consent.refuse("marketing")

    outcome = respond(gate_of(), change_and_change_back, cookie=preferences_for("statistics"))

    assert outcome.first == ()


# Options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"same_site": "lax"}, "same_site='lax' is not known", id="same_site case"),
        pytest.param({"same_site": ""}, "same_site='' is not known", id="no same_site"),
        pytest.param({"same_site": None}, "same_site is a NoneType", id="same_site None"),
        pytest.param({"same_site": "None", "secure": False}, "needs secure", id="None, insecure"),
        pytest.param({"path": "shop"}, "path='shop' is no path", id="relative path"),
        pytest.param({"partitioned": True}, 'pass same_site="None" too', id="partitioned, Lax"),
        pytest.param({"partitioned": 1}, "partitioned is a int", id="partitioned, a number"),
        pytest.param({"path": "/a;b"}, "is no path", id="path with an attribute"),
        pytest.param({"path": "/a\r\n"}, "is no path", id="path with a line break"),
        pytest.param({"path": "/\xe9"}, "is no path", id="path that is not ascii"),
        pytest.param({"path": None}, "path is a NoneType", id="path None"),
        pytest.param({"domain": "a b"}, "is no domain", id="domain with a blank"),
        pytest.param({"domain": "a;b"}, "is no domain", id="domain with an attribute"),
        pytest.param({"domain": "example.org\n"}, "is no domain", id="domain, line break"),
        pytest.param({"domain": None}, "domain is a NoneType", id="domain None"),
        pytest.param({"secure": "yes"}, "secure is a str", id="secure as text"),
        pytest.param({"secure": 1}, "secure is a int", id="secure as number"),
        pytest.param({"http_only": "no"}, "http_only is a str", id="http_only as text"),
        pytest.param({"http_only": None}, "http_only is a NoneType", id="http_only None"),
    ],
)
def test_an_attribute_that_no_cookie_can_have_is_an_error_at_start_up(
    options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        gate_of(**options)


@pytest.mark.parametrize(
    "options", [{"domain": "example.org"}, {"path": "/shop"}, {"secure": False}], ids=str
)
def test_what_a_host_prefix_forbids_is_an_error_at_start_up(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="__Host-"):
        gate_of(policy=HOST_ONLY, **options)


@pytest.mark.behaviour(2)
@pytest.mark.parametrize(
    ("cookie", "removed"), [("", []), (preferences_for(), [""])], ids=["first", "another"]
)
def test_with_a_domain_a_later_choice_removes_a_cookie_of_the_host_alone(
    cookie: str, removed: list[str]
) -> None:
    assert variants_removed(cookie=cookie, options={"domain": "example.org"}) == removed
