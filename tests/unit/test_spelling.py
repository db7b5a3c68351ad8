"""The comparing form of labels and names."""

from __future__ import annotations

import unicodedata

import pytest

from ecograph.spelling import fold_name, loose_names


class TestFold:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Århus", "Aarhus"),
            ("Øresund", "Öresund"),
            ("Ældrepleje", "äldrepleje"),
            ("Høje-Taastrup", "höje tåstrup"),
            ("  IoT   platform ", "iot-platform"),
            (unicodedata.normalize("NFD", "Malmö"), "malmö"),
        ],
    )
    def test_spellings_of_one_name_are_equal(self, one: str, other: str) -> None:
        """
        Danish, Norwegian and Swedish letters, hyphens, spaces, case and Unicode forms make no difference.
        """
        assert fold_name(one) == fold_name(other)

    def test_different_letters_stay_different(self) -> None:
        """
        Å is not A and Ö is not O: Ås and As are two places.
        """
        assert fold_name("Ås") != fold_name("As")
        assert fold_name("Höör") != fold_name("Hoor")


class TestLooseNames:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Brüel & Kjær A/S", "Bruel og Kjær"),
            ("Novozymes (Denmark)", "NOVOZYMES A/S"),
            ("Stiftelsen Exempel", "Exempel"),
            ("Exempel AB (publ)", "Exempel Aktiebolag"),
            ("Lunds universitet", "Lund University"),
            ("University of Lund", "Lund University"),
            ("Lunds kommun", "Lund Kommune"),
            ("Malmö stad", "Malmø Kommune"),
        ],
    )
    def test_names_apart_by_legal_form(self, one: str, other: str) -> None:
        """
        Legal form, country in brackets, and the word for municipality or university make no difference.
        """
        assert set(loose_names(one)) & set(loose_names(other))

    @pytest.mark.parametrize(
        ("one", "other"), [("Lund University", "Lund"), ("Ås kommune", "Å kommune"), ("Exempel AB", "Exempel Två AB")]
    )
    def test_names_that_are_others(self, one: str, other: str) -> None:
        """
        A university is not its town, and what is left of a name is compared whole.
        """
        assert not set(loose_names(one)) & set(loose_names(other))

    def test_nothing_is_not_all(self) -> None:
        """
        A name that is nothing but a legal form stays as it is.
        """
        assert loose_names("A/S") == ("a s",)
        assert loose_names("…") == ()
