"""What axe-core says of a page; its script comes with a package, nothing is downloaded."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# The dearest rule, of what does not depend on the words.
COLOURS = "color-contrast"

RUN = """async (without) => {
    const rules = { "target-size": { enabled: true } };
    for (const rule of without) rules[rule] = { enabled: false };
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const found = await axe.run({ resultTypes: ["violations"], rules });
    return found.violations.map(
        (one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")
    );
}"""


def violations(page: Page, *without: str) -> Any:
    """What axe-core finds with every fold of the page open, and without these rules."""
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN, without)
