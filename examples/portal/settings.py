"""The portal's settings: those of a usual Django project, and the gate's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from portal.state import FOLDER, secret_key

BASE_DIR = Path(__file__).parent
SECRET_KEY = secret_key()
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "consentgate.ext.django",
    "portal",
]

MIDDLEWARE = [
    # First, for the tests and the test client; wsgi.py and asgi.py wrap the application as well.
    "consentgate.ext.django.middleware.ConsentMiddleware",
    "portal.visits.CountVisits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# PORTAL_MODE=report lets every cookie leave, to see what the application sets without asking.
# PORTAL_POLICY=necessary.toml is the portal without statistics: it has no banner.
# PORTAL_RECORDS=sqlite:///consent.db records each decision there, as `make demo` does.
CONSENTGATE: dict[str, Any] = {  # Any: options are of many types
    "POLICY": BASE_DIR / os.environ.get("PORTAL_POLICY", "consent.toml"),
    "MODE": os.environ.get("PORTAL_MODE", "enforce"),
    "STYLESHEETS": ["/couleurs.css"],
    "CATALOGUES": BASE_DIR / "catalogues",
    "RECORDS": os.environ.get("PORTAL_RECORDS"),
}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.words.words",
            ]
        },
    }
]

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "portal.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_TZ = True

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "catalogue"
LOGOUT_REDIRECT_URL = "catalogue"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
CSRF_COOKIE_AGE = None  # until the browser is closed; Django's 364 days are more than forms need
