"""The Django project in which the tests of this process run; its settings are made once."""

from __future__ import annotations

from typing import Any

import django
from django.conf import settings
from django.urls import re_path

settings.configure(
    SECRET_KEY="a project's secret key for tests, of 50 characters",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=(),
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "consentgate.ext.django",
    ],
    MIDDLEWARE=[],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    USE_I18N=True,
    USE_TZ=True,
    LANGUAGE_CODE="en",
)
django.setup()

GATE_CLASS = "consentgate.ext.django.middleware.ConsentMiddleware"


class Urls:
    """A URL configuration of one view, for ROOT_URLCONF."""

    def __init__(self, view: Any) -> None:
        self.urlpatterns = [re_path("", view)]
