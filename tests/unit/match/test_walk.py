"""The walk over who works with what: topics that go together, and who has them."""

from __future__ import annotations

import numpy as np
import pytest
from pyoxigraph import Quad

from ecograph.match.explaining.grounds import Question
from ecograph.match.matcher import Matcher
from ecograph.match.ordering import ranking
from ecograph.match.projection.walk import Walk
from ecograph.namespaces import CONCEPT

from .conftest import OLD_SCHOOL, TODAY, matcher_of, quads_of

BUSY = """
p:iot-1 a eco:Project ; dct:title "Sensorer overalt"@da .
id:claim-iot-1 a eco:TopicClaim ; eco:about p:iot-1 ; eco:topic t:iot ; eco:basis basis:rule .
id:taking-part-iot-1 a eco:Participation ; eco:project p:iot-1 ; eco:participant o:sorting-company ;
  eco:role role:partner .
"""
COPIES = "".join(BUSY.replace("iot-1", f"iot-{number}") for number in range(2, 12))


def number(matcher: Matcher, topic: str) -> int:
    found = matcher.evidence.hierarchy.number(CONCEPT[f"topic/{topic}"].value)
    assert found is not None
    return found


def start(matcher: Matcher, topic: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = np.zeros(len(matcher.evidence.hierarchy), dtype=np.float64)
    found[number(matcher, topic)] = 1.0
    return found


class TestWalk:
    def test_it_is_most_with_the_topic_it_begins_at(self, matcher: Matcher) -> None:
        """
        Who works with nothing but the topic of the need has the whole of the walk.
        """
        visits = matcher.evidence.walk.visits(start(matcher, "cloudburst"))
        assert visits[number(matcher, "cloudburst")] == pytest.approx(1.0)
        assert 0.0 < visits.max() <= 1.0

    def test_topics_of_the_same_people_are_near(self, matcher: Matcher) -> None:
        """
        Where one solution is about cloudbursts and sensors, the one leads to the other though no hierarchy does.
        """
        visits = matcher.evidence.walk.visits(start(matcher, "cloudburst"))
        assert visits[number(matcher, "iot")] > visits[number(matcher, "sorting")]

    def test_steps_are_chances(self, matcher: Matcher) -> None:
        """
        From every topic the walk goes somewhere: its steps sum to one.
        """
        assert matcher.evidence.walk.steps().sum(axis=1) == pytest.approx(1.0)

    def test_no_topic_no_walk(self, matcher: Matcher) -> None:
        """
        A need without topics is joined to nobody by the graph.
        """
        walk = matcher.evidence.walk
        visits = walk.visits(np.zeros(len(matcher.evidence.hierarchy)))
        assert not walk.reached(visits, matcher.evidence.candidates).any()

    def test_more_of_the_same_changes_nothing(self, region: tuple[Quad, ...]) -> None:
        """
        Ten more projects of the same kind leave every edge, and so every step, as they are.
        """
        once, often = (matcher_of([*region, *quads_of(more)]).evidence.walk for more in (BUSY, BUSY + COPIES))
        assert often.joint == pytest.approx(once.joint, abs=1e-12)

    def test_a_supposed_graph_walks_as_one_that_is_built(self, region: tuple[Quad, ...]) -> None:
        """
        Edges of some candidates put in the place of what they were give the walk of a graph that states them.
        """
        before, after = matcher_of(region), matcher_of([*region, *quads_of(BUSY)])
        changed = np.asarray(
            [after.evidence.numbers["https://w3id.org/ecograph/id/organisation/sorting-company"]], dtype=np.int32
        )
        renumbered = matcher_of([*region, *quads_of(BUSY.split("id:taking")[0])])
        supposed = renumbered.evidence.walk.changed(after.evidence.links, after.evidence.topics, changed)
        assert supposed.joint == pytest.approx(after.evidence.walk.joint, abs=1e-12)
        begun = start(after, "iot")
        everyone = after.evidence.candidates
        assert supposed.reached(supposed.visits(begun), everyone) == pytest.approx(
            after.evidence.walk.reached(after.evidence.walk.visits(begun), everyone), abs=1e-12
        )
        assert len(before.evidence.candidates) == len(everyone)

    def test_a_graph_without_topics_stands_still(self) -> None:
        """
        Before anything is loaded the walk is empty and answers.
        """
        empty = matcher_of([]).evidence
        assert isinstance(empty.walk, Walk)
        assert not empty.walk.visits(np.zeros(1)).any()


class TestBridge:
    def test_a_reason_by_the_graph_names_who_joins_the_topics(self, matcher: Matcher, region: tuple[Quad, ...]) -> None:
        """
        Who has only a topic that goes together with the need's is told with somebody who works with both.
        """
        profile = matcher.with_concept(matcher.profile_text(""), CONCEPT["topic/iot"])
        ranked = ranking.rank(matcher.evidence, profile, TODAY.year)
        row = int(ranked.measured.candidates.searchsorted(matcher.evidence.numbers[OLD_SCHOOL.value]))
        match = matcher.explained(Question(matcher.evidence, profile, ranked.measured, TODAY.year), "research", 0, row)
        (reason,) = match.reasons
        assert (reason.kind, reason.signal) == ("graph", "graph")
        assert reason.contribution == pytest.approx(match.score) == pytest.approx(match.contributions["graph"])
        assert reason.sentences["da"] == (
            "Ledede projektet »Gammalt projekt om torka« (2008–2010), der handler om skybrud. "
            "»Regnmåler« handler både om skybrud og om tingenes internet."
        )
        known = set(region)
        assert all(Quad(each.subject, each.predicate, each.object, each.graph) in known for each in reason.path)
        assert {each.subject.value.rsplit("/", 1)[-1] for each in reason.path} >= {"old", "gauge"}
