"""What REST answers with, as pydantic models: the OpenAPI document is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pyoxigraph import NamedNode

from ecograph.bootstrap import View
from ecograph.match import model as matching
from ecograph.match import weights
from ecograph.messages import Language
from ecograph.namespaces import BASE, ID
from ecograph.web.narrowing import TOPIC
from ecograph.web.reading import description, directory

Iri = Annotated[str, Field(description="An IRI", examples=["https://w3id.org/ecograph/id/need/n09"])]
Share = Annotated[float, Field(ge=0, le=1)]
Texts = Annotated[dict[str, str], Field(description="By language: da, sv, en; other languages as the source has them")]


class Model(BaseModel):
    """A response: its members are fixed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Model):
    """Something with a name."""

    iri: Iri
    label: Annotated[str, Field(description="In the language asked for, or the nearest there is")]
    lang: Annotated[str | None, Field(description="The language of `label`; null for a name without one")]


class ThingSummary(Named):
    """A thing as lists show it."""

    id: Annotated[str, Field(description="The end of the IRI: kind and slug", examples=["need/n09"])]
    kind: Annotated[str, Field(description="The template of its class", examples=["need"])]
    labels: Texts
    countries: list[str]
    topics: list[Named]
    phases: Annotated[list[str], Field(description="Phases, and stages that a solution has reached somewhere")]
    places: Annotated[
        list[str], Field(description="Municipalities and regions it is in or for", examples=[["municipality/se-lund"]])
    ]
    url: Annotated[str, Field(description="Where REST or linked data answers for it, on this service")]


class Listing(Model):
    """One page of a list."""

    items: list[ThingSummary]
    total: Annotated[int, Field(ge=0, description="Things that fit, on all pages")]
    next: Annotated[str | None, Field(description="`cursor` of the next page")]
    facets: Annotated[
        dict[str, dict[str, int]], Field(description="Per filter and value, how many things there would be")
    ]
    revision: int


class Statement(Model):
    """One statement, and the graph of whoever published it."""

    subject: Iri
    predicate: Iri
    object: str
    object_type: Literal["iri", "literal"]
    datatype: Iri | None = None
    lang: str | None = None
    graph: Iri


class ThingDetail(ThingSummary):
    """A thing with everything said of it."""

    types: list[Iri]
    statements: list[Statement]
    incoming: Annotated[list[Statement], Field(description="Statements that point at it")]
    incoming_truncated: bool
    revision: int


class Concept(Model):
    """A topic or capability that a need is about."""

    iri: Iri
    labels: Texts
    weight: Share
    words: Annotated[list[str], Field(description="The words of the need that led to it")]
    basis: matching.Basis


class Need(Model):
    """A need as EcoGraph understood it."""

    iri: Iri | None
    texts: Texts
    language: str | None
    concepts: list[Concept]
    capabilities: list[Concept]
    suggested: Annotated[
        list[Concept],
        Field(description="Topics it may be about as well, guessed by a machine; each weighed by how likely it is"),
    ]
    countries: list[str]


class Note(Model):
    """A sentence beside the reasons."""

    code: str
    sentences: Texts


class Reason(Model):
    """Why a candidate is in the list: its share of the score and the statements it rests on."""

    signal: str
    kind: str
    contribution: float
    sentences: Texts
    path: list[Statement]


class Match(Model):
    """One candidate."""

    candidate: Iri
    id: str
    group: str
    labels: Texts
    countries: list[str]
    score: Share
    contributions: Annotated[dict[str, float], Field(description="Per signal its share of the score; they sum to it")]
    reasons: list[Reason]
    against: list[Note]
    unknown: list[Note]
    flags: list[Note]
    rank: int


class Matches(Model):
    """Who fits a need, best first within each group."""

    need: Need
    matches: list[Match]
    notes: list[Note]
    weights: Annotated[str, Field(description="The version of the weights")]
    weighting: Annotated[str, Field(description="The profile that said what counts most", examples=["balanced"])]
    first: Annotated[str | None, Field(description="The country whose candidates stand first in each group")]
    revision: int


class TypedNeed(BaseModel):
    """A need in words. It is answered and not stored."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=5000, examples=["Varsling ved skybrud i Albertslund"])]
    lang: Annotated[Language | None, Field(description="The language of the text; found out if left out")] = None
    topics: Annotated[
        list[Annotated[str, Field(json_schema_extra={"pattern": TOPIC})]] | None,
        Field(
            max_length=50,
            examples=[["cloudburst", "cloudburst:half"]],
            description="The topics it is about, instead of those understood; `slug:half` beside one weighs it",
        ),
    ] = None


class NeedText(TypedNeed):
    """A need in words, and which candidates are wanted."""

    countries: Annotated[list[Literal["dk", "se", "no"]] | None, Field(max_length=3)] = None
    groups: Annotated[list[matching.Group] | None, Field(max_length=6)] = None
    top: Annotated[int, Field(ge=1, le=50, description="Candidates per group")] = 10
    weighting: Annotated[
        str,
        Field(
            max_length=100,
            description="The profile that says what counts most; see `/api/v1/weights`",
            examples=["ready-to-buy"],
            json_schema_extra={"enum": list(weights.PROFILES)},
        ),
    ] = weights.DEFAULT


class PublisherCount(Model):
    """How many statements a publisher's graph holds."""

    graph: Iri
    titles: Texts
    publisher: str
    statements: int
    example: bool


class Stats(Model):
    """How much there is."""

    totals: Annotated[dict[str, int], Field(description="Things per template")]
    by_country: Annotated[
        dict[str, dict[str, int]], Field(description="Per template and country; an empty country is not stated")
    ]
    publishers: list[PublisherCount]
    revision: int


class ProblemDetails(BaseModel):
    """RFC 9457. Further members depend on the problem's type."""

    model_config = ConfigDict(extra="allow")

    type: Iri
    title: str
    status: int
    detail: str
    instance: str
    lang: Language
    code: Annotated[str, Field(description="The end of `type`; it stays when the wording changes")]


def named(view: View, iri: NamedNode, lang: Language) -> Named:
    """A name for an IRI."""
    label, label_lang = description.summary_of(view, iri).name(lang)
    return Named(iri=iri.value, label=label, lang=label_lang)


def summary(view: View, found: directory.Summary, lang: Language) -> ThingSummary:
    """A thing for a list."""
    return ThingSummary.model_validate(_summary(view, found, lang))


def detail(view: View, found: description.Thing, lang: Language) -> ThingDetail:
    """A thing with everything said of it."""
    return ThingDetail.model_validate(
        _summary(view, found.summary, lang)
        | {
            "types": [each.value for each in found.types],
            "statements": [statement(each) for each in found.statements],
            "incoming": [statement(each) for each in found.incoming],
            "incoming_truncated": found.incoming_truncated,
            "revision": view.revision,
        }
    )


def listing(view: View, found: directory.Listing, lang: Language) -> Listing:
    """One page of a list."""
    return Listing(
        items=[summary(view, each, lang) for each in found.items],
        total=found.total,
        next=found.next_cursor,
        facets={name: dict(values) for name, values in found.facets.items()},
        revision=view.revision,
    )


def statement(found: matching.Statement) -> Statement:
    """One statement."""
    if isinstance(found.object, NamedNode):
        return Statement(
            subject=found.subject.value,
            predicate=found.predicate.value,
            object=found.object.value,
            object_type="iri",
            graph=found.graph.value,
        )
    return Statement(
        subject=found.subject.value,
        predicate=found.predicate.value,
        object=found.object.value,
        object_type="literal",
        datatype=found.object.datatype.value,
        lang=found.object.language,
        graph=found.graph.value,
    )


def matches(found: matching.MatchResult) -> Matches:
    """The answer to a need."""
    return Matches(
        need=need(found.need),
        matches=[match(each) for each in found.matches],
        notes=[note(each) for each in found.notes],
        weights=found.weights,
        weighting=found.weighting,
        first=found.first,
        revision=found.revision,
    )


def need(found: matching.NeedProfile) -> Need:
    """A need as it was understood."""
    return Need(
        iri=found.iri.value if found.iri else None,
        texts=by_language(found.texts),
        language=found.language,
        concepts=[_concept(each) for each in found.concepts],
        capabilities=[_concept(each) for each in found.capabilities],
        suggested=[_concept(each) for each in found.suggested],
        countries=list(found.countries),
    )


def _summary(view: View, found: directory.Summary, lang: Language) -> dict[str, object]:
    label, label_lang = found.name(lang)
    return {
        "iri": found.iri.value,
        "label": label,
        "lang": label_lang,
        "id": found.id,
        "kind": found.kind,
        "labels": dict(found.names),
        "countries": list(found.countries),
        "topics": [named(view, topic, lang) for topic in sorted(found.topics, key=str)],
        "phases": list(found.phases),
        "places": [ID.local(place) for place in found.places],
        "url": "/" + found.iri.value.removeprefix(BASE),
    }


def by_language(texts: Mapping[Language, str]) -> dict[str, str]:
    """Texts by language, as JSON has them."""
    return {str(lang): text for lang, text in texts.items()}


def _concept(found: matching.RecognisedConcept) -> Concept:
    return Concept(
        iri=found.iri.value,
        labels=by_language(found.labels),
        weight=found.weight,
        words=list(found.words),
        basis=found.basis,
    )


def note(found: matching.Note) -> Note:
    """A sentence beside the reasons."""
    return Note(code=found.code, sentences=by_language(found.sentences))


def reason(found: matching.Reason) -> Reason:
    """Why somebody fits, with the statements behind it."""
    return Reason(
        signal=found.signal,
        kind=found.kind,
        contribution=found.contribution,
        sentences=by_language(found.sentences),
        path=[statement(step) for step in found.path],
    )


def match(found: matching.Match) -> Match:
    """One candidate."""
    return Match(
        candidate=found.candidate.value,
        id=found.candidate.value.removeprefix(BASE + "id/"),
        group=found.group,
        labels=by_language(found.labels),
        countries=list(found.countries),
        score=found.score,
        contributions={str(signal): share for signal, share in found.contributions.items()},
        reasons=[reason(each) for each in found.reasons],
        against=[note(each) for each in found.against],
        unknown=[note(each) for each in found.unknown],
        flags=[note(each) for each in found.flags],
        rank=found.rank,
    )
