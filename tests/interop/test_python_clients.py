"""Python's SPARQL clients, as their documentation says they are used, against a real service."""

from __future__ import annotations

from urllib.parse import urlencode
from xml.dom.minidom import Document

import pandas as pd
import pytest
import rdflib
from asked import AERO, AMAL, PLACE, PREFIXES, SELECT
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from service import Service

ECO = rdflib.Namespace("https://w3id.org/ecograph/ns#")
CONSTRUCT = PREFIXES + "CONSTRUCT { ?place foaf:name ?name } WHERE { ?place a eco:Municipality ; foaf:name ?name }"
WAYS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
way = pytest.mark.parametrize(("method", "request_method"), WAYS, ids=["get", "form", "direct"])


def wrapper(
    endpoint: str, query: str, written: str, method: str = GET, request_method: str = URLENCODED
) -> SPARQLWrapper:
    found = SPARQLWrapper(endpoint)
    found.setQuery(query)
    found.setReturnFormat(written)
    found.setMethod(method)
    found.setRequestMethod(request_method)
    return found


def answer(asked: SPARQLWrapper) -> object:
    result = asked.query()
    try:
        return result.convert()
    finally:
        result.response.close()


class TestSparqlWrapper:
    @way
    def test_rows_as_json(self, endpoint: str, method: str, request_method: str) -> None:
        """
        SPARQLWrapper gets the rows as JSON, whichever way it asks.
        """
        found = answer(wrapper(endpoint, SELECT, JSON, method, request_method))
        assert isinstance(found, dict)
        assert [row["name"]["value"] for row in found["results"]["bindings"]] == [AMAL, AERO]

    @way
    def test_rows_as_xml(self, endpoint: str, method: str, request_method: str) -> None:
        """
        SPARQLWrapper gets the rows as XML.
        """
        found = answer(wrapper(endpoint, SELECT, XML, method, request_method))
        assert isinstance(found, Document)
        texts = [node.firstChild.data for node in found.getElementsByTagName("literal") if node.firstChild]
        assert texts == [AMAL, AERO]

    @way
    @pytest.mark.parametrize(("written", "between"), [(CSV, ","), (TSV, "\t")])
    def test_rows_as_text(self, endpoint: str, method: str, request_method: str, written: str, between: str) -> None:
        """
        SPARQLWrapper gets the rows as comma- and as tab-separated text.
        """
        found = answer(wrapper(endpoint, SELECT, written, method, request_method))
        assert isinstance(found, bytes)
        lines = found.decode("utf-8").splitlines()
        assert [field.strip("?") for field in lines[0].split(between)] == ["place", "name"]
        assert len(lines) == 3
        assert AMAL in lines[1]
        assert AERO in lines[2]

    @pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # SPARQLWrapper makes one of JSON-LD
    @way
    @pytest.mark.parametrize("written", [TURTLE, N3, RDFXML, XML, JSONLD])
    def test_graphs(self, endpoint: str, method: str, request_method: str, written: str) -> None:
        """
        SPARQLWrapper gets the graph of a CONSTRUCT in each format that it knows.
        """
        found = answer(wrapper(endpoint, CONSTRUCT, written, method, request_method))
        graph = rdflib.Graph().parse(data=found, format=written) if isinstance(found, bytes) else found
        assert isinstance(graph, rdflib.Graph)
        assert {str(name) for name in graph.objects()} == {AERO, AMAL}

    @way
    @pytest.mark.parametrize(
        ("query", "truth"), [("ASK { ?s a eco:Municipality }", True), ("ASK { ?s a eco:Nothing }", False)]
    )
    def test_yes_and_no(self, endpoint: str, method: str, request_method: str, query: str, truth: bool) -> None:
        """
        SPARQLWrapper gets the answer of an ASK.
        """
        found = answer(wrapper(endpoint, PREFIXES + query, JSON, method, request_method))
        assert isinstance(found, dict)
        assert found["boolean"] is truth

    @way
    def test_description(self, endpoint: str, method: str, request_method: str) -> None:
        """
        SPARQLWrapper gets the description of a thing.
        """
        found = answer(wrapper(endpoint, f"DESCRIBE <{PLACE}dk-synthetic>", TURTLE, method, request_method))
        assert isinstance(found, bytes)
        graph = rdflib.Graph().parse(data=found, format="turtle")
        assert (rdflib.URIRef(f"{PLACE}dk-synthetic"), rdflib.RDF.type, ECO.Municipality) in graph

    def test_one_graph(self, endpoint: str) -> None:
        """
        SPARQLWrapper asks one publisher's graph when it is told to.
        """
        asked = wrapper(endpoint, SELECT, JSON)
        asked.addDefaultGraph("https://w3id.org/ecograph/graph/synthetic-places")
        found = answer(asked)
        assert isinstance(found, dict)
        assert len(found["results"]["bindings"]) == 2

    @way
    def test_fault_is_its_own_exception(self, endpoint: str, method: str, request_method: str) -> None:
        """
        SPARQLWrapper raises its exception for bad queries, which holds our sentence with line and column.
        """
        with pytest.raises(QueryBadFormed, match=r"line 1, column"):
            wrapper(endpoint, "SELECT ?x WHERE { ?x }", JSON, method, request_method).query()


class TestRdflib:
    @pytest.fixture(params=["GET", "POST", "POST_FORM"])
    def graph(self, endpoint: str, request: pytest.FixtureRequest) -> rdflib.Graph:
        return rdflib.Graph(SPARQLStore(endpoint, method=request.param))

    @pytest.mark.parametrize("written", ["json", "xml", "csv", "tsv"])
    def test_query(self, endpoint: str, written: str) -> None:
        """
        rdflib's SPARQLStore answers a query in each of the formats it can be set to.
        """
        graph = rdflib.Graph(SPARQLStore(endpoint, returnFormat=written))
        rows = [(str(row[0]), str(row[1])) for row in graph.query(SELECT)]  # type: ignore[index]
        assert rows == [(f"{PLACE}se-synthetic", AMAL), (f"{PLACE}dk-synthetic", AERO)]

    def test_graph_on_the_endpoint(self, graph: rdflib.Graph) -> None:
        """
        An rdflib graph on our endpoint is walked like one in memory.
        """
        places = set(graph.subjects(rdflib.RDF.type, ECO.Municipality))
        assert places == {rdflib.URIRef(f"{PLACE}dk-synthetic"), rdflib.URIRef(f"{PLACE}se-synthetic")}
        assert rdflib.Literal(AERO) in {
            rdflib.Literal(str(name)) for name in graph.objects(rdflib.URIRef(f"{PLACE}dk-synthetic"), rdflib.FOAF.name)
        }
        assert (rdflib.URIRef(f"{PLACE}dk-synthetic"), rdflib.RDF.type, ECO.Municipality) in graph
        assert len(graph) > 1000

    def test_service_of_a_query(self, endpoint: str) -> None:
        """
        A query that runs in rdflib asks us by SERVICE.
        """
        rows = rdflib.Graph().query(
            PREFIXES + f"SELECT ?name {{ SERVICE <{endpoint}> {{ ?s a eco:Municipality ; foaf:name ?name }} }}"
        )
        assert {str(row[0]) for row in rows} == {AERO, AMAL}  # type: ignore[index]

    def test_bound_values(self, graph: rdflib.Graph) -> None:
        """
        rdflib's values for variables are asked for as terms.
        """
        rows = graph.query(SELECT, initBindings={"place": rdflib.URIRef(f"{PLACE}se-synthetic")})
        assert [str(row[1]) for row in rows] == [AMAL]  # type: ignore[index]

    def test_construct_and_ask(self, graph: rdflib.Graph) -> None:
        """
        rdflib gets graphs and yes or no as well.
        """
        assert {str(name) for _, _, name in graph.query(CONSTRUCT)} == {AERO, AMAL}  # type: ignore[misc]
        assert bool(graph.query(PREFIXES + "ASK { ?s a eco:Municipality }").askAnswer)

    def test_named_graph(self, endpoint: str) -> None:
        """
        An rdflib graph with a publisher's name shows what that publisher says.
        """
        store = SPARQLStore(endpoint)
        said = rdflib.Graph(store, identifier=rdflib.URIRef("https://w3id.org/ecograph/graph/synthetic-places"))
        assert len(set(said.subjects(rdflib.RDF.type, ECO.Municipality))) == 2
        ours = rdflib.Graph(store, identifier=rdflib.URIRef("https://w3id.org/ecograph/graph/ontology"))
        assert not set(ours.subjects(rdflib.RDF.type, ECO.Municipality))


class TestPandas:
    def test_sparql_as_an_address(self, endpoint: str) -> None:
        """
        pandas reads a query's rows from an address that ends in `.csv` before its question mark.
        """
        frame = pd.read_csv(f"{endpoint}.csv?{urlencode({'query': SELECT})}")
        assert list(frame.columns) == ["place", "name"]
        assert list(frame["name"]) == [AMAL, AERO]

    def test_question_as_an_address(self, small: Service) -> None:
        """
        pandas reads a question of the catalogue from its address.
        """
        frame = pd.read_csv(f"{small.url}/api/v1/queries/counts-by-class-and-country.csv")
        assert list(frame.columns) == ["class", "country", "things"]
        counted = frame[frame["class"].str.endswith("#Municipality")]
        assert sorted(counted["things"]) == [1, 1]
