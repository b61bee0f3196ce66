"""The visitor's pages on the wire: what each path answers, alike everywhere."""

from __future__ import annotations

import json
from datetime import date

import pytest

from consentgate.pages.static_files import StaticFiles
from tests.support.exchange import preferences_for
from tests.support.frameworks import (
    OWN_PAGE,
    SAME_ORIGIN,
    Exchange,
    Send,
    choose,
    state_of,
)

# The validator of WSGI knows the usual methods only.
pytestmark = pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")

STATIC = [f"/consent/static/{name}" for name in StaticFiles().names]
PAGES = ["/consent/", "/consent/charter"]
PRIVATE = ["/consent/", "/consent/state", "/consent/state.js"]
PUBLIC = ["/consent/charter", "/consent/charter.md", "/consent/policy.json", *STATIC]


# What each path answers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_html(visit: Exchange, path: str) -> None:
    reply = visit(Send(path=path))

    assert reply.status == 200
    assert reply["content-type"] == "text/html; charset=utf-8"
    assert reply.text.startswith("<!doctype html>")


@pytest.mark.law(6)
def test_the_charter_is_there_as_markdown(visit: Exchange) -> None:
    reply = visit(Send(path="/consent/charter.md", query="lang=fr"))

    assert reply["content-type"] == "text/markdown; charset=utf-8"
    assert reply.text.startswith("# Charte des cookies\n")
    assert "/consent/" in reply.text


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("path", PRIVATE)
def test_what_shows_a_visitors_choice_is_never_stored(visit: Exchange, path: str) -> None:
    reply = visit(Send(path=path, cookie=preferences_for("statistics")))

    assert reply.status == 200
    assert "no-store" in reply["cache-control"]


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_the_same_for_everybody_may_be_stored(visit: Exchange, path: str) -> None:
    reply = visit(Send(path=path, cookie=preferences_for("statistics")))

    assert reply.status == 200
    assert "no-store" not in "".join(reply.all("cache-control"))
    assert "private" not in "".join(reply.all("cache-control"))
    assert "Cookie" not in "".join(reply.all("vary"))


@pytest.mark.behaviour(15)
@pytest.mark.parametrize("path", [*PRIVATE, *PUBLIC])
def test_looking_at_a_page_sets_nothing(visit: Exchange, path: str) -> None:
    assert visit(Send(path=path)).cookies == []


@pytest.mark.parametrize("path", STATIC)
def test_a_static_file_is_kept_for_a_year_under_its_name(bare: Exchange, path: str) -> None:
    reply = bare(Send(path=path))

    assert reply["cache-control"] == "public, max-age=31536000, immutable"
    assert reply["content-type"].partition(";")[0] in ("text/css", "text/javascript")


def test_the_state_is_json(visit: Exchange) -> None:
    reply = visit(Send(path="/consent/state", cookie=preferences_for("statistics")))

    assert reply["content-type"] == "application/json"
    assert state_of(reply) == {
        "necessary": "exempt",
        "statistics": "granted",
        "marketing": "refused",
    }


def test_the_declaration_is_json(visit: Exchange) -> None:
    reply = visit(Send(path="/consent/policy.json"))

    assert reply["content-type"] == "application/json"
    assert [one["name"] for one in json.loads(reply.body)["cookies"]][:2] == [
        "cookies_preferences",
        "session",
    ]


@pytest.mark.law(21)
def test_the_well_known_resource_is_served_where_it_is_configured(visit: Exchange) -> None:
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
def test_another_path_below_the_prefix_is_nowhere(bare: Exchange, path: str) -> None:
    reply = bare(Send(path=path))

    assert reply.status == 404
    assert reply["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/", "/consents", "/consent.html", "/Consent/", "/a/consent/", "//consent/"]
)
def test_all_other_paths_are_the_applications(visit: Exchange, path: str) -> None:
    assert visit(Send(path=path)).body == OWN_PAGE


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_prefix_without_its_slash_leads_to_the_page(bare: Exchange, method: str) -> None:
    reply = bare(Send(method, "/consent", query="next=/a&lang=fr", headers=SAME_ORIGIN))

    assert reply.status == 308
    assert reply["location"] == "/consent/?next=/a&lang=fr"


def test_the_prefix_leads_to_the_page_whatever_the_query_is(bare: Exchange) -> None:
    reply = bare(Send("GET", "/consent", query="next=/a\nSet-Cookie: _ga=1"))

    assert reply.status == 308
    assert "\n" not in reply["location"]


# Methods


@pytest.mark.parametrize("path", [*PRIVATE, *PUBLIC, "/consent", "/consent/no"])
def test_head_answers_as_get_without_a_body(visit: Exchange, path: str) -> None:
    get, head = visit(Send("GET", path)), visit(Send("HEAD", path))

    assert head.body == b""
    assert (head.status, head.headers) == (get.status, get.headers)
    assert head["content-length"] == str(len(get.body))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/consent/", "GET, POST, HEAD, OPTIONS"), *((path, "GET, HEAD, OPTIONS") for path in PUBLIC)],
)
def test_options_tells_what_a_path_can_do(visit: Exchange, path: str, allowed: str) -> None:
    reply = visit(Send("OPTIONS", path))

    assert reply.status == 204
    assert reply["allow"] == allowed
    assert reply.body == b""
    assert reply.all("access-control-allow-origin") == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW", "get"])
def test_another_method_is_told_which_there_are(bare: Exchange, method: str) -> None:
    reply = bare(Send(method, "/consent/", headers=SAME_ORIGIN))

    assert reply.status == 405
    assert reply["allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/consent/charter", "/consent/state", *STATIC])
def test_only_the_preference_centre_takes_a_choice(bare: Exchange, path: str) -> None:
    reply = bare(choose("accept", path=path))

    assert reply.status == 405
    assert reply["allow"] == "GET, HEAD, OPTIONS"
    assert reply.cookies == []


@pytest.mark.law(5)
@pytest.mark.behaviour(13)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "QUERY"])
@pytest.mark.parametrize("path", ["/consent/", "/consent", "/consent/state"])
def test_no_other_method_grants(bare: Exchange, method: str, path: str) -> None:
    query = "choice=accept&category=statistics"
    headers = (("Content-Type", "application/x-www-form-urlencoded"), *SAME_ORIGIN)

    reply = bare(Send(method, path, query=query, headers=headers, parts=(query.encode(),)))

    assert reply.cookies == []
