"""From a need and rules to an answer in words: gather, plan, explain."""

from __future__ import annotations

from dataclasses import replace

from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.consortium import explaining, gathering, planning
from ecograph.match.consortium.explaining import Answer
from ecograph.match.consortium.rules import Rules
from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile
from ecograph.store.base import Snapshot


def answer(
    matcher: Matcher,
    snapshot: Snapshot,
    profile: NeedProfile,
    rules: Rules,
    deadline_s: float = planning.DEADLINE_S,
    weighting: str = weights.DEFAULT,
) -> Answer:
    """
    Who could meet a need together, within the rules.

    Args:
        matcher: The graph as matching reads it.
        snapshot: The same revision, for what a programme pays.
        profile: The need, by which candidates fit more or less.
        rules: What the consortium must keep to; without covers, what the need asks for and somebody has.
        deadline_s: Seconds for the search.
        weighting: The profile that says what counts most where candidates fit more or less.

    Raises:
        BadParameter: No profile has that name.
        UnknownThing: A concept or a partner of the rules is not in the graph.

    Source:
        docs/consortium.md.
    """
    signals = weights.profile(weighting).signals
    rates = gathering.rates_of(snapshot, rules.programme) if rules.programme else ()
    given = bool(rules.covers)
    if not given:
        rules = replace(rules, covers=gathering.covers_of(profile))
    gathered = gathering.gather(matcher, profile, rules, rates, signals)
    beyond: tuple[NamedNode, ...] = ()
    if not given and 0 in gathered.able:
        # What the need asks for and nobody has is no rule of the coordinator's: it is told, and left out.
        pairs = list(zip(rules.covers, gathered.able, strict=True))
        beyond = tuple(cover.concept for cover, able in pairs if not able)
        rules = replace(rules, covers=tuple(cover for cover, able in pairs if able))
        gathered = gathering.gather(matcher, profile, rules, rates, signals)
    return explaining.explain(gathered, planning.plan(gathered.problem, deadline_s), beyond)
