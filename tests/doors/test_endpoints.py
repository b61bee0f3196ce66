"""The visitor's pages on the wire: what each path answers, alike under all doors."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consentgate import Category, Cookie, Policy
from consentgate.site.static_files import StaticFiles
from tests.contract.exchange import POLICY, preferences_for
from tests.doors.wire import (
    ALL,
    BARE,
    JSON,
    ORIGIN,
    OWN_PAGE,
    SAME_ORIGIN,
    Reply,
    Send,
    Visit,
    choose,
    post,
)

# The validator of WSGI knows the usual methods only.
pytestmark = pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")

STATIC = [f"/consent/static/{name}" for name in StaticFiles().names]
PAGES = ["/consent/", "/consent/charter"]
PRIVATE = ["/consent/", "/consent/state", "/consent/state.js"]
PUBLIC = ["/consent/charter", "/consent/policy.json", *STATIC]
SAVED = "#consentgate-saved"
CENTRE = f"/consent/{SAVED}"
GPC = (("Sec-GPC", "1"),)
PATIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(params=list(ALL.values()), ids=list(ALL))
def visit(request: Any) -> Visit:
    """A visit behind each door and framework."""
    found: Visit = request.param
    return found


@pytest.fixture(params=list(BARE.values()), ids=list(BARE))
def bare(request: Any) -> Visit:
    """A visit behind each door alone."""
    found: Visit = request.param
    return found


def state_of(reply: Reply) -> Any:
    """The state that an answer tells."""
    return json.loads(reply.body)["categories"]


# What each path answers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_html(visit: Visit, path: str) -> None:
    reply = visit(Send(path=path))

    assert reply.status == 200
    assert reply["content-type"] == "text/html; charset=utf-8"
    assert reply.text.startswith("<!doctype html>")


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("path", PRIVATE)
def test_what_shows_a_visitors_choice_is_never_stored(visit: Visit, path: str) -> None:
    reply = visit(Send(path=path, cookie=preferences_for("statistics")))

    assert reply.status == 200
    assert "no-store" in reply["cache-control"]


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_the_same_for_everybody_may_be_stored(visit: Visit, path: str) -> None:
    reply = visit(Send(path=path, cookie=preferences_for("statistics")))

    assert reply.status == 200
    assert "no-store" not in "".join(reply.all("cache-control"))
    assert "private" not in "".join(reply.all("cache-control"))
    assert "Cookie" not in "".join(reply.all("vary"))


@pytest.mark.behaviour(15)
@pytest.mark.parametrize("path", [*PRIVATE, *PUBLIC])
def test_looking_at_a_page_sets_nothing(visit: Visit, path: str) -> None:
    assert visit(Send(path=path)).cookies == []


@pytest.mark.parametrize("path", STATIC)
def test_a_static_file_is_kept_for_a_year_under_its_name(bare: Visit, path: str) -> None:
    reply = bare(Send(path=path))

    assert reply["cache-control"] == "public, max-age=31536000, immutable"
    assert reply["content-type"].partition(";")[0] in ("text/css", "text/javascript")


def test_the_state_is_json(visit: Visit) -> None:
    reply = visit(Send(path="/consent/state", cookie=preferences_for("statistics")))

    assert reply["content-type"] == "application/json"
    assert state_of(reply) == {
        "necessary": "exempt",
        "statistics": "granted",
        "marketing": "refused",
    }


def test_the_declaration_is_json(visit: Visit) -> None:
    reply = visit(Send(path="/consent/policy.json"))

    assert reply["content-type"] == "application/json"
    assert [one["name"] for one in json.loads(reply.body)["cookies"]][:2] == [
        "cookies_preferences",
        "session",
    ]


@pytest.mark.law(21)
def test_the_well_known_resource_is_served_where_it_is_configured(visit: Visit) -> None:
    path = "/.well-known/gpc.json"

    reply = visit(Send(path=path), gpc_updated=date(2026, 11, 4))

    assert json.loads(reply.body) == {"gpc": True, "lastUpdate": "2026-11-04"}
    assert reply["content-type"] == "application/json"
    assert visit(Send(path=path)).body == OWN_PAGE


@pytest.mark.parametrize(
    "path",
    [
        "/consent/no",
        "/consent//",
        "/consent/charter/",
        "/consent/../consent/",
        "/consent/static/",
        "/consent/static/consent.css",
        "/consent/static/consent.000000000000.css",
        "/consent/static/../site.py",
        "/consent/policy.json%00",
        "/consent/\xe9",
    ],
)
def test_another_path_below_the_prefix_is_nowhere(bare: Visit, path: str) -> None:
    reply = bare(Send(path=path))

    assert reply.status == 404
    assert reply["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/", "/consents", "/consent.html", "/Consent/", "/a/consent/", "//consent/"]
)
def test_all_other_paths_are_the_applications(visit: Visit, path: str) -> None:
    assert visit(Send(path=path)).body == OWN_PAGE


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_prefix_without_its_slash_leads_to_the_page(bare: Visit, method: str) -> None:
    reply = bare(Send(method, "/consent", query="next=/a&lang=fr", headers=SAME_ORIGIN))

    assert reply.status == 308
    assert reply["location"] == "/consent/?next=/a&lang=fr"


# Methods


@pytest.mark.parametrize("path", [*PRIVATE, *PUBLIC, "/consent", "/consent/no"])
def test_head_answers_as_get_without_a_body(visit: Visit, path: str) -> None:
    get, head = visit(Send("GET", path)), visit(Send("HEAD", path))

    assert head.body == b""
    assert (head.status, head.headers) == (get.status, get.headers)
    assert head["content-length"] == str(len(get.body))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/consent/", "GET, POST, HEAD, OPTIONS"), *((path, "GET, HEAD, OPTIONS") for path in PUBLIC)],
)
def test_options_tells_what_a_path_can_do(visit: Visit, path: str, allowed: str) -> None:
    reply = visit(Send("OPTIONS", path))

    assert reply.status == 204
    assert reply["allow"] == allowed
    assert reply.body == b""
    assert reply.all("access-control-allow-origin") == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW", "get"])
def test_another_method_is_told_which_there_are(bare: Visit, method: str) -> None:
    reply = bare(Send(method, "/consent/", headers=SAME_ORIGIN))

    assert reply.status == 405
    assert reply["allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/consent/charter", "/consent/state", *STATIC])
def test_only_the_preference_centre_takes_a_choice(bare: Visit, path: str) -> None:
    reply = bare(choose("accept", path=path))

    assert reply.status == 405
    assert reply["allow"] == "GET, HEAD, OPTIONS"
    assert reply.cookies == []


@pytest.mark.law(5)
@pytest.mark.behaviour(13)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "QUERY"])
@pytest.mark.parametrize("path", ["/consent/", "/consent", "/consent/state"])
def test_no_other_method_grants(bare: Visit, method: str, path: str) -> None:
    query = "choice=accept&category=statistics"
    headers = (("Content-Type", "application/x-www-form-urlencoded"), *SAME_ORIGIN)

    reply = bare(Send(method, path, query=query, headers=headers, parts=(query.encode(),)))

    assert reply.cookies == []


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
def test_a_form_chooses_and_leads_back(visit: Visit, send: Send, granted: set[str]) -> None:
    reply = visit(send)

    assert reply.status == 303
    assert reply["location"] == CENTRE
    assert reply.body == b""
    assert "no-store" in reply["cache-control"]
    assert [value.partition("=")[0] for value in reply.cookies] == ["cookies_preferences"]
    state = state_of(visit(Send(path="/consent/state", cookie=reply.preferences)))
    assert {name for name, how in state.items() if how == "granted"} == granted
    assert set(state.values()) <= {"granted", "refused", "exempt"}


@pytest.mark.law(9)
@pytest.mark.law(10)
def test_a_withdrawal_refuses_all_and_expires_what_was_stored(visit: Visit) -> None:
    cookie = f"{preferences_for('statistics', 'marketing')}; _ga=1"

    reply = visit(choose("withdraw", cookie=cookie))

    assert reply.status == 303
    assert any(value.startswith("_ga=; Max-Age=0") for value in reply.cookies)
    state = state_of(visit(Send(path="/consent/state", cookie=reply.preferences)))
    assert {state["statistics"], state["marketing"]} == {"refused"}


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
def test_a_choice_that_changes_nothing_writes_nothing(bare: Visit, send: Send) -> None:
    reply = bare(send)

    assert (reply.status, reply.cookies) == (303, [])


@pytest.mark.parametrize(
    "body",
    [
        '{"choice": "save", "categories": ["statistics"]}',
        '{"choice": "save", "category": "statistics", "next": "//evil.example"}',
    ],
)
def test_a_choice_in_json_is_answered_with_the_new_state(visit: Visit, body: str) -> None:
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
def test_in_report_mode_a_choice_is_kept_too(bare: Visit) -> None:
    reply = bare(choose("accept"), mode="report")

    assert reply.preferences.startswith("cookies_preferences=")


def test_each_of_several_portals_has_its_own_pages(bare: Visit) -> None:
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
def test_the_signal_refuses_while_undecided_and_sets_nothing(visit: Visit) -> None:
    reply = visit(Send(path="/consent/state", headers=GPC))

    assert state_of(reply)["marketing"] == "refused"
    assert json.loads(reply.body)["decided"] is False
    assert reply.cookies == []


@pytest.mark.law(20)
@pytest.mark.parametrize(
    ("values", "signal"),
    [(["1"], True), (["0"], False), (["true"], False), (["0", "1"], True), (["01"], False)],
)
def test_only_an_exact_1_is_a_signal(bare: Visit, values: list[str], signal: bool) -> None:
    headers = tuple(("Sec-GPC", value) for value in values)

    reply = bare(Send(path="/consent/state", headers=headers))

    assert json.loads(reply.body)["signal"] is signal


@pytest.mark.law(22)
def test_a_later_explicit_choice_wins_over_the_signal(visit: Visit) -> None:
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
def test_a_choice_leads_back_to_the_page(visit: Visit, next_path: str, location: str) -> None:
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
def test_a_next_page_that_may_lead_elsewhere_is_not_followed(visit: Visit, next_path: str) -> None:
    reply = visit(choose("refuse", next_path=next_path))

    assert reply.status == 303
    assert reply["location"] == CENTRE


@pytest.mark.behaviour(13)
@pytest.mark.parametrize("next_path", ["https://evil.example", "//evil.example", "/\\evil"])
def test_the_preference_centre_hands_no_such_page_on(bare: Visit, next_path: str) -> None:
    assert "evil" not in bare(Send(query=f"next={next_path}")).text


@pytest.mark.parametrize(
    ("referer", "location"),
    [
        (f"{ORIGIN}/a?b=c", f"/a?b=c{SAVED}"),
        (f"{ORIGIN}/", f"/{SAVED}"),
        (f"{ORIGIN}:443/a", f"/a{SAVED}"),
        ("HTTPS://WWW.Example.ORG/a", f"/a{SAVED}"),
        (ORIGIN, CENTRE),
        (f"{ORIGIN}//evil.example", CENTRE),
        (f"{ORIGIN}/\\evil.example", CENTRE),
        (f"{ORIGIN}.evil.example/a", CENTRE),
        (f"{ORIGIN}@evil.example/a", CENTRE),
        ("https://evil.example/a", CENTRE),
        ("http://www.example.org/a", CENTRE),
        ("/a", CENTRE),
        ("", CENTRE),
        ("\xff", CENTRE),
    ],
)
def test_without_a_next_page_it_is_the_one_of_the_same_site_that_the_form_was_on(
    bare: Visit, referer: str, location: str
) -> None:
    reply = bare(choose("refuse", headers=(*SAME_ORIGIN, ("Referer", referer))))

    assert reply["location"] == location


def test_below_a_mount_all_addresses_have_it(visit: Visit) -> None:
    mount = "/portail/\xe9t\xe9"
    encoded = "/portail/%C3%A9t%C3%A9/consent/"

    assert visit(choose("refuse", mount=mount))["location"] == f"{encoded}{SAVED}"
    assert visit(Send(path="/consent", mount=mount))["location"] == encoded
    assert f'action="{encoded}"' in visit(Send(mount=mount)).text


@pytest.mark.parametrize(
    ("said", "language"),
    [("fr", "fr"), ("fr_CA", "fr"), ("de", "en"), ("", "en"), (None, "en")],
)
def test_the_site_may_choose_the_language(bare: Visit, said: str | None, language: str) -> None:
    text = bare(Send(path="/consent/charter"), language=lambda _: said).text

    assert f'<html lang="{language}"' in text


def test_the_visitors_link_comes_before_the_sites_choice_and_this_before_the_browser(
    bare: Visit,
) -> None:
    french = (("Accept-Language", "fr"),)

    linked = bare(Send(query="lang=fr"), language=lambda _: "en").text
    chosen = bare(Send(headers=french), language=lambda _: "en").text

    assert '<html lang="fr"' in linked
    assert '<html lang="en"' in chosen


def test_the_site_names_the_languages_that_it_serves(bare: Visit) -> None:
    german = (("Accept-Language", "de"),)

    served = bare(Send(headers=german), languages=["de", "fr"]).text
    other = bare(Send(headers=(("Accept-Language", "it"),)), languages=["de", "fr"]).text

    assert '<html lang="de"' in served
    assert '<html lang="de"' in other


@pytest.mark.parametrize("query", ["lang=xx", "lang=", "lang=fr&" + "a=1&" * 30, "lang=%FF"])
def test_an_odd_query_says_nothing(bare: Visit, query: str) -> None:
    assert '<html lang="en"' in bare(Send(query=query)).text


def test_the_prefix_is_the_sites_to_choose(bare: Visit) -> None:
    options = {"prefix": "/mes/cookies"}

    chosen = bare(choose("accept", path="/mes/cookies/"), **options)

    assert chosen["location"] == f"/mes/cookies/{SAVED}"
    assert 'action="/mes/cookies/"' in bare(Send(path="/mes/cookies/"), **options).text
    assert bare(Send(path="/consent/"), **options).body == OWN_PAGE


def test_a_site_may_have_none_of_these_pages(bare: Visit) -> None:
    assert bare(Send(path="/consent/"), prefix=None).body == OWN_PAGE


# Who may choose


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="neither header"),
        pytest.param((("Sec-Fetch-Site", "cross-site"),), id="cross-site"),
        pytest.param((("Sec-Fetch-Site", "same-site"), ("Origin", ORIGIN)), id="same-site"),
        pytest.param((("Sec-Fetch-Site", "none"),), id="none"),
        pytest.param((("Sec-Fetch-Site", "cross-site"), ("Origin", ORIGIN)), id="contradiction"),
        pytest.param(
            (("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")), id="two sites"
        ),
        pytest.param((("Origin", "null"),), id="null"),
        pytest.param((("Origin", "https://evil.example"),), id="another origin"),
        pytest.param((("Origin", "http://www.example.org"),), id="another scheme"),
        pytest.param((("Origin", ORIGIN), ("Origin", ORIGIN)), id="two origins"),
        pytest.param((("Referer", f"{ORIGIN}/"),), id="a referer"),
        pytest.param(
            (
                ("Origin", "https://evil.example"),
                ("X-Forwarded-Host", "evil.example"),
                ("Forwarded", "host=evil.example"),
            ),
            id="forwarded headers",
        ),
    ],
)
def test_another_site_can_not_choose(visit: Visit, headers: tuple[tuple[str, str], ...]) -> None:
    reply = visit(choose("accept", headers=headers, cookie=preferences_for()))

    assert reply.status == 403
    assert reply.cookies == []
    assert "no-store" in reply["cache-control"]
    assert 'method="post" action="/consent/"' in reply.text
    assert 'value="refuse"' in reply.text


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    ("headers", "options"),
    [
        pytest.param((("Origin", ORIGIN),), {}, id="an old browser"),
        pytest.param((("Origin", "null"), *SAME_ORIGIN), {}, id="a hidden origin"),
        pytest.param(
            (("Origin", "https://a.example"), ("Sec-Fetch-Site", "cross-site")),
            {"trusted_origins": ["https://a.example"]},
            id="a trusted origin",
        ),
    ],
)
def test_the_site_itself_and_whom_it_trusts_can(
    visit: Visit, headers: tuple[tuple[str, str], ...], options: dict[str, Any]
) -> None:
    assert visit(choose("accept", headers=headers), **options).status == 303


@pytest.mark.behaviour(13)
def test_where_there_is_nothing_to_ask_the_refusal_leads_to_the_preference_centre(
    bare: Visit,
) -> None:
    text = bare(choose("accept", headers=()), policy=Policy(necessary=["session"])).text

    assert "<form" not in text
    assert 'href="/consent/' in text


def test_what_another_site_sent_is_shown_to_nobody(bare: Visit) -> None:
    body = "choice=accept&next=%2F%2Fevil.example&category=<script>"

    assert "evil" not in bare(post(body, headers=())).text
    assert "<script>" not in bare(post(body, headers=())).text


def test_the_script_of_a_visitors_state_is_for_the_same_site_only(visit: Visit) -> None:
    site = (("Sec-Fetch-Site", "cross-site"),)

    assert visit(Send(path="/consent/state.js", headers=site)).status == 403


# Bodies


@pytest.mark.parametrize(
    ("send", "status"),
    [
        pytest.param(post(""), 400, id="empty"),
        pytest.param(Send("POST", headers=SAME_ORIGIN), 415, id="none at all"),
        pytest.param(post("choice=maybe"), 400, id="an unknown choice"),
        pytest.param(post("choice=save&category=video"), 400, id="an unknown category"),
        pytest.param(post("choice=refuse&choice=accept"), 400, id="two choices"),
        pytest.param(post(b"choice=accept&next=%FF"), 400, id="no UTF-8"),
        pytest.param(post("choice=accept", "text/plain"), 415, id="text"),
        pytest.param(post("choice=accept", "multipart/form-data; boundary=x"), 415, id="multipart"),
        pytest.param(
            post("x", headers=(*SAME_ORIGIN, ("Content-Encoding", "gzip"))), 415, id="compressed"
        ),
        pytest.param(post("x" * 8193), 413, id="too large"),
        pytest.param(post("x" * 1_000_000), 413, id="far too large"),
        pytest.param(post("x" * 8193, with_length=False), 413, id="too large, of no length"),
        pytest.param(
            Send("POST", headers=SAME_ORIGIN, parts=(b"x" * 100,) * 100), 413, id="in many parts"
        ),
    ],
)
def test_a_body_that_is_no_choice_is_refused_with_a_reason(
    visit: Visit, send: Send, status: int
) -> None:
    reply = visit(send)

    assert reply.status == status
    assert reply.cookies == []
    assert "no-store" in reply["cache-control"]
    assert reply["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("send", "status"),
    [
        pytest.param(post("{", JSON), 400, id="broken"),
        pytest.param(post("[" * 8000, JSON), 400, id="deep"),
        pytest.param(post('{"choice": "maybe"}', JSON), 400, id="an unknown choice"),
        pytest.param(post(" " * 9000, JSON), 413, id="too large"),
        pytest.param(post('{"choice": "accept"}', JSON, headers=()), 403, id="cross-site"),
        pytest.param(post("{}", JSON, path="/consent/no"), 404, id="nowhere"),
        pytest.param(post("{}", JSON, path="/consent/state"), 405, id="no place for it"),
    ],
)
def test_who_sends_json_is_told_why_in_json(visit: Visit, send: Send, status: int) -> None:
    reply = visit(send)

    assert reply.status == status
    assert reply["content-type"] == "application/problem+json"
    assert "no-store" in reply["cache-control"]
    assert json.loads(reply.body)["status"] == status
    assert json.loads(reply.body)["detail"].endswith(".")
    assert reply.cookies == []


def test_an_unknown_category_is_named_with_those_there_are(bare: Visit) -> None:
    text = bare(post("choice=save&category=%3Cvideo%3E")).text

    assert "&lt;video&gt;" in text
    assert "necessary, statistics, marketing" in text


def test_a_reason_that_is_said_in_english_only_is_marked_as_english(bare: Visit) -> None:
    french = (*SAME_ORIGIN, ("Accept-Language", "fr"))

    technical = bare(post("choice=maybe", headers=french)).text
    usual = bare(post("choice=save&category=video", headers=french)).text

    assert '<span lang="en" dir="ltr">There is no choice maybe' in technical
    assert "Ce site ne pose aucune question" in usual
    assert 'lang="en" dir' not in usual


@pytest.mark.parametrize("with_length", [True, False], ids=["of a known length", "chunked"])
def test_a_body_may_come_slowly(visit: Visit, with_length: bool) -> None:
    parts = tuple(bytes([byte]) for byte in b"choice=accept&next=%2Fa")
    headers = (("Content-Type", "application/x-www-form-urlencoded"), *SAME_ORIGIN)

    reply = visit(Send("POST", headers=headers, parts=parts, with_length=with_length))

    assert (reply.status, reply["location"]) == (303, f"/a{SAVED}")


def test_a_body_of_8_kib_is_taken(bare: Visit) -> None:
    assert bare(post(b"choice=accept&pad=".ljust(8192, b"x"))).status == 303


# Whatever comes


_NAMES = st.sampled_from(["Origin", "Sec-Fetch-Site", "Referer", "Cookie", "Accept-Language"])
_VALUES = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40)
_PATHS = st.sampled_from(["/consent/", "/consent", "/consent/charter", "/consent/state"])


@pytest.mark.law(5)
@given(
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "X"]),
    path=_PATHS | st.text(st.characters(max_codepoint=255), max_size=20).map("/consent/".__add__),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
)
@settings(PATIENT, max_examples=50)
def test_nothing_but_a_post_grants_and_nothing_fails(
    bare: Visit, method: str, path: str, query: str, headers: list[tuple[str, str]]
) -> None:
    reply = bare(Send(method, path, query=query, headers=tuple(headers)))

    assert reply.status < 500
    assert reply.cookies == []


@pytest.mark.law(5)
@given(
    body=st.binary(max_size=80),
    media_type=_VALUES | st.sampled_from(["application/x-www-form-urlencoded", JSON]),
    headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
)
@settings(PATIENT, max_examples=50)
def test_no_body_fails_or_grants_by_chance(
    bare: Visit, body: bytes, media_type: str, headers: list[tuple[str, str]]
) -> None:
    reply = bare(post(body, media_type, headers=(*SAME_ORIGIN, *headers)))

    assert 400 <= reply.status < 500
    assert reply.cookies == []
