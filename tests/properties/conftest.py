"""Bounded everywhere; fewer examples, and the same at each run, in continuous integration."""

from __future__ import annotations

import os

from hypothesis import settings

IS_CI = os.environ.get("CI") == "true"

# The same examples find the same: that more of them are new is for the runs of developers.
settings.register_profile(
    "bounded", max_examples=75 if IS_CI else 150, deadline=None, derandomize=IS_CI
)
settings.load_profile("bounded")
