"""What of a page a visitor can't see because it is cut off or stands outside of the page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# In elements that hold text of their own, with every fold of the page open.
_LOST = """() => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const width = document.documentElement.clientWidth;
    const ours = [...document.querySelectorAll("#consentgate *, .consentgate-page *")];
    const texts = ours.filter((one) => [...one.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    const lost = texts.filter((one) => {
        const style = getComputedStyle(one);
        if (style.clipPath !== "none" || one.closest("thead, caption, noscript")) return false;
        if (!one.checkVisibility()) return false;
        const range = document.createRange();
        range.selectNodeContents(one);
        return [...range.getClientRects()].some((box) => box.left < -0.5 || box.right > width + 0.5)
            || (style.overflow !== "visible" && one.scrollWidth > one.clientWidth + 1);
    });
    const found = lost.map((one) => one.outerHTML.slice(0, 120));
    const wide = document.documentElement.scrollWidth;
    return wide > width ? [`the page is ${wide} wide, in ${width}`, ...found] : found;
}"""


def lost(page: Page) -> Any:
    """The elements of ours that lose text, and the page's width where it is too wide."""
    return page.evaluate(_LOST)
