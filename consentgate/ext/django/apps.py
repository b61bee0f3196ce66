"""The application "consentgate.ext.django": its checks, its command and its template tags."""

from __future__ import annotations

from django.apps import AppConfig


class ConsentGateConfig(AppConfig):
    """The configuration of the application: `manage.py check` checks the gate too."""

    name = "consentgate.ext.django"
    label = "consentgate"
    verbose_name = "consentgate"

    def ready(self) -> None:
        """Register the system checks."""
        from consentgate.ext.django import checks  # noqa: F401, PLC0415 (importing registers)
