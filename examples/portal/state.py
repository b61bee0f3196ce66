"""The portal's folder, which keeps its database and its key between two starts."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FOLDER = Path(os.environ.get("PORTAL_FOLDER") or Path(__file__).parent / ".state")
"""The environment variable PORTAL_FOLDER sets another folder; git ignores the default one."""


def secret_key() -> str:
    """Return the portal's key, which the first start makes for all its processes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "secret-key"
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(made, "w", encoding="ascii") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
