"""Django is set up before any test module here is imported."""

import tests.support.django_project  # noqa: F401
