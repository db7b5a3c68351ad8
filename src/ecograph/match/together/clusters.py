"""
Who else has this need: needs that ask for the same, across the border, and what a joint tender could ask for.

Source:
    docs/same-need.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from pyoxigraph import Literal, NamedNode
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from ecograph.match import weights
from ecograph.match.explaining import citing
from ecograph.match.explaining.sentences import enumerated, in_sentence
from ecograph.match.matcher import Matcher
from ecograph.match.model import Group, Match, NeedProfile, Note, Reason, Statement, Texts
from ecograph.match.together import alike, requirements
from ecograph.match.together.alike import Compared
from ecograph.match.together.alikeness import Telling
from ecograph.match.together.requirements import Code, Row, Wider
from ecograph.messages import LANGUAGES, Language, text, texts
from ecograph.namespaces import CONCEPT, ECO
from ecograph.store.base import Snapshot

SAME: Final = 0.39
"""Mean likeness from which needs stand together. Looked at on the nineteen needs of the shipped graph, with a language
model and without: from 0.38 to 0.40 the groups stay, and from 0.34 to 0.42 few needs join or leave. Above stand pairs
that one tender could serve, below pairs that share a technique or a word."""
NEAR: Final = 0.30
"""Likeness from which a need outside the group is told as touching on it."""
MOST_MEMBERS: Final = 12
"""Members of a group that are shown, the most like first: a table with more columns is not read."""
MOST_NEAR: Final = 5
MOST_WORKED: Final = 10
WORKED_FROM: Final = 0.25
"""Score from which a municipality's work tells that it had the need: a project on one of the topics in passing stays
below."""

_WORK: Final = frozenset(("lead", "partner", "taking-part", "participation", "operator", "territory"))
_LOOKED_AT: Final = 100
_GROUPS: Final[tuple[Group, ...]] = ("municipality",)


@dataclass(frozen=True, slots=True)
class Member:
    """
    A need of a group.

    Attributes:
        need: The need; None for one that is typed in.
        labels: Its title, or its words.
        countries: As `dk`, `se`, `no`.
        raised_by: The actors that raise it.
        raised_by_text: Who does, where the source only says it in words.
        path: The statements of who raises it.
        year: When it was stated; 0 where that is not said.
    """

    need: NamedNode | None
    labels: Texts
    countries: tuple[str, ...]
    raised_by: tuple[NamedNode, ...] = ()
    raised_by_text: str = ""
    path: tuple[Statement, ...] = ()
    year: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """
    Why two needs stand together.

    Attributes:
        one, other: Their places among the members.
        likeness: 0..1.
        reasons: What it is made of; their contributions sum to it.
    """

    one: int
    other: int
    likeness: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    Needs that ask for the same.

    Attributes:
        members: The needs; the one asked about first, else in the order of their IRIs.
        likeness: Mean likeness of every two of them, 0..1.
        edges: Why they stand together, the most like first.
        rows: What each asks for, side by side.
        countries: The countries they are from.
        wider: What their topics have in common where no topic is the same.
        codes: CPV codes for what they have in common.
        common: What a joint tender could ask for, in words.
        adds: Per member what it must add, in words; empty where nothing.
        size: How many there are; `members` may be fewer.
    """

    members: tuple[Member, ...]
    likeness: float
    edges: tuple[Edge, ...]
    rows: tuple[Row, ...]
    countries: tuple[str, ...]
    wider: Wider | None
    codes: tuple[Code, ...]
    common: Texts
    adds: tuple[Texts, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Near:
    """A need outside the group that touches on the one asked about."""

    member: Member
    edge: Edge


@dataclass(frozen=True, slots=True)
class Same:
    """
    Who else has a need.

    Attributes:
        need: The need asked about, as understood.
        cluster: The group it is in; None where nobody else has stated it.
        near: Needs that touch on it, the most like first.
        worked: Municipalities that have worked on it, which is evidence that they had it.
        worked_count: How many those are; `worked` are the best of them.
        notes: What to know about the answer.
        revision: The revision of the graph.
    """

    need: NeedProfile
    cluster: Cluster | None
    near: tuple[Near, ...]
    worked: tuple[Match, ...]
    worked_count: int
    notes: tuple[Note, ...]
    revision: int


def clusters(matcher: Matcher, snapshot: Snapshot, known: Compared) -> tuple[Cluster, ...]:
    """
    Every group of at least two needs: those across a border first, then the most alike.

    Args:
        matcher: The graph.
        snapshot: The same revision, for what matching does not read.
        known: Its needs, compared (`alike.compare`).
    """
    found = [_cluster(matcher, snapshot, known, group) for group in grouped(known) if len(group) > 1]
    order = {id(each): place for place, each in enumerate(found)}
    return tuple(sorted(found, key=lambda each: (len(each.countries) < 2, -each.likeness, order[id(each)])))


def same(matcher: Matcher, snapshot: Snapshot, known: Compared, profile: NeedProfile) -> Same:
    """
    Who else has a need: the group it is in, needs that touch on it, and municipalities that have worked on it.

    Args:
        matcher: The graph.
        snapshot: The same revision, for what matching does not read.
        known: Its needs, compared (`alike.compare`).
        profile: The need: one of the graph, or one typed in.
    """
    compared, own = alike.beside(matcher, known, profile)
    group = next(group for group in grouped(compared) if own in group)
    likeness = compared.likeness[own]
    others = sorted((place for place in group if place != own), key=lambda place: (-likeness[place], place))
    cluster = _cluster(matcher, snapshot, compared, [own, *others]) if others else None
    outside = sorted(
        (place for place in range(len(compared.profiles)) if place not in group and likeness[place] >= NEAR),
        key=lambda place: (-likeness[place], place),
    )[:MOST_NEAR]
    telling = Telling(matcher, compared)
    near = tuple(
        Near(_member(matcher, snapshot, compared, place), _edge(telling, compared, (own, place), (0, 1)))
        for place in outside
    )
    worked = _worked(matcher, compared, own, others)
    return Same(
        need=profile,
        cluster=cluster,
        near=near,
        worked=worked[:MOST_WORKED],
        worked_count=len(worked),
        notes=tuple(_notes(matcher, compared, cluster, own, len(worked))),
        revision=matcher.revision,
    )


def grouped(compared: Compared) -> tuple[tuple[int, ...], ...]:
    """
    The needs in groups, by average linkage: a need joins where it is like the whole group, not like one of it.

    So a chain of needs, each a little like the next, does not become one group.
    """
    size = len(compared.profiles)
    if size < 2:
        return tuple((place,) for place in range(size))
    distance = np.clip(1.0 - compared.likeness, 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    numbers = fcluster(linkage(squareform(distance, checks=False), "average"), 1.0 - SAME, "distance")
    found: dict[int, list[int]] = {}
    for place, number in enumerate(numbers.tolist()):
        found.setdefault(number, []).append(place)
    return tuple(sorted(tuple(group) for group in found.values()))


def _cluster(matcher: Matcher, snapshot: Snapshot, compared: Compared, group: Sequence[int]) -> Cluster:
    read = matcher.evidence
    shown = list(group)[:MOST_MEMBERS]
    members = tuple(_member(matcher, snapshot, compared, place) for place in shown)
    profiles = [compared.profiles[place] for place in shown]
    rows = requirements.rows(read, snapshot, profiles)
    common = requirements.wider(read, profiles, rows)
    telling = Telling(matcher, compared)
    pairs = combinations(range(len(shown)), 2)
    edges = [_edge(telling, compared, (shown[one], shown[other]), (one, other)) for one, other in pairs]
    square = compared.likeness[np.ix_(list(group), list(group))]
    return Cluster(
        members=members,
        likeness=float(square[np.triu_indices(len(group), 1)].mean()),
        edges=tuple(sorted(edges, key=lambda edge: (-edge.likeness, edge.one, edge.other))),
        rows=rows,
        countries=tuple(sorted({code for member in members for code in member.countries})),
        wider=common,
        codes=requirements.codes(read, snapshot, _bought(rows, common)),
        common=_common(rows, common),
        adds=tuple(_adds(rows, place) for place in range(len(members))),
        size=len(group),
    )


def _member(matcher: Matcher, snapshot: Snapshot, compared: Compared, place: int) -> Member:
    profile, number = compared.profiles[place], compared.numbers[place]
    if profile.iri is None:
        said = next(iter(profile.texts.values()), "")
        return Member(None, dict.fromkeys(LANGUAGES, said), profile.countries)
    raised = citing.about(snapshot, profile.iri, ECO.raisedBy)
    in_words = citing.about(snapshot, profile.iri, ECO.raisedByText)
    dated = matcher.evidence.dated.get(number)
    return Member(
        need=profile.iri,
        labels=matcher.evidence.labels(number),
        countries=profile.countries,
        raised_by=citing.things(raised),
        raised_by_text="; ".join(each.object.value for each in in_words if isinstance(each.object, Literal)),
        path=(*raised, *in_words),
        year=dated.year if dated else 0,
    )


def _edge(telling: Telling, compared: Compared, places: tuple[int, int], shown: tuple[int, int]) -> Edge:
    one, other = places
    return Edge(*shown, float(compared.likeness[one, other]), telling.reasons(one, other))


def _bought(rows: Iterable[Row], common: Wider | None) -> tuple[NamedNode, ...]:
    """The topics that a joint tender is about: those all share, else the wider one, else those that some share."""
    topics = [row for row in rows if row.predicate == ECO.topic and row.value is not None]
    for spread in ("all", "wider", "some"):
        found = [row.value for row in topics if row.spread == spread and row.value is not None]
        if spread == "wider" and common is not None:
            found = [common.topic]
        if found:
            return tuple(found)
    return ()


def _common(rows: Sequence[Row], common: Wider | None) -> Texts:
    asked = [row for row in rows if row.value is not None]
    every = [row for row in asked if row.spread == "all"]
    some = [row for row in asked if row.spread == "some"]
    found: dict[Language, str] = {}
    for lang in LANGUAGES:
        said = [text("same.tender.all", lang, what=_listed(every, lang))] if every else []
        if common is not None:
            topic = in_sentence(common.labels[lang])
            said.append(text("same.tender.wider", lang, topic=topic))
        if some:
            said.append(text("same.tender.some", lang, what=_listed(some, lang)))
        found[lang] = " ".join(said) if said else text("same.tender.nothing", lang)
    return found


def _adds(rows: Iterable[Row], place: int) -> Texts:
    own = [row for row in rows if row.value is not None and row.spread != "all" and row.cells[place] is not None]
    return {lang: text("same.tender.adds", lang, what=_listed(own, lang)) for lang in LANGUAGES} if own else {}


def _listed(rows: Iterable[Row], lang: Language) -> str:
    phrases = [
        text("same.tender.capability" if row.predicate == ECO.requiresCapability else "same.tender.other", lang,
             what=in_sentence(row.labels[lang]))
        for row in rows
    ]  # fmt: skip
    return enumerated(phrases, lang)


def _worked(matcher: Matcher, compared: Compared, own: int, others: Iterable[int]) -> tuple[Match, ...]:
    """Municipalities whose projects and deployments are nearest to the need, without those that have stated it."""
    askers = {iri for place in others for iri in compared.profiles[place].askers}
    result = matcher.match(compared.profiles[own], groups=_GROUPS, top=_LOOKED_AT)
    return tuple(
        each
        for each in result.matches
        if each.score >= WORKED_FROM
        and each.candidate not in askers
        and matcher.evidence.kinds[matcher.evidence.numbers[each.candidate.value]] == "Municipality"
        and any(reason.kind in _WORK for reason in each.reasons)
    )


def work_of(match: Match) -> tuple[Reason, ...]:
    """The reasons of a match that tell of work: projects and deployments."""
    return tuple(reason for reason in match.reasons if reason.kind in _WORK)


def _notes(matcher: Matcher, compared: Compared, cluster: Cluster | None, own: int, worked: int) -> Iterable[Note]:
    if cluster is None:
        alone = "alone" if worked > 1 else "alone-one" if worked else "alone-nobody"
        yield Note(alone, texts(f"same.note.{alone}", count=worked))
    else:
        askers = {iri for member in cluster.members for iri in member.raised_by}
        if len(askers) == 1 and not any(member.raised_by_text for member in cluster.members):
            yield Note("one-asker", texts("same.note.one-asker"))
        if len(cluster.countries) == 1:
            labels = matcher.evidence.concepts
            country = CONCEPT[f"country/{cluster.countries[0]}"]
            yield Note(
                "one-country",
                {lang: text("same.note.one-country", lang, country=labels.label(country, lang)) for lang in LANGUAGES},
            )
        old = [member.year for member in cluster.members if member.year]
        if old and matcher.today.year - min(old) >= weights.OLD_YEARS:
            yield Note("old", texts("same.note.old", year=min(old)))
        if cluster.size > len(cluster.members):
            yield Note("more", texts("same.note.more", shown=len(cluster.members), size=cluster.size))
    if not compared.wanted[own]:
        yield Note("no-concepts", texts("same.note.no-concepts"))
    if compared.cut:
        yield Note("cut", texts("same.note.cut", count=alike.MOST_NEEDS))
    if "meaning" not in compared.parts:
        yield Note("no-meaning", texts("same.note.no-meaning"))
