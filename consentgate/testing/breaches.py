"""What a test found wrong with a cookie, and the message that says so and what to paste."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from textwrap import indent

from consentgate.gate.advice import Advisor, Declared, Seen, is_declarable, toml_of
from consentgate.gate.events import Reason
from consentgate.http.cookie_writing import clamp_lifetime, strengthen_attributes
from consentgate.policy import Cookie, lifetime_text
from consentgate.policy.findings import longest_necessary
from consentgate.policy.writing import toml_value


@dataclass(frozen=True, slots=True)
class Breach:
    """One cookie, and how it breaks the policy.

    `where` is the request, such as "GET /shop"; `problem` follows "it" in a sentence; `remedy` says
    what to do and ends where `paste` begins. Of what is not declared `seen` is what was seen, and
    remedy and paste come from that.
    """

    name: str
    where: str
    reason: Reason
    problem: str
    category: str = ""
    remedy: str = ""
    paste: str = ""
    seen: Seen | None = None


def not_declared(seen: Seen, *, where: str) -> Breach:
    """Return the breach of a cookie that is not declared."""
    if seen.name:
        return Breach(seen.name, where, Reason.UNDECLARED, "is not declared", seen=seen)
    remedy = "A browser may take it for any other: give it a name."
    return Breach("", where, Reason.NAMELESS, "has no name", remedy=remedy)


def differences(value: str, rule: Cookie, seen: Seen, *, where: str, now_s: float) -> list[Breach]:
    """Return how a Set-Cookie differs from what is declared of its cookie, to the worse: by a
    longer lifetime, or by a weaker attribute."""
    breaches = []
    if rule.lifetime is not None and _outlives(value, rule.lifetime, now_s):
        breaches.append(_longer(rule, seen, where=where))
    missing = list(_missing(value, rule, seen))
    if missing:
        breaches.append(_weaker(rule, seen, missing, where=where))
    return breaches


def describe(breaches: Iterable[Breach], policy: Declared) -> str:
    """Return a message of all breaches under one policy, each once: what is undeclared first."""
    by_cookie: dict[tuple[str, Reason], list[Breach]] = {}
    for breach in breaches:
        by_cookie.setdefault((breach.name, breach.reason), []).append(breach)
    seen = [
        breach.seen for group in by_cookie.values() for breach in group if breach.seen is not None
    ]
    parts = [*_of_undeclared(seen, by_cookie, policy), *_of_others(by_cookie)]
    return "\n\n".join(parts)


def _of_undeclared(
    seen: Sequence[Seen], by_cookie: dict[tuple[str, Reason], list[Breach]], policy: Declared
) -> Iterator[str]:
    for advice in Advisor(policy).advise_all(seen):
        names = dict.fromkeys(cookie.name for cookie in advice.seen)
        groups = [by_cookie[name, Reason.UNDECLARED] for name in names]
        heads = [_head(group) for group in groups]
        remedy = f"{advice.text}, add to the policy's TOML:"
        yield "\n".join([*heads, *_advice(remedy, toml_of(advice.rule))])
    for name in dict.fromkeys(cookie.name for cookie in seen if not is_declarable(cookie.name)):
        remedy = "No declaration can hold this name: give the cookie another."
        yield "\n".join([_head(by_cookie[name, Reason.UNDECLARED]), *_advice(remedy)])


def _of_others(by_cookie: dict[tuple[str, Reason], list[Breach]]) -> Iterator[str]:
    for (_, reason), group in by_cookie.items():
        if reason is not Reason.UNDECLARED:
            first = group[0]
            yield "\n".join([_head(group), *_advice(first.remedy, first.paste)])


def _head(group: Sequence[Breach]) -> str:
    """Return the line that names a cookie, where it was set and what is wrong with it."""
    first = group[0]
    places = list(dict.fromkeys(breach.where for breach in group))
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    name = repr(first.name) if first.name else "A cookie"
    category = f" ({first.category})" if first.category else ""
    return f"{name}{category}, set by {places[0]}{more}: it {first.problem} [{first.reason.value}]"


def _advice(remedy: str, paste: str = "") -> Iterator[str]:
    yield indent(remedy, "  ")
    if paste:
        yield ""
        yield indent(paste, "    ")


def _outlives(value: str, lifetime: timedelta | str, now_s: float) -> bool:
    longest_s = int(lifetime.total_seconds()) if isinstance(lifetime, timedelta) else None
    return clamp_lifetime(value, longest_s=longest_s, now_s=now_s) is not value


def _longer(rule: Cookie, seen: Seen, *, where: str) -> Breach:
    assert rule.lifetime is not None, "what has no declared lifetime lives not longer than that"
    assert isinstance(seen.lifetime, timedelta), "a session is never longer"
    lives, declared = lifetime_text(seen.lifetime), lifetime_text(rule.lifetime)
    reason = rule.exempt_reason if rule.necessary else None
    if reason is not None and seen.lifetime > longest_necessary(reason):
        remedy, paste = f"Shorten it: set it for at most {declared}.", ""
    else:
        asked = "" if rule.exempt else " (visitors are then asked again)"
        remedy = f"Shorten it, or change its declaration{asked} to:"
        paste = f"lifetime = {toml_value(lives)}"
    return Breach(
        seen.name,
        where,
        Reason.CLAMPED,
        f"lives {lives}, longer than declared ({declared})",
        category=rule.category,
        remedy=remedy,
        paste=paste,
    )


def _missing(value: str, rule: Cookie, seen: Seen) -> Iterator[str]:
    """Yield the attributes that are declared and that the Set-Cookie does not have."""
    strengthened = strengthen_attributes(
        value, secure=rule.secure, http_only=rule.http_only, same_site=rule.same_site or ""
    )
    yield from (text.strip() for text in strengthened[len(value) :].split(";") if text)
    if rule.partitioned and not seen.partitioned:
        yield "Partitioned"


def _weaker(rule: Cookie, seen: Seen, missing: list[str], *, where: str) -> Breach:
    return Breach(
        seen.name,
        where,
        Reason.RAISED,
        f"is set without {' and '.join(missing)}, as declared",
        category=rule.category,
        remedy="Add to its Set-Cookie, where the application sets it:",
        paste="; ".join(missing),
    )
