"""The head script in the pages of an application, and the guard before the scripts of workers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consentgate import Policy
from tests.middleware.banner_pages import (
    ALLOWED,
    MEASURED,
    MIDDLEWARES,
    PAGE,
    PUBLIC,
    PUT,
    REFUSED,
    Page,
    Show,
    Shown,
    asking,
)
from tests.support.exchange import HTML, Ask

SCRIPT = b'<script src="/consent/static/guard.'
NAVIGATING = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
FRAMED = asking(("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))
PAGE_ASKED = asking(*NAVIGATING)
NOTHING_TO_ASK = Policy(necessary=["session"])
WORKER = Page(
    chunks=(b"self.", b"x = 1;"),
    headers=(("Content-Type", "text/javascript"), ("Content-Length", "11"), ("ETag", '"a"')),
)

both = pytest.mark.parametrize("show", MIDDLEWARES.values(), ids=MIDDLEWARES)


def is_first(shown: Shown) -> bool:
    return shown.body.startswith(b"<!doctype html><html lang=en><head>" + SCRIPT)


def worker(kind: str = "worker", cookie: str = "", **more: str) -> Ask:
    """A request for the script of a worker."""
    others = [(name.replace("_", "-"), value) for name, value in more.items()]
    return asking(("Sec-Fetch-Dest", kind), *others, cookie=cookie)


def length(shown: Shown) -> list[str]:
    return [value for name, value in shown.headers if name.lower() == "content-length"]


def header(shown: Shown, name: str) -> list[str]:
    return [value for key, value in shown.headers if key.lower() == name]


@both
@pytest.mark.parametrize("option", [{"guard": "enforce"}, {"gated_markup": True}])
def test_the_script_is_first_in_the_head_of_a_page_with_the_banner(
    show: Show, option: dict[str, object]
) -> None:
    shown = show(MEASURED, PAGE_ASKED, **option)

    assert is_first(shown)
    assert shown.asks
    assert length(shown) == [str(len(shown.body))]


@both
@pytest.mark.parametrize(
    ("cookie", "options"),
    [
        (ALLOWED, {}),
        (REFUSED, {}),
        ("", {"banner": "static"}),
        ("", {"banner": "manual"}),
        ("", {"policy": NOTHING_TO_ASK}),
        ("", {"required": lambda _: "silent"}),
    ],
    ids=["allowed", "refused", "static", "manual", "nothing to ask", "silent"],
)
def test_it_is_there_whoever_the_visitor_is(
    show: Show, cookie: str, options: dict[str, object]
) -> None:
    asked = asking(*NAVIGATING, cookie=cookie)

    assert is_first(show(MEASURED, asked, guard="enforce", **options))


@both
@pytest.mark.parametrize(
    "options",
    [{"guard": "off"}, {"guard": "enforce", "mode": "report"}],
    ids=["off", "report mode"],
)
def test_without_it_a_page_leaves_as_before(show: Show, options: dict[str, object]) -> None:
    plain = {"mode": "report"} if "mode" in options else {}

    assert show(MEASURED, PAGE_ASKED, **options) == show(MEASURED, PAGE_ASKED, **plain)


@both
def test_where_no_consent_is_required_there_is_no_guard(show: Show) -> None:
    shown = show(
        MEASURED, PAGE_ASKED, guard="enforce", banner="manual", required=lambda _: "not-required"
    )

    assert shown.body == PAGE
    assert "private" in header(shown, "cache-control")[0]


@both
def test_a_frame_has_the_script_and_no_banner(show: Show) -> None:
    shown = show(MEASURED, FRAMED, guard="enforce")

    assert is_first(shown)
    assert PUT not in shown.body
    assert length(shown) == [str(len(shown.body))]
    assert header(shown, "vary") == ["Sec-Fetch-Mode, Sec-Fetch-Dest"]


@both
@pytest.mark.parametrize(
    "asked",
    [asking(("Sec-Fetch-Mode", "cors")), asking(("HX-Request", "true"))],
    ids=["a fetch", "a fragment"],
)
def test_what_a_script_fetches_is_let_be(show: Show, asked: Ask) -> None:
    assert show(MEASURED, asked, guard="enforce").body == PAGE


@both
def test_it_has_the_nonce_of_the_page_s_own_policy(show: Show) -> None:
    policy = ("Content-Security-Policy", "script-src 'nonce-abc' 'strict-dynamic'")

    shown = show(Page(headers=(HTML, policy)), PAGE_ASKED, guard="enforce", banner="manual")

    assert b'.js" nonce="abc"></script>' in shown.body


@both
def test_where_scripts_cannot_read_the_choice_the_server_says_it_next(show: Show) -> None:
    shown = show(MEASURED, PAGE_ASKED, guard="enforce", http_only=True)

    assert b'.js"></script><script src="/consent/state.js"></script>' in shown.body


@both
def test_a_page_for_everybody_stays_one(show: Show) -> None:
    shown = show(PUBLIC, PAGE_ASKED, guard="enforce", banner="manual")

    assert is_first(shown)
    assert header(shown, "cache-control") == ["public, max-age=60"]
    assert "Cookie" not in ", ".join(header(shown, "vary"))


@both
@pytest.mark.parametrize("banner", ["auto", "manual"])
@pytest.mark.parametrize("asked", [NAVIGATING, tuple(FRAMED.headers)], ids=["page", "frame"])
def test_a_copy_with_the_script_of_now_is_not_sent_again(
    show: Show, banner: str, asked: tuple[tuple[str, str], ...]
) -> None:
    options = {"guard": "enforce", "banner": banner}
    (tag,) = header(show(MEASURED, asking(*asked), **options), "etag")
    unchanged = Page(chunks=(), status=304, headers=(("ETag", '"a"'),))
    asked_again = asking(*asked, ("If-None-Match", tag))

    again = show(unchanged, asked_again, **options)

    assert again.seen["if-none-match"] == '"a"'
    assert header(again, "etag") == [tag]
    assert "if-none-match" not in show(MEASURED, asked_again, **options | {"guard": "report"}).seen


@both
def test_a_head_request_gets_the_headers_of_its_get(show: Show) -> None:
    asked = asking(*NAVIGATING, method="HEAD")
    empty = replace(MEASURED, chunks=())

    shown = show(empty, asked, guard="enforce", banner="manual")

    assert shown.body == b""
    assert "etag" not in {name.lower() for name, _ in shown.headers} or length(shown) == []


@both
@pytest.mark.parametrize("chunks", [(b"",), (b'{"a": 1}',), ()], ids=["empty", "json", "no chunk"])
def test_what_has_no_head_is_let_be(show: Show, chunks: tuple[bytes, ...]) -> None:
    shown = show(Page(chunks=chunks), PAGE_ASKED, guard="enforce", banner="manual")

    assert shown.body == b"".join(chunks)


@both
def test_a_page_that_comes_in_pieces_is_put_together(show: Show) -> None:
    chunks = [PAGE[at : at + 1] for at in range(len(PAGE))]

    shown = show(Page(chunks=chunks), PAGE_ASKED, guard="enforce")

    assert is_first(shown)
    assert shown.asks


@both
def test_a_swapped_in_page_has_it_and_a_part_of_one_has_not(show: Show) -> None:
    asked = asking(("HX-Boosted", "true"))

    assert is_first(show(MEASURED, asked, guard="enforce"))
    part = Page(chunks=(b"<p>part</p>",))
    assert show(part, asked, guard="enforce").body == b"<p>part</p>"


@both
@pytest.mark.parametrize("kind", ["worker", "sharedworker", "serviceworker"])
def test_the_guard_precedes_the_script_of_a_worker_for_its_visitor_alone(
    show: Show, kind: str
) -> None:
    shown = show(WORKER, worker(kind, ALLOWED), guard="enforce")

    assert shown.body.endswith(b"self.x = 1;")
    assert b'guardStorages(POLICY, {"marketing":"granted","statistics":"granted"})' in shown.body
    assert length(shown) == [str(len(shown.body))]
    assert header(shown, "etag") == []
    assert "private" in header(shown, "cache-control")[0]


@both
@pytest.mark.parametrize("page", [MEASURED, WORKER], ids=["page", "script"])
def test_a_worker_s_request_that_says_it_is_a_page_is_answered(show: Show, page: Page) -> None:
    asked = worker(HX_Boosted="true", Sec_Fetch_Mode="same-origin")

    shown = show(page, asked, guard="enforce")

    assert not shown.asks
    assert shown.body.endswith(b"".join(page.chunks))


@both
def test_a_worker_s_script_is_asked_for_anew_each_time(show: Show) -> None:
    shown = show(WORKER, worker(If_None_Match='"a"'), guard="enforce")

    assert "if-none-match" not in shown.seen
    assert b"hookStorages(self)" in shown.body


@both
@pytest.mark.parametrize(
    ("page", "options"),
    [
        (replace(WORKER, status=404), {}),
        (replace(WORKER, headers=(("Content-Type", "text/plain"),)), {}),
        (replace(WORKER, headers=(*WORKER.headers, ("Content-Encoding", "br"))), {}),
        (WORKER, {"required": lambda _: "not-required"}),
        (WORKER, {"guard": "off", "gated_markup": True}),
    ],
    ids=["an error", "no script", "compressed", "not required", "no guard"],
)
def test_what_is_no_guarded_worker_is_let_be(
    show: Show, page: Page, options: dict[str, object]
) -> None:
    assert show(page, worker(), **{"guard": "enforce"} | options).body == b"self.x = 1;"


@both
def test_a_page_that_is_loaded_as_a_worker_is_let_be(show: Show) -> None:
    assert show(MEASURED, worker(), guard="enforce").body == PAGE


@both
def test_an_empty_worker_is_let_be(show: Show) -> None:
    assert show(replace(WORKER, chunks=(b"",)), worker(), guard="enforce").body == b""
