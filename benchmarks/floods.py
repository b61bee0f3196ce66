"""What floods of made-up input leave in a process, and what one hostile request costs.

    python -m benchmarks.floods

Each flood goes through the ASGI and the WSGI middleware with their default options, and with the
hosts of pages limited and decisions recorded, around an application that answers with a small page,
in a process of its own: one counts what Python allocated (tracemalloc), another what the process
holds (its resident memory, where the system shows it). The last line is for all floods in one
process, which may grow by 16 MiB.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from benchmarks.flood_servers import PRIVATE, Servers, Visit
from benchmarks.surroundings import quiet_logs, stay_on_last_processor
from benchmarks.traffic import LIMITED_STATISTICS

GROWTH_MIB = 16
"""The bar for all floods together."""

HOSTILE_MS = 5
"""The bar for what the gate adds to one request with a header of 60 kB."""

HOSTILE_BYTES = 60_000
TIMES = 5
ALL = "all floods together"


def _cookie(text: str) -> Visit:
    return Visit(headers=(("Cookie", text),))


def _names(start: int, count: int) -> str:
    return "; ".join(f"name{number}={PRIVATE}" for number in range(start, start + count))


def _sets(*values: str) -> Visit:
    return Visit(answers=tuple(("Set-Cookie", value) for value in values))


def _choice(media_type: str, body: str, *headers: tuple[str, str]) -> Visit:
    sent = (("Content-Type", media_type), ("Sec-Fetch-Site", "same-origin"), *headers)
    return Visit(path="/consent/", headers=sent, body=body.encode())


FLOODS: Mapping[str, tuple[int, Callable[[int], Visit]]] = {
    "Cookie headers of 4 kB": (5_000, lambda n: _cookie(_names(200 * n, 200))),
    "Cookie headers of 60 kB": (300, lambda n: _cookie(_names(3_000 * n, 3_000))),
    "200,000 names in short Cookie headers": (20_000, lambda n: _cookie(_names(10 * n, 10))),
    "long names of cookies": (5_000, lambda n: _cookie(f"{'x' * 3_000}{n}=1")),
    "values of declared cookies": (
        5_000,
        lambda n: _cookie(f"_fbp={PRIVATE}{n}; {LIMITED_STATISTICS}"),
    ),
    "names of declared globs": (5_000, lambda n: _cookie(f"ads_{n}{'x' * 100}={PRIVATE}")),
    "forged choices": (5_000, lambda n: _cookie(f"{LIMITED_STATISTICS}{n}{PRIVATE * 30}")),
    "paths": (5_000, lambda n: Visit(path=f"/{n}{'x' * 1_000}")),
    "short paths": (5_000, lambda n: Visit(path=f"/{n}")),
    "ways back from the library's pages": (
        5_000,
        lambda n: Visit(path="/consent/", query=f"next=/{n}{PRIVATE * 20}&lang=x{n}"),
    ),
    "queries": (5_000, lambda n: Visit(query=f"q={n}{PRIVATE * 100}")),
    "short queries": (5_000, lambda n: Visit(query=f"q={n}{PRIVATE}")),
    "hosts": (5_000, lambda n: Visit(headers=(("Host", f"{n}{'x' * 200}.example"),))),
    "Accept-Language": (
        5_000,
        lambda n: Visit(headers=(("Accept-Language", f"x-{n}{'x' * 500},fr"),)),
    ),
    "If-None-Match": (
        5_000,
        lambda n: Visit(headers=(("If-None-Match", f'W/"{n:0500}~cgv{n:012x}s"'),)),
    ),
    "heads of pages": (5_000, lambda n: Visit(head=f"<title>{n}{PRIVATE * 500}</title>")),
    "languages of pages": (5_000, lambda n: Visit(head=f"</head><body lang=x-{n}-{'x' * 50}>")),
    "names of response headers": (
        5_000,
        lambda n: Visit(answers=tuple((f"x-{n}-{k}-{'x' * 90}", "1") for k in range(10))),
    ),
    "names in Set-Cookie": (
        5_000,
        lambda n: _sets(*(f"set{n}-{k}-{'x' * 90}={PRIVATE}" for k in range(10))),
    ),
    "values in Set-Cookie": (5_000, lambda n: _sets(f"session={PRIVATE * 100}{n}; Path=/")),
    "attributes in Set-Cookie": (
        5_000,
        lambda n: _sets(f"_fbp={PRIVATE}; Path=/{n:0400}", f"a=1; Max-Age={n}; a{n:0400}=1"),
    ),
    "attributes of consented cookies": (
        5_000,
        lambda n: Visit(
            headers=(("Cookie", LIMITED_STATISTICS),),
            answers=(("Set-Cookie", f"ab_test={PRIVATE}; Max-Age=60; Path=/{n:0200}"),),
        ),
    ),
    "Cache-Control and Vary": (
        5_000,
        lambda n: Visit(answers=(("Cache-Control", f"max-age={n:0100}"), ("Vary", f"x{n:0400}"))),
    ),
    "keys of repeated decisions": (
        5_000,
        lambda n: _choice(
            "application/json",
            '{"choice": "refuse"}',
            ("Idempotency-Key", f"{n:016}{PRIVATE * 20}"),
        ),
    ),
    "languages of decisions": (
        5_000,
        lambda n: _choice(
            "application/x-www-form-urlencoded",
            f"choice=refuse&source=banner&language={'fr' if n % 2 else f'x-{n}-{PRIVATE}'}",
        ),
    ),
    "types of content": (
        5_000,
        lambda n: Visit(answers=(("Content-Type", f"text/html; x={n:0300}"),)),
    ),
}

# What is hard to read in one way or another, with something in it that was never sent before.
_HOSTILE: Mapping[str, Callable[[int], str]] = {
    "pairs": lambda n: f"{n};" + "a;" * HOSTILE_BYTES,
    "distinct pairs": lambda n: ";".join(f"{n}{k:x}=" for k in range(HOSTILE_BYTES // 5)),
    "items": lambda n: f"{n}," + "a," * HOSTILE_BYTES,
    "weighed items": lambda n: f"{n}," + "a;q=0.1," * HOSTILE_BYTES,
    "pairs in one": lambda n: f"a={n}" + ",a=1" * HOSTILE_BYTES,
    "names of a glob": lambda n: ";".join(f"ads_{n}{k:x}=" for k in range(HOSTILE_BYTES // 9)),
    "choices": lambda n: f"a={n};" + f"{LIMITED_STATISTICS}x;" * (HOSTILE_BYTES // 9),
    "tags": lambda n: f'"{n}",' + 'W/"~cgv0123456789abs",' * HOSTILE_BYTES,
    "quotes": lambda n: str(n) + '"\\' * HOSTILE_BYTES,
    "blanks": lambda n: f"a{n}" + " " * (HOSTILE_BYTES - 20) + "=1",
    "one word": lambda n: str(n) + "x" * HOSTILE_BYTES,
    "other letters": lambda n: str(n) + "\xe3\x80\x80;" * HOSTILE_BYTES,
    "percents": lambda n: str(n) + "%2f" * HOSTILE_BYTES,
    "slashes": lambda n: str(n) + "/." * HOSTILE_BYTES,
}
_PATH, _QUERY = "path", "query"
_KINDS = (
    *("Cookie", "Accept-Language", "If-None-Match", "If-Modified-Since", "Sec-GPC", "Host"),
    *("Sec-Fetch-Dest", "Sec-Fetch-Site", "X-Forwarded-For", "X-Forwarded-Host"),
    *("X-Forwarded-Proto", "Accept", "Origin", "Referer", "X-Requested-With", _PATH, _QUERY),
)


def _hostile(kind: str, text: str) -> Visit:
    if kind == _PATH:
        return Visit(path=f"/{text}")
    if kind == _QUERY:
        return Visit(query=quote(text, safe=";,=/%")[:HOSTILE_BYTES])
    return Visit(headers=((kind, text),))


def visits_of(title: str, *, share: float = 1) -> Iterator[Visit]:
    """Yield the visits of one flood, or of all; `share` of each."""
    for name, (count, make) in FLOODS.items():
        if title in (name, ALL):
            yield from map(make, range(int(count * share)))


def measure_growth(title: str, *, is_traced: bool) -> float:
    """Return by how many MiB the process grows in one flood; `is_traced`: by what Python allocated.

    The memories are warm before: what the first requests build once is no growth.
    """
    servers = Servers()
    for visit in visits_of(ALL, share=0.002):
        servers.serve(visit)
    if is_traced:
        tracemalloc.start()
    before = _held(is_traced=is_traced)
    for visit in visits_of(title):
        servers.serve(visit)
    return (_held(is_traced=is_traced) - before) / 2**20


def _held(*, is_traced: bool) -> int:
    gc.collect()
    if is_traced:
        return tracemalloc.get_traced_memory()[0]
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


def measure_hostile(kind: str) -> Iterator[tuple[str, float, float]]:
    """Yield the form of the worst header, and the milliseconds of a request without the gate and
    of what the gate adds, under ASGI and under WSGI."""
    bare, gated = Servers(is_gated=False), Servers()
    serves = ((bare.serve_asgi, gated.serve_asgi), (bare.serve_wsgi, gated.serve_wsgi))
    for without, behind in serves:
        without(Visit())
        behind(Visit())
        forms = [
            (form, _time_ms(without, kind, make), _time_ms(behind, kind, make))
            for form, make in _HOSTILE.items()
        ]
        form, bare_ms, gated_ms = max(forms, key=lambda timed: timed[2] - timed[1])
        yield form, bare_ms, gated_ms - bare_ms


def _time_ms(serve: Callable[[Visit], None], kind: str, make: Callable[[int], str]) -> float:
    spent = []
    for number in range(TIMES):
        visit = _hostile(kind, make(number)[:HOSTILE_BYTES])
        started = time.thread_time_ns()
        serve(visit)
        spent.append(time.thread_time_ns() - started)
    return min(spent) / 1e6


def main() -> None:
    """Print what each flood leaves, and what each kind of hostile header costs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floods", description=__doc__)
    parser.add_argument("--only", default="", help="floods and headers whose title holds this text")
    parser.add_argument("--flood", help=argparse.SUPPRESS)
    parser.add_argument("--traced", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    quiet_logs()
    if options.flood:
        print(json.dumps(measure_growth(options.flood, is_traced=options.traced)))
        return
    stay_on_last_processor()
    _print_floods([title for title in (*FLOODS, ALL) if options.only in title])
    _print_hostile([kind for kind in _KINDS if options.only in kind])


def _print_floods(titles: Iterable[str]) -> None:
    print(f"{'flood':40}{'allocated':>12}{'resident':>12}")
    for title in titles:
        traced, resident = _in_new_process(title, "--traced"), _in_new_process(title)
        bar = f"  <= {GROWTH_MIB} MiB: {_reached(resident, GROWTH_MIB)}" if title == ALL else ""
        print(f"{title:40}{traced:8.1f} MiB{resident:8.1f} MiB{bar}", flush=True)


def _in_new_process(title: str, *options: str) -> float:
    command = [sys.executable, "-m", "benchmarks.floods", f"--flood={title}", *options]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=root)
    return float(json.loads(done.stdout))


def _print_hostile(kinds: Iterable[str]) -> None:
    print(f"{'60 kB in':20}{'without':>12}{'gate adds':>12}")
    for kind in kinds:
        for server, (form, bare_ms, added_ms) in zip(("ASGI", "WSGI"), measure_hostile(kind)):
            print(
                f"{kind:20}{bare_ms:9.2f} ms{added_ms:9.2f} ms  <= {HOSTILE_MS} ms: "
                f"{_reached(added_ms, HOSTILE_MS):4}{server}, worst: {form}",
                flush=True,
            )


def _reached(value: float, bar: float) -> str:
    return "yes" if value <= bar else "NO"


if __name__ == "__main__":
    main()
