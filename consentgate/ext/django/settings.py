"""The dictionary CONSENTGATE of a project's settings, read as the options of a gate.

POLICY is a Policy, the path of a TOML file, or a function of the host (all of them also as a
dotted path). Each option of the gate is written in capitals; functions may be dotted paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from os import PathLike
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from consentgate._middleware import MOST_POLICIES, MiddlewareOptions, PolicyOption
from consentgate.choice.codec import SHORTEST_KEY, check_key
from consentgate.errors import ConfigurationError
from consentgate.ext.django.host import host_of
from consentgate.ext.django.own_cookies import declare_own_cookies
from consentgate.ext.django.place import language_of
from consentgate.gate.settings import Request
from consentgate.policy import Policy

SETTING = "CONSENTGATE"
_OPTIONS = tuple(MiddlewareOptions.__annotations__)
_KEYS = tuple(name.upper() for name in ("policy", "secret_key", *_OPTIONS))
_FUNCTIONS = ("clock", "language", "on_decision", "on_event", "required")

# The project's key signs sessions and tokens too: a value signed for one use must be invalid for
# another, so the gate's key is derived from it (NIST SP 800-108, a label for each purpose).
_SALT = "consentgate.ext.django.preferences"


class KeyTooShortError(ConfigurationError):
    """A key of the project is missing, or too short to sign with."""


@dataclass(frozen=True)
class GateSettings:
    """The settings of this project's gate."""

    policy: PolicyOption
    secret_key: str | bytes = field(repr=False)
    options: MiddlewareOptions = field(repr=False)  # older keys are among them


class PolicyByHost:
    """A function of the environ or scope that picks the policy of the request's host.

    `choose` is the project's own, a function of the host: lower case, without a port.
    """

    def __init__(self, choose: Callable[[str], Policy]) -> None:
        self._choose = choose
        self._completed: dict[int, tuple[Policy, Policy]] = {}

    def __call__(self, request: Request) -> Policy:
        """Return the policy for the host of a request, Django's own cookies declared."""
        policy = self._choose(host_of(request))
        known = self._completed.get(id(policy))
        if known is not None:
            return known[1]
        _check_type(policy)
        completed = declare_own_cookies(policy)
        # A function may make policies without end: the middleware reports it, memory stays bounded.
        if len(self._completed) <= MOST_POLICIES:
            self._completed[id(policy)] = (policy, completed)
        return completed


def read_settings() -> GateSettings:
    """Return the settings of the gate. Raises ConfigurationError, and PolicyError."""
    config = _config()
    options: dict[str, object] = {"secure": _secure_by_default(), "language": language_of}
    options |= {name: config[name.upper()] for name in _OPTIONS if name.upper() in config}
    for name in _FUNCTIONS:
        options[name] = _imported(options.get(name))
    key = config.get("SECRET_KEY")
    if key is None:
        key = _derive(_project_key())
        options.setdefault("fallback_keys", [*map(_derive, settings.SECRET_KEY_FALLBACKS)])
    # None means the default, except for the prefix: there it means a site without pages.
    kept = {k: value for k, value in options.items() if value is not None or k == "prefix"}
    return GateSettings(read_policy(config), key, cast("MiddlewareOptions", kept))


def read_policy(config: Mapping[str, Any]) -> PolicyOption:
    """Return the policy of a CONSENTGATE dictionary, Django's own cookies declared in it."""
    # Any: settings hold whatever the project put there.
    policy = config.get("POLICY")
    if isinstance(policy, PathLike) or (isinstance(policy, str) and policy.endswith(".toml")):
        policy = Policy.from_toml(policy)
    policy = _imported(policy)
    if not isinstance(policy, Policy) and callable(policy):
        return PolicyByHost(policy)
    _check_type(policy)
    return declare_own_cookies(policy)


def _config() -> Mapping[str, Any]:
    config = getattr(settings, SETTING, None)
    if not isinstance(config, Mapping):
        raise ConfigurationError(
            f"the settings have no dictionary {SETTING}: write for example "
            f'{SETTING} = {{"POLICY": BASE_DIR / "consent.toml"}}'
        )
    for key in config:
        if key not in _KEYS:
            near = get_close_matches(str(key).upper(), _KEYS, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise ConfigurationError(
                f"{SETTING} has no key {key!r}; {hint}known: {', '.join(_KEYS)}"
            )
    return config


def _check_type(policy: object) -> None:
    if not isinstance(policy, Policy):
        raise ConfigurationError(
            f"the POLICY of {SETTING} is a {type(policy).__name__}; give a Policy, the path of a "
            "TOML file, or a function of the host that returns a Policy"
        )


def _imported(value: Any) -> Any:  # Any: whatever a dotted path names
    if not isinstance(value, str):
        return value
    try:
        return import_string(value)
    except ImportError as error:
        raise ConfigurationError(f"{SETTING}: {value!r} cannot be imported") from error


def _secure_by_default() -> bool | None:
    # A proxy may end https unseen by the server; the session's cookie shows what the project has.
    return True if settings.SESSION_COOKIE_SECURE else None


def _project_key() -> str | bytes:
    try:
        key: str | bytes = settings.SECRET_KEY
    except ImproperlyConfigured:
        return ""  # Django raises for an empty key
    return key


def _derive(secret: str | bytes) -> bytes:
    """Return a key of the gate, derived from one of the project."""
    raw = secret.encode() if isinstance(secret, str) else secret
    if len(raw) < SHORTEST_KEY:
        raise KeyTooShortError(
            f"SECRET_KEY and each of SECRET_KEY_FALLBACKS must have {SHORTEST_KEY} bytes at "
            "least: the key that signs the visitors' choices is derived from it"
        )
    check_key(raw, place="SECRET_KEY or SECRET_KEY_FALLBACKS of the settings")
    # The value is only a label; the key has all the secrecy.
    return salted_hmac(_SALT, "signing", secret=raw, algorithm="sha256").digest()
