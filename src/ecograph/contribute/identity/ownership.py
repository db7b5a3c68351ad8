"""Whose name a thing has, and so what a publisher may say of it: tables and Turtle are judged alike."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from pyoxigraph import NamedNode

from ecograph.identifiers import Space
from ecograph.namespaces import PROVENANCE_GRAPH, RDF
from ecograph.store.base import Snapshot

FOREIGN_SPACE: Final = "foreign-space"
"""Nobody knows the thing, and its name is not the publisher's to give: a violation."""

CLAIM: Final = "claim-about-other"
"""The thing is another's: what is said stays a claim in the publisher's own graph; a hint."""

CHANGES_KIND: Final = "changes-kind"
"""The thing is another's and of another class than the one stated: a violation."""


def judge(
    iri: NamedNode, classes: Collection[NamedNode], space: Space, graph: NamedNode, snapshot: Snapshot | None
) -> str | None:
    """
    What stands against a contribution that describes a thing.

    Args:
        iri: The thing.
        classes: What the contribution says it is; empty where it does not say.
        space: Whose names the contribution may give.
        graph: The publisher's graph.
        snapshot: What is published; None for nothing.

    Returns:
        The code of a finding (`FOREIGN_SPACE`, `CLAIM` or `CHANGES_KIND`); None for a name of the own space, and for a
        thing that only the publisher has published.

    Example:
        >>> from ecograph.identifiers import graph_iri
        >>> space, graph = Space("albertslund"), graph_iri("albertslund")
        >>> judge(space.iri("need", "skybrud"), (), space, graph, None)
        >>> judge(Space("other").iri("need", "skybrud"), (), space, graph, None)
        'foreign-space'

    Source:
        docs/model.md, "Names of things".
    """
    if space.holds(iri):
        return None
    others = others_classes(iri, graph, snapshot)
    if others:
        return CLAIM if others.issuperset(classes) else CHANGES_KIND
    return None if snapshot is not None and any(snapshot.quads(iri, RDF.type, None, graph)) else FOREIGN_SPACE


def others_classes(iri: NamedNode, graph: NamedNode, snapshot: Snapshot | None) -> frozenset[NamedNode]:
    """What others than the graph's publisher have published that a thing is; empty if they do not know it."""
    if snapshot is None:
        return frozenset()
    return frozenset(
        quad.object
        for quad in snapshot.quads(iri, RDF.type, None, None)
        if quad.graph_name not in (graph, PROVENANCE_GRAPH) and isinstance(quad.object, NamedNode)
    )
