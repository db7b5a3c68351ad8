"""From the graph to a problem: who could take part, what each can cover by which evidence, what a programme pays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode

from ecograph.errors import UnknownThing
from ecograph.match import weights
from ecograph.match.consortium.problem import Actor, Offer, Problem, qualifies
from ecograph.match.consortium.rules import LEVELS, Cover, Level, Role, Rules
from ecograph.match.explaining.grounds import Question
from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile, Signal, Statement
from ecograph.match.ordering import ranking, signals
from ecograph.match.projection.evidence import FAMILIES, Evidence
from ecograph.namespaces import CONCEPT, ECO, RDF
from ecograph.store.base import Snapshot

POOL: Final = 300
"""Candidates that the proof is about: with more of them it may take longer than somebody waits."""
_BEST_PER_COVER: Final = 12
"""Candidates per cover that are taken first, so that what few can do is never lost among those who fit well."""
_BEST_PER_SORT: Final = 12
"""Candidates per sort of partner and country that are taken next, so that every rule finds somebody to keep it."""

_ROLE_OF: Final[Mapping[str, Role]] = {
    "Municipality": "municipality",
    "Region": "region",
    "ResearchOrganisation": "research-organisation",
    "Company": "company",
    "PublicBody": "public-body",
    "Network": "network",
    "Organisation": "organisation",
}
_CAPABILITY: Final = FAMILIES.index("capability")
_SAME: Final = 0.999
"""Likeness from which a claim is of the capability itself, not of one beside it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a programme pays in a country: the share, 0..1, and the statement that says so."""

    country: str
    share: float
    statement: Statement


@dataclass(frozen=True)
class Gathered:
    """
    A problem with what it was made from.

    Attributes:
        problem: Rules and candidates.
        question: The covers put to the graph as if they were a need, for explaining.
        columns: Per cover its place in the question; None where it counts for nothing there.
        links: Per candidate and cover the link with the strongest evidence; -1 for none.
        rows: Per candidate its place in the question.
        known: How many candidates there would have been.
        rates: What the programme pays.
    """

    problem: Problem
    question: Question
    columns: tuple[int | None, ...]
    links: NDArray[np.int64]
    rows: tuple[int, ...]
    known: int
    rates: tuple[Rate, ...]

    @property
    def able(self) -> tuple[int, ...]:
        """Per cover how many candidates count for it."""
        problem = self.problem
        return tuple(
            sum(qualifies(cover, actor.offers[place]) for actor in problem.actors)
            for place, cover in enumerate(problem.rules.covers)
        )


def covers_of(profile: NeedProfile) -> tuple[Cover, ...]:
    """What a need asks for: its capabilities and topics, each once, without what is only broader than a topic."""
    wanted = [*profile.capabilities, *(each for each in profile.concepts if each.basis != "broader")]
    return tuple(Cover(each.iri) for each in {each.iri: each for each in wanted}.values())


def programmes(snapshot: Snapshot) -> tuple[NamedNode, ...]:
    """The programmes whose co-funding rates the graph states, by IRI."""
    return tuple(sorted({programme for programme, _ in _rates(snapshot)}, key=lambda iri: iri.value))


def rates_of(snapshot: Snapshot, programme: NamedNode) -> tuple[Rate, ...]:
    """What a programme pays, by country; the lowest where publishers differ."""
    found: dict[str, Rate] = {}
    for other, rate in _rates(snapshot):
        if other == programme and (rate.country not in found or rate.share < found[rate.country].share):
            found[rate.country] = rate
    return tuple(found[code] for code in sorted(found))


def gather(
    matcher: Matcher,
    profile: NeedProfile,
    rules: Rules,
    rates: Iterable[Rate] = (),
    weighting: Mapping[Signal, float] = weights.SIGNALS,
) -> Gathered:
    """
    Who could take part, and what each can cover.

    Args:
        matcher: The graph.
        profile: The need, by which candidates fit more or less; without one, the covers say what is needed.
        rules: The rules.
        rates: What the rules' programme pays.
        weighting: What each signal counts where candidates fit more or less.

    Raises:
        UnknownThing: A concept or a partner of the rules is not in the graph.
    """
    read = matcher.evidence
    wanted = _profile_of(matcher, profile, rules)
    measured = signals.measure(read, wanted, matcher.today.year, weighting)
    fitting = signals.measure(read, profile, matcher.today.year, weighting) if _asks(profile) else measured
    strengths, links = _strengths(read, measured)
    numbers = {each.source.iri: column for column, each in enumerate(measured.wanted)}
    columns = tuple(numbers.get(cover.concept) for cover in rules.covers)
    levels = _levels(read, measured, rules)
    fits = _fits(fitting)
    actors = [row for row, thing in enumerate(measured.candidates.tolist()) if read.kinds[thing] in _ROLE_OF]
    forced = [_row_of(read, measured, iri) for iri in (*rules.include, *rules.exclude)]
    useful = [row for row in actors if row in forced or fits[row] >= weights.WEAK_SCORE or strengths[row].any()]
    forced += _fillers(read, measured, actors, fits, rules)
    chosen = _chosen(read, measured, useful, forced, strengths, fits)
    problem = Problem(
        rules,
        tuple(
            Actor(
                NamedNode(read.things[thing]),
                _ROLE_OF[read.kinds[thing]],
                tuple(code for code, _ in read.countries.get(thing, ())),
                round(float(fits[row]), 6),
                tuple(
                    Offer(round(float(strengths[row, column]), 6), levels.get((row, place), -1))
                    if column is not None
                    else Offer()
                    for place, column in enumerate(columns)
                ),
            )
            for row in chosen
            for thing in (int(measured.candidates[row]),)
        ),
        {rate.country: rate.share for rate in rates},
    )
    question = Question(read, wanted, measured, matcher.today.year)
    return Gathered(problem, question, columns, links[chosen], tuple(chosen), len({*useful, *forced}), tuple(rates))


def _rates(snapshot: Snapshot) -> Iterator[tuple[NamedNode, Rate]]:
    for quad in snapshot.quads(None, RDF.type, ECO.CofundingRate, None):
        if not isinstance(quad.subject, NamedNode):
            continue
        for share in snapshot.quads(quad.subject, ECO.share, None, None):
            for programme in snapshot.quads(quad.subject, ECO.programme, None, None):
                for country in snapshot.quads(quad.subject, ECO.country, None, None):
                    if (
                        isinstance(share.subject, NamedNode)
                        and isinstance(share.object, Literal)
                        and isinstance(share.graph_name, NamedNode)
                        and isinstance(programme.object, NamedNode)
                        and isinstance(country.object, NamedNode)
                    ):
                        said = Statement(share.subject, share.predicate, share.object, share.graph_name)
                        code = CONCEPT.local(country.object).removeprefix("country/")
                        yield programme.object, Rate(code, float(share.object.value), said)


def _asks(profile: NeedProfile) -> bool:
    return bool(profile.concepts or profile.capabilities or any(text.strip() for text in profile.texts.values()))


def _profile_of(matcher: Matcher, profile: NeedProfile, rules: Rules) -> NeedProfile:
    """The covers as a need; nothing else of the need stands in it, so that each is measured by itself."""
    for each in (*profile.concepts, *profile.capabilities):
        profile = profile.without(each.iri)
    for cover in rules.covers:
        profile = matcher.with_concept(profile, cover.concept)
    return profile


def _strengths(read: Evidence, measured: signals.Measured) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Candidates by covers: how far the strongest evidence proves it, and the link that this evidence is."""
    links = read.links
    columns = len(measured.wanted)
    values = np.zeros((len(measured.candidates), columns), dtype=np.float64)
    best = np.full((len(measured.candidates), columns), -1, dtype=np.int64)
    if len(links.candidate) == 0:
        return values, best
    # `proof` is proven × relevance × age: with the fit to one thing for the relevance, it is the proof of that thing.
    trusted = np.divide(
        measured.proof, measured.relevance, out=np.zeros_like(measured.proof), where=measured.relevance > 0
    )
    owner = np.repeat(np.arange(len(measured.candidates)), np.diff(measured.starts))
    for column in range(columns):
        proof = measured.fit[:, column] * trusted
        order = np.lexsort((np.arange(len(proof)), -proof, owner))
        first = order[np.searchsorted(owner[order], np.arange(len(measured.candidates)))]
        values[:, column] = proof[first]
        best[:, column] = np.where(proof[first] > 0.0, first, -1)
    return values, best


def _levels(read: Evidence, measured: signals.Measured, rules: Rules) -> dict[tuple[int, int], int]:
    """Per candidate and cover the highest level of a capability claim of it, or of a part of it."""
    numbers = {each.source.iri: each.concept for each in measured.wanted}
    rows = {int(thing): row for row, thing in enumerate(measured.candidates)}
    topics = read.topics
    found: dict[tuple[int, int], int] = {}
    for link in np.flatnonzero(read.links.family == _CAPABILITY).tolist():
        detail = int(read.links.detail[link])
        level = read.statements.names[detail].rsplit("/", 1)[-1] if detail >= 0 else ""
        row = rows.get(int(read.links.candidate[link]))
        if row is None or level not in LEVELS:
            continue
        stated = set(topics.concept[topics.document == int(read.links.document[link])].tolist())
        for place, cover in enumerate(rules.covers):
            wanted = numbers.get(cover.concept)
            if wanted is not None and any(each == wanted or read.hierarchy.is_above(wanted, each) for each in stated):
                found[(row, place)] = max(found.get((row, place), -1), LEVELS.index(_level(level)))
    return found


def _level(name: str) -> Level:
    return next(level for level in LEVELS if level == name)


def _fits(measured: signals.Measured) -> NDArray[np.float64]:
    """The score of every candidate."""
    return np.asarray(
        [ranking.score_of(measured, row).score for row in range(len(measured.candidates))], dtype=np.float64
    )


def _row_of(read: Evidence, measured: signals.Measured, iri: NamedNode) -> int:
    thing = read.numbers.get(iri.value, -1)
    row = int(np.searchsorted(measured.candidates, thing)) if thing >= 0 else len(measured.candidates)
    if row >= len(measured.candidates) or measured.candidates[row] != thing or read.kinds[thing] not in _ROLE_OF:
        raise UnknownThing(kind="actor", id=iri.value)
    return row


def _fillers(
    read: Evidence, measured: signals.Measured, actors: Iterable[int], fits: NDArray[np.float64], rules: Rules
) -> list[int]:
    """Of each sort and country that a rule asks for, as many as it asks for: also those who fit nothing can keep it."""
    most = max((*rules.countries.values(), *rules.roles.values()), default=0)
    found: dict[tuple[str, str], list[int]] = {}
    for row in sorted(actors, key=lambda row: (-fits[row], int(read.order[measured.candidates[row]]))):
        thing = int(measured.candidates[row])
        kind = read.kinds[thing]
        for code in [code for code, _ in read.countries.get(thing, ())] or [""]:
            if code in rules.countries or _ROLE_OF[kind] in rules.roles:
                found.setdefault((kind, code), []).append(row)
    return [row for _, rows in sorted(found.items()) for row in rows[:most]]


def _chosen(
    read: Evidence,
    measured: signals.Measured,
    useful: list[int],
    forced: list[int],
    strengths: NDArray[np.float64],
    fits: NDArray[np.float64],
) -> list[int]:
    """Who is looked at: those the rules name, the best for each cover, of each sort and country, and who fits best."""
    things = measured.candidates
    place = read.order[things]

    def by(values: NDArray[np.float64], rows: Iterable[int]) -> list[int]:
        return sorted((row for row in rows if values[row] > 0.0), key=lambda row: (-values[row], int(place[row])))

    taken = dict.fromkeys(forced)
    for column in range(strengths.shape[1]):
        taken.update(dict.fromkeys(by(strengths[:, column], useful)[:_BEST_PER_COVER]))
    able = fits + strengths.sum(axis=1)
    sorts: dict[tuple[str, str], list[int]] = {}
    for row in by(able, useful):
        thing = int(things[row])
        for code, _ in read.countries.get(thing, ()):
            sorts.setdefault((read.kinds[thing], code), []).append(row)
    for _, rows in sorted(sorts.items()):
        taken.update(dict.fromkeys(rows[:_BEST_PER_SORT]))
    taken.update(dict.fromkeys(by(able, useful)))
    return sorted(list(taken)[: max(POOL, len(forced))], key=lambda row: int(place[row]))
