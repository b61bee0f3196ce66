"""A choice on the wire: what it sets, how it is answered and where it leads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consentgate import Category, Cookie, Policy
from tests.support.exchange import POLICY, preferences_for
from tests.support.frameworks import (
    JSON,
    ORIGIN,
    OWN_PAGE,
    SAME_ORIGIN,
    Exchange,
    Send,
    choose,
    post,
    state_of,
)

SAVED = "#consentgate-saved"
PREFERENCES = f"/consent/{SAVED}"
GPC = (("Sec-GPC", "1"),)


# The choice


@pytest.mark.behaviour(16)
@pytest.mark.parametrize(
    ("send", "granted"),
    [
        pytest.param(choose("accept"), {"statistics", "marketing"}, id="accept"),
        pytest.param(choose("refuse"), set(), id="refuse"),
        pytest.param(choose("save", "statistics"), {"statistics"}, id="save one"),
        pytest.param(choose("save"), set(), id="save none"),
    ],
)
def test_a_form_chooses_and_leads_back(visit: Exchange, send: Send, granted: set[str]) -> None:
    reply = visit(send)

    assert reply.status == 303
    assert reply["location"] == PREFERENCES
    assert reply.body == b""
    assert "no-store" in reply["cache-control"]
    assert [value.partition("=")[0] for value in reply.cookies] == ["cookies_preferences"]
    state = state_of(visit(Send(path="/consent/state", cookie=reply.preferences)))
    assert {name for name, how in state.items() if how == "granted"} == granted
    assert set(state.values()) <= {"granted", "refused", "exempt"}


@pytest.mark.law(32)
def test_what_was_ticked_beforehand_and_is_kept_is_no_choice(visit: Exchange) -> None:
    policy = Policy(cookies=[Cookie("tally", category="statistics", anonymous=True)])

    kept = visit(post("choice=save&category=statistics&exempt=statistics"), policy=policy)
    granted = visit(choose("save", "statistics"), policy=policy)

    assert (kept.cookies, kept["location"]) == ([], "/consent/")
    assert granted["location"] == PREFERENCES


def test_who_withdraws_what_was_never_granted_is_not_told_that_a_choice_is_saved(
    visit: Exchange,
) -> None:
    chosen = visit(choose("withdraw"))

    assert (chosen.status, chosen["location"]) == (303, "/consent/")
    assert list(chosen.cookies) == []


@pytest.mark.law(9)
@pytest.mark.law(10)
def test_a_withdrawal_refuses_all_and_expires_what_was_stored(visit: Exchange) -> None:
    cookie = f"{preferences_for('statistics', 'marketing')}; _ga=1"

    reply = visit(choose("withdraw", cookie=cookie))

    assert reply.status == 303
    assert any(value.startswith("_ga=; Max-Age=0") for value in reply.cookies)
    state = state_of(visit(Send(path="/consent/state", cookie=reply.preferences)))
    assert {state["statistics"], state["marketing"]} == {"refused"}


@pytest.mark.law(10)
@pytest.mark.parametrize("choice", ["withdraw", "refuse"])
def test_a_withdrawal_clears_the_storages_where_the_site_asks_for_it(
    visit: Exchange, choice: str
) -> None:
    granted = preferences_for("statistics")
    to_script = post(json.dumps({"choice": choice}), JSON, cookie=granted)

    for send in (choose(choice, cookie=granted), to_script):
        assert visit(send, clear_site_data=True)["clear-site-data"] == '"storage"'
        assert visit(send).all("clear-site-data") == []


@pytest.mark.law(10)
def test_what_is_expired_later_clears_nothing_more(visit: Exchange) -> None:
    later = Send(path="/page", cookie=f"{preferences_for()}; _ga=1")

    reply = visit(later, clear_site_data=True)

    assert any(value.startswith("_ga=; Max-Age=0") for value in reply.cookies)
    assert reply.all("clear-site-data") == []


@pytest.mark.behaviour(5)
@pytest.mark.parametrize(
    "send",
    [
        choose("withdraw"),
        choose("refuse", cookie=preferences_for()),
        choose("withdraw", cookie=preferences_for()),
        choose("save", "statistics", cookie=preferences_for("statistics")),
        choose("accept", cookie=preferences_for("statistics", "marketing")),
    ],
    ids=["withdraw nothing", "refuse again", "withdraw again", "save again", "accept again"],
)
def test_a_choice_that_changes_nothing_writes_nothing(bare: Exchange, send: Send) -> None:
    reply = bare(send)

    assert (reply.status, reply.cookies) == (303, [])


@pytest.mark.parametrize(
    "body",
    [
        '{"choice": "save", "categories": ["statistics"]}',
        '{"choice": "save", "category": "statistics", "next": "//evil.example"}',
    ],
)
def test_a_choice_in_json_is_answered_with_the_new_state(visit: Exchange, body: str) -> None:
    reply = visit(post(body, JSON))

    assert reply.status == 200
    assert reply["content-type"] == "application/json"
    assert "no-store" in reply["cache-control"]
    assert json.loads(reply.body) == {
        "decided": True,
        "banner": False,
        "day": "2026-11-24",
        "until": "2027-05-25",
        "signal": False,
        "categories": {"necessary": "exempt", "statistics": "granted", "marketing": "refused"},
    }
    assert reply.preferences.startswith("cookies_preferences=")


@pytest.mark.behaviour(21)
def test_in_report_mode_a_choice_is_kept_too(bare: Exchange) -> None:
    reply = bare(choose("accept"), mode="report")

    assert reply.preferences.startswith("cookies_preferences=")


def test_each_of_several_portals_has_its_own_pages(bare: Exchange) -> None:
    video = Policy(categories=[Category("video")], cookies=[Cookie("v", category="video")])

    def pick(request: Any) -> Policy:
        return video if "portal" in str(request) else POLICY

    portal = "portal=video"
    chosen = bare(choose("save", "video", cookie=portal), policy=pick)
    refused = bare(choose("save", "video"), policy=pick)

    assert (chosen.status, refused.status) == (303, 400)
    assert "video" in state_of(bare(Send(path="/consent/state", cookie=portal), policy=pick))
    assert "statistics" in state_of(bare(Send(path="/consent/state"), policy=pick))


@pytest.mark.law(22)
def test_the_signal_refuses_while_undecided_and_sets_nothing(visit: Exchange) -> None:
    reply = visit(Send(path="/consent/state", headers=GPC))

    assert state_of(reply)["marketing"] == "refused"
    assert json.loads(reply.body)["decided"] is False
    assert reply.cookies == []


@pytest.mark.law(20)
@pytest.mark.parametrize(
    ("values", "signal"),
    [(["1"], True), (["0"], False), (["true"], False), (["0", "1"], True), (["01"], False)],
)
def test_only_an_exact_1_is_a_signal(bare: Exchange, values: list[str], signal: bool) -> None:
    headers = tuple(("Sec-GPC", value) for value in values)

    reply = bare(Send(path="/consent/state", headers=headers))

    assert json.loads(reply.body)["signal"] is signal


@pytest.mark.law(22)
def test_a_later_explicit_choice_wins_over_the_signal(visit: Exchange) -> None:
    chosen = visit(choose("accept", headers=(*SAME_ORIGIN, *GPC)))

    reply = visit(Send(path="/consent/state", headers=GPC, cookie=chosen.preferences))

    assert state_of(reply)["marketing"] == "granted"


# Where a choice leads


@pytest.mark.parametrize(
    ("next_path", "location"),
    [
        ("/a?b=c", f"/a?b=c{SAVED}"),
        ("/a#part", f"/a{SAVED}"),
        ("/\xe9", f"/%C3%A9{SAVED}"),
        ("/consent/charter?lang=fr", f"/consent/charter?lang=fr{SAVED}"),
    ],
)
def test_a_choice_leads_back_to_the_page(visit: Exchange, next_path: str, location: str) -> None:
    assert visit(choose("refuse", next_path=next_path))["location"] == location


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    "next_path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "/%2F/evil.example",
        "/.//evil.example",
        "javascript:alert(1)",
        "evil",
        "/a\r\nSet-Cookie: x=y",
        "/" + "a" * 3000,
    ],
    ids=ascii,
)
def test_a_next_page_that_may_lead_elsewhere_is_not_followed(
    visit: Exchange, next_path: str
) -> None:
    reply = visit(choose("refuse", next_path=next_path))

    assert reply.status == 303
    assert reply["location"] == PREFERENCES


@pytest.mark.behaviour(13)
@pytest.mark.parametrize("next_path", ["https://evil.example", "//evil.example", "/\\evil"])
def test_the_preference_centre_hands_no_such_page_on(bare: Exchange, next_path: str) -> None:
    assert "evil" not in bare(Send(query=f"next={next_path}")).text


@pytest.mark.parametrize(
    ("referer", "location"),
    [
        (f"{ORIGIN}/a?b=c", f"/a?b=c{SAVED}"),
        (f"{ORIGIN}/", f"/{SAVED}"),
        (f"{ORIGIN}:443/a", f"/a{SAVED}"),
        ("HTTPS://WWW.Example.ORG/a", f"/a{SAVED}"),
        (ORIGIN, PREFERENCES),
        (f"{ORIGIN}//evil.example", PREFERENCES),
        (f"{ORIGIN}/\\evil.example", PREFERENCES),
        (f"{ORIGIN}.evil.example/a", PREFERENCES),
        (f"{ORIGIN}@evil.example/a", PREFERENCES),
        ("https://evil.example/a", PREFERENCES),
        ("http://www.example.org/a", PREFERENCES),
        ("/a", PREFERENCES),
        ("", PREFERENCES),
        ("\xff", PREFERENCES),
    ],
)
def test_without_a_next_page_it_is_the_one_of_the_same_site_that_the_form_was_on(
    bare: Exchange, referer: str, location: str
) -> None:
    reply = bare(choose("refuse", headers=(*SAME_ORIGIN, ("Referer", referer))))

    assert reply["location"] == location


def test_below_a_mount_all_addresses_have_it(visit: Exchange) -> None:
    mount = "/portail/\xe9t\xe9"
    encoded = "/portail/%C3%A9t%C3%A9/consent/"

    assert visit(choose("refuse", mount=mount))["location"] == f"{encoded}{SAVED}"
    assert visit(Send(path="/consent", mount=mount))["location"] == encoded
    assert f'action="{encoded}"' in visit(Send(mount=mount)).text


@pytest.mark.parametrize(
    ("said", "language"),
    [("fr", "fr"), ("fr_CA", "fr"), ("de", "en"), ("", "en"), (None, "en")],
)
def test_the_site_may_choose_the_language(bare: Exchange, said: str | None, language: str) -> None:
    text = bare(Send(path="/consent/charter"), language=lambda _: said).text

    assert f'<html lang="{language}"' in text


def test_the_visitors_link_comes_before_the_sites_choice_and_this_before_the_browser(
    bare: Exchange,
) -> None:
    french = (("Accept-Language", "fr"),)

    linked = bare(Send(query="lang=fr"), language=lambda _: "en").text
    chosen = bare(Send(headers=french), language=lambda _: "en").text

    assert '<html lang="fr"' in linked
    assert '<html lang="en"' in chosen


def test_the_site_names_the_languages_that_it_serves(bare: Exchange) -> None:
    german = (("Accept-Language", "de"),)

    served = bare(Send(headers=german), languages=["de", "fr"]).text
    other = bare(Send(headers=(("Accept-Language", "it"),)), languages=["de", "fr"]).text

    assert '<html lang="de"' in served
    assert '<html lang="de"' in other


@pytest.mark.parametrize("query", ["lang=xx", "lang=", "lang=fr&" + "a=1&" * 30, "lang=%FF"])
def test_an_odd_query_says_nothing(bare: Exchange, query: str) -> None:
    assert '<html lang="en"' in bare(Send(query=query)).text


def test_the_prefix_is_the_sites_to_choose(bare: Exchange) -> None:
    options = {"prefix": "/mes/cookies"}

    chosen = bare(choose("accept", path="/mes/cookies/"), **options)

    assert chosen["location"] == f"/mes/cookies/{SAVED}"
    assert 'action="/mes/cookies/"' in bare(Send(path="/mes/cookies/"), **options).text
    assert bare(Send(path="/consent/"), **options).body == OWN_PAGE


def test_a_site_may_have_none_of_these_pages(bare: Exchange) -> None:
    assert bare(Send(path="/consent/"), prefix=None).body == OWN_PAGE
