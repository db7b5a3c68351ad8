"""
The SPARQL endpoint described in RDF, for those who ask it nothing.

Source:
    SPARQL 1.1 Service Description; docs/sparql.md, "The service described".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import Literal, NamedNode, Triple

from ecograph.namespaces import DCTERMS, RDF, RDFS, VOID, XSD, Namespace
from ecograph.rdf.formats import GRAPH_FORMATS, JSON_LD, RESULT_FORMATS, Format
from ecograph.rdf.serializing import write_graph
from ecograph.view import View
from ecograph.web.access import ecograph_of, headers_of
from ecograph.web.negotiating import service_address

_SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
_JSON_LD: Final = NamedNode("http://www.w3.org/ns/formats/JSON-LD")  # the engine has an IRI of its own for it
_SIMPLE: Final = NamedNode("http://www.w3.org/ns/entailment/Simple")
_PREFIXES: Final = {"sd": _SD.iri, "void": VOID.iri, "dcterms": DCTERMS.iri, "rdf": RDF.iri, "rdfs": RDFS.iri}


def description(request: Request, target: Format) -> Response:
    """
    What the endpoint understands, which formats it writes, and which graphs there are.

    Args:
        request: The request, which tells the address where none is set.
        target: One of `GRAPH_FORMATS`.
    """
    view = ecograph_of(request).view()
    body = write_graph(_triples(service_address(request), view), target, prefixes=_PREFIXES)
    return Response(body, media_type=target.content_type, headers={**headers_of(view), "Vary": "Accept"})


def _triples(address: str, view: View) -> Iterator[Triple]:
    endpoint = NamedNode(f"{address}/sparql")
    dataset, default = NamedNode(f"{endpoint.value}#dataset"), NamedNode(f"{endpoint.value}#default")
    yield Triple(endpoint, RDF.type, _SD.Service)
    yield Triple(endpoint, _SD.endpoint, endpoint)
    yield Triple(endpoint, _SD.supportedLanguage, _SD.SPARQL11Query)
    yield Triple(endpoint, _SD.feature, _SD.UnionDefaultGraph)
    yield Triple(endpoint, _SD.defaultEntailmentRegime, _SIMPLE)
    for each in (*RESULT_FORMATS, *GRAPH_FORMATS):
        if each.engine is not None:
            written = _JSON_LD if each is JSON_LD else NamedNode(each.engine.iri)
            yield Triple(endpoint, _SD.resultFormat, written)
    yield Triple(endpoint, _SD.defaultDataset, dataset)
    yield Triple(endpoint, _SD.availableGraphs, dataset)
    yield Triple(dataset, RDF.type, _SD.Dataset)
    yield Triple(dataset, RDF.type, _SD.GraphCollection)
    yield Triple(dataset, RDFS.seeAlso, NamedNode(f"{address}/.well-known/void"))
    yield Triple(dataset, _SD.defaultGraph, default)
    yield Triple(default, RDF.type, _SD.Graph)
    for graph, held in sorted(view.datasets.items(), key=lambda each: each[0].value):
        slug = graph.value.rstrip("/").rpartition("/")[2]
        named, content = NamedNode(f"{endpoint.value}#named-{slug}"), NamedNode(f"{endpoint.value}#graph-{slug}")
        yield Triple(dataset, _SD.namedGraph, named)
        yield Triple(named, RDF.type, _SD.NamedGraph)
        yield Triple(named, _SD.name, graph)
        yield Triple(named, _SD.graph, content)
        yield Triple(content, RDF.type, _SD.Graph)
        yield Triple(content, VOID.triples, Literal(str(held.statements), datatype=XSD.integer))
        for lang, title in held.titles.items():
            yield Triple(content, DCTERMS.title, Literal(title, language=lang))
