"""Find where in the code a cookie is set: the frameworks' own functions are watched for it.

A header that is written without them has no place; nobody needs one to judge it.
"""

from __future__ import annotations

import importlib
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from consentgate.http.set_cookie import split_set_cookie

# A class's methods that take a cookie's name first.
_TAKE_NAMES = (
    ("werkzeug.sansio.response", "Response", "set_cookie"),
    ("werkzeug.sansio.response", "Response", "delete_cookie"),
    ("starlette.responses", "Response", "set_cookie"),
    ("starlette.responses", "Response", "delete_cookie"),
    ("django.http.response", "HttpResponseBase", "set_cookie"),
    ("django.http.response", "HttpResponseBase", "set_signed_cookie"),
    ("django.http.response", "HttpResponseBase", "delete_cookie"),
)
# And those that take a header's name and value.
_TAKE_HEADERS = (
    ("werkzeug.datastructures.headers", "Headers", "add"),
    ("werkzeug.datastructures.headers", "Headers", "__setitem__"),
    ("starlette.datastructures", "MutableHeaders", "append"),
    ("starlette.datastructures", "MutableHeaders", "__setitem__"),
)

# Where frameworks hand requests on: what stands above it on the stack sets nothing itself.
_PIPELINES = (
    *("consentgate/", "django/core/handlers/", "django/utils/deprecation.py", "flask/app.py"),
    *("starlette/applications.py", "starlette/middleware/", "starlette/routing.py"),
)

_OF_PYTHON = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


class Place(NamedTuple):
    """A line of code and the function that it is in.

    `file` is relative to the folder of the application if `is_own`; else it is a framework's.
    """

    file: str
    line: int
    function: str
    is_own: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Places:
    """Where each cookie of one response was set, by its name; the application's own code first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._found: dict[str, Place] = {}

    def forget(self) -> None:
        """Forget all places: the next response begins."""
        self._found.clear()

    def of(self, name: str) -> Place | None:
        """Return where a cookie is set, None where that is not known."""
        return self._found.get(name)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch the frameworks that are loaded until the block ends."""
        with ExitStack() as stack:
            for takes, note in ((_TAKE_NAMES, self._note_name), (_TAKE_HEADERS, self._note_header)):
                loaded = [row for row in takes if row[0].partition(".")[0] in sys.modules]
                for module, owner, method in loaded:
                    stack.enter_context(_watch(module, owner, method, note))
            yield

    def _note_name(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        self._note(str(next(iter(arguments), "")), frame)

    def _note_header(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        name, value = map(str, arguments[:2])
        if name.lower() == "set-cookie":
            self._note(split_set_cookie(value)[0], frame)

    def _note(self, name: str, frame: FrameType) -> None:
        known = self._found.get(name)
        place = self._place_of(frame)
        # The header that a watched function writes is no better place than its caller.
        if known is None or (place.is_own and not known.is_own):
            self._found[name] = place

    def _place_of(self, frame: FrameType) -> Place:
        """Return the nearest line of the application's own, else of what called the function.

        What merely has a framework answer the request, such as middleware, is no such line.
        """
        first = _told(frame, self._folder)
        nearest: FrameType | None = frame
        while nearest is not None:
            place = _told(nearest, self._folder)
            if place.is_own:
                return place
            if place.file.startswith(_PIPELINES):
                break
            nearest = nearest.f_back
        return first


def _told(frame: FrameType, folder: Path) -> Place:
    file = frame.f_code.co_filename
    is_own = file.startswith(str(folder)) and not file.startswith(_OF_PYTHON)
    if is_own:
        name = Path(file).relative_to(folder).as_posix()
        return Place(name, frame.f_lineno, frame.f_code.co_qualname, is_own=True)
    parts = Path(file).parts
    packages = ("site-packages", "dist-packages")
    start = max((at + 1 for at, part in enumerate(parts) if part in packages), default=0)
    name = "/".join(parts[start:]) if start else Path(file).name
    return Place(name, frame.f_lineno, frame.f_code.co_qualname, is_own=False)


Note = Callable[[FrameType, tuple[Any, ...]], None]


@contextmanager
def _watch(module: str, owner: str, method: str, note: Note) -> Iterator[None]:
    kind: Any = getattr(importlib.import_module(module), owner)  # Any: a class of a framework
    function = getattr(kind, method)

    @wraps(function)
    def watched(self: Any, *arguments: Any, **keywords: Any) -> Any:
        named = (keywords[key] for key in ("key", "_key") if key in keywords)
        note(sys._getframe(1), arguments or tuple(named))
        return function(self, *arguments, **keywords)

    setattr(kind, method, watched)
    try:
        yield
    finally:
        setattr(kind, method, function)
