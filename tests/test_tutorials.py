"""The follower of tutorials: it does what a page says, and notices where that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.tutorials import TUTORIALS, Follower, TutorialError, steps

DOCS = Path(__file__).parents[1] / "docs"

PAGE = """# A page

## Tutorial

Write `app.py`:

```python
print("hello")
```

It says so:

```console
$ python3 app.py
hello
$ cat app.py | wc -l
...
```

Add to the end of `app.py`:

```python
print("again")
```

It says more:

```console
$ python3 app.py
hello
again
```

Not for you:

```python
print("nothing")
```

## More

```console
$ exit 1
```
"""


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[Follower]:
    one = Follower(tmp_path, tmp_path)
    yield one
    one.stop()


def test_the_steps_are_files_and_commands_in_order() -> None:
    assert list(steps(PAGE)) == [
        ("write", "app.py", 'print("hello")\n'),
        ("run", "python3 app.py", "hello\n"),
        ("run", "cat app.py | wc -l", "...\n"),
        ("append", "app.py", 'print("again")\n'),
        ("run", "python3 app.py", "hello\nagain\n"),
    ]


@pytest.mark.parametrize("page", TUTORIALS)
def test_each_tutorial_begins_with_a_new_environment(page: str) -> None:
    found = list(steps((DOCS / page).read_text(encoding="utf-8")))

    assert found[0] == ("run", "python3 -m venv .venv", "")


def test_each_framework_has_a_tutorial() -> None:
    assert {"django.md", "flask.md", "starlette.md"} <= set(TUTORIALS)


def test_a_page_that_is_right_can_be_followed(follower: Follower) -> None:
    for step in steps(PAGE):
        follower.follow(*step)


@pytest.mark.parametrize("shown", ["goodbye", "hello\nhello", "hell", "...\n..."])
def test_what_a_command_says_otherwise_is_told(follower: Follower, shown: str) -> None:
    with pytest.raises(TutorialError, match="should print"):
        follower.follow("run", "echo hello", shown)


def test_a_command_that_ends_the_shell_is_told(follower: Follower) -> None:
    with pytest.raises(TutorialError, match="ended the shell"):
        follower.follow("run", "exit 1", "")
