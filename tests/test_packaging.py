"""What is shipped and what the repository holds: sizes, public names, the wheel, no traces."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

import consentgate
from tests.support.tables import check_rules

ROOT = Path(__file__).parents[1]
LONGEST_FILE_LINES = 400

# A new public name is a conscious line here: once released, it has to be kept.
PUBLIC_NAMES = {
    "Action",
    "Category",
    "ConfigurationError",
    "Consent",
    "ConsentGateError",
    "Controller",
    "Cookie",
    "Enforcement",
    "Event",
    "Finding",
    "Gate",
    "Mode",
    "Policy",
    "PolicyError",
    "Reason",
    "RecordStoreError",
    "HideCookies",
    "Unknown",
    "Verdict",
    "VisitorConsent",
    "get_consent",
}

# Spelled so that this file does not contain them itself.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry.npm" + "js",
    "npm" + "mirror",
    "deb." + "debian",
]
MACHINE_PATH = re.compile(r"(?<![\w.*<])/(?:work|root|home|Users|opt)/\w")


def tracked_files() -> list[Path]:
    """Every file that git tracks and that is still there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0")]
    return [path for path in paths if path.is_file()]


TRACKED = tracked_files()
CODE = [path for path in TRACKED if path.suffix in {".py", ".html", ".css", ".toml", ".md"}]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def it_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE_LINES


def it_does_not_name_the_host_of_a_package_registry(path: Path) -> None:
    text = path.read_bytes().decode("latin-1").lower()

    assert [host for host in REGISTRY_HOSTS if host in text] == []


def it_does_not_hold_a_path_of_the_machine_it_was_written_on(path: Path) -> None:
    text = path.read_bytes().decode("latin-1")

    assert MACHINE_PATH.findall(text) == []


def test_every_file_is_short_and_names_no_place_of_its_making() -> None:
    check_rules(
        (it_has_at_most_400_lines, CODE),
        (it_does_not_name_the_host_of_a_package_registry, TRACKED),
        (it_does_not_hold_a_path_of_the_machine_it_was_written_on, TRACKED),
        row_id=name_of,
    )


@pytest.mark.parametrize("folder", ["work", "root", "home", "Users"])
def test_a_path_of_a_machine_is_recognised(folder: str) -> None:
    assert MACHINE_PATH.search(f"see '/{folder}/consentgate'")


@pytest.mark.parametrize("text", ["/workshop", "GET /homepage", "/root", "example.org/home/news"])
def test_another_path_is_not_taken_for_one(text: str) -> None:
    assert not MACHINE_PATH.search(text)


def test_the_public_names_are_exactly_those_listed_here() -> None:
    assert set(consentgate.__all__) == PUBLIC_NAMES


def test_every_public_name_exists_and_tells_what_it_is() -> None:
    undocumented = [name for name in PUBLIC_NAMES if not getattr(consentgate, name).__doc__]

    assert undocumented == []


@pytest.mark.parametrize("module", ["starlette", "werkzeug", "flask", "django", "jinja2"])
def test_importing_consentgate_loads_no_framework(module: str) -> None:
    program = f"import sys, consentgate; sys.exit({module!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_importing_consentgate_loads_nothing_of_it_before_a_name_is_used() -> None:
    program = """
import sys, consentgate
before = [name for name in sys.modules if name.startswith("consentgate.")]
policy = consentgate.Policy()
sys.exit(bool(before) or "consentgate.policy" not in sys.modules)
"""

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_the_public_names_are_listed_before_they_are_used() -> None:
    assert set(dir(consentgate)) >= PUBLIC_NAMES


def test_a_name_that_is_not_public_is_an_error_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'consentgate' has no attribute 'Polcy'"):
        consentgate.Polcy  # type: ignore[attr-defined]  # noqa: B018


def build(kind: str, folder: Path) -> Path:
    """Build a wheel or an sdist of this repository, and return its path."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def wheel_names(wheel: Path) -> list[str]:
    """The names of the files in a freshly built wheel."""
    return zipfile.ZipFile(wheel).namelist()


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> EmailMessage:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        return message_from_bytes(archive.read(name), policy=policy.default)


def test_the_wheel_tells_type_checkers_that_it_is_typed(wheel_names: list[str]) -> None:
    assert "consentgate/py.typed" in wheel_names


@pytest.mark.parametrize("preset", ["django", "flask", "starlette"])
def test_the_wheel_carries_the_presets(wheel_names: list[str], preset: str) -> None:
    assert any(name.endswith(f"presets/{preset}.toml") for name in wheel_names)


def test_the_wheel_carries_its_licence(wheel_names: list[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in wheel_names)


def test_the_wheel_carries_the_package_whole_and_nothing_else(wheel_names: list[str]) -> None:
    package = {name_of(path) for path in TRACKED if name_of(path).startswith("consentgate/")}

    assert {name for name in wheel_names if ".dist-info/" not in name} == package


def test_the_wheel_has_the_version_that_the_package_says(metadata: EmailMessage) -> None:
    assert metadata["Version"] == consentgate.__version__


def test_the_wheel_names_the_pages_of_the_project(metadata: EmailMessage) -> None:
    labels = [value.partition(",")[0] for value in metadata.get_all("Project-URL", [])]

    assert labels == ["Homepage", "Documentation", "Changelog", "Issues", "Source"]


def test_each_supported_python_and_framework_has_a_classifier(metadata: EmailMessage) -> None:
    given = metadata.get_all("Classifier", [])
    named = [
        *(f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)),
        *(f"Framework :: {name}" for name in ("Django", "FastAPI", "Flask", "Wagtail")),
        "Typing :: Typed",
    ]

    assert [classifier for classifier in named if classifier not in given] == []


SHIPPED = re.compile(
    r"(consentgate|benchmarks|docs|examples|tests|tools|upstream)/.*"
    r"|(CHANGELOG|CONTRIBUTING|README|SECURITY)\.md|LICENSE|Makefile|babel\.cfg|pyproject\.toml"
)
"""What the source distribution holds: enough to run the tests and to build the documentation."""


@pytest.fixture(scope="module")
def sdist_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a freshly built source distribution."""
    with tarfile.open(build("sdist", tmp_path_factory.mktemp("sdist"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_what_browsers_and_their_programmers_get_is_in_both(
    wheel_names: list[str], sdist_names: set[str]
) -> None:
    static = [*ROOT.glob("consentgate/*/static/*"), ROOT / "consentgate/browser/consentgate.d.ts"]
    wanted = {name_of(path) for path in static}

    assert {"consentgate/pages/static/consent.css", "consentgate/browser/static/guard.js"} < wanted
    assert wanted - {*wheel_names} == set()
    assert wanted - sdist_names == set()


def test_the_source_distribution_carries_what_its_users_need(sdist_names: set[str]) -> None:
    wanted = {name_of(path) for path in TRACKED if SHIPPED.fullmatch(name_of(path))}
    wanted = {name for name in wanted if not name.startswith("tests/data/npm/")}

    assert sdist_names - {"PKG-INFO", ".gitignore"} == wanted
