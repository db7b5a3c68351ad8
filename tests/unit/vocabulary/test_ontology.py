"""The ontology as a whole."""

from __future__ import annotations

from ecograph.namespaces import ECO
from ecograph.vocabulary.ontology import ALIGNMENTS_GRAPH, CONCEPTS_GRAPH, ONTOLOGY_GRAPH, Ontology


class TestOntology:
    def test_three_graphs(self, ontology: Ontology) -> None:
        """
        Own terms, concept schemes and alignments are kept in a graph each.
        """
        assert {quad.graph_name for quad in ontology.quads} == {ONTOLOGY_GRAPH, CONCEPTS_GRAPH, ALIGNMENTS_GRAPH}

    def test_classes_are_arranged(self, ontology: Ontology) -> None:
        """
        A municipality is an organisation, which is an actor; a principle is a standard.
        """
        assert {ECO.Organisation, ECO.Actor} <= ontology.superclasses(ECO.Municipality)
        assert {ECO.Municipality, ECO.Company, ECO.Person} <= ontology.subclasses(ECO.Actor)
        assert ECO.Principle in ontology.subclasses(ECO.Standard)
        assert ontology.superclasses(ECO.NoSuchClass) == frozenset()

    def test_terms_have_names(self, ontology: Ontology) -> None:
        """
        A term is called by its label in each language; what is not ours has none.
        """
        assert ontology.label(ECO.Need, "da") == "Behov"
        assert ontology.label(ECO.NoSuchClass, "da") is None
