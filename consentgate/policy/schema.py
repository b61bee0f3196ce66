"""The JSON Schema of a policy's TOML file, for editors: draft 7, which taplo reads.

What it refuses the parser refuses too. The parser also refuses what only the whole shows: a
category that nothing declares, a name that is declared twice, globs that conflict, a file that is
not there; and more than texts for the preferences cookie.
"""

from __future__ import annotations

from importlib import resources

SCHEMA_FILE = "consent.schema.json"
"""The name of the file, also of a site's copy beside its policy."""

SCHEMA_LINE = f"#:schema ./{SCHEMA_FILE}"
"""The first line of a policy's file, by which taplo and editors with it find the schema."""


def schema_text() -> str:
    """Return the schema, as JSON."""
    return resources.files("consentgate.policy").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
