"""Django behind the gate: as a middleware class and as a wrapper, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from wsgiref.validate import validator

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings

from consentgate import Event, get_consent
from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from consentgate.ext.django.written import WrittenMorsel
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.exchange import Answer, Ask, Say, options_with


class _Stage:
    """A view, and what it noticed while it ran."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.seen: str | None = None
        self.acted: Any = None
        self.events: list[Event] = []

    def respond(self, request: HttpRequest) -> HttpResponse:
        self.seen = request.META.get("HTTP_COOKIE")
        self.acted = self.say.act(get_consent(request)) if self.say.act else None
        response = HttpResponse(self.say.body, status=self.say.status)
        del response.headers["Content-Type"]
        for name, value in self.say.headers:
            response.headers[name] = value
        return response

    def respond_with_cookies(self, request: HttpRequest) -> HttpResponse:
        """A response whose cookies are all in `cookies`, as Django's own functions put them."""
        response = self.respond(request)
        for number, value in enumerate(self.say.cookies):
            # The key is not sent; each cookie has one of its own, since names repeat.
            response.cookies[str(number)] = WrittenMorsel(value)
        return response

    def settings(self, given: dict[str, Any], **more: Any) -> Any:
        """The project's settings with these options of the gate."""
        options = options_with(self.events, given)
        return override_settings(
            CONSENTGATE={name.upper(): value for name, value in options.items()}, **more
        )

    def answer(self, raw: tuple[int, list[tuple[str, str]], bytes]) -> Answer:
        status, headers, body = raw
        # Django's WSGI handler writes a blank before each cookie, which no client sees.
        left = [(name, value.lstrip(" ")) for name, value in headers]
        return Answer(status, left, body, self.seen, self.acted, self.events)


class Plugin:
    """A plug-in below the framework, which sends cookies of its own with each response."""

    def __init__(self, app: Any, cookies: Iterable[str]) -> None:
        self.app = app
        self.cookies = tuple(cookies)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            own = [("Set-Cookie", value) for value in self.cookies]
            return start_response(status, [*headers, *own], exc_info)

        return self.app(environ, start)


class AsyncPlugin:
    """The same for ASGI."""

    def __init__(self, app: Any, cookies: Iterable[str]) -> None:
        self.app = app
        self.cookies = tuple(cookies)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_cookies(message: Any) -> None:
            own = [(b"set-cookie", value.encode("latin-1")) for value in self.cookies]
            headers = {"headers": [*message.get("headers", ()), *own]}
            await send(message | headers if message["type"] == "http.response.start" else message)

        await self.app(scope, receive, send_cookies)


def patient(app: Any) -> Any:
    """The ASGI application in front of a client that stays: Django listens for one that leaves."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        messages = iter([receive])

        async def receive_once() -> Any:
            for one in messages:
                return await one()
            return await asyncio.Event().wait()

        await app(scope, receive_once, send)

    return call


def play_middleware(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run Django under WSGI with the middleware class."""
    stage = _Stage(say)
    urls = Urls(stage.respond_with_cookies)
    with stage.settings(options, MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=urls):
        return stage.answer(run_wsgi(WSGIHandler(), ask))


def play_async_middleware(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run Django under ASGI with the middleware class and an async view."""
    stage = _Stage(say)

    async def view(request: HttpRequest) -> HttpResponse:
        return stage.respond_with_cookies(request)

    with stage.settings(options, MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=Urls(view)):
        return stage.answer(run_asgi(patient(ASGIHandler()), ask))


def play_wsgi_wrapper(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a wrapped WSGI application whose plug-in, below Django, sets the cookies."""
    stage = _Stage(say)
    with stage.settings(options, ROOT_URLCONF=Urls(stage.respond)):
        gated = wrap_wsgi(validator(Plugin(WSGIHandler(), say.cookies)))
        return stage.answer(run_wsgi(validator(gated), ask))


def play_asgi_wrapper(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a wrapped ASGI application whose plug-in, below Django, sets the cookies."""
    stage = _Stage(say)

    async def view(request: HttpRequest) -> HttpResponse:
        return stage.respond(request)

    with stage.settings(options, ROOT_URLCONF=Urls(view)):
        gated = wrap_asgi(AsyncPlugin(ASGIHandler(), say.cookies))
        return stage.answer(run_asgi(patient(gated), ask))
