"""Declarations that the tests of several commands look at."""

from __future__ import annotations

COMPLETE = """\
necessary = ["session"]
default_language = "en"

[controller]
name = "Example Town"
contact = "dpo@example.org"

[[cookies]]
name = "_pk_id.*"
category = "statistics"
provider = "Matomo"
purpose = { en = "Tells visits apart.", fr = "Distingue les visites." }
lifetime = "13 months"
"""

BROKEN = 'necessary = ["session"\n'
"""No TOML."""

WRONG = """\
[[cookies]]
name = "a b"
category = "statistics"

[[cookies]]
name = "c"
category = "statistic"
"""
"""TOML that declares nothing valid: two errors."""
