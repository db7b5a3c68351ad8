"""
Whether the reasons of an earlier match still stand: what was cited then, what nobody states any more, the score now.

Source:
    docs/shortlist.md, "Grounds that were withdrawn".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.ledger.records import JsonValue, Kind, Revision
from ecograph.ledger.sql import Ledger
from ecograph.match import weights
from ecograph.match.explaining.grounds import Question
from ecograph.match.matcher import Matcher
from ecograph.match.model import GROUPS, Match, NeedProfile, Statement, Texts
from ecograph.match.ordering import ranking
from ecograph.messages import LANGUAGES
from ecograph.store.base import Snapshot

_NO_RANK: Final = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """
    What a match said on the day it was kept.

    Attributes:
        score: 0..1; None where the candidate was not measured for the need.
        rank: In its group, from 1; 0 for none.
        revision: The revision of the graph that was asked.
        weights: The version of the weights.
        day: The day.
        weighting: The name of the profile that said what counts most.
        topics: The topics that the need was narrowed to by hand; None where it was left as understood.
        labels: What the candidate was called.
        reasons: Each with the statements it cited.
    """

    score: float | None
    rank: int
    revision: int
    weights: str
    weighting: str
    day: str
    topics: tuple[str, ...] | None
    labels: Texts
    reasons: tuple[KeptReason, ...]


@dataclass(frozen=True, slots=True)
class KeptReason:
    """One reason of a match: its share of the score, its sentences, the statements it cited."""

    contribution: float
    sentences: Texts
    path: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A cited statement that nobody states any more; the revision is None where it is not known."""

    statement: Statement
    revision: Revision | None

    @property
    def withdrawn(self) -> bool:
        """Whether its contribution was withdrawn as a whole or expired, and not only put in other words."""
        return self.revision is not None and self.revision.kind is Kind.WITHDRAWAL


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason as it was, and what of it is gone; it stands while nothing is."""

    reason: KeptReason
    gone: tuple[Gone, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether every statement it cited is still stated."""
        return not self.gone


class Today:
    """
    What candidates have for a need today; the need is measured once, whatever number of them is asked for.

    Args:
        matcher: The graph today.
        profile: The need.
        weighting: The name of the profile that says what counts most.

    Raises:
        BadParameter: No profile has that name.
    """

    def __init__(self, matcher: Matcher, profile: NeedProfile, weighting: str = weights.DEFAULT) -> None:
        self._matcher = matcher
        year, signals = matcher.today.year, weights.profile(weighting).signals
        self._ranked = ranking.rank(matcher.evidence, profile, year, weighting=signals)
        self._question = Question(matcher.evidence, profile, self._ranked.measured, year)

    def match(self, candidate: NamedNode) -> Match | None:
        """
        A candidate's match, also where it is too weak for any list or a rule leaves it out; its rank is then 0.

        Returns:
            None for a thing that is gone from the graph, or is never proposed.
        """
        evidence = self._matcher.evidence
        thing = evidence.numbers.get(candidate.value)
        if thing is None or evidence.group[thing] < 0:
            return None
        group = GROUPS[evidence.group[thing]]
        place = self._ranked.place(group, thing)
        row = int(self._ranked.measured.candidates.searchsorted(thing))
        return self._matcher.explained(self._question, group, place[0] if place else _NO_RANK, row)


def keep(
    found: Match | None, matcher: Matcher, topics: Iterable[str] | None = None, weighting: str = weights.DEFAULT
) -> dict[str, JsonValue]:
    """
    A match as JSON, so that it can be held against the graph later.

    Args:
        found: The match; None where the candidate is not measured for the need.
        matcher: What was asked.
        topics: The topics that the need was narrowed to; None for as understood.
        weighting: The name of the profile that said what counts most.
    """
    return {
        "score": found.score if found else None,
        "rank": found.rank if found else _NO_RANK,
        "revision": matcher.revision,
        "weights": weights.VERSION,
        "weighting": weighting,
        "day": matcher.today.isoformat(),
        "topics": list(topics) if topics is not None else None,
        "labels": {str(lang): said for lang, said in found.labels.items()} if found else {},
        "reasons": [
            {
                "contribution": reason.contribution,
                "sentences": {str(lang): said for lang, said in reason.sentences.items()},
                "path": [_written(each) for each in reason.path],
            }
            for reason in (found.reasons if found else ())
        ],
    }


def kept(said: Mapping[str, Any]) -> Kept:
    """What `keep` wrote; of an empty mapping, nothing."""
    topics = said.get("topics")
    return Kept(
        score=said.get("score"),
        rank=said.get("rank", _NO_RANK),
        revision=said.get("revision", 0),
        weights=said.get("weights", ""),
        weighting=said.get("weighting", weights.DEFAULT),
        day=said.get("day", date.min.isoformat()),
        topics=tuple(topics) if topics is not None else None,
        labels=said.get("labels", {}),
        reasons=tuple(
            KeptReason(
                each["contribution"],
                {lang: each["sentences"][lang] for lang in LANGUAGES},
                tuple(_read(statement) for statement in each["path"]),
            )
            for each in said.get("reasons", ())
        ),
    )


def grounds(was: Kept, snapshot: Snapshot, ledger: Ledger | None) -> tuple[Ground, ...]:
    """
    The reasons of an earlier match, each with the cited statements that nobody states any more.

    A statement that another publisher makes as well still stands.

    Args:
        was: The earlier match.
        snapshot: The graph now.
        ledger: Says when a statement went; None where nothing can be asked.
    """
    missing = [
        [each for each in reason.path if next(iter(snapshot.quads(*_triple(each))), None) is None]
        for reason in was.reasons
    ]
    quads = {_quad(each): each for found in missing for each in found}
    removals = ledger.removals(quads, was.revision) if ledger is not None and quads else {}
    when = {quads[quad]: revision for quad, revision in removals.items()}
    return tuple(
        Ground(reason, tuple(Gone(each, when.get(each)) for each in found))
        for reason, found in zip(was.reasons, missing, strict=True)
    )


def _triple(statement: Statement) -> tuple[NamedNode, NamedNode, NamedNode | Literal]:
    return statement.subject, statement.predicate, statement.object


def _quad(statement: Statement) -> Quad:
    return Quad(*_triple(statement), statement.graph)


def _written(statement: Statement) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {
        "subject": statement.subject.value,
        "predicate": statement.predicate.value,
        "object": statement.object.value,
        "graph": statement.graph.value,
    }
    if isinstance(statement.object, Literal):
        said |= {"datatype": statement.object.datatype.value, "lang": statement.object.language}
    return said


def _read(said: Mapping[str, Any]) -> Statement:
    value: NamedNode | Literal = NamedNode(said["object"]) if "datatype" not in said else _literal(said)
    return Statement(NamedNode(said["subject"]), NamedNode(said["predicate"]), value, NamedNode(said["graph"]))


def _literal(said: Mapping[str, Any]) -> Literal:
    if said["lang"]:
        return Literal(said["object"], language=said["lang"])
    return Literal(said["object"], datatype=NamedNode(said["datatype"]))
