"""Texts with one change, for what must notice every change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from consentgate.errors import LogError

ALPHABET = "\n\r\t +-/=0123456789ABCDEFabcdef\u00a0\u2014\ud800"


def changes_of(text: str, *, count: int, seed: int) -> Iterator[str]:
    """Yield texts in which one character or one line is another, gone, new or elsewhere."""
    random = Random(seed)
    kinds = [_replace, _delete, _insert, _drop_line, _swap_lines]
    for _ in range(count):
        changed = text
        while changed == text:
            changed = random.choice(kinds)(text, random)
        yield changed


def is_read(read: Callable[[], object]) -> bool:
    """Return whether something is read without a LogError."""
    try:
        read()
    except LogError:
        return False
    return True


def _replace(text: str, random: Random) -> str:
    place = random.randrange(len(text))
    return text[:place] + random.choice(ALPHABET) + text[place + 1 :]


def _delete(text: str, random: Random) -> str:
    place = random.randrange(len(text))
    return text[:place] + text[place + 1 :]


def _insert(text: str, random: Random) -> str:
    place = random.randint(0, len(text))
    return text[:place] + random.choice(ALPHABET) + text[place:]


def _drop_line(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    del lines[random.randrange(len(lines))]
    return "".join(lines)


def _swap_lines(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    first, second = random.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    return "".join(lines)
