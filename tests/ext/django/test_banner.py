"""The middleware class puts the banner into Django's responses, whole or streamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import override_settings
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag

from consentgate import Cookie, Policy
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.exchange import preferences_for
from tests.support.frameworks import (
    Reply,
    Send,
    call_asgi,
    call_wsgi,
    choose,
    environ_of,
    options_of,
)

# Django says so itself of what is no stream for ASGI, or none for WSGI.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")

PAGE = b"<!doctype html><html lang=en><title>T</title><body><p>hello</p></body></html>"
START, BODY, END = PAGE.partition(b"<body>")
LONG = b"<p>more</p>" * 1000

Exchange = Callable[..., Reply]


def visit_sync(view: Any, send: Send, *inner: str, **options: Any) -> Reply:
    """Visit the view under WSGI, with middleware inside the gate."""
    with project(view, options, inner):
        return call_wsgi(WSGIHandler(), send)


def visit_async(view: Any, send: Send, *inner: str, **options: Any) -> Reply:
    """Visit the view under ASGI."""
    with project(view, options, inner):
        return call_asgi(ASGIHandler(), send)


def project(view: Any, options: dict[str, Any], inner: tuple[str, ...]) -> Any:
    given = {name.upper(): value for name, value in options_of(options).items()}
    return override_settings(
        CONSENTGATE=given,
        MIDDLEWARE=[GATE_CLASS, *inner],
        ROOT_URLCONF=Urls(view),
        DEBUG_PROPAGATE_EXCEPTIONS=True,
    )


@pytest.fixture(params=[visit_sync, visit_async], ids=["wsgi", "asgi"])
def visit(request: Any) -> Exchange:
    """A visit under each interface."""
    found: Exchange = request.param
    return found


def whole(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([START, b"<bo", b"dy>", END, LONG]))


async def chunks() -> AsyncIterator[bytes]:
    for chunk in (START, b"<bo", b"dy>", END, LONG):
        yield chunk


async def streamed_async(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(chunks())


HOME = Send(path="/page")


def is_with_banner(reply: Reply) -> bool:
    """True where the banner stands first in the body, and all else is as it was."""
    before, banner, after = reply.body.partition(b'<div id="consentgate"')
    rest = after.partition(b"</section></div>")[2]
    return bool(banner) and before == START + BODY and rest in (END, END + LONG)


@pytest.mark.behaviour(16)
@pytest.mark.parametrize("view", [whole, streamed], ids=["whole", "streamed"])
def test_a_page_gets_the_banner_first_in_its_body(visit: Exchange, view: Any) -> None:
    reply = visit(view, HOME)

    assert is_with_banner(reply)
    assert reply["cache-control"] == "private, no-cache"
    assert "Cookie" in reply["vary"]


def test_a_page_that_is_streamed_asynchronously_gets_it_too() -> None:
    assert is_with_banner(visit_async(streamed_async, HOME))


def test_so_does_one_that_django_has_to_read_for_a_server_of_wsgi() -> None:
    assert is_with_banner(visit_sync(lambda _: StreamingHttpResponse(chunks()), HOME))


def test_a_response_of_another_kind_is_let_alone() -> None:
    class Bare(HttpResponseBase):
        def __iter__(self) -> Iterator[bytes]:
            return iter([PAGE])

    reply = visit_sync(lambda _: Bare("text/html"), HOME)

    assert reply.body == PAGE
    assert reply.all("cache-control") == []


@pytest.mark.parametrize(
    "body",
    [[], [b""], [b"<!doctype ht"], [START + b"<frameset>"]],
    ids=["none", "empty", "half", "frames"],
)
def test_a_stream_without_a_place_leaves_as_it_was(visit: Exchange, body: list[bytes]) -> None:
    reply = visit(lambda _: StreamingHttpResponse(iter(body)), HOME)

    assert reply.body == b"".join(body)
    assert reply.all("cache-control") == []


@pytest.mark.behaviour(40)
@pytest.mark.parametrize("rest", [b"<frameset>", b"<title>"], ids=["frames", "half"])
def test_a_stream_that_has_no_place_after_its_head_leaves_whole(
    visit: Exchange, rest: bytes
) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield START
        yield rest

    async def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(stream())

    assert visit(lambda _: StreamingHttpResponse(iter([START, rest])), HOME).body == START + rest
    assert visit_async(view, HOME).body == START + rest


@pytest.mark.behaviour(40)
def test_a_stream_that_ends_after_its_head_gets_it_there(visit: Exchange) -> None:
    reply = visit(lambda _: StreamingHttpResponse(iter([START])), HOME)

    assert reply.body.startswith(START + b'<div id="consentgate"')


@pytest.mark.parametrize("asked", [(), (("If-None-Match", '"a"'),)], ids=["plainly", "if new"])
def test_an_async_stream_that_is_no_page_is_let_alone(asked: tuple[tuple[str, str], ...]) -> None:
    async def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(chunks(), content_type="text/plain")

    send = replace(HOME, headers=(*HOME.headers, *asked))

    assert visit_async(view, send).body == START + BODY + END + LONG


def test_an_async_stream_that_ends_early_leaves_as_it_was() -> None:
    async def short() -> AsyncIterator[bytes]:
        yield b"<!doctype ht"

    async def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(short())

    assert visit_async(view, HOME).body == b"<!doctype ht"


@pytest.mark.behaviour(40)
def test_a_stream_is_read_no_further_than_to_what_can_leave() -> None:
    read: list[int] = []

    def parts() -> Iterator[bytes]:
        for number, part in enumerate([START, BODY, END, LONG]):
            read.append(number)
            yield part

    with project(lambda _: StreamingHttpResponse(parts()), {}, ()):
        response = Client().get("/page", headers={"accept": "text/html"})
        assert read == [0]
        assert b"".join(response).endswith(LONG)


def test_where_the_page_names_no_language_the_project_s_choice_counts(visit: Exchange) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("<!doctype html><body>hello")

    assert b"Tout refuser" in visit(view, HOME, language=lambda _: "fr_FR").body
    assert b"Refuse all" in visit(view, HOME, language=lambda _: None).body


@pytest.mark.law(9)
def test_a_visitor_who_has_chosen_finds_the_way_back(visit: Exchange) -> None:
    reply = visit(whole, Send(path="/page", cookie=preferences_for()))

    assert b"consentgate-settings" in reply.body
    assert b"consentgate-banner" not in reply.body


@pytest.mark.parametrize(
    ("send", "options"),
    [
        pytest.param(Send("PUT", path="/page"), {}, id="a PUT"),
        pytest.param(Send(path="/page", headers=(("HX-Request", "true"),)), {}, id="htmx"),
        pytest.param(Send(path="/page", headers=(("Sec-Fetch-Dest", "empty"),)), {}, id="fetched"),
        pytest.param(Send(path="/page", headers=(("Accept", "*/*"),)), {}, id="a program"),
        pytest.param(HOME, {"banner": "manual"}, id="manual"),
        pytest.param(HOME, {"mode": "report"}, id="report mode"),
        pytest.param(HOME, {"prefix": None}, id="no pages"),
        pytest.param(HOME, {"policy": Policy(necessary=["session"])}, id="nothing to ask"),
        pytest.param(HOME, {"required": lambda _: "silent"}, id="silent"),
    ],
)
def test_where_no_banner_belongs_the_page_is_let_alone(
    visit: Exchange, send: Send, options: dict[str, Any]
) -> None:
    assert visit(whole, send, **options).body == PAGE


def test_where_nothing_is_asked_the_views_see_the_conditions_as_they_came(visit: Exchange) -> None:
    seen: list[str | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.headers.get("If-None-Match"))
        return HttpResponse(PAGE)

    send = Send(path="/page", headers=(("If-None-Match", '"a"'),))
    visit(view, send, required=lambda _: "silent")

    assert seen == ['"a"']


@pytest.mark.parametrize(
    "view",
    [
        lambda _: HttpResponse(PAGE, content_type="text/plain"),
        lambda _: HttpResponse(PAGE, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["text", "compressed"],
)
def test_what_is_no_page_to_be_read_is_let_alone(visit: Exchange, view: Any) -> None:
    assert visit(view, HOME).body == PAGE


def test_below_another_gate_that_puts_it_in_nothing_is_put_in_twice() -> None:
    other = Policy(cookies=[Cookie("_fbp", category="statistics")])

    with project(whole, {}, ()):
        outer = WsgiMiddleware(WSGIHandler(), **options_of({"policy": other, "prefix": "/other"}))
        reply = call_wsgi(outer, HOME)

    assert reply.body.count(b'<div id="consentgate"') == 1
    assert b'action="/other/"' in reply.body


def test_a_page_that_is_the_same_for_everybody_stays_so(visit: Exchange) -> None:
    shared = cache_control(public=True, max_age=60)(whole)

    undecided = visit(shared, HOME)
    decided = visit(shared, Send(path="/page", cookie=preferences_for("statistics")))

    assert undecided == decided
    assert b"data-state" in undecided.body
    assert "private" not in undecided["cache-control"]


def test_the_length_of_the_page_is_told_anew(visit: Exchange) -> None:
    reply = visit(whole, HOME, "django.middleware.common.CommonMiddleware")

    assert reply["content-length"] == str(len(reply.body))
    assert len(reply.body) > len(PAGE)


@pytest.mark.behaviour(14)
def test_a_copy_is_good_only_while_the_choice_is_the_same(visit: Exchange) -> None:
    tagged = etag(lambda _: '"v1"')(whole)
    first = visit(tagged, HOME)
    condition = (("If-None-Match", first["etag"]), ("Sec-Fetch-Dest", "document"))

    same = visit(tagged, Send(path="/page", headers=condition))
    other = visit(tagged, Send(path="/page", headers=condition, cookie=preferences_for()))

    assert first["etag"].startswith('W/"v1~cg')
    assert (same.status, same.body, same["etag"]) == (304, b"", first["etag"])
    assert other.status == 200
    assert b"consentgate-settings" in other.body


def test_a_view_sees_no_date_to_compare_with_and_its_own_tag(visit: Exchange) -> None:
    seen: list[dict[str, str]] = []
    names = ("If-None-Match", "If-Modified-Since", "Range")

    def view(request: HttpRequest) -> HttpResponse:
        seen.append({name: request.headers[name] for name in names if name in request.headers})
        return whole(request)

    tag = visit(etag(lambda _: '"v1"')(whole), HOME)["etag"]
    headers = (
        ("If-None-Match", tag),
        ("If-Modified-Since", "Tue, 24 Nov 2026 16:00:00 GMT"),
        ("Range", "bytes=0-1"),
        ("Sec-Fetch-Dest", "document"),
    )
    visit(view, Send(path="/page", headers=headers))

    assert [{name: one.lstrip("W/") for name, one in each.items()} for each in seen] == [
        {"If-None-Match": '"v1"'}
    ]


def test_a_client_that_leaves_while_it_chooses_is_told_nothing() -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("gone")

    environ = environ_of(choose("accept")) | {"wsgi.input": Broken()}
    started: list[Any] = []

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        started.append((status, dict(headers)))

    with project(whole, {}, ()):
        list(WSGIHandler()(environ, start))

    assert started[0][0].startswith("400")
    assert "Set-Cookie" not in started[0][1]


def test_under_asgi_the_middleware_puts_it_in_without_a_thread_of_its_own() -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        return whole(request)

    assert is_with_banner(visit_async(view, HOME))


@pytest.mark.behaviour(14)
def test_no_cache_answers_with_a_page_that_was_fetched_for_one_of_its_own(
    visit: Exchange,
) -> None:
    reply = visit(whole, Send(path="/page", headers=(("Sec-Fetch-Dest", "empty"),)))

    assert reply.body == PAGE
    assert "Sec-Fetch-Mode" in reply["vary"].split(", ")


@pytest.mark.law(9)
def test_the_way_back_from_the_answer_to_a_form_is_the_preference_centre(
    visit: Exchange,
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(PAGE)

    view.csrf_exempt = True  # type: ignore[attr-defined]  # as Django's own decorator does

    reply = visit(view, Send("POST", path="/page"))

    assert b'name="next" value="/consent/"' in reply.body
