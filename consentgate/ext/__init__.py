"""Frameworks: settings, template helpers and checks. The core imports nothing from here."""
