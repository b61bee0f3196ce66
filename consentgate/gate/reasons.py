"""Why a gate did what it reports: the stable ids, and the words of the log for each."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why, as a stable id; the documentation lists them."""

    __hash__ = str.__hash__  # Enum's own is a function of Python, and each report looks one up

    NECESSARY = "CG100"
    CONSENTED = "CG101"
    ANONYMOUS = "CG102"
    NOT_REQUIRED = "CG103"
    OBJECTABLE = "CG104"
    UNDECLARED = "CG110"
    UNDECIDED = "CG111"
    REFUSED = "CG112"
    STALE = "CG113"
    EXPIRED = "CG114"
    NAMELESS = "CG115"
    NOT_RENEWED = "CG116"
    PREFERENCES_SET = "CG117"
    DELETION = "CG120"
    RAISED = "CG121"
    CLAMPED = "CG122"
    WITHDRAWN = "CG123"
    WITHDRAWAL_NOT_EFFECTIVE = "CG124"
    UNKNOWN_IN_REQUEST = "CG125"
    LINE_BREAK = "CG130"
    HEADER_LINE_BREAK = "CG131"
    STATUS_LINE_BREAK = "CG132"
    HEADER_NAME = "CG133"
    PREFERENCES_REJECTED = "CG140"
    REQUIRED_FAILED = "CG141"
    SECURE_MISSING = "CG142"
    LANGUAGE_FAILED = "CG143"
    CHOICE_AT_MOUNT = "CG144"
    CHOICE_FOR_HOST = "CG145"
    OTHER_ORIGIN = "CG146"
    CHOICE_CLEARED = "CG147"
    GRANT_NOT_RECORDED = "CG148"
    RECORD_LOST = "CG149"
    BANNER_COMPRESSED = "CG151"
    BANNER_NO_PLACE = "CG152"
    BANNER_FILE = "CG153"
    BANNER_FORM_BLOCKED = "CG154"
    SETTINGS_LINK_MISSING = "CG155"
    REGIME_FAILED = "CG156"
    STORE_UNREACHABLE = "CG157"
    SPOOL_IN_USE = "CG158"
    CLOCKS_APART = "CG159"
    HOST_UNDECLARED = "CG160"
    HOST_NOT_ALLOWED = "CG161"
    HINT_REMOVED = "CG162"
    SCRIPT_UNDECLARED = "CG165"
    SCRIPT_NOT_ALLOWED = "CG166"
    HEADER_UNDECLARED = "CG180"
    HEADER_NOT_ALLOWED = "CG181"


def reason_words(reason: Reason) -> str:
    """Return the words of the log for a reason."""
    return _WORDS[reason]


# What is for a site to look at.
WARNINGS = frozenset(
    {
        Reason.UNDECLARED,
        Reason.NAMELESS,
        Reason.PREFERENCES_SET,
        Reason.WITHDRAWAL_NOT_EFFECTIVE,
        Reason.LINE_BREAK,
        Reason.HEADER_LINE_BREAK,
        Reason.STATUS_LINE_BREAK,
        Reason.HEADER_NAME,
        Reason.REQUIRED_FAILED,
        Reason.LANGUAGE_FAILED,
        Reason.SECURE_MISSING,
        Reason.CHOICE_CLEARED,
        Reason.OTHER_ORIGIN,
        Reason.GRANT_NOT_RECORDED,
        Reason.RECORD_LOST,
        Reason.BANNER_COMPRESSED,
        Reason.BANNER_NO_PLACE,
        Reason.BANNER_FILE,
        Reason.BANNER_FORM_BLOCKED,
        Reason.SETTINGS_LINK_MISSING,
        Reason.REGIME_FAILED,
        Reason.STORE_UNREACHABLE,
        Reason.SPOOL_IN_USE,
        Reason.CLOCKS_APART,
        Reason.HOST_UNDECLARED,
        Reason.HINT_REMOVED,
        Reason.SCRIPT_UNDECLARED,
        Reason.SCRIPT_NOT_ALLOWED,
        Reason.HEADER_UNDECLARED,
    }
)

_WORDS = {
    Reason.UNDECLARED: "it is not declared",
    Reason.UNDECIDED: "the visitor has not chosen",
    Reason.REFUSED: "the visitor refused its category",
    Reason.STALE: "its category changed since the visitor chose",
    Reason.EXPIRED: "the visitor's choice is too old",
    Reason.NAMELESS: "a cookie without a name can pose as any other",
    Reason.NOT_RENEWED: "an exempt measurement cookie is not renewed at each visit",
    Reason.PREFERENCES_SET: "only the gate writes the visitor's choice",
    Reason.DELETION: "a deletion without consent leaves in canonical form",
    Reason.RAISED: "its declaration raises attributes",
    Reason.CLAMPED: "it lived longer than declared",
    Reason.WITHDRAWN: "the visitor refused its category",
    Reason.WITHDRAWAL_NOT_EFFECTIVE: "it was refused before and the browser still sends it",
    Reason.UNKNOWN_IN_REQUEST: "the browser sends it and it is not declared",
    Reason.LINE_BREAK: "its Set-Cookie holds CR, LF or NUL",
    Reason.HEADER_LINE_BREAK: "a header of that name holds CR, LF or NUL",
    Reason.STATUS_LINE_BREAK: "the status line holds CR, LF or NUL",
    Reason.HEADER_NAME: "a header's name would split into a Set-Cookie",
    Reason.PREFERENCES_REJECTED: "a preferences cookie was not accepted",
    Reason.REQUIRED_FAILED: "the site's `required` function failed; consent is enforced",
    Reason.REGIME_FAILED: "the site's `regime_for` function failed; the strictest regime holds",
    Reason.LANGUAGE_FAILED: "the site's `language` function failed; the visitor's is taken",
    Reason.SECURE_MISSING: (
        "the preferences cookie leaves without Secure though the site is https; let the server "
        "trust its proxy's scheme, or pass secure=True"
    ),
    Reason.CHOICE_AT_MOUNT: (
        "the visitor's choice counts for this mount; for one choice on the whole host pass "
        "path='/' to each gate there, with the same key and policy"
    ),
    Reason.CHOICE_FOR_HOST: (
        "the visitor's choice is stored outside of this mount, where another gate of the same host "
        "may overwrite it; leave `path` out unless they share one key and policy"
    ),
    Reason.OTHER_ORIGIN: "a choice was turned away, since it is not from a page of this origin",
    Reason.CHOICE_CLEARED: (
        "Clear-Site-Data makes the browser forget the visitor's choice, so that it is asked for "
        'again; delete the cookies by their names instead, or leave "cookies" out'
    ),
    Reason.GRANT_NOT_RECORDED: (
        "a consent could not be recorded, so that it was not given and the visitor was asked to "
        "try again; look at the store of consent records"
    ),
    Reason.RECORD_LOST: (
        "a refusal took effect that could not be recorded; look at the store of consent records "
        "and at its spool"
    ),
    Reason.STORE_UNREACHABLE: (
        "the store of consent records does not take decisions, so that no consent is given until "
        "it does"
    ),
    Reason.SPOOL_IN_USE: (
        "refusals wait in the spool until the store of consent records takes decisions again"
    ),
    Reason.CLOCKS_APART: (
        "the clock of the gate and that of the store of consent records are more than five minutes "
        "apart; set them by the same time server"
    ),
    Reason.BANNER_COMPRESSED: (
        "a page is compressed inside the gate, so that no banner was put in; compress outside, or "
        "place the template helper `consent_banner` and pass banner='manual'"
    ),
    Reason.BANNER_NO_PLACE: (
        "no banner was put into a page whose body does not start in its first 64 KiB; make its "
        "head shorter, or place the template helper `consent_banner` and pass banner='manual'"
    ),
    Reason.BANNER_FILE: (
        "the application left it to the server to send a page from a file, so that no banner was "
        "put in; let the application send the file itself"
    ),
    Reason.SETTINGS_LINK_MISSING: (
        "a page has no link to the cookie settings, which visitors must find on each page (GDPR "
        "art. 7(3)); place the template helper `consent_link`, or leave out settings_link='none'"
    ),
    Reason.HOST_UNDECLARED: (
        "a browser reports that a page contacts a third party that is not declared; declare it "
        "with `hosts`, or take it out of the page"
    ),
    Reason.HOST_NOT_ALLOWED: "a page contacts a third party that its visitor has not allowed",
    Reason.HINT_REMOVED: (
        "a Link or Speculation-Rules header has browsers contact a third party that is not "
        "allowed, which no Content-Security-Policy stops; declare it with `hosts`, or send the "
        "header once its category is allowed"
    ),
    Reason.SCRIPT_UNDECLARED: "a script of a page stores it, or tries to, and it is not declared",
    Reason.SCRIPT_NOT_ALLOWED: "a script of a page stores it, or tries to, without consent",
    Reason.HEADER_UNDECLARED: (
        "browsers keep or prove something by it, and it is not declared; declare it with "
        "`headers`, or a session bound to the device with `device_session`"
    ),
    Reason.HEADER_NOT_ALLOWED: "browsers keep or prove something by it, without consent",
    Reason.BANNER_FORM_BLOCKED: (
        "a page's Content-Security-Policy lets no form reach the visitor's pages, so that its "
        "banner has a link in place of its buttons; allow form-action 'self', or in a sandbox "
        "allow-forms and allow-same-origin"
    ),
}
