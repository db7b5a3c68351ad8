"""
Where a system is good and where it is not: across languages, by size of candidate, and whom it shows.

Source:
    docs/evaluation.md, "Strata" and "Who is shown".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import combinations

from ecograph.match.evaluation import metrics
from ecograph.match.evaluation.baselines import Field
from ecograph.match.evaluation.gold import FITS, KINDS, Gold, GoldNeed, Kind, Query
from ecograph.match.evaluation.running import Run
from ecograph.messages import LANGUAGES, Language, language_of

HOME: Mapping[Language, str] = {"da": "dk", "sv": "se"}
"""Whose own side of the border a query's language tells; English tells none."""
FEW_DOCUMENTS = 1
"""A candidate with no more documents than this is a newcomer to the graph."""
SIZES: Mapping[str, range] = {
    "newcomers": range(FEW_DOCUMENTS + 1),
    "some-documents": range(FEW_DOCUMENTS + 1, 11),
    "many-documents": range(11, 1_000_000),
}
"""Candidates by how many documents they have: who does much fits much, so that like is compared with like."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    What strata look at in a candidate.

    Attributes:
        languages: The languages of its evidence: of its documents' titles and descriptions, and of its own description.
            Names are no evidence, nor are texts without a language.
        countries: As `dk`, `se`, `no`.
        documents: How many it has beside itself.
    """

    languages: frozenset[Language]
    countries: tuple[str, ...]
    documents: int


@dataclass(frozen=True, slots=True)
class Direction:
    """nDCG@10 of queries in one language for candidates whose evidence is in one language only, over so many needs."""

    query: Language
    evidence: Language
    value: float | None
    needs: int


@dataclass(frozen=True, slots=True)
class Across:
    """
    How much is lost across languages.

    Attributes:
        directions: The three directions within a language and the six across.
        same, cross: The mean within, and across, over the same needs and the same candidates.
    """

    directions: tuple[Direction, ...]
    same: float | None
    cross: float | None

    @property
    def ratio(self) -> float | None:
        """Cross as a share of same."""
        return self.cross / self.same if self.same and self.cross is not None else None


@dataclass(frozen=True, slots=True)
class Exposure:
    """
    Whom the first ten places go to; beside two of the shares, the same share of those that fit by judgement.

    Attributes:
        own_language: Of the candidates with evidence in one language only, the share in the query's; a third where the
            language of the query does not matter.
        border: Share from another country than the one whose language is asked in.
        newcomers: Share that has no more than one document.
        gini: How unequally places are shared by all that fit any need.
        border_fitting, newcomers_fitting: Of those that fit.
    """

    own_language: float | None
    border: float | None
    border_fitting: float | None
    newcomers: float | None
    newcomers_fitting: float | None
    gini: float


def candidates(field: Field) -> dict[str, Candidate]:
    """What strata look at, by kind/slug."""
    evidence = field.evidence
    found: dict[str, Candidate] = {}
    for thing in field.candidates.tolist():
        documents = {int(evidence.links.document[link]) for link in evidence.links_of(thing)} - {thing}
        wordings = [*evidence.bodies[thing]]
        for document in documents:
            wordings += (*evidence.titles[document], *evidence.bodies[document])
        languages = (language_of(each.lang) for each in wordings if each.lang)
        found[field.slug(thing)] = Candidate(
            languages=frozenset(lang for lang in languages if lang is not None),
            countries=tuple(code for code, _ in evidence.countries.get(thing, ())),
            documents=len(documents),
        )
    return found


def across(found: Run, gold: Gold, known: Mapping[str, Candidate]) -> Across:
    """
    How well evidence in each language is found by queries in each.

    For each need, ranking and grades are narrowed to the candidates whose evidence is in one language only. They are
    the same whatever language is asked in, so that a difference is one of language. Needs that have nothing to be found
    among them are left out.
    """
    values: dict[tuple[Language, Language], list[float]] = {(q, d): [] for q in LANGUAGES for d in LANGUAGES}
    for written in LANGUAGES:
        only = {slug for slug, candidate in known.items() if candidate.languages == {written}}
        for need in gold.needs:
            for asked in LANGUAGES:
                value = _narrowed(found, need, [query for query in need.queries if query.lang == asked], only)
                if value is not None:
                    values[asked, written].append(value)
    return Across(
        directions=tuple(Direction(q, d, metrics.mean(each), len(each)) for (q, d), each in values.items()),
        same=metrics.mean(value for (q, d), each in values.items() if q == d for value in each),
        cross=metrics.mean(value for (q, d), each in values.items() if q != d for value in each),
    )


def by_size(found: Run, gold: Gold, known: Mapping[str, Candidate]) -> dict[str, float | None]:
    """nDCG@10 among candidates of each size: ranking and grades are narrowed to them."""
    values: dict[str, float | None] = {}
    for name, sizes in SIZES.items():
        only = {slug for slug, candidate in known.items() if candidate.documents in sizes}
        values[name] = metrics.mean(_narrowed(found, need, need.queries, only) for need in gold.needs)
    return values


def stability(found: Run, gold: Gold, kinds: Iterable[Kind] = KINDS) -> float | None:
    """RBO@10 of the answers to the same wording in two languages: the mean over pairs of languages, kinds and needs."""
    kinds = tuple(kinds)
    return metrics.mean(
        metrics.rbo(found.rankings[need.id, kind, one], found.rankings[need.id, kind, other])
        for need in gold.needs
        for kind in kinds
        for one, other in combinations(LANGUAGES, 2)
    )


def exposure(found: Run, gold: Gold, known: Mapping[str, Candidate]) -> Exposure:
    """Whom the first ten places go to."""
    own: list[float | None] = []
    border: list[float | None] = []
    border_fitting: list[float | None] = []
    newcomers: list[float | None] = []
    newcomers_fitting: list[float | None] = []
    places: Counter[str] = Counter()
    for need in gold.needs:
        fitting = [slug for slug, grade in need.grades.items() if grade >= FITS and slug in known]
        newcomers_fitting.append(_share(fitting, known, _is_new))
        for query in need.queries:
            shown = found.rankings[query.key][: metrics.SHOWN]
            places.update(shown)
            newcomers.append(_share(shown, known, _is_new))
            told = [slug for slug in shown if len(known[slug].languages) == 1]
            own.append(_share(told, known, _speaks(query.lang)))
            if query.lang in HOME:
                abroad = _abroad(HOME[query.lang])
                border.append(_share([slug for slug in shown if known[slug].countries], known, abroad))
                border_fitting.append(_share([slug for slug in fitting if known[slug].countries], known, abroad))
    ever = {slug for need in gold.needs for slug, grade in need.grades.items() if grade >= FITS}
    return Exposure(
        own_language=metrics.mean(own),
        border=metrics.mean(border),
        border_fitting=metrics.mean(border_fitting),
        newcomers=metrics.mean(newcomers),
        newcomers_fitting=metrics.mean(newcomers_fitting),
        gini=metrics.gini([places[slug] for slug in sorted(ever)]),
    )


def _narrowed(found: Run, need: GoldNeed, queries: Iterable[Query], only: Set[str]) -> float | None:
    """nDCG@10 as if there were no other candidates; None where none of them fits or touches the need."""
    grades = {slug: grade for slug, grade in need.grades.items() if slug in only}
    rankings = ([slug for slug in found.rankings[query.key] if slug in only] for query in queries)
    return metrics.mean(metrics.ndcg(ranked, grades) for ranked in rankings)


def _share(slugs: Iterable[str], known: Mapping[str, Candidate], wanted: Callable[[Candidate], bool]) -> float | None:
    return metrics.mean(float(wanted(known[slug])) for slug in slugs)


def _speaks(lang: Language) -> Callable[[Candidate], bool]:
    return lambda candidate: lang in candidate.languages


def _is_new(candidate: Candidate) -> bool:
    return candidate.documents <= FEW_DOCUMENTS


def _abroad(home: str) -> Callable[[Candidate], bool]:
    return lambda candidate: home not in candidate.countries
