"""The options of the commands that look at a running application, and how they look."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, TypeVar

import click

from consentgate.audit.check import MOST_PAGES, Result, check
from consentgate.cli.frame import read_policy

LOCK_FILE = "consent.lock"

Function = TypeVar("Function", bound=Callable[..., Any])  # Any: a command's own arguments


def application_options(function: Function) -> Function:
    """Give a command the application and how it is visited: TARGET, `--policy`, `--crawl`,
    `--exclude`, `--most-pages` and `--folder`."""
    for option in (
        click.option(
            "--folder",
            default=".",
            metavar="FOLDER",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            help="Where the application's code is; by default here.",
        ),
        click.option(
            "--most-pages",
            default=MOST_PAGES,
            show_default=True,
            type=click.IntRange(min=1),
            help="How many pages are visited at most.",
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="GLOB",
            help="Paths that are not visited, such as '/admin/*'; may be given again.",
        ),
        click.option("--crawl", is_flag=True, help="Also visit the pages that pages link."),
        click.option(
            "--policy",
            "file",
            metavar="FILE",
            help="Judge by this declaration, not by that of the application's own gate.",
        ),
        click.argument("target", metavar="MODULE:APPLICATION"),
    ):
        function = option(function)
    return function


def look_at(
    target: str,
    *,
    file: str | None,
    crawl: bool,
    exclude: tuple[str, ...],
    most_pages: int,
    folder: Path,
    pages: bool = False,
) -> Result:
    """Check the application that the options name. What it prints goes to stderr, so that what is
    printed of it is whole."""
    policy = None if file is None else read_policy(file)
    with redirect_stdout(sys.stderr):
        return check(
            target,
            folder=folder,
            policy=policy,
            crawl=crawl,
            excluded=exclude,
            most_pages=most_pages,
            pages=pages,
        )
