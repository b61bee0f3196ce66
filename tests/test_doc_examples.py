"""Each example of the documentation runs: here, by the test named above it, or as a tutorial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse

from consentgate import Policy, get_consent
from consentgate.asgi import ConsentMiddleware
from tests.support.doc_examples import HERE, ROOT, TUTORIALS, Example, all_examples, examples_of
from tools.tutorials import TUTORIALS as FOLLOWED

EXAMPLES = all_examples()
OWN = [example for example in EXAMPLES if example.runner == HERE]
PAGES = sorted({example.page for example in OWN if example.language == "python"})
POLICY = """necessary = ["session"]
[[cookies]]
name = "_pk_id.*"
category = "statistics"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the examples of a site expect there."""
    (tmp_path / "consent.toml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "templates" / "consent").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names_of_a_site(policy: Path) -> dict[str, Any]:  # Any: a module's names
    """The names that an example may use without making them."""
    declared = Policy.from_toml(policy)
    return {
        "__name__": "example",
        "app": Starlette(),
        "policy": declared,
        "shop_policy": declared,
        "blog_policy": declared,
        "SECRET": "for tests only, of 32 characters",
        "NEW_KEY": "for tests only, the newer of two",
        "OLD_KEY": "for tests only, the older of two",
        "response": HTMLResponse(""),
        "Policy": Policy,
        "ConsentMiddleware": ConsentMiddleware,
        "get_consent": get_consent,
    }


def run_python(page: str, names: dict[str, Any]) -> Iterator[Callable[[], None]]:
    """Run the blocks of a page one after the other, and yield the tests that they define."""
    for example in OWN:
        if (example.page, example.language) == (page, "python"):
            # Blank lines before the block let a traceback point at the page's own line.
            source = "\n" * example.line + example.text
            exec(compile(source, str(ROOT / "docs" / page), "exec"), names)
    yield from (value for name, value in names.items() if name.startswith("test_"))


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs_and_its_tests_pass(page: str, project: Path) -> None:
    for shown in run_python(page, names_of_a_site(project / "consent.toml")):
        shown()


@pytest.mark.parametrize("example", [one for one in OWN if one.language == "toml"], ids=str)
def test_a_toml_block_is_a_policy_without_errors(example: Example, tmp_path: Path) -> None:
    path = tmp_path / "consent.toml"
    path.write_text(example.text, encoding="utf-8")

    assert isinstance(Policy.from_toml(path), Policy)


def test_no_console_block_goes_without_a_runner() -> None:
    assert [str(one) for one in OWN if one.language == "console"] == []


def test_each_runner_exists_and_reads_the_page() -> None:
    named = {(one.runner, one.page) for one in EXAMPLES if one.runner not in {"", HERE, TUTORIALS}}

    assert [pair for pair in named if pair[1] not in (ROOT / pair[0]).read_text("utf-8")] == []


def test_each_tutorial_is_followed() -> None:
    assert {one.page for one in EXAMPLES if one.runner == TUTORIALS} == set(FOLLOWED)


PAGE = """# Page

```python
one
```

<!-- not run: it needs a server -->

```toml
two
```

   <!-- examples: tests/x.py -->
   ```console
   three
   ```

## Tutorial

```console
four
```

## After

```html
five
```
"""


def test_a_block_says_what_runs_it() -> None:
    found = [(one.line, one.text, one.runner, one.reason) for one in examples_of(PAGE, page="p")]

    assert found == [
        (3, "one\n", HERE, ""),
        (9, "two\n", "", "it needs a server"),
        (14, "three\n", "tests/x.py", ""),
        (20, "four\n", TUTORIALS, ""),
    ]


def test_a_page_can_say_it_for_all_its_blocks() -> None:
    text = "<!-- examples: tests/x.py -->\n\n```toml\na = 1\n```\n"

    assert [one.runner for one in examples_of(text, page="p")] == ["tests/x.py"]
