"""
How long it takes to find the best consortium by proof, beside a greedy search on the same instances.

    python benchmarks/consortium.py                     # 10 instances of 300 candidates and 12 capabilities
    python benchmarks/consortium.py --instances 3

The instances are synthetic and have fixed seeds: a third of the candidates covers each capability weakly, few strongly;
seven rules on countries and sorts of partner, at most six partners, a budget in two currencies and a co-funding
programme with the rates of Interreg Öresund-Kattegat-Skagerrak. The peers take one partner after the other within size
and budget: *greedy* whoever adds most; *greedy by rules* whoever meets most open rules, of those whoever adds most.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ecograph.match.consortium import planning, solving
from ecograph.match.consortium.problem import Actor, Offer, Problem
from ecograph.match.consortium.rules import Cost, Cover, Currency, Money, Role, Rules

_ROLES: Sequence[Role] = ("municipality", "research-organisation", "company", "public-body", "network")
_SHARES = (0.25, 0.2, 0.4, 0.1, 0.05)
_CURRENCY: dict[str, Currency] = {"dk": "dkk", "se": "sek", "no": "nok"}
_RATES = {"dk": 0.6, "se": 0.6, "no": 0.5}


@dataclass(frozen=True)
class Measured:
    """One way on one instance: seconds, points, how many rules are broken, and whether it is proven to be the best."""

    seconds: float
    value: int
    broken: int
    proven: bool = False


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--instances", type=int, default=10)
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--capabilities", type=int, default=12)
    given = parser.parse_args()
    problems = [instance(seed, given.candidates, given.capabilities) for seed in range(given.instances)]
    best = [proven(problem) for problem in problems]
    ways = {
        "best by proof": best,
        "greedy": [greedy(problem, by_rules=False) for problem in problems],
        "greedy by rules": [greedy(problem, by_rules=True) for problem in problems],
    }
    print(f"{given.instances} instances of {given.candidates} candidates and {given.capabilities} capabilities\n")
    print(f"| | {' | '.join(ways)} |\n|---|{'---:|' * len(ways)}")
    _row("median, s", [f"{statistics.median(each.seconds for each in way):.3f}" for way in ways.values()])
    _row("longest, s", [f"{max(each.seconds for each in way):.3f}" for way in ways.values()])
    _row("proven", [f"{sum(each.proven for each in way)} of {len(way)}" for way in ways.values()])
    _row("breaks a rule", [f"{sum(each.broken > 0 for each in way)} of {len(way)}" for way in ways.values()])
    _row("share of the best value, where no rule is broken", [_share(way, best) for way in ways.values()])
    whole = [_seconds(problem) for problem in problems]
    print(f"\nWith three alternatives and what each partner adds: median {statistics.median(whole):.2f} s, ", end="")
    print(f"longest {max(whole):.2f} s")


def proven(problem: Problem) -> Measured:
    """The best by proof."""
    start = time.perf_counter()
    found = solving.best(problem, problem.bounds, solving.Deadline(60.0))
    took = time.perf_counter() - start
    return Measured(took, found.value, len(problem.broken(found.members)), found.status == "proven")


def _row(name: str, values: Sequence[str]) -> None:
    print(f"| {name} | {' | '.join(values)} |")


def _share(way: Sequence[Measured], best: Sequence[Measured]) -> str:
    shares = [each.value / one.value for each, one in zip(way, best, strict=True) if each.broken == 0]
    return f"{statistics.mean(shares):.2f}" if shares else "–"


def _seconds(problem: Problem) -> float:
    start = time.perf_counter()
    planning.plan(problem, 120.0)
    return time.perf_counter() - start


def instance(seed: int, candidates: int, capabilities: int) -> Problem:
    """A synthetic instance."""
    chance = random.Random(seed)
    covers = tuple(Cover(NamedNode(f"urn:capability:{place}"), least=0.3) for place in range(capabilities))
    actors = []
    for place in range(candidates):
        (role,) = chance.choices(_ROLES, _SHARES)
        (country,) = chance.choices(("dk", "se", "no"), (0.3, 0.6, 0.1))
        offers = tuple(
            Offer(round(chance.betavariate(1.2, 4.0), 3)) if chance.random() < 0.35 else Offer() for _ in covers
        )
        actors.append(Actor(NamedNode(f"urn:actor:{place}"), role, (country,), chance.random() * 0.6, offers))
    costs = tuple(
        Cost(chance.randrange(300_000, 2_500_000, 50_000), _CURRENCY[actor.countries[0]], partner=actor.iri)
        for actor in actors
    )
    rules = Rules(
        covers=covers,
        max_partners=6,
        countries={"dk": 1, "se": 1},
        roles={"municipality": 1, "research-organisation": 1, "company": 1},
        money=Money(costs, budget={"dkk": 3_000_000, "sek": 4_000_000}, own={"sek": 1_500_000}),
        programme=NamedNode("urn:programme"),
    )
    return Problem(rules, tuple(actors), _RATES)


def greedy(problem: Problem, *, by_rules: bool) -> Measured:
    """One partner after the other; no step is taken back."""
    start = time.perf_counter()
    upper = [bound for bound in problem.bounds if bound.most is not None]
    taken: tuple[int, ...] = ()
    while True:
        broken, value = len(problem.broken(taken)), problem.value(taken)
        steps = []
        for place in range(len(problem.actors)):
            longer = (*taken, place)
            if place not in taken and all(bound.holds(longer) for bound in upper):
                met = len(problem.broken(longer)) - broken if by_rules else 0
                steps.append((met, value - problem.value(longer), place))
        best = min(steps, default=(0, 0, -1))
        if best >= (0, 0, -1):
            return Measured(time.perf_counter() - start, value, broken)
        taken = (*taken, best[2])


if __name__ == "__main__":
    main()
