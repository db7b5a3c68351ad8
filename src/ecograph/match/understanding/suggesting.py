"""
What a need is probably about, judged by what it means: how sure a recognised topic is, and which others it may have.

A name of a topic that stands in a text in passing says little of it (*our old trees* is no forestry), and a need in
everyday words names no topic at all. So each concept is held against the meaning of the whole text, in two ways: by its
own names, and by the texts in the graph that are about it. Where both agree it is right in nine of ten needs that are
written in the words of their field; in everyday words it is a guess, which the coordinator may confirm.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.model import NeedProfile, RecognisedConcept
from ecograph.match.projection.evidence import Evidence
from ecograph.match.projection.walk import rows_of
from ecograph.namespaces import CONCEPT

Floats = NDArray[np.float64]

SUGGESTED: Final = 3
"""The right topic is among the first three about as often as among the first five, and three are read."""
LEAST: Final = 0.2
"""Below this a suggestion is right in one of ten: not worth reading."""
SURE: Final = 0.4
"""From here on a topic whose name stands in the text is right in three of four."""

NEAR: Final = 1.0
"""Standard deviations from which a text of the graph speaks for its topics."""
VOICES: Final = 3
"""Distinct texts that speak for a topic: one alone is chance, and more would count how much there is of a topic."""
OUTSTANDING: Final = (1.25, 3.25)
"""Standard deviations above the other concepts that become 0 and 1. Of the topics that stand out most, three of ten are
right at 2, half at 2.5 and nine of ten from 3 on; of those recognised by name, half at 1.75 and nine of ten at 2.5."""

_TOPIC: Final = CONCEPT["topic"].value + "/"


def likely(evidence: Evidence, profile: NeedProfile) -> Floats | None:
    """
    How likely the need is about each concept, from what it means.

    Args:
        evidence: The graph.
        profile: The need.

    Returns:
        Per concept 0..1; None where texts cannot be compared by meaning, or the need has no text.
    """
    nearness = evidence.meaning.near(profile.wording)
    z = np.where(np.isfinite(nearness.z), nearness.z, 0.0).astype(np.float64)
    if not z.any():
        return None
    if profile.iri is not None:
        z[evidence.numbers[profile.iri.value]] = 0.0
    standing = evidence.meaning.standing(profile.wording)
    if standing is None:
        return None
    spoken = _spoken_for(evidence, z)
    spoken = (spoken - spoken.mean()) / max(float(spoken.std()), 1e-9)
    low, high = OUTSTANDING
    # Names and definitions are two witnesses, the texts of the graph the third.
    found = ((2.0 * standing + spoken) / 3.0 - low) / (high - low)
    return np.asarray(np.clip(found, 0.0, 1.0), dtype=np.float64)


def trusted(evidence: Evidence, concepts: list[RecognisedConcept], chances: Floats | None) -> list[RecognisedConcept]:
    """
    Concepts with the trust that the meaning of the whole text gives them; what is stated is certain.

    Args:
        evidence: The graph.
        concepts: Those of the need.
        chances: As from `likely`.
    """
    if chances is None:
        return concepts
    return [
        each.doubted(weights.DOUBTED_TRUST + (1.0 - weights.DOUBTED_TRUST) * min(1.0, float(chances[number]) / SURE))
        if each.basis == "recognised" and (number := evidence.hierarchy.number(each.iri.value)) is not None
        else each
        for each in concepts
    ]


def suggested(evidence: Evidence, profile: NeedProfile, chances: Floats | None) -> tuple[RecognisedConcept, ...]:
    """
    Up to three topics that the need may be about, and that it is not known to be about.

    Args:
        evidence: The graph.
        profile: The need with the concepts that are stated or recognised; those, and what is above them, are left out.
        chances: As from `likely`.

    Returns:
        The likeliest first, each weighed by how likely it is; none where texts cannot be compared by meaning.

    Source:
        docs/matching.md, "Possible topics".
    """
    if chances is None:
        return ()
    hierarchy = evidence.hierarchy
    known = {
        above
        for each in (*profile.concepts, *profile.capabilities)
        if (number := hierarchy.number(each.iri.value)) is not None
        for above in hierarchy.at_or_above(number)
    }
    order = [
        number
        for number in np.argsort(-chances, kind="stable").tolist()
        if number not in known and chances[number] >= LEAST and hierarchy.iris[number].startswith(_TOPIC)
    ]
    return tuple(
        RecognisedConcept(
            NamedNode(hierarchy.iris[number]), hierarchy.texts(number), float(chances[number]), (), "suggested"
        )
        for number in order[:SUGGESTED]
    )


def _spoken_for(evidence: Evidence, z: Floats) -> Floats:
    """Per concept how near the nearest of the distinct texts about it are, on average."""
    topics = evidence.topics
    near = np.flatnonzero(z >= NEAR).astype(topics.document.dtype)
    places, rows = rows_of(topics.document, near)
    concept, value = topics.concept[rows], z[near[places]]
    order = np.lexsort((-value, concept))
    concept, value = concept[order], value[order]
    # The same text of two documents is one voice.
    distinct = np.ones(len(order), dtype=bool)
    distinct[1:] = (concept[1:] != concept[:-1]) | (value[1:] != value[:-1])
    concept, value = concept[distinct], value[distinct]
    heard = np.arange(len(concept)) - np.searchsorted(concept, concept) < VOICES
    return np.bincount(concept[heard], weights=value[heard], minlength=len(evidence.hierarchy)) / VOICES
