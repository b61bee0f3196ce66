"""Django: an application, a middleware class, and wrappers around what a server calls.

Add "consentgate.ext.django" to INSTALLED_APPS and a dictionary CONSENTGATE to the settings. Then
wrap the application in `wsgi.py` or `asgi.py` (`consentgate.ext.django.wrap`), or put
`consentgate.ext.django.middleware.ConsentMiddleware` first in MIDDLEWARE, or do both.
"""

from __future__ import annotations

from consentgate.errors import ConfigurationError

try:
    import django as _django  # noqa: F401 (imported here, so that its absence raises one error)
except ImportError as error:
    raise ConfigurationError(
        "consentgate.ext.django needs Django: pip install 'consentgate[django]'"
    ) from error
