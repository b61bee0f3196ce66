"""All commands, and what becomes of their errors: one line on stderr and an exit code."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Sequence

import click
from click.exceptions import NoArgsIsHelpError

from consentgate import __version__
from consentgate.audit.loading import ApplicationError
from consentgate.cli.cache_config import cache_config
from consentgate.cli.charter import charter
from consentgate.cli.check import check
from consentgate.cli.frame import ExitCode, error_line
from consentgate.cli.init import init
from consentgate.cli.keygen import keygen
from consentgate.cli.lock import lock
from consentgate.cli.policy import policy
from consentgate.cli.presets import presets
from consentgate.cli.records import records
from consentgate.cli.report import report
from consentgate.errors import ConsentGateError
from consentgate.policy.name_patterns import TooManyOverlapsError

_EPILOG = (
    "Exit codes: 0 fine; 1 a violation or a difference was found; 2 no answer was possible; "
    "3 wrong use, or an error."
)


# What a gate logs when it is made, `policy check` prints.
logging.getLogger("consentgate").addHandler(logging.NullHandler())


@click.group(
    "consentgate", epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, message="%(version)s")
def consentgate() -> None:
    """Declare, check and compare the cookies of a site."""


_COMMANDS = (
    *(init, check, report, lock, policy, records, charter, presets, keygen),
    cache_config,
)

for command in _COMMANDS:
    consentgate.add_command(command)


def run(arguments: Sequence[str] | None) -> int:
    """Run a command and return its exit code; print what a user can correct as one line."""
    _replace_what_cannot_be_printed()
    try:
        return int(
            consentgate.main(arguments, prog_name="consentgate", standalone_mode=False)
            or ExitCode.FINE
        )
    except NoArgsIsHelpError as error:
        error.show()
    except click.ClickException as error:
        _complain(error)
    except click.Abort:
        click.echo("consentgate: stopped", err=True)
    except TooManyOverlapsError as error:
        click.echo(
            f"consentgate: no answer, since names overlap in too many ways: {error}", err=True
        )
        return ExitCode.UNDECIDED
    except ApplicationError as error:
        click.echo(f"consentgate: {error_line(str(error))}", err=True)
        return ExitCode.UNDECIDED
    except OSError as error:
        click.echo(f"consentgate: {error.strerror}: {error.filename}", err=True)
    except ConsentGateError as error:
        click.echo(f"consentgate: {error_line(str(error))}", err=True)
    return ExitCode.WRONG


def _complain(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "consentgate"
    line = f"{path}: {error_line(error.format_message())}"
    if isinstance(error, click.UsageError):
        line = f"{line if line.endswith(('.', '?')) else line + '.'} See {path} --help"
    click.echo(line, err=True)


def _replace_what_cannot_be_printed() -> None:
    # A letter that the terminal lacks must not end a command half way.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
