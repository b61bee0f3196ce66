"""The filter of responses, for headers of bytes and of text: what leaves, what it keeps in memory,
and that nothing an application holds can change what leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from consentgate import Cookie, Event, Gate, Policy, Reason, VisitorConsent
from consentgate._cache import BoundedCache
from consentgate.gate.exchange import Exchange
from consentgate.gate.judge import Blocked
from consentgate.gate.response_filter import ResponseFilter
from consentgate.http.wire import BYTES, TEXT, WireFormat
from tests.support.exchange import gate_of, preferences_for
from tests.support.gate_exchange import visit_of

# Any: the same tests hold for bytes and for text, and much of what is given is of a wrong type.
Headers = list[tuple[str, str]]

both_wires = pytest.mark.parametrize("wire", [BYTES, TEXT], ids=["bytes", "text"])

GA = ("set-cookie", "_ga=1")
SESSION = ("set-cookie", "session=1; Path=/")
PLAIN = ("x-a", "1")
PRIVATE = ("cache-control", "private")
VARY = ("vary", "Cookie")
BREAKS = ["\r", "\n", "\0"]


def encoded(wire: WireFormat[Any], headers: Iterable[tuple[str, str]]) -> list[tuple[Any, Any]]:
    return [(wire.encode(name), wire.encode(value)) for name, value in headers]


def decoded(wire: WireFormat[Any], headers: Iterable[tuple[Any, Any]]) -> Headers:
    """The same headers as text; each interface writes the names that the gate adds in its way."""
    return [(wire.decode(name).lower(), wire.decode(value)) for name, value in headers]


def left_of(
    wire: WireFormat[Any],
    *headers: tuple[str, str],
    gate: Gate | None = None,
    exchange: Exchange | None = None,
    scans: bool = False,
    **options: Any,
) -> Headers:
    """What leaves of these headers."""
    gate = gate or gate_of()
    exchange = exchange or visit_of(gate)
    response_filter = gate.response_filter(wire, scans=scans)
    return decoded(wire, response_filter.filter(exchange, encoded(wire, headers), **options))


# What leaves is nobody else's


class LyingText(str):  # noqa: SLOT000 (as applications write them)
    """A header's text that says of itself, by each method that a gate may ask, to be another."""

    __hash__ = None  # type: ignore[assignment]

    def lie(self, *_: object) -> Any:
        return "x-harmless"

    lower = strip = partition = split = encode = casefold = __str__ = lie  # type: ignore[assignment]

    def __eq__(self, _: object) -> bool:
        return False

    def __contains__(self, _: object) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[str]:
        return iter("x-harmless")


class LyingBytes(bytes):
    """The same of bytes."""

    __hash__ = None  # type: ignore[assignment]

    def lie(self, *_: object) -> Any:
        return b"x-harmless"

    lower = strip = partition = split = decode = __bytes__ = lie  # type: ignore[assignment]

    def __eq__(self, _: object) -> bool:
        return False

    def __contains__(self, _: object) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[int]:
        return iter(b"x-harmless")


class Alternating(tuple[Any, ...]):  # noqa: SLOT001 (it counts its readings)
    """A pair that reads otherwise each time; `others` says how at the second, the fourth ..."""

    others: tuple[Any, ...] = ()
    read = 0

    def __iter__(self) -> Iterator[Any]:
        self.read += 1
        return iter(self.others) if self.read % 2 == 0 else super().__iter__()

    def __len__(self) -> int:
        return 2


class AlternatingList(list[Any]):
    """A list of headers that is empty at each second reading, and whose copies are itself."""

    read = 0

    def __iter__(self) -> Iterator[Any]:
        self.read += 1
        return iter(()) if self.read % 2 == 0 else super().__iter__()

    def __len__(self) -> int:
        return 0

    def copy(self) -> AlternatingList:
        return self


def lying(text: str | bytes) -> str | bytes:
    return LyingText(text) if isinstance(text, str) else LyingBytes(text)


CONTAINERS: dict[str, Callable[[list[Any]], Iterable[Any]]] = {
    "list": list,
    "tuple": tuple,
    "iterator": iter,
    "generator": lambda headers: (header for header in headers),
    "lying list": AlternatingList,
}
PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "tuple": lambda name, value: (name, value),
    "list": lambda name, value: [name, value],
    "tuple subclass": lambda name, value: Alternating((name, value)),
    "iterator": lambda name, value: iter((name, value)),
    "lying name": lambda name, value: (lying(name), value),
    "lying value": lambda name, value: (name, lying(value)),
}
BYTE_PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "bytearray": lambda name, value: (bytearray(name), bytearray(value)),
    "memoryview": lambda name, value: (memoryview(name), memoryview(value)),
    "bytearray behind a view": lambda name, value: (name, memoryview(bytearray(value))),
}
CASES = [
    *(pytest.param(wire, pair, id=f"{wire_id} {name}") for wire_id, wire in
      [("bytes", BYTES), ("text", TEXT)] for name, pair in PAIRS.items()),
    *(pytest.param(BYTES, pair, id=name) for name, pair in BYTE_PAIRS.items()),
]  # fmt: skip


def with_others(header: Any, others: tuple[Any, Any]) -> Any:
    """The header; what reads otherwise at the second time reads as `others` then."""
    if isinstance(header, Alternating):
        header.others = others
    return header


@pytest.mark.behaviour(22)
@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
@pytest.mark.parametrize("changes", [False, True], ids=["untouched", "changed"])
@pytest.mark.parametrize(("wire", "pair"), CASES)
def test_what_leaves_is_of_plain_types_and_was_judged(
    wire: WireFormat[Any],
    pair: Callable[[Any, Any], Any],
    container: Callable[[list[Any]], Iterable[Any]],
    changes: bool,
) -> None:
    plain, cookie = encoded(wire, [PLAIN, GA if changes else SESSION])
    given = [with_others(pair(*plain), plain), with_others(pair(*cookie), cookie)]

    left = gate_of().response_filter(wire).filter(visit_of(gate_of()), container(given))

    assert {type(header) for header in left} == {tuple}
    assert {type(text) for header in left for text in header} == {type(wire.equals)}
    expected = [PLAIN, PRIVATE, VARY] if changes else [PLAIN, SESSION]
    assert (type(left), decoded(wire, left)) == (list, expected)


@pytest.mark.behaviour(22)
@both_wires
@pytest.mark.parametrize("first", [PLAIN, SESSION, GA], ids=lambda header: header[1])
@pytest.mark.parametrize("second", [PLAIN, SESSION, GA], ids=lambda header: header[1])
def test_a_pair_that_reads_otherwise_each_time_leaves_as_it_was_judged(
    wire: WireFormat[Any], first: tuple[str, str], second: tuple[str, str]
) -> None:
    one, other = encoded(wire, [first, second])

    given = [with_others(Alternating(one), other)]
    left = gate_of().response_filter(wire).filter(visit_of(gate_of()), given)

    assert GA not in decoded(wire, [*left, *left])


@pytest.mark.behaviour(22)
@both_wires
@pytest.mark.parametrize("pair", [tuple, list])
@pytest.mark.parametrize("cookie", [SESSION, GA], ids=["untouched", "changed"])
def test_what_the_application_does_to_its_headers_afterwards_changes_nothing(
    wire: WireFormat[Any], pair: Callable[[Any], Any], cookie: tuple[str, str]
) -> None:
    given = [pair(header) for header in encoded(wire, [PLAIN, cookie])]
    left = gate_of().response_filter(wire).filter(visit_of(gate_of()), given)
    before = list(left)

    for header in given:
        if isinstance(header, list):
            header[:] = encoded(wire, [GA])[0]
    given[:] = encoded(wire, [GA, GA])

    assert left == before


@pytest.mark.behaviour(22)
def test_what_the_application_does_to_a_bytearray_afterwards_changes_nothing() -> None:
    name, value = bytearray(b"x-harmless"), bytearray(b"_ga=1; Max-Age=60")

    left = gate_of().response_filter(BYTES).filter(visit_of(gate_of()), [(name, value)])  # type: ignore[list-item]
    name[:] = b"set-cookie"

    assert left == [(b"x-harmless", b"_ga=1; Max-Age=60")]


@pytest.mark.behaviour(12)
@both_wires
def test_with_nothing_to_change_the_texts_themselves_leave_in_another_list(
    wire: WireFormat[Any],
) -> None:
    given = encoded(wire, [PLAIN, SESSION, ("content-type", "text/html"), ("etag", "1")])

    left = gate_of().response_filter(wire).filter(visit_of(gate_of()), given)

    assert left == given
    assert left is not given
    assert all(one is other for one, other in zip(left, given, strict=True))


# What leaves


@both_wires
def test_what_is_stripped_makes_the_response_private(wire: WireFormat[Any]) -> None:
    assert left_of(wire, PLAIN, GA, SESSION) == [PLAIN, SESSION, PRIVATE, VARY]


@both_wires
def test_what_is_granted_leaves_byte_for_byte(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), cookie=preferences_for("statistics"))

    left = left_of(wire, GA, ("set-cookie", "_fbp=1"), exchange=exchange)

    assert left == [GA, PRIVATE, VARY]


@pytest.mark.behaviour(14)
@both_wires
def test_what_leaves_by_consent_makes_the_response_private_too(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), cookie=preferences_for("statistics"))

    assert left_of(wire, GA, exchange=exchange) == [GA, PRIVATE, VARY]


@pytest.mark.behaviour(14)
@both_wires
@pytest.mark.parametrize("order", [1, -1], ids=["shared first", "private first"])
def test_one_response_for_all_and_one_for_its_visitor_are_not_taken_for_each_other(
    wire: WireFormat[Any], order: int
) -> None:
    gate = gate_of()
    response_filter = gate.response_filter(wire)
    public = ("cache-control", "public")
    left: dict[tuple[str, str], Headers] = {}
    for cookie in [SESSION, GA][::order]:
        exchange = visit_of(gate)
        assert not VisitorConsent(exchange).allows("statistics")
        headers = response_filter.filter(exchange, encoded(wire, [public, cookie]))
        left[cookie] = decoded(wire, headers)

    assert left == {SESSION: [public, SESSION, VARY], GA: [PRIVATE, VARY]}


@both_wires
def test_a_choice_goes_first_and_what_it_refuses_is_expired_last(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), cookie=f"_ga=1; {preferences_for('statistics')}")
    VisitorConsent(exchange).refuse("statistics")

    left = left_of(wire, GA, SESSION, exchange=exchange)

    assert [value.partition("=")[0] for _, value in left] == [
        *("cookies_preferences", "session", "_ga"),
        *("private", "Cookie"),
    ]


@both_wires
@pytest.mark.parametrize("act", [lambda _: None, lambda consent: consent.grant("statistics")])
def test_a_response_may_start_anew(
    wire: WireFormat[Any], act: Callable[[VisitorConsent], object]
) -> None:
    exchange = visit_of(gate_of())
    act(VisitorConsent(exchange))
    headers = [GA, SESSION, ("set-cookie", "_fbp=1"), ("cache-control", "public")]

    first = left_of(wire, *headers, exchange=exchange)

    assert left_of(wire, *headers, exchange=exchange) == first


@both_wires
@pytest.mark.parametrize("name", ["Set-Cookie", " set-cookie", "set-cookie\t", "SET-COOKIE2"])
def test_a_set_cookie_is_judged_in_any_spelling_and_kept_as_it_is_written(
    wire: WireFormat[Any], name: str
) -> None:
    response_filter = gate_of().response_filter(wire)
    given = encoded(wire, [(name, "_ga=1"), (name, "session=1")])

    left = response_filter.filter(visit_of(gate_of()), given)

    assert left[0] == given[1]
    assert GA[1] not in [value for _, value in decoded(wire, left)]


@both_wires
def test_a_smuggled_header_goes_and_is_reported(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)

    left = left_of(wire, ("x\r\nset-cookie", "_ga=1"), PLAIN, gate=gate)

    assert left == [PLAIN, PRIVATE]
    assert [event.reason for event in events] == [Reason.HEADER_NAME]


@pytest.mark.behaviour(21)
@both_wires
def test_in_report_mode_all_leaves_and_all_is_reported(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append, mode="report")
    headers = [
        ("x\r\nset-cookie", "_ga=1"),
        GA,
        ("set-cookie", "new=1"),
        ("set-cookie", "session=1\n"),
        ("x-b", "1\r"),
        ("cache-control", "public"),
    ]

    assert left_of(wire, *headers, gate=gate, scans=True) == headers
    assert {event.reason for event in events} == {
        Reason.HEADER_LINE_BREAK,
        Reason.HEADER_NAME,
        Reason.UNDECIDED,
        Reason.UNDECLARED,
        Reason.LINE_BREAK,
    }


@pytest.mark.behaviour(21)
@both_wires
def test_in_report_mode_a_choice_is_stored_and_nothing_expires(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append, mode="report")
    exchange = visit_of(gate, cookie=f"_ga=1; {preferences_for('statistics')}")
    VisitorConsent(exchange).withdraw()

    left = left_of(wire, GA, gate=gate, exchange=exchange)

    assert [name for name, _ in left] == ["set-cookie", "set-cookie", "cache-control", "vary"]
    assert left[0][1].startswith("cookies_preferences=")
    assert left[1:3] == [GA, PRIVATE]
    assert Reason.WITHDRAWN in {event.reason for event in events}


def blocked_by(wire: WireFormat[Any], *headers: tuple[str, str], **request: Any) -> list[str]:
    gate = gate_of(mode="block", **request)
    with pytest.raises(Blocked) as caught:
        left_of(wire, *headers, gate=gate)
    return [verdict.name for verdict in caught.value.verdicts]


@both_wires
def test_block_mode_blocks_for_what_is_stripped_and_for_nothing_else(
    wire: WireFormat[Any],
) -> None:
    values = ["session=1", "_ga=1", "new=1", "nameless", "_ga=; Max-Age=0", "session=1\n"]
    smuggled = ("x\nset-cookie", "a=1")

    blocked = blocked_by(wire, smuggled, *(("set-cookie", value) for value in values))

    assert blocked == ["", "_ga", "new", "", "session"]


@both_wires
def test_block_mode_does_not_block_for_a_measurement_that_is_not_renewed(
    wire: WireFormat[Any],
) -> None:
    cookie = Cookie("_pk_ses", category="statistics", anonymous=True)
    gate = gate_of(policy=Policy(cookies=[cookie]), mode="block")
    exchange = visit_of(gate, cookie="_pk_ses=1")

    left = left_of(wire, ("set-cookie", "_pk_ses=2"), gate=gate, exchange=exchange)

    assert [name for name, _ in left] == ["cache-control", "vary"]


@both_wires
@pytest.mark.parametrize("mode", ["enforce", "block"])
def test_a_message_that_can_not_bear_the_choice_is_screened_only(
    wire: WireFormat[Any], mode: str
) -> None:
    gate = gate_of(mode=mode)
    exchange = visit_of(gate)
    VisitorConsent(exchange).grant("statistics")
    given = [("set-cookie", "_fbp=1"), GA, ("vary", "x")]

    left = gate.response_filter(wire).screen(exchange, encoded(wire, given))

    assert decoded(wire, left) == given[1:]


@both_wires
def test_a_message_with_nothing_to_strip_is_screened_as_it_is(wire: WireFormat[Any]) -> None:
    gate = gate_of()
    given = encoded(wire, [PLAIN, SESSION, ("vary", "x")])

    assert gate.response_filter(wire).screen(visit_of(gate), iter(given)) == given


# Gates around gates


@pytest.mark.behaviour(27)
@both_wires
def test_what_a_gate_wrote_is_known_to_all_gates_around_it(wire: WireFormat[Any]) -> None:
    inner_gate, outer_gate = gate_of(), gate_of(audience="another")
    outermost, outer, inner = visit_of(outer_gate), visit_of(outer_gate), visit_of(inner_gate)
    outer.outer_gate, inner.outer_gate = outermost, outer
    VisitorConsent(inner).grant("statistics")

    left = left_of(wire, GA, gate=inner_gate, exchange=inner)

    for exchange in (outer, outermost):
        assert left_of(wire, *left, gate=outer_gate, exchange=exchange)[0] == left[0]
        planted = ("set-cookie", "cookies_preferences=planted")
        assert planted not in left_of(wire, planted, gate=outer_gate, exchange=exchange)


@pytest.mark.behaviour(27)
@both_wires
def test_a_gate_without_a_declaration_lets_out_what_one_further_in_wrote(
    wire: WireFormat[Any],
) -> None:
    gate = gate_of()
    exchange = visit_of(gate)
    exchange.inner_gate_values = ("other=1; Path=/",)

    left = left_of(
        wire,
        ("set-cookie", "other=1; Path=/"),
        ("set-cookie", "other=2"),
        GA,
        gate=gate,
        exchange=exchange,
    )

    assert [value for name, value in left if name == "set-cookie"] == ["other=1; Path=/"]


# Line breaks


@both_wires
@pytest.mark.parametrize("character", BREAKS, ids=repr)
@pytest.mark.parametrize(
    "form", ["{}", "1{}", "{}1", "a{}b", "1\r\n x"], ids=["alone", "end", "start", "in", "folded"]
)
def test_a_header_with_a_line_break_goes_where_headers_are_scanned(
    wire: WireFormat[Any], character: str, form: str
) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)
    given = [PLAIN, ("x-b", form.replace("{}", character)), (f"x{character}c", "1")]

    assert left_of(wire, *given, gate=gate, scans=True) == [PLAIN]
    assert [event.reason for event in events] == [Reason.HEADER_LINE_BREAK] * 2
    assert left_of(wire, *given, gate=gate) == given


@both_wires
@pytest.mark.parametrize("scans", [False, True])
def test_the_verdict_on_a_cookie_with_a_line_break_is_the_judges(
    wire: WireFormat[Any], scans: bool
) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)
    values = [f"session=1{end}" for end in BREAKS] + ["_ga\r=1", "new=1; Path=/\n"]

    left = left_of(wire, *(("set-cookie", value) for value in values), gate=gate, scans=scans)

    assert left == [PRIVATE]
    assert [event.reason for event in events] == [Reason.LINE_BREAK] * 5


@both_wires
@pytest.mark.parametrize("value", [f"session=1{end}" for end in BREAKS], ids=repr)
def test_a_necessary_cookie_alone_with_a_line_break_goes(wire: WireFormat[Any], value: str) -> None:
    assert left_of(wire, ("set-cookie", value)) == [PRIVATE]


@both_wires
@pytest.mark.parametrize(
    "header", [("cache-control", "no-store\n"), ("vary\r", "x"), ("expires", "0\0")], ids=str
)
def test_what_loses_a_header_about_caches_is_private(
    wire: WireFormat[Any], header: tuple[str, str]
) -> None:
    assert left_of(wire, PLAIN, header, scans=True) == [PLAIN, PRIVATE]


@both_wires
def test_the_option_of_the_gate_scans_too(wire: WireFormat[Any]) -> None:
    assert gate_of(scan_headers=True).response_filter(wire).scans
    assert not gate_of().response_filter(wire).scans


# Pages


@dataclass
class Page:
    """What a page with something put into it does to its headers."""

    changes_body: bool = False
    is_for_visitor: bool = False
    vary_on: str = ""

    def rewrite(self, kind: str, value: str) -> str | None:
        return None if kind == "content-length" else f"{kind} was {value}"


OF_BODY: Headers = [("Content-Length", "5"), ("ETag", '"v"'), ("content-MD5", "x")]


def page_left(
    wire: WireFormat[Any], page: Page, *headers: tuple[str, str], exchange: Exchange | None = None
) -> Headers:
    response_filter = gate_of().response_filter(wire)
    own = response_filter.copy(encoded(wire, headers))
    left = response_filter.filter_copied(exchange or visit_of(gate_of()), own, page=page)
    return decoded(wire, left)


@both_wires
def test_a_page_rewrites_the_headers_of_its_body(wire: WireFormat[Any]) -> None:
    left = page_left(wire, Page(changes_body=True), PLAIN, *OF_BODY, SESSION)

    assert left == [PLAIN, ("etag", 'etag was "v"'), ("content-md5", "content-md5 was x"), SESSION]


@both_wires
def test_a_page_whose_body_stays_keeps_them(wire: WireFormat[Any]) -> None:
    assert page_left(wire, Page(), *OF_BODY) == [(name.lower(), value) for name, value in OF_BODY]


@pytest.mark.behaviour(14)
@both_wires
@pytest.mark.parametrize(
    ("page", "left"),
    [
        (Page(vary_on="Accept"), [("vary", "Accept")]),
        (Page(is_for_visitor=True, vary_on="Accept"), [("cache-control", "private, no-cache"),
                                                      ("vary", "Accept")]),
    ],
    ids=["varies", "for its visitor"],
)  # fmt: skip
def test_a_page_says_whom_it_is_for(wire: WireFormat[Any], page: Page, left: Headers) -> None:
    assert page_left(wire, page, SESSION) == [SESSION, *left]


@pytest.mark.behaviour(14)
@both_wires
def test_a_page_of_its_visitor_and_of_his_choice_varies_on_both(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of())
    assert VisitorConsent(exchange).value.granted == frozenset()
    caching = [("cache-control", "public, max-age=60"), ("vary", "Accept-Language")]

    left = page_left(wire, Page(is_for_visitor=True, vary_on="Accept"), *caching, exchange=exchange)

    assert left == [
        ("cache-control", "private, no-cache"),
        ("vary", "Accept-Language, Accept, Cookie, Sec-GPC"),
    ]


@pytest.mark.behaviour(18)
@both_wires
@pytest.mark.parametrize(("is_for_visitor", "expired"), [(False, []), (True, ["_ga"])])
def test_a_page_of_its_visitor_expires_what_he_refused_whatever_it_says_to_caches(
    wire: WireFormat[Any], is_for_visitor: bool, expired: list[str]
) -> None:
    exchange = visit_of(gate_of(), cookie=f"_ga=1; {preferences_for()}")
    rule = gate_of().policy.rule_for("_ga")
    assert rule is not None
    exchange.expire_refused((("_ga", rule),))
    page = Page(is_for_visitor=is_for_visitor, vary_on="Accept")

    left = page_left(wire, page, ("cache-control", "public"), exchange=exchange)

    assert [value.partition("=")[0] for name, value in left if name == "set-cookie"] == expired


# Handshakes


@both_wires
def test_a_handshake_gets_no_caching_headers_but_keeps_its_own(wire: WireFormat[Any]) -> None:
    caching = ("cache-control", "public")

    assert left_of(wire, GA, PLAIN, is_handshake=True) == [PLAIN]
    assert left_of(wire, caching, GA, is_handshake=True) == [PRIVATE]


@both_wires
def test_a_handshake_stores_a_choice_and_expires_what_it_refuses(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), method="GET", cookie=preferences_for("statistics"))
    VisitorConsent(exchange).withdraw()

    left = left_of(wire, exchange=exchange, is_handshake=True)

    assert [value.partition("=")[0] for _, value in left] == ["cookies_preferences", "_ga"]


# What is remembered


def memories_of(response_filter: ResponseFilter[Any]) -> dict[str, BoundedCache[Any, Any]]:
    return {
        name: memory
        for name, memory in vars(response_filter).items()
        if isinstance(memory, BoundedCache)
    }


@pytest.mark.behaviour(23)
@both_wires
@pytest.mark.parametrize("length", [4, 90, 100_000])
def test_no_application_fills_the_memories_past_their_bounds(
    wire: WireFormat[Any], length: int
) -> None:
    gate = gate_of(on_event=None)
    response_filter = gate.response_filter(wire)
    fill = "x" * length
    for number in range(2500 if length < 1000 else 50):
        headers = [
            (f"x-{number}-{fill}", "1"),
            ("set-cookie", f"n{number}{fill}=1; Path=/{number}{fill}"),
            ("set-cookie", f"_pk_id.{number}{fill}=1; Path=/{number}{fill}"),
            ("cache-control", f"max-age={number}, {fill}"),
        ]
        response_filter.filter(visit_of(gate), encoded(wire, headers))

    memories = memories_of(response_filter)
    assert len(memories) >= 4
    for memory in memories.values():
        assert len(memory) <= memory.most_entries
        assert memory.weight_bytes <= memory.most_bytes


@pytest.mark.behaviour(23)
@both_wires
def test_no_value_of_a_cookie_is_remembered(wire: WireFormat[Any]) -> None:
    response_filter = gate_of().response_filter(wire)
    cookies = ["session", "_ga", "_fbp", "new", "app_x", "cookies_preferences", " "]
    headers = [("set-cookie", f"{name}=confidential; Path=/") for name in cookies]

    for _ in range(2):
        response_filter.filter(
            visit_of(gate_of()),
            encoded(wire, [*headers, ("set-cookie", "confidential"), ("x-a", "confidential")]),
        )

    assert "confidential" not in repr(memories_of(response_filter))


@pytest.mark.behaviour(20)
@both_wires
def test_a_stripped_cookie_is_logged_once_however_often_it_is_sent(
    caplog: pytest.LogCaptureFixture, wire: WireFormat[Any]
) -> None:
    gate = gate_of(on_event=None, policy=Policy())
    response_filter = gate.response_filter(wire)
    caplog.clear()

    with caplog.at_level(logging.INFO, "consentgate"):
        for _ in range(3):
            response_filter.filter(visit_of(gate), encoded(wire, [("set-cookie", "plugin=1")]))

    assert len(caplog.records) == 1


@pytest.mark.behaviour(20)
@both_wires
def test_a_listener_hears_of_each_stripped_cookie(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)
    response_filter = gate.response_filter(wire)

    for _ in range(3):
        response_filter.filter(visit_of(gate), encoded(wire, [GA]))

    told = [(event.reason, event.name, event.category) for event in events]
    assert told == [(Reason.UNDECIDED, "_ga", "statistics")] * 3


@both_wires
def test_another_reason_for_the_same_cookie_is_logged_too(
    caplog: pytest.LogCaptureFixture, wire: WireFormat[Any]
) -> None:
    gate = gate_of(on_event=None)
    response_filter = gate.response_filter(wire)

    with caplog.at_level(logging.INFO, "consentgate"):
        for cookie in ["", preferences_for(), "", preferences_for()]:
            response_filter.filter(visit_of(gate, cookie=cookie), encoded(wire, [GA]))

    logged = [record.getMessage()[:5] for record in caplog.records if "_ga" in record.getMessage()]
    assert logged == [Reason.UNDECIDED, Reason.REFUSED]
