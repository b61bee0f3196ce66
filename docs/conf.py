"""The documentation's site: `make docs` builds it with Sphinx, MyST and Furo."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import consentgate  # noqa: E402

project = "consentgate"
author = "consentgate contributors"
project_copyright = author
version = release = consentgate.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "tools.docs_extension"]
myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 3  # links to headings, as GitHub makes them

# What a docstring puts into backticks is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": False}

nitpicky = True
# Names of the code in signatures, of Python and of modules that no page describes.
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "furo"
html_title = f"consentgate {release}"
html_static_path = []
html_copy_source = False
html_show_sourcelink = False
