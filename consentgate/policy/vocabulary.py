"""The closed lists of words in which a cookie is declared.

Beside each list is the type of what a site may write for it, so that a type checker sees a
misspelled word: a member of the list, or its value.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

NECESSARY = "necessary"
STATISTICS = "statistics"
MARKETING = "marketing"


class Kind(StrEnum):
    """What is stored on, or read from, the visitor's device.

    The rule covers any information there, not only cookies (ePrivacy art. 5(3); EDPB guidelines
    2/2023). The gate filters cookies; the guard script holds in the browser what scripts store by
    name, up to SERVICE_WORKER, which is named by the path of its script.
    """

    COOKIE = "cookie"
    LOCAL_STORAGE = "local_storage"
    SESSION_STORAGE = "session_storage"
    INDEXED_DB = "indexed_db"
    CACHE_STORAGE = "cache_storage"
    STORAGE_BUCKET = "storage_bucket"
    PRIVATE_FILE = "private_file"
    SERVICE_WORKER = "service_worker"
    SCRIPT = "script"
    FRAME = "frame"
    PIXEL = "pixel"
    FONT = "font"
    CONNECTION = "connection"


KindOption = (
    Kind
    | Literal[
        "cookie",
        "local_storage",
        "session_storage",
        "indexed_db",
        "cache_storage",
        "storage_bucket",
        "private_file",
        "service_worker",
        "script",
        "frame",
        "pixel",
        "font",
        "connection",
    ]
)


class ResourceType(StrEnum):
    """What a page loads from a host, as far as browsers tell it apart (W3C CSP3 section 6)."""

    ANY = "any"
    SCRIPT = "script"
    STYLE = "style"
    IMAGE = "image"
    FONT = "font"
    MEDIA = "media"
    FRAME = "frame"
    CONNECTION = "connection"


ResourceTypeOption = (
    ResourceType
    | Literal["any", "script", "style", "image", "font", "media", "frame", "connection"]
)


class Party(StrEnum):
    """Who can read a cookie: the site itself, or someone else."""

    FIRST = "first"
    THIRD = "third"


PartyOption = Party | Literal["first", "third"]


class ExemptReason(StrEnum):
    """Why a cookie needs no consent: the closed list of CNIL deliberation 2020-091, art. 5."""

    CHOICE = "choice"
    AUTHENTICATION = "authentication"
    BASKET = "basket"
    INTERFACE = "interface"
    LOAD_BALANCING = "load_balancing"
    PAYWALL = "paywall"
    AUDIENCE_MEASUREMENT = "audience_measurement"


ExemptReasonOption = (
    ExemptReason
    | Literal[
        "choice",
        "authentication",
        "basket",
        "interface",
        "load_balancing",
        "paywall",
        "audience_measurement",
    ]
)


class Basis(StrEnum):
    """Why a cookie may leave: what the regime says of it, strictest last.

    NECESSARY: always. OPT_OUT and OBJECTABLE: until the visitor refuses. EXEMPT: the same, on
    terms. CONSENT: once the visitor agreed.
    """

    NECESSARY = "necessary"
    OPT_OUT = "opt-out"
    OBJECTABLE = "objectable"
    EXEMPT = "exempt"
    CONSENT = "consent"


class SameSite(StrEnum):
    """The values of the SameSite attribute, weakest first (RFC 6265bis section 5.6.7)."""

    NONE = "None"
    LAX = "Lax"
    STRICT = "Strict"


SameSiteOption = SameSite | Literal["None", "Lax", "Strict"]


class PersonalData(StrEnum):
    """The types of personal data that a declaration names, as records are exported with them.

    Each is a term of the Data Privacy Vocabulary's list of personal data (DPV 2.3, PD).
    """

    IDENTIFIER = "identifier"
    BROWSING_BEHAVIOUR = "browsing_behaviour"
    REFERRER = "referrer"
    LINKS_CLICKED = "links_clicked"
    DEVICE = "device"
    BROWSER_FINGERPRINT = "browser_fingerprint"
    IP_ADDRESS = "ip_address"
    LOCATION = "location"
    LANGUAGE = "language"
    PREFERENCE = "preference"
    INTEREST = "interest"
    PROFILE = "profile"
    AUTHENTICATION = "authentication"


PersonalDataOption = (
    PersonalData
    | Literal[
        "identifier",
        "browsing_behaviour",
        "referrer",
        "links_clicked",
        "device",
        "browser_fingerprint",
        "ip_address",
        "location",
        "language",
        "preference",
        "interest",
        "profile",
        "authentication",
    ]
)


class StoringHeader(StrEnum):
    """The response headers, besides Set-Cookie, that a site can declare as storing or reading
    something, in the spelling of their specifications.

    Those up to SHARED_STORAGE_WRITE serve advertising or embedding alone, and never leave
    undeclared; the others have uses that need no consent, and are held where they are declared.
    """

    ACTIVATE_STORAGE_ACCESS = "Activate-Storage-Access"
    ATTRIBUTION_REPORTING_REGISTER_OS_SOURCE = "Attribution-Reporting-Register-OS-Source"
    ATTRIBUTION_REPORTING_REGISTER_OS_TRIGGER = "Attribution-Reporting-Register-OS-Trigger"
    ATTRIBUTION_REPORTING_REGISTER_SOURCE = "Attribution-Reporting-Register-Source"
    ATTRIBUTION_REPORTING_REGISTER_TRIGGER = "Attribution-Reporting-Register-Trigger"
    OBSERVE_BROWSING_TOPICS = "Observe-Browsing-Topics"
    SHARED_STORAGE_WRITE = "Shared-Storage-Write"
    ACCEPT_CH = "Accept-CH"
    CRITICAL_CH = "Critical-CH"
    NEL = "NEL"
    REPORT_TO = "Report-To"
    SEC_PRIVATE_STATE_TOKEN = "Sec-Private-State-Token"  # noqa: S105 (a header)
    SET_LOGIN = "Set-Login"
    USE_AS_DICTIONARY = "Use-As-Dictionary"


StoringHeaderOption = (
    StoringHeader
    | Literal[
        "Activate-Storage-Access",
        "Attribution-Reporting-Register-OS-Source",
        "Attribution-Reporting-Register-OS-Trigger",
        "Attribution-Reporting-Register-Source",
        "Attribution-Reporting-Register-Trigger",
        "Observe-Browsing-Topics",
        "Shared-Storage-Write",
        "Accept-CH",
        "Critical-CH",
        "NEL",
        "Report-To",
        "Sec-Private-State-Token",
        "Set-Login",
        "Use-As-Dictionary",
    ]
)

HELD_UNDECLARED = frozenset(
    tuple(StoringHeader)[: tuple(StoringHeader).index(StoringHeader.ACCEPT_CH)]
)
"""The headers of the list that never leave undeclared."""


# Lower-case names of well-known software.
_DEFAULT_REASONS = {
    "cookies_preferences": ExemptReason.CHOICE,
    "django_language": ExemptReason.INTERFACE,
    "i18next": ExemptReason.INTERFACE,
    "lang": ExemptReason.INTERFACE,
    "language": ExemptReason.INTERFACE,
    "locale": ExemptReason.INTERFACE,
    "messages": ExemptReason.INTERFACE,
    "pll_language": ExemptReason.INTERFACE,
    "theme": ExemptReason.INTERFACE,
    "timezone": ExemptReason.INTERFACE,
    "basket": ExemptReason.BASKET,
    "cart": ExemptReason.BASKET,
    "woocommerce_cart_hash": ExemptReason.BASKET,
    "woocommerce_items_in_cart": ExemptReason.BASKET,
    "awsalb": ExemptReason.LOAD_BALANCING,
    "awsalbcors": ExemptReason.LOAD_BALANCING,
    "arraffinity": ExemptReason.LOAD_BALANCING,
    "arraffinitysamesite": ExemptReason.LOAD_BALANCING,
    "ingresscookie": ExemptReason.LOAD_BALANCING,
    "serverid": ExemptReason.LOAD_BALANCING,
}


def default_reason(name: str) -> ExemptReason:
    """Return the exempt reason of a necessary cookie of this name for which the site gives none."""
    # Any other cookie that a site calls necessary is most often a session or its security.
    return _DEFAULT_REASONS.get(name.lower(), ExemptReason.AUTHENTICATION)
