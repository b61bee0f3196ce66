"""What the visitor's browser has to load: small enough to be no reason to leave it out."""

from __future__ import annotations

import gzip
import re

import pytest

from consentgate.pages.static_files import SCRIPT, STYLE_SHEET, StaticFiles
from consentgate.pages.texts import Texts
from tests.support.pages import ENGLISH, FRENCH, PAGES

FILE_BYTES = {STYLE_SHEET: 4096, SCRIPT: 2048}
BANNER_BYTES = 1024
STATIC_BANNER_BYTES = 1280
SETTINGS_BYTES = 512


def packed(data: bytes) -> int:
    return len(gzip.compress(data, 9))


@pytest.mark.parametrize("file", FILE_BYTES)
def test_a_static_file_is_within_its_budget(file: str) -> None:
    files = StaticFiles()

    assert packed(files.answer(files.name_of(file)).body) <= FILE_BYTES[file]


@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_a_banner_with_three_purposes_takes_less_than_one_kilobyte(texts: Texts) -> None:
    html = PAGES.banner(texts, mount="", has_next=True).fill("/a/page?of=the-site")

    assert packed(html) <= BANNER_BYTES
    assert packed(PAGES.static_banner(texts, mount="")) <= STATIC_BANNER_BYTES


def test_the_strip_on_each_page_after_the_choice_takes_half_a_kilobyte() -> None:
    html = PAGES.settings(ENGLISH, mount="", has_next=True).fill("/a/page?of=the-site")

    assert packed(html) <= SETTINGS_BYTES


def test_nothing_moves_so_that_there_is_no_motion_to_reduce() -> None:
    files = StaticFiles()
    sheet = files.answer(files.name_of(STYLE_SHEET)).body.decode()

    assert not re.search(r"\b(animation|transition|scroll-behavior)\b\s*:", sheet)
