"""The best consortium, others that differ, what each partner adds, and rules that cannot hold together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from ecograph.match.consortium import planning, solving
from ecograph.match.consortium.problem import Actor, Offer, Problem
from ecograph.match.consortium.rules import Cover, Rule, Rules
from ecograph.match.consortium.solving import Deadline

from .instances import look_at_all, random_problem

INSTANCES = 540
LONG = Deadline(600.0)


class TestPlan:
    def test_best_is_that_of_looking_at_every_set(self) -> None:
        """
        On 540 random instances of up to 16 actors the consortium has the value of the best of all sets that keep the
        rules, and none is proposed where no set does.
        """
        solved = 0
        for seed in range(INSTANCES):
            problem = random_problem(seed)
            _, value, kept = look_at_all(problem)
            found = solving.best(problem, problem.bounds, LONG)
            if kept.any():
                solved += 1
                assert found.status == "proven", seed
                assert found.value == value[kept].max(), seed
                assert not problem.broken(found.members), seed
            else:
                assert found.status == "impossible", seed
        assert 200 < solved < 0.9 * INSTANCES

    def test_alternatives_are_the_next_best_that_differ(self) -> None:
        """
        Each alternative is the best of all sets that do without so many partners of every proposal before it, and where
        there are fewer than asked for, no such set is left.
        """
        for seed in range(0, INSTANCES, 6):
            problem = random_problem(seed)
            sets, value, allowed = look_at_all(problem)
            plan = planning.plan(problem, 600.0)
            earlier = plan.best
            for each in plan.alternatives:
                allowed &= _apart(sets, earlier.members, problem.rules.differ)
                assert each.value == value[allowed].max(), seed
                earlier = each
            if plan.best.any and len(plan.alternatives) < problem.rules.alternatives:
                assert plan.exhausted
                assert not (allowed & _apart(sets, earlier.members, problem.rules.differ)).any(), seed

    def test_what_a_partner_adds_is_what_is_lost_without_it(self) -> None:
        """
        What a partner adds is the difference to the best of all sets that keep the rules without it; where none does,
        rules are named that cannot hold together without it.
        """
        for seed in range(1, INSTANCES, 6):
            problem = random_problem(seed)
            plan = planning.plan(problem, 600.0)
            for added in plan.added:
                iri = problem.actors[added.member].iri
                asked = tuple(each for each in problem.rules.include if each != iri)
                sets, value, kept = look_at_all(replace(problem, rules=replace(problem.rules, include=asked)))
                kept &= ~sets[:, added.member]
                if kept.any():
                    assert added.loss == plan.best.value - value[kept].max(), seed
                else:
                    assert added.loss is None
                    assert added.needed_for, seed
                if iri not in problem.rules.include:
                    assert added.loss is None or added.loss >= 0

    def test_conflict_is_minimal(self) -> None:
        """
        The rules that are named cannot hold together, and can as soon as any one of them is given up.
        """
        conflicts = 0
        for seed in range(0, INSTANCES, 3):
            problem = random_problem(seed, most_actors=10)
            sets, _, kept = look_at_all(problem)
            if kept.any():
                continue
            plan = planning.plan(problem, 600.0)
            conflicts += 1
            assert plan.minimal
            named = [bound for bound in problem.bounds if bound.rule in plan.conflict]
            assert not _kept(sets, named).any(), seed
            for each in named:
                assert _kept(sets, [bound for bound in named if bound is not each]).any(), (seed, each.rule)
        assert conflicts > 20

    def test_two_rules_that_exclude_each_other_are_named_alone(self) -> None:
        """
        Where nobody but an excluded actor covers a capability, these two rules are named and no other.
        """
        water = NamedNode("urn:water")
        actors = (
            Actor(NamedNode("urn:a"), "company", ("dk",), 0.5, (Offer(0.9),)),
            Actor(NamedNode("urn:b"), "municipality", ("se",), 0.5, (Offer(),)),
        )
        rules = Rules((Cover(water),), countries={"se": 1}, exclude=(actors[0].iri,), min_partners=1)
        plan = planning.plan(Problem(rules, actors))
        assert plan.conflict == (Rule("cover", water.value), Rule("exclude", "urn:a"))

    def test_without_candidates_the_least_is_named(self) -> None:
        """
        An empty graph is no fault: the number of partners cannot be reached, and that is said.
        """
        plan = planning.plan(Problem(Rules(), ()))
        assert plan.conflict == (Rule("min-partners"),)

    def test_same_question_has_the_same_answer(self) -> None:
        """
        Asked twice, the same consortium, alternatives and differences come back.
        """
        problem = random_problem(6)
        assert planning.plan(problem) == planning.plan(problem)

    def test_deadline_is_told(self) -> None:
        """
        An answer that came before the proof does not claim to be proven, and comes soon.
        """
        problem = _large()
        found = solving.best(problem, problem.bounds, Deadline(0.0))
        assert found.status in ("found", "unknown")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(10_000, 10_000_000))
def test_no_rule_is_ever_broken(seed: int) -> None:
    """
    Every proposal keeps every rule, does without so many partners of each other one, and none is worth more than the
    best; without a partner nothing is worth more than with it, unless it was asked for.
    """
    problem = random_problem(seed)
    plan = planning.plan(problem, 600.0)
    proposals = [each for each in (plan.best, *plan.alternatives) if each.any]
    for place, each in enumerate(proposals):
        assert not problem.broken(each.members)
        assert each.value == problem.value(each.members) <= plan.best.value
        for earlier in proposals[:place]:
            least = min(problem.rules.differ, len(earlier.members))
            assert len(set(earlier.members) - set(each.members)) >= least
    assert bool(proposals) != bool(plan.conflict)
    assert [each.member for each in plan.added] == list(plan.best.members)


def test_proof_does_not_take_long() -> None:
    """
    Three hundred candidates and twelve capabilities are solved by proof within five seconds.
    """
    problem = _large()
    found = solving.best(problem, problem.bounds, Deadline(5.0))
    assert found.status == "proven"


def _large() -> Problem:
    chance = np.random.default_rng(3)
    covers = tuple(Cover(NamedNode(f"urn:concept:{place}")) for place in range(12))
    actors = tuple(
        Actor(
            NamedNode(f"urn:actor:{place}"),
            ("municipality", "company", "research-organisation")[place % 3],
            (("dk", "se")[place % 2],),
            float(chance.random()),
            tuple(Offer(float(chance.random()) if chance.random() < 0.3 else 0.0) for _ in covers),
        )
        for place in range(300)
    )
    return Problem(Rules(covers, countries={"dk": 1, "se": 1}, roles={"municipality": 1, "company": 1}), actors)


def _apart(sets: np.ndarray, members: tuple[int, ...], count: int) -> np.ndarray:
    return ~sets[:, list(members)].sum(axis=1).__gt__(len(members) - min(count, len(members)))


def _kept(sets: np.ndarray, bounds: list[planning.Bound]) -> np.ndarray:
    kept = np.ones(len(sets), dtype=bool)
    for bound in bounds:
        total = sets @ np.asarray([bound.weights.get(place, 0) for place in range(sets.shape[1])])
        kept &= total >= bound.least if bound.least is not None else True
        kept &= total <= bound.most if bound.most is not None else True
    return kept


@pytest.mark.parametrize("seed", [2, 11])
def test_candidates_in_another_order_are_worth_the_same(seed: int) -> None:
    """
    The order in which candidates are handed over changes no value.
    """
    problem = random_problem(seed)
    turned = replace(problem, actors=problem.actors[::-1])
    assert planning.plan(problem).best.value == planning.plan(turned).best.value
