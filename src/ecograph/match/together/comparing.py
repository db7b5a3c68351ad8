"""What two municipalities have in common, by what the graph says of both; where it says nothing, that is said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.match.explaining import citing
from ecograph.match.model import Statement, Texts
from ecograph.messages import LANGUAGES, text
from ecograph.namespaces import ECO, GEO, ORG, RDF
from ecograph.store.base import Snapshot

_EARTH_KM: Final = 6371.0

_COMPARED: Final = (
    ("country", ECO.country),
    ("region", ECO.inRegion),
    ("statistical-area", ECO.nuts),
    ("programme", ECO.inProgrammeArea),
    ("network", ORG.memberOf),
)
"""What is compared, what binds most first: law and authorities, then the same region, then standing cooperation."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing compared: whether it is the same, None where the graph does not say it of both."""

    kind: str
    same: bool | None
    sentences: Texts
    path: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two municipalities or regions beside each other.

    Attributes:
        ours, theirs: The two.
        facts: What was compared.
        distance_km: Between their coordinates, as the crow flies; None where one has none.
    """

    ours: NamedNode
    theirs: NamedNode
    facts: tuple[Fact, ...]
    distance_km: float | None

    @property
    def shared(self) -> int:
        """How much is the same."""
        return sum(fact.same is True for fact in self.facts)


def compare(snapshot: Snapshot, ours: NamedNode, theirs: NamedNode) -> Comparison:
    """
    What two places have in common.

    Args:
        snapshot: The graph.
        ours, theirs: Municipalities or regions.
    """
    return Comparison(ours, theirs, tuple(_facts(snapshot, ours, theirs)), _distance(snapshot, ours, theirs))


def _facts(snapshot: Snapshot, ours: NamedNode, theirs: NamedNode) -> Iterator[Fact]:
    yield _kind(snapshot, ours, theirs)
    for kind, predicate in _COMPARED:
        own, other = citing.about(snapshot, ours, predicate), citing.about(snapshot, theirs, predicate)
        shared = [each for each in other if each.object in {one.object for one in own}]
        if shared:
            path = (*(each for each in own if each.object == shared[0].object), shared[0])
            yield Fact(kind, True, _said(snapshot, f"replicate.alike.{kind}", both=path[0]), path)
        elif own and other:
            if kind == "statistical-area":
                continue  # that the region differs says it already
            sentences = _said(snapshot, f"replicate.unlike.{kind}", ours=own[0], theirs=other[0])
            yield Fact(kind, False, sentences, (own[0], other[0]))
        elif kind in ("country", "region"):
            yield Fact(kind, None, {lang: text(f"replicate.not-said.{kind}", lang) for lang in LANGUAGES}, ())


def _kind(snapshot: Snapshot, ours: NamedNode, theirs: NamedNode) -> Fact:
    both = [
        next((each for each in citing.about(snapshot, place, RDF.type) if each.object == kind), None)
        for kind in (ECO.Municipality, ECO.Region)
        for place in (ours, theirs)
    ]
    for kind, pair in (("municipality", both[:2]), ("region-kind", both[2:])):
        if pair[0] is not None and pair[1] is not None:
            return Fact("kind", True, {lang: text(f"replicate.alike.{kind}", lang) for lang in LANGUAGES}, (*pair,))  # type: ignore[arg-type]
    path = tuple(each for each in both if each is not None)
    return Fact("kind", False, {lang: text("replicate.unlike.kind", lang) for lang in LANGUAGES}, path)


def _said(snapshot: Snapshot, key: str, **statements: Statement) -> Texts:
    return {
        lang: text(key, lang, **{name: _value(snapshot, each)[lang] for name, each in statements.items()})
        for lang in LANGUAGES
    }


def _value(snapshot: Snapshot, statement: Statement) -> Texts:
    if isinstance(statement.object, NamedNode):
        return citing.labels(snapshot, statement.object)
    return dict.fromkeys(LANGUAGES, statement.object.value)


def _distance(snapshot: Snapshot, ours: NamedNode, theirs: NamedNode) -> float | None:
    points = [_point(snapshot, place) for place in (ours, theirs)]
    if points[0] is None or points[1] is None:
        return None
    return _great_circle_km(points[0], points[1])


def _point(snapshot: Snapshot, place: NamedNode) -> tuple[float, float] | None:
    found: list[float] = []
    for predicate in (GEO.lat, GEO.long):
        values = [
            each.object.value for each in citing.about(snapshot, place, predicate) if isinstance(each.object, Literal)
        ]
        try:
            found.append(math.radians(float(values[0])))
        except (IndexError, ValueError):
            return None
    return found[0], found[1]


def _great_circle_km(one: Sequence[float], other: Sequence[float]) -> float:
    """The haversine formula."""
    half = math.sin((other[0] - one[0]) / 2) ** 2
    half += math.cos(one[0]) * math.cos(other[0]) * math.sin((other[1] - one[1]) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))
