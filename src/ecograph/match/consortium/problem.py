"""
Rules and candidates as numbers: each rule is a bound on a weighted count of the chosen, and what is chosen has a value.

Whole numbers throughout, so that a proof is a proof and equal means equal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from pyoxigraph import NamedNode

from ecograph.match.consortium.rules import LEVELS, Cost, Cover, Role, Rule, Rules

POINTS: Final = 1000
"""Points for a capability of weight 1 that is covered with the greatest strength."""
EFFORT: Final = 100
"""Points that each partner takes: as much as a tenth of a capability, so that nobody joins for next to nothing."""
FIT: Final = 90
"""Points that a partner who fits the need wholly gives back; below `EFFORT`, so that fitting alone adds nobody."""
PARTS: Final = 1_000_000
"""A share of a cost is counted in millionths, so that limits on shares are compared without rounding."""


@dataclass(frozen=True, slots=True)
class Offer:
    """How a candidate covers something: strength 0..1, and the place in `LEVELS` of its claimed level; -1 for none."""

    strength: float = 0.0
    level: int = -1


@dataclass(frozen=True, slots=True)
class Actor:
    """
    A candidate.

    Attributes:
        iri: The actor.
        role: What sort it is.
        countries: Its countries.
        fit: 0..1, how it fits the need as a whole.
        offers: How it covers each of the rules' covers, in their order.
    """

    iri: NamedNode
    role: Role
    countries: tuple[str, ...]
    fit: float
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule in numbers: the sum of `weights` over the chosen lies between `least` and `most`."""

    rule: Rule
    weights: Mapping[int, int]
    least: int | None = None
    most: int | None = None

    def holds(self, members: Collection[int]) -> bool:
        """Whether a set of actors keeps it."""
        total = sum(self.weights.get(member, 0) for member in members)
        return (self.least is None or total >= self.least) and (self.most is None or total <= self.most)


@dataclass(frozen=True)
class Problem:
    """
    Rules and candidates.

    Attributes:
        rules: The rules.
        actors: The candidates; a set of them is a set of their places here.
        rates: Share, 0..1, that the rules' programme pays per country.
    """

    rules: Rules
    actors: tuple[Actor, ...]
    rates: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """Every rule in numbers, in the order in which they are told."""
        return tuple(self._bounds())

    @cached_property
    def strengths(self) -> tuple[Mapping[int, int], ...]:
        """Per cover the points that each actor who counts for it would bring."""
        return tuple(
            {
                place: points
                for place, actor in enumerate(self.actors)
                if qualifies(cover, actor.offers[column])
                and (points := round(POINTS * cover.weight * actor.offers[column].strength)) > 0
            }
            for column, cover in enumerate(self.rules.covers)
        )

    @cached_property
    def efforts(self) -> tuple[int, ...]:
        """Points that each actor takes."""
        return tuple(EFFORT - round(FIT * actor.fit) for actor in self.actors)

    def value(self, members: Collection[int]) -> int:
        """The best points per cover, less what the partners take."""
        gained = sum(max((points.get(member, 0) for member in members), default=0) for points in self.strengths)
        return gained - sum(self.efforts[member] for member in members)

    def broken(self, members: Collection[int]) -> tuple[Rule, ...]:
        """The rules that a set of actors breaks."""
        return tuple(bound.rule for bound in self.bounds if not bound.holds(members))

    def cost(self, place: int) -> Cost | None:
        """What is said of an actor's cost; None for nothing."""
        actor = self.actors[place]
        fitting = [each for each in self.rules.money.costs if each.fits(actor.iri, actor.role, actor.countries)]
        return max(fitting, key=lambda each: each.narrowness, default=None)

    def rate(self, place: int) -> float | None:
        """The share that the programme pays of an actor's cost, the lowest of its countries; None if not eligible."""
        return min((self.rates[code] for code in self.actors[place].countries if code in self.rates), default=None)

    def _bounds(self) -> Iterator[Bound]:
        rules = self.rules
        everyone = dict.fromkeys(range(len(self.actors)), 1)
        yield Bound(Rule("max-partners"), everyone, most=rules.max_partners)
        yield Bound(Rule("min-partners"), everyone, least=rules.min_partners)
        for column, cover in enumerate(rules.covers):
            able = [place for place, actor in enumerate(self.actors) if qualifies(cover, actor.offers[column])]
            yield Bound(Rule("cover", cover.concept.value), dict.fromkeys(able, 1), least=cover.count)
        for code, count in rules.countries.items():
            there = [place for place, actor in enumerate(self.actors) if code in actor.countries]
            yield Bound(Rule("country", code), dict.fromkeys(there, 1), least=count)
        for role, count in rules.roles.items():
            such = [place for place, actor in enumerate(self.actors) if actor.role == role]
            yield Bound(Rule("role", role), dict.fromkeys(such, 1), least=count)
        yield from self._money()
        for kind, named in (("include", rules.include), ("exclude", rules.exclude)):
            for iri in named:
                place = next((place for place, actor in enumerate(self.actors) if actor.iri == iri), None)
                weights = {} if place is None else {place: 1}
                if kind == "include":
                    yield Bound(Rule("include", iri.value), weights, least=1)
                else:
                    yield Bound(Rule("exclude", iri.value), weights, most=0)

    def _money(self) -> Iterator[Bound]:
        money = self.rules.money
        costs = {place: self.cost(place) for place in range(len(self.actors))}
        rates = {place: self.rate(place) for place in range(len(self.actors))}
        if self.rules.programme is not None:
            strangers = [place for place, rate in rates.items() if rate is None]
            yield Bound(Rule("programme", self.rules.programme.value), dict.fromkeys(strangers, 1), most=0)
        if money.limited:
            unpriced = [place for place, cost in costs.items() if cost is None]
            yield Bound(Rule("priced"), dict.fromkeys(unpriced, 1), most=0)
        priced = {place: cost for place, cost in costs.items() if cost is not None}
        for currency, most in money.budget.items():
            whole = {place: cost.amount for place, cost in priced.items() if cost.currency == currency}
            yield Bound(Rule("budget", currency), whole, most=most)
        for kind, limits in (("grant", money.grant), ("own", money.own)):
            for currency, most in limits.items():
                part = {
                    place: cost.amount * (granted if kind == "grant" else PARTS - granted)
                    for place, cost in priced.items()
                    if cost.currency == currency
                    for granted in (round(PARTS * (rates[place] or 0.0)),)
                }
                rule = Rule("grant", currency) if kind == "grant" else Rule("own", currency)
                yield Bound(rule, part, most=most * PARTS)


def qualifies(cover: Cover, offer: Offer) -> bool:
    """
    Whether an offer counts for a cover.

    Example:
        >>> cover = Cover(NamedNode("urn:water"), least=0.3, level="established")
        >>> qualifies(cover, Offer(0.5, LEVELS.index("leading"))), qualifies(cover, Offer(0.5))
        (True, False)
    """
    return offer.strength >= cover.least and (cover.level is None or offer.level >= LEVELS.index(cover.level))
