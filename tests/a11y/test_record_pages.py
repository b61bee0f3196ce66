"""The pages that `consentgate records` writes: for everybody, and without a complaint of the
browser about what they may load and run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from consentgate.records.proof_page import proof_page
from consentgate.records.statistics import statistics_of
from consentgate.records.statistics_page import statistics_page
from tests.a11y.axe import violations
from tests.records.exports.test_receipt import KEYS, receipt_of, signed_store
from tests.records.test_statistics import a_month
from tests.support.record_stores import NOW, notice_of

Write = Callable[[Path], str]


def statistics(_: Path) -> str:
    return statistics_page(statistics_of(a_month()), published=True)


def proof(folder: Path) -> str:
    return proof_page(receipt_of(signed_store(folder), 3), notice_of(), KEYS, created=NOW)


@contextmanager
def shown(browser: Browser, page: str, *, scheme: str, width: int) -> Iterator[Page]:
    """A page in the browser, which must have no complaint about it."""
    complaints: list[str] = []
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        offline=True,
    )
    tab = context.new_page()
    tab.on("console", lambda message: complaints.append(message.text))
    tab.set_content(page)
    yield tab
    context.close()
    assert complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("write", [statistics, proof], ids=lambda write: write.__name__)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(
    browser: Browser, tmp_path: Path, write: Write, scheme: str, width: int
) -> None:
    with shown(browser, write(tmp_path), scheme=scheme, width=width) as tab:
        assert violations(tab) == []


@pytest.mark.slow
def test_a_proof_shows_the_notice_with_its_styles_in_a_frame_that_may_do_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    page = proof(tmp_path)

    assert 'sandbox=""' in page
    with shown(browser, page, scheme="light", width=1280) as tab:
        (frame,) = tab.frames[1:]
        assert frame.inner_text("p") == "Do you allow statistics?"
        colour = frame.eval_on_selector("p", "one => getComputedStyle(one).color")
        assert colour == "rgb(17, 17, 17)"
