"""The configuration of a Flask application, read as the options of a gate and of its pages.

Nothing here asks the environment, and nothing of a request is known here.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, cast

from flask import Flask

from consentgate._middleware import MOST_POLICIES, MiddlewareOptions, PolicyOption
from consentgate.choice.codec import SHORTEST_KEY
from consentgate.errors import ConfigurationError
from consentgate.gate.settings import Request
from consentgate.policy import Cookie, Policy

PREFIX = "CONSENTGATE_"
_OPTIONS = tuple(MiddlewareOptions.__annotations__)
_FOLDERS = ("templates", "catalogues")
_KEYS = tuple(PREFIX + name.upper() for name in ("policy", "secret_key", *_OPTIONS))

# The application's key signs its sessions too: a value of one use must be worth nothing in the
# other, so that the gate's key is another one (NIST SP 800-108, a label for each purpose).
_LABEL = b"consentgate.ext.flask"

# Flask-Login's own defaults, where the configuration does not say otherwise.
_REMEMBER_NAME, _REMEMBER_DURATION = "remember_token", timedelta(days=365)


@dataclass(frozen=True)
class Settings:
    """What a gate for an application is made of; equal ones make equal gates."""

    policy: PolicyOption
    secret_key: str | bytes = field(repr=False)
    options: tuple[tuple[str, object], ...] = field(repr=False)  # older keys are among them

    @property
    def keywords(self) -> MiddlewareOptions:
        """The options of the middleware besides its policy and its key."""
        return cast("MiddlewareOptions", dict(self.options))


def read_policy(app: Flask, given: PolicyOption | str | PathLike[str] | None) -> PolicyOption:
    """Return the policy that was given or is configured, read where it is a path.

    A relative path starts from the application's root folder. Raises ConfigurationError where
    there is none, and PolicyError.
    """
    check_keys(app.config)
    found = app.config.get(PREFIX + "POLICY") if given is None else given
    if found is None:
        raise ConfigurationError(
            "no policy: pass one to ConsentGate, or set CONSENTGATE_POLICY to a Policy or to the "
            "path of a TOML file"
        )
    if isinstance(found, str | PathLike):
        return Policy.from_toml(Path(app.root_path) / found)
    return cast("PolicyOption", found)  # what it is otherwise is the gate's to check


def read_settings(app: Flask, policy: PolicyOption) -> Settings:
    """Return what the application's configuration says, its own cookies declared.

    Raises ConfigurationError, and PolicyError.
    """
    options = _options_in(app.config)
    for name in _FOLDERS:
        if options.get(name) is not None:
            options[name] = Path(app.root_path) / cast("str", options[name])
    key = app.config.get(PREFIX + "SECRET_KEY")
    if key is None:
        fallbacks = app.config.get("SECRET_KEY_FALLBACKS") or ()
        options.setdefault("fallback_keys", tuple(map(_derive, fallbacks)))
        key = _derive(app.secret_key)
    return Settings(_with_own(policy, tuple(own_cookies(app))), key, tuple(options.items()))


def has_key(app: Flask) -> bool:
    """Tell whether there is a key to sign with yet."""
    return bool(app.config.get(PREFIX + "SECRET_KEY") or app.secret_key)


def own_cookies(app: Flask) -> Iterator[Cookie]:
    """Yield the cookies without which nobody stays logged in, under their configured names."""
    yield Cookie(
        app.config["SESSION_COOKIE_NAME"],
        category="necessary",
        exempt_reason="authentication",
        service="Flask",
        purpose={
            "en": "Keeps you signed in and your session together.",
            "fr": "Maintient votre connexion et votre session.",
        },
        lifetime="session",
    )
    if hasattr(app, "login_manager"):
        duration = app.config.get("REMEMBER_COOKIE_DURATION", _REMEMBER_DURATION)
        yield Cookie(
            app.config.get("REMEMBER_COOKIE_NAME", _REMEMBER_NAME),
            category="necessary",
            exempt_reason="authentication",
            service="Flask-Login",
            purpose={
                "en": "Keeps you signed in after the browser was closed, where you ask for it.",
                "fr": "Maintient votre connexion après la fermeture du navigateur, "
                "si vous le demandez.",
            },
            lifetime=duration if isinstance(duration, timedelta) else timedelta(seconds=duration),
        )


def check_keys(config: Mapping[str, Any]) -> None:
    """Raise ConfigurationError for a `CONSENTGATE_` key that means nothing."""
    # Any: a configuration holds whatever the application put there.
    unknown = [key for key in config if key.startswith(PREFIX) and key not in _KEYS]
    names = [key.removeprefix(PREFIX) for key in _KEYS]
    for key in unknown:
        near = get_close_matches(key.removeprefix(PREFIX), names, n=1)
        hint = f"did you mean {PREFIX}{near[0]}? " if near else ""
        raise ConfigurationError(f"no setting is called {key}; {hint}known: {', '.join(_KEYS)}")


def _options_in(config: Mapping[str, Any]) -> dict[str, object]:
    keys = {name: PREFIX + name.upper() for name in _OPTIONS}
    return {name: _frozen(config[key]) for name, key in keys.items() if key in config}


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _derive(key: object) -> bytes:
    """The gate's key, made of one of the application's."""
    secret = key.encode() if isinstance(key, str) else key
    if not isinstance(secret, bytes) or len(secret) < SHORTEST_KEY:
        raise ConfigurationError(
            f"the application's SECRET_KEY and each of its SECRET_KEY_FALLBACKS must have "
            f"{SHORTEST_KEY} bytes at least, from which the key that signs the visitors' choices "
            'is made: python -c "import secrets; print(secrets.token_hex())"'
        )
    return hmac.digest(secret, _LABEL, "sha256")


def _with_own(policy: PolicyOption, own: tuple[Cookie, ...]) -> PolicyOption:
    if isinstance(policy, Policy):
        return _declare(policy, own)
    if callable(policy):
        return _ChosenPolicy(policy, own)
    return policy  # the gate says what is wrong with it


@dataclass(frozen=True)
class _ChosenPolicy:
    """A function that picks a policy, with the application's own cookies declared in each."""

    choose: Any  # a function of the environ; typed Any, since a field is not called as a method
    own: tuple[Cookie, ...]

    def __call__(self, environ: Request) -> Policy:
        policy = self.choose(environ)
        return _declare(policy, self.own) if isinstance(policy, Policy) else policy


@lru_cache(maxsize=MOST_POLICIES)  # the same policy each time: a gate is made for each one
def _declare(policy: Policy, own: Iterable[Cookie]) -> Policy:
    """The policy with those of the cookies declared that it does not declare itself.

    An exact name is the site's own word; a glob that happens to match is none, and must not take
    a visitor's log-in away.
    """
    missing = []
    for cookie in own:
        rule = policy.rule_for(cookie.name)
        if rule is None or (rule.is_glob and not rule.necessary):
            missing.append(cookie)
    return policy.with_cookies(*missing) if missing else policy
