"""Why somebody is in a list or not, as REST and the command line write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import Field
from pyoxigraph import Quad, RdfFormat, Triple, serialize

from ecograph.match.explaining import counterfactual, edits
from ecograph.match.explaining.whynot import Answer
from ecograph.namespaces import BASE, PREFIXES
from ecograph.web.rest import models
from ecograph.web.rest.models import Iri, Match, Model, Note, Share, Statement, Texts, by_language

_PREFIXES: Final = {name: PREFIXES[name] for name in ("eco", "dcterms", "schema", "xsd")}


class Row(Model):
    """One row that could be contributed, if it is true."""

    kind: str
    template: str
    template_url: Annotated[str, Field(description="The empty template, on this service")]
    cells: Annotated[dict[str, str], Field(description="The row by column")]
    sentences: Texts


class Change(Model):
    """Rows, and where they would bring the candidate; verified by matching again."""

    rows: list[Row]
    turtle: Annotated[str, Field(description="The statements of the rows")]
    score: Share
    rank: int | None
    reached: bool


class Gap(Model):
    """One signal beside that of whoever holds the rank asked for."""

    signal: str
    has: float
    needed: float | None
    sentences: Texts


class Removal(Model):
    """A cited statement, and what is left of the score without it."""

    statement: Statement
    score: Share
    loss: float


class Why(Model):
    """Why somebody is in a list or not, and what would change it."""

    need: models.Need
    candidate: Iri
    id: str
    labels: Texts
    verdict: Annotated[str, Field(description="listed, below, weak, rule or kind")]
    sentences: Texts
    rule: Note | None
    rank: Annotated[int, Field(description="0 for none")]
    count: Annotated[int, Field(description="How many have a rank in its group")]
    goal: Annotated[int, Field(description="The rank asked for")]
    match: Match | None
    bar: Annotated[Match | None, Field(description="Whoever has the rank asked for now")]
    gaps: list[Gap]
    outcome: Note | None
    changes: Annotated[list[Change], Field(description="The smallest, then others of another kind")]
    nearest: Annotated[Change | None, Field(description="What brings most, where nothing is enough")]
    tried: Annotated[int, Field(description="How many changes were tried")]
    removals: list[Removal]
    weights: str
    weighting: str
    revision: int


def why(found: Answer) -> Why:
    """The answer as data."""
    search = found.search
    return Why(
        need=models.need(found.need),
        candidate=found.candidate.value,
        id=found.candidate.value.removeprefix(BASE + "id/"),
        labels=by_language(found.labels),
        verdict=found.verdict,
        sentences=by_language(found.sentences),
        rule=models.note(found.rule) if found.rule else None,
        rank=found.match.rank if found.match else 0,
        count=found.count,
        goal=found.goal,
        match=models.match(found.match) if found.match else None,
        bar=models.match(found.bar) if found.bar else None,
        gaps=[
            Gap(signal=each.signal, has=each.has, needed=each.needed, sentences=by_language(each.sentences))
            for each in found.gaps
        ],
        outcome=models.note(found.outcome) if found.outcome else None,
        changes=[_change(each) for each in search.changes] if search else [],
        nearest=_change(search.nearest) if search and search.nearest else None,
        tried=search.tried if search else 0,
        removals=[
            Removal(statement=models.statement(each.statement), score=each.score, loss=each.loss)
            for each in found.removals
        ],
        weights=found.weights,
        weighting=found.weighting,
        revision=found.revision,
    )


def turtle(statements: Iterable[Quad]) -> str:
    """Statements as Turtle, with the prefixes they need."""
    triples = [Triple(each.subject, each.predicate, each.object) for each in statements]
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=_PREFIXES)
    return written.decode() if written else ""


def _change(found: counterfactual.Change) -> Change:
    return Change(
        rows=[_row(each) for each in found.edits],
        turtle=turtle(found.statements),
        score=found.score,
        rank=found.rank,
        reached=found.reached,
    )


def _row(found: edits.Edit) -> Row:
    return Row(
        kind=found.kind,
        template=found.template,
        template_url=f"/api/v1/templates/{found.template}.csv",
        cells=dict(found.cells),
        sentences=by_language(found.sentences),
    )
