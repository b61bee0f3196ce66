"""Set-Cookie values, and what Chromium was seen to do with each (tests/data)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from consentgate.http.set_cookie import has_line_break, split_set_cookie

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Vector:
    """One value. `names` are those stored, and `persistent` whether each outlives the session;
    `date` is the response's Date header where it is not the true one."""

    set_cookie: str
    effect: str
    names: tuple[str, ...]
    persistent: tuple[bool, ...]
    date: str | None

    @property
    def judged_name(self) -> str:
        """The name by which the library judges the value."""
        return split_set_cookie(self.set_cookie)[0]

    @property
    def is_whole(self) -> bool:
        """True where the value reached the browser's reader as it was sent: the network layer
        cuts what ends the header's line."""
        return not has_line_break(self.set_cookie)

    def __str__(self) -> str:
        return f"{ascii(self.set_cookie)[:60]} of {len(self.set_cookie)}"


def _load(file: str) -> list[Vector]:
    vectors = json.loads((DATA / file).read_text(encoding="utf-8"))["vectors"]
    return [
        Vector(
            set_cookie=vector["set_cookie"],
            effect=vector["effect"],
            names=tuple(vector["names"]),
            persistent=tuple(vector["persistent"]),
            date=vector.get("date"),
        )
        for vector in vectors
    ]


RECORDED = _load("browser_vectors.json")
ALL = [*RECORDED, *_load("more_browser_vectors.json")]
