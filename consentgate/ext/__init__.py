"""Frameworks: settings, template helpers and checks. Nothing here is imported by the core."""
