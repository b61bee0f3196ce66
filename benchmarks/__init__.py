"""What the gate adds to a response, as ratios within one run.

Run `python -m benchmarks` (or `make bench`); `--quick` for a first impression, names of parts for
some of the tables: `python -m benchmarks frameworks loops`.

`CONSENTGATE_TREE=/path/to/another/checkout python -m benchmarks frameworks` measures the package
of that checkout with these benchmarks. The parts `frameworks` and `loops` use the public API alone,
so that they can measure an older package too.
"""

import os
import sys

# Every process that a benchmark starts imports this package first, and inherits the variable.
if _tree := os.environ.get("CONSENTGATE_TREE"):
    sys.path.insert(0, _tree)
