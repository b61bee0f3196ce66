"""What is shipped and what the repository holds: sizes, public names, the wheel, no traces."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
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


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_the_wheel_tells_type_checkers_that_it_is_typed(wheel_names: list[str]) -> None:
    assert "consentgate/py.typed" in wheel_names


@pytest.mark.parametrize("preset", ["django", "flask", "starlette"])
def test_the_wheel_carries_the_presets(wheel_names: list[str], preset: str) -> None:
    assert any(name.endswith(f"presets/{preset}.toml") for name in wheel_names)


def test_the_wheel_carries_its_licence(wheel_names: list[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in wheel_names)


def test_the_wheel_carries_the_package_and_nothing_else(wheel_names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_names}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"consentgate"}
