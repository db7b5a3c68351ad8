"""From what was read of the graph to the arrays of `evidence`, with how telling each word and concept is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ecograph.match import weights
from ecograph.match.projection.evidence import (
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
from ecograph.match.projection.facts import Facts
from ecograph.match.projection.hierarchy import Hierarchy
from ecograph.match.projection.meaning import Meaning
from ecograph.match.projection.statements import Row
from ecograph.match.projection.walk import Walk
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
    size, candidates = len(facts.things), sum(group >= 0 for group in facts.group)
    by_iri, order = ordered(facts.things)
    links, topics = link_table(facts, order), topic_table(facts)
    by_document = np.argsort(links.document, kind="stable").astype(np.int32)
    names = {iri: facts.hierarchy.names(number) for number, iri in enumerate(facts.hierarchy.iris)}
    marker = ConceptLinker(
        {iri: {lang: labels[:1] for lang, labels in names[iri].items()} for iri in names}, slips=False
    )
    said: list[dict[str, float]] = []
    index = TextIndex.build(_found_by(facts, marker, said))
    words = WordIndex(said)
    word_holders = holders(links, word_incidence(words))
    topic_holders = holders(links, topic_incidence(facts.hierarchy, topics, size))
    fill_countries(facts, links)
    return Evidence(
        revision=revision,
        statements=facts.statements,
        hierarchy=facts.hierarchy,
        linker=ConceptLinker(names, themes=facts.hierarchy.themes()),
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
        regional=regional(facts, bool(facts.regional)),
        area={thing: tuple(dict.fromkeys(places)) for thing, places in facts.area.items()},
        declined=declined(facts),
        deviations=facts.deviations,
        links=links,
        topics=topics,
        words=words,
        word_holders=word_holders,
        topic_holders=topic_holders,
        word_weights=telling_words(word_holders, candidates),
        topic_weights=telling_topics(topic_holders, candidates),
        index=index,
        need_statements={need: tuple(edges) for need, edges in facts.need_statements.items()},
        concepts=facts.concepts,
        steps=facts.steps,
        deployment_places=facts.deployment_places,
        by_document=by_document,
        documents_linked=links.document[by_document],
        statements_read=len(facts.statements),
        by_iri=by_iri,
        order=order,
        walk=Walk.build(links, topics, facts.hierarchy, size),
        meaning=Meaning.build(facts, vectors),
    )


def _found_by(facts: Facts, marker: ConceptLinker, said: list[dict[str, float]]) -> Iterator[Document]:
    """Each thing as it is found by full text; on the way, while its words are at hand, what its texts say."""
    for thing in range(len(facts.things)):
        said.append(entries(facts, thing, marker))
        found = document(facts, thing)
        if found is not None:
            yield found


def ordered(things: Sequence[str]) -> tuple[Ints, Ints]:
    """The numbers of things in the order of their IRIs, and the place of each thing in that order."""
    by_iri = np.asarray(sorted(range(len(things)), key=things.__getitem__), dtype=np.int32)
    return by_iri, inverse(by_iri)


def inverse(permutation: Ints) -> Ints:
    """Where each number stands in a permutation."""
    found = np.empty_like(permutation)
    found[permutation] = np.arange(len(permutation), dtype=permutation.dtype)
    return found


def link_table(facts: Facts, order: Ints) -> Links:
    """
    The links, sorted by candidate, sort of evidence, and the IRI of the document.

    Args:
        facts: What was read.
        order: The place of each thing in the order of IRIs.
    """
    table = facts.links.rows()
    whole = table.astype(np.int32)
    keys = (whole[:, 0], whole[:, 2], order[whole[:, 1]])
    rows = _sorted(keys, lambda row: _said(facts, whole[row, 7:9].tolist()))
    table, whole = table[rows], whole[rows]
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
    """The topics, sorted by document and concept; each counts less in a document that has many."""
    table = facts.topics.rows()
    whole = table.astype(np.int32)
    rows = _sorted((whole[:, 0], whole[:, 1]), lambda row: _said(facts, whole[row, 4:6].tolist()))
    table, whole = table[rows], whole[rows]
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


def _sorted(keys: Sequence[Ints], said: Callable[[int], list[Row]]) -> NDArray[np.int64]:
    """Row numbers by the first key, then the second, ...; equal rows by what they say, so that no numbering shows."""
    order = np.lexsort(tuple(reversed(keys)))
    equal = np.all([key[order][1:] == key[order][:-1] for key in keys], axis=0)
    changes = np.flatnonzero(np.diff(np.concatenate(([False], equal, [False])).astype(np.int8)))
    for first, last in changes.reshape(-1, 2).tolist():
        order[first : last + 1] = sorted(order[first : last + 1].tolist(), key=said)
    return order


def _said(facts: Facts, numbers: Sequence[int]) -> list[Row]:
    return [facts.statements.row(number) for number in numbers if number >= 0]


def entries(facts: Facts, thing: int, marker: ConceptLinker) -> dict[str, float]:
    """The words of a thing's texts and the concepts met in them, each with how prominent it is."""
    found: dict[str, float] = {}
    if facts.kinds[thing] in SEARCHED_CLASSES:
        return found
    for wordings, prominence in ((facts.titles[thing], 1.0), (facts.bodies[thing], weights.BODY_PROMINENCE)):
        for wording in wordings:
            for entry, (share, _) in text_entries(wording, marker).items():
                found[entry] = max(found.get(entry, 0.0), share * prominence)
    return found


def fill_countries(facts: Facts, links: Links) -> None:
    """A solution or result without a country of its own is where those are who provide or made it."""
    stated = {thing for thing, codes in facts.countries.items() if codes}
    joined = [FAMILIES.index("provider"), FAMILIES.index("result")]
    filled: dict[int, set[str]] = defaultdict(set)
    for row in np.flatnonzero(np.isin(links.family, joined)).tolist():
        document, candidate = int(links.document[row]), int(links.candidate[row])
        if facts.group[document] >= 0 and document not in stated:
            filled[document] |= {code for code, _ in facts.countries.get(candidate, ())}
    for document, codes in filled.items():
        facts.countries[document] = [(code, -1) for code in sorted(codes)]


def regional(facts: Facts, told: bool) -> NDArray[np.int8]:
    """
    1 in the programme area, 0 in a place outside it, -1 where the graph does not say.

    Args:
        facts: What was read.
        told: Whether the graph says of anything that it is in the programme area.
    """
    found = np.full(len(facts.things), -1, dtype=np.int8)
    if not told:
        return found
    for thing, kind in enumerate(facts.kinds):
        if thing in facts.regional:
            found[thing] = 1
        elif kind in ("Municipality", "Region"):
            found[thing] = 0
        elif facts.group[thing] >= 0 and facts.area.get(thing):
            found[thing] = int(any(place in facts.regional for place in facts.area[thing]))
    return found


def declined(facts: Facts) -> NDArray[np.int8]:
    """1 for each thing that is not to be proposed, 0 for the others."""
    found = np.zeros(len(facts.things), dtype=np.int8)
    found[sorted(facts.declined)] = 1
    return found


def word_incidence(words: WordIndex) -> sparse.csr_array:
    """Which thing holds which entry of the words."""
    first, held = words.incidence()
    shape = (words.size, max(len(words.words), 1))
    return sparse.csr_array((np.ones(len(held), dtype=np.float32), held, first), shape=shape)


def topic_incidence(hierarchy: Hierarchy, topics: Topics, size: int) -> sparse.csr_array:
    """Which of `size` things is about which concept, or about something narrower."""
    count = max(len(hierarchy), 1)
    found: sparse.csr_array = _ones(topics.document, topics.concept, (size, count)) @ _ones(
        *above(hierarchy), (count, count)
    )
    return found


def above(hierarchy: Hierarchy) -> tuple[Ints, Ints]:
    """Every concept with itself and every one above it, sorted by the first."""
    pairs = [(each, upper) for each in range(len(hierarchy)) for upper in sorted(hierarchy.at_or_above(each))]
    lower, upper = np.asarray(pairs, dtype=np.int32).reshape(-1, 2).T
    return lower, upper


def holders(links: Links, incidence: sparse.csr_array) -> NDArray[np.float64]:
    """Per column of `incidence` (things by something) how many candidates have a document with it."""
    size, columns = incidence.shape
    joined = _ones(links.candidate, links.document, (size, size)) @ incidence
    return np.bincount(joined.indices, minlength=columns).astype(np.float64)


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


def document(facts: Facts | Evidence, thing: int) -> Document | None:
    """A thing as it is found by full text; None for a claim, which has no name."""
    if facts.kinds[thing] == "CapabilityClaim":
        return None
    titles, bodies = _by_language(facts.titles[thing]), _by_language(facts.bodies[thing])
    return Document(facts.things[thing], facts.kinds[thing], titles, bodies)


def _ones(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)


def _by_language(wordings: Iterable[Wording]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for wording in wordings:
        found[wording.lang].append(wording.text)
    return {lang: tuple(texts) for lang, texts in found.items()}
