"""Writes Set-Cookie values: anew, or an application's own with the least change."""

from __future__ import annotations

import re
from math import inf

from consentgate.http.set_cookie import BLANKS, expiry_of, last_values, split_set_cookie

_ENDED = ("Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT")
"""Both: Max-Age decides in every browser of today, whatever Date the response bears; Expires is
for what knows no Max-Age."""

_OF_NOTHING = "; ".join(("=", *_ENDED))
"""Neither name nor value: browsers ignore it (RFC 6265bis section 5.7)."""

_UNWRITABLE = re.compile("[\x00-\x1f\x7f;]|[^\x00-\xff]")
"""What no part of a value can hold: it would end the part, void the header, or be no byte."""

_SAME_SITE_RANKS = {"none": 0, "lax": 1, "strict": 2}


def serialize_set_cookie(
    name: str,
    value: str,
    *,
    max_age_s: int | None = None,
    path: str = "/",
    domain: str = "",
    secure: bool = False,
    http_only: bool = False,
    same_site: str = "",
    partitioned: bool = False,
) -> str:
    """Return a Set-Cookie value that stores the cookie, for the session if `max_age_s` is None.

    What a name prefix demands is added. A name or value that no header can carry gives a value
    that stores nothing; such a path or domain is left out.
    """
    if not _is_name(name) or not _is_writable(value):
        return _OF_NOTHING
    parts = [f"{name}={value}"]
    if max_age_s is not None:
        parts.append(f"Max-Age={max_age_s}")
    parts += _place(name, path=path, domain=domain, secure=secure, http_only=http_only)
    if same_site:
        parts.append(f"SameSite={same_site}")
    if partitioned:
        parts.append("Partitioned")
    return "; ".join(parts)


def expire_cookie(
    name: str,
    *,
    path: str = "/",
    domain: str = "",
    secure: bool = False,
    http_only: bool = False,
    partitioned: bool = False,
    cross_site: bool = False,
) -> str:
    """Return the Set-Cookie value that deletes the cookie at this path and domain ("" for the
    host alone) and can never store one, whatever the response's Date.

    What a name prefix demands is added, and what browsers demand of `partitioned` cookies and of
    those used in other sites' frames (`cross_site`): Secure and SameSite=None.
    """
    if not _is_name(name):
        return _OF_NOTHING
    cross_site = cross_site or partitioned
    parts = [f"{name}=", *_ENDED]
    parts += _place(
        name, path=path, domain=domain, secure=secure or cross_site, http_only=http_only
    )
    if cross_site:
        parts.append("SameSite=None")
    if partitioned:
        parts.append("Partitioned")
    return "; ".join(parts)


def delete_canonically(value: str) -> str:
    """Return the deletion of the same cookie written anew: its name, Path, Domain, Secure and
    Partitioned, and nothing else of the application's bytes.

    An application's own deletion can store: browsers count its Expires from the response's Date.
    SameSite=None stays beside Secure, since in a cross-site frame browsers refuse any other
    Set-Cookie, deletions too (RFC 6265bis section 5.7).
    """
    name, attributes = split_set_cookie(value)
    values = last_values(attributes)
    secure = "secure" in values
    return expire_cookie(
        name,
        path=values.get("path", ""),
        domain=values.get("domain", ""),
        secure=secure,
        partitioned="partitioned" in values,
        cross_site=secure and values.get("samesite", "").lower() == "none",
    )


def clamp_lifetime(value: str, *, longest_s: int | None, now_s: float) -> str:
    """Return the value with a lifetime of at most `longest_s` seconds, None: of the session.

    The same object where it lives no longer; else every Max-Age and Expires is dropped, all
    other bytes stay, and the Max-Age allowed is appended.
    """
    attributes = split_set_cookie(value)[1]
    lives_s = _lifetime_s(attributes, now_s)
    if lives_s <= (longest_s or 0):
        return value
    return value.partition(";")[0] + clamped_attributes(attributes, longest_s=longest_s)


def clamped_attributes(attributes: str, *, longest_s: int | None) -> str:
    """Return what follows the pair of a Set-Cookie whose lifetime is clamped, from its ";" on.

    `attributes` is the text after the first ";", and all of it stays but Max-Age and Expires.
    """
    kept = [text for text in attributes.split(";") if not _is_expiry(text)]
    if longest_s is not None:
        kept.append(f" Max-Age={longest_s}")
    return "".join(f";{text}" for text in kept)


def strengthen_attributes(
    value: str, *, secure: bool = False, http_only: bool = False, same_site: str = ""
) -> str:
    """Return the value with these attributes at least; the same object where it has them.

    SameSite is never lowered: None < Lax < Strict, and absent or junk counts as None. What is
    missing is appended, since the last attribute of a kind counts.
    """
    values = last_values(split_set_cookie(value)[1])
    raised = []
    if secure and "secure" not in values:
        raised.append("; Secure")
    if http_only and "httponly" not in values:
        raised.append("; HttpOnly")
    if _rank(same_site) > _rank(values.get("samesite", "")):
        raised.append(f"; SameSite={same_site}")
    return "".join((value, *raised)) if raised else value


def _place(name: str, *, path: str, domain: str, secure: bool, http_only: bool) -> list[str]:
    """Return the attributes that say where a cookie is, with what its prefix demands (RFC 6265bis
    section 4.1.3; browsers match prefixes without regard to case)."""
    lowered = name.lower()
    if lowered.startswith("__host-"):
        path, domain, secure = "/", "", True
    secure = secure or lowered.startswith(("__secure-", "__http-"))
    http_only = http_only or lowered.startswith(("__http-", "__host-http-"))
    parts = []
    if path and _is_writable(path):
        parts.append(f"Path={path}")
    if domain and _is_writable(domain):
        parts.append(f"Domain={domain}")
    if secure:
        parts.append("Secure")
    if http_only:
        parts.append("HttpOnly")
    return parts


def _is_writable(text: str) -> bool:
    return _UNWRITABLE.search(text) is None


def _is_name(name: str) -> bool:
    """Say whether a browser would read exactly this name back."""
    return name != "" and _is_writable(name) and split_set_cookie(f"{name}=")[0] == name


def _lifetime_s(attributes: str, now_s: float) -> float:
    """Return for how many seconds the cookie lives; 0 or less for a session's or a deletion."""
    max_age_s, expires_s = expiry_of(attributes)
    if max_age_s is not None:
        return max_age_s
    return -inf if expires_s is None else expires_s - now_s


def _is_expiry(attribute: str) -> bool:
    return attribute.partition("=")[0].strip(BLANKS).lower() in ("max-age", "expires")


def _rank(same_site: str) -> int:
    return _SAME_SITE_RANKS.get(same_site.lower(), 0)
