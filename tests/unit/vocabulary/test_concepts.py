"""Looking concepts up by what people write."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from ecograph.identifiers import concept_iri
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.external import CPV
from ecograph.vocabulary.ontology import Ontology


def topic(name: str) -> NamedNode:
    return concept_iri("topic", name)


class TestFind:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("cloudburst", "cloudburst"),
            ("Skybrud", "cloudburst"),
            ("SKYFALL", "cloudburst"),
            ("översvämning", "cloudburst"),
            ("oversvømmelse", "cloudburst"),
            ("urban heat island", "heat-and-drought"),
            ("Aeldrepleje", None),
            ("Ældrepleje", "elderly-care"),
            ("äldrepleje", "elderly-care"),
            ("smart  parking", "parking"),
            ("last-mile delivery", "city-logistics"),
            ("last mile delivery", "city-logistics"),
        ],
    )
    def test_a_topic_is_found_by_any_of_its_words(self, own: Concepts, text: str, expected: str | None) -> None:
        """
        A topic is found by its slug and by any of its words in Danish, Swedish or English, whichever letters are used.
        """
        assert own.find(text, "topic") == (topic(expected) if expected else None)

    def test_notations_find_countries_and_currencies(self, own: Concepts) -> None:
        """
        `DK` and `SEK` are understood as Denmark and Swedish kronor.
        """
        assert own.find("DK", "country") == concept_iri("country", "dk")
        assert own.find("SEK", "currency") == concept_iri("currency", "sek")
        assert own.find("DK", "currency") is None

    def test_every_preferred_label_finds_its_topic(self, own: Concepts) -> None:
        """
        A topic's own label is never taken by another topic's words.
        """
        for concept in own.in_scheme("topic"):
            assert {own.find(label, "topic") for label in own.labels(concept).values()} == {concept}

    def test_an_unknown_scheme_holds_nothing(self, own: Concepts) -> None:
        """
        In a scheme that does not exist nothing is found and nothing suggested.
        """
        assert own.find("skybrud", "no-such-scheme") is None
        assert own.suggest("skybrud", "no-such-scheme") == ()


class TestSuggest:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("skybrut", "cloudburst"),
            ("gadelysning", "street-lighting"),
            ("klimatilpasing", "climate-adaptation"),
            ("Aeldrepleje", "elderly-care"),
            ("LoRa WAN", "sensor-network"),
            ("cykel", "cycling-walking"),
        ],
    )
    def test_a_misspelt_word_leads_to_its_topic(self, own: Concepts, text: str, expected: str) -> None:
        """
        Did you mean: the topic whose name is most like what was written stands first.
        """
        assert own.suggest(text, "topic")[0] == topic(expected)

    def test_nonsense_suggests_nothing(self, own: Concepts) -> None:
        """
        What is like no name brings no suggestion.
        """
        assert own.suggest("zzzzqq", "topic") == ()

    def test_no_more_than_asked_for(self, own: Concepts) -> None:
        """
        At most `limit` concepts are suggested, each once.
        """
        found = own.suggest("affald", "topic", limit=2)
        assert len(found) == len(set(found)) == 2


class TestReading:
    def test_labels_fall_back_to_another_language(self, own: Concepts) -> None:
        """
        A concept is called by its label in the reader's language, and by the end of its IRI if it is unknown.
        """
        assert own.label(topic("cloudburst"), "sv") == "Skyfall"
        assert own.label(NamedNode("https://example.org/unknown"), "da") == "unknown"

    def test_hierarchy_reads_both_ways(self, own: Concepts) -> None:
        """
        Cloudburst stands under climate adaptation, which stands under climate, water and environment.
        """
        assert own.broader(topic("cloudburst")) == (topic("climate-adaptation"),)
        assert own.ancestors(topic("cloudburst")) == (topic("climate-adaptation"), topic("climate-environment"))
        assert topic("cloudburst") in own.narrower(topic("climate-adaptation"))
        assert own.scheme(topic("cloudburst")) == "topic"

    def test_scales_are_in_their_order(self, own: Concepts) -> None:
        """
        Scale stages and readiness levels are listed from low to high.
        """
        stages = [own.notation(stage) for stage in own.in_scheme("scale-stage")]
        assert stages == ["idea", "pilot", "test-bed", "living-lab", "in-use", "scaled", "ended"]
        assert [own.notation(level) for level in own.in_scheme("trl")] == [f"trl-{level}" for level in range(1, 10)]

    def test_a_graph_gives_the_same_concepts(self, ontology: Ontology, own: Concepts) -> None:
        """
        Concepts read from a graph are those read from the files.
        """
        with MemorySnapshot(ontology.quads) as snapshot:
            read = Concepts.from_snapshot(snapshot)
        assert read.in_scheme("topic") == own.in_scheme("topic")
        assert read.in_scheme("scale-stage") == own.in_scheme("scale-stage")
        assert read.alt_labels(topic("cloudburst")) == own.alt_labels(topic("cloudburst"))
        assert read.find("skybrud", "topic") == topic("cloudburst")

    def test_tender_codes_are_found_by_code_and_label(self, vocabularies: dict) -> None:
        """
        A CPV code is found by its number and by its label in any language.
        """
        cpv = Concepts.from_quads(vocabularies[CPV.graph])
        lighting = NamedNode(CPV.namespace + "34928500")
        assert cpv.find("34928500", CPV.scheme.value) == lighting
        assert cpv.find(cpv.label(lighting, "sv"), CPV.scheme.value) == lighting
        assert cpv.scheme(lighting) == CPV.scheme.value
