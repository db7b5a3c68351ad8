"""What was published when, and what differs between two revisions, thing by thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import EcoGraph, View
from ecograph.contribute.difference import Difference, ThingChange, between
from ecograph.contribute.provenance import PUBLICATION_KIND
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.comparing import Net, net
from ecograph.ledger.timeline import Entry, Size
from ecograph.namespaces import ECO, LEDGER_GRAPH, PROVENANCE_GRAPH, RDF
from ecograph.rdf.patch import Patch

_ABOUT_OURSELVES: Final = (PROVENANCE_GRAPH, LEDGER_GRAPH)
"""Graphs that say who published what, which each revision is said to be anyway."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    One revision as the feed tells of it.

    Args:
        entry: What the ledger knows of it.
        publisher: The publisher's name.
        reviewer: The organisation that approved it; None for the operator, and where nobody says.
        size: How many statements it added and removed.
    """

    entry: Entry
    publisher: str
    reviewer: str | None
    size: Size


@dataclass(frozen=True)
class Compared:
    """
    What differs between two revisions.

    Args:
        start: The earlier one; None for the empty graph before the first.
        end: The other.
        net: Every statement.
    """

    start: Entry | None
    end: Entry | None
    net: Net

    @cached_property
    def subjects(self) -> Sequence[tuple[str, str]]:
        """Who says something new, and of what: graphs and things by IRI, in this order, each pair once."""
        return sorted(
            {
                pair
                for line in (*self.net.added, *self.net.removed)
                if (pair := _graph_and_subject(line))[0] not in _OWN_GRAPHS
            }
        )

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many things come, change and go."""
        come = {_graph_and_subject(line) for line in self.net.added if _is_type(line)}
        gone = {_graph_and_subject(line) for line in self.net.removed if _is_type(line)}
        counted = Counter(
            "added" if pair in come else "removed" if pair in gone else "changed" for pair in self.subjects
        )
        return {change: counted[change] for change in ("added", "changed", "removed")}

    def difference(self, view: View, pairs: Sequence[tuple[str, str]]) -> Difference:
        """Some of the things in words."""
        wanted = set(pairs)
        lines = [
            tuple(line for line in lines if _graph_and_subject(line) in wanted)
            for lines in (self.net.added, self.net.removed)
        ]
        patch = Net(*lines).patch()
        return Difference(tuple(_things(patch, view)), patch)


def changes(ecograph: EcoGraph, view: View, entries: Sequence[Entry]) -> tuple[Change, ...]:
    """
    Revisions as a feed tells of them.

    Raises:
        NoHistory: This EcoGraph was opened for reading.
    """
    sizes = ecograph.history.timeline.sizes([entry.number for entry in entries])
    return tuple(
        Change(
            entry,
            publisher_name(ecograph, view, entry.publisher),
            reviewer(view, entry.contribution_id),
            sizes[entry.number],
        )
        for entry in entries
    )


def compare(ecograph: EcoGraph, start: int, end: int, subject: NamedNode | None = None) -> Compared:
    """
    What differs between two revisions.

    Args:
        ecograph: Whose.
        start: A revision; 0 for the empty graph before the first.
        end: A revision, earlier or later.
        subject: Only what is said of this thing.

    Raises:
        TooManyChanges: They are too far apart.
        NoHistory: This EcoGraph was opened for reading.
    """
    timeline = ecograph.history.timeline
    found = net(timeline, start, end)
    return Compared(
        timeline.entry(start), timeline.entry(end), found.about(subject.value) if subject is not None else found
    )


def publisher_name(ecograph: EcoGraph, view: View, slug: str) -> str:
    """What a publisher is called; EcoGraph itself for the model, and for nobody."""
    dataset = view.datasets.get(graph_iri(slug)) if slug else None
    if dataset is not None:
        return dataset.publisher_name
    partner = next((each for each in ecograph.ledger.partners.all() if each.slug == slug), None) if slug else None
    return partner.name if partner else "EcoGraph"


def reviewer(view: View, contribution_id: str | None) -> str | None:
    """The organisation that approved a contribution; None for the operator, and where nobody says."""
    if contribution_id is None:
        return None
    activity = thing_iri(PUBLICATION_KIND, contribution_id)
    named = view.snapshot.quads(activity, ECO.reviewerName, None, PROVENANCE_GRAPH)
    return next((quad.object.value for quad in named if isinstance(quad.object, Literal)), None)


def _things(patch: Patch, view: View) -> Iterator[ThingChange]:
    """Each publisher's changes, one publisher after the other."""
    for graph in sorted({quad.graph_name for quad in (*patch.additions, *patch.removals)}, key=str):
        assert isinstance(graph, NamedNode)
        part = Patch(_of(patch.additions, graph), _of(patch.removals, graph))
        yield from between(part, graph, view.snapshot, view.rules).things


def _of(quads: Sequence[Quad], graph: NamedNode) -> tuple[Quad, ...]:
    return tuple(quad for quad in quads if quad.graph_name == graph)


def _graph_and_subject(line: bytes) -> tuple[str, str]:
    """The graph and the subject of a line of N-Quads as a patch writes it."""
    graph = line[line.rindex(b" <") + 2 : line.rindex(b">")]
    return graph.decode(), line[1 : line.index(b">")].decode()


def _is_type(line: bytes) -> bool:
    return line.split(b" ", 2)[1] == _TYPE


_TYPE: Final = str(RDF.type).encode()
_OWN_GRAPHS: Final = frozenset(graph.value for graph in _ABOUT_OURSELVES)
