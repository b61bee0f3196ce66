"""`consentgate check` and `consentgate lock`, as somebody runs them on a site."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.audit.sites import FLASK, FLASK_GATED, STARLETTE_GATED
from tests.cli.conftest import Ran, Run

pytestmark = pytest.mark.cli

_numbers = count()

WITHIN = FLASK_GATED.replace("86_400 * 730", "86_400 * 30")
"""A site with nothing wrong."""


@pytest.fixture
def run(run: Run) -> Run:
    """The command line in a process of its own, as far as the site is concerned."""

    def run_anew(*arguments: str) -> Ran:
        for name in [name for name in sys.modules if name.startswith("commanded_")]:
            del sys.modules[name]
        return run(*arguments)

    return run_anew


@pytest.fixture
def site(folder: Path) -> Callable[[str], str]:
    """A function that writes a site's source, and returns what names its application."""

    def site(source: str) -> str:
        name = f"commanded_{next(_numbers)}"
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return f"{name}:app"

    return site


Site = Callable[[str], str]


@pytest.mark.parametrize("source", [WITHIN, STARLETTE_GATED.replace("* 730", "* 30")])
def test_a_site_with_nothing_wrong_ends_with_0(run: Run, site: Site, source: str) -> None:
    code, out, err = run("check", site(source))

    assert (code, err) == (0, "")
    assert "2 pages behind its gate; 3 cookies; 0 violations" in out


def test_a_violation_ends_with_1_and_is_named(run: Run, site: Site) -> None:
    code, out, _ = run("check", site(FLASK_GATED))

    assert code == 1
    assert "CG122 _ga on /: it lives 730 days, longer than declared (395 days)" in out


def test_the_table_says_what_becomes_of_each_cookie(run: Run, site: Site) -> None:
    target = site(FLASK_GATED)

    lines = run("check", target).out.splitlines()

    assert lines[0].split("  ")[0] == "Cookie"
    [row] = [line for line in lines if line.startswith("_ga ")]
    assert row.split()[1:] == [
        *("statistics", "stripped", "leaves,", "shortened"),
        f"{target.removesuffix(':app')}.py:12",
    ]


def test_what_is_undeclared_comes_with_what_to_paste(run: Run, site: Site) -> None:
    out = run("check", site(FLASK)).out

    assert '[[cookies]]\nname = "visits"\n' in out
    assert "2 pages without a gate; 3 cookies; 3 violations" in out


def test_a_policy_of_another_file_judges(run: Run, site: Site, folder: Path) -> None:
    (folder / "other.toml").write_text('necessary = ["session", "_ga", "visits"]', "utf-8")

    assert run("check", site(FLASK_GATED), "--policy", "other.toml").code == 0


def test_pages_can_be_followed_left_out_and_counted(run: Run, site: Site) -> None:
    followed = run("check", site(FLASK), "--crawl", "--json").json
    fewer = run("check", site(FLASK), "--crawl", "--exclude", "/deep*", "--json").json
    cut = run("check", site(FLASK), "--crawl", "--most-pages", "1", "--json").json

    assert (followed["pages"], fewer["pages"]) == (["/", "/deep", "/deep?q=1"], ["/"])
    assert (cut["pages"], cut["is_cut"]) == (["/"], True)


def test_a_site_that_sets_nothing_has_no_table(run: Run, site: Site) -> None:
    source = "app = __import__('werkzeug').Response('hello')"

    assert run("check", site(source)).out == "1 page without a gate; 0 cookies; 0 violations\n"


def test_json_has_a_version_and_all_cookies(run: Run, site: Site) -> None:
    told = run("check", site(FLASK_GATED), "--json").json

    assert told["format"] == 1
    assert {cookie["name"] for cookie in told["cookies"]} == {"session", "_ga", "visits"}
    assert told["changes"] == []


def test_what_an_application_prints_goes_to_stderr(run: Run, site: Site) -> None:
    source = WITHIN.replace("def deep():", "def deep():\n    print('seen')") + "\nprint('loaded')\n"

    ran = run("check", site(source), "--json")

    assert ran.json["violations"] == 0
    assert set(ran.err.splitlines()) == {"loaded", "seen"}


def test_sarif_and_junit_are_whole_on_stdout(run: Run, site: Site) -> None:
    source = FLASK_GATED.replace('"/logout"', '"/boom"')

    sarif = run("check", site(source), "--format", "sarif")
    junit = run("check", site(source), "--format", "junit")

    assert json.loads(sarif.out)["version"] == "2.1.0"
    assert ET.fromstring(junit.out).get("failures") == "1"
    assert sarif.err == "GET /boom answers 500\n"


def test_a_page_that_cannot_be_judged_ends_with_2(run: Run, site: Site) -> None:
    code, out, _ = run("check", site(WITHIN.replace('"/logout"', '"/boom"')))

    assert code == 2
    assert "not judged: GET /boom answers 500" in out


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ("import no_such_package", 2, "cannot be imported: ModuleNotFoundError"),
        ("app = 3", 3, "which is neither an ASGI nor a WSGI application"),
        ("application = lambda environ, start_response: []", 3, "the module has application"),
        ("async def app(scope, receive, send): raise OSError('down')", 2, "OSError: down"),
    ],
)
def test_what_cannot_be_looked_at_is_one_line(
    run: Run, site: Site, source: str, code: int, message: str
) -> None:
    ran = run("check", site(source))

    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_the_name_of_a_file_is_no_module(run: Run, site: Site) -> None:
    name = site(WITHIN).removesuffix(":app")

    ran = run("check", f"{name}.py:app")

    assert (ran.code, ran.out) == (3, "")
    assert f"there is no module '{name}.py'; write '{name}', without .py\n" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "app"],
        ["check", "no_such_module:app"],
        ["check", "app:app", "--most-pages", "0"],
        ["check", "app:app", "--format", "pdf"],
        ["check", "app:app", "--folder", "no/such/folder"],
        ["check", "app:app", "--policy", "missing.toml"],
        ["check", "app:app", "--locked"],
        ["lock", "no_such_module:app"],
    ],
)
def test_wrong_use_ends_with_3_and_one_line(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1


# The lock


def test_what_is_locked_and_unchanged_is_fine(run: Run, site: Site, folder: Path) -> None:
    target = site(WITHIN)

    locked = run("lock", target)
    checked = run("check", target, "--locked")

    assert (locked.code, locked.out) == (0, "consent.lock: 3 cookies\n")
    assert checked.code == 0
    assert 'name = "_ga"' in (folder / "consent.lock").read_text("utf-8")


def test_a_change_ends_with_1_and_shows_as_a_difference(run: Run, site: Site, folder: Path) -> None:
    target = site(WITHIN)
    run("lock", target)
    lock = folder / "consent.lock"
    lock.write_text(lock.read_text("utf-8").replace("30 days", "20 days"), "utf-8")

    code, out, _ = run("check", target, "--locked")

    assert code == 1
    assert "Not as the lock file has it:\n~ _ga is set in another way\n    - 20 days" in out


def test_locking_again_says_what_changed(run: Run, site: Site) -> None:
    run("lock", site(FLASK_GATED))

    ran = run("lock", site(WITHIN), "--json")

    assert ran.json["cookies"] == 3
    assert "~ _ga is set in another way" in ran.json["changes"]
    assert "_ga is set in another way" in run("lock", site(FLASK_GATED)).out


def test_what_could_not_be_seen_whole_is_not_locked(run: Run, site: Site, folder: Path) -> None:
    code, _, err = run("lock", site(WITHIN.replace('"/logout"', '"/boom"')))

    assert (code, err) == (
        2,
        "consentgate: not written, since not all could be seen: GET /boom answers 500\n",
    )
    assert not (folder / "consent.lock").exists()


def test_a_lock_that_cannot_be_written_is_told(run: Run, site: Site) -> None:
    code, _, err = run("lock", site(WITHIN), "--output", "no/such/folder/consent.lock")

    assert code == 3
    assert "cannot be written: No such file or directory" in err


def test_another_files_name_can_be_given(run: Run, site: Site, folder: Path) -> None:
    target = site(WITHIN)

    run("lock", target, "--output", "reviewed.lock")

    assert run("check", target, "--locked", "--lock", "reviewed.lock").code == 0


def test_a_name_controls_no_terminal(run: Run, site: Site) -> None:
    source = (
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [('Set-Cookie', 'a\\x1b[31mb=1'), "
        "('Content-Type', 'text/plain')])\n"
        "    return [b'']\n"
    )

    code, out, _ = run("check", site(source))

    assert code == 1
    assert "\x1b" not in out
    assert "a\\x1b[31mb" in out


EMBEDDING = WITHIN.replace("<body><a", "<body>\\n<script src='//x.example/a.js'></script><a", 1)


def test_third_parties_in_pages_are_looked_for_when_asked(run: Run, site: Site) -> None:
    code, out, _ = run("check", site(EMBEDDING), "--pages")

    assert code == 1
    assert "CG170 at / line 2: <script src> contacts x.example, which is not declared" in out
    assert run("check", site(EMBEDDING)).code == 0


def test_only_pages_are_searched_for_third_parties(run: Run, site: Site) -> None:
    source = (
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [b\"<script src='//x.example/a.js'></script>\"]\n"
    )

    assert run("check", site(source), "--pages").code == 0


def test_third_parties_are_in_the_other_formats_too(run: Run, site: Site) -> None:
    code, out, _ = run("check", site(EMBEDDING), "--pages", "--json")

    (finding,) = json.loads(out)["third_parties"]
    assert (code, finding["id"], finding["place"]) == (1, "CG170", "/ line 2")
    assert "CG170" in run("check", site(EMBEDDING), "--pages", "--format", "junit").err
