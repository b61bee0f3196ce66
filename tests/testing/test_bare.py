"""The host under which an application without a test client is visited."""

from __future__ import annotations

import sys

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from consentgate.ext.django.wrap import wrap_wsgi
from consentgate.testing import assert_nothing_before_consent
from consentgate.testing.bare import origin_of_tests
from tests.testing.sites import django_site


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        ([], "https://localhost"),
        (["*"], "https://testserver"),
        (["www.example.org", "testserver"], "https://testserver"),
        ([".example.org", "localhost"], "https://example.org"),
    ],
)
def test_django_answers_to_the_host_of_its_settings(allowed: list[str], origin: str) -> None:
    with override_settings(ALLOWED_HOSTS=allowed, DEBUG=True):
        assert origin_of_tests() == origin


def test_a_project_in_development_is_visited_as_it_is() -> None:
    with django_site(), override_settings(ALLOWED_HOSTS=[], DEBUG=True):
        assert_nothing_before_consent(wrap_wsgi(WSGIHandler()), ["/"])


def test_other_applications_are_a_server_for_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "django.conf")

    assert origin_of_tests() == "https://testserver"
