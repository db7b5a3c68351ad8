"""Sixty actors of the shipped graph, spread over its nineteen needs: why not, and what would change it."""

from __future__ import annotations

import random
import re
from typing import Final

import pytest
from pyoxigraph import NamedNode, Quad, Store

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.staging import stage
from ecograph.identifiers import thing_iri
from ecograph.match.explaining.whynot import Answer, Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.ordering import ranking
from ecograph.messages import LANGUAGES
from ecograph.shacl.report import Severity
from ecograph.store.oxigraph import StoreSnapshot

pytestmark = pytest.mark.slow

NEEDS: Final = [f"n{number:02}" for number in range(1, 20)]
ACTORS: Final = 60
REBUILT: Final = 3
"""Every third answer is proved by building the whole matcher anew, which takes some seconds each."""


class Rebuilding:
    """Builds matchers from the shipped graph with statements added or taken away, from its store on."""

    def __init__(self, view_quads: list[Quad], matcher: Matcher) -> None:
        self.store = Store()
        self.store.bulk_extend(view_quads)
        self.matcher = matcher

    def matcher_with(self, added: tuple[Quad, ...] = (), removed: tuple[Quad, ...] = ()) -> Matcher:
        self.store.extend(added)
        for quad in removed:
            self.store.remove(quad)
        try:
            snapshot = StoreSnapshot(self.store, 1)
            known = self.matcher.evidence
            return Matcher.build(snapshot, known.concepts, today=self.matcher.today, vectors=known.meaning.vectors)
        finally:
            for quad in added:
                self.store.remove(quad)
            self.store.extend(removed)


@pytest.fixture(scope="module")
def explainer(loaded: EcoGraph) -> Explainer:
    return loaded.view().explainer


@pytest.fixture(scope="module")
def rebuilding(loaded: EcoGraph) -> Rebuilding:
    view = loaded.view()
    return Rebuilding(list(view.snapshot.quads()), view.matcher)


@pytest.fixture(scope="module")
def answers(explainer: Explainer) -> list[Answer]:
    """A sample of actors, each asked about for one need, in turn."""
    evidence = explainer.matcher.evidence
    sample = random.Random(4).sample(evidence.candidates.tolist(), ACTORS)
    profiles = [explainer.matcher.profile(thing_iri("need", need)) for need in NEEDS]
    return [
        explainer.why(profiles[number % len(profiles)], NamedNode(evidence.things[thing]))
        for number, thing in enumerate(sample)
    ]


def score_in(matcher: Matcher, answer: Answer) -> tuple[int, float]:
    """Rank, 0 for none, and score of the candidate."""
    assert answer.match is not None
    assert answer.need.iri is not None
    ranked = ranking.rank(matcher.evidence, matcher.profile(answer.need.iri), matcher.today.year)
    thing = matcher.evidence.numbers[answer.candidate.value]
    place = ranked.place(answer.match.group, thing)
    row = int(ranked.measured.candidates.searchsorted(thing))
    return place[0] if place else 0, ranking.score_of(ranked.measured, row).score


class TestWhyNot:
    def test_every_counterfactual_holds(self, answers: list[Answer], rebuilding: Rebuilding) -> None:
        """
        A matcher built from the graph with the proposed statements in it gives the rank and score that were told.
        """
        told = [(answer, answer.search.changes[0]) for answer in answers if answer.search and answer.search.changes]
        assert len(told) > ACTORS / 2
        for answer, change in told[::REBUILT]:
            rank, score = score_in(rebuilding.matcher_with(added=change.statements), answer)
            assert change.rank is not None
            assert 0 < rank <= change.rank <= answer.goal
            assert score == pytest.approx(change.score, abs=1e-9)

    def test_nothing_is_denied_that_one_row_would_do(self, answers: list[Answer], explainer: Explainer) -> None:
        """
        Where two rows are proposed, or none, no single row of the closed list is enough.
        """
        for answer in answers:
            if answer.search and not (answer.search.changes and len(answer.search.changes[0].edits) == 1):
                nearest = answer.search.nearest
                assert nearest is None or not nearest.reached

    def test_evidence_weighs_what_is_said(self, explainer: Explainer, rebuilding: Rebuilding) -> None:
        """
        For the best of every third need, the score without its cited evidence is the one that was told.
        """
        for number, need in enumerate(NEEDS[::REBUILT]):
            matcher = explainer.matcher
            best = [
                match for match in matcher.match(matcher.profile(thing_iri("need", need))).matches if match.rank == 1
            ]
            match = best[number % len(best)]
            answer = explainer.why(matcher.profile(thing_iri("need", need)), match.candidate)
            assert answer.removals
            for removal in answer.removals[:1]:
                said = removal.statement
                quad = Quad(said.subject, said.predicate, said.object, said.graph)
                _, score = score_in(rebuilding.matcher_with(removed=(quad,)), answer)
                assert score == pytest.approx(removal.score, abs=1e-9)
                assert match.score - score == pytest.approx(removal.loss, abs=1e-9)

    def test_three_languages_say_the_same(self, answers: list[Answer]) -> None:
        """
        Every sentence has the same numbers in Danish, Swedish and English, and names the candidate.
        """
        for answer in answers:
            notes = [answer.sentences, *(gap.sentences for gap in answer.gaps)]
            notes += [answer.outcome.sentences] if answer.outcome else []
            for sentences in notes:
                plain = [_numbers(sentences[lang], answer, lang) for lang in LANGUAGES]
                assert plain[0] == plain[1] == plain[2]
            assert all(answer.labels[lang] in answer.sentences[lang] for lang in LANGUAGES)

    def test_the_row_can_be_contributed(self, loaded: EcoGraph, answers: list[Answer]) -> None:
        """
        The rows proposed have no violation when they are contributed in the template they name.
        """
        rows: dict[str, dict[str, str]] = {}
        for answer in answers:
            for change in answer.search.changes if answer.search else ():
                for edit in change.edits:
                    if edit.kind in ("topic-of-work", "topic-of-itself", "capability", "deployment"):
                        rows.setdefault(edit.kind, {**edit.cells, "template": edit.template})
        assert len(rows) >= 3
        for row in rows.values():
            template = row.pop("template")
            text = ",".join(row) + "\r\n" + ",".join(row.values()) + "\r\n"
            file = SourceFile(f"{template}.csv", text.encode())
            view = loaded.view()
            staged = stage([file], "someone", loaded.rules, view.snapshot, template=template, rows_only=True)
            violations = [finding for finding in staged.report.findings if finding.severity == Severity.VIOLATION]
            assert not violations, (row, violations)


def _numbers(sentence: str, answer: Answer, lang: str) -> list[str]:
    """The numbers of a sentence without the names in it."""
    names = [answer.labels[lang]] + ([answer.bar.labels[lang]] if answer.bar else [])
    for name in names:
        sentence = sentence.replace(name, "")
    return sorted(found.replace(",", ".") for found in re.findall(r"\d+(?:[.,]\d+)?", sentence))
