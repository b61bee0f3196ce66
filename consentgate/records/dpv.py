"""Consent records as ISO/IEC TS 27560 describes them, in the terms of the Data Privacy Vocabulary.

It follows the W3C DPV guide for 27560 of February 2026 and uses terms of DPV 2.3 only. A decision
on several categories is a record for each: the guide reads several purposes in one record as
consent to all of them. The context travels with the document, so that nobody has to fetch one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from consentgate.choice.decision import CategoryState, DecidedCategory
from consentgate.policy import PersonalData
from consentgate.policy.lifetime import as_lifetime
from consentgate.records.payload import RecordedDecision, ShownNotice

Node = dict[str, Any]
"""An object of JSON-LD. Any: the vocabulary nests objects, lists and texts."""

CONTEXT: Mapping[str, str] = {
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "tech": "https://w3id.org/dpv/tech#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "legal-eu": "https://w3id.org/dpv/legal/eu#",
    "legal-gb": "https://w3id.org/dpv/legal/gb#",
    "legal-us": "https://w3id.org/dpv/legal/us#",
}
_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560"

_STATUS = {
    CategoryState.GIVEN: "dpv:ConsentGiven",
    CategoryState.RENEWED: "dpv:RenewedConsentGiven",
    CategoryState.REFUSED: "dpv:ConsentRefused",
    CategoryState.WITHDRAWN: "dpv:ConsentWithdrawn",
}
_PURPOSES = {"statistics": "dpv:ServiceUsageAnalytics", "marketing": "dpv:Marketing"}
_DATA = {
    PersonalData.IDENTIFIER: "pd:Identifier",
    PersonalData.BROWSING_BEHAVIOUR: "pd:BrowsingBehaviour",
    PersonalData.REFERRER: "pd:BrowsingReferral",
    PersonalData.LINKS_CLICKED: "pd:LinkClicked",
    PersonalData.DEVICE: "pd:DeviceBased",
    PersonalData.BROWSER_FINGERPRINT: "pd:BrowserFingerprint",
    PersonalData.IP_ADDRESS: "pd:IPAddress",
    PersonalData.LOCATION: "pd:Location",
    PersonalData.LANGUAGE: "pd:Language",
    PersonalData.PREFERENCE: "pd:Preference",
    PersonalData.INTEREST: "pd:Interest",
    PersonalData.PROFILE: "pd:Profile",
    PersonalData.AUTHENTICATION: "pd:Authenticating",
}


class Law(NamedTuple):
    """What the vocabulary has for a regime: the profile of the schema, the law, the legal basis and
    the right to withdraw."""

    profile: str
    terms: Mapping[str, Node]
    rights: tuple[str, ...] = ()


_ANY_CONSENT: Node = {"dpv:hasLegalBasis": {"@id": "dpv:Consent"}}
_GDPR = Law(
    "-eu-gdpr",
    {
        "dpv:hasApplicableLaw": {"@id": "legal-eu:law-GDPR"},
        "dpv:hasLegalBasis": {"@id": "eu-gdpr:A6-1-a"},
    },
    ("eu-gdpr:A7-3",),
)
_LAWS = {
    "eu": _GDPR,
    "fr": _GDPR,
    # The articles of the vocabulary are those of the Union's GDPR alone.
    "uk": Law("", {"dpv:hasApplicableLaw": {"@id": "legal-gb:law-GDPR"}, **_ANY_CONSENT}),
    "us-ca": Law("", {"dpv:hasApplicableLaw": {"@id": "legal-us:law-CA-CCPA"}, **_ANY_CONSENT}),
}
_OTHER_LAW = Law("", _ANY_CONSENT)


def law_of(declaration: Mapping[str, Any]) -> Law:
    """Return what to say of the law under a declaration's regime, or the one that it is within; of
    a site's own regime nothing that the declaration does not say."""
    names = (declaration.get("regime"), declaration.get("regime_within"))
    return next((_LAWS[name] for name in names if name in _LAWS), _OTHER_LAW)


def profile_of(kind: str, declaration: Mapping[str, Any]) -> str:
    """Return the address of the schema that a "record" or a "receipt" conforms to."""
    return f"{_SCHEMA}#{kind}{law_of(declaration).profile}"


def consent_records(decision: RecordedDecision, shown: ShownNotice) -> Iterator[Node]:
    """Yield a record for each category of a decision, made of the payload and the notice alone, so
    that whoever has these two makes the same."""
    for name, decided in decision.categories.items():
        yield _record(decision, shown, name, decided)


def add_expiry(record: Node, decision: RecordedDecision, *, now: datetime) -> None:
    """Add to a record that its consent holds no more: it is an event that nobody records, so each
    export computes it."""
    record["dpv:hasConsentStatus"].append(
        {
            "@type": ["dpv:ConsentExpired"],
            "dpv:isIndicatedAtTime": _time(min(now, decision.expires_at)),
            "dpv:isIndicatedBy": {"@id": record["dpv:hasDataController"]["@id"]},
        }
    )


def uuid_of(record_id: str) -> UUID:
    """Return the id of a record in the form of a UUID."""
    return UUID(record_id)


def time_text(moment: datetime) -> str:
    """Return a moment as RFC 3339 has it, in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def controller_of(decision: RecordedDecision, declaration: Mapping[str, Any]) -> Node:
    """Return the controller that the declaration of a decision names."""
    controller = declaration.get("controller") or {}
    facts = {
        "dpv:hasName": controller.get("name"),
        "dpv:hasAddress": controller.get("address"),
        "dpv:hasContact": _contact(controller.get("contact", "")),
    }
    return {
        # Of this notice: another one may name the same controller with another address.
        "@id": f"{basis_of(decision)}#controller",
        "@type": ["dpv:DataController", "dpv:LegalEntity"],
        **{key: fact for key, fact in facts.items() if fact},
    }


def basis_of(decision: RecordedDecision) -> str:
    """Return the name of what a decision was made on: the notice, or the decision itself where
    there was none."""
    return (
        f"urn:sha256:{decision.notice}" if decision.notice else f"urn:uuid:{uuid_of(decision.id)}"
    )


def _record(
    decision: RecordedDecision, shown: ShownNotice, name: str, decided: DecidedCategory
) -> Node:
    declaration = shown.declaration
    whole = uuid_of(decision.id)
    part = uuid5(whole, name)
    basis = basis_of(decision)
    controller = controller_of(decision, declaration)
    return {
        "@id": f"urn:uuid:{part}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": str(part),
        "dct:conformsTo": {"@id": profile_of("record", declaration)},
        "dct:isPartOf": {"@id": f"urn:uuid:{whole}"},
        "dpv:hasDataSubject": {
            "@id": f"urn:uuid:{whole}#visitor",
            "@type": ["dpv:DataSubject", "dpv:User"],
        },
        "dpv:hasDataController": controller,
        **_jurisdiction(declaration),
        **law_of(declaration).terms,
        **_notice(decision, declaration),
        "dpv:hasProcess": [
            _process(cookie, number, name, controller=controller, decision=decision)
            for number, cookie in enumerate(declaration.get("cookies", ()))
            if name in cookie["categories"]
        ],
        **_controls(declaration, basis),
        "dpv:hasConsentStatus": [_status(decision, decided, shown.buttons)],
    }


def _notice(decision: RecordedDecision, declaration: Mapping[str, Any]) -> Node:
    if not decision.notice:
        return {}
    return {
        "dpv:hasNotice": {
            "@id": basis_of(decision),
            "@type": "dpv:ConsentNotice",
            "dct:language": decision.language or declaration.get("default_language", ""),
            "dct:identifier": f"sha256:{decision.notice}",
        }
    }


def _jurisdiction(declaration: Mapping[str, Any]) -> Node:
    country = (declaration.get("controller") or {}).get("jurisdiction")
    return {"dpv:hasJurisdiction": {"@id": f"loc:{country}"}} if country else {}


def _controls(declaration: Mapping[str, Any], basis: str) -> Node:
    """Return where consent is given and withdrawn, and the right to do so."""
    site = declaration.get("site")
    place = {"dpv:isExercisedAt": {"@id": site}} if site else {}
    return {
        "dpv:hasConsentControl": {
            "@id": f"{basis}#control",
            "@type": ["dpv:ProvideConsent", "dpv:WithdrawConsent"],
            **place,
        },
        "dpv:hasRight": {
            "@id": f"{basis}#right",
            "@type": ["dpv:DataSubjectRight", *law_of(declaration).rights],
            **place,
        },
    }


def _process(
    cookie: Mapping[str, Any],
    number: int,
    category: str,
    *,
    controller: Node,
    decision: RecordedDecision,
) -> Node:
    basis, language = basis_of(decision), decision.language
    service = _in_language(cookie.get("service"), language) or _in_language(
        cookie.get("provider"), language
    )
    return {
        "@id": f"{basis}#cookie-{number}",
        "@type": "dpv:Process",
        **({"dpv:hasService": {"@type": "dpv:Service", "dct:title": service}} if service else {}),
        "dpv:hasPurpose": _purpose(cookie, category, language),
        "dpv:hasPersonalData": {
            "@type": [
                "dpv:PersonalData",
                *(_DATA[kind] for kind in cookie.get("personal_data", ())),
            ],
            "dct:identifier": cookie["name"],
            "dpv:hasNecessity": {"@id": "dpv:Optional"},
        },
        **(
            {"dpv:isImplementedUsingTechnology": {"@id": "tech:Cookie"}}
            if cookie["kind"] == "cookie"
            else {}
        ),
        "dpv:hasRecipient": _recipients(cookie, controller, language),
        "dpv:hasStorageCondition": _storage(cookie, basis),
    }


def _purpose(cookie: Mapping[str, Any], category: str, language: str) -> Node:
    types = ["dpv:Purpose", *([_PURPOSES[category]] if category in _PURPOSES else [])]
    text = _in_language(cookie.get("purpose"), language)
    return {"@type": types, **({"dct:description": text} if text else {})}


def _recipients(cookie: Mapping[str, Any], controller: Node, language: str) -> list[Node]:
    names = [*cookie.get("recipients", ())]
    provider = _in_language(cookie.get("provider"), language)
    if cookie["party"] == "third" and provider:
        names.insert(0, provider["@value"])
    others = [{"@type": "dpv:Recipient", "dpv:hasName": name} for name in dict.fromkeys(names)]
    return [{"@id": controller["@id"]}, *others]


def _storage(cookie: Mapping[str, Any], basis: str) -> list[Node]:
    """Return where a cookie's data is stored and for how long, in nodes that cookies share."""
    countries = cookie.get("storage_location", ())
    place: Node = {
        "@id": "-".join((f"{basis}#stored", *countries)),
        "@type": "dpv:StorageLocation",
        "dpv:hasLocation": [{"@id": f"loc:{code}"} for code in countries]
        + [{"@id": "dpv:WithinDevice"}],
    }
    lengths = (cookie.get("lifetime"), cookie.get("retention"))
    durations = (
        {
            "@id": f"{basis}#for-{text.replace(' ', '-')}",
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {"@id": f"{basis}#long-{text.replace(' ', '-')}", **_length(text)},
        }
        for text in lengths
        if text
    )
    return [place, *durations]


def _status(
    decision: RecordedDecision, decided: DecidedCategory, buttons: Mapping[str, str]
) -> Node:
    label = buttons.get(decision.method)
    method = decision.method if label is None else f"button '{label}'"
    return {
        "@type": [_STATUS[decided.state], "dpv:ExpressedConsent"],
        "dpv:isIndicatedAtTime": _time(decision.at),
        "dpv:isIndicatedBy": {"@id": "dpv:DataSubject"},
        "dpv:hasIndicationMethod": f"{method}, {decision.source}",
        "dpv:hasDuration": _duration(decision.lifetime),
    }


def _length(text: str) -> Node:
    length = as_lifetime(text, field="lifetime", problems=[])
    if isinstance(length, timedelta):
        return _duration(length)
    return {"@type": "dpv:UntilEventDuration", "dct:description": "until the browser is closed"}


def _duration(length: timedelta) -> Node:
    days, seconds = length.days, length.seconds
    parts = (f"{days}D" if days else "") + (f"T{seconds}S" if seconds else "")
    return {"@type": "dpv:TemporalDuration", "rdf:value": f"P{parts}"}


def _time(moment: datetime) -> Node:
    return {"@value": time_text(moment), "@type": "xsd:dateTime"}


def _in_language(texts: Mapping[str, str] | None, language: str) -> Node | None:
    """Return a text in a language, or its base language, or else the first that there is."""
    if not texts:
        return None
    tags = (language, language.partition("-")[0], next(iter(texts)))
    tag = next(tag for tag in tags if tag in texts)
    return {"@value": texts[tag], "@language": tag}


def _contact(text: str) -> str:
    return f"mailto:{text}" if "@" in text and ":" not in text else text
