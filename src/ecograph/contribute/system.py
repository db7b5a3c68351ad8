"""
What EcoGraph itself contributes: ontology, shapes, concept schemes, the catalogue of questions and external
vocabularies, each as one graph.

They pass through the ledger like any partner's data, so the store is a projection of the ledger and of nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.contribute.staging import Rules
from ecograph.ledger.records import ContributionRecord, State
from ecograph.ledger.sql import Ledger
from ecograph.namespaces import DCTERMS, GRAPH, PROVENANCE_GRAPH
from ecograph.query import examples
from ecograph.query.catalogue import Catalogue
from ecograph.rdf.parsing import normalised
from ecograph.rdf.patch import Patch, diff
from ecograph.rdf.skolemising import skolemised
from ecograph.store.base import Snapshot
from ecograph.vocabulary import external

PUBLISHER: Final = "ecograph"
"""Under this name the ledger keeps what the software brings along."""

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
"""Of our own model; a vocabulary of somebody else's states its own."""


@dataclass(frozen=True)
class SystemGraph:
    """One graph that comes with the software, as the store will hold it."""

    graph: NamedNode
    quads: tuple[Quad, ...]
    description: tuple[Quad, ...] = ()
    """What the provenance graph says of it, for a vocabulary of somebody else's."""

    @property
    def title(self) -> str:
        """The graph's name below `.../graph/`."""
        return GRAPH.local(self.graph)

    @property
    def licence(self) -> str:
        """IRI of the licence: as the description says, or ours."""
        stated = (quad.object for quad in self.description if quad.predicate == DCTERMS.license)
        return next((value.value for value in stated if isinstance(value, NamedNode)), LICENCE)

    def patch(self, state: Snapshot) -> Patch:
        """What has to change for the store to hold this graph and nothing else in it, and its description."""
        described = {quad.subject for quad in self.description if isinstance(quad.subject, NamedNode)}
        held = chain(
            state.quads(None, None, None, self.graph),
            *(state.quads(subject, None, None, PROVENANCE_GRAPH) for subject in described),
        )
        return diff(held, (*self.quads, *self.description))

    def approved(self, ledger: Ledger, who: str) -> str:
        """Record the graph in the ledger, ready to be published; returns the contribution's id."""
        payload = "".join(sorted(f"{quad} .\n" for quad in self.quads)).encode()
        contribution_id = ledger.receive(
            ContributionRecord(
                publisher=PUBLISHER,
                title=self.title,
                licence=self.licence,
                source=self.graph.value,
                sha256=hashlib.sha256(payload).hexdigest(),
                payload=payload,
                submitted_by=who,
            )
        )
        ledger.decide(contribution_id, State.APPROVED, who)
        return contribution_id


def graphs(resources_dir: Path, rules: Rules) -> Iterator[SystemGraph]:
    """
    The graphs that come with the software, the model first.

    Args:
        resources_dir: Holds `data/vocabularies/` and `queries/`.
        rules: The ontology with its concept schemes and alignments, and the shapes. The blank nodes of shapes become
            IRIs, because a blank node's name changes from load to load.
    """
    by_graph: dict[NamedNode, list[Quad]] = {}
    for quad in skolemised([*rules.ontology.quads, *rules.shapes.quads]):
        if isinstance(quad.graph_name, NamedNode):
            by_graph.setdefault(quad.graph_name, []).append(quad)
    by_graph[examples.EXAMPLES_GRAPH] = list(examples.quads(Catalogue.load(resources_dir / "queries").values()))
    for graph, quads in chain(by_graph.items(), external.load(resources_dir)):
        stated = normalised(quads)
        yield SystemGraph(graph, stated, normalised(external.describe(resources_dir, graph, len(stated))))
