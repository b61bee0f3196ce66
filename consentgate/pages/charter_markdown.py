"""The whole charter as Markdown, for a site that keeps its legal pages as text.

CommonMark with GitHub's tables (GFM section 4.10). No text that a site declares becomes markup: it
reads as it was written, on one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urljoin

from consentgate.pages.charter import Charter, Section
from consentgate.pages.charter_closing import closing
from consentgate.pages.charter_table import COLUMNS, Row, consent_note, rows_of
from consentgate.pages.charter_words import CHARTER_TITLE, Link, Passage, opening, tables_heading
from consentgate.pages.texts import Texts

# Characters that begin markup in a line (CommonMark 0.31 sections 2.4 and 6; GFM 4.10 and 6.5).
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&$]")
# Characters that begin a list or a rule at the start of a line.
_FIRST = re.compile(r"([-+]|[0-9]+(?=[.)]))")
_ORDERED = re.compile(r"([0-9]+)([.)])")
# Percent-encoded already, or with a meaning of its own in an address (RFC 3986 section 2.2).
_SAFE_IN_ADDRESS = "%!#$&'()*+,/:;=?@[]~"


def charter_markdown(charter: Charter, texts: Texts, *, settings: str) -> str:
    """Return the charter in one language.

    `settings` is the address of the preferences page. It and a path that the controller gave are
    completed by the site's address, if that is declared.
    """
    return "\n\n".join(_blocks(charter, texts, settings)) + "\n"


def _blocks(charter: Charter, texts: Texts, settings: str) -> Iterator[str]:
    yield f"# {_escape(texts(CHARTER_TITLE))}"
    for passage in opening(texts):
        yield from _passage(passage, charter.site)
    yield from _passage(tables_heading(charter, texts), charter.site)
    for section in charter.sections:
        yield from _section(section, charter, texts)
    for passage in closing(charter, texts, settings=settings):
        yield from _passage(passage, charter.site)


def _passage(passage: Passage, site: str, *, level: int = 2) -> Iterator[str]:
    yield f"{'#' * level} {_escape(passage.heading)}"
    yield from map(_escape, passage.paragraphs)
    if passage.links:
        yield "\n".join(f"- {_link(link, site)}" for link in passage.links)
    for part in passage.parts:
        yield from _passage(part, site, level=level + 1)


def _link(link: Link, site: str) -> str:
    label = f"{_escape(link.label)} " if link.label else ""
    if not link.address:
        return label + _escape(link.text)
    address = quote(urljoin(site, link.address), safe=_SAFE_IN_ADDRESS)
    return f"{label}[{_escape(link.text)}](<{address}>)"


def _section(section: Section, charter: Charter, texts: Texts) -> Iterator[str]:
    yield f"### {_escape(charter.title_of(section.category, texts).text)}"
    description = charter.description_of(section.category, texts).text
    if description:
        yield _escape(description)
    yield _escape(consent_note(section, texts))
    yield "\n".join(_table(rows_of(section, charter, texts), texts))


def _table(rows: Iterable[Row], texts: Texts) -> Iterator[str]:
    yield _line(map(texts.gettext, COLUMNS))
    yield "|" + " --- |" * len(COLUMNS)
    yield from map(_line, map(_cells, rows))


def _cells(row: Row) -> Iterator[str]:
    yield f"{row.name} ({row.kind})" if row.kind else row.name
    yield from (cell.text for cell in (row.provider, row.service, row.location, row.purpose))
    yield from (row.lifetime, row.party, ". ".join(row.consent))


def _line(cells: Iterable[str]) -> str:
    return "".join(f"| {_escape(cell)} " for cell in cells) + "|"


def _escape(text: str) -> str:
    line = _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
    if _FIRST.match(line) is None:
        return line
    return _ORDERED.sub(r"\1\\\2", line, count=1) if line[0].isdigit() else f"\\{line}"
