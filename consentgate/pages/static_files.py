"""The style sheet and the script: each under a name that changes with its content.

The bytes under a name never change, so that caches may keep them for as long as they like.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from consentgate.pages.http import Response

STYLE_SHEET = "consent.css"
SCRIPT = "consent.js"

_FOLDER = Path(__file__).parent / "static"
SCRIPT_TYPE = ("content-type", "text/javascript; charset=utf-8")
_MEDIA_TYPES = {".css": ("content-type", "text/css; charset=utf-8"), ".js": SCRIPT_TYPE}
_DIGITS = 12  # of the hash: enough to tell the versions of one file apart

# A year is the longest that caches are asked to keep anything (RFC 9111 section 1.2.2, RFC 8246).
IMMUTABLE = (
    ("cache-control", "public, max-age=31536000, immutable"),
    ("x-content-type-options", "nosniff"),
)


class StaticFiles:
    """The files, read once when it is made."""

    def __init__(self) -> None:
        self._answers: dict[str, Response] = {}
        self._hashed: dict[str, str] = {}
        for path in (_FOLDER / STYLE_SHEET, _FOLDER / SCRIPT):
            body = path.read_bytes()
            name = _hashed_name(path, body)
            self._hashed[path.name] = name
            headers = (_MEDIA_TYPES[path.suffix], *IMMUTABLE)
            self._answers[name] = Response(200, headers, body)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names under which the files are served, such as "consent.0123456789ab.css"."""
        return tuple(self._answers)

    def name_of(self, file: str) -> str:
        """Return the name under which STYLE_SHEET or SCRIPT is served."""
        return self._hashed[file]

    def answer(self, name: str) -> Response:
        """Return the file that is served under one of `names`."""
        return self._answers[name]


def _hashed_name(path: Path, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()[:_DIGITS]
    return f"{path.stem}.{digest}{path.suffix}"
