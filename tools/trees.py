"""Writes the accessibility trees of the visitor's pages into tests/a11y/trees/, to be reviewed."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.a11y.test_trees import FOLDER, LANGUAGES, PLACES, tree_of
from tests.a11y.viewer import open_browser, open_viewer
from tests.support.chromium import find_chromium


def main() -> None:
    """Write a file for each page and language."""
    FOLDER.mkdir(exist_ok=True)
    with open_browser(find_chromium() or "") as browser, open_viewer(browser) as viewer:
        for name, language in product(PLACES, LANGUAGES):
            tree = tree_of(viewer, name, language)
            (FOLDER / f"{name}.{language}.yaml").write_text(tree, "utf-8")


if __name__ == "__main__":
    main()
