"""
From the evidence of one revision to that of a later one, without reading the graph again.

What the changed statements are about is read anew, by the reader that reads the whole graph, and put in the place of
what was known of it; how telling words and topics are is counted anew for the candidates it concerns. Tests hold the
answers against those of a matcher that is built afresh. The numbers of things stay, and what is new comes at the end,
so that nothing that people see may hang on a number: ties are broken by IRI.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode, Quad

from ecograph.match.projection import assembling, remembering
from ecograph.match.projection.evidence import FAMILIES, Evidence, Ints, Links, Topics, spread
from ecograph.match.projection.facts import Facts
from ecograph.match.projection.layered import layered
from ecograph.match.projection.reading import Reader, Source
from ecograph.match.projection.statements import Statements
from ecograph.match.projection.touched import concern_concepts, documents, said_of
from ecograph.text.index import Document
from ecograph.text.overlap import WordIndex

FEW: Final = 500
"""Documents that are always read one by one."""
SHARE: Final = 2
"""From half as many as there are things, one pass over the whole graph is quicker than looking each of them up."""
KEPT: Final = 2
"""Statements are numbered anew, by reading the whole graph, when there are twice as many as the last time: what was
replaced is still among them."""
KEPT_ALWAYS: Final = 50_000
"""As few statements never are; they take about 2 MB."""

_T = TypeVar("_T")
_Table = TypeVar("_Table", Links, Topics)


def follow(evidence: Evidence, after: Source, revision: int, changes: Iterable[Quad], today: date) -> Evidence | None:
    """
    The evidence of a later revision.

    Args:
        evidence: That of an earlier one, which stays as it is.
        after: The graph at the later one.
        revision: Its number.
        changes: Every statement that was added or removed in between.
        today: Nothing counts as newer than this.

    Returns:
        None where reading the whole graph is better, or needed: concepts changed, a large share of the things did, or
        the graph says for the first time, or no longer, what is in the programme area.
    """
    changes = tuple(dict.fromkeys(changes))
    if concern_concepts(changes) or _is_worn(evidence):
        return None
    wanted = documents(after, changes)
    if len(wanted) > max(FEW, len(evidence.things) // SHARE):
        return None
    following = _Following(evidence, after, changes, wanted, evidence.statements, today)
    found = following.evidence()
    touched = np.flatnonzero(following.touched).tolist()
    if (found.regional == 1).any() != (evidence.regional == 1).any():
        return None
    return replace(
        found,
        revision=revision,
        index=evidence.index.changed(_documents(evidence, found, (iri.value for iri in wanted))),
        meaning=remembering.changed(evidence.meaning, found, touched),
        walk=found.walk.settled(len(found.things)),
    )


def _is_worn(evidence: Evidence) -> bool:
    return len(evidence.statements) > max(KEPT_ALWAYS, KEPT * evidence.statements_read)


def _documents(before: Evidence, after: Evidence, wanted: Iterable[str]) -> dict[str, Document | None]:
    """What full text has to forget, and what to find instead."""
    found: dict[str, Document | None] = {}
    strayed = before.index.strayed
    for iri in dict.fromkeys((*wanted, *strayed)):
        old, new = (
            assembling.document(each, each.numbers[iri]) if iri in each.numbers else None for each in (before, after)
        )
        if old != new or iri in strayed:
            found[iri] = new
    return found


def supposed(evidence: Evidence, after: Source, changes: Sequence[Quad], today: date) -> Evidence:
    """
    The evidence of a graph that is only supposed, in which no text differs; leaves no trace in that of the real one.

    Args:
        evidence: The graph as it is.
        after: The graph as supposed.
        changes: The statements that differ.
        today: Nothing counts as newer than this.
    """
    wanted = documents(after, changes)
    found = _Following(evidence, after, changes, wanted, Statements(evidence.statements), today).evidence()
    return replace(found, meaning=evidence.meaning.widened(len(found.things)))


class _Following:
    """The parts of the later evidence, each from what was known and what was read anew."""

    def __init__(
        self,
        evidence: Evidence,
        after: Source,
        changes: Sequence[Quad],
        wanted: Sequence[NamedNode],
        statements: Statements,
        today: date,
    ) -> None:
        self.before = evidence
        self.facts = Facts(evidence.concepts, evidence.hierarchy, statements)
        Reader(said_of(after, wanted), self.facts, today).read()
        known, told = evidence.numbers, self.facts.numbers
        iris = [iri.value for iri in wanted]
        self.gone = {iri: known[iri] for iri in iris if iri in known and iri not in told}
        new = [iri for iri in iris if iri in told and iri not in known]
        self.new = {iri: len(evidence.things) + place for place, iri in enumerate(new)}
        self.size = len(evidence.things) + len(new)
        self.numbers = layered(known).changed(self.new, self.gone)
        # The number of everything among the facts, and those of what was read anew.
        self.number_of = np.asarray([self.numbers.get(iri, -1) for iri in self.facts.things], dtype=np.int32)
        self.read = {told[iri]: self.numbers[iri] for iri in iris if iri in told}
        self.touched = np.zeros(self.size, dtype=np.bool_)
        self.touched[[*self.read.values(), *self.gone.values()]] = True
        self.nodes = [statements.name(quad.subject.value) for quad in changes if isinstance(quad.subject, NamedNode)]

    def evidence(self) -> Evidence:
        """All of them together."""
        before, facts = self.before, self.facts
        part = assembling.link_table(facts, assembling.ordered(facts.things)[1])
        assembling.fill_countries(facts, part)
        things = (*before.things, *self.new)
        by_iri = self._by_iri(things)
        order = assembling.inverse(by_iri)
        links, by_document = self._links(part, order)
        topics = self._topics(assembling.topic_table(facts))
        group = self._array(before.group, np.asarray(facts.group, dtype=np.int8))
        told = bool((before.regional == 1).any() or facts.regional)
        words = before.words.changed(self._entries(), self.size)
        concerned = np.union1d(
            before.links.candidate[self.touched[before.links.document]], links.candidate[self.touched[links.document]]
        )
        word_holders, topic_holders = self._holders(links, topics, words, concerned)
        candidates = int((group >= 0).sum())
        return replace(
            before,
            statements=facts.statements,
            things=things,
            numbers=self.numbers,
            kinds=self._sequence(before.kinds, facts.kinds, ""),
            group=group,
            titles=self._sequence(before.titles, [tuple(texts) for texts in facts.titles], ()),
            bodies=self._sequence(before.bodies, [tuple(texts) for texts in facts.bodies], ()),
            dated=self._mapping(before.dated, facts.dated),
            begun=self._mapping(before.begun, facts.begun),
            node_dates=layered(before.node_dates).changed(facts.node_dates, self.nodes),
            countries=self._mapping(before.countries, {each: tuple(codes) for each, codes in facts.countries.items()}),
            regional=self._array(before.regional, assembling.regional(facts, told)),
            declined=self._array(before.declined, assembling.declined(facts)),
            deviations=self._mapping(before.deviations, facts.deviations),
            area=self._mapping(before.area, {each: self._places(places) for each, places in facts.area.items()}),
            links=links,
            topics=topics,
            words=words,
            word_holders=word_holders,
            topic_holders=topic_holders,
            word_weights=assembling.telling_words(word_holders, candidates),
            topic_weights=assembling.telling_topics(topic_holders, candidates),
            need_statements=self._mapping(
                before.need_statements, {need: tuple(edges) for need, edges in facts.need_statements.items()}
            ),
            deployment_places=layered(before.deployment_places).changed(facts.deployment_places, self.nodes),
            by_document=by_document,
            documents_linked=links.document[by_document],
            by_iri=by_iri,
            order=order,
            walk=before.walk.changed(links, topics, concerned),
        )

    # --- by thing ---

    def _sequence(self, known: tuple[_T, ...], told: Sequence[_T], nothing: _T) -> tuple[_T, ...]:
        found = [*known, *[nothing] * len(self.new)]
        for number in self.gone.values():
            found[number] = nothing
        for own, number in self.read.items():
            found[number] = told[own]
        return tuple(found)

    def _array(self, known: NDArray[np.int8], told: NDArray[np.int8]) -> NDArray[np.int8]:
        found = np.pad(known, (0, len(self.new)), constant_values=-1)
        found[list(self.gone.values())] = -1
        found[list(self.read.values())] = told[list(self.read)]
        return found

    def _mapping(self, known: Mapping[int, _T], told: Mapping[int, _T]) -> Mapping[int, _T]:
        put = {number: told[own] for own, number in self.read.items() if own in told}
        return layered(known).changed(put, gone=np.flatnonzero(self.touched).tolist())

    def _places(self, places: Iterable[int]) -> tuple[int, ...]:
        return tuple(int(self.number_of[place]) for place in dict.fromkeys(places))

    def _by_iri(self, things: Sequence[str]) -> Ints:
        known = self.before.by_iri
        new = sorted(self.new)
        at = [bisect_left(known, iri, key=lambda number: things[number]) for iri in new]
        return np.insert(known, at, [self.new[iri] for iri in new])

    def _entries(self) -> dict[int, dict[str, float]]:
        """What the texts say of things whose texts are others now."""
        before, facts = self.before, self.facts
        found: dict[int, dict[str, float]] = {number: {} for number in self.gone.values()}
        for own, number in self.read.items():
            now = facts.kinds[own], tuple(facts.titles[own]), tuple(facts.bodies[own])
            if number >= len(before.things):
                if any(now[1:]):
                    found[number] = assembling.entries(facts, own, before.marker)
            elif now != (before.kinds[number], before.titles[number], before.bodies[number]):
                found[number] = assembling.entries(facts, own, before.marker)
        return found

    # --- tables ---

    def _links(self, part: Links, order: Ints) -> tuple[Links, Ints]:
        """The links, with those to the documents touched taken from the part; and their order by document."""
        known = self.before.links
        kept = ~self.touched[known.document]
        part = replace(part, candidate=self.number_of[part.candidate], document=self.number_of[part.document])
        # An unknown document is the last, which is touched only if it was read.
        new = _picked(part, self.touched[part.document] & (part.document >= 0) & (part.candidate >= 0))

        def place(links: Links) -> NDArray[np.int64]:
            first = links.candidate.astype(np.int64) * len(FAMILIES) + links.family
            return first * self.size + order[links.document]

        sequence = np.argsort(place(new), kind="stable")
        new = _picked(new, sequence)
        at = np.searchsorted(place(known)[kept], place(new))
        # Where each link goes.
        into_new = at + np.arange(len(at))
        size = int(kept.sum()) + len(at)
        into_kept = np.delete(np.arange(size), into_new)
        moved = np.full(len(kept), -1, dtype=np.int64)
        moved[kept] = into_kept
        links = _inserted(_picked(known, kept), new, at)
        by_document = moved[self.before.by_document]
        by_document = by_document[by_document >= 0]
        sequence = np.argsort(new.document, kind="stable")
        places = np.searchsorted(links.document[by_document], new.document[sequence])
        return links, np.insert(by_document, places, into_new[sequence]).astype(np.int32)

    def _topics(self, part: Topics) -> Topics:
        """The topics, with those of the documents touched taken from the part."""
        known = self.before.topics
        part = replace(part, document=self.number_of[part.document])
        new = _picked(part, self.touched[part.document] & (part.document >= 0))
        new = _picked(new, np.argsort(new.document, kind="stable"))
        kept = _picked(known, ~self.touched[known.document])
        return _inserted(kept, new, np.searchsorted(kept.document, new.document))

    # --- how telling words and topics are ---

    def _holders(
        self, links: Links, topics: Topics, words: WordIndex, concerned: Ints
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many candidates have each word and topic, counted anew for those concerned."""
        before = self.before
        now, then = _documents_of(links, concerned), _documents_of(before.links, concerned)
        holding_words = np.zeros(len(words.words), dtype=np.float64)
        holding_words[: len(before.words.words)] = before.word_holders[: len(before.words.words)]
        for sign, (owners, told), index in ((1, now, words), (-1, then, before.words)):
            holding_words += sign * _holding(owners, told, *index.incidence(), len(holding_words))
        holding_topics = before.topic_holders.copy()
        lower, upper = assembling.above(before.hierarchy)
        steps = np.searchsorted(lower, np.arange(len(before.hierarchy) + 1))
        for sign, (owners, told), table in ((1, now, topics), (-1, then, before.topics)):
            first = np.searchsorted(table.document, np.arange(self.size + 1, dtype=np.int32))
            holding_topics += sign * _holding(owners, told, first, table.concept, len(holding_topics), (steps, upper))
        return holding_words, holding_topics


def _documents_of(links: Links, candidates: Ints) -> tuple[Ints, Ints]:
    """The documents of some candidates: for each the place of the candidate, and the document."""
    owners, places = spread(
        np.searchsorted(links.candidate, candidates), np.searchsorted(links.candidate, candidates, side="right")
    )
    return owners, links.document[places]


def _holding(
    owners: Ints,
    documents: Ints,
    first: NDArray[Any],
    held: Ints,
    width: int,
    beyond: tuple[NDArray[Any], Ints] | None = None,
) -> NDArray[np.float64]:
    """
    How many owners have a document with each of `width` things held.

    Args:
        owners, documents: Who has which document.
        first, held: What each document holds begins there.
        width: How many things there are to be held.
        beyond: The same for what goes with each thing held, where something does.
    """
    rows, places = spread(first[documents], first[documents + 1])
    owners, things = owners[rows], held[places]
    if beyond is not None:
        rows, places = spread(beyond[0][things], beyond[0][things + 1])
        owners, things = owners[rows], beyond[1][places]
    once = np.unique(owners.astype(np.int64) * width + things)
    return np.bincount(once % width, minlength=width).astype(np.float64)


def _picked(table: _Table, rows: NDArray[Any]) -> _Table:
    return replace(table, **{each.name: getattr(table, each.name)[rows] for each in fields(table)})


def _inserted(table: _Table, new: _Table, at: NDArray[np.int64]) -> _Table:
    return replace(
        table,
        **{each.name: np.insert(getattr(table, each.name), at, getattr(new, each.name)) for each in fields(table)},
    )
