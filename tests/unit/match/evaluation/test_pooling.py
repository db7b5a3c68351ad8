"""What judges read."""

from __future__ import annotations

from ecograph.match.evaluation import pooling
from ecograph.match.evaluation.baselines import RANDOM, Field
from ecograph.match.evaluation.gold import Gold


class TestPool:
    def test_pool_holds_the_first_of_every_system(self, field: Field, judged: Gold) -> None:
        """
        Nobody that a system puts first for any wording is left unjudged; the random one brings nobody.
        """
        need = judged.needs[0]
        slugs = [shown.slug for shown in pooling.pool(field, need, depth=2).shown]
        assert len(slugs) == len(set(slugs))
        wanted = {
            field.slug(thing)
            for name, ranker in field.systems.items()
            if name != RANDOM
            for query in need.queries
            for thing in ranker(field.answered(query))[:2]
        }
        assert set(slugs) == wanted

    def test_order_is_drawn_once_and_for_all(self, field: Field, judged: Gold) -> None:
        """
        Two judges read the same order, and it is no system's.
        """
        one, other = (pooling.pool(field, judged.needs[0], depth=10) for _ in range(2))
        assert one == other
        ours = [field.slug(thing) for thing in field.ours(field.answered(judged.queries[0]))]
        assert [shown.slug for shown in one.shown] != ours

    def test_what_is_judged_can_be_left_out(self, field: Field, judged: Gold) -> None:
        """
        A later pool asks only for what has no grade yet.
        """
        need = judged.needs[0]
        slugs = {shown.slug for shown in pooling.pool(field, need, depth=10, only_unjudged=True).shown}
        assert slugs
        assert not slugs & set(need.grades)

    def test_text_shows_the_need_and_the_evidence(self, field: Field, judged: Gold) -> None:
        """
        A judge reads the brief, all wordings, and of each candidate its role, year, titles and topics, and no system.
        """
        pooled = pooling.pool(field, judged.needs[0], depth=10)
        text = pooling.written(pooled)
        assert judged.needs[0].brief in text
        assert all(query.text in text for query in judged.needs[0].queries)
        assert "## solution/gauge" in text
        assert "topics: Cloudburst" in text
        assert not any(name in text for name in field.systems if name != RANDOM and name != "ours")

    def test_table_has_a_row_to_fill_for_each_candidate(self, field: Field, judged: Gold) -> None:
        """
        What is to be graded is counted by the table.
        """
        pooled = pooling.pool(field, judged.needs[0], depth=3)
        lines = pooling.to_fill(pooled).splitlines()
        assert lines[0] == "need,candidate,grade"
        assert lines[1:] == [f"rain,{shown.slug}," for shown in pooled.shown]
