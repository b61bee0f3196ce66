"""`consentgate cache-config`: a shared cache that keeps one copy of a page for each choice."""

from __future__ import annotations

import re

import click

from consentgate.cli.cache_config.texts import CACHES, cache_config_text
from consentgate.cli.frame import example, json_option, policy_option, read_policy
from consentgate.cli.output import print_json
from consentgate.policy import Kind, Policy

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@click.command(
    "cache-config",
    epilog=example(
        "consentgate cache-config nginx > /etc/nginx/conf.d/site.conf",
        "consentgate cache-config varnish --ignore '_pk_id.*' --ignore '_pk_ses.*'",
    ),
)
@click.argument("cache", type=click.Choice(CACHES))
@policy_option
@click.option(
    "--ignore", "ignored", multiple=True, metavar="NAME",
    help="A declared cookie, or a pattern, that the application never reads: who sends it gets "
    "pages from the cache too. May be repeated.",
)  # fmt: skip
@click.option(
    "--vary", "varied", multiple=True, metavar="HEADER",
    help="A request header that the application's Vary names; nginx has it in the key. May be "
    "repeated.",
)  # fmt: skip
@json_option
def cache_config(
    *, cache: str, file: str, ignored: tuple[str, ...], varied: tuple[str, ...], as_json: bool
) -> None:
    """Print the configuration of a shared cache: nginx, varnish or fastly.

    It keys on what the visitor chose and not on the day, and lets the application answer whoever
    sends anything else. Put the address of the application into it.
    """
    policy = read_policy(file)
    _check_ignored(policy, ignored)
    _check_varied(cache, varied)
    if policy.open_categories & policy.signalled:
        # What is allowed before a choice, a signal can refuse: pages that ask differ by it.
        varied = (*varied, "Sec-GPC")
    text = cache_config_text(
        cache, cookie=policy.preferences_cookie, ignored=ignored, varied=varied
    )
    if as_json:
        print_json({"cache": cache, "text": text})
    else:
        click.echo(text.encode(), nl=False)


def _check_ignored(policy: Policy, names: tuple[str, ...]) -> None:
    """Raise UsageError for a name that is not declared, or on which a page can depend."""
    declared = {rule.name: rule for rule in policy.rules if rule.kind is Kind.COOKIE}
    for name in names:
        rule = declared.get(name)
        if rule is None:
            raise click.UsageError(
                f"--ignore {name}: no such cookie is declared; name one as it is declared"
            )
        if rule.necessary:
            raise click.UsageError(
                f"--ignore {name}: it is necessary, so that pages can depend on it"
            )


def _check_varied(cache: str, names: tuple[str, ...]) -> None:
    """Raise UsageError for what cannot be in nginx's key, or need not be in that of another."""
    if names and cache != "nginx":
        raise click.UsageError(f"--vary is for nginx; {cache} obeys Vary by itself")
    for name in names:
        if _HEADER.fullmatch(name) is None:
            raise click.UsageError(f"--vary {name}: no variable of nginx can name such a header")
