"""The concept schemes and their mappings, as they stand in `ontology/`."""

from __future__ import annotations

from collections import Counter

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.identifiers import SLUG, concept_iri
from ecograph.messages import LANGUAGES
from ecograph.namespaces import CONCEPT, RDF, SKOS
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import ALIGNMENTS_GRAPH, CONCEPTS_GRAPH, Ontology

MAPPINGS = {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}

# Slugs that shapes, data and code rely on.
RELIED_ON = {
    "country": "dk se no eu",
    "currency": "dkk sek nok eur",
    "basis": "rule text person source",
    "conformance": "complies deviates not-assessed",
    "need-status": "open in-progress met closed",
    "urgency": "low medium high",
    "call-status": "open forthcoming closed",
    "capability-level": "aware developing established leading",
    "traffic-light": "red yellow green",
    "direction": "rise fall reach",
    "scale-stage": "idea pilot test-bed living-lab in-use scaled ended",
    "trl": " ".join(f"trl-{level}" for level in range(1, 10)),
    "legal-basis": "consent public-task legitimate-interest contract",
    "signal": "text concept evidence meaning graph freshness",
}


@pytest.fixture(scope="module")
def schemes(ontology: Ontology) -> list[str]:
    found = {quad.subject for quad in ontology.quads if quad.object == SKOS.ConceptScheme}
    return sorted(CONCEPT.local(scheme) for scheme in found if isinstance(scheme, NamedNode))


@pytest.fixture(scope="module")
def mappings(ontology: Ontology) -> list[Quad]:
    return [quad for quad in ontology.quads if quad.predicate in MAPPINGS and quad.subject in CONCEPT]


class TestSchemes:
    @pytest.mark.parametrize("scheme", RELIED_ON)
    def test_slugs_that_others_rely_on_exist(self, own: Concepts, scheme: str) -> None:
        """
        The values that shapes, data and code name are in their schemes, and no others are.
        """
        assert {CONCEPT.local(concept) for concept in own.in_scheme(scheme)} == {
            f"{scheme}/{name}" for name in RELIED_ON[scheme].split()
        }

    def test_every_concept_speaks_three_languages(self, own: Concepts, schemes: list[str]) -> None:
        """
        Every concept has a label and a definition in Danish, Swedish and English, and a notation.
        """
        for scheme in schemes:
            for concept in own.in_scheme(scheme):
                assert set(own.labels(concept)) == set(LANGUAGES), concept
                assert all(own.definition(concept, lang) for lang in LANGUAGES), concept
                assert own.notation(concept), concept
                assert SLUG.fullmatch(CONCEPT.local(concept).removeprefix(f"{scheme}/")), concept

    def test_a_label_names_one_concept(self, own: Concepts, schemes: list[str]) -> None:
        """
        No two concepts of a scheme share a preferred label, whichever the language.
        """
        for scheme in schemes:
            for lang in LANGUAGES:
                names = Counter(own.labels(concept)[lang].casefold() for concept in own.in_scheme(scheme))
                assert [name for name, count in names.items() if count > 1] == [], (scheme, lang)

    def test_a_word_names_one_topic(self, own: Concepts) -> None:
        """
        No word of a language is written under two topics, so a word in a text is never ambiguous.
        """
        for lang in LANGUAGES:
            words = Counter(
                word.casefold()
                for topic in own.in_scheme("topic")
                for word in {own.labels(topic)[lang], *own.alt_labels(topic).get(lang, ())}
            )
            assert [word for word, count in words.items() if count > 1] == [], lang

    def test_nothing_is_broader_than_itself(self, own: Concepts, schemes: list[str]) -> None:
        """
        Following broader never leads back, and ends at a top concept.
        """
        for scheme in schemes:
            tops = set(own.top_concepts(scheme))
            for concept in own.in_scheme(scheme):
                above = own.ancestors(concept)
                assert concept not in above
                assert concept in tops or tops & set(above), concept

    def test_topics_grow_from_a_dozen(self, own: Concepts) -> None:
        """
        About 120 topics stand under at most twelve.
        """
        assert 8 <= len(own.top_concepts("topic")) <= 12
        assert 110 <= len(own.in_scheme("topic")) <= 160

    def test_topics_are_rich_in_words(self, own: Concepts) -> None:
        """
        Every topic that is not only a heading has at least three other words in each language.
        """
        for topic in own.in_scheme("topic"):
            for lang in LANGUAGES:
                assert len(own.alt_labels(topic).get(lang, ())) >= 2, (topic, lang)

    def test_only_concepts_in_their_graph(self, ontology: Ontology) -> None:
        """
        The concepts graph holds concepts and schemes, and nothing about anything else.
        """
        typed = {quad.subject for quad in ontology.quads if quad.predicate == RDF.type}
        subjects = {quad.subject for quad in ontology.quads if quad.graph_name == CONCEPTS_GRAPH}
        assert subjects <= typed
        assert all(subject in CONCEPT for subject in subjects)


class TestMappings:
    def test_every_mapping_resolves(
        self, own: Concepts, mappings: list[Quad], vocabularies: dict[NamedNode, tuple[Quad, ...]]
    ) -> None:
        """
        Both ends of every mapping are concepts that the graph holds.
        """
        known = {
            quad.subject for quads in vocabularies.values() for quad in quads if quad.predicate == SKOS.inScheme
        } | set(own.in_scheme("topic"))
        assert len(mappings) > 900
        assert {quad.object for quad in mappings} <= known
        assert all(isinstance(quad.subject, NamedNode) and own.scheme(quad.subject) for quad in mappings)
        assert {quad.graph_name for quad in mappings} == {ALIGNMENTS_GRAPH}

    def test_every_topic_and_every_data_model_subject_is_mapped(self, own: Concepts, mappings: list[Quad]) -> None:
        """
        Every topic is mapped to a vocabulary of others, and every data model subject to a topic.
        """
        mapped = {quad.subject for quad in mappings}
        assert set(own.in_scheme("topic")) <= mapped
        assert set(own.in_scheme("data-model-subject")) <= mapped

    def test_mappings_do_not_contradict(self, mappings: list[Quad]) -> None:
        """
        Two concepts are mapped in one way, and no two topics are exactly the same as one concept of others.
        """
        pairs = Counter((quad.subject, quad.object) for quad in mappings)
        exact = Counter(quad.object for quad in mappings if quad.predicate == SKOS.exactMatch)
        assert [pair for pair, count in pairs.items() if count > 1] == []
        assert [target for target, count in exact.items() if count > 1] == []

    def test_selected_vocabularies_hold_what_is_mapped(
        self, mappings: list[Quad], vocabularies: dict[NamedNode, tuple[Quad, ...]]
    ) -> None:
        """
        Of EuroVoc and EuroSciVoc, exactly the concepts that a topic is mapped to are carried along.
        """
        targets = {quad.object for quad in mappings}
        for graph, quads in vocabularies.items():
            if graph.value.endswith(("eurovoc", "euroscivoc")):
                assert {quad.subject for quad in quads if quad.predicate == SKOS.inScheme} <= targets

    def test_street_lighting_reaches_the_tender_codes(self, mappings: list[Quad]) -> None:
        """
        A need for street lighting can be compared with tenders for it.
        """
        codes = {
            quad.object.value.rsplit("/", 1)[-1]
            for quad in mappings
            if quad.subject == concept_iri("topic", "street-lighting") and not isinstance(quad.object, Literal)
        }
        assert {"34928500", "50232100"} <= codes
