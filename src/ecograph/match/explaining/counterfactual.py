"""
What would change a candidate's place, found by trying: every answer has been verified by matching again.

Adding: the smallest rows of the closed list (`edits`) that bring a candidate to a rank. Removing: what the score would
be without a statement that a reason cites.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.match import weights
from ecograph.match.explaining.edits import KINDS, Edit, realistic
from ecograph.match.model import Group, Match, NeedProfile, Signal, Statement
from ecograph.match.ordering.ranking import Ranking, rank, score_of
from ecograph.match.projection.overlay import CHANGEABLE, Overlay

MARGIN: Final = 1e-6
"""Candidates nearer to each other are equals: no place is claimed by a rounding or the order of the alphabet."""
PAIRED: Final = 8
"""Edits that are tried in pairs: those that help most by themselves. 28 pairs keep an answer below a second."""
ALTERNATIVES: Final = 2
"""Other ways told beside the smallest, each of another kind."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A need with the choices of whoever asks; a change is judged by matching with the same."""

    profile: NeedProfile
    countries: Collection[str] | None = None
    exclude: Collection[NamedNode] = ()
    weighting: Mapping[Signal, float] = field(default_factory=lambda: weights.SIGNALS)


@dataclass(frozen=True, slots=True)
class Change:
    """
    Rows that could be contributed, and where they would bring the candidate.

    Attributes:
        edits: One row, or two where no single one is enough.
        score: The score it would have, 0..1.
        rank: The rank it would have, behind its equals; None where it would still have none.
        reached: Whether that is the rank asked for or better, with the score that a list needs.
    """

    edits: tuple[Edit, ...]
    score: float
    rank: int | None
    reached: bool

    @property
    def statements(self) -> tuple[Quad, ...]:
        """What the rows say."""
        return tuple(quad for edit in self.edits for quad in edit.statements)

    @property
    def key(self) -> tuple[object, ...]:
        """What changes are sorted by: fewest rows, fewest statements, easiest to check; then what brings most."""
        kinds = [KINDS.index(edit.kind) for edit in self.edits]
        return len(self.edits), len(self.statements), kinds, -round(self.score, 9), [edit.key for edit in self.edits]


@dataclass(frozen=True, slots=True)
class Search:
    """
    What trying has shown.

    Attributes:
        goal: The rank that was looked for, or better.
        changes: The smallest that reaches it, and other ways; empty where none of the closed list does.
        nearest: The one that brings most where none reaches it; None where nothing could be tried.
        tried: How many were tried, each by matching again.
    """

    goal: int
    changes: tuple[Change, ...]
    nearest: Change | None
    tried: int


@dataclass(frozen=True, slots=True)
class Removal:
    """A cited statement, and what would be left without it: `loss` is what the score falls by."""

    statement: Statement
    score: float
    loss: float


def smallest(overlay: Overlay, asked: Asked, ranking: Ranking, row: int, group: Group, goal: int) -> Search:
    """
    The smallest change that brings a candidate to a rank.

    Args:
        overlay: The graph, and what it would be.
        asked: The need.
        ranking: The candidates as they are.
        row: The candidate's row in `ranking.measured`.
        group: Its group.
        goal: The rank, from 1.
    """
    year = overlay.today.year
    thing = ranking.thing(row)

    def verified(edits: Sequence[Edit]) -> Change:
        evidence = overlay.changed(quad for edit in edits for quad in edit.statements)
        again = rank(
            evidence,
            asked.profile,
            year,
            countries=asked.countries,
            groups=[group],
            exclude=asked.exclude,
            weighting=asked.weighting,
        )
        score = score_of(again.measured, _row(again, thing)).score
        place = _place(again, group, thing)
        strong = score >= weights.MIN_SCORE + MARGIN
        return Change(tuple(edits), score, place, place is not None and place <= goal and strong)

    edits = realistic(overlay.evidence, asked.profile, ranking, row, overlay.today)
    singles = [verified([edit]) for edit in edits]
    found = sorted((each for each in singles if each.reached), key=lambda each: each.key)
    tried = len(singles)
    if not found:
        best = sorted(singles, key=lambda each: (-round(each.score, 9), each.key))[:PAIRED]
        pairs = [
            verified((*first.edits, *second.edits))
            for first, second in combinations(best, 2)
            if not set(first.statements) & set(second.statements)
        ]
        tried += len(pairs)
        found = sorted((each for each in pairs if each.reached), key=lambda each: each.key)
        singles += pairs
    nearest = min(singles, key=lambda each: (-round(each.score, 9), each.key), default=None)
    return Search(goal, _different(found), None if found else nearest, tried)


def removals(overlay: Overlay, asked: Asked, match: Match) -> tuple[Removal, ...]:
    """
    For each reason of a match what its score would be without the statement that joins the candidate to the evidence.

    Of several documents only the best counts, so that the loss is the distance to the next best, which may be less than
    the share of the score that the reason accounts for.

    Args:
        overlay: The graph, and what it would be.
        asked: The need.
        match: The candidate as it is.
    """
    found: dict[Statement, Removal] = {}
    for statement in filter(None, (_joint(reason.path, asked.profile) for reason in match.reasons)):
        if statement not in found:
            evidence = overlay.changed(
                removed=[Quad(statement.subject, statement.predicate, statement.object, statement.graph)]
            )
            again = rank(evidence, asked.profile, overlay.today.year, groups=[match.group], weighting=asked.weighting)
            score = score_of(again.measured, _row(again, evidence.numbers[match.candidate.value])).score
            found[statement] = Removal(statement, score, match.score - score)
    return tuple(found.values())


def _joint(path: Iterable[Statement], profile: NeedProfile) -> Statement | None:
    """The first statement of a path that can be taken away, and is not the need's own."""
    return next(
        (each for each in path if each.predicate in CHANGEABLE and each.subject != profile.iri),
        None,
    )


def _different(found: Sequence[Change]) -> tuple[Change, ...]:
    """The smallest, and the smallest of other kinds."""
    chosen: list[Change] = []
    for each in found:
        kinds = [{edit.kind for edit in other.edits} for other in chosen]
        if {edit.kind for edit in each.edits} not in kinds and len(chosen) <= ALTERNATIVES:
            chosen.append(each)
    return tuple(chosen)


def _place(ranking: Ranking, group: Group, thing: int) -> int | None:
    """The rank of a candidate behind all that are its equals; None for none."""
    place = ranking.place(group, thing)
    if place is None:
        return None
    return sum(scored.score >= place[1].score - MARGIN for _, scored in ranking.allowed[group])


def _row(ranking: Ranking, thing: int) -> int:
    return int(ranking.measured.candidates.searchsorted(thing))
