"""
The evidence of a graph that differs in a few statements, without reading the rest of it again.

It is found as that of a later revision is (`following`), and leaves no trace. So scores and ranks are those of a
matcher built from the changed graph, which tests hold against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.match.projection import following
from ecograph.match.projection.evidence import Evidence
from ecograph.namespaces import DCTERMS, ECO, RDF, SCHEMA
from ecograph.store.base import Object, Snapshot, Subject

CHANGEABLE: Final = frozenset(
    (
        *(ECO.topic, ECO.about, ECO.basis, ECO.confidence, ECO.offersCapability),
        *(ECO.claimant, ECO.capability, ECO.level, ECO.evidence, ECO.asOf),
        *(ECO.solution, ECO.stage, ECO.operator, ECO.provider, ECO.addressesNeed),
        *(ECO.project, ECO.participant, ECO.role, DCTERMS.creator, DCTERMS.spatial),
        *(SCHEMA.startDate, SCHEMA.endDate, DCTERMS.issued),
    )
)
"""What may be added or taken away. Names, texts and classes of things are in the full text as well, and are not."""


class Overlay:
    """
    Gives the evidence of changed graphs.

    Args:
        evidence: The graph as it is.
        snapshot: The same revision of it; it must stay open.
        today: The day that the evidence was read for.
    """

    def __init__(self, evidence: Evidence, snapshot: Snapshot, today: date) -> None:
        self.evidence = evidence
        self.snapshot = snapshot
        self.today = today

    def changed(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> Evidence:
        """
        The evidence with statements added and removed.

        Args:
            added: Statements about documents, or a node of its own (a claim, a deployment) with its class.
            removed: Statements of the graph.

        Raises:
            ValueError: A statement is not `CHANGEABLE`, nor the class of something new.
        """
        graph = _Changed(self.snapshot, tuple(added), frozenset(removed))
        changes = (*graph.added, *graph.removed)
        for quad in changes:
            new = quad.predicate == RDF.type and quad.object != ECO.Solution
            if quad.predicate not in CHANGEABLE and not new:
                raise ValueError(f"{quad.predicate} cannot be changed here")
        return following.supposed(self.evidence, graph, changes, self.today)


class _Changed:
    """A snapshot with statements added and removed."""

    def __init__(self, snapshot: Snapshot, added: tuple[Quad, ...], removed: frozenset[Quad]) -> None:
        self.snapshot = snapshot
        self.added = added
        self.removed = removed

    def quads(
        self, subject: Subject | None = None, predicate: NamedNode | None = None, object_: Object | None = None, /
    ) -> Iterator[Quad]:
        for quad in self.snapshot.quads(subject, predicate, object_):
            if quad not in self.removed:
                yield quad
        for quad in self.added:
            if all(
                wanted is None or wanted == has
                for wanted, has in ((subject, quad.subject), (predicate, quad.predicate), (object_, quad.object))
            ):
                yield quad
