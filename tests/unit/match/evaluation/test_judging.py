"""From grades of documents to grades of candidates, over the synthetic region."""

from __future__ import annotations

from ecograph.match.evaluation import judging
from ecograph.match.evaluation.baselines import Field
from ecograph.match.evaluation.gold import Gold


class TestJudged:
    def test_candidate_has_the_grade_of_its_best_document(self, judged: Gold) -> None:
        """
        Who led or joined what fits very well fits very well, and so does a solution by itself and by who provides it.
        """
        grades = judged.needs[0].grades
        assert grades["organisation/rain-university"] == 3
        assert grades["municipality/se-malmoe"] == 3
        assert grades["solution/gauge"] == grades["organisation/sensor-company"] == 2
        assert grades["municipality/se-lund"] == 2
        assert grades["organisation/old-school"] == 1

    def test_minor_role_earns_two_at_most(self, judged: Gold) -> None:
        """
        Who was only the host of a project that fits very well is not graded like those who did the work.
        """
        assert judged.needs[0].grades["organisation/network"] == 2

    def test_zero_is_a_grade_and_unread_is_none(self, judged: Gold) -> None:
        """
        Who has nothing but documents that were read and do not fit is judged; of whom nothing was read is not.
        """
        rain, bins = judged.needs
        assert rain.grades["solution/bin"] == 0
        assert "organisation/capital-institute" not in rain.grades
        assert bins.grades["organisation/rain-university"] == 0

    def test_document_that_is_gone_is_passed_over(self, judged: Gold, read: Gold) -> None:
        """
        A grade of something the graph no longer has stays in the set and counts for nobody.
        """
        assert "project/closed-since" in read.needs[0].documents
        assert "project/closed-since" not in judged.needs[0].grades

    def test_grades_of_documents_stay_as_they_are(self, judged: Gold, read: Gold, field: Field) -> None:
        """
        Taking candidates' grades from the graph changes nothing that was read, and can be done again.
        """
        assert [need.documents for need in judged.needs] == [need.documents for need in read.needs]
        assert judged.second == read.second
        assert judging.judged(field.evidence, judged) == judged
