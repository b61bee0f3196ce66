"""What of a page a visitor can't see because it is cut off or stands outside of the page; and words
that are broken."""

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


# Words of the tables on more than one line, with every fold of the page open. The name of a cookie
# has places at which it may break, which divide its text.
_BROKEN = """() => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const found = [];
    for (const table of document.querySelectorAll("table")) {
        const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const { data } = texts.currentNode;
            if (texts.currentNode.parentElement.closest("caption")) continue;
            for (const word of data.matchAll(/[^\\s\\u2010-\\u2014/-]+/g)) {
                const range = document.createRange();
                range.setStart(texts.currentNode, word.index);
                range.setEnd(texts.currentNode, word.index + word[0].length);
                const lines = new Set([...range.getClientRects()].map((box) => box.top));
                if (lines.size > 1) found.push(word[0]);
            }
        }
    }
    return found;
}"""


def lost(page: Page) -> Any:
    """The elements of ours that lose text, and the page's width where it is too wide."""
    return page.evaluate(_LOST)


def broken(page: Page) -> Any:
    """The words in the page's tables that are broken over two lines."""
    return page.evaluate(_BROKEN)
