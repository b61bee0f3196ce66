"""What the log suggests for an undeclared cookie, by its name and by what was seen of it."""

from __future__ import annotations

import logging
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentgate import Consent, Controller, Cookie, Policy
from consentgate.gate.advice import LONGEST_PLACE, Advisor
from tests.support.exchange import NOW, gate_of

pytestmark = pytest.mark.behaviour(44)

EMPTY = Policy(controller=Controller("Example Town"))


def advice_on(name: str, attributes: str = "", *, path: str = "/", policy: Policy = EMPTY) -> str:
    return Advisor(policy, now_s=NOW.timestamp).advise(name, attributes, path)


# Any: TOML holds values of many types
def suggested(name: str, attributes: str = "", **given: Any) -> dict[str, Any]:
    """The suggested declaration, as TOML has it."""
    text = advice_on(name, attributes, **given).partition("TOML:\n")[2]
    (declared,) = tomllib.loads(text)["cookies"]
    return dict(declared)


def category_of(name: str) -> tuple[str, str]:
    declared = suggested(name)
    return declared["category"], declared.get("exempt_reason", "")


# The category


@pytest.mark.parametrize(
    "name",
    [
        "session",
        "sessionid",
        "PHPSESSID",
        "JSESSIONID",
        "connect.sid",
        "laravel_session",
        "beaker.session.id",
        "app_session",
        "XSRF-TOKEN",
        "_xsrf",
        "csrf_access_token",
        "__RequestVerificationToken",
        ".AspNetCore.Antiforgery.w5W7x28NAIs",
        "auth_tkt",
        "access_token",
        "id_token",
        "oauth_state",
        "remember_me",
        "user_logged_in",
    ],
)
def test_what_looks_like_a_session_or_its_security_is_for_authentication(name: str) -> None:
    assert category_of(name) == ("necessary", "authentication")


@pytest.mark.parametrize("name", ["lang", "NEXT_LOCALE", "i18n_redirected", "site-language"])
def test_what_looks_like_a_language_is_for_the_interface(name: str) -> None:
    assert category_of(name) == ("necessary", "interface")


@pytest.mark.parametrize("name", ["cart", "shopping_cart", "cartId", "basket-7", "panier", "CART"])
def test_what_looks_like_a_basket_is_for_the_basket(name: str) -> None:
    assert category_of(name) == ("necessary", "basket")


@pytest.mark.parametrize(
    "name",
    [
        "promo",
        "x",
        "visitor_session",
        "session_replay",
        "analytics_session_id",
        "cart_tracker",
        "ad_lang",
        "client_id",
        "device_token",
        "push_token",
        "token",
        "author",
        "slang",
        "cartoon",
    ],
)
def test_what_nothing_is_known_of_needs_consent_and_is_no_marketing(name: str) -> None:
    assert category_of(name) == ("statistics", "")


@pytest.mark.parametrize(
    ("name", "category"),
    [("_clck", "statistics"), ("_uet_vid", "marketing"), ("__utma", "statistics")],
)
def test_a_known_tracker_has_its_usual_category(name: str, category: str) -> None:
    assert category_of(name) == (category, "")


@pytest.mark.parametrize("name", ["_hjSession_12", "li_fat_id", "AMP_token", "_pk_ses.1.2"])
def test_a_known_tracker_is_never_necessary_whatever_it_is_called(name: str) -> None:
    assert suggested(name)["category"] != "necessary"


# Presets


@pytest.mark.parametrize(
    ("name", "presets"),
    [
        ("_ga", ['"google-analytics"']),
        ("_hjSession_99", ['"hotjar"']),
        ("_pk_id.1.aa", ['"matomo"', '"piwik-pro"']),
        ("sessionid", ['"django"', '"opendatasoft"', '"wagtail"']),
        ("AWSALB", ['"load-balancers"']),
    ],
)
def test_the_presets_that_know_a_cookie_are_named(name: str, presets: list[str]) -> None:
    before = advice_on(name).partition("TOML:\n")[0]

    assert [one for one in presets if one in before] == presets


def test_what_a_preset_says_to_visitors_is_in_the_toml() -> None:
    declared = suggested("_ga_X1")

    assert (declared["name"], declared["provider"]) == ("_ga_*", "Google")
    assert set(declared["purpose"]) == {"en", "fr"}
    assert declared["parent_domain"] is True


def test_where_the_site_speaks_another_language_a_text_has_none() -> None:
    policy = Policy(controller=Controller("Stadt"), default_language="de")

    assert suggested("_ga", policy=policy)["purpose"].startswith("Recognises your browser")


@pytest.mark.parametrize("name", ["player", "fr", "flags"])
def test_a_name_that_any_site_may_give_is_no_evidence_of_a_preset(name: str) -> None:
    assert "preset" not in advice_on(name)


# What was seen


@pytest.mark.parametrize(
    ("attributes", "path", "declared"),
    [
        ("", "/", None),
        ("Path=/", "/shop/x", None),
        ("path=/shop", "/", ["/shop"]),
        ("Path=/a; Path=/b", "/", ["/b"]),
        ("", "/shop/basket/add", ["/shop/basket"]),
        ("Path=shop", "/shop/x", ["/shop"]),
        ("", "/shop", None),
        ("", "", None),
        ("", "/caf\xe9/x", None),
        ("", "/a b/x", None),
        (f"Path=/{'x' * LONGEST_PLACE}", "/", None),
        ('Path=/"\x1b', "/", None),
    ],
)
def test_the_path_is_the_one_under_which_a_browser_stores_it(
    attributes: str, path: str, declared: list[str] | None
) -> None:
    assert suggested("new", attributes, path=path).get("path") == declared


@pytest.mark.parametrize(
    ("attributes", "declared"),
    [
        ("", None),
        ("Domain=.Example.org", ["example.org"]),
        ("Domain=", None),
        ("Domain=exa mple.org", None),
        (f"Domain={'x' * 200}.org", None),
    ],
)
def test_the_domain_is_the_one_that_was_seen(attributes: str, declared: list[str] | None) -> None:
    assert suggested("new", attributes).get("domain") == declared


def test_a_domain_that_was_seen_takes_the_place_of_a_preset_s_parent_domain() -> None:
    assert "parent_domain" not in suggested("_ga", "Domain=example.org")


@pytest.mark.parametrize(
    ("attributes", "lifetime"),
    [
        ("", "session"),
        ("Max-Age=60", "1 minute"),
        ("Max-Age=7776000", "90 days"),
        ("Expires=Wed, 25 Nov 2026 15:59:59 GMT", "1 day"),
        ("Expires=Thu, 24 Dec 2026 15:59:59 GMT", "30 days"),
        ("Expires=Tue, 24 Nov 2026 16:10:01 GMT", "11 minutes"),
        ("Max-Age=60; Expires=Thu, 24 Dec 2026 15:59:59 GMT", "1 minute"),
        ("Max-Age=999999999999999", "3650 days"),
        ("Max-Age=0", None),
    ],
)
def test_the_lifetime_is_the_one_that_was_seen(attributes: str, lifetime: str | None) -> None:
    assert suggested("new", attributes).get("lifetime") == lifetime


@pytest.mark.parametrize(
    ("name", "longest"),
    [("csrftoken", "182 days"), ("site_lang", "365 days"), ("cart", "182 days")],
)
def test_a_necessary_cookie_that_lives_too_long_is_to_be_shortened(name: str, longest: str) -> None:
    attributes = f"Max-Age={400 * 86_400}"

    assert "lifetime" not in suggested(name, attributes)
    assert f"It lives 400 days: set it for at most {longest}" in advice_on(name, attributes)


def test_a_partitioned_cookie_is_declared_so_that_it_can_be_expired() -> None:
    assert suggested("new", "Secure; Partitioned")["partitioned"] is True


def test_a_host_prefix_has_neither_path_nor_domain() -> None:
    declared = suggested("__Host-new", "Path=/x; Domain=example.org")

    assert {"path", "domain"}.isdisjoint(declared)


# Globs


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("poll_17", "poll_*"),
        ("wp-settings-1", "wp-settings-*"),
        ("remember_web_59ba36addc2b2f94", "remember_web_*"),
        ("seen.123e4567-e89b-12d3-a456-426614174000", "seen.*"),
        ("_sp_x.1fff.2abc", "_sp_x.*"),
        ("key_aZ09bY18cX27", "key_*"),
        ("consent_v2", "consent_v2"),
        ("user_name", "user_name"),
        ("dead_beef", "dead_beef"),
        ("a_1", "a_1"),
        ("oauth2", "oauth2"),
        ("2024", "2024"),
    ],
)
def test_a_name_that_ends_in_what_looks_made_up_is_suggested_as_a_glob(
    name: str, pattern: str
) -> None:
    assert suggested(name)["name"] == pattern


def test_names_that_differ_in_a_number_only_are_suggested_as_a_glob() -> None:
    advisor = Advisor(EMPTY, now_s=NOW.timestamp)

    texts = [advisor.advise(f"sessionC{number}", "", "/") for number in (1, 2, 3)]

    assert [text.partition('name = "')[2].partition('"')[0] for text in texts] == [
        "sessionC1",
        "sessionC*",
        "",
    ]


def test_what_was_suggested_is_not_suggested_again() -> None:
    advisor = Advisor(EMPTY, now_s=NOW.timestamp)
    advisor.advise("poll_1", "Path=/a", "/")

    same = advisor.advise("poll_2", "Path=/a", "/")
    elsewhere = advisor.advise("poll_3", "Path=/b; Domain=example.org", "/")

    covered = "The declaration of 'poll_*' that was suggested before covers it"
    assert same == covered
    assert elsewhere == f"{covered}; add to that one the path '/b' and the domain 'example.org'"


@pytest.mark.parametrize(
    "declared",
    [
        Cookie("poll_open", category="necessary"),
        Cookie("*_open", category="marketing"),
    ],
)
def test_no_glob_takes_another_declaration_with_it(declared: Cookie) -> None:
    policy = Policy(cookies=[declared], controller=Controller("Example Town"))

    assert suggested("poll_1", policy=policy)["name"] == "poll_1"


def test_no_necessary_glob_matches_a_tracker() -> None:
    advisor = Advisor(EMPTY, now_s=NOW.timestamp)

    texts = [advisor.advise(name, "", "/") for name in ("_ses1", "_sess1", "_sess2")]

    assert 'category = "statistics"' in texts[0]
    assert 'name = "_sess*"' in texts[2]


# The whole


def test_advice_is_given_once_for_each_name_and_holds_no_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = gate_of(on_event=None)
    caplog.clear()
    caplog.set_level(logging.INFO, logger="consentgate")

    for _ in range(2):
        gate.filter(["new=secret; Path=/x; Max-Age=60; Comment=also-secret"], Consent.undecided())

    (message,) = [record.getMessage() for record in caplog.records]
    assert "secret" not in message
    assert message.endswith('lifetime = "1 minute"\npath = ["/x"]')


NAMES = st.one_of(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70),
    st.from_regex(
        r"(_ga|session|csrf|cart|lang|poll|__Host-|li_)[_.-]?[a-z0-9*]{0,12}", fullmatch=True
    ),
)
ATTRIBUTES = st.lists(
    st.one_of(
        st.from_regex(r"(Path|path)=/?[a-z/%\"\\é ]{0,6}", fullmatch=True),
        st.from_regex(r"Domain=\.?[a-zA-Z0-9.\- ]{0,12}", fullmatch=True),
        st.from_regex(r"Max-Age=[1-9][0-9]{0,18}", fullmatch=True),
        st.sampled_from(["Secure", "Partitioned", "Expires=Thu, 24 Dec 2036 15:59:59 GMT"]),
        st.text(max_size=8),
    ),
    max_size=4,
).map("; ".join)


@settings(max_examples=300, deadline=timedelta(seconds=2))
@given(
    seen=st.lists(st.tuples(NAMES, ATTRIBUTES), min_size=1, max_size=5, unique_by=lambda x: x[0])
)
def test_whatever_is_seen_what_is_suggested_can_be_pasted(
    seen: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    advisor = Advisor(EMPTY, now_s=NOW.timestamp)
    texts = [advisor.advise(name, attributes, "/a/b") for name, attributes in seen]
    pasted = "\n\n".join([EMPTY.to_toml(), *(text.partition("TOML:\n")[2] for text in texts)])
    path: Path = tmp_path_factory.mktemp("pasted") / "consent.toml"
    path.write_text(pasted, encoding="utf-8")

    policy = Policy.from_toml(path)

    assert policy.findings() == ()
