"""The configuration of a Flask application, read as the options of a gate and of its pages.

Neither the environment nor a request is read here.
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
from consentgate.choice.codec import SHORTEST_KEY, check_key
from consentgate.errors import ConfigurationError
from consentgate.gate.settings import Request
from consentgate.policy import Cookie, Policy

PREFIX = "CONSENTGATE_"
_OPTIONS = tuple(MiddlewareOptions.__annotations__)
_FOLDERS = ("templates", "catalogues")
_KEYS = tuple(PREFIX + name.upper() for name in ("policy", "secret_key", *_OPTIONS))

# The application's key signs its sessions too: a value signed for one use must be invalid for the
# other, so the gate's key is derived from it (NIST SP 800-108, a label for each purpose).
_LABEL = b"consentgate.ext.flask"

# The defaults of Flask-Login.
_REMEMBER_NAME, _REMEMBER_DURATION = "remember_token", timedelta(days=365)


@dataclass(frozen=True)
class Settings:
    """The settings of one gate; equal settings make equal gates."""

    policy: PolicyOption
    secret_key: str | bytes = field(repr=False)
    options: tuple[tuple[str, object], ...] = field(repr=False)  # older keys are among them

    @property
    def keywords(self) -> MiddlewareOptions:
        """Return the options of the middleware besides its policy and its key."""
        return cast("MiddlewareOptions", dict(self.options))


def read_policy(app: Flask, given: PolicyOption | str | PathLike[str] | None) -> PolicyOption:
    """Return the policy that was given or is configured, read from its file if it is a path.

    A relative path starts from the application's root folder. Raises ConfigurationError if there
    is no policy, and PolicyError.
    """
    check_keys(app.config)
    policy = app.config.get(PREFIX + "POLICY") if given is None else given
    if policy is None:
        raise ConfigurationError(
            "no policy: pass one to ConsentGate, or set CONSENTGATE_POLICY to a Policy or to the "
            "path of a TOML file"
        )
    if isinstance(policy, str | PathLike):
        return Policy.from_toml(Path(app.root_path) / policy)
    return cast("PolicyOption", policy)  # the gate checks its type


def read_settings(app: Flask, policy: PolicyOption) -> Settings:
    """Return the settings in the application's configuration, its own cookies declared.

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
    return Settings(_with_own_cookies(policy, tuple(own_cookies(app))), key, tuple(options.items()))


def has_key(app: Flask) -> bool:
    """Return True if there is a key to sign with already."""
    return bool(app.config.get(PREFIX + "SECRET_KEY") or app.secret_key)


def own_cookies(app: Flask) -> Iterator[Cookie]:
    """Yield the cookies of sessions and log-ins, under their configured names."""
    yield Cookie(
        app.config["SESSION_COOKIE_NAME"],
        category="necessary",
        exempt_reason="authentication",
        service="Flask",
        purpose={
            "en": "Keeps you signed in and remembers your session.",
            "fr": "Maintenir votre connexion et votre session.",
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
                "en": "Keeps you signed in after you close the browser, if you asked for it.",
                "fr": "Maintenir votre connexion après la fermeture du navigateur, "
                "si vous l’avez demandé.",
            },
            lifetime=duration if isinstance(duration, timedelta) else timedelta(seconds=duration),
        )


def check_keys(config: Mapping[str, Any]) -> None:
    """Raise ConfigurationError for an unknown `CONSENTGATE_` key."""
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
    """Return a key of the gate, derived from one of the application."""
    secret = key.encode() if isinstance(key, str) else key
    if not isinstance(secret, bytes) or len(secret) < SHORTEST_KEY:
        raise ConfigurationError(
            f"the application's SECRET_KEY and each of its SECRET_KEY_FALLBACKS must have "
            f"{SHORTEST_KEY} bytes at least, since the key that signs the visitors' choices is "
            'derived from them: python -c "import secrets; print(secrets.token_hex())"'
        )
    check_key(secret, place="SECRET_KEY or SECRET_KEY_FALLBACKS of the application")
    return hmac.digest(secret, _LABEL, "sha256")


def _with_own_cookies(policy: PolicyOption, cookies: tuple[Cookie, ...]) -> PolicyOption:
    if isinstance(policy, Policy):
        return _declare(policy, cookies)
    if callable(policy):
        return _ChosenPolicy(policy, cookies)
    return policy  # the gate raises for its type


@dataclass(frozen=True)
class _ChosenPolicy:
    """A function that picks a policy, and declares the application's own cookies in it."""

    choose: Any  # a function of the environ; typed Any, since a field is not called as a method
    cookies: tuple[Cookie, ...]

    def __call__(self, environ: Request) -> Policy:
        policy = self.choose(environ)
        return _declare(policy, self.cookies) if isinstance(policy, Policy) else policy


@lru_cache(maxsize=MOST_POLICIES)  # returns the same policy each time, since each one has a gate
def _declare(policy: Policy, cookies: Iterable[Cookie]) -> Policy:
    """Return the policy with the cookies added that it does not declare itself.

    An exact name is the site's own declaration; a glob that happens to match is not, and must not
    take a visitor's log-in away.
    """
    missing = []
    for cookie in cookies:
        rule = policy.rule_for(cookie.name)
        if rule is None or (rule.is_glob and not rule.necessary):
            missing.append(cookie)
    return policy.with_cookies(*missing) if missing else policy
