"""
The SPARQL 1.1 protocol, the service description and the reading half of the Graph Store Protocol, over HTTP.

The W3C describes the protocol's tests in a manifest as requests and what they are answered with. It lies beside the
repository; where it does not, only our own requests are sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from sparql_cases import MF, UT, facts_of, quads_of
from sparql_service import Graphs, graphs_changing, graphs_served

from ecograph.namespaces import RDF, RDFS, Namespace
from ecograph.shacl.shapes import Shapes
from lacking import BESIDE, beside

NAME = "w3c/sparql/sparql11"
SUITE = BESIDE / NAME
OURS = Path(__file__).parent / "sparql"

HT = Namespace("http://www.w3.org/2011/http#")
HTS = Namespace("http://www.w3.org/2011/http-statusCodes#")
CNT = Namespace("http://www.w3.org/2011/content#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
W3C_FORMATS = Namespace("http://www.w3.org/ns/formats/")
VOID = Namespace("http://rdfs.org/ns/void#")
DANISH = "https://example.org/grafer/danske-behov-æøå"
SWEDISH = "https://example.org/grafer/svenska-behov"
FORM = "application/x-www-form-urlencoded"

FORMATS = {
    "boolean": {"application/sparql-results+xml", "application/sparql-results+json"},
    "tabular": {
        "application/sparql-results+xml",
        "application/sparql-results+json",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples"},
}

_STATUSES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}
COUNTS = {"protocol": 34, "graph-store-protocol": 13, "http-rdf-update": 18, "service-description": 3}
"""The older tests of the Graph Store Protocol, `http-rdf-update`, are told in words: there is no request to send."""
_READ_ONLY = "the endpoint only reads; data is changed by contributions"
REFUSED = {
    "update_dataset_default_graph": _READ_ONLY,
    "update_dataset_default_graphs": _READ_ONLY,
    "update_dataset_named_graphs": _READ_ONLY,
    "update_dataset_full": _READ_ONLY,
    "update_post_form": _READ_ONLY,
    "update_post_direct": _READ_ONLY,
    "update_base_uri": _READ_ONLY,
}
"""Protocol tests that expect an update to be carried out, with the reason why it is refused."""

_DIRECT = "graphs are named by a parameter; their own addresses are those of the linked data"
UNREADABLE = {
    "put_get_repeat_direct": _DIRECT,
    "put_delete_get_delete_direct": _DIRECT,
    "post_get_post_get_direct": _DIRECT,
    "head_existing_direct": _DIRECT,
    "post_get_new_graph": "the address of a new graph is given by who writes it",
    "post_get_post_get_indirect": "it writes a form of several files",
    "put_get_default": "the default graph is not written; it is the merge of all, and holds the revision as well",
}
"""Tests of the Graph Store Protocol whose reading is not offered either, with the reason."""


@dataclass(frozen=True)
class Expected:
    """What a request of a test is answered with."""

    statuses: frozenset[str]
    format: str | None
    boolean: bool | None
    body: bytes | None


@dataclass(frozen=True)
class ProtocolRequest:
    """One request of a test."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    expected: Expected

    def sent(self, client: httpx.Client) -> httpx.Response:
        path = self.path.replace("/sparql/", "/sparql", 1).replace("/gsp?", "/rdf-graph-store?", 1)
        return client.request(self.method, path, headers=list(self.headers), content=self.body)


@dataclass(frozen=True)
class ProtocolCase:
    """One test: its requests in order, and the graphs that have to be there."""

    name: str
    requests: tuple[ProtocolRequest, ...]
    graphs: tuple[tuple[str, Path], ...] = ()


def cases_in(manifest: Path) -> list[ProtocolCase]:
    graph = Shapes(quads_of(manifest))
    return [
        ProtocolCase(
            re.split("[#/]", node.value)[-1],
            tuple(
                _request(graph, request)
                for action in graph.nodes(node, MF.action)
                for head in graph.nodes(action, HT.requests)
                for request in graph.items(head)
            ),
            tuple(
                (str(graph.text(data, RDFS.label)), Path(str(graph.iri(data, UT.graph).value).removeprefix("file://")))
                for data in graph.nodes(node, UT.graphData)
            ),
        )
        for owner in graph.subjects(MF.entries)
        for head in graph.nodes(owner, MF.entries)
        for node in graph.items(head)
        if isinstance(node, NamedNode)
    ]


def _request(graph: Shapes, node: object) -> ProtocolRequest:
    (answer,) = graph.nodes(node, HT.resp)
    body = next(iter(graph.nodes(node, HT.body)), None)
    headers = [
        (str(graph.text(header, HT.fieldName)), str(graph.text(header, HT.fieldValue)))
        for head in graph.nodes(node, HT.headers)
        for header in graph.items(head)
    ]
    boolean = graph.text(answer, MF.expectedBoolean)
    return ProtocolRequest(
        method=str(graph.text(node, HT.methodName)),
        path=str(graph.text(node, HT.absolutePath)),
        headers=tuple(headers),
        body=None if body is None else _encoded(graph, body),
        expected=Expected(
            frozenset(
                _STATUSES.get(name, name.removeprefix("StatusCode"))[0]
                for name in (HTS.local(status) for status in graph.nodes(answer, MF.expectedStatus) if status in HTS)
            ),
            graph.text(answer, MF.expectedFormat),
            None if boolean is None else boolean == "true",
            next((_encoded(graph, each) for each in graph.nodes(answer, HT.body)), None),
        ),
    )


def _encoded(graph: Shapes, body: object) -> bytes:
    return str(graph.text(body, CNT.chars)).encode(str(graph.text(body, CNT.characterEncoding)))


CASES = cases_in(SUITE / "protocol" / "manifest.ttl") if SUITE.is_dir() else []
STORE_CASES = (
    {
        name: [case for manifest in sorted((SUITE / name).glob("manifest*.ttl")) for case in cases_in(manifest)]
        for name in ("graph-store-protocol", "http-rdf-update")
    }
    if SUITE.is_dir()
    else {}
)

READABLE = [
    case
    for case in STORE_CASES.get("graph-store-protocol", ())
    if case.name not in UNREADABLE and all(request.path.startswith("/gsp?") for request in case.requests)
]


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Graphs]]:
    """The endpoint on graphs that change."""
    with (
        graphs_changing(tmp_path_factory.mktemp("changing")) as (url, graphs),
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client, graphs


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The endpoint on the graphs that the W3C's tests need, and on two of ours."""
    graphs = {name: quads_of(file) for case in CASES for name, file in case.graphs}
    # Tests that do not look into the data ask this graph, which the manifest does not bring.
    data0 = NamedNode("http://kasei.us/2009/09/sparql/data/data0.rdf")
    graphs[data0.value] = (Quad(data0, RDF.type, NamedNode("http://xmlns.com/foaf/0.1/Document")),)
    graphs[DANISH] = quads_of(OURS / "danish.ttl")
    graphs[SWEDISH] = quads_of(OURS / "swedish.ttl")
    directory = tmp_path_factory.mktemp("protocol")
    with graphs_served(directory, graphs) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def check(answer: httpx.Response, expected: Expected) -> None:
    assert str(answer.status_code)[0] in expected.statuses, answer.text
    if expected.format is not None:
        assert answer.headers["content-type"].partition(";")[0] in FORMATS[expected.format]
    if expected.boolean is not None:
        assert answer.json()["boolean"] == expected.boolean


class TestW3cProtocol:
    def test_every_case_is_collected(self) -> None:
        """
        All tests of the W3C's manifests on protocols are known.
        """
        beside(NAME)
        description = Shapes(quads_of(SUITE / "service-description" / "manifest.ttl"))
        counts = {
            "protocol": len(CASES),
            **{name: len(cases) for name, cases in STORE_CASES.items()},
            "service-description": len(list(description.subjects(RDF.type, MF.ServiceDescriptionTest))),
        }
        assert counts == COUNTS
        assert {case.name for case in CASES} >= set(REFUSED)
        assert len(READABLE) == 6

    @pytest.mark.parametrize("case", [case for case in CASES if case.name not in REFUSED], ids=lambda case: case.name)
    def test_request_is_answered_as_expected(self, endpoint: httpx.Client, case: ProtocolCase) -> None:
        """
        Each request of a protocol test is answered with the status, the format and the truth that the W3C expects.
        """
        for request in case.requests:
            check(request.sent(endpoint), request.expected)

    @pytest.mark.parametrize("case", [case for case in CASES if case.name in REFUSED], ids=lambda case: case.name)
    def test_update_is_refused(self, endpoint: httpx.Client, case: ProtocolCase) -> None:
        """
        An update is refused with a sentence that says so, and the graph is as it was.
        """
        before = endpoint.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"}).content
        answer = case.requests[0].sent(endpoint)
        assert answer.status_code == 400
        assert answer.json()["code"] == "query-refused"
        after = endpoint.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"}).content
        assert after == before

    @pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
    def test_store_is_read_as_expected(self, changing: tuple[httpx.Client, Graphs], case: ProtocolCase) -> None:
        """
        What the W3C's tests write by the protocol, and what comes to be there another way here, is read as they expect.
        """
        client, graphs = changing
        held: dict[str, tuple[Quad, ...]] = {}
        for request in case.requests:
            if request.method in ("GET", "HEAD"):
                answer = request.sent(client)
                check(answer, request.expected)
                if request.method == "GET" and request.expected.body is not None:
                    media_type = answer.headers["content-type"].partition(";")[0]
                    assert facts_of(answer.content, media_type, False) == facts_of(
                        request.expected.body, "text/turtle", False
                    )
                continue
            name = httpx.URL(request.path).params["graph"]
            stated = tuple(parse(request.body or b"", RdfFormat.TURTLE, base_iri=name, rename_blank_nodes=True))
            before = held.pop(name, ()) if request.method != "PUT" else ()
            if request.method != "DELETE":
                held[name] = (*before, *stated)
            graphs.hold({DANISH: quads_of(OURS / "danish.ttl"), **held})

    def test_store_is_not_written(self, endpoint: httpx.Client) -> None:
        """
        Every writing request of the Graph Store Protocol's tests is refused, with the methods that are allowed.
        """
        beside(NAME)
        refused: Counter[str] = Counter()
        for cases in STORE_CASES.values():
            for request in (request for case in cases for request in case.requests):
                if request.method in ("PUT", "POST", "DELETE", "PATCH"):
                    answer = endpoint.request(
                        request.method,
                        "/rdf-graph-store",
                        params={"graph": DANISH},
                        headers=list(request.headers),
                        content=request.body,
                    )
                    assert answer.status_code == 405, answer.text
                    assert {"GET", "HEAD"} <= set(re.split(r",\s*", answer.headers["allow"]))
                    refused[request.method] += 1
        assert refused.keys() == {"PUT", "POST", "DELETE"}


class TestBindings:
    QUERY = f"SELECT ?titel {{ GRAPH <{DANISH}> {{ ?behov <https://example.org/ø/titel> ?titel }} }}"

    def test_each_binding_gives_the_same_rows(self, endpoint: httpx.Client) -> None:
        """
        An IRI with Danish letters gives the same rows by GET, as a form and as the body itself.
        """
        answers = (
            endpoint.get("/sparql", params={"query": self.QUERY}),
            endpoint.post("/sparql", data={"query": self.QUERY}),
            endpoint.post("/sparql", content=self.QUERY.encode(), headers={"Content-Type": "application/sparql-query"}),
        )
        for answer in answers:
            (row,) = answer.json()["results"]["bindings"]
            assert row["titel"] == {"type": "literal", "xml:lang": "da", "value": "Skybrud"}

    @pytest.mark.parametrize(
        ("dataset", "titles"),
        [
            ({}, {"Skybrud", "Skyfall"}),
            ({"default-graph-uri": DANISH}, {"Skybrud"}),
            ({"default-graph-uri": [DANISH, SWEDISH]}, {"Skybrud", "Skyfall"}),
            ({"named-graph-uri": SWEDISH}, set()),
        ],
        ids=["store", "one graph", "two graphs", "no default graph"],
    )
    def test_dataset_is_the_one_of_the_request(
        self, endpoint: httpx.Client, dataset: dict[str, str | list[str]], titles: set[str]
    ) -> None:
        """
        `default-graph-uri` and `named-graph-uri` say what is asked; without them it is all that is published.
        """
        query = "SELECT DISTINCT ?t { ?s <https://example.org/ø/titel> ?t }"
        rows = endpoint.get("/sparql", params={"query": query, **dataset}).json()["results"]["bindings"]
        assert {row["t"]["value"] for row in rows} == titles

    def test_merge_of_graphs_states_once(self, endpoint: httpx.Client) -> None:
        """
        What two publishers both state is one statement of the default graph: it is a merge, not a heap.
        """
        query = "SELECT ?stand { <https://example.org/ø/skybrud> <https://example.org/ø/stand> ?stand }"
        rows = endpoint.get("/sparql", params={"query": query}).json()["results"]["bindings"]
        assert len(rows) == 1

    @pytest.mark.parametrize(
        ("method", "content_type", "body", "status"),
        [
            ("PUT", None, b"", 405),
            ("DELETE", None, b"", 405),
            ("POST", "text/plain", b"ASK {}", 415),
            ("POST", None, b"ASK {}", 415),
            ("POST", "application/sparql-query; charset=UTF-16", "ASK {}".encode("utf-16"), 415),
            ("POST", FORM, b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", 400),
            ("POST", FORM, b"query=ASK%20%7B", 400),
            ("POST", FORM, b"", 400),
        ],
    )
    def test_request_that_is_none_is_a_problem(
        self, endpoint: httpx.Client, method: str, content_type: str | None, body: bytes, status: int
    ) -> None:
        """
        A request that the protocol does not know is told what is wrong with it.
        """
        headers = {"Content-Type": content_type} if content_type else {}
        answer = endpoint.request(method, "/sparql", headers=headers, content=body)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"

    def test_relative_iri_has_a_base(self, endpoint: httpx.Client) -> None:
        """
        A relative IRI in a query is one of ours, unless the query says what it is relative to.
        """
        answer = endpoint.get(
            "/sparql", params={"query": "CONSTRUCT { <s> <p> 1 } {}"}, headers={"Accept": "text/turtle"}
        )
        assert answer.status_code == 200, answer.text
        (triple,) = parse(answer.content, RdfFormat.TURTLE)
        assert triple.subject == NamedNode("https://w3id.org/ecograph/s")


class TestServiceDescription:
    @pytest.mark.parametrize("accept", ["*/*", "text/turtle", "application/rdf+xml", "application/n-triples"])
    def test_endpoint_describes_itself(self, endpoint: httpx.Client, accept: str) -> None:
        """
        A request without a query is answered with RDF that has one service, its own address, its language and formats.
        """
        answer = endpoint.get("/sparql", headers={"Accept": accept})
        assert answer.status_code == 200
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in FORMATS["RDF"]
        graph = Shapes(tuple(parse(answer.content, RdfFormat.from_media_type(media_type))))
        (service,) = graph.subjects(RDF.type, SD.Service)
        assert graph.values(service, SD.endpoint) == (
            NamedNode(f"{endpoint.base_url}/sparql".replace("//sparql", "/sparql")),
        )
        assert SD.SPARQL11Query in graph.values(service, SD.supportedLanguage)
        assert SD.SPARQL11Update not in graph.values(service, SD.supportedLanguage)
        formats = graph.values(service, SD.resultFormat)
        assert len(formats) == 8
        assert all(each in W3C_FORMATS for each in formats)
        (dataset,) = graph.nodes(service, SD.defaultDataset)
        assert SD.Dataset in graph.values(dataset, RDF.type)
        assert len(graph.nodes(dataset, SD.defaultGraph)) == 1

    def test_counts_are_numbers(self, endpoint: httpx.Client) -> None:
        """
        Where the description counts triples, it does so with an integer.
        """
        answer = endpoint.get("/sparql", headers={"Accept": "application/n-triples"})
        for quad in parse(answer.content, RdfFormat.N_TRIPLES):
            if quad.predicate == VOID.triples:
                assert isinstance(quad.object, Literal)
                assert quad.object.value.isdigit()


class TestGraphStore:
    @pytest.mark.parametrize(
        ("accept", "written"),
        [
            ("*/*", RdfFormat.TURTLE),
            ("text/turtle", RdfFormat.TURTLE),
            ("application/n-triples", RdfFormat.N_TRIPLES),
            ("application/rdf+xml", RdfFormat.RDF_XML),
        ],
    )
    def test_graph_is_read(self, endpoint: httpx.Client, accept: str, written: RdfFormat) -> None:
        """
        A graph is answered whole, in the format that the client wants.
        """
        answer = endpoint.get("/rdf-graph-store", params={"graph": DANISH}, headers={"Accept": accept})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == written.media_type.partition(";")[0]
        found = {quad.triple for quad in parse(answer.content, written)}
        assert found == {quad.triple for quad in quads_of(OURS / "danish.ttl")}

    def test_head_is_get_without_the_body(self, endpoint: httpx.Client) -> None:
        """
        HEAD says of a graph what GET says, and sends nothing.
        """
        answer = endpoint.head("/rdf-graph-store", params={"graph": DANISH}, headers={"Accept": "text/turtle"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/turtle")

    def test_default_graph_is_the_merge(self, endpoint: httpx.Client) -> None:
        """
        The default graph holds what is in any of the named ones, each statement once.
        """
        answer = endpoint.get("/rdf-graph-store?default", headers={"Accept": "application/n-triples"})
        found = [quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)]
        assert len(found) == len(set(found))
        assert {quad.triple for name in ("danish", "swedish") for quad in quads_of(OURS / f"{name}.ttl")} <= set(found)

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            (f"graph={DANISH}-findes-ikke", 404),
            (f"graph={DANISH}&default", 400),
            (f"graph={DANISH}&graph={SWEDISH}", 400),
            ("graph=", 400),
            ("graph=%3Cno+iri%3E", 400),
        ],
    )
    def test_request_for_no_graph_is_a_problem(self, endpoint: httpx.Client, query: str, status: int) -> None:
        """
        A graph that is not there is a 404; a request that names none, or more than one, is told so.
        """
        answer = endpoint.get(f"/rdf-graph-store?{query}")
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
