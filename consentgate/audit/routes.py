"""The paths without parameters that a framework's own router names.

Flask's, Starlette's and FastAPI's are read of the application, which middleware may wrap. Django's
belong to the process: they are read where Django is seen to answer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any
from urllib.parse import quote

_MOST_WRAPPERS = 20
_PATH = "/:@!$&'()*+,;=~"  # what a path may hold as it is (RFC 3986, 3.3)
_WRAPPED = ("app", "application", "__self__")
"""Where middleware keeps what it wraps; the last is for the method `wsgi_app` of Flask."""

# Any, here and below: applications and routers of all frameworks.


def routes_of(app: object) -> list[str]:
    """Return the paths of the pages without parameters that an application's router knows; "/" is
    the first of them, known or not."""
    paths = ["/"]
    for inner in _unwrapped(app):
        paths += _flask_paths(inner)
        paths += _starlette_paths(getattr(inner, "routes", ()), "")
    return [path for path in dict.fromkeys(paths) if path.startswith("/")]


@contextmanager
def watched_django() -> Iterator[list[str]]:
    """Yield a list that gets the paths of Django's URL configuration when Django answers a request
    before the block ends."""
    paths: list[str] = []
    signals = sys.modules.get("django.core.signals")
    if signals is None:
        yield paths
        return

    def read(**_: Any) -> None:
        paths[:] = _django_routes()

    signals.request_started.connect(read, weak=False)
    try:
        yield paths
    finally:
        signals.request_started.disconnect(read)


def _unwrapped(app: Any) -> Iterator[Any]:
    """Yield an application and what is inside of it, as far as that can be seen."""
    for _ in range(_MOST_WRAPPERS):
        yield app
        names = [name for name in _WRAPPED if callable(getattr(app, name, None))]
        if not names:
            return
        app = getattr(app, names[0])


def _flask_paths(app: Any) -> Iterator[str]:
    rules = getattr(getattr(app, "url_map", None), "iter_rules", None)
    for rule in () if rules is None else rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            yield str(rule.rule)


def _starlette_paths(routes: Any, prefix: str) -> Iterator[str]:
    if not isinstance(routes, list | tuple):
        return
    for route in routes:
        path = f"{prefix}{getattr(route, 'path', '')}"
        if "{" in path:
            continue
        methods = getattr(route, "methods", None)
        if methods is not None and "GET" in methods:
            yield path or "/"
        yield from _starlette_paths(getattr(route, "routes", None), path)


def _django_routes() -> list[str]:
    """Return the paths that Django resolves, in the project's own language."""
    language = import_module("django.conf").settings.LANGUAGE_CODE
    urls = import_module("django.urls")
    resolver, paths = urls.get_resolver(), []
    with import_module("django.utils.translation").override(language):
        for path in _django_paths(resolver.url_patterns, "/"):
            with suppress(urls.Resolver404):  # where the shortest form is not one that matches
                resolver.resolve(path)
                paths.append(quote(path, safe=_PATH))
    return paths


def _django_paths(patterns: Iterable[Any], prefix: str) -> Iterator[str]:
    # As Django reverses a URL (django.urls.resolvers, URLResolver._populate): by the regex that
    # each pattern has, also one of path() or i18n_patterns(), in its shortest form.
    normalize = import_module("django.utils.regex_helper").normalize
    for pattern in patterns:
        regex = pattern.pattern.regex
        if regex.groups:
            continue
        [(text, _), *_] = normalize(regex.pattern.removeprefix("^"))
        included = getattr(pattern, "url_patterns", None)
        path = f"{prefix}{text}"
        yield from [path] if included is None else _django_paths(included, path)
