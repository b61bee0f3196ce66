"""Follows the documentation's tutorials word by word, each in an empty folder.

A tutorial is the section "## Tutorial" of a page. The tool writes a file where a sentence says
"Write `name`", appends to it where one says "Add to the end of `name`", and runs the commands that
a console block shows. The command's output must be the text below it; "..." matches any text. A
server runs on until the next one starts. The tool installs consentgate from a wheel of this
repository, and everything else from the index that pip uses.

    python tools/tutorials.py            # all of them
    python tools/tutorials.py flask.md   # one of them
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
TUTORIALS = tuple(
    sorted(
        path.name for path in ROOT.glob("docs/*.md") if "\n## Tutorial\n" in path.read_text("utf-8")
    )
)
STARTUP_S = 60.0

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRITE = re.compile(r"(Write|Add to the end of) `([\w./-]+)`")
_KINDS = {"Write": "write", "Add to the end of": "append"}
_SERVER = re.compile(r"(flask run|uvicorn|gunicorn|python manage\.py runserver)\b")
_PORT = re.compile(r"(?:--port |runserver |127\.0\.0\.1:)(\d+)")


class TutorialError(Exception):
    """A step had another result than the tutorial says."""


def steps(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the steps in order: ("write" or "append", name, text) or ("run", command, output)."""
    tutorial = text.partition("\n## Tutorial\n")[2].partition("\n## ")[0]
    end = 0
    for fence in _FENCE.finditer(tutorial):
        prose, end = tutorial[end : fence.start()], fence.end()
        files = _WRITE.findall(prose)
        if fence[1] == "console":
            for part in re.split(r"^\$ ", fence[2], flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield "run", command, shown
        elif files:
            verb, name = files[-1]
            yield _KINDS[verb], name, fence[2]


class Follower:
    """A reader who follows a tutorial in a folder, with one shell and one server at most."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self._folder = folder
        self._shell = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=_environment(wheels),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._ports: dict[str, str] = {}
        self._server = False

    def follow(self, kind: str, subject: str, text: str) -> None:
        """Do one step. Raises TutorialError if its output differs from the tutorial's."""
        if kind == "write":
            path = self._folder / subject
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif kind == "append":
            path = self._folder / subject
            path.write_text(f"{path.read_text('utf-8')}\n\n{text}", encoding="utf-8")
        elif _SERVER.match(subject):
            self._serve(self._moved(subject))
        else:
            output = self._say(self._moved(subject))
            if text and not _matches(output, text):
                raise TutorialError(f"$ {subject}\nshould print\n{text}and printed\n{output}")

    def stop(self) -> None:
        """End the shell and all processes that it started."""
        with suppress(ProcessLookupError):  # a tutorial's command may have ended it
            os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.communicate()

    def _moved(self, command: str) -> str:
        """Return the command with free ports in place of those it names."""
        for port in _PORT.findall(command):
            self._ports.setdefault(port, str(_free_port()))
        for port, free in self._ports.items():
            command = re.sub(rf"\b{port}\b", free, command)
        return command

    def _serve(self, command: str) -> None:
        if self._server:
            self._say("kill %% && wait %%")
        self._server = True
        self._say(f"{command} > {shlex.quote(str(self._folder))}.log 2>&1 &")
        port = int(_PORT.findall(command)[0])
        deadline = time.monotonic() + STARTUP_S
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise TutorialError(f"$ {command}\nnothing listens:\n{self._log()}")

    def _log(self) -> str:
        return Path(f"{self._folder}.log").read_text(encoding="utf-8")

    def _say(self, command: str) -> str:
        """Run the command in the shell, and return its output."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        end = f"--done-{time.monotonic_ns()}--"
        self._shell.stdin.write(f"{command}\necho {end}\n")
        self._shell.stdin.flush()
        output = ""
        while end not in output:
            line = self._shell.stdout.readline()
            if not line:
                raise TutorialError(f"$ {command}\nended the shell and printed\n{output}")
            output += line
        return output.partition(end)[0]


def _matches(output: str, shown: str) -> bool:
    """Return True if the output is the one shown, ignoring blanks at the ends of lines."""
    wanted = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    printed = "\n".join(line.rstrip() for line in output.strip().splitlines())
    pattern = re.escape(wanted).replace(re.escape("..."), r"[^\n]*")
    return re.fullmatch(pattern, printed) is not None


def _environment(wheels: Path) -> dict[str, str]:
    """Return the environment of a newcomer: a bare Python, and the wheel where pip finds it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment.pop("VIRTUAL_ENV", None)
    links = f"{environment.get('PIP_FIND_LINKS', '')} {wheels.as_uri()}".strip()
    # Only Python: a package that this environment has must not make up for a forgotten step.
    bare = wheels / "bin"
    bare.mkdir(exist_ok=True)
    with suppress(FileExistsError):
        (bare / "python3").symlink_to(Path(sys.executable).resolve())
    others = [
        folder for folder in environment["PATH"].split(os.pathsep) if folder != f"{sys.prefix}/bin"
    ]
    path = os.pathsep.join([str(bare), *others])
    return environment | {
        "PIP_FIND_LINKS": links,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PATH": path,
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _build_wheel(folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _follow(page: str, *, wheels: Path, folder: Path) -> int:
    """Follow one tutorial, and return the number of its steps."""
    all_steps = list(steps((ROOT / "docs" / page).read_text("utf-8")))
    if not all_steps:
        raise TutorialError("no step was found")
    folder.mkdir()
    follower = Follower(folder, wheels)
    try:
        for step in all_steps:
            follower.follow(*step)
    finally:
        follower.stop()
    return len(all_steps)


def main() -> int:
    """Follow the named tutorials, or all; return 1 if one of them fails."""
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        wheels = Path(place) / "wheels"
        _build_wheel(wheels)
        for page in sys.argv[1:] or TUTORIALS:
            try:
                count = _follow(page, wheels=wheels, folder=Path(place) / Path(page).stem)
            except TutorialError as error:
                failed = 1
                sys.stdout.write(f"FAILED {page}: {error}\n")
            else:
                sys.stdout.write(f"followed {page}: {count} steps\n")
            sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main())
