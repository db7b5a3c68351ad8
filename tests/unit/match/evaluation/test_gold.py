"""The gold set as it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecograph.errors import BadGoldSet
from ecograph.match.evaluation import gold
from ecograph.match.evaluation.gold import Gold


class TestGold:
    def test_each_need_is_asked_in_six_wordings(self, judged: Gold) -> None:
        """
        A need has a literal and a paraphrased wording in each of the three languages.
        """
        assert len(judged.queries) == 12
        assert len({query.key for query in judged.queries}) == 12

    def test_locked_needs_can_be_left_out(self, judged: Gold) -> None:
        """
        What is locked is asked only on request, and its second readings go with it.
        """
        assert [need.id for need in judged.only("open").needs] == ["rain"]
        assert [need.id for need in judged.only("locked").needs] == ["bins"]
        assert judged.only(None) == judged
        assert judged.only("locked").read_twice == ()

    def test_grades_belong_to_the_need(self, read: Gold) -> None:
        """
        A document is graded for a need, whatever its wording; two readers' grades stand side by side.
        """
        assert read.needs[0].documents["solution/gauge"] == 2
        assert sorted(read.read_twice) == [(0, 0), (2, 1), (3, 3)]

    def test_second_reader_can_be_asked_alone(self, read: Gold) -> None:
        """
        What another reader has judged can take the place of the first grades, for the needs read twice.
        """
        (need,) = read.by_second.needs
        assert need.documents == {"project/warning": 3, "solution/gauge": 1, "solution/bin": 0}

    def test_set_without_grades_can_be_read(self, folder: Path) -> None:
        """
        Needs come first, and are pooled before anything is judged.
        """
        (folder / gold.JUDGEMENTS).unlink()
        assert all(not need.documents for need in gold.load(folder).needs)

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("rain,solution/bin,4", "grade '4'"),
            ("rain,solution/bin,", "grade ''"),
            ("rain,solution/gauge,1", "two grades"),
            ("snow,solution/gauge,1", "no such need: snow"),
        ],
    )
    def test_wrong_grades_are_told(self, folder: Path, line: str, said: str) -> None:
        """
        A grade outside 0 to 3, a missing one, two for one document or one for an unknown need stops the evaluation.
        """
        with (folder / gold.JUDGEMENTS).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        with pytest.raises(BadGoldSet, match=said):
            gold.load(folder)

    @pytest.mark.parametrize(
        ("old", "new"),
        [('split = "open"', 'split = "half"'), ('literal.da = "Varsling ved skybrud"', ""), ('"bins"', '"rain"')],
    )
    def test_wrong_needs_are_told(self, folder: Path, old: str, new: str) -> None:
        """
        An unknown split, a missing wording or an id used twice stops the evaluation.
        """
        path = folder / gold.NEEDS
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        with pytest.raises(BadGoldSet):
            gold.load(folder)

    def test_missing_directory_is_told(self, tmp_path: Path) -> None:
        """
        A directory without needs is named.
        """
        with pytest.raises(BadGoldSet, match="nowhere"):
            gold.load(tmp_path / "nowhere")
