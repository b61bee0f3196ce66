"""Runs other projects' own tests with every application of theirs behind the gate."""
