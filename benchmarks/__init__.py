"""What the gate adds to a request, as ratios to the leanest middleware in the same run.

Run `python -m benchmarks` (or `make bench`); `--quick` for a first impression.
"""
