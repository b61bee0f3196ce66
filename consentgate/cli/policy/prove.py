"""`consentgate policy prove`: a proof about all names of a glob, or a counterexample."""

from __future__ import annotations

import click

from consentgate.cli.frame import ExitCode, example, json_option, policy_option, read_policy
from consentgate.cli.output import print_json
from consentgate.policy import NECESSARY, Policy
from consentgate.policy.listing import category_text
from consentgate.policy.name_patterns import STAR
from consentgate.policy.names import name_problem
from consentgate.policy.problems import choose_from
from consentgate.policy.proof import Counterexample, find_counterexample
from consentgate.policy.vocabulary import Kind


@click.command(epilog=example("consentgate policy prove --never '_ga*' --without statistics"))
@click.option("--never", required=True, metavar="NAME_GLOB", help="The names, such as '_ga*'.")
@click.option("--without", required=True, metavar="CATEGORY", help="The consent that they need.")
@policy_option
@json_option
def prove(*, never: str, without: str, file: str, as_json: bool) -> ExitCode:
    """Prove that no cookie of these names leaves without consent to a category.

    The answer holds for all names, also those that nobody has thought of: it is a proof (exit code
    0), or a name whose cookie leaves without that consent (exit code 1). It holds for a gate that
    enforces and strips what is undeclared, which is the default. A deletion always leaves.
    """
    policy = read_policy(file)
    _check_names(never)
    _check_category(policy, without)
    counterexample = find_counterexample(policy, never=never, without=without)
    if as_json:
        print_json(_document(never, without, counterexample))
    else:
        click.echo(_sentence(never, without, counterexample))
    return ExitCode.VIOLATION if counterexample else ExitCode.FINE


def _check_names(never: str) -> None:
    problem = None if never == STAR else name_problem(never, Kind.COOKIE)
    if problem is not None:
        raise click.BadParameter(f"{problem.message}; {problem.hint}", param_hint="--never")


def _check_category(policy: Policy, without: str) -> None:
    names = [category.name for category in policy.categories if category.name != NECESSARY]
    if without == NECESSARY:
        raise click.BadParameter("nobody can refuse what is necessary", param_hint="--without")
    if without not in names:
        hint = choose_from(names, instead_of=without)
        message = f"no category is called {without!r}; {hint}"
        raise click.BadParameter(message, param_hint="--without")


def _document(never: str, without: str, counterexample: Counterexample | None) -> dict[str, object]:
    document: dict[str, object] = {
        "never": never,
        "without": without,
        "proved": counterexample is None,
    }
    if counterexample is None:
        return {**document, "counterexample": None}
    details = {
        "name": counterexample.name,
        "rule": counterexample.rule.name,
        "categories": list(counterexample.rule.categories),
        "needs_consent": not counterexample.rule.exempt,
    }
    return {**document, "counterexample": details}


def _sentence(never: str, without: str, counterexample: Counterexample | None) -> str:
    if counterexample is None:
        return f"Proved: no cookie called {never} leaves without consent to {without}."
    return (
        f"Not so: {counterexample.name} leaves without consent to {without}.\n"
        f"Its rule is {counterexample.rule.name} ({category_text(counterexample.rule)})."
    )
