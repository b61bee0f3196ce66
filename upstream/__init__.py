"""Runs other projects' own tests with all their applications behind the gate."""
