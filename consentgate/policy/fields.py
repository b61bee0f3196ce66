"""Converts what a site wrote for the fields of a cookie into the form in which it is kept.

Where a value cannot be used, its problem is appended to `problems`.
"""

from __future__ import annotations

import re

from consentgate.policy.countries import COUNTRIES, PLACES
from consentgate.policy.hosts import texts_of
from consentgate.policy.problems import Problem, as_word, invalid_value
from consentgate.policy.vocabulary import PersonalData, StoringHeader

# A value holds nothing that ends the attribute or the header (RFC 6265 section 4.1.1).
_PATH = re.compile(r"/[^;\x00-\x1f\x7f]*")
_DOMAIN = re.compile(r"(\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*)?", re.IGNORECASE)
_ENDPOINT = re.compile(r"(https://[a-z0-9.-]+(:[0-9]+)?)?/(?!/)[!-:<-~]*")


def as_flag(value: object, *, field: str, problems: list[Problem]) -> bool:
    """Return `value`, which is true or false; False where it is neither."""
    if not isinstance(value, bool):
        problems.append(invalid_value(field, value, "write true or false"))
    return value is True


def as_line(value: object, *, field: str, problems: list[Problem]) -> str:
    """Return `value`, a text without languages; the empty text where it is something else."""
    if isinstance(value, str):
        return value
    problems.append(invalid_value(field, value, "give one text"))
    return ""


def as_paths(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return one path or several as a tuple; each path begins with a slash."""
    paths = texts_of(value)
    if paths and all(map(_PATH.fullmatch, paths)):
        return paths
    problems.append(invalid_value(field, value, 'give one path or several, such as "/app"'))
    return ("/",)


def as_domains(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return one domain or several as a tuple, in lower case; "" is the host itself."""
    domains = texts_of(value)
    if domains is None or not all(map(_DOMAIN.fullmatch, domains)):
        hint = 'give one domain or several, such as "example.org"; "" is the host itself'
        problems.append(invalid_value(field, value, hint))
        return ()
    # Browsers ignore a leading dot and letter case (RFC 6265 section 5.2.3).
    return tuple(domain.removeprefix(".").lower() for domain in domains)


def as_personal_data(
    value: object, *, field: str, problems: list[Problem]
) -> tuple[PersonalData, ...]:
    """Return one type of personal data or several as a tuple."""
    texts = texts_of(value)
    if texts is None:
        problems.append(invalid_value(field, value, 'give types of data, such as "identifier"'))
        return ()
    words = (as_word(PersonalData, text, field=field, problems=problems) for text in texts)
    return tuple(word for word in words if word is not None)


def as_storing_headers(
    value: object, *, field: str, problems: list[Problem]
) -> tuple[StoringHeader, ...]:
    """Return one name of a header or several as a tuple, sorted, each once."""
    texts = texts_of(value)
    if texts is None:
        hint = 'give names of headers, such as "Observe-Browsing-Topics"'
        problems.append(invalid_value(field, value, hint))
        return ()
    words = [as_word(StoringHeader, text, field=field, problems=problems) for text in texts]
    return tuple(sorted({word for word in words if word is not None}))


def as_endpoints(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return one endpoint or several as a tuple: paths of the site, or addresses with https."""
    endpoints = texts_of(value)
    if endpoints is not None and all(map(_ENDPOINT.fullmatch, endpoints)):
        return endpoints
    hint = 'give one path or several, such as "/session/start", without a query'
    problems.append(invalid_value(field, value, hint))
    return ()


def as_countries(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return one country or several as a tuple of codes; "EU" is one of them."""
    countries = texts_of(value)
    if countries and PLACES.issuperset(countries):
        return countries
    hint = 'give codes of countries (ISO 3166-1), such as "FR" or "GB", or "EU"'
    problems.append(invalid_value(field, value, hint))
    return ()


def is_country(value: object) -> bool:
    """Return whether `value` is a country's code (ISO 3166-1 alpha-2)."""
    return isinstance(value, str) and value in COUNTRIES


def as_names(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return one name or several as a tuple; there may be none."""
    names = texts_of(value)
    if names is not None and all(name.strip() for name in names):
        return names
    problems.append(invalid_value(field, value, "give names; [] says that there are none"))
    return ()
