"""What is for everybody stays for everybody; what a choice widened is for its visitor alone."""

from __future__ import annotations

import pytest

from consentgate import VisitorConsent
from tests.csp.responses import PLAYS, POLICY, choice, own_policy
from tests.support.exchange import Answer, Ask, Say

WILLING = choice("statistics")
HOST = "stats.example.net"


def answer_of(*headers: tuple[str, str], cookie: str = WILLING, way: str = "asgi") -> Answer:
    """The answer to a visitor who allowed statistics, unless it is another."""
    return PLAYS[way](Ask(cookie=cookie), Say(headers=headers), policy=POLICY, csp="enforce")


@pytest.mark.parametrize("way", PLAYS)
@pytest.mark.parametrize("caching", ["public, max-age=60", "s-maxage=60", "max-age=9, immutable"])
def test_what_shared_caches_may_keep_has_the_policy_of_everybody(way: str, caching: str) -> None:
    answer = answer_of(("Content-Type", "text/html"), ("Cache-Control", caching), way=way)

    assert HOST not in str(own_policy(answer))
    assert answer.all("cache-control") == [caching]
    assert answer.all("vary") == []


@pytest.mark.parametrize(
    "media_type", ["image/png", "font/woff2", "text/css", "video/mp4", "audio/ogg"]
)
def test_what_loads_nothing_has_it_as_well(media_type: str) -> None:
    answer = answer_of(("Content-Type", media_type), ("Cache-Control", "max-age=60"))

    assert HOST not in str(own_policy(answer))
    assert answer.all("cache-control") == ["max-age=60"]
    assert answer.all("vary") == []


@pytest.mark.parametrize(
    "headers",
    [
        (("Content-Type", "text/html; charset=utf-8"),),
        (("Content-Type", "image/svg+xml"),),
        (("Content-Type", "text/javascript"),),
        (("Content-Type", "application/xhtml+xml"),),
        (),
    ],
)
def test_documents_and_workers_of_a_visitor_are_for_that_visitor(
    headers: tuple[tuple[str, str], ...],
) -> None:
    caching = ("Cache-Control", "max-age=60")
    answer = answer_of(*headers, caching)

    assert HOST in own_policy(answer)["script-src"]
    # What the browser keeps must not outlive a withdrawal.
    assert answer.all("cache-control") == ["private, no-cache"]
    assert answer.all("vary") == ["Cookie"]


@pytest.mark.parametrize("cookie", ["", choice()], ids=["undecided", "refused"])
def test_what_widens_nothing_is_not_private(cookie: str) -> None:
    answer = answer_of(
        ("Content-Type", "text/html"), ("Cache-Control", "max-age=60"), cookie=cookie
    )

    assert answer.all("cache-control") == ["max-age=60"]
    assert answer.all("vary") == ["Cookie"]


def test_a_page_with_the_banner_follows_its_visitor_and_keeps_its_headers() -> None:
    page = Say(headers=(("Content-Type", "text/html"), ("ETag", '"1"')), body=b"<body>hello")
    ask = Ask(cookie=WILLING)

    both, alone = (
        PLAYS["asgi"](ask, page, policy=POLICY, banner="auto", **given)
        for given in ({"csp": "enforce"}, {})
    )

    assert HOST in own_policy(both)["script-src"]
    assert both.body == alone.body
    assert both.all("etag") == alone.all("etag") != ['"1"']
    assert both.all("cache-control") == alone.all("cache-control") == ["private, no-cache"]


def test_a_fragment_that_is_nobodys_page_keeps_its_vary() -> None:
    ask = Ask(cookie=WILLING, headers=(("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")))

    limited, alone = (
        PLAYS["asgi"](ask, Say(), policy=POLICY, banner="auto", **given)
        for given in ({"csp": "enforce"}, {})
    )

    assert limited.all("cache-control") == ["private, no-cache"]
    assert limited.all("vary") == [f"{alone.all('vary')[0]}, Cookie"]


def test_with_necessary_hosts_alone_nothing_depends_on_the_visitor() -> None:
    policy = type(POLICY)(cookies=[one for one in POLICY.rules if one.name == "cdn"])

    answer = PLAYS["asgi"](Ask(), Say(), policy=policy, csp="enforce")

    assert own_policy(answer)["script-src"][1] == "cdn.example.net"
    assert answer.all("vary") == []


@pytest.mark.law(5)
@pytest.mark.parametrize("cookie", ["", choice()], ids=["undecided", "refused"])
def test_a_page_that_shows_an_embed_once_may_contact_its_hosts_and_is_for_its_visitor(
    cookie: str,
) -> None:
    caching = (("Content-Type", "text/html"), ("Cache-Control", "public, max-age=60"))

    def show(consent: VisitorConsent) -> None:
        consent._exchange.show_once("statistics")

    answer = PLAYS["asgi"](
        Ask(cookie=cookie), Say(headers=caching, act=show), policy=POLICY, csp="enforce"
    )

    assert HOST in own_policy(answer)["script-src"]
    assert "*.ads.example" not in str(own_policy(answer))
    assert answer.all("cache-control") == ["private, no-cache"]
