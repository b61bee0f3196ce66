"""Visit statistics like Matomo's, from the server: each page sets their cookies without asking.

Most software does so. Nothing here reads the visitor's choice; the gate enforces it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

VISITOR, VISIT = "_pk_id.7.5f1c", "_pk_ses.7.5f1c"
THIRTEEN_MONTHS_S, HALF_AN_HOUR_S = 395 * 86400, 1800


class CountVisits:
    """Middleware, sync and async, that sets one cookie for the visitor and one for the visit."""

    sync_capable = True
    async_capable = True

    # Any: it returns a response, or under ASGI an awaitable of one.
    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._count_async(request)
        return count(request, self.get_response(request))

    async def _count_async(self, request: HttpRequest) -> HttpResponseBase:
        return count(request, await self.get_response(request))


def count(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    visitor = request.COOKIES.get(VISITOR) or secrets.token_hex(8)
    response.set_cookie(VISITOR, visitor, max_age=THIRTEEN_MONTHS_S, samesite="Lax")
    response.set_cookie(VISIT, "1", max_age=HALF_AN_HOUR_S, samesite="Lax")
    return response
