"""A typical map plug-in: it sets a tracker that nobody declared."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponse

TRACKER = "_carte_id"


def embed_map(response: HttpResponse) -> HttpResponse:
    """Add the plug-in's tracker to the page's headers, and return the page."""
    response.set_cookie(TRACKER, secrets.token_hex(8), max_age=31536000)
    return response
