"""The closed lists of words in which a cookie is declared; nothing here decides anything."""

from __future__ import annotations

from enum import StrEnum

NECESSARY = "necessary"
STATISTICS = "statistics"
MARKETING = "marketing"


class Kind(StrEnum):
    """What is stored on, or read from, the visitor's device.

    The rule covers any information there, not only cookies (ePrivacy art. 5(3); EDPB guidelines
    2/2023). Only cookies are filtered by the gate; the other kinds are explained and counted.
    """

    COOKIE = "cookie"
    LOCAL_STORAGE = "local_storage"
    SESSION_STORAGE = "session_storage"
    INDEXED_DB = "indexed_db"
    SCRIPT = "script"
    FRAME = "frame"
    PIXEL = "pixel"


class Party(StrEnum):
    """Who can read a cookie: the site itself, or someone else."""

    FIRST = "first"
    THIRD = "third"


class ExemptReason(StrEnum):
    """Why a cookie needs no consent: the closed list of CNIL deliberation 2020-091, art. 5."""

    CHOICE = "choice"
    AUTHENTICATION = "authentication"
    BASKET = "basket"
    INTERFACE = "interface"
    LOAD_BALANCING = "load_balancing"
    PAYWALL = "paywall"
    AUDIENCE_MEASUREMENT = "audience_measurement"


class SameSite(StrEnum):
    """The values of the SameSite attribute, weakest first (RFC 6265bis section 5.6.7)."""

    NONE = "None"
    LAX = "Lax"
    STRICT = "Strict"
