"""Each response has one more policy, which limits hosts and nothing else."""

from __future__ import annotations

import re

import pytest

from consentgate import Category, ConfigurationError, Cookie, Enforcement, Policy
from consentgate.browser.csp import policy_text, report_address
from tests.csp.responses import (
    ENFORCED,
    PLAYS,
    POLICY,
    REPORTED,
    TOLD,
    choice,
    directives,
    own_policy,
)
from tests.support.exchange import HTML, Ask, Play, Say
from tests.support.minimal_servers import (
    BODY,
    asgi_gate,
    http_scope,
    sender,
    start,
    talk,
    websocket_scope,
)

START = start((b"content-type", b"text/html"))
LOCAL = ["data:", "blob:"]
EVERY_WAY = pytest.mark.parametrize("play", PLAYS.values(), ids=PLAYS)


@EVERY_WAY
class TestEachMiddleware:
    def test_before_a_choice_only_necessary_hosts_are_allowed(self, play: Play) -> None:
        policy = own_policy(play(Ask(), Say(), policy=POLICY, csp="enforce"))

        scripts = ["'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", *LOCAL]
        sockets = ["ws://www.example.org", "wss://www.example.org"]
        assert policy == {
            "default-src": ["'self'", *LOCAL],
            "script-src": ["'self'", "cdn.example.net", *scripts],
            "style-src": ["'self'", "'unsafe-inline'", *LOCAL],
            "img-src": ["'self'", *LOCAL],
            "font-src": ["'self'", "fonts.example.net", *LOCAL],
            "media-src": ["'self'", *LOCAL],
            "worker-src": ["'self'", "cdn.example.net", *LOCAL],
            "frame-src": ["'self'", *LOCAL],
            "connect-src": ["'self'", *sockets, *LOCAL],
            "report-uri": ["/consent/report"],
            "report-to": ["consentgate"],
        }

    def test_after_a_choice_the_allowed_hosts_are_added(self, play: Play) -> None:
        ask = Ask(cookie=choice("statistics"))

        policy = own_policy(play(ask, Say(), policy=POLICY, csp="enforce"))

        assert policy["script-src"][1:3] == ["cdn.example.net", "stats.example.net"]
        assert "wss://stats.example.net" in policy["connect-src"]
        assert "stats.example.net" not in policy["img-src"]
        assert "*.ads.example" not in str(policy)

    @pytest.mark.parametrize(
        "header",
        [
            "script-src 'nonce-abc' 'strict-dynamic'",
            "default-src 'self'; form-action 'none'",
            "script-src 'sha256-abc'",
        ],
    )
    def test_the_applications_own_policy_leaves_as_it_is(self, play: Play, header: str) -> None:
        say = Say(headers=(HTML, ("Content-Security-Policy", header)))

        answer = play(Ask(), say, policy=POLICY, csp="enforce")

        values = ", ".join(answer.all(ENFORCED)).split(", ")
        assert values[0] == header
        assert [directives(value).get("default-src") for value in values[1:]] == [
            ["'self'", *LOCAL]
        ]

    def test_report_only_has_a_header_of_its_own(self, play: Play) -> None:
        say = Say(headers=(HTML, ("Content-Security-Policy", "img-src *")))

        answer = play(Ask(), say, policy=POLICY, csp="report-only")

        assert answer.all(ENFORCED) == ["img-src *"]
        assert own_policy(answer, REPORTED)["img-src"] == ["'self'", *LOCAL]
        assert answer.all("vary") + answer.all("cache-control") == []

    @pytest.mark.parametrize("status", [200, 404, 500, 302])
    def test_every_answer_has_it(self, play: Play, status: int) -> None:
        answer = play(Ask(), Say(status=status, body=b""), policy=POLICY, csp="enforce")

        assert "script-src" in own_policy(answer)

    def test_off_changes_nothing(self, play: Play) -> None:
        say = Say(headers=(HTML, ("Link", "<https://x.example/>; rel=preconnect")))

        off, default = (play(Ask(), say, policy=POLICY, **given) for given in ({"csp": "off"}, {}))

        assert off.headers == default.headers
        assert off.all(ENFORCED) + off.all(REPORTED) == []
        assert off.all("link") == ["<https://x.example/>; rel=preconnect"]

    def test_the_report_mode_of_the_gate_enforces_nothing(self, play: Play) -> None:
        say = Say(headers=(HTML, ("Link", "<https://x.example/>; rel=preconnect")))

        answer = play(Ask(), say, policy=POLICY, csp="enforce", mode="report")

        assert answer.all(ENFORCED) == []
        assert "script-src" in own_policy(answer, REPORTED)
        assert answer.all("link") == ["<https://x.example/>; rel=preconnect"]

    def test_a_change_of_the_choice_counts_for_the_same_response(self, play: Play) -> None:
        say = Say(act=lambda consent: consent.grant("statistics"))

        answer = play(Ask(method="POST"), say, policy=POLICY, csp="enforce")

        assert "stats.example.net" in own_policy(answer)["script-src"]

    def test_on_http_browsers_report_without_the_reporting_api(self, play: Play) -> None:
        answer = play(Ask(https=False), Say(), policy=POLICY, csp="enforce")

        assert own_policy(answer)["report-uri"] == ["/consent/report"]
        assert "report-to" not in own_policy(answer)
        assert answer.all("reporting-endpoints") == []

    def test_on_https_they_report_by_it(self, play: Play) -> None:
        answer = play(Ask(), Say(), policy=POLICY, csp="enforce")

        assert answer.all("reporting-endpoints") == ['consentgate="/consent/report"']


ASGI = PLAYS["asgi"]


def test_a_304_has_it_as_the_page_would() -> None:
    say = Say(status=304, headers=(("ETag", '"1"'),), body=b"")

    answer = ASGI(Ask(cookie=choice("statistics")), say, policy=POLICY, csp="enforce")

    assert "stats.example.net" in own_policy(answer)["script-src"]


def test_without_pages_of_the_library_nothing_is_reported() -> None:
    policy = own_policy(ASGI(Ask(), Say(), policy=POLICY, csp="enforce", prefix=None))

    assert "report-uri" not in policy
    assert "report-to" not in policy


def test_where_no_choice_is_required_all_declared_hosts_are_allowed() -> None:
    answer = ASGI(
        Ask(),
        Say(),
        policy=POLICY,
        csp="enforce",
        required=lambda request: Enforcement.NOT_REQUIRED,
    )

    assert "*.ads.example" in own_policy(answer)["img-src"]
    assert answer.all("cache-control") == ["private, no-cache"]


def test_a_stale_or_refused_choice_allows_nothing_more() -> None:
    stale = choice("statistics", policy=Policy(cookies=[Cookie("x", category="statistics")]))

    for cookie in (stale, choice()):
        policy = own_policy(ASGI(Ask(cookie=cookie), Say(), policy=POLICY, csp="enforce"))
        assert policy["script-src"][1:3] == ["cdn.example.net", "'unsafe-inline'"]


ANONYMOUS = Policy(
    cookies=[
        Cookie(
            "count",
            category="audience",
            anonymous=True,
            kind="pixel",
            hosts={"image": "count.example.net"},
            retention="1 month",
            **TOLD,
        ),
    ],
    categories=[Category("audience", gpc=True)],
)


def test_anonymous_measurement_needs_no_consent_and_can_be_refused() -> None:
    refusal = choice(policy=ANONYMOUS)

    before = own_policy(ASGI(Ask(), Say(), policy=ANONYMOUS, csp="enforce"))
    after = own_policy(ASGI(Ask(cookie=refusal), Say(), policy=ANONYMOUS, csp="enforce"))

    assert "count.example.net" in before["img-src"]
    assert "count.example.net" not in after["img-src"]


@pytest.mark.law(20)
@pytest.mark.law(22)
def test_the_browsers_signal_refuses_it_for_this_request() -> None:
    signal = Ask(headers=(("Sec-GPC", "1"),))

    answer = ASGI(signal, Say(), policy=ANONYMOUS, csp="enforce")

    assert "count.example.net" not in own_policy(answer)["img-src"]
    assert answer.all("vary") == ["Cookie, Sec-GPC"]


@pytest.mark.parametrize("host", ["www.example.org:8443", "a", "[::1]:80", "a;b", "a b,c", "é"])
def test_only_a_host_that_can_be_written_is_in_the_policy(host: str) -> None:
    # The tests' server has a Host header already, and joins the two.
    text = policy_text([], host=host, report_path="")

    own = re.findall(r"wss://([^ ]+)", text)
    assert own == ([host] if re.fullmatch(r"[a-z.:0-9]+", host) else [])
    assert text.count(";") == len(directives(text)) - 1


def test_a_mount_cannot_end_the_policy() -> None:
    assert report_address("/a;b,c", "/consent") == "/a%3Bb%2Cc/consent/report"


def test_browsers_report_below_the_mount() -> None:
    scope = http_scope(root_path="/shop", path="/shop/page")

    (start, _) = talk(asgi_gate(sender(START, BODY), policy=POLICY, csp="enforce"), scope)

    (value,) = [value for name, value in start["headers"] if name == ENFORCED.encode()]
    assert b"report-uri /shop/consent/report;" in value


def test_a_websocket_has_no_policy() -> None:
    app = sender({"type": "websocket.accept", "headers": []})

    (accepted,) = talk(asgi_gate(app, policy=POLICY, csp="enforce"), websocket_scope())

    assert accepted["headers"] == []


def test_the_library_answers_for_its_own_pages_too() -> None:
    answer = ASGI(Ask(path="/consent/"), Say(), policy=POLICY, csp="enforce")

    assert answer.status == 200
    assert own_policy(answer)["style-src"] == ["'self'", "'unsafe-inline'", *LOCAL]
    assert len(answer.all(ENFORCED)) == 2


def test_pages_for_everybody_and_limits_for_each_visitor_exclude_each_other() -> None:
    with pytest.raises(ConfigurationError, match='csp="enforce" and banner="static"'):
        asgi_gate(sender(), policy=POLICY, csp="enforce", banner="static")


def test_an_unknown_word_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="csp='on' is not known"):
        asgi_gate(sender(), policy=POLICY, csp="on")


def test_a_gate_inside_of_another_adds_its_policy_unless_they_are_equal() -> None:
    once = asgi_gate(asgi_gate(sender(START, BODY), policy=POLICY, csp="enforce"), policy=POLICY)
    equal = asgi_gate(
        asgi_gate(sender(START, BODY), policy=POLICY, csp="enforce"), policy=POLICY, csp="enforce"
    )

    for app in (once, equal):
        (start, _) = talk(app)
        assert [name for name, _ in start["headers"]].count(ENFORCED.encode()) == 1


def test_the_same_bytes_serve_all_visitors_of_a_state() -> None:
    app = asgi_gate(sender(START, BODY), policy=POLICY, csp="enforce")

    values = [
        value
        for _ in range(2)
        for name, value in talk(app)[0]["headers"]
        if name == ENFORCED.encode()
    ]

    assert values[0] is values[1]
