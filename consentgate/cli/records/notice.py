"""`consentgate records notice`: what visitors were shown, as they were shown it."""

from __future__ import annotations

from pathlib import Path

import click

from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import digest_type, open_records, store_argument, write_file

WIDTHS = (320, 1280)


@click.command(
    epilog=example("consentgate records notice sqlite:///consent.db DIGEST --screenshot")
)
@store_argument
@click.argument("digest", metavar="DIGEST", type=digest_type)
@click.option(
    "--folder", metavar="FOLDER", default=".", type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go; by default here.",
)  # fmt: skip
@click.option(
    "--screenshot", is_flag=True,
    help="Also take pictures, 320 and 1280 pixels wide; needs Playwright and a browser.",
)  # fmt: skip
@json_option
def notice(
    *, address: str, digest: bytes, folder: Path, screenshot: bool, as_json: bool
) -> ExitCode:
    """Write the banner and the preferences page of a notice as HTML files.

    DIGEST is in each record that is about the notice. Pictures of each version, on a small and on a
    large screen, are among the proofs that the CNIL names (deliberation 2020-092).
    """
    from consentgate.records.proof_page import PREFERENCES, notice_page

    with open_records(address).read() as reading:
        shown_notice = reading.notice(digest)
    if shown_notice is None:
        click.echo(f"there is no notice {digest.hex()}", err=True)
        return ExitCode.UNDECIDED
    stem = f"notice-{digest.hex()[:16]}"
    files = []
    for source in ("banner", PREFERENCES):
        path = folder / f"{stem}-{source}.html"
        write_file(path, notice_page(shown_notice, source=source).encode("utf-8"))
        files += [path, *(_pictures(path) if screenshot else ())]
    if as_json:
        print_json({"digest": digest.hex(), "files": [str(path) for path in files]})
    else:
        for path in files:
            click.echo(str(path))
    return ExitCode.FINE


def _pictures(page: Path) -> list[Path]:
    from consentgate.records.pictures import take_pictures

    return take_pictures(page, widths=WIDTHS)
