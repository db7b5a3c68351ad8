"""Words, their dictionary forms and their one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.messages import LANGUAGES, Language
from ecograph.spelling import fold
from ecograph.text.lexicon import content_words, everyday_words, grams, lemma, normalise, stop_words, tokenise


class TestFold:
    @pytest.mark.parametrize(
        ("danish", "swedish"), [("miljø", "miljö"), ("færge", "färge"), ("Århus", "Aarhus"), ("IDÉ", "ide")]
    )
    def test_neighbours_share_a_spelling(self, danish: str, swedish: str) -> None:
        """
        Danish and Swedish letters for the same sound are one letter to EcoGraph.
        """
        assert fold(danish) == fold(swedish)

    @given(st.text(max_size=40))
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        """
        What is folded stays as it is.
        """
        once = fold(normalise(text))
        assert fold(once) == once


class TestWords:
    @pytest.mark.parametrize(
        ("word", "lang", "expected"),
        [
            ("kommunerne", "da", "kommune"),
            ("varslinger", "da", "varsling"),
            ("lösningar", "sv", "lösning"),
            ("cities", "en", "city"),
        ],
    )
    def test_inflected_words_meet_in_the_dictionary(self, word: str, lang: Language, expected: str) -> None:
        """
        An inflected word counts as its dictionary form.
        """
        assert lemma(word, lang) == expected

    @pytest.mark.parametrize(
        ("word", "lang"),
        [("ska", "sv"), ("boende", "sv"), ("tage", "da"), ("ældre", "da"), ("äldre", "sv"), ("ai", "en")],
    )
    def test_a_word_is_no_form_of_an_unrelated_one(self, word: str, lang: Language) -> None:
        """
        Words of grammar, nouns made of verbs and words unlike their dictionary form are words of their own.
        """
        assert lemma(word, lang) == fold(word)

    @pytest.mark.parametrize(("lang"), LANGUAGES)
    def test_everyday_words_are_no_stop_words(self, lang: Language) -> None:
        """
        A word that needs a second sign still means something.
        """
        assert everyday_words(lang)
        assert everyday_words(lang).isdisjoint(stop_words(lang))

    def test_stop_words_and_numbers_say_nothing(self) -> None:
        """
        Grammar, "the municipality" and small numbers are not what a need is about.
        """
        words = content_words("Kommunen ønsker bedre sortering af affald i 12 etageboliger og nye projekter", "da")
        assert [word.lemma for word in words] == ["sortering", "affald", "etagebolig"]

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_every_language_has_its_grammar_words(self, lang: Language) -> None:
        """
        "And", "or", "in", "with" and "that" are stop words in each language.
        """
        words = {"da": "og eller i med at", "sv": "och eller i med att", "en": "and or in with that"}[lang]
        assert set(words.split()) <= stop_words(lang)

    @given(st.text(max_size=200))
    def test_any_text_has_words(self, text: str) -> None:
        """
        No text stops the tokeniser, and every token stands where it says.
        """
        clean = normalise(text)
        assert all(clean[token.start : token.end] == token.text for token in tokenise(clean))
        content_words(clean, None)


class TestGrams:
    @pytest.mark.parametrize(
        ("part", "compound"),
        [("affald", "affaldssortering"), ("varme", "varmeplanlägning"), ("skyfall", "skyfallsvarning")],
    )
    def test_a_compound_holds_the_grams_of_its_parts(self, part: str, compound: str) -> None:
        """
        Compounds and their parts meet in their character n-grams.
        """
        assert grams(part) <= grams(compound)
