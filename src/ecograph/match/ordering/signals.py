"""
The signals of every candidate for one need, each 0..1, in one pass over the arrays.

Nothing here adds up over a candidate's documents: each signal takes the best of them, per topic of the need and per
sort of evidence. So breadth counts, and volume does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ecograph.match import weights
from ecograph.match.model import NeedProfile, RecognisedConcept, Signal
from ecograph.match.ordering import prefilter
from ecograph.match.projection.evidence import FAMILIES, Evidence, Ints
from ecograph.match.projection.meaning import Nearness
from ecograph.messages import Language
from ecograph.spelling import fold
from ecograph.text.lexicon import content_words, normalise, tokenise
from ecograph.text.overlap import Unit

Floats = NDArray[np.float64]

MAX_WORDS: Final = 40
"""Words of a need that are compared; a longer text has said by then what it is about."""

ADDRESSES: Final = FAMILIES.index("addresses")


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    One concept of the need.

    Attributes:
        concept: Its number in the hierarchy.
        share: Its share (they sum to 1) of what the need is about.
        source: How it was understood.
        trust: 0..1, how sure it is that the need is about any of its concepts.
    """

    concept: int
    share: float
    source: RecognisedConcept
    trust: float = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """
    The signals, and what they were taken from.

    Attributes:
        weights: What each signal counts; they sum to 1.
        wanted: The concepts of the need.
        units: The words of the need by language.
        values: Per signal one number, 0..1, for each candidate, in the order of `candidates`.
        candidates: Thing numbers.
        starts: Where each candidate's links begin; one more entry at the end.
        fit: Links by concepts: how far the link's document is about each concept, times its reach.
        about: Per link how far its document is about all of the concepts together.
        relevance: Per link how far it is about the need as a whole.
        wording: Per link how much of the need's wording its document holds, times its reach.
        meant: Per link how near its document is to the need in meaning, times its reach.
        proof: Per link what it proves: proof of its sort, times relevance, times age.
        fresh: Per link relevance times freshness.
        nearness: How near the texts are in meaning.
        visits: Per concept how much of the walk through the graph is spent with it.
    """

    weights: Mapping[Signal, float]
    wanted: tuple[Wanted, ...]
    units: dict[Language | None, tuple[Unit, ...]]
    candidates: Ints
    starts: NDArray[np.int64]
    values: Mapping[Signal, Floats]
    fit: Floats
    about: Floats
    relevance: Floats
    wording: Floats
    meant: Floats
    proof: Floats
    fresh: Floats
    nearness: Nearness
    visits: Floats


def measure(
    evidence: Evidence,
    profile: NeedProfile,
    this_year: int,
    weighting: Mapping[Signal, float] = weights.SIGNALS,
) -> Measured:
    """
    Every signal of every candidate.

    Args:
        evidence: The graph.
        profile: The need.
        this_year: Nothing counts as newer.
        weighting: What each signal counts; they sum to 1.
    """
    wanted = concepts_wanted(evidence, profile)
    shares = [each.share for each in wanted]
    own = evidence.numbers.get(profile.iri.value, -1) if profile.iri else -1
    answers = np.asarray([link for link in evidence.links_to(own) if evidence.links.family[link] == ADDRESSES])
    units = {lang: words for lang, words in word_units(evidence, profile).items() if words}
    coverage = np.zeros(len(evidence.things), dtype=np.float64)
    for words in units.values():
        coverage = np.maximum(coverage, evidence.words.coverage(words))
    nearness = evidence.meaning.near(profile.wording)
    near = nearness.value.astype(np.float64)
    if own >= 0:
        coverage[own] = near[own] = 0.0

    # Of the links only those to documents that have anything to say; of all others everything is 0.
    topical = prefilter.on_topics(evidence, [each.concept for each in wanted])
    about_it = evidence.links.document[answers.astype(np.int64)]
    rows = prefilter.links_that_speak(evidence, topical.documents, about_it, coverage, near)
    links = evidence.links.picked(rows)
    answers_it = (links.family == ADDRESSES) & (links.document == own)
    fit = topical.of(links.document) * max((each.trust for each in wanted), default=0.0) * links.reach[:, None]
    fit[answers_it] = weights.ADDRESSES_REACH
    about = _weighed(fit, shares)
    wording = coverage[links.document] * links.reach
    meant = near[links.document] * links.reach
    relevance = np.maximum(about, np.maximum(weights.WORDS_RELEVANCE * wording, weights.MEANING_RELEVANCE * meant))
    relevance[answers_it] = 1.0

    dated = links.year > 0
    age = np.maximum(this_year - links.year, 0)
    decay = np.exp2(-age / weights.HALF_LIFE_YEARS).astype(np.float64)
    proven = np.where(answers_it, weights.ADDRESSES_PROOF, links.proof)
    proof = proven * relevance * np.where(dated, np.maximum(decay, weights.OLDEST_SHARE), weights.UNDATED_SHARE)
    proof[answers_it] = weights.ADDRESSES_PROOF
    fresh = np.where(dated, relevance * decay, 0.0).astype(np.float64)

    starts = prefilter.runs(evidence.links.candidate)
    candidates = evidence.links.candidate[starts]
    first = prefilter.runs(links.candidate)
    at = np.searchsorted(candidates, links.candidate[first])

    def by_candidate(values: Floats) -> Floats:
        return prefilter.placed(values, at, len(candidates))

    def by_link(values: Floats) -> Floats:
        return prefilter.placed(values, rows, len(evidence.links.candidate))

    concept = weights.JOINT * _best(about, first) + (1.0 - weights.JOINT) * _weighed(_best(fit, first), shares)
    visits = max((each.trust for each in wanted), default=0.0) * evidence.walk.visits(_start(evidence, wanted))
    return Measured(
        weights=in_use(weighting, evidence.meaning.available),
        wanted=wanted,
        units=units,
        candidates=candidates,
        starts=np.append(starts, len(evidence.links.candidate)),
        values={
            "text": by_candidate(_best(wording, first)),
            "concept": by_candidate(concept),
            "evidence": by_candidate(_any_of(proof, links.candidate, links.family, len(at), first)),
            "meaning": by_candidate(_best(meant, first)),
            "graph": evidence.walk.reached(visits, candidates),
            "freshness": by_candidate(_best(fresh, first)),
        },
        fit=by_link(fit),
        about=by_link(about),
        relevance=by_link(relevance),
        wording=by_link(wording),
        meant=by_link(meant),
        proof=by_link(proof),
        fresh=by_link(fresh),
        nearness=nearness,
        visits=visits,
    )


def in_use(weighting: Mapping[Signal, float], meaning: bool) -> Mapping[Signal, float]:
    """
    What each signal counts; where texts cannot be compared by meaning, the others share what that would count.

    Example:
        >>> in_use({"text": 0.25, "concept": 0.25, "meaning": 0.5}, meaning=False)
        {'text': 0.5, 'concept': 0.5, 'meaning': 0.0}
    """
    if meaning:
        return weighting
    left = 1.0 - weighting["meaning"]
    return {signal: 0.0 if signal == "meaning" else weight / left for signal, weight in weighting.items()}


def concepts_wanted(evidence: Evidence, profile: NeedProfile) -> tuple[Wanted, ...]:
    """
    The concepts of a need with their shares: the weight in the profile times how telling the concept is.

    A concept that few candidates work with says more about who fits than one that all of them share. What is suggested
    counts as far as nothing else is sure.
    """
    known = (*profile.concepts, *profile.capabilities)
    sure = max((concept.trust for concept in known if concept.weight > 0.0), default=0.0)
    likeliest = max((concept.weight for concept in profile.suggested), default=0.0)
    trust = max(sure, weights.SUGGESTED_TRUST * likeliest)
    weighed = [(concept, concept.weight) for concept in known]
    weighed += [(concept, concept.weight * (1.0 - sure)) for concept in profile.suggested]
    found = [
        (number, weight * float(evidence.topic_weights[number]), concept)
        for concept, weight in weighed
        if weight > 0.0 and (number := evidence.hierarchy.number(concept.iri.value)) is not None
    ]
    whole = sum(weight for _, weight, _ in found)
    return tuple(Wanted(number, weight / whole, concept, trust) for number, weight, concept in found)


def word_units(evidence: Evidence, profile: NeedProfile) -> dict[Language | None, tuple[Unit, ...]]:
    """The words of the need by language, each with the entries of the index that say the same."""
    names = {fold(token.text) for place in profile.places for word in place.words for token in tokenise(word)}
    found: dict[Language | None, tuple[Unit, ...]] = {}
    for lang, text in profile.texts.items():
        known = lang if profile.iri is not None else profile.language
        whole = " ".join(part for part in (text, profile.description.get(lang, "")) if part)
        found[known] = tuple(_units(evidence, profile, whole, known, names))
    return found


def _units(
    evidence: Evidence, profile: NeedProfile, text: str, lang: Language | None, names: Iterable[str]
) -> Iterable[Unit]:
    marks = _marks_by_word(evidence, profile, text, lang)
    left_out = set(names)
    count = 0
    for word in content_words(normalise(text), lang):
        if fold(word.text) in left_out or word.lemma in left_out:
            continue
        entries = dict(evidence.words.similar(word.lemma))
        for mark, likeness in marks.get(fold(word.text), {}).items():
            number = evidence.words.number(mark)
            if number is not None:
                entries[number] = max(entries.get(number, 0.0), likeness)
        own = evidence.words.number(word.lemma)
        weight = float(evidence.word_weights[own]) if own is not None else weights.UNSEEN_WORD
        yield Unit(word.text, weight, entries)
        count += 1
        if count >= MAX_WORDS:
            return


def _marks_by_word(
    evidence: Evidence, profile: NeedProfile, text: str, lang: Language | None
) -> dict[str, dict[str, float]]:
    """For each word of the need the concepts it names: a text that holds their name says the same."""
    found: dict[str, dict[str, float]] = {}
    kept = {each.iri.value for each in (*profile.concepts, *profile.capabilities)}
    for concept in evidence.linker.find(normalise(text), lang):
        number = evidence.hierarchy.number(concept.iri)
        if number is None or concept.iri not in kept:
            continue
        name = any(concept.label in labels[:1] for labels in evidence.hierarchy.names(number).values())
        likeness = concept.weight * (weights.PREFERRED_IN_TEXT if name else weights.ALTERNATIVE_IN_TEXT)
        for word in concept.words:
            marks = found.setdefault(fold(word), {})
            marks[concept.iri] = max(marks.get(concept.iri, 0.0), likeness)
    return found


def _start(evidence: Evidence, wanted: Iterable[Wanted]) -> Floats:
    """Where the walk begins: with each concept of the need by its share."""
    found = np.zeros(evidence.walk.edges.shape[1], dtype=np.float64)
    for each in wanted:
        found[each.concept] += each.share
    return found


def _weighed(fit: Floats, shares: Iterable[float]) -> Floats:
    """Each row's sum of values times shares, added in one order whatever stands in the other rows."""
    found = np.zeros(len(fit), dtype=np.float64)
    for column, share in enumerate(shares):
        found += fit[:, column] * share
    return found


def _best(values: Floats, starts: NDArray[np.int64]) -> Floats:
    """The largest value of each candidate's links."""
    if len(starts) == 0:
        return np.zeros((0, *values.shape[1:]), dtype=np.float64)
    return np.maximum.reduceat(values, starts, axis=0)


def _any_of(proof: Floats, candidate: Ints, family: Ints, count: int, starts: NDArray[np.int64]) -> Floats:
    """Best proof of each sort, joined as the chance that at least one of them holds: 1 − Π(1 − best)."""
    doubt = np.ones(count, dtype=np.float64)
    if len(proof) == 0:
        return doubt.astype(np.float64)
    changes = np.flatnonzero(np.diff(candidate) | np.diff(family)) + 1
    group_starts = np.concatenate(([0], changes))
    best = np.maximum.reduceat(proof, group_starts)
    owner = np.searchsorted(starts, group_starts, side="right") - 1
    np.multiply.at(doubt, owner, 1.0 - best.astype(np.float64))
    return (1.0 - doubt).astype(np.float64)
