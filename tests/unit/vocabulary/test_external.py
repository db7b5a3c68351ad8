"""The vocabularies of others."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.identifiers import graph_iri
from ecograph.namespaces import DCTERMS, ECO, PROV, PROVENANCE_GRAPH, RDF, SKOS, VOID
from ecograph.vocabulary import external
from ecograph.vocabulary.concepts import Concepts

from .conftest import RESOURCES

Vocabularies = dict[NamedNode, tuple[Quad, ...]]


class TestLoad:
    def test_four_vocabularies_each_in_its_graph(self, vocabularies: Vocabularies) -> None:
        """
        CPV, the goals, EuroVoc and EuroSciVoc fill one graph each.
        """
        assert {graph.value.rpartition("/graph/")[2] for graph in vocabularies} == {
            "vocabulary/cpv", "vocabulary/sdg", "vocabulary/eurovoc", "vocabulary/euroscivoc"
        }  # fmt: skip
        for graph, quads in vocabularies.items():
            assert {quad.graph_name for quad in quads} == {graph}

    def test_cpv_is_whole_and_in_three_languages(self, vocabularies: Vocabularies) -> None:
        """
        All 9,454 CPV codes are there, each with a Danish, a Swedish and an English label.
        """
        quads = vocabularies[external.CPV.graph]
        codes = [quad for quad in quads if quad.predicate == SKOS.inScheme]
        labels = [quad for quad in quads if quad.predicate == SKOS.prefLabel and quad.subject != external.CPV.scheme]
        assert len(codes) == 9454
        assert len(labels) == 3 * 9454

    def test_every_cpv_code_leads_up_to_a_division(self, vocabularies: Vocabularies) -> None:
        """
        From every CPV code the way up ends at one of the 45 divisions.
        """
        cpv = Concepts.from_quads(vocabularies[external.CPV.graph])
        scheme = external.CPV.scheme.value
        divisions = set(cpv.top_concepts(scheme))
        assert len(divisions) == 45
        assert all(concept in divisions or divisions & set(cpv.ancestors(concept)) for concept in cpv.in_scheme(scheme))

    def test_all_goals_and_their_targets(self, vocabularies: Vocabularies) -> None:
        """
        The 17 goals stand above the targets that a topic is mapped to, all with labels in three languages.
        """
        sdg = Concepts.from_quads(vocabularies[external.SDG.graph])
        scheme = external.SDG.scheme.value
        assert len(sdg.top_concepts(scheme)) == 17
        assert sdg.label(NamedNode("http://metadata.un.org/sdg/11"), "da") == "Bæredygtige byer og lokalsamfund"
        assert sdg.broader(NamedNode("http://metadata.un.org/sdg/11.3")) == (
            NamedNode("http://metadata.un.org/sdg/11"),
        )
        assert all(len(sdg.labels(concept)) == 3 for concept in sdg.in_scheme(scheme))

    def test_loading_twice_gives_the_same(self, vocabularies: Vocabularies) -> None:
        """
        What is loaded does not change from load to load, so nothing is published again.
        """
        assert dict(external.load(RESOURCES)) == vocabularies


class TestDescribe:
    @pytest.mark.parametrize("vocabulary", external.VOCABULARIES, ids=lambda vocabulary: vocabulary.name)
    def test_every_vocabulary_is_attributed(self, vocabulary: external.Vocabulary) -> None:
        """
        Every vocabulary says in three languages whose it is, and under which licence.
        """
        quads = external.describe(RESOURCES, vocabulary.graph, 7)
        contribution = external.contribution_iri(vocabulary)
        assert Quad(contribution, RDF.type, ECO.Contribution, PROVENANCE_GRAPH) in quads
        assert Quad(vocabulary.graph, PROV.wasDerivedFrom, contribution, PROVENANCE_GRAPH) in quads
        for predicate in (DCTERMS.title, DCTERMS.rights):
            assert sorted(_languages(quads, contribution, predicate)) == ["da", "en", "sv"]
        said = {quad.predicate for quad in quads if quad.subject == contribution}
        assert {DCTERMS.publisher, DCTERMS.license, DCTERMS.source, DCTERMS.issued} <= said
        assert [quad.object.value for quad in quads if quad.predicate == VOID.triples] == ["7"]

    def test_other_graphs_are_described_elsewhere(self) -> None:
        """
        Of a graph that is no vocabulary's nothing is said here.
        """
        assert external.describe(RESOURCES, graph_iri("ror"), 1) == ()


class TestCpvParent:
    @pytest.mark.parametrize(
        ("code", "parent"),
        [("34928510", "34928500"), ("34928500", "34928000"), ("34920000", "34900000"), ("34000000", None)],
    )
    def test_the_code_above(self, code: str, parent: str | None) -> None:
        """
        The code above is the same with its last digit zero.
        """
        known = {"34000000", "34900000", "34920000", "34928000", "34928500", "34928510"}
        assert external.cpv_parent(code, known) == parent

    def test_missing_levels_are_passed_over(self) -> None:
        """
        Where a level has no code of its own, the next one up is the parent.
        """
        assert external.cpv_parent("12345678", {"12345678", "12300000", "12000000"}) == "12300000"


def _languages(quads: tuple[Quad, ...], subject: NamedNode, predicate: NamedNode) -> list[str]:
    return [quad.object.language for quad in quads if quad.subject == subject and quad.predicate == predicate]
