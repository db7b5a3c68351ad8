"""
How long it takes to find the best consortium by proof, beside a greedy search on the same instances.

    python benchmarks/consortium.py                     # 10 instances of 300 candidates and 12 capabilities
    python benchmarks/consortium.py --instances 3

The instances are synthetic and have fixed seeds: a third of the candidates covers each capability weakly, few strongly;
seven rules on countries and sorts of partner, at most six partners, a budget in two currencies and a co-funding
programme with the rates of Interreg Öresund-Kattegat-Skagerrak. The peer takes, step by step, whoever meets most of the
rules that are still open and adds most, and stays within the budget while it can.
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
    """One instance; times in seconds, values in points."""

    first_s: float
    whole_s: float
    proven: bool
    value: int
    greedy_s: float
    greedy_value: int
    greedy_broken: int


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--instances", type=int, default=10)
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--capabilities", type=int, default=12)
    given = parser.parse_args()
    rows = [measure(instance(seed, given.candidates, given.capabilities)) for seed in range(given.instances)]
    print(f"{given.instances} instances of {given.candidates} candidates and {given.capabilities} capabilities\n")
    print("| | best by proof | greedy |\n|---|---:|---:|")
    first, greedy = [row.first_s for row in rows], [row.greedy_s for row in rows]
    print(f"| median, s | {statistics.median(first):.2f} | {statistics.median(greedy):.4f} |")
    print(f"| longest, s | {max(first):.2f} | {max(greedy):.4f} |")
    whole = [row.whole_s for row in rows]
    print(f"| with alternatives and what each partner adds, longest, s | {max(whole):.2f} | – |")
    print(f"| proven | {sum(row.proven for row in rows)} of {len(rows)} | never |")
    print(f"| breaks a rule | 0 of {len(rows)} | {sum(row.greedy_broken > 0 for row in rows)} of {len(rows)} |")
    ratios = [row.greedy_value / row.value for row in rows if row.greedy_broken == 0]
    print(
        f"| share of the best value, where no rule is broken | 1.00 | {statistics.mean(ratios):.2f} |" if ratios else ""
    )


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


def measure(problem: Problem) -> Measured:
    """Both on one instance."""
    start = time.perf_counter()
    first = solving.best(problem, problem.bounds, solving.Deadline(60.0))
    first_s = time.perf_counter() - start
    assert not first.any or not problem.broken(first.members)
    start = time.perf_counter()
    planning.plan(problem, 120.0)
    whole_s = time.perf_counter() - start
    start = time.perf_counter()
    taken = greedy(problem)
    greedy_s = time.perf_counter() - start
    return Measured(
        first_s,
        whole_s,
        first.status in ("proven", "impossible"),
        first.value,
        greedy_s,
        problem.value(taken),
        len(problem.broken(taken)),
    )


def greedy(problem: Problem) -> tuple[int, ...]:
    """Step by step whoever meets most open rules, of those whoever adds most; no step is taken back."""
    upper = [bound for bound in problem.bounds if bound.most is not None]
    taken: tuple[int, ...] = ()
    while True:
        broken, value = len(problem.broken(taken)), problem.value(taken)
        steps = []
        for place in range(len(problem.actors)):
            longer = (*taken, place)
            if place not in taken and all(bound.holds(longer) for bound in upper):
                steps.append((len(problem.broken(longer)) - broken, value - problem.value(longer), place))
        best = min(steps, default=None)
        if best is None or (best[0] >= 0 and best[1] >= 0):
            return taken
        taken = (*taken, best[2])


if __name__ == "__main__":
    main()
