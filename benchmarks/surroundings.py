"""What a measuring process needs around it: a processor of its own, and silence."""

from __future__ import annotations

import logging
import os


def quiet_logs() -> None:
    """Keep the gate's reports of what it strips away from the terminal."""
    logger = logging.getLogger("consentgate")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False


def stay_on_last_processor() -> None:
    """Stay on the last processor, where the system lets a process choose."""
    _stay_on(-1)


def stay_on_first_processor() -> None:
    """Stay on the first processor, which servers share; their client is on the last."""
    _stay_on(0)


def _stay_on(place: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[place]})
