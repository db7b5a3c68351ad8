"""Every system asked every query of the gold set, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields

from ecograph.match.evaluation import metrics
from ecograph.match.evaluation.baselines import Answered, Field
from ecograph.match.evaluation.gold import Gold, Kind, Query
from ecograph.messages import Language

Key = tuple[str, Kind, Language]
Watch = Callable[[int, int], None]
"""Called with how many queries are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    One system's answers.

    Attributes:
        system: Its name.
        rankings: By query the candidates it finds, as kind/slug, best first.
        seconds: Time it took in all.
        judged: By query the share of the first ten candidates whose document nearest to the query has been judged.
    """

    system: str
    rankings: Mapping[Key, tuple[str, ...]]
    seconds: float
    judged: Mapping[Key, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measures:
    """What one ranking or the mean of several is worth; None where nothing could be found."""

    ndcg: float | None
    mrr: float | None
    precision: float | None
    recall: float | None
    judged: float | None


def run(where: Field, gold: Gold, watch: Watch | None = None, only: Collection[str] | None = None) -> tuple[Run, ...]:
    """
    Ask every system every query.

    Args:
        where: The candidates and the systems.
        gold: The queries, and what has been judged.
        watch: Told how far it is.
        only: These systems; None for all.
    """
    systems = {name: ranker for name, ranker in where.systems.items() if only is None or name in only}
    rankings: dict[str, dict[Key, tuple[str, ...]]] = {name: {} for name in systems}
    judged: dict[str, dict[Key, float | None]] = {name: {} for name in systems}
    documents = {need.id: need.documents for need in gold.needs}
    seconds = dict.fromkeys(systems, 0.0)
    for done, query in enumerate(gold.queries):
        if watch:
            watch(done, len(gold.queries))
        nearest = where.nearest(where.answered(query))
        read = {
            int(thing)
            for thing, document in zip(where.candidates, nearest, strict=True)
            if where.slug(int(document)) in documents[query.need]
        }
        for name, ranker in systems.items():
            started = time.perf_counter()
            asked: Answered = where.answered(query)
            found = ranker(asked)
            seconds[name] += time.perf_counter() - started
            rankings[name][query.key] = tuple(where.slug(thing) for thing in found)
            judged[name][query.key] = metrics.mean(float(thing in read) for thing in found[: metrics.SHOWN])
    return tuple(Run(name, rankings[name], seconds[name], judged[name]) for name in systems)


def measured(found: Run, query: Query, grades: Mapping[str, int]) -> Measures:
    """The measures of one ranking."""
    ranked = found.rankings[query.key]
    return Measures(
        ndcg=metrics.ndcg(ranked, grades),
        mrr=metrics.reciprocal_rank(ranked, grades),
        precision=metrics.precision(ranked, grades),
        recall=metrics.recall(ranked, grades),
        judged=found.judged.get(query.key),
    )


def by_query(found: Run, gold: Gold, wanted: Callable[[Query], bool] = lambda _: True) -> dict[Key, Measures]:
    """The measures of each query that is wanted."""
    return {
        query.key: measured(found, query, need.grades) for need in gold.needs for query in need.queries if wanted(query)
    }


def by_need(found: Run, gold: Gold, wanted: Callable[[Query], bool] = lambda _: True) -> dict[str, Measures]:
    """The measures of each need: the means over its wordings."""
    each = by_query(found, gold, wanted)
    return {need.id: average([each[query.key] for query in need.queries if wanted(query)]) for need in gold.needs}


def average(several: list[Measures]) -> Measures:
    """The mean of each measure."""
    return Measures(*(metrics.mean(getattr(each, name.name) for each in several) for name in fields(Measures)))
