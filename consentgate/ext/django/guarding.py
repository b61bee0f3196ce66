"""What leaves of a Django response: its headers and `cookies`, filtered as they would be sent.

The content is never touched here, streamed or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.client import responses
from http.cookies import Morsel

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from consentgate._middleware import BLOCKED_HEADERS, blocked_body
from consentgate.ext.django.written import WrittenMorsel
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.judge import Blocked
from consentgate.gate.options import Mode
from consentgate.gate.page_change import PageChange
from consentgate.gate.response_filter import ResponseFilter
from consentgate.http.set_cookie import has_line_break
from consentgate.http.wire import TEXT

Pair = tuple[str, str]
Entry = tuple[str, "Morsel[str]"]

_SET_COOKIE = TEXT.set_cookie

_AMONG_HEADERS = "set-cookie"
"""How a Set-Cookie among a response's headers is written for the filter, to which case means
nothing: as a `TEXT.set_cookie` it could not be told from those in `cookies`."""


class SentHeaders:
    """The headers of a response as it would be sent, read once.

    `entries` has its cookies by their text, whose headers are the last. To write a cookie takes
    longer than all that is done here: where the names of all say that they leave, the names stand
    for them, and there are no headers of them unless `with_cookies` asks for these.
    """

    def __init__(
        self,
        response: HttpResponseBase,
        response_filter: ResponseFilter[str],
        *,
        with_cookies: bool = False,
    ) -> None:
        # Django keeps them as pairs, which its mapping finds again by three calls for each.
        kept = getattr(response.headers, "_store", None)
        if kept is None:
            kept = {name.lower(): (name, value) for name, value in response.headers.items()}
        self.pairs: list[Pair] = [*kept.values()]
        if "set-cookie" in kept:
            self.pairs = [
                (_AMONG_HEADERS if name == _SET_COOKIE else name, value)
                for name, value in self.pairs
            ]
        self.entries: dict[str, Entry] = {}
        leaves_by_name = response_filter.reader.leaves_by_name
        cookies = response.cookies.items()
        for key, morsel in cookies:
            name = morsel.key
            text = f"{name}="
            if text in self.entries or not (_is_plain(name, morsel) and leaves_by_name(name)):
                self.entries = {cookie.OutputString(): (key, cookie) for key, cookie in cookies}
                with_cookies = True
                break
            self.entries[text] = (key, morsel)
        if with_cookies:
            self.pairs += [(_SET_COOKIE, text) for text in self.entries]
        self.has_cookies = with_cookies or not self.entries
        self.head = response_filter.read(self.pairs)


def _is_plain(name: str, morsel: Morsel[str]) -> bool:
    """Return whether a cookie is written by the standard library, of plain texts without a line
    break."""
    value = morsel.coded_value
    if type(morsel) is not Morsel or type(name) is not str or type(value) is not str:
        return False
    return "".join([name, value, *map(str, morsel.values())]).isprintable()


def guard_response(
    response: HttpResponseBase,
    sent: SentHeaders,
    response_filter: ResponseFilter[str],
    exchange: Exchange,
    page: PageChange | None,
) -> HttpResponseBase:
    """Return the response with what the gate lets out of it; `page` is how its headers change with
    what was put into its content."""
    if not str(response.reason_phrase).isprintable():
        _check_reason(response, exchange)
    if page is None and not sent.head.questions and not exchange.needs_review:
        return response
    if not sent.has_cookies:
        sent = SentHeaders(response, response_filter, with_cookies=True)
    try:
        left = response_filter.filter(exchange, sent.head, page=page)
    except Blocked as blocked:
        return _blocked_response(response, exchange, blocked_body(blocked.verdicts))
    if left != sent.pairs:
        _set_headers(response, sent.pairs, left)
        values = [value for name, value in left if name == _SET_COOKIE]
        if values != [*sent.entries]:
            entries = [*_as_entries(values, sent.entries)]
            response.cookies.clear()
            for key, morsel in entries:
                response.cookies[key] = morsel
    return response


def _check_reason(response: HttpResponseBase, exchange: Exchange) -> None:
    """Give a response the usual reason phrase in the place of one that would split the head."""
    if not has_line_break(str(response.reason_phrase)):
        return
    exchange.report(Reason.STATUS_LINE_BREAK, Action.REWRITE)
    if exchange.settings.mode is not Mode.REPORT:
        response.reason_phrase = responses.get(response.status_code, "Unknown Status Code")


def _set_headers(response: HttpResponseBase, before: list[Pair], left: list[Pair]) -> None:
    """Let a response have the headers that leave: those that leave as they were stay where they
    are."""
    names = {name for name, _ in left}
    for name, _ in before:
        if name not in names and name != _SET_COOKIE:
            del response.headers[name]
    # Django holds one value for each name; of a list that is the same (RFC 9110 section 5.3).
    # Policies that are joined by a comma are several: none is merged with another.
    joined: dict[str, Pair] = {}
    for name, value in left:
        if name != _SET_COOKIE:
            first = joined.get(name.lower())
            joined[name.lower()] = (name, value if first is None else f"{first[1]}, {value}")
    for header in joined.values():
        name, value = header
        if header not in before:
            response.headers[_SET_COOKIE if name == _AMONG_HEADERS else name] = value


def _as_entries(values: list[str], entries: dict[str, Entry]) -> Iterator[Entry]:
    """Yield the entries of `cookies` in the order in which they leave.

    A new one is under the cookie's name where that is free: one cookie may be expired on several
    paths, and each needs a key of its own.
    """
    taken = {entries[value][0] for value in values if value in entries}
    for value in values:
        if value in entries:
            yield entries[value]
            continue
        morsel = WrittenMorsel(value)
        key = morsel.key if morsel.key not in taken else f"{morsel.key} {len(taken)}"
        taken.add(key)
        yield key, morsel


def _blocked_response(response: HttpResponseBase, exchange: Exchange, body: bytes) -> HttpResponse:
    """Return the 500 that replaces a response with cookies that must not leave; it closes that
    one's files as well."""
    replacement = HttpResponse(b"" if exchange.method == "HEAD" else body, status=500)
    for name, value in BLOCKED_HEADERS:
        replacement.headers[name.title()] = value
    # As Django itself does with the request's; its types don't know the attribute.
    closers = getattr(response, "_resource_closers", [])
    getattr(replacement, "_resource_closers", []).extend(closers)
    return replacement
