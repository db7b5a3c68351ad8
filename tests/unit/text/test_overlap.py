"""Which words of a need a text holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.text.overlap import MAX_SIMILAR, Unit, WordIndex

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


WORDS = [
    *(word for text in TEXTS for word in text),
    "affaldet",
    "avfall",
    "2024",
    "urn:concept",
    "skyfall",
    "skyfallet",
]
HELD = st.dictionaries(st.sampled_from(sorted(set(WORDS))), st.sampled_from([0.7, 0.9, 1.0]), max_size=5)


class TestChanged:
    @given(texts=st.lists(HELD, max_size=6), changes=st.lists(st.dictionaries(st.integers(0, 9), HELD), max_size=4))
    def test_a_changed_index_says_what_a_new_one_says(
        self, texts: list[dict[str, float]], changes: list[dict[int, dict[str, float]]]
    ) -> None:
        """
        However often texts come, go and change, each word is met where a new index meets it, and in the same words.
        """
        index = WordIndex(texts)
        for change in changes:
            texts = texts + [{} for _ in range(max(change, default=-1) + 1 - len(texts))]
            texts = [change.get(place, text) for place, text in enumerate(texts)]
            index = index.changed(change, len(texts))
        assert said_by(index) == said_by(WordIndex(texts))

    def test_an_earlier_index_stays_as_it_is(self) -> None:
        """
        Who reads the index of an earlier revision sees nothing of a later one.
        """
        index = WordIndex(TEXTS)
        before = said_by(index)
        later = index.changed({0: {}, 7: {"skyfall": 1.0}}, 8)
        assert later.number("skyfall") is not None
        assert (index.number("skyfall"), said_by(index)) == (None, before)

    def test_of_many_equals_the_first_in_the_alphabet_are_kept(self) -> None:
        """
        Where more words are alike than are kept, which those are does not hang on the order they came in.
        """
        alike = [f"skyfall{first}{second}" for first in "abcdefghij" for second in "abcdefghij"]
        there, back = (WordIndex([dict.fromkeys(words, 1.0)]) for words in (alike, alike[::-1]))
        kept = {there.words[number] for number in there.similar("skyfall")}
        assert len(kept) == MAX_SIMILAR
        assert kept == {back.words[number] for number in back.similar("skyfall")}


def said_by(index: WordIndex) -> dict[str, object]:
    """What an index says of each word, without its numbers."""
    first, held = index.incidence()
    found: dict[str, object] = {
        f"text {place}": {index.words[number] for number in held[first[place] : first[place + 1]]}
        for place in range(index.size)
    }
    for word in WORDS:
        number = index.number(word)
        texts, prominences = index.postings(number) if number is not None else ([], [])
        found[word] = (
            {index.words[each]: likeness for each, likeness in index.similar(word).items()},
            dict(zip(texts, prominences, strict=True)),
        )
    return found
