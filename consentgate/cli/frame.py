"""What all commands do alike: exit codes, the options that they share, the policy they read."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

import click

from consentgate.errors import PolicyError
from consentgate.policy import Policy

DEFAULT_FILE = "consent.toml"

Function = TypeVar("Function", bound=Callable[..., Any])  # Any: a command's own arguments


class ExitCode(IntEnum):
    """The exit codes of every command."""

    FINE = 0
    VIOLATION = 1
    """A violation was found; of `policy diff`, a difference."""
    UNDECIDED = 2
    """The question was right, and no answer was possible."""
    WRONG = 3
    """Wrong use, or an error that the user can correct."""


def example(*lines: str) -> str:
    """Return the epilog of a command's help: examples, one a line."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def json_option(function: Function) -> Function:
    """Give a command `--json`; it gets the flag as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def policy_option(function: Function) -> Function:
    """Give a command `--policy FILE`; it gets the path as `file`."""
    return click.option(
        "--policy", "file", default=DEFAULT_FILE, show_default=True, metavar="FILE",
        help="The declaration.",
    )(function)  # fmt: skip


def file_argument(function: Function) -> Function:
    """Give a command the argument FILE, by default `consent.toml`; it gets the path as `file`."""
    return click.argument("file", default=DEFAULT_FILE, metavar="[FILE]")(function)


def read_policy(path: str) -> Policy:
    """Return the policy of a file. Raises ClickException with one line if it has errors."""
    try:
        return Policy.from_toml(path)
    except PolicyError as error:
        first, *others = error.findings
        more = f" (and {len(others)} more: consentgate policy check {path})" if others else ""
        raise click.ClickException(f"{first}{more}") from None


def error_line(text: str) -> str:
    """Return the text of an error as one line."""
    return " ".join(text.split())
