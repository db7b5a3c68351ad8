"""Concepts recognised in text."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse
from rapidfuzz.distance import OSA

from ecograph.config import resources
from ecograph.match.projection.hierarchy import SCHEMES, Hierarchy, Labels
from ecograph.messages import LANGUAGES, Language
from ecograph.spelling import fold
from ecograph.text.compounds import is_word
from ecograph.text.lexicon import lemma
from ecograph.text.linking import EVERYDAY_WEIGHT, MODIFIER_WEIGHT, OTHER_LABEL_WEIGHT, ConceptLinker
from ecograph.vocabulary.concepts import Concepts

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


EVERYDAY = {
    "urn:families": {
        "da": ["Socialområdet", "børn", "unge"],
        "sv": ["Socialtjänst", "barn"],
        "en": ["Social", "children"],
    },
    "urn:learning": {"da": ["Uddannelse", "skole"], "sv": ["Utbildning", "skola", "lärande"], "en": ["Education"]},
    "urn:elderly": {"da": ["Ældrepleje", "ældre"], "sv": ["Äldreomsorg", "äldre"], "en": ["Elderly care", "elderly"]},
    "urn:housing": {"da": ["Boliger", "beboere"], "sv": ["Bostäder", "boende"], "en": ["Housing"]},
    "urn:noise": {"da": ["Støj"], "sv": ["Buller"], "en": ["Noise"]},
    "urn:park": {"da": ["Grønne områder", "park"], "sv": ["Grönytor", "park"], "en": ["Green areas", "parks"]},
    "urn:timber": {"da": ["Skovbrug", "tømmer"], "sv": ["Skogsbruk", "timmer"], "en": ["Forestry", "timber"]},
    "urn:ai": {"da": ["Kunstig intelligens", "AI"], "sv": ["Artificiell intelligens", "AI"], "en": ["AI"]},
    "urn:parking": {"da": ["Parkering"], "sv": ["Parkering"], "en": ["Parking"]},
    "urn:test": {"da": ["Afprøvning", "test"], "sv": ["Prövning", "test"], "en": ["Trials", "testing"]},
}
THEMES = {
    "urn:families": frozenset(("urn:families", "urn:people")),
    "urn:elderly": frozenset(("urn:elderly", "urn:people")),
    "urn:noise": frozenset(("urn:noise", "urn:environment")),
}

# Ordinary sentences, and the concept that a form of another word in them must not lead to.
NOT_MEANT: list[tuple[str, Language, str]] = [
    ("Vi ska skriva brev", "sv", "urn:learning"),
    ("Den gamla fabriken", "sv", "urn:elderly"),
    ("Den gamle fabrik", "da", "urn:elderly"),
    ("De som bor här", "sv", "urn:housing"),
    ("Turisterna parkerar överallt", "sv", "urn:park"),
    ("Spanden bliver tømt", "da", "urn:timber"),
    ("It is where we are", "en", "urn:ai"),
    ("We tested it", "en", "urn:test"),
    ("Two parks in town", "en", "urn:parking"),
    ("Lärarna är här", "sv", "urn:learning"),
]


@pytest.fixture(scope="module")
def linker() -> ConceptLinker:
    return ConceptLinker(LABELS)


@pytest.fixture(scope="module")
def everyday() -> ConceptLinker:
    return ConceptLinker(EVERYDAY, themes=THEMES)


@pytest.fixture(scope="module")
def shipped() -> dict[str, Labels]:
    """The labels of all topics and capabilities."""
    files = [resources() / "ontology" / "concepts" / f"{scheme}.ttl" for scheme in SCHEMES]
    triples = [triple for file in files for triple in parse(file.read_bytes(), RdfFormat.TURTLE)]
    hierarchy = Hierarchy(Concepts.from_quads(Quad(*triple) for triple in triples))
    return {iri: hierarchy.names(number) for number, iri in enumerate(hierarchy.iris)}


def slip(word: str, place: int, kind: str) -> str:
    """The word with one slip of the pen."""
    letter = word[place]
    return {
        "missing": word[:place] + word[place + 1 :],
        "doubled": word[:place] + letter + word[place:],
        "wrong": word[:place] + ("x" if letter != "x" else "q") + word[place + 1 :],
        "swapped": word[:place] + word[place + 1 : place + 2] + letter + word[place + 2 :],
    }[kind]


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


class TestEverydayWords:
    @pytest.mark.parametrize(("text", "lang", "concept"), NOT_MEANT)
    def test_another_word_of_that_root_is_not_meant(
        self, everyday: ConceptLinker, text: str, lang: Language, concept: str
    ) -> None:
        """
        A concept is met by the forms of its label, not by a verb or a word of grammar that a dictionary puts beside it.
        """
        assert concept not in {found.iri for found in everyday.find(text, lang)}

    def test_an_everyday_word_gives_way(self, everyday: ConceptLinker) -> None:
        """
        Children in a need about noise do not make it one of social services.
        """
        assert [each.iri for each in everyday.find("Støj ved børn i haven", "da")] == ["urn:noise"]

    def test_an_everyday_word_counts_beside_its_theme(self, everyday: ConceptLinker) -> None:
        """
        Where another word of the same theme stands in the text, the everyday word counts as any label.
        """
        found = {each.iri: each.weight for each in everyday.find("Børn møder ældre", "da")}
        assert found == {"urn:families": OTHER_LABEL_WEIGHT, "urn:elderly": OTHER_LABEL_WEIGHT}

    def test_an_everyday_word_is_better_than_nothing(self, everyday: ConceptLinker) -> None:
        """
        Where nothing else was recognised, the everyday word counts, little.
        """
        (found,) = everyday.find("Hvordan hjælper vi børn?", "da")
        assert (found.iri, found.words, found.weight) == ("urn:families", ("børn",), EVERYDAY_WEIGHT)

    @pytest.mark.parametrize(
        ("text", "lang", "concept"),
        [
            ("De ældres hverdag", "da", "urn:elderly"),
            ("Boendet i centrum", "sv", "urn:housing"),
            ("Bättre lärande", "sv", "urn:learning"),
            ("AI in schools", "en", "urn:ai"),
            ("Parkeringen", "sv", "urn:parking"),
        ],
    )
    def test_forms_of_the_label_are_met(self, everyday: ConceptLinker, text: str, lang: Language, concept: str) -> None:
        """
        Definite, plural and possessive forms of a label are met.
        """
        assert concept in {found.iri for found in everyday.find(text, lang)}


class TestSlips:
    @given(data=st.data())
    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_one_slip_in_a_long_word_is_forgiven(self, shipped: dict[str, Labels], data: st.DataObject) -> None:
        """
        One wrong, missing, doubled or swapped letter in a label of eight letters or more is forgiven, unless it makes
        another word; the word is shown as it was written.
        """
        lang = data.draw(st.sampled_from(LANGUAGES))
        words = {
            word: iri
            for iri, labels in shipped.items()
            for word in labels[lang]
            if len(word) >= 8 and word.isalpha() and word.islower()
        }
        word = data.draw(st.sampled_from(sorted(words)))
        kind = data.draw(st.sampled_from(("missing", "doubled", "wrong", "swapped")))
        written = slip(word, data.draw(st.integers(0, len(word) - 1)), kind)
        # Another label may be as near, and an inflected label is one slip away from its other forms.
        near = [other for other in words if OSA.distance(fold(written), fold(other)) <= 1]
        assume(written != word and not is_word(written, lang) and near == [word])
        assume(lemma(written, lang) == fold(written))
        linker = ConceptLinker({words[word]: {lang: ["", word]}})
        assert [(each.iri, each.words, each.way) for each in linker.find(written, lang)] == [
            (words[word], (written,), "spelling")
        ]

    def test_a_slip_inside_a_phrase_is_forgiven(self, linker: ConceptLinker) -> None:
        """
        A label of several words is met although one of them is misspelt.
        """
        (found,) = linker.find("Delt mobilitett i byen", "da")
        assert (found.iri, found.words, found.way) == ("urn:shared", ("Delt", "mobilitett"), "spelling")

    def test_a_word_is_no_slip(self, linker: ConceptLinker) -> None:
        """
        What is a word is not corrected to another one.
        """
        assert linker.find("Vi skal betale skatter", "da") == ()
