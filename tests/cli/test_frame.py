"""What all commands do alike: mistakes of the user are one line on stderr and exit code 3."""

from __future__ import annotations

import io
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import click
import pytest

from consentgate import __version__
from consentgate.cli import commands, main
from consentgate.errors import ConfigurationError
from tests.cli.conftest import Run
from tests.cli.declarations import BROKEN, COMPLETE, WRONG

pytestmark = pytest.mark.cli

MODULE = str(Path(commands.__file__).parents[1] / "__main__.py")


def all_commands() -> dict[str, click.Command]:
    """Each command that is no group, by its words."""
    found: dict[str, click.Command] = {}
    groups: list[tuple[str, click.Group]] = [("", commands.consentgate)]
    for words, group in groups:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                groups.append((f"{words} {name}", command))
            else:
                found[f"{words} {name}".strip()] = command
    return found


READERS = [
    ["policy", "check", "FILE"],
    ["policy", "show", "FILE"],
    ["policy", "explain", "session", "--policy", "FILE"],
    ["policy", "prove", "--never", "a", "--without", "statistics", "--policy", "FILE"],
    ["policy", "diff", "FILE", "FILE"],
    ["charter", "--policy", "FILE"],
]
"""Commands that read a policy; FILE is its path."""

reads_a_policy = pytest.mark.parametrize("command", READERS, ids=" ".join)


def on(command: list[str], file: str) -> list[str]:
    return [word.replace("FILE", file) for word in command]


def test_each_command_has_json_and_an_example_in_its_help(run: Run) -> None:
    for words in all_commands():
        ran = run(*words.split(), "--help")

        assert (ran.code, ran.err) == (0, "")
        assert f"Example:\n    consentgate {words}" in ran.out
        assert "--json" in ran.out


def test_no_line_of_help_is_longer_than_80_columns(run: Run) -> None:
    for words in ["", "policy", *all_commands()]:
        lines = run(*words.split(), "--help").out.splitlines()

        assert [line for line in lines if len(line) > 80] == []


def test_help_has_a_short_form(run: Run) -> None:
    for words in ["", "policy", *all_commands()]:
        assert run(*words.split(), "-h") == run(*words.split(), "--help")


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize("group", [[], ["policy"]], ids=["all", "policy"])
def test_a_group_without_a_command_lists_its_commands(run: Run, group: list[str]) -> None:
    ran = run(*group)

    assert (ran.code, ran.out) == (3, "")
    assert "Commands:" in ran.err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["frobnicate"], "consentgate: No such command 'frobnicate'. See consentgate --help"),
        (
            ["policy", "chek"],
            (
                "consentgate policy: No such command 'chek'. "
                "(Did you mean one of: 'check', 'schema'?). See consentgate policy --help"
            ),
        ),
        (
            ["keygen", "--jsn"],
            (
                "consentgate keygen: No such option '--jsn'. Did you mean '--json'? "
                "See consentgate keygen --help"
            ),
        ),
        (
            ["keygen", "more"],
            (
                "consentgate keygen: Got unexpected extra argument (more). "
                "See consentgate keygen --help"
            ),
        ),
    ],
    ids=["command", "command of a group", "option", "argument"],
)
def test_wrong_use_is_one_line_that_names_the_help(
    run: Run, arguments: list[str], line: str
) -> None:
    ran = run(*arguments)

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.replace('"', "'") == f"{line}\n"


@reads_a_policy
def test_broken_toml_is_one_line_with_its_place(run: Run, folder: Path, command: list[str]) -> None:
    (folder / "consent.toml").write_text(BROKEN)

    ran = run(*on(command, "consent.toml"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "CG010 at consent.toml: Unclosed array (at end of document)" in ran.err


@reads_a_policy
@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000, "a = " + "9" * 5000], ids=["nested deeply", "huge number"]
)
def test_toml_that_python_cannot_hold_is_one_line(
    run: Run, folder: Path, command: list[str], text: str
) -> None:
    (folder / "consent.toml").write_text(text)

    ran = run(*on(command, "consent.toml"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "CG010 at consent.toml" in ran.err


@reads_a_policy
def test_a_missing_file_is_one_line_with_the_folder(
    run: Run, folder: Path, command: list[str]
) -> None:
    ran = run(*on(command, "consent.toml"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "No such file" in ran.err
    assert str(folder) in ran.err


@reads_a_policy
def test_an_unreadable_file_is_one_line(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    def forbidden(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    # Root, as whom tests often run, can read every file.
    monkeypatch.setattr(Path, "read_text", forbidden)

    ran = run(*on(command, "consent.toml"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "Permission denied" in ran.err


@reads_a_policy
def test_a_folder_in_place_of_a_file_is_one_line(
    run: Run, folder: Path, command: list[str]
) -> None:
    (folder / "consent.toml").mkdir()

    ran = run(*on(command, "consent.toml"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "Is a directory" in ran.err


@reads_a_policy
def test_a_file_that_is_not_utf_8_is_one_line(run: Run, folder: Path, command: list[str]) -> None:
    (folder / "consent.toml").write_bytes(b'site = "\xe9"\n')

    ran = run(*on(command, "consent.toml"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "byte 8 is not UTF-8" in ran.err


@reads_a_policy
def test_a_preset_whose_path_no_system_has_is_one_error(
    run: Run, folder: Path, command: list[str]
) -> None:
    (folder / "consent.toml").write_text('presets = ["a\\u0000.toml"]\n')

    ran = run(*on(command, "consent.toml"))

    assert ran.code in (1, 3)
    assert (ran.out + ran.err).count("CG010") == 1


@pytest.mark.parametrize(
    "command", [words for words in READERS if words[:2] != ["policy", "check"]], ids=" ".join
)
def test_errors_of_a_declaration_are_one_line_that_says_how_to_see_them_all(
    run: Run, folder: Path, command: list[str]
) -> None:
    (folder / "consent.toml").write_text(WRONG)

    ran = run(*on(command, "consent.toml"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "CG001 at consent.toml: cookies[0] ('a b')" in ran.err
    assert "(and 1 more: consentgate policy check consent.toml)" in ran.err


def test_any_other_error_of_the_library_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConfigurationError("first\nsecond")

    monkeypatch.setattr(commands.consentgate, "main", fail)

    assert run("keygen") == (3, "", "consentgate: first second\n")


def test_an_interrupted_command_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise click.Abort

    monkeypatch.setattr(commands.consentgate, "main", interrupt)

    assert run("keygen") == (3, "", "consentgate: stopped\n")


def test_a_missing_library_is_one_line_that_names_the_extra(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "consentgate.cli.commands", None)
    monkeypatch.setattr("consentgate.cli._LIBRARIES", ("consentgate.cli.commands",))

    code = main(["keygen"])

    assert (code, capsys.readouterr().err) == (
        3,
        (
            "consentgate: consentgate.cli.commands is not installed; the command line needs more: "
            'pip install "consentgate[cli]"\n'
        ),
    )


def test_another_missing_module_is_no_matter_of_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "consentgate.cli.commands", None)

    with pytest.raises(ModuleNotFoundError):
        main(["keygen"])


def test_python_without_rich_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "rich.py").write_text('raise ModuleNotFoundError("no rich", name="rich")\n')
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])

    ran = subprocess.run(
        [sys.executable, "-m", "consentgate", "keygen"],
        env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr.startswith("consentgate: rich is not installed")
    assert 'pip install "consentgate[cli]"\n' in ran.stderr


def test_the_module_is_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["consentgate", "keygen", "--json"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(MODULE, run_name="__main__")

    assert ended.value.code == 0
    assert len(json.loads(capsys.readouterr().out)["secret_key"]) == 64


def test_who_imports_the_module_runs_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(MODULE, run_name="imported")

    assert capsys.readouterr() == ("", "")


def test_a_terminal_that_lacks_a_letter_ends_no_command(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("consent.toml").write_text('[controller]\nname = "Łódź"\n')
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))

    code = main(["policy", "show"])
    sys.stdout.flush()

    assert code == 0
    assert rb"\u0141" + b"\xf3" + rb"d\u017a" in written.getvalue()


def test_a_stdout_that_is_no_file_is_written_to(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)

    code = main(["keygen"])

    assert (code, len(written.getvalue())) == (0, 65)
