"""Where a thing is that is not found under its IRI: under another one, or no longer published."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Final, NoReturn

from pyoxigraph import NamedNode

from ecograph.bootstrap import EcoGraph, View
from ecograph.errors import EcoGraphError, UnknownThing
from ecograph.identifiers import graph_iri
from ecograph.ledger.records import Kind
from ecograph.ledger.timeline import Entry, Timeline
from ecograph.namespaces import BASE, DCTERMS, ID, OWL
from ecograph.rdf.patch import n_quads
from ecograph.store.base import Snapshot
from ecograph.web.problems import Refused
from ecograph.web.reading.keeping import kept

_POINTER: Final = frozenset({DCTERMS.isReplacedBy, OWL.deprecated})
_LONGEST_CHAIN: Final = 10
_OURS: Final = f"<{BASE}".encode()
# Whether a person was ever in the graph is nobody's business once they are not.
_PERSONS: Final = f"<{ID.iri}person/".encode()


class Departures:
    """
    What the ledger says left the graph, by subject: read once, and then only what is new.

    Args:
        timeline: The ledger's revisions.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._left: dict[bytes, int] = {}
        self._read = 0
        self._reading = threading.Lock()

    def of(self, iri: NamedNode, snapshot: Snapshot) -> Entry | None:
        """
        The newest revision, up to the one that a snapshot shows, that took statements about a thing away.

        Args:
            iri: A thing of which the snapshot says nothing.
            snapshot: The current revision.
        """
        with self._reading:
            self._read_up_to(snapshot)
            number = self._left.get(f"<{iri.value}>".encode())
        return self._timeline.entry(number) if number is not None else None

    def _read_up_to(self, snapshot: Snapshot) -> None:
        for number, parts in self._timeline.patches(range(self._read + 1, snapshot.revision + 1)):
            subjects = {
                line[: line.index(b"> ") + 1]
                for part in parts
                for line in n_quads(part)[1].split(b"\n")
                if line.startswith(_OURS) and not line.startswith(_PERSONS)
            }
            for subject in subjects:
                # What is still described has changed and not left; should it leave, a later revision says so.
                if next(iter(snapshot.quads(NamedNode(subject[1:-1].decode()))), None) is None:
                    self._left[subject] = number
            self._read = number


def replacement(snapshot: Snapshot, iri: NamedNode) -> NamedNode | None:
    """
    The thing that a thing was merged into.

    A merged thing is nothing but `dcterms:isReplacedBy`, perhaps with `owl:deprecated`. A standard that another
    replaces is still described, so it stays where it is.

    Returns:
        The end of the chain; None for a thing that was not merged, and for a chain that leads nowhere.
    """
    current = iri
    for _ in range(_LONGEST_CHAIN):
        said = list(snapshot.quads(current))
        targets = {quad.object for quad in said if quad.predicate == DCTERMS.isReplacedBy}
        if not targets or any(quad.predicate not in _POINTER for quad in said):
            return current if current != iri and said else None
        target = targets.pop()
        if targets or not isinstance(target, NamedNode) or target == current:
            return None
        current = target
    return None


def missing(ecograph: EcoGraph, view: View, iri: NamedNode, kind: str, slug: str) -> NoReturn:
    """
    Say why there is nothing: it was published once and is no longer, or nobody knows it.

    Args:
        ecograph: Whose ledger is asked.
        view: The current revision.
        iri: The thing.
        kind: What its kind is called.
        slug: The end of its IRI.

    Raises:
        Refused: 410, with who withdrew it and when.
        UnknownThing: The ledger does not know it, or there is none to ask.
    """
    left = departure(ecograph, view, iri)
    if left is None:
        raise UnknownThing(kind=kind, id=slug)
    code = "withdrawn" if left.kind is Kind.WITHDRAWAL else "gone"
    raise Refused(
        410,
        code,
        who=_who(ecograph, view, left),
        when=left.published_at.date().isoformat(),
        revision=left.number,
        before=left.number - 1,
        id=ID.local(iri) if iri in ID else iri.value.removeprefix(BASE),
    )


def _who(ecograph: EcoGraph, view: View, left: Entry) -> str:
    """The publisher's name: as a partner, else as it stood in the graph; its slug where neither is known."""
    partner = next((each for each in ecograph.ledger.partners.all() if each.slug == left.publisher), None)
    if partner is not None:
        return partner.name
    graph = graph_iri(left.publisher)
    if graph in view.datasets:
        return view.datasets[graph].publisher_name
    with suppress(EcoGraphError), ecograph.view_at(str(left.number - 1)) as before:
        if graph in before.datasets:
            return before.datasets[graph].publisher_name
    return left.publisher


def departure(ecograph: EcoGraph, view: View, iri: NamedNode) -> Entry | None:
    """The revision that took a thing out of the graph that is not there now; None where nothing is known of it."""
    if not ecograph.writes:
        return None
    return _departures(ecograph).of(iri, view.snapshot)


@kept
def _departures(ecograph: EcoGraph) -> Departures:
    return Departures(ecograph.ledger.timeline)
