"""From what was read of the graph to the arrays of `evidence`, with how telling each word and concept is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ecograph.match import weights
from ecograph.match.evidence import (
    FAMILIES,
    SEARCHED_CLASSES,
    Evidence,
    Floats,
    Ints,
    Links,
    Topics,
    Wording,
    text_entries,
)
from ecograph.match.facts import Facts
from ecograph.match.hierarchy import Hierarchy
from ecograph.match.meaning import Meaning
from ecograph.match.walk import Walk
from ecograph.text.index import Document, TextIndex
from ecograph.text.linking import ConceptLinker
from ecograph.text.overlap import WordIndex
from ecograph.text.vectors import Vectors


def assemble(facts: Facts, revision: int, vectors: Vectors | None = None) -> Evidence:
    """
    The evidence of one revision.

    Args:
        facts: What was read; solutions and results are given the countries of those who provide or made them.
        revision: The revision it was read from.
        vectors: What texts mean; None for matching without.
    """
    links, topics = link_table(facts), topic_table(facts)
    size, candidates = len(facts.things), sum(group >= 0 for group in facts.group)
    by_document = np.argsort(links.document, kind="stable").astype(np.int32)
    names = {iri: facts.hierarchy.names(number) for number, iri in enumerate(facts.hierarchy.iris)}
    marker = ConceptLinker(
        {iri: {lang: labels[:1] for lang, labels in names[iri].items()} for iri in names}, slips=False
    )
    words = WordIndex([_entries(facts, thing, marker) for thing in range(len(facts.things))])
    _fill_countries(facts, links)
    return Evidence(
        revision=revision,
        statements=facts.statements,
        hierarchy=facts.hierarchy,
        linker=ConceptLinker(names),
        marker=marker,
        things=tuple(facts.things),
        numbers=facts.numbers,
        kinds=tuple(facts.kinds),
        group=np.asarray(facts.group, dtype=np.int8),
        titles=tuple(tuple(texts) for texts in facts.titles),
        bodies=tuple(tuple(texts) for texts in facts.bodies),
        dated=facts.dated,
        begun=facts.begun,
        node_dates=facts.node_dates,
        countries={thing: tuple(codes) for thing, codes in facts.countries.items()},
        regional=_regional(facts),
        area={thing: tuple(dict.fromkeys(places)) for thing, places in facts.area.items()},
        links=links,
        topics=topics,
        words=words,
        word_weights=telling_words(holders(links, word_incidence(words, size)), candidates),
        topic_weights=telling_topics(holders(links, topic_incidence(facts.hierarchy, topics, size)), candidates),
        index=TextIndex.build(_documents(facts)),
        need_statements={need: tuple(edges) for need, edges in facts.need_statements.items()},
        concepts=facts.concepts,
        steps=facts.steps,
        deployment_places=facts.deployment_places,
        by_document=by_document,
        documents_linked=links.document[by_document],
        walk=Walk.build(links, topics, facts.hierarchy, size),
        meaning=Meaning.build(facts, vectors),
    )


def link_table(facts: Facts) -> Links:
    """The links, sorted by candidate, sort of evidence and document."""
    table = facts.links.sorted_by(0, 2, 1, 7)
    whole = table.astype(np.int32)
    return Links(
        candidate=whole[:, 0],
        document=whole[:, 1],
        family=whole[:, 2],
        detail=whole[:, 3],
        reach=table[:, 4].astype(np.float32),
        proof=table[:, 5].astype(np.float32),
        year=whole[:, 6],
        first=whole[:, 7],
        second=whole[:, 8],
        node=whole[:, 9],
    )


def topic_table(facts: Facts) -> Topics:
    """The topics, sorted by document; each counts less in a document that has many."""
    table = facts.topics.sorted_by(0, 1, 4)
    whole = table.astype(np.int32)
    documents, counts = np.unique(np.unique(whole[:, :2], axis=0)[:, 0], return_counts=True)
    topics_of = counts[np.searchsorted(documents, whole[:, 0])]
    focus = np.minimum(1.0, np.sqrt(weights.FOCUSED_TOPICS / np.maximum(topics_of, 1)))
    return Topics(
        document=whole[:, 0],
        concept=whole[:, 1],
        strength=(table[:, 2] * focus).astype(np.float32),
        basis=whole[:, 3],
        first=whole[:, 4],
        second=whole[:, 5],
    )


def _entries(facts: Facts, thing: int, marker: ConceptLinker) -> dict[str, float]:
    """The words of a thing's texts and the concepts met in them, each with how prominent it is."""
    found: dict[str, float] = {}
    if facts.kinds[thing] in SEARCHED_CLASSES:
        return found
    for wordings, prominence in ((facts.titles[thing], 1.0), (facts.bodies[thing], weights.BODY_PROMINENCE)):
        for wording in wordings:
            for entry, (share, _) in text_entries(wording, marker).items():
                found[entry] = max(found.get(entry, 0.0), share * prominence)
    return found


def _fill_countries(facts: Facts, links: Links) -> None:
    """A solution or result without a country of its own is where those are who provide or made it."""
    stated = {thing for thing, codes in facts.countries.items() if codes}
    joined = [FAMILIES.index("provider"), FAMILIES.index("result")]
    for row in np.flatnonzero(np.isin(links.family, joined)).tolist():
        document, candidate = int(links.document[row]), int(links.candidate[row])
        if facts.group[document] >= 0 and document not in stated:
            known = {code for code, _ in facts.countries[document]}
            facts.countries[document].extend(
                (code, -1) for code, _ in facts.countries.get(candidate, ()) if code not in known
            )


def _regional(facts: Facts) -> NDArray[np.int8]:
    """1 in the programme area, 0 in a place outside it, -1 where the graph does not say."""
    found = np.full(len(facts.things), -1, dtype=np.int8)
    if not facts.regional:
        return found
    for thing, kind in enumerate(facts.kinds):
        if thing in facts.regional:
            found[thing] = 1
        elif kind in ("Municipality", "Region"):
            found[thing] = 0
        elif facts.group[thing] >= 0 and facts.area.get(thing):
            found[thing] = int(any(place in facts.regional for place in facts.area[thing]))
    return found


def word_incidence(words: WordIndex, size: int) -> sparse.csr_array:
    """Which of `size` things holds which entry of the words."""
    entries, texts = words.incidence()
    return _ones(texts, entries, (size, len(words.words)))


def topic_incidence(hierarchy: Hierarchy, topics: Topics, size: int) -> sparse.csr_array:
    """Which of `size` things is about which concept, or about something narrower."""
    pairs = [
        (document, above)
        for document, concept in zip(topics.document.tolist(), topics.concept.tolist(), strict=True)
        for above in hierarchy.at_or_above(concept)
    ]
    rows, columns = np.asarray(pairs, dtype=np.int32).reshape(-1, 2).T
    return _ones(rows, columns, (size, max(len(hierarchy), 1)))


def holders(links: Links, incidence: sparse.csr_array) -> NDArray[np.float64]:
    """Per column of `incidence` (things by something) how many candidates have a document with it."""
    size, columns = incidence.shape
    joined = _ones(links.candidate, links.document, (size, size)) @ incidence
    return np.bincount(joined.tocoo().col, minlength=columns).astype(np.float64)


def telling_words(holding: NDArray[np.float64], candidates: int) -> Floats:
    """How telling each word is, by how few candidates have it; more texts of one candidate change nothing."""
    everyone = max(candidates, 1)
    rare = np.log1p((everyone - holding + 0.5) / (holding + 0.5))
    return np.asarray(rare / np.log1p((everyone + 0.5) / 0.5), dtype=np.float32)


def telling_topics(holding: NDArray[np.float64], candidates: int) -> Floats:
    """How telling each concept is, by how few candidates work with it or with something narrower."""
    everyone = max(candidates, 2)
    telling = np.log((everyone + 1) / (holding + 1)) / np.log(everyone + 1)
    return np.asarray(weights.GENERAL_TOPIC + (1 - weights.GENERAL_TOPIC) * telling, dtype=np.float32)


def _documents(facts: Facts) -> Iterator[Document]:
    for thing, iri in enumerate(facts.things):
        if facts.kinds[thing] != "CapabilityClaim":
            titles, bodies = _by_language(facts.titles[thing]), _by_language(facts.bodies[thing])
            yield Document(iri, facts.kinds[thing], titles, bodies)


def _ones(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)


def _by_language(wordings: Iterable[Wording]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for wording in wordings:
        found[wording.lang].append(wording.text)
    return {lang: tuple(texts) for lang, texts in found.items()}
