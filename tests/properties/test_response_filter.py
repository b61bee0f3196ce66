"""What the sieve decides by names is what the gate would decide, and no more is decided so."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from consentgate import Category, Cookie, Event, Gate, Policy
from consentgate.asgi import AsgiExchange
from consentgate.gate.response_filter import Alphabet, ResponseFilter
from consentgate.http.header_names import Remembered, header_kind

SECRET = "a secret of tests, 32 characters"
POLICY = Policy(
    necessary=["session", "app_*"],
    cookies=[
        Cookie("_pk_id.*", category="statistics"),
        Cookie("_fbp", category="marketing"),
        Cookie("chat", category="support", http_only=True),
        Cookie("both", category="support"),
    ],
    categories=[Category("support")],
)
KINDS = Remembered[str, str](header_kind, wanted=lambda kind: kind == "")
TEXT = Alphabet(
    equals="=",
    semicolon=";",
    breaks=("\n", "\r", "\0"),
    private=("cache-control", "private"),
    vary=("vary", "Cookie"),
)

names = st.sampled_from(
    ["session", "app_1", "_pk_id.1", "_fbp", "chat", "both", "plugin", "", " session", "a;b"]
)
ends = st.sampled_from(
    [
        "",
        "=",
        "=1",
        "=1; Path=/",
        "=; Max-Age=0",
        "=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT",
        "=1; Path=/\r\nSet-Cookie: x=1",
        "=1\0",
    ]
)
set_cookies = st.tuples(
    st.sampled_from(["set-cookie", "Set-Cookie", "set-cookie2"]),
    st.builds(lambda name, end: name + end, names, ends),
)
others = st.sampled_from(
    [
        ("content-type", "text/html"),
        ("cache-control", "max-age=60"),
        ("vary", "accept"),
        ("x\r\nset-cookie", "_fbp=1"),
    ]
)
headers = st.lists(set_cookies | others, max_size=8)
choices = st.lists(st.sampled_from(["statistics", "marketing", "support"]), unique=True)
options = st.fixed_dictionaries(
    {}, optional={"mode": st.sampled_from(["enforce", "report", "block"])}
) | st.just({"unknown": "report"})


def visit_of(gate: Gate, cookie: str) -> AsgiExchange:
    visit = AsgiExchange.of(gate.context)()
    visit.request = {"type": "http"}
    visit.headers = [(b"cookie", cookie.encode())] if cookie else []
    visit.needs_review = visit.started = False
    return visit


def judged(gate: Gate, given: list[tuple[str, str]], cookie: str) -> list[tuple[str, str]]:
    """What the gate makes of the headers, all of them noted that are its business."""
    noted = [(KINDS[name], value) for name, value in given if KINDS[name]]
    outcome = gate.respond(visit_of(gate, cookie), noted)
    values = iter(outcome.values)
    left = [(name, next(values) if KINDS[name] else value) for name, value in given]
    kept = [(name, value) for name, value in left if value is not None]
    return [*kept, *((name, value) for name, value in outcome.caching)]


@given(given_headers=headers, chosen=st.none() | choices, said=options)
def test_the_sieve_does_what_the_gate_would(
    given_headers: list[tuple[str, str]], chosen: list[str] | None, said: dict[str, Any]
) -> None:
    told: list[list[Event]] = [[], []]
    gates = [Gate(POLICY, secret_key=SECRET, on_event=one.append, **said) for one in told]
    cookie = "" if chosen is None else gates[0].preferences_for(*chosen)
    response_filter = ResponseFilter[str](gates[0], kinds=KINDS, alphabet=TEXT)
    before = list(given_headers)

    left = response_filter.sift(visit_of(gates[0], cookie), given_headers)

    asked = judged(gates[1], before, cookie)
    assert left is None or (left, told[0]) == (asked, told[1])


@given(chosen=choices)
def test_the_sieve_decides_alone_where_only_categories_matter(chosen: list[str]) -> None:
    gate = Gate(POLICY, secret_key=SECRET)
    simple = [("set-cookie", "session=1"), ("set-cookie", "_fbp=1; Path=/"), ("x", "1")]

    left = ResponseFilter[str](gate, kinds=KINDS, alphabet=TEXT).sift(
        visit_of(gate, gate.preferences_for(*chosen)), simple
    )

    assert left is not None
