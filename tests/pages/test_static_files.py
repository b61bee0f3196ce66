"""The style sheet and the script, as they are served."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from consentgate.pages import static_files
from consentgate.pages.static_files import SCRIPT, STYLE_SHEET, StaticFiles


def test_a_name_holds_the_hash_of_its_file() -> None:
    files = StaticFiles()
    name = files.name_of(STYLE_SHEET)

    digest = hashlib.sha256(files.answer(name).body).hexdigest()

    assert re.fullmatch(r"consent\.[0-9a-f]{12}\.css", name)
    assert name == f"consent.{digest[:12]}.css"


def test_other_bytes_have_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / STYLE_SHEET).write_text("a { color: red; }")
    (tmp_path / SCRIPT).write_text("")
    before = StaticFiles().name_of(STYLE_SHEET)
    monkeypatch.setattr(static_files, "_FOLDER", tmp_path)

    assert StaticFiles().name_of(STYLE_SHEET) != before


def test_each_name_is_answered() -> None:
    files = StaticFiles()

    assert set(files.names) == {files.name_of(STYLE_SHEET), files.name_of(SCRIPT)}
    assert all(files.answer(name).status == 200 for name in files.names)


@pytest.mark.parametrize(
    ("file", "media_type"),
    [(STYLE_SHEET, "text/css; charset=utf-8"), (SCRIPT, "text/javascript; charset=utf-8")],
)
def test_a_file_may_be_kept_for_ever_and_is_what_it_says_to_be(file: str, media_type: str) -> None:
    files = StaticFiles()

    headers = dict(files.answer(files.name_of(file)).headers)

    assert headers == {
        "content-type": media_type,
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
    }
