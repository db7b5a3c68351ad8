"""
A random walk with restart over who works with what: which topics go together in the graph, and who has them.

From a topic the walk goes to somebody who works with it and on to what else they work with, or along the hierarchy of
topics; time and again it begins anew at the topics of the need. As candidates are met only by way of topics, all that
must be known of them is how they join topics: the walk itself is on a matrix of concepts by concepts, and what it says
of a candidate is a sum over the candidate's own edges. An edge is the best of the candidate's documents on a concept,
so that more of the same changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ecograph.match import weights
from ecograph.match.projection.hierarchy import Hierarchy

if TYPE_CHECKING:
    from ecograph.match.projection.evidence import Links, Topics

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_NOTHING: Final = 1e-9
"""What is left of edges that were taken away again, by rounding."""


@dataclass(frozen=True, slots=True)
class Walk:
    """
    What the walk needs of the graph, at one revision.

    Attributes:
        edges: Things by concepts: the best of trust in the topic times reach over the documents of a candidate.
        joint: Concepts by concepts: how much of the one's edges lead on to the other.
        kin: Concepts by concepts: the steps along the hierarchy; each row sums to 1, or to 0 where there are none.
        retold: Edges of candidates that differ from `edges`, in a graph that is only supposed.

    Source:
        docs/matching.md, "Signals".
    """

    edges: sparse.csr_array
    joint: Floats
    kin: Floats
    retold: Mapping[int, Floats] = field(default_factory=dict)

    @classmethod
    def build(cls, links: Links, topics: Topics, hierarchy: Hierarchy, size: int) -> Walk:
        """
        Read who works with what.

        Args:
            links, topics: Those of the graph.
            hierarchy: Its concepts.
            size: How many things there are.
        """
        owners, concepts, values = best_edges(links, topics, len(hierarchy))
        shape = (size, max(len(hierarchy), 1))
        edges = sparse.csr_array(sparse.coo_array((values, (owners, concepts)), shape=shape))
        return cls(edges, _joint(edges), _kin(hierarchy, shape[1]))

    def changed(self, links: Links, topics: Topics, candidates: Ints) -> Walk:
        """
        The walk where the edges of some candidates are others.

        Args:
            links, topics: Those of the changed graph.
            candidates: Thing numbers of all whose edges may differ.
        """
        part = np.isin(links.candidate, candidates)
        own = replace(links, **{each.name: getattr(links, each.name)[part] for each in fields(links)})
        count = self.edges.shape[1]
        rows = {thing: np.zeros(count, dtype=np.float64) for thing in candidates.tolist()}
        for owner, concept, value in zip(*best_edges(own, topics, count), strict=True):
            rows[int(owner)][concept] = value
        before = [row for thing in rows if (row := self.row(thing)).any()]
        after = [row for row in rows.values() if row.any()]
        joint = self.joint.copy()
        for sign, edges in ((-1.0, before), (1.0, after)):
            if edges:
                joint += sign * _joint(sparse.csr_array(np.asarray(edges)))
        return replace(self, joint=np.maximum(joint, 0.0), retold={**self.retold, **rows})

    def settled(self, size: int) -> Walk:
        """The same for `size` things, with what differs put among the edges."""
        rows = sorted(self.retold)
        owners = np.repeat(np.arange(self.edges.shape[0], dtype=np.int32), np.diff(self.edges.indptr))
        kept = ~np.isin(owners, rows)
        new = [(thing, np.flatnonzero(self.retold[thing])) for thing in rows]
        told = np.repeat(np.asarray(rows, dtype=np.int32), [len(concepts) for _, concepts in new])
        at = np.searchsorted(owners[kept], told)
        concepts = np.concatenate([self.edges.indices[:0], *(concepts for _, concepts in new)])
        values = np.concatenate([self.edges.data[:0], *(self.retold[thing][concepts] for thing, concepts in new)])
        counts = np.bincount(np.concatenate((owners[kept], told)), minlength=size)
        edges = sparse.csr_array(
            (
                np.insert(self.edges.data[kept], at, values),
                np.insert(self.edges.indices[kept], at, concepts),
                np.concatenate(([0], np.cumsum(counts))),
            ),
            shape=(size, self.edges.shape[1]),
        )
        return replace(self, edges=edges, retold={})

    def row(self, thing: int) -> Floats:
        """The edges of one candidate."""
        if thing in self.retold:
            return self.retold[thing]
        found = np.zeros(self.edges.shape[1], dtype=np.float64)
        if thing < self.edges.shape[0]:
            part = slice(self.edges.indptr[thing], self.edges.indptr[thing + 1])
            found[self.edges.indices[part]] = self.edges.data[part]
        return found

    def steps(self) -> Floats:
        """The chance of going from each concept to each other; a concept that leads nowhere leads to itself."""
        leading = self.joint.sum(axis=1)
        together = np.divide(
            self.joint, leading[:, None], out=np.zeros_like(self.joint), where=leading[:, None] > _NOTHING
        )
        found = (1.0 - weights.WALK_HIERARCHY) * together + weights.WALK_HIERARCHY * self.kin
        whole = found.sum(axis=1)
        found = np.divide(found, whole[:, None], out=np.zeros_like(found), where=whole[:, None] > 0.0)
        found[whole == 0.0, whole == 0.0] = 1.0
        return np.asarray(found, dtype=np.float64)

    def visits(self, start: Floats) -> Floats:
        """
        How much of the walk is spent with each concept.

        Args:
            start: The shares of the need's concepts; they sum to 1, or to 0 for a need without any.

        Returns:
            Per concept its share of the walk, divided by the share of the need's concepts together: who works with all
            of those, and nothing else, gets 1.
        """
        if not start.any():
            return start
        steps = self.steps()
        found = start
        for _ in range(weights.WALK_STEPS):
            found = weights.WALK_RESTART * start + (1.0 - weights.WALK_RESTART) * (found @ steps)
        return np.asarray(found / found[start > 0.0].sum(), dtype=np.float64)

    def reached(self, visits: Floats, candidates: Ints) -> Floats:
        """Per candidate 0..1: the visits to the concepts it works with, each times its edge, and at most 1."""
        every = self.edges @ visits
        inside = candidates < len(every)
        found = np.zeros(len(candidates), dtype=np.float64)
        found[inside] = every[candidates[inside]]
        for thing, row in self.retold.items():
            found[candidates == thing] = row @ visits
        return np.minimum(found, 1.0)


def best_edges(links: Links, topics: Topics, concepts: int) -> tuple[Ints, Ints, Floats]:
    """
    The best of trust in the topic times reach, over the documents of each candidate.

    Returns:
        Candidate, concept and value of every pair that is joined, in that order.
    """
    link, topic = rows_of(topics.document, links.document)
    if len(link) == 0:
        nothing = np.zeros(0, dtype=np.int32)
        return nothing, nothing, nothing.astype(np.float64)
    key = links.candidate[link].astype(np.int64) * concepts + topics.concept[topic]
    value = links.reach[link].astype(np.float64) * topics.strength[topic]
    order = np.argsort(key, kind="stable")
    key, value = key[order], value[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    found = key[starts]
    best = np.maximum.reduceat(value, starts)
    return (found // concepts).astype(np.int32), (found % concepts).astype(np.int32), best


def rows_of(column: Ints, values: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Where values stand in a sorted column.

    Returns:
        Place in `values` and row of the column, for each row that holds one of them.

    Example:
        >>> places, rows = rows_of(np.array([2, 2, 5], dtype=np.int32), np.array([5, 3, 2], dtype=np.int32))
        >>> places.tolist(), rows.tolist()
        ([0, 2, 2], [2, 0, 1])
    """
    first = np.searchsorted(column, values, side="left")
    counts = np.searchsorted(column, values, side="right") - first
    places = np.repeat(np.arange(len(counts)), counts)
    rows = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    return places, rows


def _joint(edges: sparse.csr_array) -> Floats:
    """How much of each concept leads on to each other by way of who has both; who has many leads to each less."""
    whole = np.asarray(edges.sum(axis=1)).ravel()
    share = sparse.diags_array(np.divide(1.0, whole, out=np.zeros_like(whole), where=whole > 0.0))
    return np.asarray((edges.T @ (share @ edges)).toarray(), dtype=np.float64)


def _kin(hierarchy: Hierarchy, size: int) -> Floats:
    found = np.zeros((size, size), dtype=np.float64)
    for number in range(len(hierarchy)):
        found[number, : len(hierarchy)] = hierarchy.likeness(number)
    np.fill_diagonal(found, 0.0)
    whole = found.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(found, whole, out=np.zeros_like(found), where=whole > 0.0), dtype=np.float64)
