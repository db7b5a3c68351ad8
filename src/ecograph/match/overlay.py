"""
The evidence of a graph that differs in a few statements, without reading the rest of it again.

The part of the graph that is about the documents touched is read by the reader that reads the whole, and put in the
place of what was known of them; how telling words and topics are is counted anew for those it concerns. So scores and
ranks are those of a matcher built from the changed graph, which tests hold against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode, Quad
from scipy import sparse

from ecograph.match import assembling
from ecograph.match.evidence import Evidence, Ints, Links, Topics
from ecograph.match.reading import Reader
from ecograph.namespaces import DCTERMS, ECO, RDF, SCHEMA
from ecograph.store.base import Object, Snapshot, Subject
from ecograph.store.oxigraph import MemorySnapshot

CHANGEABLE: Final = frozenset(
    (
        *(ECO.topic, ECO.about, ECO.basis, ECO.confidence, ECO.offersCapability),
        *(ECO.claimant, ECO.capability, ECO.level, ECO.evidence, ECO.asOf),
        *(ECO.solution, ECO.stage, ECO.operator, ECO.provider, ECO.addressesNeed),
        *(ECO.project, ECO.participant, ECO.role, DCTERMS.creator, DCTERMS.spatial),
        *(SCHEMA.startDate, SCHEMA.endDate, DCTERMS.issued),
    )
)
"""What may be added or taken away. Names, texts and classes of things are in the full text as well, and are not."""

_LEAD_TO_DOCUMENT: Final = (ECO.project, ECO.solution, ECO.about, ECO.addressesNeed)
"""What a node in between, or a solution, says of the document it is evidence in."""

_NUMBERED: Final = ("detail", "basis", "first", "second", "node")
"""Columns that number statements and their nodes; those read anew are numbered otherwise, and left out."""


class Overlay:
    """
    Gives the evidence of changed graphs.

    Args:
        evidence: The graph as it is.
        snapshot: The same revision of it; it must stay open.
        today: The day that the evidence was read for.
    """

    def __init__(self, evidence: Evidence, snapshot: Snapshot, today: date) -> None:
        self.evidence = evidence
        self.snapshot = snapshot
        self.today = today

    def changed(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> Evidence:
        """
        The evidence with statements added and removed; good for scores and ranks, not for citing statements.

        Args:
            added: Statements about documents, or a node of its own (a claim, a deployment) with its class.
            removed: Statements of the graph.

        Raises:
            ValueError: A statement is not `CHANGEABLE`, nor the class of something new.
        """
        graph = _Changed(self.snapshot, tuple(added), frozenset(removed))
        for quad in (*graph.added, *graph.removed):
            new = quad.predicate == RDF.type and quad.object != ECO.Solution
            if quad.predicate not in CHANGEABLE and not new:
                raise ValueError(f"{quad.predicate} cannot be changed here")
        documents = self._touched(graph)
        part = self._read(graph, documents)
        evidence = self._with_room(node.value for node in documents if node.value in part.facts.numbers)
        numbers = np.asarray([evidence.numbers.get(iri, -1) for iri in part.facts.things], dtype=np.int32)
        touched = np.asarray(
            sorted(evidence.numbers[node.value] for node in documents if node.value in evidence.numbers), dtype=np.int32
        )
        links = _relinked(self.evidence.links, assembling.link_table(part.facts), numbers, touched)
        topics = _retold(self.evidence.topics, assembling.topic_table(part.facts), numbers, touched)
        by_document = np.argsort(links.document, kind="stable").astype(np.int32)
        concerned = _concerned(self.evidence.links, links, touched)
        words, concepts = self._telling(evidence, links, topics, touched, concerned)
        return replace(
            evidence,
            links=links,
            topics=topics,
            by_document=by_document,
            documents_linked=links.document[by_document],
            word_weights=words,
            topic_weights=concepts,
            walk=self.evidence.walk.changed(links, topics, concerned),
        )

    def _touched(self, graph: _Changed) -> list[NamedNode]:
        """The documents that something changes about."""
        found: dict[NamedNode, None] = {}
        for quad in (*graph.added, *graph.removed):
            subject = quad.subject
            if not isinstance(subject, NamedNode):
                continue
            claims = next(graph.quads(subject, ECO.claimant), None) is not None
            if subject.value in self.evidence.numbers or claims:
                found[subject] = None
            if quad.predicate in _LEAD_TO_DOCUMENT and isinstance(quad.object, NamedNode):
                found[quad.object] = None
            for predicate in _LEAD_TO_DOCUMENT[:-1]:
                found |= dict.fromkeys(_named(each.object for each in graph.quads(subject, predicate)))
        for document in tuple(found):
            # A claim is as old as what shows it.
            found |= dict.fromkeys(_named(each.subject for each in graph.quads(None, ECO.evidence, document)))
        return list(found)

    def _read(self, graph: _Changed, documents: Iterable[NamedNode]) -> Reader:
        """What the reader makes of everything that is said about some documents."""
        found: dict[Quad, None] = {}

        def take(subjects: Iterable[object]) -> None:
            for subject in _named(subjects):
                found.update(dict.fromkeys(graph.quads(subject)))

        for document in documents:
            take([document])
            for predicate in _LEAD_TO_DOCUMENT:
                take(quad.subject for quad in graph.quads(None, predicate, document))
            for shown in _named(quad.object for quad in graph.quads(document, ECO.evidence)):
                take([shown])
                take(quad.subject for quad in graph.quads(None, ECO.solution, shown))
        for mentioned in _named(dict.fromkeys(quad.object for quad in found)):
            found.update(dict.fromkeys(graph.quads(mentioned, RDF.type)))
        with MemorySnapshot(found) as snapshot:
            reader = Reader(snapshot, self.evidence.concepts, self.today, self.evidence.hierarchy)
            reader.read()
        return reader

    def _with_room(self, iris: Iterable[str]) -> Evidence:
        """The evidence with a place for claims that are new."""
        evidence = self.evidence
        new = [iri for iri in iris if iri not in evidence.numbers]
        if not new:
            return evidence
        first, size = len(evidence.things), len(evidence.things) + len(new)
        nothing = np.full(len(new), -1, dtype=np.int8)
        return replace(
            evidence,
            things=(*evidence.things, *new),
            numbers={**evidence.numbers, **{iri: first + place for place, iri in enumerate(new)}},
            kinds=(*evidence.kinds, *("CapabilityClaim" for _ in new)),
            group=np.concatenate((evidence.group, nothing)),
            regional=np.concatenate((evidence.regional, nothing)),
            titles=(*evidence.titles, *(() for _ in new)),
            bodies=(*evidence.bodies, *(() for _ in new)),
            words=evidence.words.widened(size),
            meaning=evidence.meaning.widened(size),
        )

    # --- how telling words and topics are ---

    @cached_property
    def _candidates(self) -> int:
        return int((self.evidence.group >= 0).sum())

    @cached_property
    def _words(self) -> tuple[sparse.csr_array, NDArray[np.float64]]:
        """Which thing holds which word, and how many candidates have each."""
        incidence = assembling.word_incidence(self.evidence.words, len(self.evidence.things))
        return incidence, assembling.holders(self.evidence.links, incidence)

    @cached_property
    def _topics(self) -> tuple[sparse.csr_array, NDArray[np.float64]]:
        """Which thing is about which concept, and how many candidates work with each."""
        evidence = self.evidence
        incidence = assembling.topic_incidence(evidence.hierarchy, evidence.topics, len(evidence.things))
        return incidence, assembling.holders(evidence.links, incidence)

    def _telling(
        self, evidence: Evidence, links: Links, topics: Topics, touched: Ints, concerned: Ints
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How telling words and topics are where the candidates of some documents, or what those are about, change."""
        before = self.evidence.links
        (words, word_holders), (concepts, topic_holders) = self._words, self._topics
        told = topics.document[np.isin(topics.document, touched)], topics.concept[np.isin(topics.document, touched)]
        now = {document: self._at_or_above(told[1][told[0] == document]) for document in touched.tolist()}
        words_now, topics_now = word_holders.copy(), topic_holders.copy()
        for candidate in concerned.tolist():
            old, new = (np.unique(table.document[_of(table.candidate, candidate)]) for table in (before, links))
            if not np.array_equal(old, new):
                words_now[_columns(words, old)] -= 1.0
                words_now[_columns(words, new)] += 1.0
            topics_now[_columns(concepts, old)] -= 1.0
            kept = _columns(concepts, new[~np.isin(new, touched)])
            retold = [now[document] for document in new.tolist() if document in now]
            topics_now[np.unique(np.concatenate((kept, *retold)))] += 1.0
        return (
            assembling.telling_words(words_now, self._candidates),
            assembling.telling_topics(topics_now, self._candidates),
        )

    def _at_or_above(self, concepts: Ints) -> Ints:
        found = {above for each in concepts.tolist() for above in self.evidence.hierarchy.at_or_above(each)}
        return np.asarray(sorted(found), dtype=np.int32)


class _Changed:
    """A snapshot with statements added and removed."""

    def __init__(self, snapshot: Snapshot, added: tuple[Quad, ...], removed: frozenset[Quad]) -> None:
        self.snapshot = snapshot
        self.added = added
        self.removed = removed

    def quads(
        self, subject: Subject | None = None, predicate: NamedNode | None = None, object_: Object | None = None
    ) -> Iterator[Quad]:
        for quad in self.snapshot.quads(subject, predicate, object_):
            if quad not in self.removed:
                yield quad
        for quad in self.added:
            if all(
                wanted is None or wanted == has
                for wanted, has in ((subject, quad.subject), (predicate, quad.predicate), (object_, quad.object))
            ):
                yield quad


def _relinked(links: Links, part: Links, numbers: Ints, touched: Ints) -> Links:
    """The links, with those to the documents touched taken from the part that was read anew."""
    told = {"candidate": numbers[part.candidate], "document": numbers[part.document]}
    both = _joined(links, part, told, touched)
    order = np.lexsort((both["document"], both["family"], both["candidate"]))
    return Links(**{name: column[order] for name, column in both.items()})


def _retold(topics: Topics, part: Topics, numbers: Ints, touched: Ints) -> Topics:
    """The topics, with those of the documents touched taken from the part that was read anew."""
    both = _joined(topics, part, {"document": numbers[part.document]}, touched)
    order = np.lexsort((both["concept"], both["document"]))
    return Topics(**{name: column[order] for name, column in both.items()})


def _joined(
    table: Links | Topics, part: Links | Topics, told: Mapping[str, Ints], touched: Ints
) -> dict[str, NDArray[Any]]:
    """Both tables by column: of the second the documents touched, of the first the others."""
    kept, new = ~np.isin(table.document, touched), np.isin(told["document"], touched)
    nowhere = np.full(len(part.document), -1, dtype=np.int32)
    columns = {each.name: getattr(part, each.name) for each in fields(part)}
    columns |= {name: nowhere for name in _NUMBERED if name in columns} | dict(told)
    return {name: np.concatenate((getattr(table, name)[kept], column[new])) for name, column in columns.items()}


def _concerned(before: Links, links: Links, touched: Ints) -> Ints:
    """The candidates that some documents speak for, before or now."""
    return np.union1d(
        before.candidate[np.isin(before.document, touched)], links.candidate[np.isin(links.document, touched)]
    )


def _of(column: Ints, value: int) -> slice:
    first, last = np.searchsorted(column, np.asarray([value, value + 1], dtype=column.dtype))
    return slice(int(first), int(last))


def _columns(incidence: sparse.csr_array, rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """The columns that any of some rows has; rows beyond the last have none."""
    pointers = incidence.indptr
    parts = [incidence.indices[pointers[row] : pointers[row + 1]] for row in rows.tolist() if row < len(pointers) - 1]
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int32)


def _named(nodes: Iterable[object]) -> Iterator[NamedNode]:
    return (node for node in nodes if isinstance(node, NamedNode))
