"""The portal's ASGI application: `uvicorn --app-dir examples portal.asgi:application`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from consentgate.ext.django.wrap import wrap_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = wrap_asgi(get_asgi_application())
