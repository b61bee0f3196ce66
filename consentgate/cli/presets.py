"""`consentgate presets`: what is declared already."""

from __future__ import annotations

import click

from consentgate.cli.frame import example, json_option
from consentgate.cli.output import print_json, print_table
from consentgate.policy.listing import COLUMNS, cookie_row
from consentgate.policy.presets import ShippedPreset, shipped_preset, shipped_presets


@click.command(epilog=example("consentgate presets", "consentgate presets matomo"))
@click.argument("name", required=False)
@json_option
def presets(*, name: str | None, as_json: bool) -> None:
    """List the shipped presets, or the cookies of the preset NAME.

    A preset declares the cookies of well-known software: presets = ["matomo"] in consent.toml.
    """
    chosen = [
        shipped_preset(preset_name) for preset_name in ([name] if name else shipped_presets())
    ]
    if as_json:
        print_json({"presets": [_document(preset) for preset in chosen]})
    elif name:
        _print_one(chosen[0])
    else:
        print_table(("preset", "for", "cookies"), map(_row, chosen))


def _row(preset: ShippedPreset) -> tuple[str, str, str]:
    return preset.name, preset.title, str(len(preset.cookies))


def _document(preset: ShippedPreset) -> dict[str, object]:
    return {
        "name": preset.name,
        "title": preset.title,
        "source": preset.source,
        "date": preset.date.isoformat(),
        "cookies": [
            {"name": cookie.name, "category": cookie.category} for cookie in preset.cookies
        ],
    }


def _print_one(preset: ShippedPreset) -> None:
    click.echo(f"{preset.title}: {preset.source} ({preset.date})\n")
    print_table(COLUMNS, (cookie_row(cookie, "en") for cookie in preset.cookies))
