"""`python -m consentgate` is the command `consentgate`."""

from __future__ import annotations

import sys

from consentgate.cli import main

if __name__ == "__main__":
    sys.exit(main())
