"""Concepts recognised in text."""

import pytest

from ecograph.messages import Language
from ecograph.text.compounds import is_word
from ecograph.text.linking import MODIFIER_WEIGHT, OTHER_LABEL_WEIGHT, ConceptLinker

LABELS = {
    "urn:waste": {
        "da": ["Affald", "affaldshåndtering"],
        "sv": ["Avfall", "avfallshantering"],
        "en": ["Waste", "waste management"],
    },
    "urn:cloudburst": {"da": ["Skybrud"], "sv": ["Skyfall"], "en": ["Cloudburst"]},
    "urn:heat": {"da": ["Varme"], "sv": ["Värme"], "en": ["Heat"]},
    "urn:parking": {"da": ["Parkering"], "sv": ["Parkering"], "en": ["Parking"]},
    "urn:iot": {"da": ["Tingenes internet", "IoT"], "sv": ["Sakernas internet", "IoT"], "en": ["Internet of things"]},
    "urn:lighting": {"da": ["Gadebelysning"], "sv": ["Gatubelysning"], "en": ["Street lighting"]},
    "urn:street": {"da": ["Gade"], "sv": ["Gata"], "en": ["Street"]},
    "urn:shared": {"da": ["Delt mobilitet"], "sv": ["Delad mobilitet"], "en": ["Shared mobility"]},
    "urn:rural": {"da": ["Mobilitet på landet"], "sv": ["Mobilitet på landsbygden"], "en": ["Rural mobility"]},
    "urn:climate": {"da": ["Klimatilpasning"], "sv": ["Klimatanpassning"], "en": ["Climate adaptation"]},
}

# Compounds met by a part of theirs, and words that only look as if they held one.
COMPOUNDS: list[tuple[str, Language, str | None]] = [
    ("affaldssortering", "da", "urn:waste"),
    ("avfallssortering", "sv", "urn:waste"),
    ("varmeplanlægning", "da", "urn:heat"),
    ("värmeplanering", "sv", "urn:heat"),
    ("skybrudsvarsling", "da", "urn:cloudburst"),
    ("skyfallsvarning", "sv", "urn:cloudburst"),
    ("skyfallsvarningssystem", "sv", "urn:cloudburst"),
    ("cykelparkering", "da", "urn:parking"),
    ("gatuparkering", "sv", "urn:parking"),
    ("affaldssorteringsanlæg", "da", "urn:waste"),
    ("restvarme", "da", "urn:heat"),
    ("hushållsavfall", "sv", "urn:waste"),
    ("gadedreng", "da", "urn:street"),
    ("brigade", "da", None),
    ("blokade", "da", None),
    ("kommunikation", "da", None),
    ("affaldet", "da", "urn:waste"),
    ("avfallet", "sv", "urn:waste"),
]


@pytest.fixture(scope="module")
def linker() -> ConceptLinker:
    return ConceptLinker(LABELS)


class TestCompounds:
    @pytest.mark.parametrize(("word", "lang", "expected"), COMPOUNDS)
    def test_a_part_of_a_compound_is_recognised(
        self, linker: ConceptLinker, word: str, lang: Language, expected: str | None
    ) -> None:
        """
        A concept is recognised as a part of a compound where what is left of the word is a word too.
        """
        found = {each.iri for each in linker.find(f"Vi har {word} her", lang)}
        assert (expected in found) if expected else not found

    def test_the_words_that_led_to_it_are_kept(self, linker: ConceptLinker) -> None:
        """
        Whoever reads what was understood sees from which words.
        """
        (found,) = linker.find("Bedre affaldssortering i byen", "da")
        assert (found.words, found.way, found.weight) == (("affaldssortering",), "compound", MODIFIER_WEIGHT)

    def test_a_compound_of_two_known_words_is_a_word(self) -> None:
        """
        Words that the dictionary lacks count as words where two of its words make them.
        """
        assert is_word("varningssystem", "sv")
        assert not is_word("ikation", "da")


class TestLabels:
    def test_a_label_inside_a_longer_one_does_not_count(self, linker: ConceptLinker) -> None:
        """
        "Street lighting" is lighting in streets, not streets.
        """
        assert [each.iri for each in linker.find("New street lighting", "en")] == ["urn:lighting"]

    def test_labels_that_share_a_word_both_count(self, linker: ConceptLinker) -> None:
        """
        "Delad mobilitet på landsbygden" is about shared mobility and about mobility in the countryside.
        """
        found = [each.iri for each in linker.find("Delad mobilitet på landsbygden", "sv")]
        assert found == ["urn:shared", "urn:rural"]

    def test_a_label_does_not_reach_over_a_comma(self, linker: ConceptLinker) -> None:
        """
        Words of two phrases do not make a label together.
        """
        assert [each.iri for each in linker.find("For the street, lighting", "en")] == ["urn:street"]

    def test_inflection_does_not_matter(self, linker: ConceptLinker) -> None:
        """
        "Skybruddene" is a cloudburst.
        """
        assert [each.iri for each in linker.find("Efter skybruddene kom regningen", "da")] == ["urn:cloudburst"]

    def test_another_label_weighs_less(self, linker: ConceptLinker) -> None:
        """
        A label beside the preferred one may be wider or narrower than the concept, and counts less.
        """
        (found,) = linker.find("Ny affaldshåndtering", "da")
        assert found.weight == OTHER_LABEL_WEIGHT

    def test_english_terms_are_met_in_danish_and_swedish(self, linker: ConceptLinker) -> None:
        """
        Danes and Swedes write English terms among their own words.
        """
        assert [each.iri for each in linker.find("Et pilotprojekt om street lighting", "da")] == ["urn:lighting"]

    def test_unsure_language_tries_all(self, linker: ConceptLinker) -> None:
        """
        A single word is looked up in all three languages.
        """
        assert {found.iri for word in ("Skybrud", "skyfall", "cloudburst") for found in linker.find(word, None)} == {
            "urn:cloudburst"
        }

    def test_a_slip_of_the_pen_is_forgiven(self, linker: ConceptLinker) -> None:
        """
        "Klimatilpasing" is read as climate adaptation, with less weight.
        """
        (found,) = linker.find("Klimatilpasing i byen", "da")
        assert (found.iri, found.way) == ("urn:climate", "spelling")

    def test_nothing_is_found_in_nothing(self, linker: ConceptLinker) -> None:
        """
        An empty text, or a vocabulary without labels, has no concepts.
        """
        assert linker.find("", "da") == ()
        assert ConceptLinker({}).find("affald", "da") == ()
