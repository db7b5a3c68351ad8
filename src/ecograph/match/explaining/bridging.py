"""What joins a topic to those of the need in the graph: somebody else who works with both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecograph.match.explaining.grounds import Grounds
from ecograph.match.model import Statement


@dataclass(frozen=True, slots=True)
class Bridge:
    """
    Somebody who works with two concepts.

    Attributes:
        actor: Thing number.
        has: The concept that a candidate's document is about.
        wanted: The concept of the need.
        path: The statements by which they work with both.
    """

    actor: int
    has: int
    wanted: int
    path: tuple[Statement, ...]


def bridge(grounds: Grounds, concept: int) -> Bridge | None:
    """
    Who joins a concept to the need's most: works with it and with one of the need's, and with little else.

    Args:
        grounds: The candidate that is spoken of, which is not its own bridge.
        concept: What one of its documents is about.

    Returns:
        None where nobody works with both, so that the walk came there by way of yet other topics.
    """
    measured, walk = grounds.measured, grounds.evidence.walk
    edges = walk.edges
    # As 2-d columns, which every release of scipy gives.
    has = edges[:, [concept]].toarray().ravel()
    both = np.flatnonzero(has)
    both = both[both != grounds.candidate]
    best: tuple[float, int, int] | None = None
    rows = edges[both]
    spread = np.asarray(rows.sum(axis=1)).ravel()
    for wanted in measured.wanted:
        if wanted.concept == concept or len(both) == 0:
            continue
        values = wanted.share * rows[:, [wanted.concept]].toarray().ravel() * has[both] / spread
        place = int(np.lexsort((grounds.evidence.order[both], -values))[0])
        if values[place] > 0.0 and (best is None or values[place] > best[0]):
            best = float(values[place]), int(both[place]), wanted.concept
    if best is None:
        return None
    _, actor, goal = best
    theirs = Grounds(grounds.question, int(np.searchsorted(measured.candidates, actor)))
    links = theirs.links_about()
    path = [
        statement
        for each in (concept, goal)
        for statement in (*theirs.link_path(links[each]), *theirs.concept_path(links[each], each))
    ]
    return Bridge(actor, concept, goal, tuple(dict.fromkeys(path)))
