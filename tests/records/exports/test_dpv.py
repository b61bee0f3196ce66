"""Decisions as ISO/IEC TS 27560 records, read by two JSON-LD libraries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Literal

from consentgate import Controller, Policy
from consentgate.choice.decision import Decision
from consentgate.policy import PersonalData
from consentgate.records.dpv import CONTEXT, add_expiry, consent_records
from consentgate.records.payload import read_decision, read_notice
from tests.support.record_stores import NOW, POLICY, decision_of, declared, notice_of
from tests.support.regimes import SWISS

# rdflib warns of itself.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

DPV = Namespace("https://w3id.org/dpv#")
DCT = Namespace("http://purl.org/dc/terms/")
TERMS = Path(__file__).parents[2] / "data" / "dpv" / "terms.txt"
ALL_STATES = {"statistics": "given", "marketing": "refused"}


def records_of(decision: Decision) -> list[dict[str, Any]]:
    shown = read_notice(notice_of())
    return list(consent_records(read_decision(decision.payload()), shown))


def graph_of(records: list[dict[str, Any]]) -> Graph:
    document = json.dumps({"@context": CONTEXT, "@graph": records})
    return Graph().parse(data=document, format="json-ld")


def known_terms() -> set[str]:
    """The terms of DPV 2.3 that are looked up, as whole addresses."""
    names = (line.split(":", 1) for line in TERMS.read_text("utf-8").splitlines())
    return {CONTEXT[prefix] + name for prefix, name in names}


def used_terms(graph: Graph) -> set[str]:
    """The terms of DPV that a graph uses; the address of a profile is none."""
    found = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    return {
        term for term in found if term.startswith("https://w3id.org/dpv") and "27560" not in term
    }


@pytest.fixture
def decision() -> Decision:
    return decision_of(7, ALL_STATES, kind="partial", notice=notice_of())


def test_each_category_has_a_record_of_its_own_and_both_are_part_of_the_decision(
    decision: Decision,
) -> None:
    graph = graph_of(records_of(decision))

    records = set(graph.subjects(RDF.type, DPV.ConsentRecord))
    assert len(records) == 2
    whole = {graph.value(record, DCT.isPartOf) for record in records}
    assert whole == {URIRef("urn:uuid:00000000-0000-0000-0000-000000000007")}


def test_both_libraries_read_the_same(decision: Decision) -> None:
    records = records_of(decision)
    document = {"@context": CONTEXT, "@graph": records}

    by_pyld = Graph().parse(data=jsonld.to_rdf(document, {"format": "application/n-quads"}))
    assert len(by_pyld) == len(graph_of(records)) > 100
    assert used_terms(by_pyld) == used_terms(graph_of(records))


REGIMES: Mapping[str, tuple[object, str, str | None, str]] = {
    "fr": ("fr", "FR", "legal-eu:law-GDPR", "-eu-gdpr"),
    "eu": ("eu", "DE", "legal-eu:law-GDPR", "-eu-gdpr"),
    "uk": ("uk", "GB", "legal-gb:law-GDPR", ""),
    "us-ca": ("us-ca", "US", "legal-us:law-CA-CCPA", ""),
    "own": (SWISS, "CH", None, ""),
    "own, within eu": (SWISS | {"within": "eu"}, "CH", "legal-eu:law-GDPR", "-eu-gdpr"),
}


@pytest.mark.law(24)
@pytest.mark.parametrize(("regime", "country", "law", "profile"), REGIMES.values(), ids=REGIMES)
def test_every_term_of_every_state_is_one_of_the_vocabulary_under_each_regime(
    regime: Any, country: str, law: str | None, profile: str
) -> None:
    policy = Policy(
        POLICY.necessary,
        POLICY.cookies,
        regime=regime,
        site=POLICY.site,
        controller=Controller("Site", contact="a@example.org", jurisdiction=country),
    )
    shown = read_notice(notice_of(policy))
    records: list[dict[str, Any]] = []
    for number, state in enumerate(("given", "renewed", "refused", "withdrawn")):
        made = decision_of(number, dict.fromkeys(ALL_STATES, state), policy=policy)
        records += consent_records(read_decision(made.payload()), shown)
    mixed = read_decision(decision_of(9, ALL_STATES, kind="partial", policy=policy).payload())
    records += consent_records(mixed, shown)
    add_expiry(records[0], mixed, now=NOW)

    assert used_terms(graph_of(records)) - known_terms() == set()
    for record in records:
        assert record.get("dpv:hasApplicableLaw", {}).get("@id") == law
        assert record["dct:conformsTo"]["@id"].endswith(f"dpv-27560#record{profile}")
    days = policy.choice_lifetimes[0].days
    lasts = records[0]["dpv:hasConsentStatus"][0]["dpv:hasDuration"]
    assert lasts["rdf:value"] == f"P{days}D"


def test_every_type_of_personal_data_has_a_term() -> None:
    everything = POLICY.cookies[0].__class__(
        "a", category="statistics", personal_data=list(PersonalData)
    )
    document = {"cookies": [], **dict(declared(POLICY.with_cookies(everything)))}  # type: ignore[call-overload]
    shown = read_notice(notice_of())
    decision = read_decision(decision_of(notice=notice_of()).payload())
    (record,) = consent_records(decision, replace(shown, declaration=document))

    terms = record["dpv:hasProcess"][-1]["dpv:hasPersonalData"]["@type"]
    assert len(set(terms)) == len(PersonalData) + 1
    assert used_terms(graph_of([record])) - known_terms() == set()


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("given", DPV.ConsentGiven),
        ("renewed", DPV.RenewedConsentGiven),
        ("refused", DPV.ConsentRefused),
        ("withdrawn", DPV.ConsentWithdrawn),
    ],
)
def test_a_state_is_an_event_of_the_visitor_at_its_moment(state: str, status: URIRef) -> None:
    graph = graph_of(records_of(decision_of(states={"statistics": state}, notice=notice_of())))

    (event,) = graph.subjects(RDF.type, status)
    assert graph.value(event, DPV.isIndicatedBy) == DPV.DataSubject
    assert str(graph.value(event, DPV.isIndicatedAtTime)) == "2026-11-28T09:14:07.250000+00:00"
    lasts = graph.value(event, DPV.hasDuration)
    assert str(graph.value(lasts, RDF.value)) == "P182D"


def test_what_the_standard_demands_of_a_record_is_there(decision: Decision) -> None:
    graph = graph_of(records_of(decision))

    for record in graph.subjects(RDF.type, DPV.ConsentRecord):
        for term in (
            DCT.conformsTo, DCT.identifier, DPV.hasDataSubject, DPV.hasDataController,
            DPV.hasNotice, DPV.hasProcess, DPV.hasConsentControl, DPV.hasJurisdiction,
            DPV.hasRight, DPV.hasLegalBasis, DPV.hasConsentStatus,
        ):  # fmt: skip
            assert (record, term, None) in graph, term
        controller = graph.value(record, DPV.hasDataController)
        assert str(graph.value(controller, DPV.hasContact)) == "mailto:dpo@example.org"
        for term in (DPV.hasName, DPV.hasAddress):
            assert (controller, term, None) in graph, term
        assert (graph.value(record, DPV.hasNotice), DCT.language, Literal("fr")) in graph
        for event in graph.objects(record, DPV.hasConsentStatus):
            for term in (DPV.isIndicatedAtTime, DPV.hasDuration, DPV.isIndicatedBy):
                assert (event, term, None) in graph, term
        for process in graph.objects(record, DPV.hasProcess):
            for term in (
                DPV.hasPurpose, DPV.hasPersonalData, DPV.hasStorageCondition, DPV.hasRecipient,
            ):  # fmt: skip
                assert (process, term, None) in graph, term
            stored = list(graph.objects(process, DPV.hasStorageCondition))
            assert any((one, DPV.hasLocation, None) in graph for one in stored)


def test_a_cookie_is_described_in_the_language_of_the_decision() -> None:
    (record,) = records_of(decision_of(notice=notice_of(), language="fr-CA"))

    (process,) = record["dpv:hasProcess"]
    assert process["dpv:hasPurpose"]["dct:description"] == {
        "@value": "Distingue les visites.",
        "@language": "fr",
    }
    assert [one["@type"] for one in process["dpv:hasStorageCondition"]] == [
        "dpv:StorageLocation",
        "dpv:StorageDuration",
        "dpv:StorageDuration",
    ]


def test_a_third_party_receives_the_data_and_a_session_ends_with_the_browser() -> None:
    (record,) = records_of(decision_of(states={"marketing": "given"}, notice=notice_of()))

    cookie, storage = record["dpv:hasProcess"]
    names = [one.get("dpv:hasName") for one in cookie["dpv:hasRecipient"]]
    assert names == [None, "Ads Ltd", "Broker Ltd"]
    lasts = cookie["dpv:hasStorageCondition"][1]["dpv:hasDuration"]
    assert lasts["@type"] == "dpv:UntilEventDuration"
    assert "dpv:isImplementedUsingTechnology" in cookie
    assert "dpv:isImplementedUsingTechnology" not in storage


def test_an_expiry_is_an_event_of_the_controller_at_the_end_of_the_consent() -> None:
    decision = read_decision(decision_of(notice=notice_of()).payload())
    (record,) = records_of(decision_of(notice=notice_of()))

    add_expiry(record, decision, now=decision.expires_at + timedelta(days=9))

    event = record["dpv:hasConsentStatus"][-1]
    assert event["dpv:isIndicatedAtTime"]["@value"] == "2027-05-30T00:00:00.000Z"
    assert event["dpv:isIndicatedBy"] == {"@id": record["dpv:hasDataController"]["@id"]}


def test_two_notices_never_describe_the_same_node() -> None:
    one = records_of(decision_of(notice=notice_of()))[0]
    other = records_of(decision_of(notice=notice_of(html="<p>Other</p>")))[0]

    for term in ("dpv:hasDataController", "dpv:hasNotice"):
        assert one[term]["@id"] != other[term]["@id"]


def test_a_decision_without_a_notice_names_none() -> None:
    (record,) = records_of(decision_of())

    assert "dpv:hasNotice" not in record
    assert record["dpv:hasDataController"]["@id"].startswith("urn:uuid:")


def test_what_a_declaration_lacks_is_left_out() -> None:
    shown = read_notice(notice_of())
    cookie = {"name": "a", "kind": "cookie", "party": "first", "categories": ["statistics"]}
    bare = replace(shown, declaration={"cookies": [{**cookie, "lifetime": "90 minutes"}]})
    (record,) = consent_records(read_decision(decision_of().payload()), bare)

    assert "dpv:hasJurisdiction" not in record
    assert set(record["dpv:hasDataController"]) == {"@id", "@type"}
    assert set(record["dpv:hasRight"]) == {"@id", "@type"}
    assert "dpv:hasApplicableLaw" not in record
    (process,) = record["dpv:hasProcess"]
    assert "dpv:hasService" not in process
    lasts = process["dpv:hasStorageCondition"][1]["dpv:hasDuration"]
    assert lasts["rdf:value"] == "PT5400S"


def test_a_web_address_as_contact_stays_as_it_is() -> None:
    shown = read_notice(notice_of())
    document = {"controller": {"name": "T", "contact": "https://example.org/contact"}}
    (record,) = consent_records(
        read_decision(decision_of().payload()), replace(shown, declaration=document)
    )

    assert record["dpv:hasDataController"]["dpv:hasContact"] == "https://example.org/contact"
    assert Literal("T") in graph_of([record]).objects()


@pytest.mark.parametrize(
    ("source", "method", "words"),
    [
        ("banner", "accept", "button 'Tout accepter', banner"),
        ("handler", "code", "code, handler"),
    ],
)
def test_how_a_visitor_decided_is_said_in_the_words_of_the_button(
    source: str, method: str, words: str
) -> None:
    decision = replace(decision_of(notice=notice_of(), source=source), method=method)
    (record,) = records_of(decision)

    assert record["dpv:hasConsentStatus"][0]["dpv:hasIndicationMethod"] == words
