"""Prepares the portal: makes its database, and a user for the demonstration."""

from __future__ import annotations

import os

USER, PASSWORD = "demo", "donnees-ouvertes"


def prepare() -> None:
    """Make the database and the user if they are missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django  # noqa: PLC0415 (it reads the line above)
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User  # noqa: PLC0415 (only after the set-up)

    if not User.objects.filter(username=USER).exists():
        User.objects.create_user(USER, password=PASSWORD)
