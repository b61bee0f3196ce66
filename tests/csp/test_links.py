"""Headers that have a browser connect ahead lose the hosts that are not allowed."""

from __future__ import annotations

import pytest

from consentgate import Action, Event, Policy, Reason
from consentgate.browser.links import allowed_links, allowed_rules
from tests.csp.responses import PLAYS, POLICY, choice
from tests.support.app_calls import environ_of
from tests.support.exchange import HTML, Answer, Ask, Play, Say
from tests.support.minimal_servers import (
    BODY,
    asgi_gate,
    http_scope,
    sender,
    start,
    talk,
    wsgi_gate,
)

AHEAD = "<https://stats.example.net/a.js>; rel=preload; as=script"


def never(text: str) -> bool:
    """May contact nothing but the page's own host."""
    return "//" not in text


def sent(value: str, *, cookie: str = "", play: Play = PLAYS["asgi"], **options: object) -> Answer:
    """The answer of a page with this Link."""
    say = Say(headers=(HTML, ("Link", value)))
    return play(Ask(cookie=cookie), say, **{"policy": POLICY, "csp": "enforce", **options})


@pytest.mark.parametrize("play", PLAYS.values(), ids=PLAYS)
def test_a_link_to_a_host_that_is_not_allowed_is_taken_out(play: Play) -> None:
    before, after = (sent(AHEAD, cookie=one, play=play) for one in ("", choice("statistics")))

    assert before.all("link") == []
    assert after.all("link") == [AHEAD]


def test_it_is_reported_with_its_declaration() -> None:
    (event,) = [one for one in sent(AHEAD).events if one.reason is Reason.HINT_REMOVED]

    assert event == Event(
        Reason.HINT_REMOVED,
        Action.STRIP,
        name="stats.example.net",
        pattern="matomo",
        category="statistics",
        path="/page",
    )


def test_only_reported_it_stays() -> None:
    answer = sent(AHEAD, csp="report-only")

    assert answer.all("link") == [AHEAD]
    assert Reason.HINT_REMOVED in [event.reason for event in answer.events]


@pytest.mark.parametrize(
    "value",
    [
        "<https://cdn.example.net/a.js>; rel=preload",
        "<https://www.example.org/a.js>; rel=preload",
        "<http://www.example.org/a.js>; rel=preload",
        "<https://town.example.org/a.js>; rel=preload",
        "</a.js>; rel=preload",
        "<https://other.example/>; rel=canonical",
        "nonsense; rel=preload",
    ],
)
def test_links_to_the_site_and_to_allowed_hosts_stay(value: str) -> None:
    assert sent(value).all("link") == [value]


@pytest.mark.parametrize(
    "link",
    [
        "<https://x.example/>; rel=preconnect",
        "<https://x.example/>;rel=dns-prefetch",
        '<https://x.example/>; REL="Next PreConnect"',
        "<//x.example/a.css>; rel=stylesheet",
        "<https://x.example/>; rel='prefetch'",
        '<https://x.example/a,b>; title="a,b>"; rel=prerender',
        "< \\\\x.example//>; rel=modulepreload",
    ],
)
def test_of_several_links_the_others_stay(link: str) -> None:
    value = f'</a.js>; rel=preload, {link}, </b>; rel=next; title="a, b"'

    left = allowed_links(value, lambda text: "x.example" not in text)

    assert left == '</a.js>; rel=preload, </b>; rel=next; title="a, b"'


@pytest.mark.parametrize("value", ["", ",", "<", '"', "<https://x.example/", '<a>; title="b'])
def test_what_is_no_link_stays_as_it_is(value: str) -> None:
    assert allowed_links(value, never) == value


def test_speculation_rules_of_other_hosts_are_taken_out() -> None:
    say = Say(headers=(HTML, ("Speculation-Rules", '"/own.json", "https://x.example/r.json"')))

    answer = PLAYS["asgi"](Ask(), say, policy=POLICY, csp="enforce")

    assert answer.all("speculation-rules") == ['"/own.json"']


def test_rules_of_the_site_itself_stay() -> None:
    assert allowed_rules('"/a.json"', never) == '"/a.json"'
    assert allowed_rules('"https://x.example/"', never) == ""


def test_in_early_hints_as_well() -> None:
    hint = {"type": "http.response.early_hint", "links": [AHEAD.encode(), b"</a>; rel=preload"]}
    app = sender(hint, start(), BODY)

    undecided, willing, off = (
        talk(asgi_gate(app, policy=POLICY, csp=csp), http_scope(cookie=cookie))[0]["links"]
        for csp, cookie in (("enforce", ""), ("enforce", choice("statistics")), ("off", ""))
    )

    assert undecided == [b"</a>; rel=preload"]
    assert willing == off == [AHEAD.encode(), b"</a>; rel=preload"]


def test_only_reported_early_hints_stay() -> None:
    hint = {"type": "http.response.early_hint", "links": [AHEAD.encode()]}

    sent_hint = talk(asgi_gate(sender(hint, start(), BODY), policy=POLICY, csp="report-only"))[0]

    assert sent_hint["links"] == [AHEAD.encode()]


def test_early_hints_of_a_site_with_necessary_hosts_alone() -> None:
    links = [AHEAD.encode(), b"<https://cdn.example.net/a.js>; rel=preload"]
    hint = {"type": "http.response.early_hint", "links": links}
    policy = Policy(cookies=[one for one in POLICY.rules if one.name == "cdn"])

    sent_hint = talk(asgi_gate(sender(hint, start(), BODY), policy=policy, csp="enforce"))[0]

    assert sent_hint["links"] == links[1:]


def test_in_early_hints_under_wsgi_as_well() -> None:
    sent_hints: list[list[tuple[str, str]]] = []

    def app(environ: dict[str, object], start_response: object) -> list[bytes]:
        environ["wsgi.early_hints"]([("Link", AHEAD), ("Link", "</a>; rel=preload")])  # type: ignore[operator]
        start_response("200 OK", [])  # type: ignore[operator]
        return [b""]

    environ = environ_of(Ask()) | {"wsgi.early_hints": sent_hints.append}
    wsgi_gate(app, policy=POLICY, csp="enforce")(environ, lambda *_: None)

    assert sent_hints == [[("Link", "</a>; rel=preload")]]
