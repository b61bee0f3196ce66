"""What the documentation's site adds to Sphinx.

`reference` puts in a table that `tools/reference.py` reads from the code, and each finding of the
page of findings can be linked to: `findings.md#cg110`.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from tools.reference import TABLES, table

_ID = re.compile(r"CG[0-9]{3}")


class ReferenceTable(Directive):
    """A table of options or fields, by its name in `tools.reference.TABLES`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table's nodes. Raises a directive error for a name that is not known."""
        (name,) = self.arguments
        if name not in TABLES:
            raise self.error(f"there is no table {name!r}; known are {', '.join(TABLES)}")
        parent = nodes.container()
        lines = list(table(name))
        self.state.nested_parse(StringList(lines, source=f"the code ({name})"), 0, parent)
        _, *rows = parent.findall(nodes.row)
        for node, row in zip(rows, TABLES[name]()):
            _make_target(self.state.document, node, f"{name}-{row.name}".replace("_", "-"))
        return parent.children


class FindingAnchors(SphinxTransform):
    """Makes each row of the page of findings a target with the name of its id."""

    default_priority = 210  # before references are resolved

    def apply(self, **_: Any) -> None:
        """Name the rows."""
        if self.env.docname != "findings":
            return
        for row in self.document.findall(nodes.row):
            text = row.next_node(nodes.entry)
            if text is not None and _ID.fullmatch(text.astext()):
                _make_target(self.document, row, text.astext().lower())


def _make_target(document: nodes.document, node: nodes.Element, name: str) -> None:
    if name not in document.nameids:
        node["names"].append(name)
        document.note_explicit_target(node)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both."""
    app.add_directive("reference", ReferenceTable)
    app.add_transform(FindingAnchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
