"""A Set-Cookie value as an entry of a response's `cookies`, sent byte for byte."""

from __future__ import annotations

from collections.abc import Container
from http.cookies import Morsel


class WrittenMorsel(Morsel[str]):
    """A cookie whose header is given; Django sends what a morsel writes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        pair, *attributes = text.split(";")
        name, _, value = pair.partition("=")
        # `set` rejects names that browsers and other software accept.
        state = {"key": name, "value": value, "coded_value": value}
        self.__setstate__(state)  # type: ignore[attr-defined]  # typeshed lacks it
        for attribute in attributes:
            key, equals, argument = attribute.strip(" \t").partition("=")
            if key.lower() in self:
                self[key.lower()] = argument if equals else True
        self._text = text

    def OutputString(self, attrs: Container[str] | None = None) -> str:  # noqa: N802
        """Return the header as it was given."""
        return self._text

    def __reduce__(self) -> tuple[type[WrittenMorsel], tuple[str]]:
        return WrittenMorsel, (self._text,)
