"""`consentgate charter`: the cookie charter of a declaration, without a server."""

from __future__ import annotations

import click

from consentgate.cli.frame import example, json_option, policy_option, read_policy
from consentgate.cli.output import print_json
from consentgate.pages.charter import charter_of
from consentgate.pages.charter_markdown import charter_markdown
from consentgate.pages.links import Links
from consentgate.pages.options import PagesOptions
from consentgate.pages.render import Pages
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.texts import load_texts
from consentgate.policy import Policy


@click.command(epilog=example("consentgate charter --format md --lang fr > charter.md"))
@policy_option
@click.option(
    "--format", "kind", type=click.Choice(("md", "html")), default="md", show_default=True,
    help="Markdown, or HTML for a page of the site's own.",
)  # fmt: skip
@click.option("--lang", metavar="TAG", help="Its language; by default that of the declaration.")
@click.option(
    "--prefix", metavar="PATH", default="/consent", show_default=True,
    help="Where the visitor's pages are: it links there.",
)  # fmt: skip
@json_option
def charter(*, file: str, kind: str, lang: str | None, prefix: str, as_json: bool) -> None:
    """Print the cookie charter: what cookies are, and which ones the site declares.

    It is what /consent/charter.md shows or, as HTML, what cookie_charter puts into a template.
    """
    policy = read_policy(file)
    language = lang or policy.default_language
    text = _charter(policy, PagesOptions(prefix=prefix, languages=(language,)), kind)
    if as_json:
        print_json({"language": language, "type": kind, "text": text})
    else:
        click.echo(text.encode(), nl=False)


def _charter(policy: Policy, options: PagesOptions, kind: str) -> str:
    """Return the charter. Raises ConfigurationError for a language without texts."""
    by_language = load_texts(options.languages)
    (texts,) = by_language.values()
    if kind == "html":
        pages = Pages(policy, options=options, texts=by_language, static=StaticFiles())
        return pages.charter_fragment(texts) + "\n"
    settings = Links("", options.prefix or "").preferences
    return charter_markdown(charter_of(policy), texts, settings=settings)
