"""Problems of single values, collected so that a declaration reports all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple, TypeVar

from consentgate.errors import Finding

Word = TypeVar("Word", bound=StrEnum)


class Problem(NamedTuple):
    """An error of a declaration whose place is not known yet."""

    id: str
    message: str
    hint: str

    def at(self, place: str) -> Finding:
        """Return the problem as a finding at `place`."""
        return Finding(self.id, place, self.message, self.hint)


def invalid_value(field: str, value: object, hint: str) -> Problem:
    """Return the problem (CG007) of a field whose value cannot be used."""
    return Problem("CG007", f"{field} cannot be {value!r:.80}", hint)


def choose_from(known: Iterable[str], *, instead_of: str) -> str:
    """Return the hint for a word outside a closed list: the nearest word, and the list."""
    words = {str(word).lower(): str(word) for word in known}
    listed = "known: " + ", ".join(words.values())
    near = get_close_matches(instead_of.lower(), words, n=1)
    return f"did you mean {words[near[0]]!r}? {listed}" if near else listed


def as_word(
    words: type[Word], value: object, *, field: str, problems: list[Problem]
) -> Word | None:
    """Return the member of a closed list with this value; None, and a problem, if there is none."""
    try:
        return words(str(value))
    except ValueError:
        problems.append(invalid_value(field, value, choose_from(words, instead_of=str(value))))
        return None
