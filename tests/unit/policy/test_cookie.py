"""One declared cookie: fields, defaults, errors."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from typing import Any

import pytest

from consentgate import Cookie
from consentgate.policy import ExemptReason, Kind, Party, SameSite
from consentgate.policy.cookie import COOKIE_FIELDS, CookieFields
from tests.unit.policy.reported import ids, places, refusal

FULL: dict[str, Any] = {
    "provider": "Matomo",
    "service": "Audience measurement",
    "location": "Every page",
    "purpose": {"en": "Counts visits."},
    "lifetime": "13 months",
    "party": "third",
    "anonymous": False,
    "retention": "25 months",
    "path": ["/", "/shop"],
    "domain": ["", ".Example.org"],
    "kind": "cookie",
    "purpose_id": "audience",
    "hosts": {"script": "b.example", "image": ["c.example", "a.example", "a.example"]},
    "headers": ["NEL", "Accept-CH", "NEL"],
    "device_session": "/session/start",
    "personal_data": ["identifier", "browsing_behaviour"],
    "storage_location": "FR",
    "recipients": [],
    "secure": True,
    "http_only": True,
    "partitioned": True,
    "same_site": "Strict",
}


def declared(**fields: Any) -> Cookie:
    return Cookie("_ga", category="statistics", **fields)


def test_a_name_and_a_category_are_enough() -> None:
    cookie = declared()

    assert (cookie.name, cookie.category) == ("_ga", "statistics")
    assert cookie.categories == ("statistics",)
    assert (cookie.provider, cookie.service, cookie.location, cookie.purpose) == ("", "", "", "")
    assert (cookie.lifetime, cookie.retention, cookie.exempt_reason) == (None, None, None)
    assert (cookie.party, cookie.kind, cookie.anonymous) == (Party.FIRST, Kind.COOKIE, False)
    assert (cookie.path, cookie.domain, len(cookie.hosts)) == (("/",), (), 0)
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (False, False, None)
    assert not cookie.partitioned
    assert (cookie.necessary, cookie.exempt, cookie.is_glob) == (False, False, False)
    assert cookie.given == ()


def test_all_fields_are_kept_in_one_form() -> None:
    cookie = declared(**FULL)

    assert cookie.purpose == {"en": "Counts visits."}
    assert (cookie.lifetime, cookie.retention) == (timedelta(days=395), timedelta(days=760))
    assert (cookie.party, cookie.same_site) == (Party.THIRD, SameSite.STRICT)
    assert (cookie.path, cookie.domain) == (("/", "/shop"), ("", "example.org"))
    assert cookie.hosts == {"image": ("a.example", "c.example"), "script": ("b.example",)}
    assert cookie.headers == ("Accept-CH", "NEL")
    assert cookie.device_session == ("/session/start",)
    assert cookie.given == tuple(FULL)


def test_one_path_and_one_domain_may_be_given_alone() -> None:
    cookie = declared(path="/shop", domain="example.org")

    assert (cookie.path, cookie.domain) == (("/shop",), ("example.org",))


def test_none_counts_as_not_given() -> None:
    assert declared(**dict.fromkeys(FULL)).given == ()


def test_a_default_that_is_given_counts_as_given() -> None:
    cookie = declared(party="first", path="/", secure=False, provider="")

    assert cookie == declared()
    assert cookie.given == ("party", "path", "secure", "provider")


def test_every_field_can_be_typed_and_read() -> None:
    assert set(COOKIE_FIELDS) == set(CookieFields.__annotations__)


def test_a_cookie_cannot_change() -> None:
    cookie = declared()

    with pytest.raises(FrozenInstanceError):
        cookie.category = "necessary"  # type: ignore[misc]


def test_cookies_are_equal_and_hashed_by_their_values() -> None:
    assert declared(**FULL) == declared(**FULL)
    assert hash(declared(**FULL)) == hash(declared(**FULL))
    assert declared(**FULL) != declared()


def test_a_cookie_can_be_copied_sent_and_varied() -> None:
    cookie = declared(**FULL)

    assert copy.deepcopy(cookie) == cookie
    assert pickle.loads(pickle.dumps(cookie)) == cookie
    assert replace(cookie, provider="Piwik").provider == "Piwik"


def test_a_name_with_a_star_is_a_glob() -> None:
    assert Cookie("_pk_id.*", category="statistics").is_glob


@pytest.mark.parametrize(
    "fields",
    [
        {"provider": 1},
        {"service": []},
        {"location": {"en": 1}},
        {"purpose": {}},
        {"lifetime": 1},
        {"party": "second"},
        {"party": 1},
        {"anonymous": "yes"},
        {"retention": "session"},
        {"path": "shop"},
        {"path": []},
        {"path": ["/", 1]},
        {"path": "/a;b"},
        {"path": "/a\nb"},
        {"path": {"/": "/"}},
        {"path": 1},
        {"domain": "exa mple.org"},
        {"domain": "example.org;"},
        {"domain": "a..b"},
        {"domain": 1},
        {"kind": "cookies"},
        {"kind": ["cookie"]},
        {"purpose_id": 1},
        {"hosts": []},
        {"hosts": 1},
        {"hosts": {"script": []}},
        {"hosts": {"script": "a b"}},
        {"hosts": {"Script": "a"}},
        {"hosts": {1: "a"}},
        {"hosts": {"script": 1}},
        {"personal_data": "shoe_size"},
        {"personal_data": 1},
        {"storage_location": "France"},
        {"storage_location": []},
        {"storage_location": "UK"},  # the code is GB
        {"storage_location": ["FR", "EEA"]},
        {"recipients": [" "]},
        {"recipients": 1},
        {"hosts": "https://a.example/path"},
        {"hosts": "'self'"},
        {"hosts": "data:"},
        {"hosts": "https:"},
        {"hosts": "*"},
        {"hosts": "*.org"},
        {"hosts": "a.*.org"},
        {"hosts": "a.example;"},
        {"hosts": "a.example, b.example"},
        {"hosts": "ftp://a.example"},
        {"hosts": "a.example:port"},
        {"hosts": "-a.example"},
        {"hosts": "é.example"},
        {"headers": "nel"},
        {"headers": "Set-Cookie"},
        {"headers": 1},
        {"device_session": "session"},
        {"device_session": "//evil.example/a"},
        {"device_session": "http://a.example/a"},
        {"device_session": "https://a.example/a b"},
        {"device_session": 1},
        {"secure": 1},
        {"http_only": "true"},
        {"same_site": "lax"},
    ],
    ids=repr,
)
def test_a_value_that_cannot_be_used_is_an_error(fields: dict[str, Any]) -> None:
    assert places(refusal(lambda: declared(**fields))) == [("CG007", "Cookie('_ga')")]


def test_a_wrong_word_comes_with_the_right_one() -> None:
    (error,) = refusal(lambda: declared(same_site="lax"))

    assert error.hint == "did you mean 'Lax'? known: None, Lax, Strict"
    (error,) = refusal(lambda: declared(kind="local_storge"))
    assert error.hint.startswith("did you mean 'local_storage'? known: cookie, local_storage")
    (error,) = refusal(lambda: declared(party="none of them"))
    assert error.hint == "known: first, third"


def test_an_unknown_argument_is_an_error_of_the_call() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'purposes'"):
        declared(purposes="x")


@pytest.mark.parametrize("category", ["", None, 1, ["statistics"]], ids=repr)
def test_a_cookie_needs_a_category(category: str) -> None:
    assert ids(refusal(lambda: Cookie("_ga", category=category))) == ["CG003"]


def test_all_errors_of_a_cookie_are_reported_at_once() -> None:
    fields: Any = {"party": "x", "lifetime": "y", "path": "z"}
    errors = refusal(lambda: Cookie("a b", category="", **fields))

    assert ids(errors) == ["CG007", "CG007", "CG007", "CG001", "CG003"]
    assert {error.place for error in errors} == {"Cookie('a b')"}


def test_a_long_value_is_cut_in_messages() -> None:
    (error,) = refusal(lambda: declared(path="x" * 10_000))

    assert len(str(error)) < 250


@pytest.mark.parametrize("fields", [{"path": "/shop"}, {"domain": "example.org"}], ids=repr)
@pytest.mark.parametrize("name", ["__Host-session", "__hOST-session"])
def test_a_host_cookie_has_no_other_path_and_no_domain(name: str, fields: dict[str, Any]) -> None:
    errors = refusal(lambda: Cookie(name, category="necessary", **fields))

    assert ids(errors) == ["CG007"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("__Host-session", {"path": "/", "domain": ""}),
        ("__Secure-session", {"path": "/shop", "domain": "example.org"}),
        ("__Host-session", {"path": "/shop", "kind": "frame"}),
    ],
)
def test_other_paths_and_domains_are_as_they_are(name: str, fields: dict[str, Any]) -> None:
    assert Cookie(name, category="necessary", **fields).necessary


def test_kinds_are_words_of_a_closed_list() -> None:
    assert declared(kind="pixel").kind is Kind.PIXEL
    assert declared(exempt_reason=None).exempt_reason is None
    assert ExemptReason("choice") is ExemptReason.CHOICE


def test_hosts_without_a_type_are_for_all_types() -> None:
    assert declared(hosts="A.example").hosts == {"any": ("a.example",)}
    assert declared(hosts=["b.example", "a.example"]).hosts == {"any": ("a.example", "b.example")}


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "a.example:8443",
        "a.example:*",
        "https://*.a.example",
        "wss://a.example",
        "xn--bcher-kva.example",
    ],
)
def test_a_host_can_have_a_star_a_scheme_and_a_port(host: str) -> None:
    assert declared(hosts=host).hosts == {"any": (host,)}


def test_an_unknown_type_of_resource_comes_with_the_right_one() -> None:
    (error,) = refusal(lambda: declared(hosts={"scripts": "a.example"}))

    assert "did you mean 'script'?" in error.hint
