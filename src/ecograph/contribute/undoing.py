"""
What withdrawing a contribution changes: the inverse of what publishing it changed.

Statements of the contribution itself are undone to the letter, or not at all. What the provenance graph says of a
publisher's *graph* (how much it holds, what its dataset is called) belongs to all contributions of the publisher: it
stays true, whichever of them leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from ecograph.contribute import provenance
from ecograph.contribute.provenance import Size
from ecograph.identifiers import graph_iri
from ecograph.namespaces import DCTERMS, PROV, PROVENANCE_GRAPH, RDF
from ecograph.rdf.patch import Patch, diff
from ecograph.store.base import Snapshot


@dataclass(frozen=True)
class Undo:
    """
    The way back.

    Args:
        patch: What withdrawing changes.
        conflicts: Statements that are no longer as the contribution left them, or that others of its publisher's
            contributions add to its things, so that it cannot be undone whole.
    """

    patch: Patch
    conflicts: frozenset[Quad]


def undo(published: Patch, publisher: str, state: Snapshot, *, sparing: bool = False) -> Undo:
    """
    What takes a contribution back out of a graph.

    Args:
        published: What publishing it changed.
        publisher: Slug of its publisher.
        state: The graph now.
        sparing: Whether things that later contributions have changed stay as they are, whole, and only the others go.

    Source:
        docs/durability.md, "Publishing".
    """
    graph, dataset = graph_iri(publisher), provenance.contribution_iri(publisher)
    named = {quad.object for quad in state.quads(dataset, DCTERMS.publisher, None, PROVENANCE_GRAPH)}

    def of_all(quad: Quad) -> bool:
        about = quad.graph_name == PROVENANCE_GRAPH and quad.subject in {graph, dataset, *named}
        return about and quad.predicate != PROV.wasGeneratedBy

    back = published.inverse()
    removals = [quad for quad in back.removals if not of_all(quad)]
    additions = [quad for quad in back.additions if not of_all(quad)]
    conflicts = {quad for quad in removals if quad not in state} | {quad for quad in additions if quad in state}
    conflicts |= set(_left_over(graph, removals, state))
    if sparing:
        changed = {quad.subject for quad in conflicts}
        removals = [quad for quad in removals if quad.subject not in changed]
        additions = [quad for quad in additions if quad.subject not in changed]
    shared = Patch(
        tuple(quad for quad in back.additions if of_all(quad)), tuple(quad for quad in back.removals if of_all(quad))
    )
    if shared:
        nodes = (graph, dataset, *(node for node in named if isinstance(node, NamedNode)))
        described = _described(shared, nodes, removals, additions, state)
        removals, additions = [*removals, *described.removals], [*additions, *described.additions]
    return Undo(Patch(tuple(additions), tuple(removals)), frozenset(conflicts))


def _left_over(graph: NamedNode, removals: Collection[Quad], state: Snapshot) -> Iterator[Quad]:
    """What would be said of things in a graph that no longer says what they are."""
    going = set(removals)
    for quad in removals:
        if quad.predicate == RDF.type and quad.graph_name == graph and isinstance(quad.subject, NamedNode):
            stays = [other for other in state.quads(quad.subject, None, None, graph) if other not in going]
            if not any(other.predicate == RDF.type for other in stays):
                yield from stays


def _described(
    back: Patch, nodes: Sequence[NamedNode], removals: Collection[Quad], additions: Collection[Quad], state: Snapshot
) -> Patch:
    """The change in what is said of the publisher's graph, the first of `nodes`."""
    graph = nodes[0]
    going = {quad for quad in removals if quad.graph_name == graph}
    coming = {quad for quad in additions if quad.graph_name == graph}
    if not coming and all(quad in going for quad in state.quads(graph=graph)):
        said = (quad for node in nodes for quad in state.quads(node, None, None, PROVENANCE_GRAPH))
        return Patch((), tuple(said))
    size = Size.published(state, graph) + Size.of(coming) - Size.of(going)
    before = {quad for figure in size.quads(graph) for quad in state.quads(graph, figure.predicate)}
    old, new = set(before), set(size.quads(graph))
    replaced: dict[tuple[object, NamedNode], set[Quad]] = defaultdict(set)
    for quad in back.additions:
        replaced[quad.subject, quad.predicate].add(quad)
    for slot, values in replaced.items():
        present = {quad for quad in back.removals if (quad.subject, quad.predicate) == slot}
        # Where a later contribution has said something else, that holds.
        if slot[1] not in {quad.predicate for quad in before} and all(quad in state for quad in present):
            old |= present
            new |= values
    return diff(old, new)
