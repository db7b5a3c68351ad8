"""How much two needs ask for the same: measured as a match is, by topics and texts, in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile, Signal
from ecograph.match.ordering import signals
from ecograph.match.ordering.signals import Wanted
from ecograph.match.projection.evidence import Evidence
from ecograph.namespaces import CONCEPT

Floats = NDArray[np.float64]

CONCEPT_SHARE: Final = 0.75
"""A need is a line or two: what it is about is said by the topics chosen for it, and they are the same in all three
languages."""
WORDING_SHARE: Final = 1.0 - CONCEPT_SHARE
"""The rest is its text: the words both hold or what both mean, whichever is more. A need that says it in other words is
found where there is a language model, and none is lost by having one."""
CAPABILITY_SHARE: Final = 0.5
"""What a need is about tells it from others; what whoever meets it must be able to do (sensor data, procurement) is the
same for many different needs, so it counts half."""
MOST_NEEDS: Final = 500
"""Needs that are compared with each other, the newest ones, so that time stays bounded on a large graph."""

_CAPABILITY: Final = CONCEPT["capability"].value + "/"


@dataclass(frozen=True)
class Compared:
    """
    Needs side by side.

    Attributes:
        profiles: The needs; at most one is typed in.
        numbers: Thing number of each; -1 for one that is typed in.
        wanted: What each is about, with shares that sum to 1.
        parts: Per part of the likeness how much of one need (row) the other (column) has too, 0..1.
        cut: Whether there were more needs than are compared.
    """

    profiles: tuple[NeedProfile, ...]
    numbers: tuple[int, ...]
    wanted: tuple[tuple[Wanted, ...], ...]
    parts: Mapping[Signal, Floats]
    cut: bool = False

    @cached_property
    def likeness(self) -> Floats:
        """Per pair 0..1, the same both ways; 1 for a need and itself."""
        found = CONCEPT_SHARE * self._both["concept"] + WORDING_SHARE * self._wording
        np.fill_diagonal(found, 1.0)
        return found

    def contributions(self, one: int, other: int) -> Mapping[Signal, float]:
        """What the topics, and what the words or the meaning of the texts, bring to a likeness; they sum to it."""
        best = max(self._texts, key=lambda part: float(self._both[part][one, other]))
        return {
            "concept": CONCEPT_SHARE * float(self._both["concept"][one, other]),
            best: WORDING_SHARE * float(self._both[best][one, other]),
        }

    @cached_property
    def _both(self) -> Mapping[Signal, Floats]:
        return {part: both_ways(directed) for part, directed in self.parts.items()}

    @cached_property
    def _wording(self) -> Floats:
        return np.asarray(np.stack([self._both[part] for part in self._texts]).max(axis=0), dtype=np.float64)

    @property
    def _texts(self) -> tuple[Signal, ...]:
        return tuple(part for part in self.parts if part != "concept")


def both_ways(directed: Floats) -> Floats:
    """
    The mean of both directions; one direction alone where the other is not known (NaN).

    Example:
        >>> float(both_ways(np.array([[1.0, 0.2], [0.6, 1.0]]))[0, 1])
        0.4
    """
    back = directed.T
    one, other = np.where(np.isnan(directed), back, directed), np.where(np.isnan(back), directed, back)
    return (one + other) / 2.0


def compare(matcher: Matcher) -> Compared:
    """The needs of the graph beside each other, in the order of their IRIs; of very many the newest."""
    read = matcher.evidence
    found = [(need, read.numbers[need.value]) for need in sorted(matcher.needs(), key=lambda iri: iri.value)]
    newest = sorted(found, key=lambda pair: -(read.dated[pair[1]].year if pair[1] in read.dated else 0))
    kept = {need for need, _ in newest[:MOST_NEEDS]}
    profiles = tuple(matcher.profile(need) for need, _ in found if need in kept)
    numbers = tuple(number for need, number in found if need in kept)
    wanted = tuple(wanted_of(read, profile) for profile in profiles)
    others = _Others.of(numbers, wanted)
    rows = [_met(read, profile, own, others) for profile, own in zip(profiles, wanted, strict=True)]
    parts = {
        part: np.asarray([row[part] for row in rows], dtype=np.float64).reshape(len(rows), len(rows))
        for part in parts_of(read)
    }
    return Compared(profiles, numbers, wanted, parts, cut=len(found) > len(kept))


def beside(matcher: Matcher, known: Compared, profile: NeedProfile) -> tuple[Compared, int]:
    """
    The same with one more need, and its place: a need that is typed in, or one that is there already.

    Args:
        matcher: The graph.
        known: Its needs, compared.
        profile: The need asked about.
    """
    read = matcher.evidence
    number = read.numbers.get(profile.iri.value, -1) if profile.iri else -1
    if number in known.numbers:
        return known, known.numbers.index(number)
    own = wanted_of(read, profile)
    row = _met(read, profile, own, _Others.of(known.numbers, known.wanted))
    alone = _Others.of((number,), (own,))
    # What is typed in is in no index: which of the others' words and meaning it holds is not known.
    columns = {part: np.full(len(known.profiles), np.nan) for part in known.parts}
    columns["concept"] = np.asarray([_concepts_met(read, each, alone)[0] for each in known.wanted], dtype=np.float64)
    parts = {part: _grown(square, row[part], columns[part]) for part, square in known.parts.items()}
    whole = Compared((*known.profiles, profile), (*known.numbers, number), (*known.wanted, own), parts, known.cut)
    return whole, len(known.profiles)


def parts_of(read: Evidence) -> tuple[Signal, ...]:
    """What likeness is made of; meaning where texts can be compared by it."""
    return ("concept", "text", "meaning") if read.meaning.available else ("concept", "text")


def wanted_of(read: Evidence, profile: NeedProfile) -> tuple[Wanted, ...]:
    """What a need is about, with shares that sum to 1; capabilities count half of what topics do."""
    found = signals.concepts_wanted(read, profile)
    halved = [
        each.share * (CAPABILITY_SHARE if each.source.iri.value.startswith(_CAPABILITY) else 1.0) for each in found
    ]
    whole = sum(halved)
    return tuple(replace(each, share=share / whole) for each, share in zip(found, halved, strict=True))


def counterpart(read: Evidence, wanted: Wanted, others: Sequence[Wanted]) -> tuple[float, Wanted | None]:
    """What another need has that is most like one concept, and how much of the concept that meets, 0..1."""
    likeness = read.hierarchy.likeness(wanted.concept)
    best: tuple[float, Wanted | None] = (0.0, None)
    for each in others:
        met = float(likeness[each.concept]) * _sureness(each)
        if met > best[0]:
            best = (met, each)
    return best


@dataclass(frozen=True)
class _Others:
    """What needs are about, end to end, so that one concept is held against all of them at once."""

    numbers: tuple[int, ...]
    concepts: NDArray[np.int64]
    sureness: Floats
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, numbers: Sequence[int], wanted: Sequence[Sequence[Wanted]]) -> _Others:
        # A need that is about nothing has one concept that counts nothing: each must have a place.
        rows = [[(each.concept, _sureness(each)) for each in own] or [(0, 0.0)] for own in wanted]
        return cls(
            tuple(numbers),
            np.asarray([concept for row in rows for concept, _ in row], dtype=np.int64),
            np.asarray([sure for row in rows for _, sure in row], dtype=np.float64),
            np.cumsum([0, *(len(row) for row in rows)])[:-1],
        )


def _sureness(wanted: Wanted) -> float:
    return min(wanted.trust, wanted.source.weight)


def _concepts_met(read: Evidence, own: Sequence[Wanted], others: _Others) -> Floats:
    """Per need the share of what another is about that it is about too."""
    found = np.zeros(len(others.starts), dtype=np.float64)
    for each in own:
        if len(found):
            met = read.hierarchy.likeness(each.concept)[others.concepts] * others.sureness
            found += each.share * each.trust * np.maximum.reduceat(met, others.starts)
    return found


def _met(read: Evidence, profile: NeedProfile, own: Sequence[Wanted], others: _Others) -> dict[Signal, Floats]:
    """Per part how much of a need each of the others has, 0..1."""
    numbers = list(others.numbers)
    found: dict[Signal, Floats] = {
        "concept": _concepts_met(read, own, others),
        "text": _words_met(read, profile)[numbers],
    }
    if read.meaning.available:
        number = read.numbers.get(profile.iri.value) if profile.iri else None
        near = read.meaning.near(profile.wording) if number is None else read.meaning.near_to(number)
        found["meaning"] = near.value[numbers].astype(np.float64)
    return found


def _words_met(read: Evidence, profile: NeedProfile) -> Floats:
    """Per thing the share of the need's words that it holds, in the need's language that it holds most of."""
    found = np.zeros(len(read.things), dtype=np.float64)
    for units in signals.word_units(read, profile).values():
        if units:
            found = np.maximum(found, read.words.coverage(units).astype(np.float64))
    return found


def _grown(known: Floats, row: Floats, column: Floats) -> Floats:
    size = len(known)
    found = np.ones((size + 1, size + 1), dtype=np.float64)
    found[:size, :size], found[size, :size], found[:size, size] = known, row, column
    return found
