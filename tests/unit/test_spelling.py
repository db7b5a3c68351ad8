"""The comparing form of labels and names."""

from __future__ import annotations

import unicodedata

import pytest

from ecograph.spelling import fold_name


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
