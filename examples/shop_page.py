"""The products of both shops, and their pages: values in, HTML out. Nothing here sets a cookie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import jinja2

from journal import Answer

PRODUCTS = {"teapot": "Teapot", "cup": "Cup without a handle", "tin": "Tin for loose tea"}

_FOLDER = Path(__file__).parent / "templates"

COLOURS = (_FOLDER / "colours.css").read_text(encoding="utf-8")
"""The shop's colours for the banner, the preferences page and the charter."""

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def read_count(text: str) -> int:
    """Return the number in a counting cookie, or 0: a browser can send anything."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def read_basket(text: str) -> list[str]:
    """Return the known products of a basket cookie such as `teapot.cup.cup`, in order."""
    return [product for product in text.split(".") if product in PRODUCTS]


def write_basket(products: Iterable[str]) -> str:
    """Return the value of the basket's cookie, with the last twenty products at most."""
    return ".".join(list(products)[-20:])


def render_shop(
    name: str, *, pages: int, cookies: Mapping[str, str], basket: str, choice: str
) -> str:
    """Return the shop's only page. `choice` is "undecided", "allowed" or "refused"."""
    return _templates.get_template("shop.html").render(
        name=name,
        pages=pages,
        products=PRODUCTS,
        basket=Counter(read_basket(basket)),
        cookie_names=sorted(cookies),
        choice=choice,
    )


def render_journal(answers: Collection[Answer]) -> str:
    """Return the page with the table of the last answers, newest first."""
    return _templates.get_template("journal.html").render(answers=answers)


def say_choice(*, decided: bool, allowed: bool) -> str:
    """Return the visitor's choice for statistics as one word."""
    if allowed:
        return "allowed"
    return "refused" if decided else "undecided"
