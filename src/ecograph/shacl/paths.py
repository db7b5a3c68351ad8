"""SHACL property paths as values: what stands behind `sh:path`, written back in SPARQL's syntax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode

from ecograph.namespaces import RDF, SH
from ecograph.shacl.shapes import Node, Shapes


@dataclass(frozen=True)
class Predicate:
    """One property, followed forwards."""

    iri: NamedNode

    def __str__(self) -> str:
        return str(self.iri)


@dataclass(frozen=True)
class Inverse:
    """A path followed backwards."""

    path: Path

    def __str__(self) -> str:
        return f"^{self.path}"


@dataclass(frozen=True)
class Sequence:
    """Paths one after the other."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return f"({'/'.join(map(str, self.paths))})"


@dataclass(frozen=True)
class Alternative:
    """Any of several paths."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return f"({'|'.join(map(str, self.paths))})"


@dataclass(frozen=True)
class Repeat:
    """A path followed again and again: `*` any number of times, `+` at least once, `?` at most once."""

    path: Path
    mark: str

    def __str__(self) -> str:
        return f"{self.path}{self.mark}"


Path = Predicate | Inverse | Sequence | Alternative | Repeat

_REPEATS: Final = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def path_of(graph: Shapes, node: Node) -> Path:
    """
    The path that a node stands for.

    Args:
        graph: Where the node is described: a shapes graph, or a validation report.
        node: The object of `sh:path` or `sh:resultPath`.

    Raises:
        ValueError: It is not a well-formed path.

    Example:
        >>> from pyoxigraph import NamedNode
        >>> print(path_of(Shapes(()), NamedNode("urn:p")))
        <urn:p>

    Source:
        SHACL, section 2.3.1.
    """
    if isinstance(node, NamedNode):
        return Predicate(node)
    if graph.values(node, RDF.first):
        return Sequence(tuple(path_of(graph, item) for item in _nodes(graph, node)))
    for inner in graph.nodes(node, SH.inversePath):
        return Inverse(path_of(graph, inner))
    for inner in graph.nodes(node, SH.alternativePath):
        return Alternative(tuple(path_of(graph, item) for item in _nodes(graph, inner)))
    for prop, mark in _REPEATS.items():
        for inner in graph.nodes(node, prop):
            return Repeat(path_of(graph, inner), mark)
    raise ValueError(f"{node}: not a property path")


def _nodes(graph: Shapes, head: Node) -> tuple[Node, ...]:
    return tuple(item for item in graph.items(head) if isinstance(item, NamedNode | BlankNode))
