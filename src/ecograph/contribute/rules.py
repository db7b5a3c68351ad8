"""What contributions are held against, read once from `shapes/` and `ontology/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from ecograph.contribute.reading.headings import Headings
from ecograph.namespaces import ECO, RDFS, SH, SKOS
from ecograph.shacl.contract import Contract
from ecograph.shacl.shapes import Shapes
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology


@dataclass(frozen=True, eq=False)
class Rules:
    """What contributions are held against: contract and shapes, vocabulary and class hierarchy."""

    contract: Contract
    shapes: Shapes
    ontology: Ontology
    concepts: Concepts

    @classmethod
    def load(cls, resources_dir: Path) -> Rules:
        """The rules that `shapes/` and `ontology/` state."""
        shapes, ontology = Shapes.load(resources_dir), Ontology.load(resources_dir)
        return cls(Contract.from_shapes(shapes), shapes, ontology, Concepts.from_quads(ontology.quads))

    @cached_property
    def headings(self) -> Headings:
        """Every heading of every template."""
        return Headings(self.contract)

    @cached_property
    def background(self) -> tuple[Quad, ...]:
        """What every check knows, even before the vocabulary is published: class hierarchy, and schemes of concepts."""
        return tuple(quad for quad in self.ontology.quads if quad.predicate in (RDFS.subClassOf, SKOS.inScheme))

    @cached_property
    def description_properties(self) -> frozenset[NamedNode]:
        """What may be said of a contribution."""
        shape = next((node for node in self.shapes.subjects(SH.targetClass, ECO.Contribution)), None)
        properties = self.shapes.nodes(shape, SH.property) if shape is not None else ()
        paths = (self.shapes.iri(node, SH.path) for node in properties)
        return frozenset(path for path in paths if path is not None)
