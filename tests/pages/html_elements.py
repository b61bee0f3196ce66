"""Reads the library's pages: their elements, with the text in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "input", "link", "meta", "img", "wbr"})


@dataclass
class Element:
    """One element; `words` is all the text in it, in one line."""

    tag: str
    attributes: dict[str, str | None]
    parent: Element | None = None
    texts: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join("".join(self.texts).split())

    def get(self, name: str) -> str:
        """The value of an attribute, "" where it has none or is absent."""
        return self.attributes.get(name) or ""

    def is_in(self, tag: str) -> bool:
        """Return True if the element is in one of that name, at any depth."""
        return self.parent is not None and (self.parent.tag == tag or self.parent.is_in(tag))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.elements: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), self.open[-1] if self.open else None)
        assert len(attrs) == len(element.attributes), f"an attribute of {tag} is there twice"
        self.elements.append(element)
        self.open += [] if tag in _VOID else [element]

    def handle_endtag(self, tag: str) -> None:
        # Each element is closed where it was opened: nothing of ours leaves that to the browser.
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)


def read(html: str) -> list[Element]:
    """The elements in their order; all of them are closed, and no id appears twice."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    ids = [one.get("id") for one in reader.elements if one.get("id")]
    assert len(ids) == len(set(ids))
    return reader.elements


def find(html: str, tag: str, **attributes: str) -> list[Element]:
    """The elements of a name with these attributes."""
    return [
        one
        for one in read(html)
        if one.tag == tag and all(one.get(name) == value for name, value in attributes.items())
    ]


def only(html: str, tag: str, **attributes: str) -> Element:
    """The one element of that kind."""
    (element,) = find(html, tag, **attributes)
    return element


def buttons(html: str) -> list[tuple[str, str]]:
    """The value and the words of each button that makes a choice."""
    elements = find(html, "button", name="choice")
    return [(button.get("value"), button.words) for button in elements]
