"""A choice turned away by the origin rule is logged once, with both origins and what to set."""

from __future__ import annotations

import logging

import pytest

from consentgate import Event, Reason
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.gate.events import MOST_LOGGED
from tests.support.frameworks import (
    ORIGIN,
    SAME_ORIGIN,
    Exchange,
    asgi_app,
    call_asgi,
    choose,
    options_of,
)

pytestmark = pytest.mark.behaviour(13)

Headers = tuple[tuple[str, str], ...]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING, logger="consentgate")
    return caplog


def turned_away(log: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of choices that were turned away."""
    texts = [record.getMessage() for record in log.records]
    return [text for text in texts if text.startswith("CG146 ")]


@pytest.mark.parametrize(
    ("headers", "https", "expected"),
    [
        pytest.param(
            (("Origin", ORIGIN),),
            False,
            "names https://www.example.org, the server sees http://www.example.org; "
            "have the server trust its proxy's scheme; or "
            "trusted_origins=['https://www.example.org'] accepts it",
            id="a proxy that ends https",
        ),
        pytest.param(
            (("Origin", "https://shop.example:8443"),),
            True,
            "names https://shop.example:8443, the server sees https://www.example.org; "
            "have the proxy pass the Host on, if that is it; or "
            "trusted_origins=['https://shop.example:8443'] accepts it",
            id="a proxy that changes the host",
        ),
        pytest.param(
            (("Origin", "https://a.example.org"), ("Sec-Fetch-Site", "same-site")),
            True,
            "names https://a.example.org, the server sees https://www.example.org; "
            "if it is a page of this site, trusted_origins=['https://a.example.org'] accepts it",
            id="a sibling",
        ),
        pytest.param(
            (("Origin", "null"),),
            True,
            "named no origin, the server sees https://www.example.org; a page with "
            "Referrer-Policy: no-referrer hides it: use same-origin",
            id="an origin that the browser hides",
        ),
        pytest.param(
            (("Origin", "https://evil\x1b[31m.example?id=7"),),
            True,
            "named no origin, the server sees https://www.example.org; a page with "
            "Referrer-Policy: no-referrer hides it: use same-origin",
            id="what is no origin",
        ),
    ],
)
def test_the_log_compares_the_origins_and_says_what_to_set(
    visit: Exchange, log: pytest.LogCaptureFixture, headers: Headers, https: bool, expected: str
) -> None:
    reply = visit(choose("accept", headers=headers, https=https))

    (text,) = turned_away(log)
    assert reply.status == 403
    assert f"(the browser {expected}) (path /consent/)" in text


def test_each_pair_of_origins_is_logged_once_and_reported_each_time(
    log: pytest.LogCaptureFixture,
) -> None:
    events: list[Event] = []
    app = AsgiMiddleware(asgi_app, **options_of({"on_event": events.append}))

    for host in ("a.example", "a.example", "b.example", "a.example"):
        call_asgi(app, choose("accept", headers=(("Origin", f"https://{host}"),)))

    assert [text.partition("names ")[2].partition(",")[0] for text in turned_away(log)] == [
        "https://a.example",
        "https://b.example",
    ]
    assert [event.reason for event in events] == [Reason.OTHER_ORIGIN] * 4


def test_what_other_sites_send_fills_no_more_than_its_own_part_of_the_log(
    log: pytest.LogCaptureFixture,
) -> None:
    app = AsgiMiddleware(asgi_app, **options_of({}))

    for number in range(MOST_LOGGED + 5):
        host = f"{number}.{'x' * 300}.example"
        call_asgi(app, choose("accept", headers=(("Origin", f"https://{host}"),)))

    texts = turned_away(log)
    assert len(texts) == MOST_LOGGED
    assert max(map(len, texts)) < 500


def test_a_choice_of_the_site_itself_is_not_in_the_log(
    visit: Exchange, log: pytest.LogCaptureFixture
) -> None:
    visit(choose("accept", headers=SAME_ORIGIN))

    assert turned_away(log) == []
