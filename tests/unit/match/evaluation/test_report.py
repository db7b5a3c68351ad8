"""The evaluation as a whole, over the synthetic region."""

from __future__ import annotations

import json

import pytest

from ecograph.match.evaluation import report, running, writing
from ecograph.match.evaluation.baselines import BM25, OURS, Field
from ecograph.match.evaluation.faithfulness import Check
from ecograph.match.evaluation.gold import Gold
from ecograph.match.evaluation.report import Report
from ecograph.messages import LANGUAGES, Language


@pytest.fixture
def found(field: Field, judged: Gold) -> Report:
    """A report on the synthetic needs."""
    return report.report(field, judged, running.run(field, judged), "all", [Check("cited", 3, 0)])


class TestReport:
    def test_systems_stand_with_ours_first(self, found: Report, field: Field) -> None:
        """
        Every system has a row; ours has no p, the others are ordered by nDCG@10.
        """
        assert {row.system for row in found.rows} == set(field.systems)
        assert found.rows[0].system == OURS
        assert found.rows[0].p is None
        values = [row.measures.ndcg or 0.0 for row in found.rows[1:]]
        assert values == sorted(values, reverse=True)
        assert all(row.p is not None and 0.0 < row.p <= 1.0 for row in found.rows[1:])

    def test_mean_over_needs_is_the_mean_over_parts(self, found: Report) -> None:
        """
        Languages, kinds of wording and splits each divide the same queries, so that their means are the whole.
        """
        parts = {part.name: part.ndcg for part in found.strata}
        for names in (LANGUAGES, ("literal", "paraphrase"), ("open", "locked")):
            whole = sum(parts[name][OURS] or 0.0 for name in names) / len(names)
            assert whole == pytest.approx(found.rows[0].measures.ndcg)

    def test_readers_are_told_apart(self, found: Report) -> None:
        """
        How many documents were read, by how many readers, and what the systems are worth by the grades of each.
        """
        assert (found.judgements, found.read_twice) == (7, 3)
        assert found.graded > 7
        assert found.same_grade == 0.5
        parts = {part.name: part.ndcg[OURS] for part in found.strata}
        assert parts["first-reader"] == pytest.approx(found.by_need[OURS]["rain"])
        assert parts["second-reader"] != parts["first-reader"]

    def test_share_of_what_is_shown_that_was_read(self, field: Field, judged: Gold) -> None:
        """
        A candidate counts as judged where the document that brings it forward was read, not where any other was.
        """
        (ours,) = running.run(field, judged.only("open"), only=[OURS])
        query = judged.queries[0]
        nearest = dict(zip(field.candidates.tolist(), field.nearest(field.answered(query)).tolist(), strict=True))
        shown = field.ours(field.answered(query))[:10]
        read = [field.slug(nearest[thing]) in judged.needs[0].documents for thing in shown]
        assert ours.judged[query.key] == sum(read) / len(read)
        assert 0 < sum(read) < len(read)

    def test_locked_needs_are_not_told_one_by_one(self, found: Report) -> None:
        """
        The figures of each need, which tuning looks at, are those of open needs.
        """
        assert set(found.by_need[OURS]) == {"rain"}

    def test_promise_that_does_not_hold_is_told(self, field: Field, judged: Gold) -> None:
        """
        Two needs can never show a difference to be more than luck, and a failed check breaks the whole.
        """
        runs = running.run(field, judged)
        promise = {each.name: each for each in report.report(field, judged, runs, "all").promises}["bm25"]
        assert promise.value is not None
        assert promise.value > promise.bound
        assert not promise.holds
        broken = report.report(field, judged, runs, "all", [Check("cited", 3, 1, ["a statement"])])
        assert not broken.holds

    def test_only_some_systems_can_be_asked(self, field: Field, judged: Gold) -> None:
        """
        Who chooses weights asks ours alone, and is told how far it is.
        """
        seen: list[tuple[int, int]] = []
        runs = running.run(field, judged, lambda done, total: seen.append((done, total)), only=[BM25])
        assert [run.system for run in runs] == [BM25]
        assert seen[-1] == (11, 12)


class TestWriting:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_tables_are_whole_in_each_language(self, found: Report, lang: Language) -> None:
        """
        Every row has a value in each column, and no text is missing.
        """
        tables = writing.tables(found, lang)
        assert len(tables) == 6
        assert all(len(row) == len(table.heads) and all(row[:1]) for table in tables for row in table.rows)

    def test_json_has_every_number(self, found: Report) -> None:
        """
        Programs read what people do, unrounded.
        """
        said = json.loads(json.dumps(writing.as_json(found)))
        assert said["rows"][0]["measures"]["ndcg"] == found.rows[0].measures.ndcg
        assert "ratio" in said["across"][OURS]
        assert said["holds"] is False

    def test_markdown_goes_between_the_marks(self, found: Report) -> None:
        """
        Whatever stood between the marks is replaced, and what stands around them stays.
        """
        page = "before\n<!-- evaluation: by a command -->\nwritten before\n<!-- /evaluation -->\nafter\n"
        again = writing.between(page, "evaluation", writing.markdown(found))
        assert again.startswith("before\n<!-- evaluation: by a command -->\n2 needs in 12 wordings")
        assert again.endswith("|\n<!-- /evaluation -->\nafter\n")
        assert "written before" not in again
        with pytest.raises(ValueError, match="evaluation"):
            writing.between("a page without marks", "evaluation", "new")
