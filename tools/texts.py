"""Collects the messages of the visitor's pages and brings every catalogue up to date.

A message that is new gets an empty translation, one that is gone is kept as obsolete ("#~"), for
whoever translates to take its words; the tests fail on both. No line numbers and no dates are
written, so that a catalogue changes only where its words do.

    python tools/texts.py
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "consentgate" / "pages" / "locale"
WIDTH = 96

_KEYWORDS = {**DEFAULT_KEYWORDS, "plural": (1, 2)}
_NOISE = re.compile(
    r'^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date'
    r'|Last-Translator|Language-Team|Generated-By): .*\\n"\n',
    re.MULTILINE,
)


def extracted() -> Catalog:
    """All messages of the code and the templates, in the order of the files."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel's own
    catalog = Catalog()
    messages = extract_from_dir(ROOT / "consentgate", methods, options, _KEYWORDS)
    for _, _, message, _, _ in messages:
        catalog.add(message)
    return catalog


def catalogue_text(catalog: Catalog) -> str:
    """A catalogue as it stands in its file."""
    written = BytesIO()
    write_po(written, catalog, width=WIDTH, no_location=True)
    return _NOISE.sub("", written.getvalue().decode("utf-8"))


def read_file(path: Path) -> Catalog:
    """The catalogue of a file, what is obsolete in it included."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)


def update() -> None:
    """Bring every catalogue up to date."""
    template = extracted()
    for path in sorted(LOCALE.glob("*.po")):
        catalog = read_file(path)
        catalog.update(template, no_fuzzy_matching=True)
        path.write_text(catalogue_text(catalog), encoding="utf-8")


if __name__ == "__main__":
    update()
