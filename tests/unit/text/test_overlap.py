"""Which words of a need a text holds."""

import pytest

from ecograph.text.overlap import Unit, WordIndex

TEXTS = [
    {"affald": 1.0, "sortering": 1.0},
    {"affaldssortering": 0.7},
    {"trafik": 1.0, "planlägning": 1.0},
    {},
]


@pytest.fixture(scope="module")
def index() -> WordIndex:
    return WordIndex(TEXTS)


class TestSimilar:
    def test_parts_and_compounds_are_similar(self, index: WordIndex) -> None:
        """
        A compound is similar to its parts, less so to the shorter one; unrelated words are not.
        """
        found = {index.words[number]: value for number, value in index.similar("affaldssortering").items()}
        assert found["affaldssortering"] == 1.0
        assert 0.5 < found["affald"] < found["sortering"] < 1.0
        assert "trafik" not in found

    def test_neighbouring_spellings_are_similar(self, index: WordIndex) -> None:
        """
        Danish "planlægning" and Swedish "planläggning" meet.
        """
        assert "planlägning" in {index.words[number] for number in index.similar("planläggning")}

    def test_a_short_word_is_not_looked_for_inside_others(self, index: WordIndex) -> None:
        """
        "Ring" is in "sortering" by accident.
        """
        assert index.similar("ring") == {}


class TestCoverage:
    def test_coverage_is_the_share_of_the_needs_words(self, index: WordIndex) -> None:
        """
        A text that holds one of two equally telling words covers half.
        """
        units = [Unit("affald", 1.0, {0: 1.0}), Unit("vand", 1.0, {})]
        assert index.coverage(units).tolist() == [0.5, 0.0, 0.0, 0.0]

    def test_a_word_in_the_body_counts_less(self, index: WordIndex) -> None:
        """
        How prominent a word is in the text is how much it covers.
        """
        number = index.number("affaldssortering")
        assert number is not None
        assert index.coverage([Unit("affaldssortering", 2.0, {number: 1.0})])[1] == pytest.approx(0.7)

    def test_no_words_cover_nothing(self, index: WordIndex) -> None:
        """
        A need without words is covered by no text.
        """
        assert index.coverage([]).sum() == 0.0

    def test_a_repeated_text_changes_nothing(self) -> None:
        """
        Ten copies of one text cover as much as one.
        """
        single, tenfold = WordIndex(TEXTS), WordIndex([*TEXTS, *[TEXTS[0]] * 9])
        units = [Unit("affald", 1.0, single.similar("affald")), Unit("sortering", 3.0, single.similar("sortering"))]
        assert tenfold.coverage(units)[:4].tolist() == single.coverage(units).tolist()
