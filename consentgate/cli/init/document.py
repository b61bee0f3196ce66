"""The consent.toml that `init` writes, with comments."""

from __future__ import annotations

from dataclasses import dataclass

import tomlkit
from tomlkit import TOMLDocument

from consentgate.policy import Controller, Policy
from consentgate.policy.declaration import DEFAULT_REGIME
from consentgate.policy.schema import SCHEMA_LINE
from consentgate.policy.writing import controller_fields

_TOP = """\
The cookies of this site. What is not declared here does not leave the server.
Check it with `consentgate policy check`; after each change, `consentgate policy diff` says for
which categories visitors are asked again.
"""
_NECESSARY = """\
Necessary cookies of which a name is all that is declared. Visitors cannot refuse them: think of
log-in, a form's protection, a basket; not of measurement.
"""
_PRESETS = "Declarations of well-known software; `consentgate presets` lists all."
_SITE = "The address of the site, for its cookie charter."
_REGIME = "The law by which it is judged: eu, fr, uk or us-ca; see docs/law.md."
_LANGUAGE = "The language of each text below that is not given by language."
_CONTROLLER = "Who is responsible for the site. Visitors read it before they choose.\n"
_COOKIES = """\
All other cookies, one table for each; * in a name is any text. The gate logs each cookie that it
strips because nothing declares it, with the lines to paste here. An example:
"""
EXAMPLE = """\
[[cookies]]
name = "visits"
category = "statistics"          # or marketing, necessary, or one of your own
provider = "Example Town"
purpose = { en = "Counts how often you came.", fr = "Compte vos visites." }
lifetime = "1 day"
"""
_CONTROLLER_EXAMPLE = """\
[controller]
name = "Example Town"
contact = "dpo@example.org"
privacy_page = "/privacy"
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a site says of itself; "" where it does not."""

    presets: tuple[str, ...] = ()
    site: str = ""
    regime: str = DEFAULT_REGIME
    language: str = "en"
    controller: str = ""
    contact: str = ""
    privacy_page: str = ""


def policy_document(answers: Answers) -> str:
    """Return the TOML of a site's first declaration. Raises PolicyError for wrong answers."""
    controller = None
    if answers.controller:
        controller = Controller(
            answers.controller, contact=answers.contact, privacy_page=answers.privacy_page
        )
    # Wrong answers raise here, before anything is written.
    Policy(
        presets=answers.presets,
        site=answers.site,
        regime=answers.regime,
        default_language=answers.language,
        controller=controller,
    )
    document = tomlkit.document()
    _comment(document, _TOP)
    _add(document, _NECESSARY, "necessary", [])
    _add(document, _PRESETS, "presets", list(answers.presets))
    _add(document, _SITE, "site", answers.site)
    _add(document, _REGIME, "regime", answers.regime)
    _add(document, _LANGUAGE, "default_language", answers.language)
    document.add(tomlkit.nl())
    if controller is None:
        _comment(document, _CONTROLLER + _CONTROLLER_EXAMPLE)
    else:
        table = tomlkit.table()
        table.add(tomlkit.comment(_CONTROLLER.strip()))
        table.update(controller_fields(controller))
        document.add("controller", table)
    document.add(tomlkit.nl())
    _comment(document, _COOKIES)
    document.add(tomlkit.comment(""))
    _comment(document, EXAMPLE)
    # A comment of tomlkit's begins with a space, which taplo does not take here.
    return f"{SCHEMA_LINE}\n{tomlkit.dumps(document)}"


def _add(document: TOMLDocument, comment: str, key: str, value: object) -> None:
    document.add(tomlkit.nl())
    _comment(document, comment)
    document.add(key, tomlkit.item(value))


def _comment(document: TOMLDocument, text: str) -> None:
    for line in text.splitlines():
        document.add(tomlkit.comment(line))
