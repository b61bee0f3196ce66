"""Looks at an application from the inside: what cookies it sets, where, and what would become of
them. Nothing here runs in production."""
