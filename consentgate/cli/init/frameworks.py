"""The frameworks that `init` knows: how to find one in a folder, and the lines that add a gate.

A file that cannot be read says nothing; a folder is looked at two levels deep.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """Lines of Python to add, and where."""

    where: str
    lines: str


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework: the words of `--framework`, and what a site of it adds."""

    key: str
    title: str
    presets: tuple[str, ...]
    """Presets that declare the framework's own cookies, where the gate's extension does not."""
    steps: tuple[Step, ...]


_ASGI = Step(
    "at the end of the module that makes the application, so that the gate is outermost",
    """\
import os

from consentgate import Policy
from consentgate.asgi import ConsentMiddleware

policy = Policy.from_toml({path})
# A key of `consentgate keygen`, kept across restarts.
key = os.environ["CONSENTGATE_SECRET_KEY"]
app.add_middleware(ConsentMiddleware, policy=policy, secret_key=key)
""",
)

_FLASK = Step(
    "after the application is made (a relative path starts from its root folder)",
    """\
from consentgate.ext.flask import ConsentGate

app.config["CONSENTGATE_POLICY"] = {path}
ConsentGate(app)
""",
)

_DJANGO = Step(
    "at the end of the settings",
    """\
INSTALLED_APPS += ["consentgate.ext.django"]
MIDDLEWARE.insert(0, "consentgate.ext.django.middleware.ConsentMiddleware")
CONSENTGATE = {{"POLICY": BASE_DIR / {path}}}
""",
)

FRAMEWORKS = {
    framework.key: framework
    for framework in (
        Framework("flask", "Flask", (), (_FLASK,)),
        Framework("fastapi", "FastAPI", ("starlette",), (_ASGI,)),
        Framework("starlette", "Starlette", ("starlette",), (_ASGI,)),
        Framework("django", "Django", (), (_DJANGO,)),
    )
}

_IMPORT = re.compile(rf"^\s*(?:from|import)\s+({'|'.join(FRAMEWORKS)})\b", re.MULTILINE)
_DISTRIBUTION = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_MOST_FILES = 500
_LONGEST_FILE = 1 << 20


def find_frameworks(folder: Path) -> dict[str, str]:
    """Return the keys of the frameworks that a folder uses, each with the file that says so."""
    frameworks: dict[str, str] = {}
    for path in _files(folder):
        for key in _named_in(path):
            frameworks.setdefault(key, path.relative_to(folder).as_posix())
    if "fastapi" in frameworks:
        frameworks.pop("starlette", None)  # FastAPI is built on it
    return frameworks


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files that may name a framework: what a project depends on, then its modules."""
    patterns = ("manage.py", "pyproject.toml", "requirements*.txt", "Pipfile", "*.py", "*/*.py")
    paths = chain.from_iterable(sorted(folder.glob(pattern)) for pattern in patterns)
    visible = (path for path in paths if not path.relative_to(folder).parts[0].startswith("."))
    return islice((path for path in visible if path.is_file()), _MOST_FILES)


def _named_in(path: Path) -> Iterator[str]:
    with suppress(OSError, ValueError, RecursionError):  # unreadable, or not TOML
        text = path.read_bytes()[:_LONGEST_FILE].decode("utf-8", "replace")
        if path.suffix == ".py":
            yield from _IMPORT.findall(text)
            return
        names = text.splitlines() if path.suffix == ".txt" else _dependencies(tomllib.loads(text))
        for name in names:
            match = _DISTRIBUTION.match(name)
            if match and match[1].lower() in FRAMEWORKS:
                yield match[1].lower()


def _dependencies(document: dict[str, Any]) -> Iterator[str]:  # Any: what TOML holds
    """Yield the dependencies in a pyproject.toml or a Pipfile, as they are written."""
    project, tools = _table(document, "project"), _table(document, "tool")
    groups = [_table(project, "optional-dependencies"), _table(document, "dependency-groups")]
    lists = [project.get("dependencies"), *chain.from_iterable(map(dict.values, groups))]
    yield from (
        name
        for names in lists
        if isinstance(names, list)
        for name in names
        if isinstance(name, str)
    )
    yield from _table(_table(tools, "poetry"), "dependencies")
    yield from _table(document, "packages")


def _table(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}
