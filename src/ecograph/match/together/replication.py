"""
What already runs elsewhere that we could take over: fitting solutions, where each runs, and what is missing for us.

Source:
    docs/same-need.md, "What already runs elsewhere".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.errors import UnknownThing
from ecograph.match import weights
from ecograph.match.explaining import citing
from ecograph.match.explaining.sentences import enumerated
from ecograph.match.matcher import Matcher
from ecograph.match.model import Group, Match, NeedProfile, Note, Statement, Texts
from ecograph.match.together.comparing import Comparison, compare
from ecograph.match.together.lacking import Checklist, Gap, Us
from ecograph.messages import LANGUAGES, text, texts
from ecograph.namespaces import DCTERMS, ECO, RDF, SCHEMA
from ecograph.store.base import Snapshot
from ecograph.vocabulary.labels import best_of

MOST_SOLUTIONS: Final = 10
"""Solutions that are shown, the best fitting first."""
_LOOKED_AT: Final = 200
_GROUPS: Final[tuple[Group, ...]] = ("solution",)
_NOT_RUNNING: Final = "idea"
"""The stage at which nothing is there to take over yet."""
_ENDED: Final = "ended"


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a deployment is.

    Attributes:
        iri: The municipality or region; None where the source only names a site.
        labels: Its name, or the site as the source writes it.
        countries: As `dk`, `se`, `no`.
        ours: Whether it is one of our own places.
        comparison: It beside our place that it is most like; None where either is not known.
    """

    iri: NamedNode | None
    labels: Texts
    countries: tuple[str, ...]
    ours: bool
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Deployment:
    """
    One place where a solution runs or has run.

    Attributes:
        iri: The deployment.
        stage: The concept of its stage, with labels.
        since, until: As stated; empty where they are not.
        ended: Whether it is over.
        place: Where.
        operators: Who runs it.
        outcome: What came of it, as it was written; empty where nobody wrote it.
        path: The statements.
    """

    iri: NamedNode
    stage: NamedNode
    stage_labels: Texts
    since: str
    until: str
    ended: bool
    place: Place
    operators: tuple[NamedNode, ...]
    outcome: Texts
    path: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """
    A solution that could be taken over.

    Attributes:
        match: How and why it fits the need.
        deployments: Where it runs: those like us first, then by stage and by how long they have run.
        gaps: What is there for us, what is missing, what nobody has said.
    """

    match: Match
    deployments: tuple[Deployment, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Replicable:
    """
    What already runs elsewhere.

    Attributes:
        need: The need as understood.
        us: For whom it is to be taken over.
        options: The solutions, the best fitting first.
        notes: What to know about the answer.
        revision: The revision of the graph.
    """

    need: NeedProfile
    us: tuple[NamedNode, ...]
    options: tuple[Option, ...]
    notes: tuple[Note, ...]
    revision: int


def replicable(
    matcher: Matcher, snapshot: Snapshot, profile: NeedProfile, place: NamedNode | None = None
) -> Replicable:
    """
    Solutions that fit a need and run somewhere, with what is missing for us.

    The order is that of the match alone: how near or like a municipality is, is told and never counted.

    Args:
        matcher: The graph.
        snapshot: The same revision, for what matching does not read.
        profile: The need.
        place: For whom, a municipality or region; where None, the need's own territory, else the municipalities that
            raise it.

    Raises:
        UnknownThing: `place` is no municipality and no region.
    """
    us = _us(matcher, snapshot, profile, place)
    # A standard it deviates from is a gap to close here, not a reason to leave it out.
    matches = matcher.match(replace(profile, standards=()), groups=_GROUPS, top=_LOOKED_AT).matches
    fitting = [each for each in matches if each.score >= weights.MIN_SCORE]
    checklist = Checklist(matcher.evidence, snapshot, profile, us)
    options: list[Option] = []
    here = 0
    for match in fitting:
        found = sorted(_deployments(matcher, snapshot, match.candidate, us), key=_order)
        if found and all(each.place.ours for each in found):
            here += 1
        elif found and len(options) < MOST_SOLUTIONS:
            options.append(Option(match, tuple(found), checklist.gaps(match.candidate, [each.iri for each in found])))
    notes = tuple(_notes(snapshot, us, options, len(fitting), here))
    return Replicable(profile, us.places, tuple(options), notes, matcher.revision)


def _us(matcher: Matcher, snapshot: Snapshot, profile: NeedProfile, place: NamedNode | None) -> Us:
    read = matcher.evidence
    if place is not None:
        number = read.numbers.get(place.value)
        if number is None or read.kinds[number] not in ("Municipality", "Region"):
            raise UnknownThing(kind="municipality", id=place.value)
        places: tuple[NamedNode, ...] = (place,)
    else:
        places = tuple(each.iri for each in profile.places) or tuple(
            asker
            for asker in profile.askers
            if asker.value in read.numbers and read.kinds[read.numbers[asker.value]] in ("Municipality", "Region")
        )
    homes = [(each, ECO.country) for each in places]
    if not places and profile.iri is not None:
        homes = [(profile.iri, ECO.country)]
    countries: dict[NamedNode, Statement] = {}
    for subject, predicate in homes:
        for statement in citing.about(snapshot, subject, predicate):
            if isinstance(statement.object, NamedNode):
                countries.setdefault(statement.object, statement)
    return Us(places, tuple(countries.items()))


def _deployments(matcher: Matcher, snapshot: Snapshot, solution: NamedNode, us: Us) -> Iterator[Deployment]:
    for deployed in citing.about(snapshot, None, ECO.solution, solution):
        node = deployed.subject
        staged = citing.about(snapshot, node, ECO.stage)
        if not citing.about(snapshot, node, RDF.type, ECO.Deployment) or not staged:
            continue
        stage = staged[0].object
        if not isinstance(stage, NamedNode) or stage.value.endswith(f"/{_NOT_RUNNING}"):
            continue
        stated = {
            name: citing.about(snapshot, node, predicate)
            for name, predicate in (
                ("since", SCHEMA.startDate),
                ("until", SCHEMA.endDate),
                ("place", DCTERMS.spatial),
                ("site", ECO.site),
                ("operator", ECO.operator),
                ("outcome", ECO.outcome),
            )
        }
        until = _value(stated["until"])
        yield Deployment(
            iri=node,
            stage=stage,
            stage_labels={lang: matcher.evidence.concepts.label(stage, lang) for lang in LANGUAGES},
            since=_value(stated["since"]),
            until=until,
            ended=stage.value.endswith(f"/{_ENDED}") or _is_over(until, matcher.today),
            place=_place(matcher, snapshot, stated["place"], stated["site"], us),
            operators=citing.things(stated["operator"]),
            outcome=_written(stated["outcome"]),
            path=(deployed, staged[0], *(each for statements in stated.values() for each in statements)),
        )


def _place(
    matcher: Matcher, snapshot: Snapshot, places: Sequence[Statement], sites: Sequence[Statement], us: Us
) -> Place:
    iri = next(iter(citing.things(places)), None)
    if iri is None:
        return Place(None, _written(sites), (), ours=False, comparison=None)
    number = matcher.evidence.numbers.get(iri.value)
    countries = matcher.evidence.countries.get(number, ()) if number is not None else ()
    own = iri in us.places
    beside = [] if own else [compare(snapshot, ours, iri) for ours in us.places]
    return Place(
        iri=iri,
        labels=citing.labels(snapshot, iri),
        countries=tuple(code for code, _ in countries),
        ours=own,
        comparison=max(beside, key=lambda each: (each.shared, each.ours.value), default=None),
    )


def _order(deployment: Deployment) -> tuple[bool, bool, int, float, str, str]:
    """Running before ended, elsewhere before here, most in common with us, furthest stage, longest in use."""
    comparison = deployment.place.comparison
    stage = weights.STAGE.get(deployment.stage.value.rsplit("/", 1)[-1], 0.0)
    return (
        deployment.ended,
        deployment.place.ours,
        -(comparison.shared if comparison else 0),
        -stage,
        deployment.since or "9999",
        deployment.iri.value,
    )


def _value(statements: Sequence[Statement]) -> str:
    found = [each.object.value for each in statements if isinstance(each.object, Literal)]
    return found[0] if found else ""


def _written(statements: Iterable[Statement]) -> Texts:
    """What was written, for a reader of each language; empty where nothing was."""
    found = [each.object for each in statements if isinstance(each.object, Literal)]
    return {lang: best_of(found, lang).value for lang in LANGUAGES} if found else {}


def _is_over(until: str, today: date) -> bool:
    return bool(until) and until < today.isoformat()[: len(until)]


def _notes(snapshot: Snapshot, us: Us, options: Sequence[Option], fitting: int, here: int) -> Iterator[Note]:
    if not options:
        code = "none-running" if fitting else "none-fitting"
        yield Note(code, texts(f"replicate.note.{code}", count=fitting))
    if here:
        yield Note("here", texts("replicate.note.here", count=here))
    if not us.places:
        yield Note("nowhere", texts("replicate.note.nowhere"))
        return
    names = [citing.labels(snapshot, each) for each in us.places]
    sentences = {
        lang: text("replicate.note.for", lang, places=enumerated([name[lang] for name in names], lang))
        for lang in LANGUAGES
    }
    yield Note("for", sentences)
    if options:
        yield Note("size-unknown", texts("replicate.note.size-unknown"))
