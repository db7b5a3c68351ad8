"""
Ours and what it is held against: every system ranks the same candidates over the same links by its own means.

A baseline takes a candidate's best document, as ours does. Equals are told apart by how far the document can be said
of the candidate (who leads a project before who takes part), then by lot, the same for all systems: a baseline shall
not lose by the order of the alphabet.

Source:
    docs/evaluation.md, "What ours is held against".
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ecograph.match.evaluation.gold import Query
from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile
from ecograph.match.ordering import ranking, scoring, signals
from ecograph.match.projection.evidence import Ints
from ecograph.namespaces import ID
from ecograph.text.lexicon import content_words, normalise

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

OURS: Final = "ours"
RANDOM: Final = "random"
POPULAR: Final = "popular"
BM25: Final = "bm25"
EMBEDDINGS: Final = "embeddings"
WALK: Final = "walk"
BLIND: Final = frozenset((RANDOM, POPULAR))
"""Systems that do not read the query: what they put first is no reason to have it judged."""

SEED: Final = 20_261_122
"""Of every lot that is drawn, so that a run can be repeated."""
HITS: Final = 5_000
"""Documents taken from the full-text engine: more than any need meets in the shipped graph."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One query as all systems see it: as it was typed, and as EcoGraph understands it."""

    query: Query
    profile: NeedProfile


Ranker = Callable[[Answered], tuple[int, ...]]
"""Gives the numbers of the candidates that a system finds, best first."""


class Field:
    """
    The candidates of one revision, and the systems that rank them.

    Args:
        matcher: The revision.
    """

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.evidence = matcher.evidence
        links = self.evidence.links
        self.candidates, starts = np.unique(links.candidate, return_index=True)
        self._starts = starts.astype(np.int64)
        self._owner = np.searchsorted(self.candidates, links.candidate)
        self._lot = np.random.default_rng(SEED).permutation(len(self.candidates))

    @property
    def systems(self) -> Mapping[str, Ranker]:
        """The systems that can run here, ours first; the one that needs vectors is left out where there are none."""
        found: dict[str, Ranker] = {
            OURS: self.ours,
            RANDOM: self.random,
            POPULAR: self.popular,
            "keyword-and": self.keyword_and,
            "attribute-overlap": self.attribute_overlap,
            "exact-label": self.exact_label,
            BM25: self.bm25,
        }
        if self.evidence.meaning.available:
            found[EMBEDDINGS] = self.embeddings
        found[WALK] = self.walk
        return found

    def slug(self, thing: int) -> str:
        """How judgements name a thing: kind/slug."""
        return self.evidence.things[thing].removeprefix(ID.iri)

    def answered(self, query: Query) -> Answered:
        """A query as it is understood; its language is found out, as it is when a person types."""
        return Answered(query, self.matcher.profile_text(query.text))

    def nearest(self, asked: Answered) -> Ints:
        """Of each of `candidates` the document that is nearest to a query by our relevance."""
        links = self.evidence.links
        relevance = signals.measure(self.evidence, asked.profile, self.matcher.today.year).relevance
        order = np.lexsort((-links.reach, -relevance, self._owner))
        return links.document[order[self._starts]]

    # --- systems ---

    def ours(self, asked: Answered) -> tuple[int, ...]:
        """All groups merged into one list by score."""
        ranked = ranking.rank(self.evidence, asked.profile, self.matcher.today.year)
        every = [(ranked.thing(row), scored.score) for group in ranked.allowed.values() for row, scored in group]
        every.sort(key=lambda each: scoring.order_key(each[1], self.evidence.things[each[0]]))
        return tuple(thing for thing, _ in every)

    def random(self, asked: Answered) -> tuple[int, ...]:
        """By lot, another one for each query."""
        lot = np.random.default_rng([SEED, zlib.crc32(repr(asked.query.key).encode())])
        return self._allowed(asked, self.candidates[lot.permutation(len(self.candidates))].tolist())

    def popular(self, asked: Answered) -> tuple[int, ...]:
        """By the number of documents, whatever is asked: how far one gets by naming those who do most."""
        pairs = np.unique(np.stack((self._owner, self.evidence.links.document)), axis=1)
        return self._ordered(asked, np.bincount(pairs[0], minlength=len(self.candidates)).astype(np.float64))

    def keyword_and(self, asked: Answered) -> tuple[int, ...]:
        """Those whose own texts and documents hold every content word of the query, in its dictionary form."""
        words = {word.lemma for word in content_words(normalise(asked.query.text), asked.profile.language)}
        holding = np.full(len(self.candidates), bool(words))
        for word in words:
            number = self.evidence.words.number(word)
            held = np.zeros(len(self.evidence.things), dtype=np.float64)
            if number is not None:
                held[self.evidence.words.postings(number)[0]] = 1.0
            holding &= self._best(held)[0] > 0.0
        return self._ordered(asked, holding.astype(np.float64))

    def attribute_overlap(self, asked: Answered) -> tuple[int, ...]:
        """By Jaccard's measure of the topics recognised in the query and those of the candidate's documents."""
        wanted = [
            number
            for each in (*asked.profile.concepts, *asked.profile.capabilities)
            if (number := self.evidence.hierarchy.number(each.iri.value)) is not None
        ]
        shared, own = self._shared(wanted)
        return self._ordered(asked, shared / np.maximum(own + len(set(wanted)) - shared, 1.0))

    def exact_label(self, asked: Answered) -> tuple[int, ...]:
        """By the number of topics whose very label stands in the query and that the candidate's documents have."""
        found = self.evidence.linker.find(normalise(asked.query.text), asked.profile.language)
        numbers = (self.evidence.hierarchy.number(each.iri) for each in found if each.way == "label")
        return self._ordered(asked, self._shared([number for number in numbers if number is not None])[0])

    def bm25(self, asked: Answered) -> tuple[int, ...]:
        """By the best document in the full-text engine."""
        return self._by_document(asked, self.full_text(asked))

    def embeddings(self, asked: Answered) -> tuple[int, ...]:
        """By the document nearest in meaning."""
        return self._by_document(asked, self.nearness(asked))

    def walk(self, asked: Answered) -> tuple[int, ...]:
        """By the graph walk from the topics of the query."""
        measured = signals.measure(self.evidence, asked.profile, self.matcher.today.year)
        return self._ordered(asked, measured.values["graph"])

    # --- what documents are worth to a query ---

    def full_text(self, asked: Answered) -> Floats:
        """BM25 of each thing."""
        found = np.zeros(len(self.evidence.things), dtype=np.float64)
        for hit in self.evidence.index.search(asked.query.text, asked.profile.language, limit=HITS):
            found[self.evidence.numbers[hit.key]] = hit.score
        return found

    def nearness(self, asked: Answered) -> Floats:
        """How near in meaning each thing is; nothing is cut off, as a rank is all that counts here."""
        near = self.evidence.meaning.near({asked.profile.language: asked.query.text})
        return np.exp(near.z.astype(np.float64))

    # --- from documents to candidates ---

    def _by_document(self, asked: Answered, worth: Floats) -> tuple[int, ...]:
        return self._ordered(asked, *self._best(worth))

    def _best(self, worth: Floats) -> tuple[Floats, Floats]:
        """Of each candidate the worth of its best document, and how far that document can be said of it."""
        links = self.evidence.links
        linked = worth[links.document]
        best = np.maximum.reduceat(linked, self._starts)
        reach: Floats = np.where(linked >= best[self._owner], links.reach, 0.0).astype(np.float64)
        return np.asarray(best, dtype=np.float64), np.asarray(np.maximum.reduceat(reach, self._starts))

    def _ordered(self, asked: Answered, worth: Floats, second: Floats | None = None) -> tuple[int, ...]:
        """The candidates worth anything, best first."""
        keys = (self._lot, -worth) if second is None else (self._lot, -second, -worth)
        order = np.lexsort(keys)
        return self._allowed(asked, self.candidates[order[worth[order] > 0.0]].tolist())

    def _allowed(self, asked: Answered, things: list[int]) -> tuple[int, ...]:
        """Without those that a hard rule forbids to propose, which ours leaves out too."""
        forbidden = {self.evidence.numbers.get(place.iri.value) for place in asked.profile.places}
        return tuple(thing for thing in things if thing not in forbidden)

    def _shared(self, concepts: list[int]) -> tuple[Floats, Floats]:
        """Of each candidate how many of some concepts it has, and how many it has in all."""
        has = self._topics
        wanted = np.zeros(has.shape[1], dtype=np.float64)
        wanted[concepts] = 1.0
        return np.asarray(has @ wanted), np.asarray(has @ np.ones_like(wanted))

    @cached_property
    def _topics(self) -> sparse.csr_array:
        """Candidates by concepts: 1 where one of its documents has the topic."""
        topics, links = self.evidence.topics, self.evidence.links
        size = len(self.evidence.things)
        concepts = int(topics.concept.max(initial=-1)) + 1
        width = max(concepts, len(self.evidence.topic_weights))
        about = sparse.csr_array(
            (np.ones(len(topics.document)), (topics.document, topics.concept)), shape=(size, width)
        )
        linked = sparse.csr_array(
            (np.ones(len(links.document)), (self._owner, links.document)), shape=(len(self.candidates), size)
        )
        has = sparse.csr_array(linked @ about)
        has.data = np.ones_like(has.data)
        return has
