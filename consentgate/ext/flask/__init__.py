"""Flask: `ConsentGate(app)` puts the gate around the whole application; views use
`current_consent`. Its settings are the `CONSENTGATE_*` of the application's configuration."""

from __future__ import annotations

from consentgate.errors import ConfigurationError

try:
    import flask as _flask  # noqa: F401 (imported here, so that its absence raises one error)
except ImportError as error:
    raise ConfigurationError(
        "consentgate.ext.flask needs Flask: pip install 'consentgate[flask]'"
    ) from error

from consentgate.ext.flask.extension import ConsentGate
from consentgate.ext.flask.views import (
    consent_allows,
    consent_banner,
    consent_embed,
    consent_level,
    consent_link,
    cookie_charter,
    current_consent,
    requires_consent,
)

__all__ = [
    "ConsentGate",
    "consent_allows",
    "consent_banner",
    "consent_embed",
    "consent_level",
    "consent_link",
    "cookie_charter",
    "current_consent",
    "requires_consent",
]
