"""Downloads a suite's source distribution and makes the virtual environment that it runs in.

One folder in this repository keeps both; they are made once for each pin.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path

from upstream.suites import GATE_NEEDS, Suite

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".upstream"

PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")

# Read by every interpreter of the environment, the servers that tests start included.
HOOK = (
    "import os; "
    "os.environ.get('CONSENTGATE_UPSTREAM') and __import__('behind_the_gate').install()\n"
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A suite ready to run: the folder to run it in, and an interpreter with its dependencies."""

    folder: Path
    python: Path


def prepare(suite: Suite) -> Prepared:
    """Return the suite's sources and environment, from the cache if they are in it."""
    sources = unpack_source(suite.name, suite.version)
    python = make_environment(suite.name, (str(sources), *GATE_NEEDS, *suite.needs), key=suite.pin)
    put_gate_beside(python)
    return Prepared(sources / suite.folder, python)


def unpack_source(name: str, version: str) -> Path:
    """Return the folder with the unpacked source distribution, downloaded if it is missing."""
    folder = CACHE / "sources" / f"{name}-{version}"
    if folder.is_dir():
        return folder
    downloads = CACHE / "downloads"
    _run(
        sys.executable,
        *PIP,
        "download",
        "--no-deps",
        f"--no-binary={name}",
        f"--dest={downloads}",
        f"{name}=={version}",
    )
    (archive,) = downloads.glob(f"{name}-{version}.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder.parent, filter="data")
    return folder


def make_environment(name: str, requirements: tuple[str, ...], *, key: str) -> Path:
    """Return the interpreter of a virtual environment with these packages.

    The environment is made again when they, `key` or this Python's version change.
    """
    text = "\n".join((sys.version, key, *requirements))
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    folder = CACHE / "environments" / f"{name}-{digest}"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        venv.create(folder, clear=True, with_pip=True)
        _run(str(python), *PIP, "install", *requirements)
        ready.touch()
    return python


def put_gate_beside(python: Path) -> None:
    """Link this consentgate and its hook into the environment."""
    (packages,) = (python.parents[1] / "lib").glob("python3*/site-packages")
    for source in (ROOT / "consentgate", ROOT / "upstream" / "behind_the_gate.py"):
        link = packages / source.name
        link.unlink(missing_ok=True)
        link.symlink_to(source)
    (packages / "behind_the_gate.pth").write_text(HOOK, encoding="ascii")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_quiet())
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _quiet() -> dict[str, str]:
    # A developer's own packages on the path would shadow the pinned ones.
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
