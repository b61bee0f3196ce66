"""The command `consentgate`, one module for each of its commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_LIBRARIES = ("click", "httpx", "rich", "tomlkit")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, by default with the process's arguments; return its exit code."""
    try:
        from consentgate.cli.commands import run  # noqa: PLC0415 (it may lack its libraries)
    except ModuleNotFoundError as error:
        if error.name not in _LIBRARIES:
            raise
        needed = 'the command line needs more: pip install "consentgate[cli]"'
        sys.stderr.write(f"consentgate: {error.name} is not installed; {needed}\n")
        return 3
    return run(arguments)
