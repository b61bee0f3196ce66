"""The portal's WSGI application: `gunicorn --chdir examples portal.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from consentgate.ext.django.wrap import wrap_wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = wrap_wsgi(get_wsgi_application())
