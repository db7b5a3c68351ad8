"""
What an evaluation has shown, as data: how good each system is, where, and which promises hold.

Source:
    docs/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ecograph.match import weights
from ecograph.match.evaluation import judging, metrics, strata
from ecograph.match.evaluation.baselines import BM25, EMBEDDINGS, OURS, WALK, Field
from ecograph.match.evaluation.faithfulness import Check
from ecograph.match.evaluation.gold import KINDS, SPLITS, Gold, Kind, Query, Split
from ecograph.match.evaluation.running import Measures, Run, average, by_need
from ecograph.match.evaluation.significance import holm, randomisation
from ecograph.match.evaluation.strata import Across, Candidate, Exposure
from ecograph.messages import LANGUAGES, Language

CLOSELY: Final = (OURS, BM25, EMBEDDINGS, WALK)
"""Systems whose strata are looked at closely; the others find too little to be taken apart."""

SIGNIFICANT: Final = 0.05
"""p below which a difference is taken to be more than luck."""
CROSS: Final = 0.85
"""Least nDCG@10 across languages, as a share of that within them."""
EACH_LANGUAGE: Final = 0.90
"""Least nDCG@10 of any language, as a share of the mean."""
STABLE: Final = 0.80
"""Least RBO@10 of the answers to one need in three languages, in the words of its field: those are translations of each
other, which what everybody says for it is not."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One system.

    Attributes:
        system: Its name.
        measures: The means over needs.
        p: Of the difference of ours to it in nDCG@10, Holm-corrected for the number of baselines; None for ours itself.
        query_ms: Time of one query in milliseconds.
    """

    system: str
    measures: Measures
    p: float | None
    query_ms: float


@dataclass(frozen=True, slots=True)
class Stratum:
    """nDCG@10 of each system for part of the queries or candidates, or by one reader; writing has the names."""

    name: str
    ndcg: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Promise:
    """
    One thing that matching must hold.

    Attributes:
        name: What it is, a key of `evaluation.promise`.
        value: What was measured; None where nothing could be.
        bound: What it must reach, or for a p stay below.
        holds: Whether it does.
    """

    name: str
    value: float | None
    bound: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Report:
    """
    An evaluation.

    Attributes:
        split: The part of the gold set; `all` for the whole.
        needs, queries: How many.
        judgements, graded: How many documents have been judged, and how many candidates have a grade by them; a thing
            counts once for each need.
        read_twice, agreement: How many documents two readers have judged, and how far they agree (kappa).
        same_grade: Of those that either gave more than 0, the share with the same grade: most are 0 to both, which is
            easy to agree on.
        revision, weights, meaning: What was evaluated: the graph, the weights, and whether vectors were there.
        rows: The systems, ours first, then the best first.
        strata: Parts of the queries.
        across: By system how it does across languages.
        stability: By system RBO@10 of the answers in three languages: `all`, and by kind of wording.
        by_need: nDCG@10 by system and need; of open needs only, as the locked ones are not to be looked at one by one.
        exposure: By system whom it shows.
        promises: What must hold.
        checks: Faithfulness; none where it was not asked for.
    """

    split: str
    needs: int
    queries: int
    judgements: int
    graded: int
    read_twice: int
    agreement: float | None
    same_grade: float | None
    revision: int
    weights: str
    meaning: bool
    rows: tuple[Row, ...]
    strata: tuple[Stratum, ...]
    across: Mapping[str, Across]
    stability: Mapping[str, Mapping[str, float | None]]
    by_need: Mapping[str, Mapping[str, float | None]]
    exposure: Mapping[str, Exposure]
    promises: tuple[Promise, ...]
    checks: tuple[Check, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether every promise holds and no check failed."""
        return all(promise.holds for promise in self.promises) and not any(check.failed for check in self.checks)


def report(where: Field, gold: Gold, runs: Sequence[Run], split: str, checks: Sequence[Check] = ()) -> Report:
    """
    What some runs are worth.

    Args:
        where: The candidates.
        gold: The needs that were asked, with the grades of documents.
        runs: The systems' answers, ours among them.
        split: The part of the gold set that it is.
        checks: What was found of faithfulness.
    """
    gold = judging.judged(where.evidence, gold)
    known = strata.candidates(where)
    close = {run.system: run for run in runs if run.system in CLOSELY}
    rows = _rows(gold, runs)
    parts = (*_strata(gold, close), *_sizes(gold, close, known), *_readers(where, gold, close))
    across = {name: strata.across(run, gold, known) for name, run in close.items()}
    stability = {
        name: {"all": strata.stability(run, gold)} | {kind: strata.stability(run, gold, [kind]) for kind in KINDS}
        for name, run in close.items()
    }
    return Report(
        split=split,
        needs=len(gold.needs),
        queries=len(gold.queries),
        judgements=sum(len(need.documents) for need in gold.needs),
        graded=sum(len(need.grades) for need in gold.needs),
        read_twice=len(gold.read_twice),
        agreement=metrics.agreement(gold.read_twice),
        same_grade=metrics.mean(float(one == other) for one, other in gold.read_twice if one or other),
        revision=where.evidence.revision,
        weights=weights.VERSION,
        meaning=where.evidence.meaning.available,
        rows=rows,
        strata=parts,
        across=across,
        stability=stability,
        by_need={
            run.system: {need: each.ndcg for need, each in by_need(run, gold.only("open")).items()} for run in runs
        },
        exposure={name: strata.exposure(run, gold, known) for name, run in close.items()},
        promises=_promises(rows, parts, across[OURS], stability[OURS]["literal"]),
        checks=tuple(checks),
    )


def _rows(gold: Gold, runs: Sequence[Run]) -> tuple[Row, ...]:
    needs = {run.system: by_need(run, gold) for run in runs}
    ours = needs[OURS]
    raw = {
        name: randomisation([(ours[need].ndcg or 0.0) - (each[need].ndcg or 0.0) for need in ours])
        for name, each in needs.items()
        if name != OURS
    }
    corrected = holm(raw)
    rows = [
        Row(
            run.system,
            average(list(needs[run.system].values())),
            corrected.get(run.system),
            1000.0 * run.seconds / max(len(gold.queries), 1),
        )
        for run in runs
    ]
    return tuple(sorted(rows, key=lambda row: (row.system != OURS, -(row.measures.ndcg or 0.0), row.system)))


def _strata(gold: Gold, runs: Mapping[str, Run]) -> tuple[Stratum, ...]:
    splits = {need.id: need.split for need in gold.needs}
    wanted: dict[str, Callable[[Query], bool]] = {}
    for split in SPLITS if len(set(splits.values())) > 1 else ():
        wanted[split] = partial(_is, splits=splits, split=split)
    for kind in KINDS:
        wanted[kind] = partial(_is, splits=splits, kind=kind)
    for lang in LANGUAGES:
        wanted[lang] = partial(_is, splits=splits, lang=lang)
    for kind in KINDS:
        for lang in LANGUAGES:
            wanted[f"{kind} {lang}"] = partial(_is, splits=splits, kind=kind, lang=lang)
    return tuple(
        Stratum(
            name,
            {system: average(list(by_need(run, gold, part).values())).ndcg for system, run in runs.items()},
        )
        for name, part in wanted.items()
    )


def _sizes(gold: Gold, runs: Mapping[str, Run], known: Mapping[str, Candidate]) -> Iterable[Stratum]:
    found = {system: strata.by_size(run, gold, known) for system, run in runs.items()}
    for name in strata.SIZES:
        yield Stratum(name, {system: values[name] for system, values in found.items()})


def _readers(where: Field, gold: Gold, runs: Mapping[str, Run]) -> Iterable[Stratum]:
    """The needs that were read twice, by the grades of each reader: whether they find the same system best."""
    second = judging.judged(where.evidence, gold.by_second)
    twice = {need.id for need in second.needs}
    first = Gold(tuple(need for need in gold.needs if need.id in twice))
    for name, by_reader in (("first-reader", first), ("second-reader", second)) if twice else ():
        yield Stratum(
            name, {system: average(list(by_need(run, by_reader).values())).ndcg for system, run in runs.items()}
        )


def _is(
    query: Query,
    *,
    splits: Mapping[str, Split],
    split: Split | None = None,
    kind: Kind | None = None,
    lang: Language | None = None,
) -> bool:
    found = (splits[query.need], query.kind, query.lang)
    return all(wanted in (None, has) for wanted, has in zip((split, kind, lang), found, strict=True))


def _promises(
    rows: Sequence[Row], parts: Sequence[Stratum], across: Across, stability: float | None
) -> tuple[Promise, ...]:
    ours = rows[0].measures.ndcg
    best = max((row.measures.ndcg or 0.0 for row in rows[1:]), default=0.0)
    p = next((row.p for row in rows if row.system == BM25), None)
    of_language = {part.name: part.ndcg[OURS] for part in parts if part.name in LANGUAGES}
    least = min((value or 0.0 for value in of_language.values()), default=0.0)
    middle = metrics.mean(of_language.values())
    share = least / middle if middle else None
    return (
        Promise("above-baselines", ours, best, ours is not None and ours > best),
        Promise("bm25", p, SIGNIFICANT, p is not None and p < SIGNIFICANT),
        _at_least("across", across.ratio, CROSS),
        _at_least("each-language", share, EACH_LANGUAGE),
        _at_least("stable", stability, STABLE),
    )


def _at_least(name: str, value: float | None, bound: float) -> Promise:
    return Promise(name, value, bound, value is not None and value >= bound)
