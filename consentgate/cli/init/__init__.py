"""`consentgate init`: a first declaration, and the lines that put the gate around a site."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

import click

from consentgate.cli.frame import DEFAULT_FILE, example, json_option
from consentgate.cli.init.document import Answers, policy_document
from consentgate.cli.init.frameworks import FRAMEWORKS, Framework, find_frameworks
from consentgate.cli.output import print_json
from consentgate.policy import shipped_regimes
from consentgate.policy.declaration import DEFAULT_REGIME
from consentgate.policy.schema import SCHEMA_FILE, schema_text


@click.command(epilog=example("consentgate init --framework flask --controller 'Example Town'"))
@click.option(
    "--framework", type=click.Choice(tuple(FRAMEWORKS)),
    help="By default the one that the files of the folder name.",
)  # fmt: skip
@click.option("--controller", metavar="NAME", help="Who is responsible for the site.")
@click.option("--contact", default="", help="An address to write to.")
@click.option("--privacy-page", default="", metavar="URL", help="An address or a path.")
@click.option("--site", metavar="URL", help="The site's address.")
@click.option(
    "--regime", type=click.Choice(shipped_regimes()), default=DEFAULT_REGIME, show_default=True,
    help="The law by which the site is judged.",
)  # fmt: skip
@click.option("--language", default="en", show_default=True, metavar="TAG", help="Of its texts.")
@click.option(
    "--preset", "presets", multiple=True, metavar="NAME",
    help="Software that the site uses, such as matomo. May be repeated.",
)  # fmt: skip
@click.option(
    "--file", default=DEFAULT_FILE, show_default=True, metavar="FILE", help="What to write."
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@click.option("--yes", is_flag=True, help="Ask nothing, even on a terminal.")
@json_option
def init(
    *,
    framework: str | None,
    controller: str | None,
    contact: str,
    privacy_page: str,
    site: str | None,
    regime: str,
    language: str,
    presets: tuple[str, ...],
    file: str,
    force: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Write a first consent.toml, with comments, and print the lines to add to the application.

    On a terminal it asks for what no option says. Beside the file it writes the JSON Schema that
    editors read. It overwrites nothing without --force.
    """
    questions = _Questions(asks=sys.stdin.isatty() and not yes and not as_json)
    files = _Files(Path(file))
    if not force:
        files.check_free()
    chosen, found_in = _framework(framework, find_frameworks(Path.cwd()), questions)
    answers = Answers(
        presets=(*chosen.presets, *(presets or questions.presets())),
        site=questions.text("The site's address, such as https://www.example.org", site),
        regime=regime,
        language=language,
        controller=questions.text("Who is responsible for the site", controller),
        contact=contact,
        privacy_page=privacy_page,
    )
    files.write(policy_document(answers))
    steps = [(step.where, step.lines.format(path=_quoted(file))) for step in chosen.steps]
    if as_json:
        print_json(_document(chosen, files, steps))
        return
    click.echo(f"Wrote {files.policy} and {files.schema} for {chosen.title}{found_in}.")
    for where, lines in steps:
        click.echo(f"\nAdd {where}:\n\n{indent(lines, '    ')}")
    click.echo(f"Then: consentgate policy check {file}")


class _Questions:
    """Asks on a terminal, and leaves out what nobody can be asked."""

    def __init__(self, *, asks: bool) -> None:
        self.asks = asks

    def text(self, question: str, given: str | None) -> str:
        """Return what was given, else the answer; "" where there is none."""
        if given is not None or not self.asks:
            return given or ""
        return str(click.prompt(question, default="", show_default=False)).strip()

    def presets(self) -> tuple[str, ...]:
        """Return the names of the presets of the site's software."""
        answer = self.text("Presets of software that it uses, such as matomo youtube", None)
        return tuple(answer.replace(",", " ").split())

    def framework(self, candidates: Mapping[str, str]) -> str:
        """Return the key of a framework. Raises UsageError where nobody can be asked."""
        if not self.asks:
            titles = ", ".join(f"{key} ({file})" for key, file in candidates.items())
            message = f"more than one framework: {titles}" if candidates else "found no framework"
            raise click.UsageError(f"{message}; say which with --framework")
        keys = tuple(candidates) or tuple(FRAMEWORKS)
        return str(click.prompt("Which framework", type=click.Choice(keys)))


def _framework(
    given: str | None, candidates: Mapping[str, str], questions: _Questions
) -> tuple[Framework, str]:
    """Return the framework of the site, and in which file it was found, as words."""
    if given is not None:
        return FRAMEWORKS[given], ""
    if len(candidates) == 1:
        ((key, file),) = candidates.items()
        return FRAMEWORKS[key], f", which {file} names"
    return FRAMEWORKS[questions.framework(candidates)], ""


class _Files:
    """The two files: the policy, and the schema beside it. Raises BadParameter."""

    def __init__(self, policy: Path) -> None:
        self.policy = policy
        self.schema = policy.parent / SCHEMA_FILE
        if self.policy == self.schema:
            raise click.BadParameter("the schema is called so", param_hint="--file")

    def check_free(self) -> None:
        """Raise ClickException where a file is there that would be overwritten."""
        for path in (self.policy, self.schema):
            if path.exists() and not (path == self.schema and _is_schema(path)):
                raise click.ClickException(f"{path} is there already; --force overwrites it")

    def write(self, policy: str) -> None:
        """Write both files. Raises ClickException with the reason why it cannot."""
        try:
            texts = {self.policy: policy.encode(), self.schema: schema_text().encode()}
        except UnicodeEncodeError:
            raise click.ClickException("an option is not a text in UTF-8") from None
        for path, text in texts.items():
            try:
                path.write_bytes(text)
            except OSError as error:
                raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


def _is_schema(path: Path) -> bool:
    try:
        return path.read_text(encoding="utf-8") == schema_text()
    except (OSError, UnicodeDecodeError):
        return False


def _quoted(file: str) -> str:
    return '"' + file.replace("\\", "/").replace('"', '\\"') + '"'


def _document(
    framework: Framework, files: _Files, steps: list[tuple[str, str]]
) -> dict[str, object]:
    return {
        "framework": framework.key,
        "file": str(files.policy),
        "schema": str(files.schema),
        "add": [{"where": where, "lines": lines} for where, lines in steps],
    }
