"""The grades as they are written; see guideline.md."""

from __future__ import annotations

from pathlib import Path

from ecograph.match.evaluation import gold

GOLD = gold.load(Path(__file__).parent)
KINDS = {"project", "solution", "need", "capability-claim", "organisation", "municipality", "region"}


class TestJudgements:
    def test_every_need_has_been_judged(self) -> None:
        """
        Each need has documents that fit and documents that do not.
        """
        for need in GOLD.needs:
            assert len(need.documents) >= 100, need.id
            assert {0, gold.FITS} <= set(need.documents.values()), need.id

    def test_documents_are_graded_not_candidates(self) -> None:
        """
        What is graded says something of somebody's work, or is somebody by their own name and description.
        """
        assert {slug.split("/", 1)[0] for need in GOLD.needs for slug in need.documents} == KINDS

    def test_second_reader_read_the_same(self) -> None:
        """
        Each document that the second reader graded has a grade by the first, over seven whole needs.
        """
        assert len(GOLD.second) == 7
        assert len(GOLD.read_twice) == sum(len(grades) for grades in GOLD.second.values())
