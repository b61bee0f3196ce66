"""The rows about the banner: what putting it into a page costs, and what everything else pays."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from benchmarks import asgi, wsgi
from benchmarks.rows import Bar, Measured, Row
from benchmarks.timing import Contender, Effort, measure_added_ns
from benchmarks.traffic import POLICY, SECRET, STATISTICS, Traffic, Wire, browser_request
from benchmarks.truth import NotTrue
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.banner.insertion import LONGEST_SEARCH, Insertion
from consentgate.pages.options import BannerOption
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

CHUNK_BYTES = 16_384
PAGE_BYTES = 102_400
PUT = b'id="consentgate"'

HEAD = (
    b'<!DOCTYPE html>\n<html lang="en" class="no-js" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    b"<title>Datasets - Open data portal</title>\n"
    + b"".join(
        b'<meta property="og:fact-%d" content="Some &quot;text&quot; that says what it is">\n'
        b'<link rel="stylesheet" href="/static/css/some-file-%d.min.css?v=1234567" media="all">\n'
        b'<script src="/static/js/library-%d.js" defer></script>\n' % (number, number, number)
        for number in range(14)
    )
    + b"<style>"
    + b".a > .b{color:red;background:blue}\n" * 30
    + b"</style><!-- A comment -->\n<script>"
    + b"var x = 1 < 2; if (a && b) { document.write('<p>'); }\n" * 25
    + b"</script>\n<noscript><style>.x{}</style></noscript>\n</head>\n<body class='home page'>\n"
)
PAGE = (HEAD + b"<p>Lorem ipsum dolor sit amet</p>\n" * 3_000)[:PAGE_BYTES]
SPLIT_BYTES = HEAD.index(b"<body") + 3

# What an application makes for each answer.
MakePage = Callable[[], Sequence[bytes]]

UNDECIDED = browser_request()
DECIDED = browser_request(STATISTICS)


def banner_rows() -> list[Row]:
    """The rows of pages, of what is none, and of heads made to be slow."""
    page = _always(_cut(PAGE, CHUNK_BYTES))
    capitals = _always(_cut(PAGE.upper(), CHUNK_BYTES))
    split = _always([PAGE[:SPLIT_BYTES], *_cut(PAGE[SPLIT_BYTES:], CHUNK_BYTES)])
    return [
        _page_row("ASGI: banner in a page of 100 KB", asgi_serve, UNDECIDED, page),
        _page_row("ASGI: the same, chosen before", asgi_serve, DECIDED, page),
        _page_row("ASGI: the same in capitals", asgi_serve, UNDECIDED, capitals),
        _page_row("ASGI: the same, each head another", asgi_serve, UNDECIDED, _new_heads()),
        _page_row("ASGI: tags split", asgi_serve, UNDECIDED, split),
        _page_row("WSGI: banner in a page of 100 KB", wsgi_serve, UNDECIDED, page),
        _page_row("WSGI: the same, each head another", wsgi_serve, UNDECIDED, _new_heads()),
        _json_row("ASGI: JSON for a script, banner on", asgi_serve),
        _json_row("WSGI: JSON for a script, banner on", wsgi_serve),
        *(_hostile_row(name, piece) for name, piece in HOSTILE.items()),
    ]


def _cut(page: bytes, size: int) -> list[bytes]:
    return [page[start : start + size] for start in range(0, len(page), size)]


def _always(chunks: Sequence[bytes]) -> MakePage:
    return lambda: chunks


def _new_heads() -> MakePage:
    """Pages whose heads nobody has seen before: their titles differ."""
    first, *others = _cut(PAGE, CHUNK_BYTES)
    numbers = itertools.count(100_000)
    return lambda: [first.replace(b"portal", b"%d" % next(numbers), 1), *others]


# Servers that know one answer


Serve = Callable[..., Callable[[int], None]]


def asgi_serve(flow: Traffic, make: MakePage, *, banner: BannerOption) -> Callable[[int], None]:
    """Serves exchanges whose answer has such chunks, behind the ASGI gate."""
    return asgi.serve_with(asgi_gated(make, banner=banner), flow)


def asgi_gated(make: MakePage, *, banner: BannerOption) -> asgi.App:
    """An ASGI application that answers with such chunks, behind its gate."""

    async def app(scope: asgi.Exchange, receive: asgi.Receive, send: asgi.Send) -> None:
        flow: Traffic = scope[asgi.RESPONSE]
        headers = flow.response.as_bytes()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        chunks = make()
        for chunk in chunks[:-1]:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": chunks[-1]})

    return AsgiMiddleware(app, policy=POLICY, secret_key=SECRET, banner=banner)


def wsgi_serve(flow: Traffic, make: MakePage, *, banner: BannerOption) -> Callable[[int], None]:
    """Serves exchanges whose answer has such chunks, behind the WSGI gate."""
    return wsgi.serve_with(wsgi_gated(make, banner=banner), flow)


def wsgi_gated(make: MakePage, *, banner: BannerOption) -> WSGIApplication:
    """A WSGI application that answers with such chunks, behind its gate."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        flow: Traffic = environ[wsgi.RESPONSE]
        start_response("200 OK", flow.response.as_text())
        return iter(make())

    return WsgiMiddleware(app, policy=POLICY, secret_key=SECRET, banner=banner)


# The rows


def _page_row(title: str, serve: Serve, request: Wire, make: MakePage) -> Row:
    """What the banner costs for each byte of a page that passes it in such chunks."""
    length = sum(map(len, make()))
    lines = [("Content-Length", str(length)), ("Content-Type", "text/html; charset=utf-8")]
    flow = Traffic(request, Wire(lines, literals=["Content-Length", "Content-Type"]))

    def measure(effort: Effort) -> Measured:
        added = _added_by_banner(serve, flow, make, effort=effort, share=4)
        return Measured(added, {"ns a byte": added / length})

    return Row(title, (Bar("ns a byte", 0.85),), lambda: _check_is_put(flow, make), measure)


def _added_by_banner(
    serve: Serve, flow: Traffic, make: MakePage, *, effort: Effort, share: int
) -> float:
    contenders = {
        "manual": Contender(serve(flow, make, banner="manual")),
        "auto": Contender(serve(flow, make, banner="auto"), baseline="manual"),
    }
    batch = max(1, effort.batch // share)
    return measure_added_ns(contenders, rounds=effort.rounds, batch=batch)["auto"]


def _check_is_put(flow: Traffic, make: MakePage) -> None:
    body = b"".join(asgi_body(flow, make))
    if body.count(PUT) != 1 or len(body) <= sum(map(len, make())):
        raise NotTrue("the banner is not in the page")


def asgi_body(flow: Traffic, make: MakePage) -> list[bytes]:
    """The body that really leaves."""
    sent: list[asgi.Message] = []

    async def collect(message: asgi.Message) -> None:
        sent.append(message)

    async def receive() -> asgi.Message:
        raise NotTrue("nobody reads")

    async def serve() -> None:
        await asgi_gated(make, banner="auto")(asgi.exchange_maker(flow)(), receive, collect)

    asgi.run_to_end(serve())
    return [message["body"] for message in sent[1:]]


def _json_row(title: str, serve: Serve) -> Row:
    """What a response that is no page pays for the banner, over what the gate costs alone."""
    fetched = [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")]
    request = Wire([*(line for line in browser_lines() if line[0] != "Sec-Fetch-Mode"), *fetched])
    answer = _always([b"{}"])
    lines = [("Content-Length", "2"), ("Content-Type", "application/json")]
    flow = Traffic(request, Wire(lines, literals=["Content-Length", "Content-Type"]))

    def measure(effort: Effort) -> Measured:
        contenders = {
            banner: Contender(serve(flow, answer, banner=banner)) for banner in ("manual", "auto")
        }
        spent = measure_added_ns(contenders, rounds=effort.rounds, batch=effort.batch)
        return Measured(
            spent["auto"] - spent["manual"], {"banner='manual'": spent["auto"] / spent["manual"]}
        )

    def check() -> None:
        if asgi_body(flow, answer) != [b"{}"]:
            raise NotTrue("something is put into JSON")

    return Row(title, (Bar("banner='manual'", 1.1),), check, measure)


def browser_lines() -> list[tuple[str, str]]:
    """The headers of a browser's request."""
    return browser_request().as_text()


# Each repeats to the end, and starts what the next of it does not end.
HOSTILE = {
    "attributes": b"<meta a='' b=c d ",
    "comments": b"<!-- - -- --!-",
    "scripts": b"<script><!--<script>",
    "templates": b"<template><svg></",
}


def _hostile_row(name: str, piece: bytes) -> Row:
    """The cost of a head that is nothing but these, of 64 KiB over 8 KiB."""
    long = (piece * LONGEST_SEARCH)[: LONGEST_SEARCH - 1]
    short = long[: LONGEST_SEARCH // 8]

    def search(page: bytes) -> Callable[[int], None]:
        chunks = _cut(page, 64)

        def serve(count: int) -> None:
            for _ in range(count):
                _insert(chunks)

        return serve

    def measure(effort: Effort) -> Measured:
        contenders = {"64 KiB": Contender(search(long)), "8 KiB": Contender(search(short))}
        spent = measure_added_ns(contenders, rounds=max(1, effort.rounds // 16), batch=1)
        return Measured(spent["64 KiB"], {"8 KiB": spent["64 KiB"] / spent["8 KiB"]})

    def check() -> None:
        if _insert(_cut(long, 64)) != long:
            raise NotTrue("a place was found")

    return Row(f"64 KiB of {name}, chunks of 64 bytes", (Bar("8 KiB", 12),), check, measure)


def _insert(chunks: Sequence[bytes]) -> bytes:
    insertion = Insertion(lambda language, _: PUT)
    return b"".join([*map(insertion.feed, chunks), insertion.finish()])
