"""What REST says of the numbers that steer a match."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from ecograph.match import weights as matching
from ecograph.match.numbers import Number, Profile
from ecograph.web.rest.models import Iri, Model, Texts, by_language


class Weight(Model):
    """One number, and why it is what it is."""

    iri: Iri
    name: str
    value: float
    version: Annotated[str, Field(description="Since which version it has had that value")]
    labels: Texts
    reasons: Texts
    signal: Annotated[str | None, Field(description="The signal it belongs to; null for the list as a whole")]
    concept: Annotated[Iri | None, Field(description="The role, stage, level or basis it is laid down for")]


class WeightingProfile(Model):
    """A choice of what counts most."""

    iri: Iri
    name: str
    version: str
    labels: Texts
    reasons: Texts
    signals: Annotated[dict[str, float], Field(description="The share of the score each signal can give; 1 in all")]
    groups: Annotated[list[str], Field(description="The groups of candidates in the order they are shown in")]
    other_side_first: Annotated[
        bool, Field(description="Whether candidates across the border from the need come first; no score depends on it")
    ]


class Weights(Model):
    """Every number that steers a match."""

    version: Annotated[str, Field(description="The newest of all their versions; every match carries it")]
    default: str
    profiles: list[WeightingProfile]
    numbers: list[Weight]


def weights() -> Weights:
    """Every number that steers a match, as it is in force."""
    return Weights(
        version=matching.VERSION,
        default=matching.DEFAULT,
        profiles=[_profile(each) for each in matching.PROFILES.values()],
        numbers=list(_weights(matching.NUMBERS)),
    )


def _weights(numbers: Iterable[Number]) -> Iterable[Weight]:
    for each in numbers:
        yield Weight(
            iri=each.iri.value,
            name=each.slug,
            value=each.value,
            version=each.version,
            labels=by_language(each.labels),
            reasons=by_language(each.reasons),
            signal=each.signal,
            concept=each.concept.value if each.concept else None,
        )


def _profile(found: Profile) -> WeightingProfile:
    return WeightingProfile(
        iri=found.iri.value,
        name=found.slug,
        version=found.version,
        labels=by_language(found.labels),
        reasons=by_language(found.reason),
        signals={signal: number.value for signal, number in found.numbers.items()},
        groups=list(found.group_order),
        other_side_first=found.other_side_first,
    )
