"""One declared cookie: its name, why the site sets it, and what the law lets it do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypedDict, Unpack

from consentgate.errors import PolicyError
from consentgate.policy.fields import (
    as_countries,
    as_domains,
    as_endpoints,
    as_flag,
    as_line,
    as_names,
    as_paths,
    as_personal_data,
    as_storing_headers,
)
from consentgate.policy.hosts import NO_HOSTS, Hosts, as_hosts
from consentgate.policy.keywords import unknown_keyword
from consentgate.policy.lifetime import Lifetime, as_duration, as_lifetime
from consentgate.policy.names import is_plain_name, name_problem
from consentgate.policy.problems import Problem, as_word
from consentgate.policy.terms import Assessment, AssessmentOption, Terms, as_assessment
from consentgate.policy.text import Text, as_text
from consentgate.policy.vocabulary import (
    MARKETING,
    NECESSARY,
    Basis,
    ExemptReason,
    ExemptReasonOption,
    Kind,
    KindOption,
    Party,
    PartyOption,
    PersonalData,
    PersonalDataOption,
    ResourceTypeOption,
    SameSite,
    SameSiteOption,
    StoringHeader,
    StoringHeaderOption,
    default_reason,
)

HostsOption = str | Iterable[str] | Mapping[ResourceTypeOption, str | Iterable[str]]
"""Hosts for resources of any type, or hosts by type."""


class CookieFields(TypedDict, total=False):
    """What a site can declare of a cookie besides its name and category."""

    provider: Text | None
    service: Text | None
    location: Text | None
    purpose: Text | None
    lifetime: str | timedelta | None
    party: PartyOption | None
    anonymous: bool | None
    exempt_reason: ExemptReasonOption | None
    retention: str | timedelta | None
    assessment: AssessmentOption | None
    path: str | Iterable[str] | None
    domain: str | Iterable[str] | None
    parent_domain: bool | None
    kind: KindOption | None
    purpose_id: str | None
    hosts: HostsOption | None
    headers: StoringHeaderOption | Iterable[StoringHeaderOption] | None
    device_session: str | Iterable[str] | None
    personal_data: PersonalDataOption | Iterable[PersonalDataOption] | None
    storage_location: str | Iterable[str] | None
    recipients: str | Iterable[str] | None
    secure: bool | None
    http_only: bool | None
    partitioned: bool | None
    same_site: SameSiteOption | None


# The values are of any type, because a file can hold any; each reader checks its own.
_READERS: dict[str, Callable[..., Any]] = {
    "provider": as_text,
    "service": as_text,
    "location": as_text,
    "purpose": as_text,
    "lifetime": as_lifetime,
    "party": partial(as_word, Party),
    "anonymous": as_flag,
    "exempt_reason": partial(as_word, ExemptReason),
    "retention": as_duration,
    "assessment": as_assessment,
    "path": as_paths,
    "domain": as_domains,
    "parent_domain": as_flag,
    "kind": partial(as_word, Kind),
    "purpose_id": as_line,
    "hosts": as_hosts,
    "headers": as_storing_headers,
    "device_session": as_endpoints,
    "personal_data": as_personal_data,
    "storage_location": as_countries,
    "recipients": as_names,
    "secure": as_flag,
    "http_only": as_flag,
    "partitioned": as_flag,
    "same_site": partial(as_word, SameSite),
}

_TEXTS = frozenset(key for key, reader in _READERS.items() if reader is as_text)

COOKIE_FIELDS = tuple(_READERS)
"""The names of the fields of a cookie besides its name and category."""

_ENTANGLED = frozenset({"anonymous", "exempt_reason", "path", "domain", "parent_domain"})
"""The fields that must agree with other fields."""

_PLACE = frozenset({"path", "domain", "parent_domain"})


# No slots, and the defaults stay on the class: an instance holds the given fields and no more, so
# that a policy of ten thousand short declarations is made quickly.
@dataclass(frozen=True, init=False)
class Cookie:
    """What a site declares of one cookie, or of all cookies that match a glob; it cannot change.

    `Cookie("_pk_id.*", category="statistics", lifetime="13 months")`: the name is exact, or a
    glob in which `*` is any text. A field that is left out, or None, has the value of the preset
    that declares the same name, else the default below. Raises PolicyError with all errors.
    """

    name: str
    """Exact, or a glob in which `*` matches any text, also an empty one. Letter case counts."""
    category: str
    """`necessary`, `statistics`, `marketing`, or one of the site's own."""
    provider: Text = ""
    """Who sets it."""
    service: Text = ""
    """The service or software that it belongs to."""
    location: Text = ""
    """Where on the site it is used."""
    purpose: Text = ""
    """What it is for."""
    lifetime: Lifetime | None = None
    """`"session"`, a number with a unit from `seconds` to `years`, or a `timedelta`."""
    party: Party = Party.FIRST
    """`first` or `third`: whether another site sets it."""
    anonymous: bool = False
    """True for audience measurement that needs no consent where the regime exempts it, as `fr`
    does (CNIL 2020-091, art. 5)."""
    exempt_reason: ExemptReason | None = None
    """Why it needs no consent; an exempt cookie without a reason gets a usual one."""
    retention: timedelta | None = None
    """How long its measurements are kept; expected of anonymous audience measurement."""
    assessment: Assessment | None = None
    """When the site judged that its measurement is exempt, and where that is written down: a date
    and an address, or a path of the site."""
    path: tuple[str, ...] = ("/",)
    """The paths, one or several, on which it is set; the gate expires it on each, for each
    domain."""
    domain: tuple[str, ...] = ()
    """The domains, one or several, on which it is set; `""` and `()` are the host itself."""
    parent_domain: bool = False
    """True where it is set for the highest domain that a browser allows, as trackers do: without
    `domain` the gate expires it for each parent domain of the request's host as well."""
    kind: Kind = Kind.COOKIE
    """`cookie`, `local_storage`, `session_storage`, `indexed_db`, `cache_storage`,
    `storage_bucket`, `private_file`, `service_worker`, `script`, `frame`, `pixel`, `font` or
    `connection`. The gate filters cookies, the guard script what scripts store; the charter
    explains all of them."""
    purpose_id: str = ""
    """Names the purpose in the fingerprint, so that its text can change without asking visitors
    again."""
    hosts: Hosts = NO_HOSTS
    """The hosts that it contacts, such as `"www.example.org"` or `"*.example.org"`: one, a list, or
    by type (`script`, `style`, `image`, `font`, `media`, `frame`, `connection`). With `csp` pages
    contact them only once its category is allowed."""
    headers: tuple[StoringHeader, ...] = ()
    """The response headers that store or read it, such as `"Observe-Browsing-Topics"`: one name or
    several, of [those that can be declared](headers.md). They leave once its category is allowed;
    where several declarations name one header, the strictest decides."""
    device_session: tuple[str, ...] = ()
    """Where browsers register a session bound to the device for it
    (`Secure-Session-Registration`): the paths, one or several, such as `"/session/start"`, or
    addresses of other hosts of the site. Without it no such session begins."""
    personal_data: tuple[PersonalData, ...] = ()
    """The types of personal data that it collects, for [exported records](records.md):
    `identifier`, `browsing_behaviour`, `referrer`, `links_clicked`, `device`,
    `browser_fingerprint`, `ip_address`, `location`, `language`, `preference`, `interest`, `profile`
    or `authentication`, or several of these."""
    storage_location: tuple[str, ...] = ()
    """The countries in which these data are stored, such as `"FR"` (ISO 3166-1), or `"EU"`, for
    exported records."""
    recipients: tuple[str, ...] = ()
    """Who else receives these data, one name or several, for exported records; `()`: nobody but the
    controller."""
    secure: bool = False
    """True where the gate adds Secure (on https)."""
    http_only: bool = False
    """True where the gate adds HttpOnly."""
    partitioned: bool = False
    """True where it is set with Partitioned; a browser expires it only with the same attribute."""
    same_site: SameSite | None = None
    """The SameSite to which the gate raises it; the gate never lowers one."""

    given: tuple[str, ...] = field(default=(), init=False, repr=False, compare=False)
    """The names of the fields that were given, besides name and category."""
    categories: tuple[str, ...] = field(default=(), init=False, repr=False)
    """The categories that must all be allowed: `category`, and more where presets differ."""
    necessary: bool = field(default=False, init=False, repr=False, compare=False)
    """True where visitors cannot refuse it."""
    exempt: bool = field(default=False, init=False, repr=False, compare=False)
    """True where it needs no consent: of a policy's rule by its regime; of a cookie by itself where
    it is necessary or anonymous."""
    basis: Basis = field(default=Basis.CONSENT, init=False, repr=False, compare=False)
    """Why it may leave, as the regime has it."""
    terms: Terms | None = field(default=None, init=False, repr=False, compare=False)
    """The terms of its exemption, None where it has none."""

    def __init__(self, name: str, *, category: str, **fields: Unpack[CookieFields]) -> None:
        problems: list[Problem] = []
        attributes = self.__dict__
        attributes["name"] = name
        attributes["category"] = category
        for key, value in fields.items():
            if type(value) is str and key in _TEXTS:
                attributes[key] = value  # as the reader would, which takes longer than the rest
            elif value is not None:
                converted = _reader(key)(value, field=key, problems=problems)
                if converted is not None:
                    attributes[key] = converted
        attributes["given"] = tuple(attributes)[2:]
        attributes["categories"] = (category,)
        _set_exemption(self)
        if not (is_plain_name(name) and type(category) is str and category):
            problems += _name_problems(self)
        if not _ENTANGLED.isdisjoint(fields):
            problems += _entangled_problems(self)
        if problems:
            raise PolicyError(problem.at(f"Cookie({name!r:.80})") for problem in problems)

    @property
    def is_glob(self) -> bool:
        """Whether the name has a star."""
        return "*" in self.name


def requiring(rule: Cookie, *categories: str) -> Cookie:
    """Return `rule` as one that needs all of `categories` allowed, its own among them."""
    copied = object.__new__(Cookie)
    copied.__dict__.update(rule.__dict__, categories=categories)
    return copied


def on_basis(rule: Cookie, basis: Basis, terms: Terms | None) -> Cookie:
    """Return `rule` as one that leaves for this reason and on these terms."""
    copied = object.__new__(Cookie)
    exempt = basis is not Basis.CONSENT
    copied.__dict__.update(rule.__dict__, basis=basis, terms=terms, exempt=exempt)
    if not exempt:
        copied.__dict__.pop("exempt_reason", None)
    return copied


def _set_exemption(cookie: Cookie) -> None:
    attributes = cookie.__dict__
    if cookie.category == NECESSARY:
        attributes["necessary"] = attributes["exempt"] = True
        attributes["basis"] = Basis.NECESSARY
        attributes.setdefault("exempt_reason", default_reason(str(cookie.name)))
    elif cookie.anonymous:
        attributes["exempt"] = True
        attributes["basis"] = Basis.EXEMPT
        attributes.setdefault("exempt_reason", ExemptReason.AUDIENCE_MEASUREMENT)


def _reader(key: str) -> Callable[..., Any]:
    try:
        return _READERS[key]
    except KeyError:
        known = ("name", "category", *_READERS)
        raise unknown_keyword("Cookie", key, known=known) from None


def _name_problems(cookie: Cookie) -> Iterator[Problem]:
    """Yield the problems of a cookie's name, and of its category's."""
    if (problem := name_problem(cookie.name, cookie.kind)) is not None:
        yield problem
    if not (isinstance(cookie.category, str) and cookie.category):
        message = f"{cookie.category!r:.80} cannot be the name of a category"
        yield Problem("CG003", message, "name a declared category")


def _entangled_problems(cookie: Cookie) -> Iterator[Problem]:
    """Yield the problems of fields that do not agree with each other."""
    given = cookie.given
    if "anonymous" in given or "exempt_reason" in given:
        yield from _exemption_problems(cookie)
    if not _PLACE.isdisjoint(given):
        yield from _prefix_problems(cookie)


def _exemption_problems(cookie: Cookie) -> Iterator[Problem]:
    # CNIL deliberation 2020-091, art. 5, and its page on audience measurement of 4 July 2025.
    measures = cookie.exempt_reason is ExemptReason.AUDIENCE_MEASUREMENT
    if cookie.anonymous and cookie.necessary:
        yield _misuse("anonymous and necessary at once", "measure under a category of its own")
    if cookie.anonymous and cookie.category == MARKETING:
        yield _misuse("marketing is never anonymous measurement", "leave anonymous out")
    if cookie.anonymous and cookie.party is Party.THIRD:
        yield _misuse("anonymous measurement is first party only", "leave anonymous out")
    if measures and cookie.necessary:
        yield _misuse("audience measurement is never necessary", "use anonymous=True instead")
    if cookie.anonymous and not (measures or cookie.necessary):
        yield _misuse("anonymous has one reason, audience_measurement", "leave the reason out")
    if cookie.exempt_reason and not cookie.exempt:
        hint = "leave exempt_reason out, or make it necessary or anonymous"
        yield _misuse("it needs consent, so it has no exempt reason", hint)


def _misuse(message: str, hint: str) -> Problem:
    return Problem("CG008", message, hint)


def _prefix_problems(cookie: Cookie) -> Iterator[Problem]:
    # RFC 6265bis section 4.1.3.2: browsers drop it with a Domain or with another path than /.
    is_host = str(cookie.name).lower().startswith("__host-") and cookie.kind is Kind.COOKIE
    has_domain = cookie.parent_domain or any(cookie.domain)
    if is_host and (cookie.path != ("/",) or has_domain):
        hint = "leave path and domain out, or the prefix"
        yield Problem("CG007", "a __Host- cookie has Path=/ and no Domain", hint)
