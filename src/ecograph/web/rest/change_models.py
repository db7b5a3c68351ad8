"""What REST answers about revisions and the differences between them, as pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, get_args

from pydantic import Field

from ecograph.contribute import difference
from ecograph.ledger.records import Kind
from ecograph.ledger.timeline import Entry
from ecograph.web.reading import changes as reading
from ecograph.web.rest.models import Iri, Model, Texts, by_language


class RevisionModel(Model):
    """A revision of the graph."""

    revision: Annotated[int, Field(ge=0, description="0 is the empty graph before the first")]
    published_at: Annotated[datetime | None, Field(description="Null for revision 0")]


class ChangeModel(RevisionModel):
    """What was published, by whom, when."""

    kind: Annotated[Kind, Field(description="`erasure`: somebody's personal data was removed from every revision")]
    publisher: Annotated[str | None, Field(description="The publisher's short name; null for an erasure")]
    publisher_name: str
    title: Annotated[str | None, Field(description="Null for an erasure, and for what one has reached")]
    contribution: str | None
    reviewer: Annotated[str | None, Field(description="The organisation that approved it, where that is public")]
    added: Annotated[int, Field(ge=0, description="Statements, without those that were erased since")]
    removed: Annotated[int, Field(ge=0)]
    hash: Annotated[str, Field(description="The revision's link in the ledger's chain")]
    diff: Annotated[str, Field(description="Where REST tells what it changed")]


class ChangesModel(Model):
    """Revisions, the newest first."""

    items: list[ChangeModel]
    next: Annotated[str | None, Field(description="`cursor` of the next page")]
    revision: Annotated[int, Field(description="The newest revision")]


class ValueModel(Model):
    """A value in words."""

    words: Texts
    iri: Iri | None
    lang: str | None


class PropertyChangeModel(Model):
    """What becomes of one property of a thing."""

    property: Iri
    names: Texts
    added: list[ValueModel]
    removed: list[ValueModel]


class ThingChangeModel(Model):
    """What becomes of one thing in the words of one publisher."""

    iri: Iri
    change: difference.Change
    labels: Texts
    kind: str
    kinds: Texts
    properties: list[PropertyChangeModel]


class DiffModel(Model):
    """What differs between two revisions."""

    start: RevisionModel
    end: RevisionModel
    things: list[ThingChangeModel]
    counts: Annotated[dict[difference.Change, int], Field(description="Things that come, change and go, on all pages")]
    statements: Annotated[
        dict[str, int],
        Field(
            description="Statements `added` and `removed`: all, with those in `graph/provenance` and `graph/ledger`, "
            "which no page shows and `format=patch` has"
        ),
    ]
    patch: Annotated[list[str], Field(description="The statements of the things on this page: `+` or `-`, N-Quads")]
    next: Annotated[str | None, Field(description="`cursor` of the next page")]


def change(found: reading.Change) -> ChangeModel:
    """One revision of the feed."""
    entry = found.entry
    return ChangeModel(
        revision=entry.number,
        published_at=entry.published_at,
        kind=entry.kind,
        publisher=entry.publisher or None,
        publisher_name=found.publisher,
        title=entry.title or None,
        contribution=entry.contribution_id,
        reviewer=found.reviewer,
        added=found.size.added,
        removed=found.size.removed,
        hash=entry.hash,
        diff=f"/api/v1/diff?from={entry.number - 1}&to={entry.number}",
    )


def revision(entry: Entry | None) -> RevisionModel:
    """A revision, or the empty graph before the first."""
    if entry is None:
        return RevisionModel(revision=0, published_at=None)
    return RevisionModel(revision=entry.number, published_at=entry.published_at)


def diff(found: reading.Compared, shown: difference.Difference, following: str | None) -> DiffModel:
    """A page of a difference."""
    return DiffModel(
        start=revision(found.start),
        end=revision(found.end),
        things=[_thing(each) for each in shown.things],
        counts={kind: found.counts.get(kind, 0) for kind in get_args(difference.Change)},
        statements={"added": len(found.net.added), "removed": len(found.net.removed)},
        patch=shown.n_quads.splitlines(),
        next=following,
    )


def _thing(found: difference.ThingChange) -> ThingChangeModel:
    return ThingChangeModel(
        iri=found.iri.value,
        change=found.change,
        labels=by_language(found.labels),
        kind=found.kind,
        kinds=by_language(found.kinds),
        properties=[
            PropertyChangeModel(
                property=each.property.value,
                names=by_language(each.names),
                added=[_value(value) for value in each.added],
                removed=[_value(value) for value in each.removed],
            )
            for each in found.properties
        ],
    )


def _value(found: difference.Value) -> ValueModel:
    return ValueModel(words=by_language(found.words), iri=found.iri.value if found.iri else None, lang=found.language)
