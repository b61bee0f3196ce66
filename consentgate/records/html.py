"""Fills the templates of pages that the command line writes: each is one file without a script,
whose own content security policy allows nothing but its styles."""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def fill(template: str, **values: Any) -> str:  # Any: what a template shows
    """Return a page. Nothing that it shows is read as markup."""
    return _environment().get_template(template).render(values)


def policy_for(*styles: str) -> str:
    """Return a content security policy for a page with these style elements (CSP 3)."""
    hashes = " ".join(f"'sha256-{_digest(style)}'" for style in styles)
    return f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'"


@cache
def styles() -> str:
    """Return the styles that all pages have."""
    return _environment().get_template("styles.css").render()


def _digest(style: str) -> str:
    return base64.b64encode(sha256(style.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("consentgate.records"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
