"""The row about hostile Cookie headers: 60 kB each, another one for every request."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache, partial

from starlette.requests import cookie_parser

from benchmarks import traffic
from benchmarks.asgi import asgi_contenders, observe_asgi
from benchmarks.rows import GATE, Bar, Measured, Row
from benchmarks.timing import Contender, Effort, measure_added_ns
from benchmarks.traffic import COOKIE_NAME, Rotation, Traffic, browser_request, page

HEADER_BYTES = 60_000  # uvicorn takes no more than 64 KiB in all
VARIANTS = 40
SHARE = 8  # these exchanges are long
PARSER = "cookie_parser"


def hostile_rows() -> list[Row]:
    """The row of the header that costs the gate most, against Starlette's parser on that header.

    Hiding is on and the response asks for the visitor's consent, so that the gate reads the
    header for both reasons.
    """
    return [_hostile_row()]


def _hostile_row() -> Row:
    return Row(
        title="worst of the hostile 60 kB Cookie headers",
        bars=(Bar(PARSER, 2.5),),
        check=_check,
        measure=lambda effort: max(
            (measure_hostile(name, effort) for name in FORMS), key=lambda got: got.added_ns
        ),
    )


def measure_hostile(name: str, effort: Effort) -> Measured:
    """What one form of hostile header costs."""
    flow = _traffic(name)
    contenders = asgi_contenders(flow, hide_cookies="refused")
    added = measure_added_ns(
        {
            "bare": contenders["bare"],
            GATE: contenders[GATE],
            "text": Contender(partial(_make_texts, flow)),
            PARSER: Contender(partial(_parse_texts, flow), baseline="text"),
        },
        rounds=max(1, effort.rounds // SHARE),
        batch=max(1, effort.batch // SHARE),
    )
    return Measured(added[GATE], {PARSER: added[GATE] / added[PARSER]}, note=name)


def _blanks(number: int) -> str:
    return f"{number}=" + " " * HEADER_BYTES


def _semicolons(number: int) -> str:
    return f"{number}" + ";" * HEADER_BYTES


def _equals_signs(number: int) -> str:
    return f"{number}" + "=;" * (HEADER_BYTES // 2)


def _short_names(number: int) -> str:
    return ";".join(f"{number}{index:x}=" for index in range(HEADER_BYTES // 5))


def _names_of_a_glob(number: int) -> str:
    return ";".join(f"ads_{number}{index:x}=" for index in range(HEADER_BYTES // 9))


def _names_almost_of_a_glob(number: int) -> str:
    return ";".join(f"_pk_i{number}{index:x}=" for index in range(HEADER_BYTES // 9))


def _nameless(number: int) -> str:
    return ";".join(f"={number}{index:x}" for index in range(HEADER_BYTES // 5))


def _quoted(number: int) -> str:
    return f'{number}="' + "\\073" * (HEADER_BYTES // 4) + '"'


def _exotic_blanks(number: int) -> str:
    return f"{number};" + "\xa0\x85;" * (HEADER_BYTES // 3)


def _forged_choices(number: int) -> str:
    shape = "e30{:x}." + "A" * 43
    return ";".join(
        f"{COOKIE_NAME}=" + shape.format(number * 1000 + index)
        for index in range(HEADER_BYTES // 72)
    )


def _valid_choices(number: int) -> str:
    choices = itertools.cycle(traffic.distinct_choices())
    skipped = number * (HEADER_BYTES // 200)
    return ";".join(itertools.islice(choices, skipped, skipped + HEADER_BYTES // 200))


def _names_like_the_choice(number: int) -> str:
    return ";".join(f"{COOKIE_NAME}{number}{index:x}=" for index in range(HEADER_BYTES // 26))


FORMS: dict[str, Callable[[int], str]] = {
    "blanks": _blanks,
    "semicolons": _semicolons,
    "equals signs": _equals_signs,
    "short names": _short_names,
    "names of a glob": _names_of_a_glob,
    "names almost of a glob": _names_almost_of_a_glob,
    "nameless": _nameless,
    "quoted": _quoted,
    "exotic blanks": _exotic_blanks,
    "forged choices": _forged_choices,
    "valid choices": _valid_choices,
    "names like the choice": _names_like_the_choice,
}


@cache
def _traffic(name: str) -> Traffic:
    headers = [FORMS[name](number)[:HEADER_BYTES] for number in range(VARIANTS)]
    return Traffic(
        Rotation([browser_request(header) for header in headers]), page(traffic.SET_STATISTICS)
    )


def _cookie_text(flow: Traffic) -> str:
    return flow.request.as_bytes()[-1][1].decode("latin-1")


def _make_texts(flow: Traffic, count: int) -> None:
    for _ in range(count):
        _cookie_text(flow)


def _parse_texts(flow: Traffic, count: int) -> None:
    for _ in range(count):
        cookie_parser(_cookie_text(flow))


def _check() -> None:
    """Nothing raises on any of them."""
    for name in FORMS:
        observe_asgi(_traffic(name), hide_cookies="refused")
