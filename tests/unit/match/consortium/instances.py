"""Synthetic consortium problems with fixed seeds, and the answer found by looking at every set of actors."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode

from ecograph.match.consortium.problem import EFFORT, FIT, POINTS, Actor, Offer, Problem
from ecograph.match.consortium.rules import LEVELS, Cost, Cover, Currency, Money, Role, Rules

SORTS: tuple[Role, ...] = ("municipality", "research-organisation", "company", "network")
MONEY: dict[str, Currency] = {"dk": "dkk", "se": "sek", "no": "nok", "eu": "eur"}
PROGRAMME = NamedNode("urn:programme")


def random_problem(seed: int, most_actors: int = 16) -> Problem:
    """A problem of up to 16 actors and five covers; about a third of them cannot be solved."""
    chance = random.Random(seed)
    covers = tuple(
        Cover(
            NamedNode(f"urn:concept:{place}"),
            least=chance.choice((0.1, 0.2, 0.4)),
            level=chance.choice((None, None, None, None, None, "developing")),
            count=chance.choice((1, 1, 1, 2)),
            weight=chance.choice((1.0, 0.5)),
        )
        for place in range(chance.randint(0, 4))
    )
    actors = tuple(_actor(chance, place, len(covers)) for place in range(chance.randint(3, most_actors)))
    iris = [actor.iri for actor in actors]
    rules = Rules(
        covers=covers,
        max_partners=chance.randint(2, 6),
        min_partners=chance.randint(0, 2),
        countries={code: 1 for code in ("dk", "se", "no") if chance.random() < 0.3},
        roles={role: chance.choice((1, 1, 1, 2)) for role in SORTS if chance.random() < 0.2},
        money=_money(chance, iris) if chance.random() < 0.4 else Money(),
        programme=PROGRAMME if chance.random() < 0.4 else None,
        include=tuple(chance.sample(iris, min(len(iris), chance.choice((0, 0, 0, 0, 1, 2))))),
        exclude=tuple(chance.sample(iris, min(len(iris), chance.choice((0, 0, 0, 1))))),
        alternatives=3,
        differ=chance.randint(1, 3),
    )
    return Problem(rules, actors, {"dk": 0.6, "se": 0.6, "no": 0.5} if rules.programme else {})


def _actor(chance: random.Random, place: int, covers: int) -> Actor:
    countries = tuple(chance.sample(("dk", "se", "no", "eu"), chance.choice((0, 1, 1, 1, 1, 2))))
    offers = tuple(
        Offer(round(chance.random(), 3), chance.choice((-1, 0, 1, 2, 3))) if chance.random() < 0.5 else Offer()
        for _ in range(covers)
    )
    return Actor(NamedNode(f"urn:actor:{place}"), chance.choice(SORTS), countries, chance.random(), offers)


def _money(chance: random.Random, iris: list[NamedNode]) -> Money:
    by_country = [Cost(chance.randint(1, 9) * 100, MONEY[code], country=code) for code in MONEY]
    single = [Cost(chance.randint(1, 9) * 100, "dkk", partner=iri) for iri in iris if chance.random() < 0.2]

    def limits(highest: int) -> dict[Currency, int]:
        return {code: chance.randint(1, highest) * 100 for code in MONEY.values() if chance.random() < 0.4}

    return Money((*by_country[: chance.choice((3, 4, 4))], *single), limits(40), limits(25), limits(20))


def look_at_all(problem: Problem) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """
    Every set of actors: who is in it, what it is worth, and whether it keeps every rule.

    Written from docs/consortium.md and not from the code that is tested.
    """
    rules, actors = problem.rules, problem.actors
    sets = (np.arange(2 ** len(actors))[:, None] >> np.arange(len(actors))) & 1 == 1
    value = -(sets @ np.asarray([EFFORT - round(FIT * actor.fit) for actor in actors]))
    size = sets.sum(axis=1)
    kept = (size <= rules.max_partners) & (size >= rules.min_partners)
    for column, cover in enumerate(rules.covers):
        best, able = np.zeros(len(sets), dtype=np.int64), np.zeros(len(sets), dtype=np.int64)
        for place, actor in enumerate(actors):
            offer = actor.offers[column]
            if offer.strength < cover.least or (cover.level and offer.level < LEVELS.index(cover.level)):
                continue
            able += sets[:, place]
            best = np.maximum(best, sets[:, place] * round(POINTS * cover.weight * offer.strength))
        value = value + best
        kept &= able >= cover.count
    for code, count in rules.countries.items():
        kept &= sets @ np.asarray([code in actor.countries for actor in actors]).astype(int) >= count
    for role, count in rules.roles.items():
        kept &= sets @ np.asarray([actor.role == role for actor in actors]).astype(int) >= count
    for place, actor in enumerate(actors):
        if actor.iri in rules.include:
            kept &= sets[:, place]
        barred = actor.iri in rules.exclude or (rules.programme and not set(actor.countries) & set(problem.rates))
        if barred or (rules.money.limited and _price(problem, actor) is None):
            kept &= ~sets[:, place]
    for currency in MONEY.values():
        prices = [_price(problem, actor) for actor in actors]
        amounts = np.asarray([each.amount if each and each.currency == currency else 0 for each in prices])
        rates = np.asarray(
            [min((problem.rates[c] for c in a.countries if c in problem.rates), default=0) for a in actors]
        )
        for limits, share in ((rules.money.budget, 1.0), (rules.money.grant, rates), (rules.money.own, 1.0 - rates)):
            if currency in limits:
                kept &= sets @ (amounts * share) <= limits[currency] + 1e-6
    return sets, value, kept


def _price(problem: Problem, actor: Actor) -> Cost | None:
    for wanted in (
        lambda cost: cost.partner == actor.iri,
        lambda cost: cost.partner is None and cost.country in actor.countries,
    ):
        for cost in problem.rules.money.costs:
            if wanted(cost):
                return cost
    return None
