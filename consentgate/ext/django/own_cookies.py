"""The cookies that Django sets itself, with the names and lifetimes of the settings.

They are declared as necessary automatically: no visitor's log-in, form or language may break
because a name was changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from consentgate.policy import SESSION, Cookie, ExemptReason, Lifetime, Policy

_MESSAGES = "django.contrib.messages"


def own_cookies() -> Iterator[Cookie]:
    """Yield the cookies of sessions, forms, languages and messages that this project can set."""
    yield _cookie(
        settings.SESSION_COOKIE_NAME,
        ExemptReason.AUTHENTICATION,
        "Keeps you signed in and remembers your session.",
        "Maintenir votre connexion et votre session.",
        lifetime=_session_lifetime(),
    )
    if not settings.CSRF_USE_SESSIONS:
        yield _cookie(
            settings.CSRF_COOKIE_NAME,
            ExemptReason.AUTHENTICATION,
            "Protects the forms that you send against forgery.",
            "Protéger les formulaires que vous envoyez contre la falsification.",
            lifetime=_lifetime(settings.CSRF_COOKIE_AGE),
        )
    yield _cookie(
        settings.LANGUAGE_COOKIE_NAME,
        ExemptReason.INTERFACE,
        "Remembers the language that you chose.",
        "Retenir la langue que vous avez choisie.",
        lifetime=_lifetime(settings.LANGUAGE_COOKIE_AGE),
    )
    for name in _message_cookie_names():
        yield _cookie(
            name,
            ExemptReason.INTERFACE,
            "Shows the result of your last action on the next page.",
            "Afficher sur la page suivante le résultat de votre dernière action.",
            lifetime=SESSION,
        )


def declare_own_cookies(policy: Policy) -> Policy:
    """Return the policy with the cookies of Django added that it does not declare itself.

    An exact name is the site's own declaration; a glob that happens to match is not, unless it is
    necessary too.
    """
    missing = []
    for cookie in own_cookies():
        rule = policy.rule_for(cookie.name)
        if rule is None or (rule.is_glob and not rule.necessary):
            missing.append(cookie)
    return policy.with_cookies(*missing) if missing else policy


def _cookie(
    name: str, reason: ExemptReason, english: str, french: str, *, lifetime: Lifetime
) -> Cookie:
    return Cookie(
        name,
        category="necessary",
        exempt_reason=reason,
        service="Django",
        purpose={"en": english, "fr": french},
        lifetime=lifetime,
    )


def _session_lifetime() -> Lifetime:
    if settings.SESSION_EXPIRE_AT_BROWSER_CLOSE:
        return SESSION
    return _lifetime(settings.SESSION_COOKIE_AGE)


def _lifetime(age_s: int | None) -> Lifetime:
    return SESSION if age_s is None else timedelta(seconds=age_s)


def _message_cookie_names() -> Iterator[str]:
    """Yield the names of the cookies in which the project's storage may keep messages."""
    if _MESSAGES not in settings.INSTALLED_APPS:
        return
    storage = import_string(settings.MESSAGE_STORAGE)
    # The default storage tries several others, a cookie first.
    for kind in (storage, *getattr(storage, "storage_classes", ())):
        if hasattr(kind, "cookie_name"):
            yield kind.cookie_name
