"""
What the graph says of each candidate, read once per revision into arrays.

A *document* is a thing that has texts and topics: a project, a solution, a need, a result, or the candidate itself.
A *link* joins a candidate to a document by one or two statements (a participation, a deployment, `eco:provider`, ...).
A *topic row* joins a document to a concept. All of them keep the statements they come from, so that a reason can cite
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode

from ecograph.match.model import Group, Statement
from ecograph.match.projection.hierarchy import Hierarchy
from ecograph.match.projection.meaning import Meaning
from ecograph.match.projection.statements import Statements
from ecograph.match.projection.walk import Walk
from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.text.index import TextIndex
from ecograph.text.lexicon import content_words, name_words, normalise
from ecograph.text.linking import ConceptLinker
from ecograph.text.overlap import WordIndex
from ecograph.vocabulary.concepts import Concepts

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

CANDIDATE_CLASSES: Final[Mapping[str, Group]] = {
    "ResearchOrganisation": "research",
    "Person": "research",
    "Company": "company",
    "Solution": "solution",
    "Municipality": "municipality",
    "Region": "municipality",
    "ResearchResult": "result",
    "Network": "organisation",
    "PublicBody": "organisation",
    "Organisation": "organisation",
}
DOCUMENT_CLASSES: Final = ("Project", "Need")
SEARCHED_CLASSES: Final = (
    "Standard", "Principle", "Mechanism", "DataModel", "Programme", "Call", "Process", "Strategy", "Goal", "Event",
)  # fmt: skip

FAMILIES: Final = ("own", "provider", "deployment", "addresses", "capability", "participation", "result", "raised")
"""Sorts of evidence; within one only the best counts, so that more of the same adds nothing."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One title, name or description, as it stands in the graph."""

    text: str
    lang: str
    predicate: str
    graph: int


@dataclass(frozen=True, slots=True)
class Dated:
    """The newest date of a thing, as it stands in the graph."""

    year: int
    value: str
    datatype: str
    predicate: str
    subject: str
    graph: int


@dataclass(frozen=True, slots=True)
class Links:
    """
    Candidate to document, sorted by candidate.

    Attributes:
        candidate: Thing number of the candidate.
        document: Thing number of the document.
        family: Index into `FAMILIES`.
        detail: Number (in `Statements`) of the role, stage or level; -1 for none.
        reach: How far what the document says can be said of the candidate.
        proof: How much it proves if it is on the topic.
        year: Year of the newest date; 0 where none is stated.
        first, second: The statements that join the two; -1 for none.
        node: Number of the node in between (a participation, a deployment); -1 for none.
    """

    candidate: Ints
    document: Ints
    family: Ints
    detail: Ints
    reach: Floats
    proof: Floats
    year: Ints
    first: Ints
    second: Ints
    node: Ints

    def picked(self, rows: NDArray[Any]) -> Links:
        """Some of the links."""
        return Links(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})


@dataclass(frozen=True, slots=True)
class Topics:
    """
    Document to concept, sorted by document.

    Attributes:
        document: Thing number.
        concept: Number in the hierarchy.
        strength: 0..1, how far the row is trusted.
        basis: Number (in `Statements`) of the basis of a topic claim; -1 where the publisher states the topic itself.
        first, second: The statements that join the two; -1 for none.
    """

    document: Ints
    concept: Ints
    strength: Floats
    basis: Ints
    first: Ints
    second: Ints


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Everything matching reads, at one revision.

    Attributes:
        linker: Recognises topics and capabilities in a need by all of their labels.
        marker: Recognises them in the texts of the graph by their names only.
        things: IRI of each thing; its place is its number. `numbers` is the way back.
        kinds: Class of each thing.
        group: Index into `GROUPS`; -1 for a thing that is no candidate.
        titles, bodies: Its names and titles, and its descriptions.
        dated, begun: Its newest date, and its start.
        node_dates: Newest date of a participation or deployment, by its number in `statements`.
        countries: Code and statement of each of its countries; no statement (-1) where taken from who provides it.
        regional: 1 in the programme area, 0 outside it, -1 where the graph does not say.
        area: The municipalities and regions it is in.
        declined: 1 for who does not want to be proposed, and for a solution that nobody else provides.
        deviations: The standards that a solution deviates from.
        word_holders, topic_holders: How many candidates have a document with each entry of `words`, on each concept.
        word_weights, topic_weights: How telling each entry of `words` and each concept is, 0..1.
        need_statements: What is stated of each need: topics, capabilities, standards, territory, who raises it.
        concepts: Every concept of ours, also roles and stages.
        steps: The statement behind each step (child, parent) of the hierarchy.
        deployment_places: The statements of where each deployment is, by its number in `statements`.
        by_document: The links in the order of their documents; `documents_linked` are those documents.
        statements_read: How many statements were kept when the whole graph was last read.
        by_iri: The things in the order of their IRIs; `order` is the place of each. Ties are broken by it.
        walk: Which topics go together, by who works with them.
        meaning: What the texts mean.
    """

    revision: int
    statements: Statements
    hierarchy: Hierarchy
    linker: ConceptLinker
    marker: ConceptLinker
    things: tuple[str, ...]
    numbers: Mapping[str, int]
    kinds: tuple[str, ...]
    group: NDArray[np.int8]
    titles: tuple[tuple[Wording, ...], ...]
    bodies: tuple[tuple[Wording, ...], ...]
    dated: Mapping[int, Dated]
    begun: Mapping[int, Dated]
    node_dates: Mapping[int, Dated]
    countries: Mapping[int, tuple[tuple[str, int], ...]]
    regional: NDArray[np.int8]
    area: Mapping[int, tuple[int, ...]]
    declined: NDArray[np.int8]
    deviations: Mapping[int, frozenset[str]]
    links: Links
    topics: Topics
    words: WordIndex
    word_holders: NDArray[np.float64]
    topic_holders: NDArray[np.float64]
    word_weights: Floats
    topic_weights: Floats
    index: TextIndex
    need_statements: Mapping[int, tuple[int, ...]]
    concepts: Concepts
    steps: Mapping[tuple[int, int], int]
    deployment_places: Mapping[int, tuple[int, ...]]
    by_document: Ints
    documents_linked: Ints
    statements_read: int
    by_iri: Ints
    order: Ints
    walk: Walk
    meaning: Meaning

    def links_of(self, candidate: int) -> range:
        """The links of a candidate."""
        return span(self.links.candidate, candidate)

    def links_to(self, document: int) -> list[int]:
        """The links to a document."""
        found = span(self.documents_linked, document)
        return [int(link) for link in self.by_document[found.start : found.stop]]

    @property
    def candidates(self) -> Ints:
        """Thing numbers of all candidates."""
        return np.flatnonzero(self.group >= 0).astype(np.int32)

    def label(self, thing: int, lang: Language) -> str:
        """The name of a thing for a reader of `lang`."""
        return best_wording(self.titles[thing], lang) or self.things[thing].rsplit("/", 1)[-1]

    def labels(self, thing: int) -> dict[Language, str]:
        """The name of a thing for readers of each language."""
        return {lang: self.label(thing, lang) for lang in LANGUAGES}

    def wording_statement(self, thing: int, wording: Wording) -> Statement:
        """The statement that a title, name or description is."""
        value = Literal(wording.text, language=wording.lang) if wording.lang else Literal(wording.text)
        graph = NamedNode(self.statements.names[wording.graph])
        return Statement(NamedNode(self.things[thing]), NamedNode(wording.predicate), value, graph)

    def date_statement(self, dated: Dated) -> Statement:
        """The statement that a date is."""
        value = Literal(dated.value, datatype=NamedNode(dated.datatype))
        graph = NamedNode(self.statements.names[dated.graph])
        return Statement(NamedNode(dated.subject), NamedNode(dated.predicate), value, graph)


def best_wording(wordings: Iterable[Wording], lang: Language) -> str:
    """
    The text for a reader of `lang`: in it, else a name without a language, else English, Danish, Swedish, any.

    Example:
        >>> best_wording([Wording("Lys", "da", "", 0), Wording("Light", "en", "", 0)], "sv")
        'Light'
    """
    texts: dict[str, str] = {}
    for wording in wordings:
        texts.setdefault(wording.lang, wording.text)
    for each in (lang, "", "en", "da", "sv"):
        if each in texts:
            return texts[each]
    return next(iter(texts.values()), "")


def span(column: Ints, value: int) -> range:
    """Where a value stands in a sorted column."""
    # Needles of the column's own type: others would copy the whole column.
    first, last = np.searchsorted(column, np.asarray([value, value + 1], dtype=column.dtype))
    return range(int(first), int(last))


def spread(first: NDArray[Any], last: NDArray[Any]) -> tuple[Ints, NDArray[np.int64]]:
    """
    Every place in some spans.

    Returns:
        The number of the span, and the place, of each.

    Example:
        >>> spread(np.asarray([5, 0]), np.asarray([7, 1]))
        (array([0, 0, 1], dtype=int32), array([5, 6, 0]))
    """
    counts = last - first
    owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return owners, np.arange(len(owners)) + np.repeat(first - (np.cumsum(counts) - counts), counts)


def text_entries(wording: Wording, marker: ConceptLinker) -> dict[str, tuple[float, str]]:
    """
    What one text adds to the index of words: its words, and the IRIs of the concepts whose names stand in it.

    A name without a language adds its words as they are written: names are not inflected.

    Returns:
        Per entry how prominent it is, 0..1, and the words of the text that it is.
    """
    clean, lang = normalise(wording.text), language_of(wording.lang)
    if lang is None:
        return {word.lemma: (1.0, word.text) for word in name_words(clean)}
    found = {word.lemma: (1.0, word.text) for word in content_words(clean, lang)}
    for concept in marker.find(clean, lang):
        if concept.weight > found.get(concept.iri, (0.0, ""))[0]:
            found[concept.iri] = (concept.weight, " ".join(concept.words))
    return found
