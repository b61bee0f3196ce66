"""Set-Cookie values and Cookie headers of every shape, sound or not."""

from __future__ import annotations

import json
from pathlib import Path

from consentgate.http.set_cookie import has_line_break

VECTORS = Path(__file__).parents[1] / "data" / "browser_vectors.json"

SET_COOKIES: list[str] = [
    value
    for vector in json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    if not has_line_break(value := vector["set_cookie"])
]
"""All that Chromium was tried with and that a server can send on one line."""

REQUEST_COOKIES = [
    "",
    "session=1",
    "session=1; _ga=2; other=3",
    "session=1;_ga=2 ;; =x; y; =_ga=1",
    'quoted="a; b"; \xe9=\xff; sp ace=1',
]
