"""What a page says of all its links and forms does not mislead those that are put into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test.utils import override_settings
from starlette.responses import HTMLResponse

from consentgate import Event, Reason
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.exchange import preferences_for
from tests.support.frameworks import Reply, Send, call_asgi, call_wsgi, options_of

pytestmark = pytest.mark.behaviour(37)

Rules = dict[str, str]
Visit = Callable[..., Reply]

HTTPS = Send(path="/page")
ORIGIN = "https://www.example.org"


def page(head: str) -> str:
    return f"<!doctype html><html><head>{head}<title>T</title></head><body>hello</body></html>"


def under_wsgi(head: str, rules: Rules, send: Send = HTTPS, **options: Any) -> Reply:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/html"), *rules.items()])
        return [page(head).encode()]

    return call_wsgi(WsgiMiddleware(app, **options_of(options)), send)


def under_asgi(head: str, rules: Rules, send: Send = HTTPS, **options: Any) -> Reply:
    app = HTMLResponse(page(head), headers=rules)
    return call_asgi(AsgiMiddleware(app, **options_of(options)), send)


def django_project(head: str, rules: Rules, options: dict[str, Any]) -> Any:
    given = {name.upper(): value for name, value in options_of(options).items()}
    urls = Urls(lambda _: HttpResponse(page(head), headers=rules))
    return override_settings(CONSENTGATE=given, MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=urls)


def in_django(head: str, rules: Rules, send: Send = HTTPS, **options: Any) -> Reply:
    with django_project(head, rules, options):
        return call_wsgi(WSGIHandler(), send)


def in_django_under_asgi(head: str, rules: Rules, send: Send = HTTPS, **options: Any) -> Reply:
    with django_project(head, rules, options):
        return call_asgi(ASGIHandler(), send)


every = pytest.mark.parametrize(
    "visit",
    [under_wsgi, under_asgi, in_django, in_django_under_asgi],
    ids=["wsgi", "asgi", "django", "django under asgi"],
)
banners = pytest.mark.parametrize("banner", ["auto", "static"])


def addresses(reply: Reply) -> list[str]:
    text = reply.text.partition('<div id="consentgate"')[2]
    return re.findall('(?:href|src|action|data-state)="([^"]*)"', text)


@every
@banners
@pytest.mark.parametrize(
    "head", ['<base href="https://cdn.example/site/">', "<BASE href='/other/'>", '<base href="x">']
)
def test_a_base_moves_no_address(visit: Visit, banner: str, head: str) -> None:
    found = addresses(visit(head, {}, banner=banner))

    assert len(found) > 3
    assert all(address.startswith(f"{ORIGIN}/consent/") for address in found)


@every
def test_the_mount_and_the_port_are_in_them(visit: Visit) -> None:
    send = Send(path="/page", mount="/shop", headers=(("X-Own", "1"),))

    found = addresses(visit('<base href="//cdn.example">', {}, send))

    assert all(address.startswith(f"{ORIGIN}/shop/consent/") for address in found)


@every
def test_after_a_choice_too(visit: Visit) -> None:
    send = Send(path="/page", cookie=preferences_for())

    assert f"{ORIGIN}/consent/?next=/page" in addresses(visit("<base href=/a/>", {}, send))[-1]


@every
@banners
def test_without_a_base_the_addresses_name_no_host(visit: Visit, banner: str) -> None:
    found = addresses(visit("", {}, banner=banner))

    assert all(address.startswith("/consent/") for address in found)


@pytest.mark.parametrize("visit", [under_wsgi, under_asgi, in_django])
@pytest.mark.parametrize("host", ['evil"onclick=', "a b", "evil.example/path", "user@evil.example"])
def test_a_host_that_no_browser_sends_is_in_no_page(visit: Visit, host: str) -> None:
    def with_host(send: Send) -> Send:
        class Odd(Send):
            all_headers = [("Host", host)]  # noqa: RUF012

        return Odd(path=send.path)

    reply = visit("<base href=/a/>", {}, with_host(HTTPS))

    assert host not in reply.text
    assert all(address.startswith("/consent/") for address in addresses(reply))


@every
@banners
def test_a_base_names_no_target_for_links_and_forms(visit: Visit, banner: str) -> None:
    chosen = Send(path="/page", cookie=preferences_for())

    for send in (HTTPS, chosen):
        text = visit('<base target="_blank">', {}, send, banner=banner).text
        tags = re.findall("<(?:a|form) [^>]*>", text)
        assert tags
        assert all('target="_self"' in tag for tag in tags)


DEAD = [
    ({"Content-Security-Policy": "default-src 'self'; form-action 'none'"}, ""),
    ({"Content-Security-Policy": "form-action https://pay.example"}, ""),
    ({"Content-Security-Policy": "sandbox allow-scripts"}, ""),
    ({}, "<meta http-equiv=Content-Security-Policy content=\"form-action 'none'\">"),
]
ALIVE = [
    ({"Content-Security-Policy": "form-action 'self'"}, ""),
    ({"Content-Security-Policy": "form-action https://www.example.org"}, ""),
    ({"Content-Security-Policy-Report-Only": "form-action 'none'"}, ""),
    ({}, '<meta name="description" content="form-action">'),
]


@every
@banners
@pytest.mark.parametrize(("rules", "head"), DEAD)
def test_where_no_form_can_be_sent_a_link_leads_to_the_choice_and_an_event_says_so(
    visit: Visit, banner: str, rules: Rules, head: str
) -> None:
    events: list[Event] = []

    reply = visit(head, rules, banner=banner, on_event=events.append)

    assert "<button" not in reply.text
    link = re.search('<a class="consentgate-button" href="([^"]*)"', reply.text)
    assert link is not None
    assert link[1].startswith("/consent/?")
    assert [(event.reason, event.path) for event in events] == [
        (Reason.BANNER_FORM_BLOCKED, "/page")
    ]
    assert all(reply[name.lower()] == value for name, value in rules.items())


@every
@banners
@pytest.mark.parametrize(("rules", "head"), ALIVE)
def test_where_the_form_can_be_sent_it_has_its_buttons(
    visit: Visit, banner: str, rules: Rules, head: str
) -> None:
    events: list[Event] = []

    reply = visit(head, rules, banner=banner, on_event=events.append)

    assert reply.text.count("<button") == 2
    assert events == []


def test_django_names_no_host_that_it_does_not_allow() -> None:
    with override_settings(ALLOWED_HOSTS=["other.example"]):
        found = addresses(in_django("<base href=/a/>", {}))

    assert all(address.startswith("/consent/") for address in found)
