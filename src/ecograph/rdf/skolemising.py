"""Blank nodes to IRIs that follow from what is said about them, so that the same document gives the same names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad

from ecograph.identifiers import COMMON, Space

SKOLEM_KIND: Final = "node"
"""The kind in the IRI of what was a blank node."""

MAX_NAMELESS: Final = 20_000
"""Things without a name in one document, as many as rows of a table: telling so many apart takes seconds."""

# Links away from a node that its name depends on: as deep as people nest, so that distant changes do not rename it.
_REACH: Final = 4
# Rounds of telling blank nodes apart beyond that: a chain of alike ones would otherwise cost the square of its length.
_ROUNDS: Final = 32


def skolemised(quads: Sequence[Quad], space: Space = COMMON) -> tuple[Quad, ...]:
    """
    The quads with every blank node replaced by an IRI that follows from what is said about it.

    Args:
        quads: Statements of one document.
        space: Whose names the IRIs are.

    Source:
        RDF 1.1 Concepts, section 3.5. Nodes are told apart by colour refinement over their statements; those that stay
        alike say the same as far as links were followed, and are numbered.
    """
    mentions: dict[BlankNode, list[tuple[Quad, bool]]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, BlankNode):
            mentions[quad.subject].append((quad, True))
        if isinstance(quad.object, BlankNode):
            mentions[quad.object].append((quad, False))
    if not mentions:
        return tuple(quads)
    iris = _skolem_iris(mentions, space)

    def named(term: object) -> object:
        return iris[term] if isinstance(term, BlankNode) else term

    return tuple(Quad(named(q.subject), q.predicate, named(q.object), q.graph_name) for q in quads)  # type: ignore[arg-type]


def _skolem_iris(mentions: dict[BlankNode, list[tuple[Quad, bool]]], space: Space) -> dict[BlankNode, NamedNode]:
    colours = dict.fromkeys(mentions, "")
    for _ in range(_REACH):
        colours = {node: _colour(said, colours) for node, said in mentions.items()}
    found = len(set(colours.values()))
    for _ in range(_ROUNDS):
        if found == len(colours):
            break
        finer = {node: _colour(said, colours) for node, said in mentions.items()}
        alike = Counter(colours.values())
        colours = {node: colour if alike[colour] == 1 else finer[node] for node, colour in colours.items()}
        distinct, found = found, len(set(colours.values()))
        if found == distinct:
            break
    iris: dict[BlankNode, NamedNode] = {}
    seen: Counter[str] = Counter()
    for node in sorted(mentions, key=lambda item: colours[item]):
        colour = colours[node]
        seen[colour] += 1
        name = colour[:24] if seen[colour] == 1 else f"{colour[:24]}-{seen[colour]}"
        iris[node] = space.iri(SKOLEM_KIND, name)
    return iris


def _colour(said: list[tuple[Quad, bool]], colours: dict[BlankNode, str]) -> str:
    lines = []
    for quad, is_subject in said:
        other = quad.object if is_subject else quad.subject
        shown = colours[other] if isinstance(other, BlankNode) else str(other)
        lines.append(f"{'>' if is_subject else '<'} {quad.graph_name} {quad.predicate} {shown}")
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()
