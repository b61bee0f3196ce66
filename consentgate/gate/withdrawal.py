"""Which cookies a response expires after a refusal, so that withdrawing takes effect.

The browser forgets what it stored for a refused category, HttpOnly included (GDPR art. 7(3)); a
cookie that nobody declared is never expired: it may be a sibling application's.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import AnyStr

from consentgate.gate.destination import destination_of
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.http.cookie_header import cookie_spans, value_pieces
from consentgate.http.cookie_writing import expire_cookie
from consentgate.http.host_names import cookie_domains
from consentgate.http.wire import Pair, WireFormat
from consentgate.policy import Cookie, Kind

MOST_EXPIRED = 10  # headers in one response: the rest follows with the next documents

# Where the browser does not say that it navigates (plain http, older browsers) these tell a
# document from a resource or an API's answer. A response without a type, such as a redirect, may be
# one too.
_DOCUMENTS = ("text/html", "application/xhtml+xml", "text/plain")

# W3C Clear Site Data, section 3.1: cookies are let be, of which `expiries` has those refused.
_STORAGE = '"storage"'

NamedRule = tuple[str, Cookie]
Place = tuple[str, Cookie, str, str]
"""A cookie, its rule, a Path and a Domain."""


def expiries(exchange: Exchange, *, content_type: str) -> list[str]:
    """Return the Set-Cookie values that expire refused cookies on their declared Paths and Domains.

    Empty unless the response is a document; at most ten. The caller sees to it that no shared cache
    may keep the response.
    """
    if not _is_document(exchange, content_type):
        return []
    cookies = _refused_by(exchange) if exchange.new_choice else exchange.refused_but_sent
    places = _places(dict(cookies), exchange)
    if exchange.new_choice is None:
        places = _turn(places, second=int(exchange.settings.now_s()))
    chosen = places[:MOST_EXPIRED]
    pairs = cookie_spans(exchange.cookie)[0]
    pieces = value_pieces(exchange.cookie, pairs)
    private = {name for name, start, *_ in pairs if start in pieces}
    for name, rule in {name: rule for name, rule, _, _ in chosen}.items():
        # What a glob matches of a value is not named.
        _report("" if name in private and name != rule.name else name, rule, exchange)
    return [
        expire_cookie(name, path=path, domain=domain, partitioned=rule.partitioned)
        for name, rule, path, domain in chosen
    ]


def _places(cookies: Mapping[str, Cookie], exchange: Exchange) -> list[Place]:
    """Return where the cookies may be: the first domain of each cookie, then the second of each."""
    ranked = [
        (rank, (name, rule, path, domain))
        for name, rule in cookies.items()
        for path in rule.path
        for rank, domain in enumerate(_domains(name, rule, exchange))
    ]
    return [place for _, place in sorted(ranked, key=itemgetter(0))]


def _domains(name: str, rule: Cookie, exchange: Exchange) -> tuple[str, ...]:
    """Return the domains under which a cookie may be set, "" for the host alone."""
    # The browser sends a cookie of a parent domain too: one that it did not send is not there.
    if rule.domain or not rule.parent_domain or not exchange.came_in(name):
        return rule.domain or ("",)
    # Trackers take the topmost domain that the browser allows.
    return (*reversed(cookie_domains(exchange.header("host"))), "")


def _turn(places: list[Place], *, second: int) -> list[Place]:
    """Return the places, beginning elsewhere in each second where not all get their turn at once:
    a cookie that a browser keeps nevertheless, as it does under another Path than the declared one,
    must not keep the others from theirs."""
    if len(places) <= MOST_EXPIRED:
        return places
    # Scattered, so that pages that are asked for every minute do not begin at the same one.
    first = hash((second,)) % len(places)
    return places[first:] + places[:first]


def clearing(exchange: Exchange, wire: WireFormat[AnyStr]) -> list[Pair[AnyStr]]:
    """Return the header that clears what the browser stores, where the choice made in this response
    takes back what was granted; for sites that ask for it."""
    if exchange.new_choice is None:
        return []
    takes_back = exchange.stored_choice.consent.granted - exchange.new_choice.granted
    return [(wire.clear_site_data, wire.encode(_STORAGE))] if takes_back else []


def may_expire(exchange: Exchange) -> bool:
    """Return False where the request does not ask for a page."""
    return destination_of(exchange).is_page


def _is_document(exchange: Exchange, content_type: str) -> bool:
    # The response to the choice itself counts, by whatever means the choice was sent. Requests that
    # ask for no page were left out when they came in.
    if exchange.new_choice is not None or destination_of(exchange).is_navigation:
        return True
    return content_type == "" or content_type.lower().lstrip().startswith(_DOCUMENTS)


def _refused_by(exchange: Exchange) -> list[NamedRule]:
    """Return what a choice made in this response refuses: the cookies that came in, then those that
    may be stored under a path the browser does not send here."""
    assert exchange.new_choice is not None
    refused = exchange.new_choice.refused
    policy = exchange.settings.policy
    find = policy.rule_for_text
    sent = [(name, find(name)) for name, *_ in cookie_spans(exchange.cookie)[0]]
    cookies = {name: rule for name, rule in sent if rule and _is_refused(rule, refused)}
    taken_back = exchange.stored_choice.consent.granted & refused
    if taken_back:
        cookies |= {
            rule.name: rule
            for rule in policy.rules
            if rule.kind is Kind.COOKIE and not rule.is_glob and _is_refused(rule, taken_back)
        }
    return list(cookies.items())


def _is_refused(rule: Cookie, refused: frozenset[str]) -> bool:
    return not refused.isdisjoint(rule.categories)


def _report(name: str, rule: Cookie, exchange: Exchange) -> None:
    reason = Reason.WITHDRAWN if exchange.new_choice else Reason.WITHDRAWAL_NOT_EFFECTIVE
    exchange.report(reason, Action.EXPIRE, name=name, rule=rule)
