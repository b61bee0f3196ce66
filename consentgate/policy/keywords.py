"""Says which keyword was meant, where a public class is given one that it does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar

from consentgate.policy.problems import choose_from

Class = TypeVar("Class", bound=type)


def unknown_keyword(owner: str, key: str, *, known: Iterable[str]) -> TypeError:
    """Return the error of a keyword that a class does not have: it names the nearest one."""
    hint = choose_from(known, instead_of=key)
    return TypeError(f"{owner}() got an unexpected keyword argument {key!r}; {hint}")


def check_keywords(owner: str, given: Iterable[str], *, known: Iterable[str]) -> None:
    """Raise TypeError for the first keyword that is not known."""
    words = tuple(known)
    for key in given:
        if key not in words:
            raise unknown_keyword(owner, key, known=words)


def names_keywords(kind: Class) -> Class:
    """Decorate a class to say which keyword was meant in the place of one that it does not have.

    Python names `__init__`, and before 3.13 no other keyword.
    """
    init: Callable[..., None] = kind.__init__  # type: ignore[misc]  # the class's own
    positional = (Parameter.POSITIONAL_ONLY, Parameter.VAR_POSITIONAL)
    _, *parameters = signature(init).parameters.values()
    known = tuple(parameter.name for parameter in parameters if parameter.kind not in positional)

    @wraps(init)
    def checked(self: object, *values: Any, **options: Any) -> None:  # Any: the class's own
        check_keywords(kind.__name__, options, known=known)
        init(self, *values, **options)

    kind.__init__ = checked  # type: ignore[misc]
    return kind
