"""The lock file: every cookie that an application sets, as somebody has reviewed it.

It is TOML, one line for each way in which a cookie is set, sorted, without line numbers: what a
change of the code changes is what a review shows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consentgate.audit.check import Result, Variant
from consentgate.audit.loading import AuditError
from consentgate.policy.writing import table_lines, toml_value

VERSION = 1
_HEAD = """\
# Every cookie that the application sets, as it was reviewed. `consentgate lock` writes this file,
# and `consentgate check --locked` fails where the application sets anything else.
"""


@dataclass(frozen=True, slots=True)
class LockedCookie:
    """A cookie by its declared name: its category ("" if nobody declared it), and each way in which
    it is set, in words."""

    category: str
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
            ways = "".join(f"    {toml_value(way)},\n" for way in sorted(cookie.ways))
            lines.append(f"set = [\n{ways}]")
        return "\n".join(lines) + "\n"


def lock_of(result: Result) -> Lock:
    """Return what a check found, as it is locked."""
    policy = result.policy
    return Lock(
        {
            sighting.name: LockedCookie(
                sighting.category, frozenset(map(_in_words, sighting.variants))
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
            str(one["name"]): LockedCookie(str(one["category"]), frozenset(map(str, one["set"])))
            for one in read.get("cookies", ())
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


def differences(locked: Lock, found: Lock) -> list[str]:
    """Return what is no longer as it was reviewed, a line each; none where all is."""
    return [*_of_cookies(locked.cookies, found.cookies), *_of_questions(locked, found)]


def _of_cookies(
    locked: Mapping[str, LockedCookie], found: Mapping[str, LockedCookie]
) -> Iterator[str]:
    for name in sorted({*locked, *found}):
        before, now = locked.get(name), found.get(name)
        if before is None:
            assert now is not None, "it is in one of them"
            yield f"+ {name} ({now.category or 'not declared'}) is new"
            yield from (f"    + {way}" for way in sorted(now.ways))
        elif now is None:
            yield f"- {name} ({before.category or 'not declared'}) is set no longer"
        else:
            if before.category != now.category:
                yield (
                    f"~ {name} was {before.category or 'not declared'} and is "
                    f"{now.category or 'not declared'}"
                )
            if before.ways != now.ways:
                yield f"~ {name} is set in another way"
                yield from (f"    - {way}" for way in sorted(before.ways - now.ways))
                yield from (f"    + {way}" for way in sorted(now.ways - before.ways))


def _of_questions(locked: Lock, found: Lock) -> Iterator[str]:
    for name in sorted({*locked.categories, *found.categories}):
        before, now = locked.categories.get(name), found.categories.get(name)
        if now is None:
            yield f"- visitors are asked no longer about {name}"
        elif before is None:
            yield f"+ visitors will be asked about {name}"
        elif before != now:
            yield f"~ visitors will be asked again about {name}: what they are told has changed"


def _in_words(variant: Variant) -> str:
    place = variant.place
    where = "an unknown place" if place is None else f"{place.file}: {place.function}"
    attributes = f"; {variant.attributes}" if variant.attributes else ""
    return f"{variant.lifetime}{attributes}; in {where}"
