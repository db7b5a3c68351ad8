"""What validation must know beside a contribution: a small extract of the published graph, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, Protocol

from pyoxigraph import BlankNode, NamedNode, Quad

from ecograph.namespaces import RDF, SH, SKOS
from ecograph.shacl.shapes import Node, Shapes

_PATH_WORDS: Final = (SH.inversePath, SH.alternativePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)
_VALUE_SHAPES: Final = (SH.node, SH.qualifiedValueShape)


class Source(Protocol):
    """Anything quads can be looked up in."""

    def quads(
        self, subject: NamedNode | None, predicate: NamedNode | None, object: NamedNode | None, graph: NamedNode | None
    ) -> Iterator[Quad]:
        """The statements that match; None matches anything."""
        ...


def context(
    data: Iterable[Quad], shapes: Shapes, source: Source | None, ignoring: NamedNode | None = None
) -> tuple[Quad, ...]:
    """
    What the shapes look at beyond the data: the classes, schemes and such of what the data refers to.

    Args:
        data: What is to be checked.
        shapes: The shapes, whose paths say what is needed.
        source: What is published.
        ignoring: A graph that does not count, because the contribution replaces it.

    Source:
        docs/contributing-data.md, "What is checked".
    """
    if source is None:
        return ()
    data = tuple(data)
    own = {quad.subject for quad in data}
    referred = {quad.object for quad in data if isinstance(quad.object, NamedNode)} - own
    steps = neighbourhood(shapes)
    return tuple(
        quad
        for node in referred
        if isinstance(node, NamedNode)
        for step in steps
        for quad in source.quads(node, step, None, None)
        if quad.graph_name != ignoring
    )


@lru_cache(maxsize=4)
def neighbourhood(shapes: Shapes) -> frozenset[NamedNode]:
    """
    The properties of *referred-to* things that the shapes look at.

    Always `rdf:type` and `skos:inScheme`; beside them each property beyond the first step of a path, and each property
    of a shape that values must meet.
    """
    found = {RDF.type, SKOS.inScheme}
    for shape in shapes.subjects(SH.path):
        for path in shapes.nodes(shape, SH.path):
            if isinstance(path, BlankNode):
                found |= _steps(shapes, path)
        for inner in (*shapes.inner(shape), *(node for word in _VALUE_SHAPES for node in shapes.nodes(shape, word))):
            found |= _paths_within(shapes, inner)
    return frozenset(found)


def _paths_within(shapes: Shapes, shape: Node) -> set[NamedNode]:
    found: set[NamedNode] = set()
    pending = [shape]
    for node in pending:
        for path in shapes.nodes(node, SH.path):
            found |= {path} if isinstance(path, NamedNode) else _steps(shapes, path)
        pending += [inner for inner in shapes.inner(node) if inner not in pending]
    return found


def _steps(shapes: Shapes, path: Node) -> set[NamedNode]:
    found: set[NamedNode] = set()
    for value in (*shapes.items(path), *(value for word in _PATH_WORDS for value in shapes.values(path, word))):
        if isinstance(value, NamedNode):
            found.add(value)
        elif isinstance(value, BlankNode):
            found |= _steps(shapes, value)
    return found
