"""What changed statements are about: the documents that say something else now, and all that is said of those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.match.projection.evidence import CANDIDATE_CLASSES, DOCUMENT_CLASSES, SEARCHED_CLASSES
from ecograph.match.projection.reading import Source
from ecograph.namespaces import CONCEPT, DCTERMS, ECO, RDF, SKOS
from ecograph.store.base import Object, Subject

_LEAD_TO_DOCUMENT: Final = (ECO.project, ECO.solution, ECO.about, ECO.addressesNeed)
"""What a node in between, or a solution, says of the document it is evidence in."""
_MADE_BY: Final = (ECO.provider, DCTERMS.creator)
_LIES_IN: Final = (ECO.locatedIn, ECO.inRegion, DCTERMS.spatial)
_OF_ITS_MAKER: Final = (ECO.country, ECO.openToMatching)
"""What a solution or result takes from who provides or made it."""
_MENTIONED: Final = frozenset((RDF.type, *_OF_ITS_MAKER, ECO.inProgrammeArea))
"""What must be known of everything that is mentioned: what it is, and where."""
_CLASSES: Final = frozenset(ECO[name] for name in (*CANDIDATE_CLASSES, *DOCUMENT_CLASSES, *SEARCHED_CLASSES))
_CONCEPTS: Final = frozenset((SKOS.broader, SKOS.inScheme, SKOS.topConceptOf))


class Part:
    """Some statements of a graph, as the reader asks for them."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._by_predicate: dict[NamedNode, list[Quad]] = defaultdict(list)
        for quad in quads:
            self._by_predicate[quad.predicate].append(quad)

    def quads(
        self, subject: Subject | None = None, predicate: NamedNode | None = None, object: Object | None = None, /
    ) -> Iterator[Quad]:
        """The statements that match; None matches anything."""
        found = self._by_predicate.values() if predicate is None else (self._by_predicate.get(predicate, ()),)
        return (
            quad
            for quads in found
            for quad in quads
            if subject in (None, quad.subject) and object in (None, quad.object)
        )


def concern_concepts(changes: Iterable[Quad]) -> bool:
    """Whether changed statements are about the concepts themselves, by which everything is read."""
    return any(
        quad.predicate in _CONCEPTS
        or (isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(CONCEPT.iri))
        for quad in changes
    )


def documents(after: Source, changes: Sequence[Quad]) -> list[NamedNode]:
    """
    The documents, and what else matching knows by its IRI, of which something else may be read now.

    Args:
        after: The graph with the changes.
        changes: The statements that were added or removed.
    """
    around = _Around(after, changes)
    found: dict[NamedNode, None] = {}

    def lead(node: object) -> None:
        if isinstance(node, NamedNode):
            found[node] = None
            for predicate in _LEAD_TO_DOCUMENT:
                found.update(dict.fromkeys(_named(around.objects(node, predicate))))

    for subject in dict.fromkeys(quad.subject for quad in changes):
        lead(subject)
    for quad in changes:
        if not isinstance(quad.subject, NamedNode):
            continue
        if quad.predicate == RDF.type and quad.object in _CLASSES and not around.said_besides(quad):
            # Whatever refers to it leads to a thing now, or no longer.
            for each in around.referring(quad.subject):
                lead(each)
        elif quad.predicate in (*_OF_ITS_MAKER, ECO.inProgrammeArea):
            for predicate in _MADE_BY if quad.predicate in _OF_ITS_MAKER else _LIES_IN:
                found.update(dict.fromkeys(_named(around.subjects(predicate, quad.subject))))
    for document in tuple(found):
        # A claim is as old as what shows it.
        found.update(dict.fromkeys(_named(around.subjects(ECO.evidence, document))))
    return list(found)


def said_of(after: Source, wanted: Iterable[NamedNode]) -> Part:
    """
    All that the reader must see to read of some documents what it would read in the whole graph.

    Args:
        after: The graph.
        wanted: The documents.
    """
    found: dict[Quad, None] = {}

    def take(subjects: Iterable[object]) -> None:
        for subject in _named(subjects):
            found.update(dict.fromkeys(after.quads(subject)))

    for document in wanted:
        take([document])
        for predicate in _LEAD_TO_DOCUMENT:
            take(quad.subject for quad in after.quads(None, predicate, document))
        for shown in _named(quad.object for quad in after.quads(document, ECO.evidence)):
            take([shown])
            take(quad.subject for quad in after.quads(None, ECO.solution, shown))
    for mentioned in _named(dict.fromkeys(quad.object for quad in found)):
        if not mentioned.value.startswith(CONCEPT.iri):
            found.update(dict.fromkeys(quad for quad in after.quads(mentioned) if quad.predicate in _MENTIONED))
    return Part(found)


class _Around:
    """What a graph says, and what it said before some changes."""

    def __init__(self, after: Source, changes: Sequence[Quad]) -> None:
        self._after = after
        self._changes = frozenset(changes)
        self._by_subject: dict[object, list[Quad]] = defaultdict(list)
        self._by_object: dict[object, list[Quad]] = defaultdict(list)
        for quad in changes:
            self._by_subject[quad.subject].append(quad)
            self._by_object[quad.object].append(quad)

    def objects(self, subject: NamedNode, predicate: NamedNode) -> Iterator[object]:
        yield from (quad.object for quad in self._after.quads(subject, predicate))
        yield from (quad.object for quad in self._by_subject.get(subject, ()) if quad.predicate == predicate)

    def subjects(self, predicate: NamedNode, value: NamedNode) -> Iterator[object]:
        yield from (quad.subject for quad in self._after.quads(None, predicate, value))
        yield from (quad.subject for quad in self._by_object.get(value, ()) if quad.predicate == predicate)

    def referring(self, value: NamedNode) -> list[object]:
        everything = (*self._after.quads(None, None, value), *self._by_object.get(value, ()))
        return list(dict.fromkeys(quad.subject for quad in everything))

    def said_besides(self, quad: Quad) -> bool:
        """Whether somebody else says the same, then as now."""
        assert isinstance(quad.subject, NamedNode)
        return any(each not in self._changes for each in self._after.quads(quad.subject, quad.predicate, quad.object))


def _named(nodes: Iterable[object]) -> Iterator[NamedNode]:
    return (node for node in nodes if isinstance(node, NamedNode))
