"""
What EcoGraph itself contributes: ontology, shapes, concept schemes and external vocabularies, each as one graph.

They pass through the ledger like any partner's data, so the store is a projection of the ledger and of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.namespaces import GRAPH
from ecograph.rdf.parsing import normalised, skolemised
from ecograph.shacl.shapes import Shapes
from ecograph.vocabulary import external
from ecograph.vocabulary.ontology import Ontology

PUBLISHER: Final = "ecograph"
"""Under this name the ledger keeps what the software brings along."""

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class SystemGraph:
    """One graph that comes with the software, as the store will hold it."""

    graph: NamedNode
    quads: tuple[Quad, ...]

    @property
    def title(self) -> str:
        """The graph's name below `.../graph/`."""
        return GRAPH.local(self.graph)


def graphs(resources_dir: Path, ontology: Ontology, shapes: Shapes) -> Iterator[SystemGraph]:
    """
    The graphs that come with the software, the model first.

    Args:
        resources_dir: Holds `data/vocabularies/`.
        ontology: Own terms, concept schemes and alignments.
        shapes: The shapes graph; its blank nodes become IRIs, because a blank node's name changes from load to load.
    """
    by_graph: dict[NamedNode, list[Quad]] = {}
    for quad in skolemised([*ontology.quads, *shapes.quads]):
        if isinstance(quad.graph_name, NamedNode):
            by_graph.setdefault(quad.graph_name, []).append(quad)
    for graph, quads in chain(by_graph.items(), external.load(resources_dir)):
        yield SystemGraph(graph, normalised(quads))
