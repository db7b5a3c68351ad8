"""How much there is in a revision: per class, country and publisher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ecograph.bootstrap import View
from ecograph.web.reading.building import directory


@dataclass(frozen=True, slots=True)
class Counts:
    """
    How much there is.

    Args:
        by_kind: Per template, how many things in each country; "" is the key of those without one.
        totals: Per template, how many things; one with two countries counts once.
        by_publisher: Per graph, how many statements.
    """

    by_kind: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]
    by_publisher: Mapping[NamedNode, int]


def counts(view: View) -> Counts:
    """How much there is in a revision."""
    known = directory(view)
    return Counts(
        by_kind=known.counts(),
        totals=known.totals(),
        by_publisher={graph: dataset.statements for graph, dataset in view.datasets.items()},
    )
