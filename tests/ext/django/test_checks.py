"""`manage.py check` and `manage.py consent_check`: each id, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test.utils import override_settings

from consentgate import Controller, Cookie, Policy
from consentgate.ext.django.wrap import wrap_wsgi
from tests.support.django_project import GATE_CLASS

GOOD = Policy(
    cookies=[
        Cookie(
            "_pk_id.*", category="statistics", provider="M", purpose="Counts.", lifetime="30 days"
        )
    ],
    controller=Controller("Example Town", contact="dpo@example.org"),
    site="https://data.example.org",
)
BARE = Policy(cookies=[Cookie("_ga", category="statistics")])
GZIP = "django.middleware.gzip.GZipMiddleware"
SESSION = "django.contrib.sessions.middleware.SessionMiddleware"


@pytest.fixture(autouse=True)
def good_project() -> Iterator[None]:
    with override_settings(
        CONSENTGATE={"POLICY": GOOD}, MIDDLEWARE=[GATE_CLASS, SESSION], CSRF_COOKIE_AGE=None
    ):
        yield


def ids(**settings: Any) -> list[str]:
    """The ids of the messages of the gate's checks in a project with these settings."""
    with override_settings(**settings):
        return [str(message.id) for message in run_checks(tags=["consentgate"])]


BY_HOST = {"data.example.org": GOOD}.get


def get_wrapped() -> Any:
    """What a project's wsgi.py has at import."""
    with override_settings(CONSENTGATE={"POLICY": GOOD}, MIDDLEWARE=[]):
        return wrap_wsgi(WSGIHandler())


WRAPPED: Any = get_wrapped()


@pytest.mark.behaviour(45)
@pytest.mark.parametrize(
    "name",
    [
        "consentgate.wsgi.ConsentMiddleware",
        "consentgate.asgi.ConsentMiddleware",
        "consentgate.ext.django.wrap.wrap_wsgi",
    ],
)
def test_a_gate_for_a_server_among_the_middleware_is_an_error(name: str) -> None:
    with override_settings(MIDDLEWARE=[name, SESSION]):
        (message,) = run_checks(tags=["consentgate"])

    assert (message.id, name in message.msg) == ("consentgate.E007", True)
    assert GATE_CLASS in str(message.hint)


def test_a_project_in_order_has_nothing_to_fix() -> None:
    assert ids() == []


def test_a_project_whose_policy_depends_on_the_host_has_nothing_to_fix() -> None:
    assert ids(CONSENTGATE={"POLICY": BY_HOST}) == []


@pytest.mark.parametrize(
    ("settings", "id"),
    [
        pytest.param({"MIDDLEWARE": [SESSION]}, "E001", id="no gate"),
        pytest.param({"CONSENTGATE": None}, "E002", id="no settings"),
        pytest.param(
            {"CONSENTGATE": {"POLICY": GOOD, "MODE": "strict"}}, "E002", id="a wrong option"
        ),
        pytest.param(
            {"CONSENTGATE": {"POLICY": GOOD, "LANGUAGES": ["xx"]}}, "E002", id="no such language"
        ),
        pytest.param({"SECRET_KEY": "short"}, "E004", id="a short key"),
        pytest.param({"SECRET_KEY": ""}, "E004", id="no key"),
        pytest.param(
            {
                "CONSENTGATE": {
                    "POLICY": GOOD.with_cookies(
                        Cookie(
                            "sessionid",
                            category="marketing",
                            provider="M",
                            purpose="p",
                            lifetime="session",
                        )
                    )
                }
            },
            "E005",
            id="a session that visitors can refuse",
        ),
        pytest.param({"MIDDLEWARE": [GATE_CLASS, GATE_CLASS]}, "E006", id="two gates"),
        pytest.param({"MIDDLEWARE": [SESSION, GATE_CLASS]}, "W001", id="not first"),
        pytest.param({"MIDDLEWARE": [GATE_CLASS, GZIP]}, "I001", id="compression inside"),
        pytest.param(
            {"WSGI_APPLICATION": "no.module.application"} | {"MIDDLEWARE": []},
            "E001",
            id="an application that can't be imported",
        ),
    ],
)
def test_each_mistake_has_its_id(settings: dict[str, object], id: str) -> None:  # noqa: A002
    assert ids(**settings) == [f"consentgate.{id}"]


def deployed(records: object, **options: object) -> tuple[list[str], list[str]]:
    """The ids of the checks without and with --deploy, in a project with these records."""
    config = {"POLICY": GOOD, "RECORDS": records, **options}
    with override_settings(CONSENTGATE=config):
        checks = run_checks(tags=["consentgate"], include_deployment_checks=True)
    return ids(CONSENTGATE=config), [str(message.id) for message in checks]


def test_only_a_check_for_deployment_opens_the_store_of_records(tmp_path: Path) -> None:
    path = tmp_path / "consent.db"

    assert ids(CONSENTGATE={"POLICY": GOOD, "RECORDS": f"sqlite:///{path}"}) == []
    assert not path.exists()
    assert deployed(f"sqlite:///{path}") == ([], [])
    assert path.exists()


def test_a_store_that_cannot_be_opened_is_an_error_of_deployment(tmp_path: Path) -> None:
    path = tmp_path / "consent.db"
    path.write_text("This is no database." * 500)

    assert deployed(f"sqlite:///{path}") == ([], ["consentgate.E008"])
    assert deployed(None) == ([], [])


@pytest.mark.parametrize(
    ("config", "id"),
    [
        ({"RECORDS": "mysql://host/consent"}, "E002"),
        ({"RECORDS": "sqlite:///no/such/folder/consent.db"}, "E002"),
        ({"POLICY": Policy(["consent_record"])}, "E003"),
    ],
    ids=["scheme", "folder", "cookie"],
)
def test_wrong_records_are_found_without_opening_a_store(
    tmp_path: Path,
    config: dict[str, object],
    id: str,  # noqa: A002
) -> None:
    given = {"POLICY": GOOD, "RECORDS": f"sqlite:///{tmp_path / 'consent.db'}"} | config
    by_host = {**given, "POLICY": BY_HOST, "RECORDS": f"sqlite:///{tmp_path / 'consent.db'}"}

    assert ids(CONSENTGATE=given) == [f"consentgate.{id}"]
    assert deployed(given["RECORDS"], POLICY=given["POLICY"])[1] == [f"consentgate.{id}"]
    assert ids(CONSENTGATE=by_host) == []
    assert list(tmp_path.iterdir()) == []


def test_each_error_of_a_policy_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "consent.toml"
    path.write_text('nessecary = []\n[[cookies]]\nname = "*"\ncategory = "statistics"')

    assert ids(CONSENTGATE={"POLICY": path}) == ["consentgate.E003"] * 2


def test_each_finding_of_a_policy_is_a_warning() -> None:
    assert ids(CONSENTGATE={"POLICY": BARE}) == ["consentgate.W002"] * 2


@pytest.mark.parametrize("setting", ["WSGI_APPLICATION", "ASGI_APPLICATION"])
@pytest.mark.parametrize("middleware", [[], [SESSION, GATE_CLASS]], ids=["alone", "with the class"])
def test_a_wrapped_application_is_a_gate_in_the_right_place(
    setting: str, middleware: list[str]
) -> None:
    path = {setting: f"{__name__}.WRAPPED"}

    assert ids(MIDDLEWARE=middleware, **path) == []


# The command


def run(*arguments: str) -> str:
    written = StringIO()
    call_command("consent_check", *arguments, stdout=written, no_color=True)
    return written.getvalue()


def test_the_command_lists_the_cookies_and_says_that_all_is_well() -> None:
    text = run()

    assert re.search(r"^_pk_id\.\* +statistics +M +30 days$", text, re.MULTILINE)
    assert "sessionid" in text
    assert text.endswith("The gate is in order.\n")


def test_the_command_says_where_the_policy_depends_on_the_host() -> None:
    with override_settings(CONSENTGATE={"POLICY": BY_HOST}):
        assert "by the host" in run()


@pytest.mark.parametrize(
    "wrong", [{"MIDDLEWARE": []}, {"CONSENTGATE": None}], ids=["no gate", "no settings"]
)
def test_the_command_fails_on_errors(wrong: dict[str, object]) -> None:
    with override_settings(**wrong), pytest.raises(CommandError, match="1 to fix"):
        run()


def test_the_command_prints_warnings_and_fails_on_them_when_asked() -> None:
    with override_settings(MIDDLEWARE=[SESSION, GATE_CLASS]):
        assert "consentgate.W001: outside the gate" in run()
        with pytest.raises(CommandError):
            run("--strict")


def test_every_id_is_in_the_documentation(pages: Callable[[], str]) -> None:
    text = pages()

    ids = [f"consentgate.{one}" for one in ("E001", "E002", "E003", "E004", "E005", "E006")]
    assert [one for one in [*ids, "consentgate.W001", "consentgate.W002"] if one not in text] == []


@pytest.fixture
def pages() -> Callable[[], str]:
    return (Path(__file__).parents[3] / "docs" / "django.md").read_text


# Compression


@pytest.mark.behaviour(39)
def test_compression_outside_of_the_gate_is_in_order() -> None:
    assert ids(MIDDLEWARE=[GZIP, GATE_CLASS, SESSION]) == []


@pytest.mark.behaviour(39)
def test_inside_of_a_wrapped_application_it_is_not() -> None:
    served = f"{__name__}.WRAPPED"

    assert ids(MIDDLEWARE=[GZIP], WSGI_APPLICATION=served) == ["consentgate.I001"]
