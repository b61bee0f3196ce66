"""Bounded everywhere; the same examples at each run of continuous integration."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile(
    "bounded", max_examples=150, deadline=None, derandomize=os.environ.get("CI") == "true"
)
settings.load_profile("bounded")
