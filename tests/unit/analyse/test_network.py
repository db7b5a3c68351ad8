"""Facts about the network: things, the statements between them, and whose words they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.analyse.network import network, write_edges, write_graphml, write_nodes
from ecograph.identifiers import concept_iri, graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, FOAF, GRAPH, PROV, PROVENANCE_GRAPH, RDF, RDFS, SH
from ecograph.rdf.patch import Patch
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import EmbeddedStore

# Synthetic.
NEED, TOWN, FIRM = thing_iri("need", "n1"), thing_iri("municipality", "dk-x"), thing_iri("organisation", "firm")
ONE, TWO = graph_iri("one"), graph_iri("two")
SHAPE = NamedNode("https://w3id.org/ecograph/shapes#Need-raised_by")
QUADS = (
    Quad(NEED, RDF.type, ECO.Need, ONE),
    Quad(NEED, DCTERMS.title, Literal("Skybrud\x07 & <vand>", language="da"), ONE),
    Quad(NEED, DCTERMS.title, Literal("Cloudburst", language="en"), ONE),
    Quad(NEED, ECO.country, concept_iri("country", "se"), ONE),
    Quad(NEED, ECO.country, concept_iri("country", "dk"), ONE),
    Quad(NEED, ECO.raisedBy, TOWN, ONE),
    Quad(NEED, ECO.raisedBy, TOWN, TWO),
    Quad(NEED, ECO.topic, concept_iri("topic", "water"), ONE),
    Quad(TOWN, RDF.type, ECO.Municipality, TWO),
    Quad(TOWN, FOAF.name, Literal('Ærø, "byen"'), TWO),
    Quad(FIRM, ECO.locatedIn, TOWN, TWO),
    Quad(thing_iri("contribution", "one"), DCTERMS.requires, thing_iri("contribution", "two"), PROVENANCE_GRAPH),
    Quad(ONE, PROV.wasDerivedFrom, thing_iri("contribution", "one"), PROVENANCE_GRAPH),
    Quad(SHAPE, SH.path, ECO.raisedBy, GRAPH.shapes),
    Quad(SHAPE, SH.name, Literal("Rejst af", language="da"), GRAPH.shapes),
    Quad(SHAPE, SH.name, Literal("Raised by", language="en"), GRAPH.shapes),
    Quad(ECO.locatedIn, RDFS.label, Literal("located in", language="en"), GRAPH.ontology),
)


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    store = EmbeddedStore.open(tmp_path / "store")
    store.apply(1, Patch(QUADS))
    store.switch()
    with store.snapshot() as found:
        yield found
    store.close()


class TestNetwork:
    def test_nodes_are_things_with_their_names(self, snapshot: Snapshot) -> None:
        """
        Each thing has its kind, countries and a label in each language; contributions are no part of it.
        """
        found = network(snapshot)
        assert set(found.nodes) == {NEED.value, TOWN.value, FIRM.value}
        assert found.nodes[NEED.value]["country"] == "dk se"
        assert found.nodes[NEED.value]["label_sv"] == "Cloudburst"
        assert found.nodes[TOWN.value] == {
            "kind": "municipality",
            "country": "",
            "label_da": 'Ærø, "byen"',
            "label_sv": 'Ærø, "byen"',
            "label_en": 'Ærø, "byen"',
        }
        assert found.nodes[FIRM.value]["label_da"] == "firm"
        assert network(snapshot, "en").nodes[NEED.value]["label"] == "Cloudburst"

    def test_edges_are_statements_with_whose_words_they_are(self, snapshot: Snapshot) -> None:
        """
        The same said by two publishers is two edges, each with its graph, named as the templates name the property.
        """
        found = network(snapshot, "da")
        assert {(data["graph"], data["label"]) for *_, data in found.out_edges(NEED.value, data=True)} == {
            (ONE.value, "Rejst af"),
            (TWO.value, "Rejst af"),
        }
        assert [data["label"] for *_, data in network(snapshot).out_edges(FIRM.value, data=True)] == ["located in"]
        assert [data["label"] for *_, data in found.out_edges(FIRM.value, data=True)] == ["locatedIn"]

    def test_files_say_what_the_network_says(self, snapshot: Snapshot) -> None:
        """
        GraphML reads back as the same nodes and edges, and the tables have the headings that Gephi knows.
        """
        found = network(snapshot)
        graphml = networkx.read_graphml(io.BytesIO(b"".join(write_graphml(snapshot))), force_multigraph=True)
        assert set(graphml.nodes) == set(found.nodes)
        assert sorted(graphml.edges()) == sorted(found.edges())
        assert graphml.nodes[NEED.value]["label_da"] == "Skybrud & <vand>"  # XML has no place for a bell
        nodes = list(csv.DictReader(io.StringIO(b"".join(write_nodes(snapshot)).decode())))
        edges = list(csv.DictReader(io.StringIO(b"".join(write_edges(snapshot)).decode())))
        assert {row["Id"] for row in nodes} == set(found.nodes)
        assert sorted((row["Source"], row["Target"]) for row in edges) == sorted(found.edges())
        assert {row["Type"] for row in edges} == {"Directed"}
