"""Who may be proposed at all, and who is looked at closely: hard rules, then gathering by rank fusion."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.evidence import Evidence, Ints
from ecograph.match.model import GROUPS, Group, NeedProfile, Signal
from ecograph.match.signals import Floats, Measured

Rule = Literal["asker", "own-place", "country", "excluded"]

_GATHERING: Final[tuple[Signal, ...]] = ("concept", "evidence", "text", "meaning")
"""Signals that gather candidates, beside the full text; who is only joined to the need by the graph, or only new, has
nothing to say to it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """
    The candidates to be scored, and those that a rule leaves out.

    Attributes:
        rows: Positions in `Measured.candidates`, by group.
        failing: Thing number of each candidate that a rule leaves out, with the rule.
    """

    rows: Mapping[Group, tuple[int, ...]]
    failing: Mapping[int, Rule]


def find(
    evidence: Evidence,
    profile: NeedProfile,
    measured: Measured,
    *,
    countries: Collection[str] | None = None,
    groups: Collection[Group] | None = None,
    exclude: Collection[NamedNode] = (),
) -> Gathered:
    """
    The candidates for a need.

    Args:
        evidence: The graph.
        profile: The need.
        measured: Its signals.
        countries: Only candidates of these, as `dk`, `se`, `no`; one whose country is not stated stays. None for all.
        groups: Only these groups; None for all.
        exclude: Candidates the coordinator does not want.
    """
    fused = _fuse(evidence, profile, measured)
    relevant = np.flatnonzero(fused > 0.0)
    failing: dict[int, Rule] = {}
    rows: dict[Group, list[int]] = {group: [] for group in GROUPS if groups is None or group in groups}
    left_out = _left_out(evidence, profile, exclude)
    wanted = set(countries) if countries is not None else None
    order = relevant[np.lexsort((evidence.order[measured.candidates[relevant]], -fused[relevant]))][: weights.GATHERED]
    for row in order.tolist():
        thing = int(measured.candidates[row])
        group = GROUPS[evidence.group[thing]]
        if group not in rows:
            continue
        rule = left_out.get(thing) or _country_rule(evidence, thing, wanted)
        if rule is not None:
            failing[thing] = rule
        if len(rows[group]) < weights.POOL:
            rows[group].append(row)
    return Gathered({group: tuple(found) for group, found in rows.items()}, failing)


def rule_of(
    evidence: Evidence,
    profile: NeedProfile,
    thing: int,
    *,
    countries: Collection[str] | None = None,
    exclude: Collection[NamedNode] = (),
) -> Rule | None:
    """The hard rule that a candidate fails, also where nothing else speaks for it; None for none."""
    wanted = set(countries) if countries is not None else None
    return _left_out(evidence, profile, exclude).get(thing) or _country_rule(evidence, thing, wanted)


def _left_out(evidence: Evidence, profile: NeedProfile, exclude: Iterable[NamedNode]) -> dict[int, Rule]:
    found: dict[int, Rule] = {}
    for rule, iris in (
        ("excluded", exclude),
        ("own-place", (place.iri for place in profile.places)),
        ("asker", profile.askers),
    ):
        for iri in iris:
            thing = evidence.numbers.get(iri.value)
            if thing is not None:
                found[thing] = rule  # type: ignore[assignment]
    return found


def _country_rule(evidence: Evidence, thing: int, wanted: set[str] | None) -> Rule | None:
    if wanted is None:
        return None
    codes = {code for code, _ in evidence.countries.get(thing, ())}
    return "country" if codes and not codes & wanted else None


def _fuse(evidence: Evidence, profile: NeedProfile, measured: Measured) -> NDArray[np.float64]:
    """Reciprocal rank fusion of the signals and the full-text engine; 0 for a candidate none of them names."""
    fused = np.zeros(len(measured.candidates), dtype=np.float64)
    for signal in (*(measured.values[each] for each in _GATHERING), _full_text(evidence, profile, measured)):
        fused += _reciprocal_ranks(signal, evidence.order[measured.candidates])
    return fused


def _reciprocal_ranks(values: Floats, order: Ints) -> NDArray[np.float64]:
    found = np.zeros(len(values), dtype=np.float64)
    named = np.flatnonzero(values > 0.0)
    order = named[np.lexsort((order[named], -values[named]))]
    found[order] = 1.0 / (weights.FUSION_CONSTANT + 1.0 + np.arange(len(order)))
    return found


def _full_text(evidence: Evidence, profile: NeedProfile, measured: Measured) -> Floats:
    """Per candidate the best full-text score of its documents, in any language of the need."""
    by_document = np.zeros(len(evidence.things), dtype=np.float64)
    for lang, units in measured.units.items():
        for hit in evidence.index.search_words([unit.name for unit in units], lang, limit=weights.FULL_TEXT_HITS):
            thing = evidence.numbers[hit.key]
            by_document[thing] = max(float(by_document[thing]), hit.score)
    if profile.iri is not None:
        by_document[evidence.numbers[profile.iri.value]] = 0.0
    if len(measured.candidates) == 0:
        return by_document[:0]
    return np.maximum.reduceat(by_document[evidence.links.document], measured.starts[:-1])
