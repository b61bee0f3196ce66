"""A regime of a site's own, as a table."""

from __future__ import annotations

from datetime import date
from typing import Any

LAW = {"source": "Act", "status": "law"}

# Any: a table as TOML has it.
SWISS: dict[str, Any] = {
    "name": "ch",
    "title": "Switzerland",
    "date": date(2026, 11, 29),
    "asked": {"how": "opt-in", **LAW, "text": "Ask.", "paragraph": "art. 1"},
    "exempt": [
        {"reasons": ["authentication"], **LAW},
        {"categories": ["statistics"], "objection": True, "lifetime": "1 year", **LAW},
    ],
    "signal": {"refuses": ["statistics"], **LAW},
    "choice": {"lifetime": "100 days", **LAW, "read": "secondary"},
    "ask_again": {"after": "200 days", **LAW},
    "show": [{"what": "facts", **LAW}],
    "words": {"consent": {"en": "In Switzerland ...", "de": "In der Schweiz ..."}},
}
