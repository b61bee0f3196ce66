"""Collects what is wrong with a declaration, so that all of it is said at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple, TypeVar

from consentgate.errors import Finding

Word = TypeVar("Word", bound=StrEnum)


class Problem(NamedTuple):
    """One error of a declaration that does not know yet where it stands."""

    id: str
    message: str
    hint: str

    def at(self, place: str) -> Finding:
        """Return the fault as a finding at `place`."""
        return Finding(self.id, place, self.message, self.hint)


def invalid_value(field: str, value: object, hint: str) -> Problem:
    """Return the fault of a field (CG007) whose value cannot be used."""
    return Problem("CG007", f"{field} cannot be {value!r:.80}", hint)


def choose_from(known: Iterable[str], *, instead_of: str) -> str:
    """Return the mend of a word that is not in a closed list: the nearest one, and the list."""
    words = {str(word).lower(): str(word) for word in known}
    listed = "known: " + ", ".join(words.values())
    near = get_close_matches(instead_of.lower(), words, n=1)
    return f"did you mean {words[near[0]]!r}? {listed}" if near else listed


def as_word(
    words: type[Word], value: object, *, field: str, problems: list[Problem]
) -> Word | None:
    """Return the member of a closed list that `value` names; None and a fault where it is none."""
    try:
        return words(str(value))
    except ValueError:
        problems.append(invalid_value(field, value, choose_from(words, instead_of=str(value))))
        return None
