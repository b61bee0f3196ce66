"""`manage.py consent_check`: list the declared cookies and the problems of the gate."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.checks import ERROR, WARNING, CheckMessage
from django.core.management.base import BaseCommand, CommandError

from consentgate.errors import ConsentGateError
from consentgate.ext.django.checks import check_compression, check_place, check_settings
from consentgate.ext.django.settings import read_settings
from consentgate.policy import Policy
from consentgate.policy.listing import aligned, cookie_rows


class Command(BaseCommand):
    """List the declared cookies and the results of the checks; fail if there are errors."""

    help = "List the declared cookies, and the problems of the gate's settings and place."
    requires_system_checks: list[str] = []  # noqa: RUF012 (run here, and shown once)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--strict`, for continuous integration."""
        parser.add_argument("--strict", action="store_true", help="fail on warnings as well")

    def handle(self, *, strict: bool, **_: Any) -> None:  # Any: Django's own options
        """Print the cookies and the messages. Raises CommandError if any is an error."""
        self._list_cookies()
        messages = [*check_place(), *check_settings(), *check_compression()]
        for message in messages:
            self._write(message)
        level = WARNING if strict else ERROR
        failures = [message for message in messages if message.level >= level]
        if failures:
            raise CommandError(f"{len(failures)} to fix")
        self.stdout.write(self.style.SUCCESS("The gate is in order."))

    def _list_cookies(self) -> None:
        try:
            policy = read_settings().policy
        except ConsentGateError:
            return  # the checks report the error
        if isinstance(policy, Policy):
            for line in aligned(cookie_rows(policy)):
                self.stdout.write(line)
        else:
            self.stdout.write("The policy is chosen by the host of each request.")

    def _write(self, message: CheckMessage) -> None:
        style = self.style.ERROR if message.level >= ERROR else self.style.WARNING
        hint = f" ({message.hint})" if message.hint else ""
        self.stdout.write(style(f"{message.id}: {message.msg}{hint}"))
