"""The foreign suites: their sources, their tests' dependencies, and how they are run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

# The dependencies of the gate and its pages, for every environment.
GATE_NEEDS = ("babel==2.19.0", "itsdangerous==2.2.0", "jinja2==3.1.6")


class Runner(StrEnum):
    """How a suite is run, and so how its results are read."""

    PYTEST = "pytest"
    DJANGO = "django"


@dataclass(frozen=True, slots=True)
class Suite:
    """One project's own tests at one version.

    `needs` has the versions in the project's own lock file, if it has one, and the toolkits that
    the gate's pages use, if the project is not one itself. `selection` is run bare and
    behind a gate that only reports; `strict_selection` is run behind a gate that strips every
    cookie: the part that concerns cookies is proof enough. Both are run in `folder` of the sources.
    """

    name: str
    version: str
    runner: Runner
    needs: tuple[str, ...]
    selection: tuple[str, ...] = ()
    strict_selection: tuple[str, ...] = ()
    folder: str = ""
    alias: str = ""

    @property
    def title(self) -> str:
        """The name of the suite in the table."""
        return self.alias or self.name

    @property
    def pin(self) -> str:
        """The suite's source distribution, as pip names it."""
        return f"{self.name}=={self.version}"


STARLETTE = Suite(
    "starlette",
    "1.10.0",
    Runner.PYTEST,
    needs=(
        "anyio==4.15.1",
        "blockbuster==1.5.28",
        "httpx==0.28.1",
        "httpx2[zstd]==2.13.1",
        "importlib-metadata==9.0.1",
        "opentelemetry-api==1.44.0",
        "opentelemetry-sdk==1.44.0",
        "pytest==9.1.1",
        "python-multipart==0.0.32",
        "pyyaml==6.0.3",
        "trio==0.34.0",
    ),
)

WERKZEUG = Suite(
    "werkzeug",
    "3.1.9",
    Runner.PYTEST,
    needs=(
        "cffi==2.1.1",
        "cryptography==50.0.1",
        "ephemeral-port-reserve==1.1.4",
        "pytest==9.1.1",
        "pytest-timeout==2.4.0",
        "watchdog==6.0.0",
    ),
    strict_selection=("tests/test_test.py", "tests/test_wrappers.py"),
)

FLASK = Suite(
    "flask",
    "3.1.3",
    Runner.PYTEST,
    needs=(
        "asgiref==3.11.0",
        "blinker==1.9.0",
        "click==8.3.1",
        "greenlet==3.3.1",
        "pytest==9.0.2",
        "python-dotenv==1.2.1",
        "werkzeug==3.1.5",
    ),
)

# The application of Flask's tutorial comes with Flask's sources, tests included.
FLASKR = replace(FLASK, folder="examples/tutorial", alias="flaskr")

# Most of the suite is about the database. These are the modules whose tests drive an application
# or make responses.
DJANGO = Suite(
    "django",
    "5.2.19",
    Runner.DJANGO,
    folder="tests",
    needs=(
        "asgiref==3.13.0",
        "sqlparse==0.6.1",
        "starlette==1.10.0",
        "tblib==3.2.2",
        "werkzeug==3.1.9",
    ),
    selection=(
        "admin_changelist",
        "admin_docs",
        "admin_views",
        "asgi",
        "async",
        "auth_tests",
        "builtin_server",
        "conditional_processing",
        "context_processors",
        "csrf_tests",
        "decorators",
        "file_uploads",
        "flatpages_tests",
        "generic_views",
        "handlers",
        "httpwrappers",
        "i18n",
        "logging_tests",
        "messages_tests",
        "middleware",
        "middleware_exceptions",
        "redirects_tests",
        "requests_tests",
        "responses",
        "servers",
        "sessions_tests",
        "shortcuts",
        "signed_cookies_tests",
        "sitemaps_tests",
        "staticfiles_tests",
        "syndication_tests",
        "test_client",
        "test_client_regress",
        "view_tests",
        "wsgi",
    ),
    strict_selection=(
        "auth_tests",
        "flatpages_tests",
        "handlers",
        "i18n",
        "messages_tests",
        "test_client",
        "test_client_regress",
        "view_tests",
    ),
)

SUITES = (STARLETTE, WERKZEUG, FLASK, FLASKR, DJANGO)
