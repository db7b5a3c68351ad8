"""
Which documents have anything to say to a need, so that only what leads to those is looked at.

Whatever else a candidate has done adds nothing to any signal: every signal takes the best of the documents, and these
say nothing. So the answers are those of looking at everything, and on a large graph come many times faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecograph.match.projection.evidence import Evidence, Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OnTopics:
    """
    The documents that are about any concept of a need.

    Attributes:
        documents: Thing numbers, sorted.
        fit: A row per document: how far it is about each concept, 0..1.
    """

    documents: Ints
    fit: Floats

    def of(self, things: Ints) -> Floats:
        """The fit of some things; of a thing that is about none of the concepts, 0."""
        found = np.zeros((len(things), self.fit.shape[1]), dtype=np.float64)
        if len(self.documents):
            at = np.minimum(np.searchsorted(self.documents, things), len(self.documents) - 1)
            known = self.documents[at] == things
            found[known] = self.fit[at[known]]
        return found


def on_topics(evidence: Evidence, concepts: Sequence[int]) -> OnTopics:
    """
    The documents that are about any of some concepts.

    Args:
        evidence: The graph.
        concepts: Numbers in the hierarchy.
    """
    topics = evidence.topics
    likeness = np.asarray([evidence.hierarchy.likeness(each) for each in concepts], dtype=np.float64)
    near = likeness.reshape(len(concepts), len(evidence.hierarchy)).sum(axis=0) > 0.0
    rows = np.flatnonzero(near[topics.concept])
    documents = topics.document[rows]
    starts = runs(documents)
    fit = np.zeros((len(starts), len(concepts)), dtype=np.float64)
    if len(starts):
        for column, each in enumerate(likeness):
            fit[:, column] = np.maximum.reduceat(each[topics.concept[rows]] * topics.strength[rows], starts)
    return OnTopics(documents[starts], fit)


def links_that_speak(evidence: Evidence, *speaking: NDArray[Any] | Ints) -> NDArray[np.int64]:
    """
    The links whose documents have something to say, in their order.

    Args:
        evidence: The graph.
        speaking: Per thing a number above 0 where it has; or the numbers of things that have.
    """
    speaks = np.zeros(len(evidence.things), dtype=np.bool_)
    for each in speaking:
        if each.dtype.kind == "f":
            speaks |= each > 0.0
        else:
            speaks[each] = True
    return np.flatnonzero(speaks[evidence.links.document])


def runs(sorted_values: NDArray[Any]) -> NDArray[np.int64]:
    """
    Where each value begins in a sorted column.

    Example:
        >>> runs(np.array([3, 3, 7])).tolist()
        [0, 2]
    """
    if len(sorted_values) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], sorted_values[1:] != sorted_values[:-1])))


def placed(values: Floats, rows: NDArray[np.int64], size: int) -> Floats:
    """A column, or table, of `size` rows with values in some of them and 0 in all others."""
    found = np.zeros((size, *values.shape[1:]), dtype=np.float64)
    found[rows] = values
    return found
