"""What judges read."""

from __future__ import annotations

import csv
from dataclasses import replace

from ecograph.match.evaluation import gold, pooling
from ecograph.match.evaluation.baselines import BLIND, Field
from ecograph.match.evaluation.gold import Gold


class TestPool:
    def test_pool_holds_what_brings_forward_whom_any_system_shows(self, field: Field, judged: Gold) -> None:
        """
        Whoever a system that reads the query has among its first ten, the document nearest to the query is read.
        """
        need = judged.needs[0]
        slugs = [shown.slug for shown in pooling.pool(field, need, depth=0).documents]
        wanted: set[str] = set()
        for query in need.queries:
            asked = field.answered(query)
            nearest = dict(zip(field.candidates.tolist(), field.nearest(asked).tolist(), strict=True))
            for name in set(field.systems) - BLIND:
                wanted |= {field.slug(nearest[thing]) for thing in field.systems[name](asked)[:10]}
        assert len(slugs) == len(set(slugs))
        assert set(slugs) == wanted

    def test_pool_grows_with_its_depth(self, field: Field, judged: Gold) -> None:
        """
        What is first by relevance or by full text is read too, whether or not it brings anybody forward.
        """
        need = judged.needs[1]
        few, many = ({shown.slug for shown in pooling.pool(field, need, depth=depth).documents} for depth in (0, 10))
        assert few <= many
        assert "need/waste" in many

    def test_order_is_drawn_once_and_for_all(self, field: Field, judged: Gold) -> None:
        """
        Two judges read the same order, and it is no system's.
        """
        one, other = (pooling.pool(field, judged.needs[0], depth=10) for _ in range(2))
        assert one == other
        slugs = [shown.slug for shown in one.documents]
        assert slugs != sorted(slugs)

    def test_what_is_judged_can_be_left_out(self, field: Field, judged: Gold) -> None:
        """
        A later pool asks only for what has no grade yet.
        """
        need = judged.needs[0]
        whole = {shown.slug for shown in pooling.pool(field, need, depth=10).documents}
        rest = {shown.slug for shown in pooling.pool(field, need, depth=10, only_unjudged=True).documents}
        assert rest == whole - set(need.documents)
        assert rest < whole

    def test_text_shows_the_need_and_a_line_for_each_document(self, field: Field, judged: Gold) -> None:
        """
        A judge reads the brief, all wordings, and of each document its class, year, title, topics and description; not
        who stands behind it, and no system.
        """
        need = judged.needs[0]
        pooled = pooling.pool(field, need, depth=10)
        text = pooling.written(pooled)
        assert need.brief in text
        assert all(query.text in text for query in need.queries)
        (warning,) = (line for line in text.splitlines() if "Cloudburst warning" in line)
        number = [shown.slug for shown in pooled.documents].index("project/warning") + 1
        assert warning.startswith(f"{number} | Project | 2025 | Cloudburst warning")
        assert warning.endswith("| topics: Cloudburst")
        assert "Synthetic Rain University" not in warning
        assert not any(name in text for name in field.systems if name != "ours")

    def test_short_title_stands_in_two_languages(self, field: Field, judged: Gold) -> None:
        """
        A few words in English say little: the same title in another language stands beside them.
        """
        titles = {shown.slug: shown.title for shown in pooling.pool(field, judged.needs[0], depth=10).documents}
        assert titles["project/warning"] == "Cloudburst warning / Varsling ved skybrud"

    def test_table_has_a_row_to_fill_for_each_document(self, field: Field, judged: Gold) -> None:
        """
        The rows to be graded are in the order of the numbers in the text, under the columns that the gold set has.
        """
        pooled = pooling.pool(field, judged.needs[0], depth=3)
        rows = list(csv.DictReader(pooling.to_fill(pooled).splitlines()))
        assert [row["document"] for row in rows] == [shown.slug for shown in pooled.documents]
        assert all(list(row) == list(gold.COLUMNS) and not row["grade"] for row in rows)
        assert pooling.pool(field, replace(judged.needs[0], documents={}), 3, only_unjudged=True) == replace(
            pooled, need=replace(judged.needs[0], documents={})
        )
