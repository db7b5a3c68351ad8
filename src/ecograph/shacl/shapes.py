"""The shapes graph: `shapes/*.ttl` as one value that contract, validation and messages look things up in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from ecograph.messages import Language, language_of
from ecograph.namespaces import GRAPH, RDF, RDFS, SH
from ecograph.rdf.parsing import TURTLE, parse

Node = NamedNode | BlankNode
SHAPES_GRAPH = GRAPH.shapes
_LOGICAL: Final = (SH["or"], SH["and"], SH.xone)
_VALUE_SHAPES: Final = (SH.node, SH.qualifiedValueShape)


class Shapes:
    """
    An immutable shapes graph with look-up by node and property.

    Two values are the same only if they are the same object: engines keep what they compiled per value.
    """

    def __init__(self, quads: Iterable[Quad], labels: Mapping[Node, Mapping[Language, str]] | None = None) -> None:
        self.quads = tuple(quads)
        self.labels = labels or {}
        """What classes and properties are called, for messages about them."""
        self._objects: dict[Node, dict[NamedNode, list[NamedNode | BlankNode | Literal]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for quad in self.quads:
            if isinstance(quad.object, NamedNode | BlankNode | Literal) and not isinstance(quad.subject, Literal):
                self._objects[quad.subject][quad.predicate].append(quad.object)  # type: ignore[index]

    @classmethod
    def load(cls, resources_dir: Path) -> Shapes:
        """
        Every file in `shapes/`, with the labels that `ontology/` has for the terms in them.

        Raises:
            SyntaxFault: A shapes file does not parse.
        """
        quads: list[Quad] = []
        for path in sorted((resources_dir / "shapes").glob("*.ttl")):
            quads += parse(path.read_bytes(), TURTLE, SHAPES_GRAPH, file=path.name, keep_blank_nodes=True)
        labels: dict[Node, dict[Language, str]] = defaultdict(dict)
        for path in sorted((resources_dir / "ontology").glob("*.ttl")):
            for quad in parse(path.read_bytes(), TURTLE, SHAPES_GRAPH, file=path.name, keep_blank_nodes=True):
                if quad.predicate != RDFS.label or not isinstance(quad.object, Literal):
                    continue
                lang = language_of(quad.object.language or "")
                if isinstance(quad.subject, NamedNode) and lang:
                    labels[quad.subject][lang] = quad.object.value
        return cls(quads, dict(labels))

    @cached_property
    def anonymous(self) -> frozenset[BlankNode]:
        """The shapes that are blank nodes."""
        found = {node for node in self.subjects(SH.path) if isinstance(node, BlankNode)}
        found |= {node for node in self.subjects(RDF.type, SH.NodeShape) if isinstance(node, BlankNode)}
        for owner in tuple(self._objects):
            within = (*self.inner(owner), *(node for word in _VALUE_SHAPES for node in self.nodes(owner, word)))
            found |= {node for node in within if isinstance(node, BlankNode)}
        return frozenset(found)

    def subjects(self, predicate: NamedNode, value: NamedNode | Literal | None = None) -> Iterator[Node]:
        """Every node that has `predicate` (with `value`), in the order of the files."""
        for node, properties in self._objects.items():
            found = properties.get(predicate)
            if found and (value is None or value in found):
                yield node

    def properties(self, node: Node) -> frozenset[NamedNode]:
        """The properties that a node has."""
        return frozenset(self._objects.get(node, ()))

    def values(self, node: Node, predicate: NamedNode) -> tuple[NamedNode | BlankNode | Literal, ...]:
        """The values of a property, in the order of the file."""
        properties = self._objects.get(node)
        return tuple(properties.get(predicate, ())) if properties else ()

    def nodes(self, node: Node, predicate: NamedNode) -> tuple[Node, ...]:
        """The values of a property that are nodes."""
        return tuple(value for value in self.values(node, predicate) if isinstance(value, NamedNode | BlankNode))

    def iri(self, node: Node, predicate: NamedNode) -> NamedNode | None:
        """The first value of a property that is an IRI."""
        return next((value for value in self.values(node, predicate) if isinstance(value, NamedNode)), None)

    def text(self, node: Node, predicate: NamedNode) -> str | None:
        """The first literal value of a property, as its lexical form."""
        return next((value.value for value in self.values(node, predicate) if isinstance(value, Literal)), None)

    def number(self, node: Node, predicate: NamedNode) -> float | None:
        """The first literal value of a property, as a number."""
        found = self.text(node, predicate)
        return None if found is None else float(found)

    def flag(self, node: Node, predicate: NamedNode) -> bool:
        """Whether the property is stated true."""
        return self.text(node, predicate) in ("true", "1")

    def texts(self, node: Node, predicate: NamedNode) -> dict[Language, str]:
        """The language-tagged values of a property, one per language of ours."""
        found: dict[Language, str] = {}
        for value in self.values(node, predicate):
            if isinstance(value, Literal) and value.language:
                lang = language_of(value.language)
                if lang:
                    found.setdefault(lang, value.value)
        return found

    def items(self, head: Node) -> tuple[NamedNode | BlankNode | Literal, ...]:
        """The members of an RDF list."""
        found: list[NamedNode | BlankNode | Literal] = []
        node: Node | None = head
        while node is not None and node != RDF.nil:
            found += self.values(node, RDF.first)[:1]
            node = next(iter(self.nodes(node, RDF.rest)), None)
        return tuple(found)

    def alternatives(self, shape: Node) -> tuple[Node, ...]:
        """The members of the `sh:or` lists of a shape."""
        return tuple(
            item
            for head in self.nodes(shape, SH["or"])
            for item in self.items(head)
            if isinstance(item, NamedNode | BlankNode)
        )

    def inner(self, shape: Node) -> tuple[Node, ...]:
        """The shapes that a shape is made of by `sh:or`, `sh:and`, `sh:xone`, `sh:not` and `sh:property`."""
        lists = [head for word in _LOGICAL for head in self.nodes(shape, word)]
        members = [item for head in lists for item in self.items(head) if isinstance(item, NamedNode | BlankNode)]
        return (*members, *self.nodes(shape, SH["not"]), *self.nodes(shape, SH.property))
