"""A map plug-in as many are: it sets a tracker that nobody declared."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponse

TRACKER = "_carte_id"


def embed_map(response: HttpResponse) -> HttpResponse:
    """The page with the plug-in in it, and with its tracker in the headers."""
    response.set_cookie(TRACKER, secrets.token_hex(8), max_age=31536000)
    return response
