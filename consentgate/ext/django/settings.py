"""The dictionary CONSENTGATE of a project's settings, read as the options of a gate.

POLICY is a Policy, the path of a TOML file, or a function of the host (all of them also as a
dotted path). Each option of the gate is written in capitals; functions may be dotted paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from os import PathLike
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from consentgate._middleware import MOST_POLICIES, MiddlewareOptions, PolicyOption
from consentgate.choice.codec import SHORTEST_KEY
from consentgate.errors import ConfigurationError
from consentgate.ext.django.host import host_of
from consentgate.ext.django.own_cookies import declare_own_cookies
from consentgate.ext.django.place import language_of
from consentgate.gate.settings import Request
from consentgate.policy import Policy

SETTING = "CONSENTGATE"
_OPTIONS = tuple(MiddlewareOptions.__annotations__)
_KEYS = tuple(name.upper() for name in ("policy", "secret_key", *_OPTIONS))
_FUNCTIONS = ("clock", "language", "on_event", "required")

# The project's key signs sessions and tokens as well; a value of one use must be worth nothing
# in another, so that the gate's key is another one (NIST SP 800-108, a label for each purpose).
_SALT = "consentgate.ext.django.preferences"


class KeyTooShortError(ConfigurationError):
    """A key of the project is missing, or too short to sign with."""


@dataclass(frozen=True)
class GateSettings:
    """What a gate for this project is made of."""

    policy: PolicyOption
    secret_key: str | bytes
    options: MiddlewareOptions


class PolicyByHost:
    """A function of the environ or scope that picks the policy of the host it was sent to.

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
        # The door tells of a function that makes policies without end; memory must not.
        if len(self._completed) <= MOST_POLICIES:
            self._completed[id(policy)] = (policy, completed)
        return completed


def read_settings() -> GateSettings:
    """Return what the project's settings say. Raises ConfigurationError, and PolicyError."""
    given = _given()
    options: dict[str, object] = {"secure": _secure_by_default(), "language": language_of}
    options |= {name: given[name.upper()] for name in _OPTIONS if name.upper() in given}
    for name in _FUNCTIONS:
        options[name] = _loaded(options.get(name))
    key = given.get("SECRET_KEY")
    if key is None:
        key = _derive(_project_key())
        options.setdefault("fallback_keys", [*map(_derive, settings.SECRET_KEY_FALLBACKS)])
    # None says nothing, but of the prefix: there it is a site without pages.
    kept = {k: value for k, value in options.items() if value is not None or k == "prefix"}
    return GateSettings(read_policy(given), key, cast("MiddlewareOptions", kept))


def read_policy(given: Mapping[str, Any]) -> PolicyOption:
    """Return the policy of a CONSENTGATE dictionary, Django's own cookies declared in it."""
    # Any: settings hold whatever the project put there.
    policy = given.get("POLICY")
    if isinstance(policy, PathLike) or (isinstance(policy, str) and policy.endswith(".toml")):
        policy = Policy.from_toml(policy)
    policy = _loaded(policy)
    if not isinstance(policy, Policy) and callable(policy):
        return PolicyByHost(policy)
    _check_type(policy)
    return declare_own_cookies(policy)


def _given() -> Mapping[str, Any]:
    given = getattr(settings, SETTING, None)
    if not isinstance(given, Mapping):
        raise ConfigurationError(
            f"the settings have no dictionary {SETTING}: write for example "
            f'{SETTING} = {{"POLICY": BASE_DIR / "consent.toml"}}'
        )
    for key in given:
        if key not in _KEYS:
            near = get_close_matches(str(key).upper(), _KEYS, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise ConfigurationError(
                f"{SETTING} has no key {key!r}; {hint}known: {', '.join(_KEYS)}"
            )
    return given


def _check_type(policy: object) -> None:
    if not isinstance(policy, Policy):
        raise ConfigurationError(
            f"the POLICY of {SETTING} is a {type(policy).__name__}; give a Policy, the path of a "
            "TOML file, or a function of the host that returns a Policy"
        )


def _loaded(value: Any) -> Any:  # Any: what a dotted path leads to
    if not isinstance(value, str):
        return value
    try:
        return import_string(value)
    except ImportError as error:
        raise ConfigurationError(f"{SETTING}: nothing is found at {value!r}") from error


def _secure_by_default() -> bool | None:
    # A proxy may end https without the server knowing it; the session's cookie says what holds.
    return True if settings.SESSION_COOKIE_SECURE else None


def _project_key() -> str | bytes:
    try:
        key: str | bytes = settings.SECRET_KEY
    except ImproperlyConfigured:
        return ""  # Django refuses an empty one when it is asked for
    return key


def _derive(secret: str | bytes) -> bytes:
    """The gate's key, made of one of the project's."""
    raw = secret.encode() if isinstance(secret, str) else secret
    if len(raw) < SHORTEST_KEY:
        raise KeyTooShortError(
            f"SECRET_KEY and each of SECRET_KEY_FALLBACKS must have {SHORTEST_KEY} bytes at "
            "least: the key that signs the visitors' choices is made of it"
        )
    # The value is a label only; all the secrecy is in the key.
    return salted_hmac(_SALT, "signing", secret=raw, algorithm="sha256").digest()
