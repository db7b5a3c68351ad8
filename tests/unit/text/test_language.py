"""Which language a text is in."""

import pytest

from ecograph.messages import Language
from ecograph.text.language import Detected, detect


class TestDetect:
    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("Varsling ved skybrud i Albertslund", "da"),
            ("Varning vid skyfall i Malmö", "sv"),
            ("Cloudburst warning for a municipality", "en"),
            ("Bedre affaldssortering i etageboliger", "da"),
            ("Samkörning och delad mobilitet på landsbygden", "sv"),
            ("Cloudburst warning in Malmö", "en"),
            ("Kymmendö-model - new housing solutions for structural homelessness", "en"),
            ("Stormwater in Ängelholm and Höganäs", "en"),
        ],
    )
    def test_sentences_are_told_apart(self, text: str, language: Language) -> None:
        """
        The language of a short sentence is known, also when it names a place of the other country.
        """
        assert detect(text) == Detected(language, sure=True)

    @pytest.mark.parametrize("text", ["IoT", "skyfall", "smart lighting", "AFFALD"])
    def test_labels_are_unsure(self, text: str) -> None:
        """
        One or two words are too little to leave the other languages out.
        """
        assert not detect(text).sure

    @pytest.mark.parametrize("text", ["", "   ", "12 345", "Погода в городе", "\0"])
    def test_other_alphabets_have_no_language(self, text: str) -> None:
        """
        A text without a word of ours has no language, and that is no error.
        """
        assert detect(text) == Detected(None, sure=False)

    def test_a_stated_language_is_believed(self) -> None:
        """
        The language tag of the graph, or what the person says, goes before any guess.
        """
        assert detect("Skybrud", "sv-SE") == Detected("sv", sure=True)
