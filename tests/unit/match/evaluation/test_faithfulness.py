"""What is said of matches, put to the proof; and that the proof would notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.match.evaluation import faithfulness
from ecograph.match.evaluation.faithfulness import Facts
from ecograph.match.explaining.whynot import Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile, Statement
from ecograph.match.projection.evidence import Wording
from ecograph.messages import Language
from ecograph.namespaces import ECO, GRAPH, ID
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.vocabulary.concepts import Concepts
from match.conftest import CLOUDBURST, TODAY


@pytest.fixture
def snapshot(region: tuple[Quad, ...]) -> Iterator[Snapshot]:
    """The synthetic region."""
    with MemorySnapshot(region, revision=7) as found:
        yield found


@pytest.fixture
def profiles(matcher: Matcher) -> list[NeedProfile]:
    """A need of the graph, and two typed ones."""
    typed = [matcher.profile_text(text) for text in ("Varsling ved skybrud", "Better waste sorting with sensors")]
    return [matcher.profile(CLOUDBURST), *typed]


def rebuild(graph: Snapshot) -> Matcher:
    """A matcher over another graph."""
    return Matcher.build(graph, Concepts.from_snapshot(graph), today=TODAY)


class TestSaid:
    def test_all_promises_hold_for_all_matches(
        self, matcher: Matcher, snapshot: Snapshot, profiles: list[NeedProfile]
    ) -> None:
        """
        Cited statements exist, contributions sum to the score, and three languages say the same.
        """
        for check in faithfulness.said(matcher, snapshot, profiles):
            assert check.checked > 0, check.name
            assert check.failed == 0, check.examples

    def test_statement_that_is_gone_is_noticed(
        self, matcher: Matcher, region: tuple[Quad, ...], profiles: list[NeedProfile]
    ) -> None:
        """
        Held against a graph without the topic claims, what cites them is told.
        """
        with MemorySnapshot([quad for quad in region if quad.predicate != ECO.topic]) as less:
            cited = faithfulness.said(matcher, less, profiles)[0]
        assert cited.failed > 0
        assert 0 < len(cited.examples) <= faithfulness.EXAMPLES

    def test_withdrawn_evidence_costs_what_was_said(
        self, matcher: Matcher, snapshot: Snapshot, profiles: list[NeedProfile]
    ) -> None:
        """
        A matcher built without a cited statement gives the score that was said.
        """
        check = faithfulness.removed(Explainer(matcher, snapshot), rebuild, profiles)
        assert check.checked == len(profiles)
        assert check.failed == 0, check.examples

    def test_wrong_loss_is_noticed(self, matcher: Matcher, snapshot: Snapshot, profiles: list[NeedProfile]) -> None:
        """
        A matcher that is built on another day has other scores, and is found out.
        """

        def other_day(graph: Snapshot) -> Matcher:
            return Matcher.build(graph, Concepts.from_snapshot(graph), today=TODAY.replace(year=TODAY.year + 9))

        check = faithfulness.removed(Explainer(matcher, snapshot), other_day, profiles)
        assert check.failed > 0


class TestFacts:
    def said(self, da: str, sv: str, en: str) -> dict[Language, str]:
        return {"da": da, "sv": sv, "en": en}

    @pytest.fixture
    def facts(self, matcher: Matcher) -> Facts:
        return Facts(matcher.evidence)

    @pytest.fixture
    def path(self) -> tuple[Statement, ...]:
        topic = NamedNode("https://w3id.org/ecograph/concept/topic/cloudburst")
        return (Statement(ID["solution/gauge"], ECO.topic, topic, GRAPH["synthetic"]),)

    def test_same_facts_in_each_language(self, facts: Facts, path: tuple[Statement, ...]) -> None:
        """
        Titles and topics may be called otherwise in each language, and commas may be points.
        """
        sentences = self.said(
            "Står bag »Regnmåler« (2,5), der handler om skybrud og CO2.",
            "Står bakom ”Regnmätare” (2,5), som handlar om skyfall och koldioxid.",
            "Provides “Rain gauge” (2.5), which is about cloudburst and CO2.",
        )
        assert facts.agree(sentences, path)

    def test_title_may_have_quotation_marks(self, facts: Facts) -> None:
        """
        What a publisher writes in a title is part of it, and ends no quotation.
        """
        number = facts.evidence.numbers[ID["project/warning"].value]
        titled = "Regn och ”skyfall”"
        titles = list(facts.evidence.titles)
        titles[number] = (Wording(titled, "sv", "", 0),)
        marked = Facts(replace(facts.evidence, titles=tuple(titles)))
        path = (Statement(ID["project/warning"], ECO.topic, ID["solution/gauge"], GRAPH["synthetic"]),)
        sentences = self.said(f"Leder »{titled}« (2024).", f"Leder ”{titled}” (2024).", f"Leads “{titled}” (2024).")
        assert marked.agree(sentences, path)
        assert not marked.agree({**sentences, "en": f"Leads “{titled}” (2025)."}, path)

    @pytest.mark.parametrize(
        "english",
        [
            "Provides “Waste bin” (2.5), which is about cloudburst.",
            "Provides “Rain gauge” (2.6), which is about cloudburst.",
            "Provides “Rain gauge” (2.5), which is about rain.",
            "Provides a gauge (2.5), which is about cloudburst.",
            "Provides “Rain gauge” (2.5) since 2020, which is about cloudburst.",
        ],
        ids=["another title", "another number", "no topic", "no title", "a number more"],
    )
    def test_different_fact_is_noticed(self, facts: Facts, path: tuple[Statement, ...], english: str) -> None:
        """
        Another title or number, or a topic that one language leaves out, is found.
        """
        sentences = self.said(
            "Står bag »Regnmåler« (2,5), der handler om skybrud.",
            "Står bakom ”Regnmätare” (2,5), som handlar om skyfall.",
            english,
        )
        assert not facts.agree(sentences, path)
