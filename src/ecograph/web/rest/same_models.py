"""Who else has a need, and what already runs elsewhere, as REST and the command line write it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ecograph.bootstrap import View
from ecograph.identifiers import PLACE
from ecograph.match.together import clusters as grouping
from ecograph.match.together import comparing, lacking, replication, requirements
from ecograph.namespaces import ID
from ecograph.web.rest import models
from ecograph.web.rest.models import (
    Iri,
    Match,
    Model,
    Need,
    Note,
    Reason,
    Share,
    Statement,
    Texts,
    TypedNeed,
    by_language,
)


class SameText(TypedNeed):
    """A need in words, to find who else has it."""


class ReplicableText(TypedNeed):
    """A need in words, and for whom."""

    place: Annotated[
        str | None, Field(max_length=200, pattern=PLACE, examples=["municipality/se-malmoe"], description="For whom")
    ] = None


class ClusterMember(Model):
    """A need of a group; the one that is typed in has no IRI."""

    need: Iri | None
    id: Annotated[str | None, Field(examples=["need/n12"])]
    labels: Texts
    countries: list[str]
    raised_by: list[Iri]
    raised_by_text: Annotated[str, Field(description="Who raises it, where the source only says it in words")]
    year: Annotated[int | None, Field(description="When it was stated")]
    path: list[Statement]
    adds: Annotated[Texts, Field(description="What it must add to what all have in common; empty for nothing")]


class Cell(Model):
    """What one need says in a row."""

    texts: Annotated[Texts, Field(description="The values; empty where the row itself names what is asked for")]
    words: Annotated[list[str], Field(description="The words of a text that led to it")]
    path: list[Statement]


class Requirement(Model):
    """One row: what is asked for, and by which of the needs."""

    predicate: Iri
    names: Annotated[Texts, Field(description="What the property is called")]
    value: Iri | None
    labels: Texts
    spread: Annotated[
        Literal["all", "some", "one", "differs"],
        Field(description="Whether all state it, some, one alone; or whether they state different values"),
    ]
    cells: Annotated[list[Cell | None], Field(description="Per member, in their order; null where it does not say")]


class ClusterEdge(Model):
    """Why two needs stand together."""

    one: Annotated[int, Field(description="Place among the members, from 0")]
    other: int
    likeness: Share
    reasons: Annotated[list[Reason], Field(description="Their contributions sum to the likeness")]


class CpvCode(Model):
    """A suggestion for a call for tenders."""

    code: Annotated[str, Field(examples=["63712700"])]
    labels: Texts
    topic: Iri
    nearness: Annotated[str, Field(description="How near the topic is to it, as SKOS says it", examples=["closeMatch"])]
    statement: Statement


class WiderTopic(Model):
    """A topic above those of all the needs, where no topic is the same."""

    topic: Iri
    labels: Texts
    path: list[Statement]


class Cluster(Model):
    """Needs that ask for the same."""

    members: list[ClusterMember]
    size: Annotated[int, Field(description="How many there are; the most alike are among the members")]
    likeness: Annotated[Share, Field(description="The mean of every two of them")]
    countries: list[str]
    rows: list[Requirement]
    common: Annotated[Texts, Field(description="What a joint tender could ask for")]
    wider: WiderTopic | None
    codes: list[CpvCode]
    edges: list[ClusterEdge]


class NearNeed(Model):
    """A need outside the group that touches on the one asked about."""

    need: Iri
    id: str
    labels: Texts
    countries: list[str]
    likeness: Share
    reasons: list[Reason]


class SameNeed(Model):
    """Who else has a need."""

    need: Need
    cluster: Annotated[Cluster | None, Field(description="The need asked about is its first member; null for nobody")]
    near: list[NearNeed]
    worked: Annotated[list[Match], Field(description="Municipalities that have worked on it")]
    worked_count: int
    notes: list[Note]
    revision: int


class Clusters(Model):
    """Every group of needs that ask for the same, those across a border first."""

    clusters: list[Cluster]
    needs: Annotated[int, Field(description="How many needs were compared")]
    revision: int


class ComparedFact(Model):
    """One thing two municipalities have in common, or not."""

    kind: str
    same: Annotated[bool | None, Field(description="null where the graph does not say")]
    sentences: Texts
    path: list[Statement]


class DeploymentPlace(Model):
    """Where a solution runs, beside our place that it is most like."""

    iri: Iri | None
    labels: Texts
    countries: list[str]
    ours: bool
    compared_with: Iri | None
    facts: list[ComparedFact]
    distance_km: float | None


class Deployed(Model):
    """One place where a solution runs or has run."""

    iri: Iri
    stage: Iri
    stage_labels: Texts
    since: Annotated[str, Field(description="As it was stated; empty where it was not", examples=["2021"])]
    until: str
    ended: bool
    place: DeploymentPlace
    operators: list[Iri]
    outcome: Texts
    path: list[Statement]


class Gap(Model):
    """One thing looked at: there, missing, or not stated."""

    kind: Literal["standard", "capability", "gate", "country", "provider", "experience"]
    about: Iri | None
    status: Literal["met", "missing", "unknown"]
    sentences: Texts
    path: list[Statement]


class ReplicableOption(Model):
    """A solution that could be taken over."""

    solution: Match
    deployments: list[Deployed]
    gaps: list[Gap]


class ReplicableAnswer(Model):
    """What already runs elsewhere, the best fitting first."""

    need: Need
    places: Annotated[list[Iri], Field(description="For whom")]
    options: list[ReplicableOption]
    notes: list[Note]
    revision: int


def same(view: View, found: grouping.Same) -> SameNeed:
    """Who else has a need."""
    return SameNeed(
        need=models.need(found.need),
        cluster=cluster(view, found.cluster) if found.cluster else None,
        near=[
            NearNeed(
                need=each.member.need.value,
                id=ID.local(each.member.need),
                labels=by_language(each.member.labels),
                countries=list(each.member.countries),
                likeness=each.edge.likeness,
                reasons=[models.reason(one) for one in each.edge.reasons],
            )
            for each in found.near
            if each.member.need is not None
        ],
        worked=[models.match(each) for each in found.worked],
        worked_count=found.worked_count,
        notes=[models.note(each) for each in found.notes],
        revision=found.revision,
    )


def cluster(view: View, found: grouping.Cluster) -> Cluster:
    """One group of needs."""
    wider = found.wider
    return Cluster(
        members=[
            ClusterMember(
                need=member.need.value if member.need else None,
                id=ID.local(member.need) if member.need else None,
                labels=by_language(member.labels),
                countries=list(member.countries),
                raised_by=[iri.value for iri in member.raised_by],
                raised_by_text=member.raised_by_text,
                year=member.year or None,
                path=[models.statement(step) for step in member.path],
                adds=by_language(adds),
            )
            for member, adds in zip(found.members, found.adds, strict=True)
        ],
        size=found.size,
        likeness=found.likeness,
        countries=list(found.countries),
        rows=[_row(view, row) for row in found.rows],
        common=by_language(found.common),
        wider=WiderTopic(
            topic=wider.topic.value,
            labels=by_language(wider.labels),
            path=[models.statement(step) for step in wider.path],
        )
        if wider
        else None,
        codes=[
            CpvCode(
                code=each.code,
                labels=by_language(each.labels),
                topic=each.topic.value,
                nearness=each.nearness,
                statement=models.statement(each.statement),
            )
            for each in found.codes
        ],
        edges=[
            ClusterEdge(
                one=each.one,
                other=each.other,
                likeness=each.likeness,
                reasons=[models.reason(one) for one in each.reasons],
            )
            for each in found.edges
        ],
    )


def replicable(found: replication.Replicable) -> ReplicableAnswer:
    """What already runs elsewhere."""
    return ReplicableAnswer(
        need=models.need(found.need),
        places=[iri.value for iri in found.us],
        options=[
            ReplicableOption(
                solution=models.match(each.match),
                deployments=[_deployed(one) for one in each.deployments],
                gaps=[_gap(one) for one in each.gaps],
            )
            for each in found.options
        ],
        notes=[models.note(each) for each in found.notes],
        revision=found.revision,
    )


def _row(view: View, found: requirements.Row) -> Requirement:
    names = next(
        (column.names for column in view.contract.template("need").columns if column.path == found.predicate), {}
    )
    return Requirement(
        predicate=found.predicate.value,
        names=by_language(names),
        value=found.value.value if found.value else None,
        labels=by_language(found.labels),
        spread=found.spread,
        cells=[
            Cell(
                texts=by_language(each.texts),
                words=list(each.words),
                path=[models.statement(step) for step in each.path],
            )
            if each
            else None
            for each in found.cells
        ],
    )


def _deployed(found: replication.Deployment) -> Deployed:
    place, beside = found.place, found.place.comparison
    return Deployed(
        iri=found.iri.value,
        stage=found.stage.value,
        stage_labels=by_language(found.stage_labels),
        since=found.since,
        until=found.until,
        ended=found.ended,
        place=DeploymentPlace(
            iri=place.iri.value if place.iri else None,
            labels=by_language(place.labels),
            countries=list(place.countries),
            ours=place.ours,
            compared_with=beside.ours.value if beside else None,
            facts=[_fact(each) for each in beside.facts] if beside else [],
            distance_km=round(beside.distance_km, 1) if beside and beside.distance_km is not None else None,
        ),
        operators=[iri.value for iri in found.operators],
        outcome=by_language(found.outcome),
        path=[models.statement(step) for step in found.path],
    )


def _fact(found: comparing.Fact) -> ComparedFact:
    return ComparedFact(
        kind=found.kind,
        same=found.same,
        sentences=by_language(found.sentences),
        path=[models.statement(step) for step in found.path],
    )


def _gap(found: lacking.Gap) -> Gap:
    return Gap(
        kind=found.kind,
        about=found.about.value if found.about else None,
        status=found.status,
        sentences=by_language(found.sentences),
        path=[models.statement(step) for step in found.path],
    )
