"""A program and a browser follow the shipped graph's own addresses, take the graph along, and read the same in it."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize
from pyshacl import validate as shacl

from ecograph.bootstrap import EcoGraph
from ecograph.identifiers import kind_and_slug
from ecograph.messages import LANGUAGES
from ecograph.namespaces import BASE, CONCEPT, DCAT, DCTERMS, ECO, ECOSH, GRAPH, ID, RDF, SKOS, VOID
from ecograph.web.linked.context import context_of

SHAPES = Path(__file__).parents[1] / "conformance" / "dcat-ap" / "shapes.ttl"
DOCUMENTS = ("/ns", "/shapes", "/queries")
EACH = 3
"""Things of a kind that are opened: all of them would take minutes and say no more."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[httpx.Client]:
    """A client that does not follow redirects."""
    with httpx.Client(base_url=site, timeout=60) as found:
        yield found


@pytest.fixture(scope="module")
def statements(loaded: EcoGraph) -> frozenset[Quad]:
    """Every statement of the shipped graph."""
    with loaded.snapshot() as snapshot:
        return frozenset(snapshot.quads())


@pytest.fixture(scope="module")
def own(statements: frozenset[Quad]) -> frozenset[NamedNode]:
    """Every IRI in the shipped graph that begins with our base."""
    terms = {term for quad in statements for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)}
    return frozenset(term for term in terms if isinstance(term, NamedNode) and term.value.startswith(BASE))


def path_of(iri: NamedNode) -> str:
    """Where an own IRI is on the service."""
    return "/" + iri.value.removeprefix(BASE).partition("#")[0]


def sampled(own: frozenset[NamedNode]) -> list[NamedNode]:
    """The first few things of each kind, in alphabetical order."""
    kinds: dict[str, list[NamedNode]] = defaultdict(list)
    for iri in sorted((iri for iri in own if iri in ID), key=str):
        kinds[(kind_and_slug(iri) or ("", ""))[0]].append(iri)
    assert len(kinds) > 20
    return [iri for things in kinds.values() for iri in things[:EACH]]


def triples(client: httpx.Client, path: str, accept: str = "application/n-triples") -> set[Triple]:
    """What a document says."""
    answer = client.get(path, headers={"Accept": accept}, follow_redirects=True)
    assert answer.status_code == 200, path
    return {quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)}


class TestAddresses:
    def test_every_own_iri_is_of_a_known_form(self, own: frozenset[NamedNode]) -> None:
        """
        Terms and shapes are hash IRIs of their document, everything else has a path of its own.
        """
        places = Counter(path_of(iri).split("/")[1] for iri in own)
        assert set(places) == {"ns", "shapes", "queries", "id", "concept", "graph"}
        assert len(own) > 9000
        for iri in own:
            assert ("#" in iri.value) == (path_of(iri) in DOCUMENTS and iri.value != BASE + path_of(iri)[1:]), iri

    def test_every_term_is_described_where_it_leads(self, client: httpx.Client, own: frozenset[NamedNode]) -> None:
        """
        Each term, shape and question is a subject in the document that its IRI leads to; terms and shapes are places on
        the page of the model.
        """
        for path in DOCUMENTS:
            described = {triple.subject for triple in triples(client, path)}
            assert [iri for iri in own if "#" in iri.value and path_of(iri) == path and iri not in described] == []
        page = client.get("/ns", headers={"Accept": "text/html", "Accept-Language": "sv"})
        assert page.headers["location"] == "/sv/model"
        text = client.get("/sv/model").text
        fragments = {iri.value.partition("#")[2] for iri in own if iri in ECO or iri in ECOSH}
        assert [name for name in sorted(fragments) if f'id="{name}"' not in text] == []

    def test_every_concept_leads_to_its_description(self, client: httpx.Client, own: frozenset[NamedNode]) -> None:
        """
        Each concept and scheme answers with statements about itself.
        """
        concepts = sorted((iri for iri in own if iri in CONCEPT), key=str)
        schemes = [iri for iri in concepts if "/" not in CONCEPT.local(iri)]
        assert len(schemes) > 20
        described: set[object] = set()
        for scheme in schemes:
            described |= {triple.subject for triple in triples(client, path_of(scheme))}
        assert [iri for iri in concepts if iri not in described] == []
        for concept in concepts[:: len(concepts) // 40]:
            assert any(triple.subject == concept for triple in triples(client, path_of(concept))), concept

    def test_things_of_every_kind_lead_to_their_descriptions(
        self, client: httpx.Client, own: frozenset[NamedNode], statements: frozenset[Quad]
    ) -> None:
        """
        A thing of each kind answers with exactly what the graph says of it and with what points at it.
        """
        about: dict[object, set[Triple]] = defaultdict(set)
        for quad in statements:
            about[quad.subject].add(quad.triple)
        for iri in sampled(own):
            said = about[iri]
            found = triples(client, path_of(iri))
            assert {triple for triple in found if triple.subject == iri} == said, iri
            assert all(iri in (triple.subject, triple.object) for triple in found)

    def test_every_graph_leads_to_its_statements(
        self, client: httpx.Client, own: frozenset[NamedNode], statements: frozenset[Quad]
    ) -> None:
        """
        Each named graph answers with its statements and no others, also where it is large.
        """
        graphs: dict[NamedNode, set[Triple]] = defaultdict(set)
        for quad in statements:
            graphs[quad.graph_name].add(quad.triple)
        assert len(graphs) >= 20
        for iri, said in graphs.items():
            assert triples(client, path_of(iri)) == said, iri
        large = client.get("/graph/vocabulary/cpv", headers={"Accept": "text/turtle"})
        assert len({*parse(large.content, RdfFormat.TURTLE)}) > 50_000


class TestJsonLd:
    def test_every_kind_reads_back_as_it_was(self, client: httpx.Client, own: frozenset[NamedNode]) -> None:
        """
        JSON-LD of a thing of each kind, read with the published context, is the same triples as its N-Triples.
        """
        context = client.get("/context.jsonld").json()["@context"]
        for iri in sampled(own):
            document = client.get(path_of(iri) + ".jsonld").json()
            assert document["@context"] == f"{client.base_url}".rstrip("/") + "/context.jsonld"
            body = json.dumps({**document, "@context": context}).encode()
            assert {quad.triple for quad in parse(body, RdfFormat.JSON_LD)} == triples(client, path_of(iri) + ".nt")

    def test_another_reader_reads_the_same(self, client: httpx.Client) -> None:
        """
        rdflib, given the context, reads the same from JSON-LD as from Turtle.
        """
        context = client.get("/context.jsonld").json()["@context"]
        for path in ("/id/need/n09", "/id/project/innotech", "/concept/topic/cloudburst"):
            document = client.get(f"{path}.jsonld").json()
            linked = rdflib.Graph().parse(data=json.dumps({**document, "@context": context}), format="json-ld")
            turtle = rdflib.Graph().parse(data=client.get(f"{path}.ttl").text, format="turtle")
            assert set(linked) == set(turtle)

    def test_whole_graph_has_names_in_the_context(self, loaded: EcoGraph, statements: frozenset[Quad]) -> None:
        """
        Every property and class of ours that the graph uses has a short name, and no two have the same.
        """
        context = context_of(loaded.rules)
        document = context.document()["@context"]
        used = {quad.predicate for quad in statements if quad.predicate in ECO}
        assert [iri for iri in sorted(used, key=str) if context.term(iri) is None] == []
        assert len(document) == 3 + len(context.prefixes) + len(context.classes) + len(context.terms)
        columns = {column.path for each in loaded.rules.contract.templates.values() for column in each.columns}
        assert [path for path in columns if context.term(path) is None] == []


class TestDump:
    def test_loaded_again_it_is_the_same_graph(self, client: httpx.Client, statements: frozenset[Quad]) -> None:
        """
        The N-Quads dump, loaded into another store and written canonically, is the shipped graph.
        """
        answer = client.get("/dumps/latest.nq.gz", follow_redirects=True)
        store = Store()
        store.bulk_load(gzip.decompress(answer.content), RdfFormat.N_QUADS)
        assert canonical(store) == canonical(statements)


def canonical(quads: Any) -> list[bytes]:
    """Statements as sorted N-Quads: without blank nodes that is their canonical form (RDFC-1.0, section 4)."""
    return sorted((serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines())


@pytest.fixture(scope="module")
def catalogue(client: httpx.Client) -> bytes:
    """The catalogue in Turtle, after one dump was made."""
    assert client.get("/dumps/latest-ror.ttl", follow_redirects=True).status_code == 200
    return client.get("/dataset").content


class TestCatalogue:
    def test_catalogue_has_what_dcat_ap_requires(self, catalogue: bytes) -> None:
        """
        Every class of DCAT-AP 3 that is used has its mandatory properties, each as often and of the kind it may be.
        """
        conforms, _, words = shacl(
            rdflib.Graph().parse(data=catalogue, format="turtle"),
            shacl_graph=rdflib.Graph().parse(SHAPES),
        )
        assert conforms, words

    def test_shapes_find_what_is_missing(self, catalogue: bytes) -> None:
        """
        Without its titles and publishers the catalogue does not conform, so the check above checks.
        """
        found = rdflib.Graph().parse(data=catalogue, format="turtle")
        for predicate in (DCTERMS.title, DCTERMS.publisher, DCAT.accessURL):
            less = rdflib.Graph() + found
            less.remove((None, rdflib.URIRef(predicate.value), None))
            assert not shacl(less, shacl_graph=rdflib.Graph().parse(SHAPES))[0], predicate

    def test_every_graph_is_a_dataset(self, catalogue: bytes, loaded: EcoGraph, client: httpx.Client) -> None:
        """
        Each graph is in the catalogue in three languages with its publisher, licence, size and a file that is there.
        """
        said = Store()
        said.bulk_load(catalogue, RdfFormat.TURTLE)
        datasets = {quad.object for quad in said.quads_for_pattern(None, DCAT.dataset, None)}
        assert {dataset.iri for dataset in loaded.view().datasets.values()} <= datasets
        for dataset in datasets:
            titles = [quad.object for quad in said.quads_for_pattern(dataset, DCTERMS.title, None)]
            assert {title.language for title in titles} == set(LANGUAGES), dataset
        files = {quad.object.value for quad in said.quads_for_pattern(None, DCAT.downloadURL, None)}
        assert len(files) == len(datasets) - 1 + 5
        assert client.get(next(file for file in files if file.endswith("-ror.ttl"))).status_code == 200

    def test_same_in_json_ld(self, catalogue: bytes, client: httpx.Client) -> None:
        """
        The catalogue in JSON-LD says what it says in Turtle.
        """
        context = client.get("/context.jsonld").json()["@context"]
        body = json.dumps({**client.get("/dataset.jsonld").json(), "@context": context}).encode()
        linked = {quad.triple for quad in parse(body, RdfFormat.JSON_LD)}
        assert linked == {quad.triple for quad in parse(catalogue, RdfFormat.TURTLE)}

    def test_void_counts_what_is_there(self, client: httpx.Client, statements: frozenset[Quad]) -> None:
        """
        The figures of the VoID description are those of the graph: statements, per class and property, and links.
        """
        said = Store()
        said.bulk_load(client.get("/.well-known/void").content, RdfFormat.TURTLE)

        def number(subject: object, predicate: NamedNode) -> int:
            return next(int(quad.object.value) for quad in said.quads_for_pattern(subject, predicate, None))

        whole = NamedNode(f"{BASE}dataset#graph")
        assert number(whole, VOID.triples) == len([quad for quad in statements if quad.graph_name != GRAPH.ledger])
        ror = NamedNode(f"{BASE}id/contribution/ror")
        own = [quad for quad in statements if quad.graph_name == GRAPH.ror]
        assert number(ror, VOID.triples) == len(own)
        by_class = Counter(quad.object for quad in own if quad.predicate == RDF.type)
        for part in said.quads_for_pattern(ror, VOID.classPartition, None):
            cls = next(quad.object for quad in said.quads_for_pattern(part.object, VOID["class"], None))
            assert number(part.object, VOID.entities) == by_class.pop(cls)
        assert not by_class
        linksets = {quad.subject for quad in said.quads_for_pattern(None, RDF.type, VOID.Linkset)}
        targets = {
            title.object.value
            for node in linksets
            for target in said.quads_for_pattern(node, VOID.objectsTarget, None)
            for title in said.quads_for_pattern(target.object, DCTERMS.title, None)
        }
        assert {"Wikidata", "ROR", "EuroVoc", "EuroSciVoc", "CPV", "SDG"} <= targets
        exact = NamedNode(f"{BASE}dataset#alignments-links-skos-exactMatch-eurovoc")
        wanted = [q for q in statements if q.predicate == SKOS.exactMatch and "eurovoc.europa.eu" in str(q.object)]
        assert number(exact, VOID.triples) == len({quad for quad in wanted if quad.graph_name == GRAPH.alignments})
