"""The lock file: every cookie that an application sets, as somebody has reviewed it.

It is TOML, one line for each way in which a cookie is set, sorted, without line numbers: what a
change of the code changes is what a review shows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consentgate.audit.check import Result, Variant
from consentgate.audit.loading import AuditError
from consentgate.policy import Policy
from consentgate.policy.text import text_in
from consentgate.policy.writing import cookie_fields, table_lines, toml_value

VERSION = 1
_QUOTE = '"'
_NOT_LOCKED = frozenset({"name", "category", "service", "location"})
_HEAD = """\
# Every cookie that the application sets, as it was reviewed. `consentgate lock` writes this file,
# and `consentgate check --locked` fails where the application sets anything else.
"""


@dataclass(frozen=True, slots=True)
class LockedCookie:
    """A cookie by its declared name: its category ("" if nobody declared it), what else is declared
    of it, a field each, and each way in which it is set, in words."""

    category: str
    declared: frozenset[str]
    ways: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lock:
    """What a lock file says. `categories` are those that visitors are asked about, each with the
    fingerprint of what they are told."""

    cookies: Mapping[str, LockedCookie]
    categories: Mapping[str, str]

    def to_toml(self) -> str:
        """Return the file's text."""
        lines = [_HEAD, f"version = {VERSION}", *table_lines("[categories]", self.categories)]
        for name, cookie in sorted(self.cookies.items()):
            lines += ["", "[[cookies]]", f"name = {toml_value(name)}"]
            lines.append(f"category = {toml_value(cookie.category)}")
            lines.append(f"declared = {_one_a_line(cookie.declared)}")
            lines.append(f"set = {_one_a_line(cookie.ways)}")
        return "\n".join(lines) + "\n"


def lock_of(result: Result) -> Lock:
    """Return what a check found, as it is locked."""
    policy = result.policy
    return Lock(
        {
            sighting.name: LockedCookie(
                sighting.category,
                frozenset(_declared(policy, sighting.example)),
                frozenset(map(_in_words, sighting.variants)),
            )
            for sighting in result.sightings.values()
        },
        {name: policy.fingerprint(name) for name in policy.consent_categories},
    )


def read_lock(path: Path) -> Lock:
    """Return what a lock file says. Raises AuditError where it says nothing that can be read."""
    try:
        # Any: whatever the file holds.
        read: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if read["version"] != VERSION:
            raise AuditError(
                f"{str(path)!r} is of version {read['version']}, and this consentgate reads "
                f"{VERSION}; write it anew with `consentgate lock`"
            )
        cookies = {
            str(cookie["name"]): LockedCookie(
                str(cookie["category"]),
                frozenset(map(str, cookie["declared"])),
                frozenset(map(str, cookie["set"])),
            )
            for cookie in read.get("cookies", ())
        }
        return Lock(cookies, {str(k): str(v) for k, v in read["categories"].items()})
    except FileNotFoundError:
        raise AuditError(
            f"there is no {str(path)!r}; write it with `consentgate lock`, and review it"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AuditError(
            f"{str(path)!r} is no lock file ({type(error).__name__}: {error}); write it anew with "
            "`consentgate lock`"
        ) from None


def differences(locked: Lock, current: Lock) -> list[str]:
    """Return what is no longer as it was reviewed, a line each; none where all is."""
    return [*_of_cookies(locked.cookies, current.cookies), *_of_questions(locked, current)]


def _of_cookies(
    locked: Mapping[str, LockedCookie], current: Mapping[str, LockedCookie]
) -> Iterator[str]:
    for name in sorted({*locked, *current}):
        before, now = locked.get(name), current.get(name)
        if before is None:
            assert now is not None, "it is in one of them"
            yield f"+ {name} ({now.category or 'not declared'}) is new"
            yield from (f"    + {way}" for way in sorted(now.ways))
        elif now is None:
            yield f"- {name} ({before.category or 'not declared'}) is set no longer"
        else:
            yield from _of_cookie(name, before, now)


def _of_cookie(name: str, before: LockedCookie, now: LockedCookie) -> Iterator[str]:
    if before.category != now.category:
        yield (
            f"~ {name} was {before.category or 'not declared'} and is "
            f"{now.category or 'not declared'}"
        )
    for verb, old, new in (
        ("declared", before.declared, now.declared),
        ("set", before.ways, now.ways),
    ):
        if old != new:
            yield f"~ {name} is {verb} in another way"
            yield from (f"    - {way}" for way in sorted(old - new))
            yield from (f"    + {way}" for way in sorted(new - old))


def _of_questions(locked: Lock, current: Lock) -> Iterator[str]:
    for name in sorted({*locked.categories, *current.categories}):
        before, now = locked.categories.get(name), current.categories.get(name)
        if now is None:
            yield f"- visitors are asked no longer about {name}"
        elif before is None:
            yield f"+ visitors will be asked about {name}"
        elif before != now:
            yield f"~ visitors will be asked again about {name}: what they are told has changed"


def _declared(policy: Policy, name: str) -> Iterator[str]:
    """Yield each field of a cookie's declaration, without what only explains it; texts are in the
    site's own language, as in a fingerprint."""
    rule = policy.rule_for(name)
    if rule is None:
        return
    language = policy.default_language
    texts = {
        "provider": text_in(rule.provider, language),
        "purpose": text_in(rule.purpose, language),
    }
    for key, value in {**cookie_fields(rule), **texts}.items():
        if value and key not in _NOT_LOCKED:
            yield f"{key}: {' '.join(toml_value(value).strip(_QUOTE).split())}"


def _in_words(variant: Variant) -> str:
    place = variant.place
    where = "an unknown place" if place is None else f"{place.file}: {place.function}"
    attributes = f"; {variant.attributes}" if variant.attributes else ""
    return f"{variant.lifetime}{attributes}; in {where}"


def _one_a_line(texts: Iterable[str]) -> str:
    lines = "".join(f"    {toml_value(text)},\n" for text in sorted(texts))
    return f"[\n{lines}]" if lines else "[]"
