"""What matching must hold on the shipped graph and the judged needs; see docs/evaluation.md."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.match.evaluation import faithfulness, gold, report, running
from ecograph.match.evaluation.baselines import Field
from ecograph.match.evaluation.gold import Gold
from ecograph.match.evaluation.report import Report
from ecograph.match.explaining.whynot import Explainer
from ecograph.match.matcher import Matcher
from ecograph.store.base import Snapshot
from lacking import lacking

HERE = Path(__file__).parent
DAY = date(2026, 11, 22)
"""Evidence ages: the figures are those of the day the documents were judged."""
REBUILT = 12
"""Graphs that are built anew to prove what is said of a change; about two seconds each."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def judged() -> Gold:
    """Every need, the locked ones too."""
    return gold.load(HERE)


@pytest.fixture(scope="module")
def matcher(loaded: EcoGraph) -> Matcher:
    """The shipped graph with its texts read by the model."""
    loaded.read_texts()
    view = loaded.view()
    found = Matcher.build(view.snapshot, view.concepts, today=DAY, vectors=loaded.vectors)
    if not found.evidence.meaning.available:
        lacking(f"there is no language model: {found.evidence.meaning.state}")
    return found


@pytest.fixture(scope="module")
def found(matcher: Matcher, judged: Gold) -> Report:
    """The evaluation."""
    field = Field(matcher)
    return report.report(field, judged, running.run(field, judged), "all")


class TestQuality:
    @pytest.mark.parametrize("name", ["above-baselines", "bm25", "across", "each-language", "stable"])
    def test_promise_holds(self, found: Report, name: str) -> None:
        """
        Ours is above every baseline, not by luck; across languages, in each of them, and the same in all three.
        """
        (promise,) = (each for each in found.promises if each.name == name)
        assert promise.holds, promise

    def test_what_is_shown_has_been_judged(self, found: Report) -> None:
        """
        Of nearly all of the first ten of ours the document that brings them forward has been judged: one that has not
        counts as a miss, and would hide what is good.
        """
        assert found.rows[0].measures.judged is not None
        assert found.rows[0].measures.judged >= 0.95


class TestFaithfulness:
    def test_what_is_said_of_every_match_is_so(self, loaded: EcoGraph, matcher: Matcher, judged: Gold) -> None:
        """
        Cited statements exist, contributions sum to the score, and sentences say the same in three languages.
        """
        profiles = [matcher.profile_text(query.text) for query in judged.queries]
        for check in faithfulness.said(matcher, loaded.view().snapshot, profiles):
            assert check.checked, check.name
            assert not check.failed, check.examples

    def test_what_is_said_of_changes_is_so(self, loaded: EcoGraph, matcher: Matcher, judged: Gold) -> None:
        """
        Graphs built without a cited statement, and with a proposed change, give the scores and ranks that were said.
        """
        view = loaded.view()

        def rebuild(graph: Snapshot) -> Matcher:
            return Matcher.build(graph, view.concepts, today=DAY, vectors=loaded.vectors)

        explainer = Explainer(matcher, view.snapshot)
        every = [matcher.profile_text(query.text) for query in judged.queries]
        some = every[:: max(1, len(every) // REBUILT)][:REBUILT]
        for check in (faithfulness.removed(explainer, rebuild, some), faithfulness.verified(explainer, rebuild, some)):
            assert check.checked, check.name
            assert not check.failed, check.examples
