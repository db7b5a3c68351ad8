"""
The questions as RDF, where SPARQL editors look for examples: one `sh:SPARQLExecutable` each.

Source:
    SHACL Advanced Features, section 6 (SPARQL-based executables); docs/queries.md, "For SPARQL editors".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ecograph.namespaces import BASE, DCTERMS, GRAPH, OWL, PREFIXES, RDF, RDFS, SH, XSD, Namespace
from ecograph.query.catalogue import CatalogueQuery

QUERIES: Final = Namespace(BASE + "queries#")
"""A question's own name: `queries#needs-per-topic`."""

EXAMPLES_GRAPH: Final = GRAPH.queries
_PREFIXES: Final = NamedNode(BASE + "queries")


def triples(questions: Iterable[CatalogueQuery]) -> Iterator[Triple]:
    """
    Each question with its text as it stands, its name and description in three languages, and the prefixes.

    The query carries its own PREFIX lines, so that it runs by itself; `sh:prefixes` says the same to SHACL.
    """
    yield Triple(_PREFIXES, RDF.type, OWL.Ontology)
    for prefix, iri in PREFIXES.items():
        declaration = QUERIES[f"prefix-{prefix}"]
        yield Triple(_PREFIXES, SH.declare, declaration)
        yield Triple(declaration, RDF.type, SH.PrefixDeclaration)
        yield Triple(declaration, SH.prefix, Literal(prefix))
        yield Triple(declaration, SH.namespace, Literal(iri, datatype=XSD.anyURI))
    for question in questions:
        node = QUERIES[question.slug]
        yield Triple(node, RDF.type, SH.SPARQLExecutable)
        yield Triple(node, RDF.type, SH.SPARQLSelectExecutable)
        yield Triple(node, SH.prefixes, _PREFIXES)
        yield Triple(node, SH.select, Literal(question.text))
        yield Triple(node, DCTERMS.identifier, Literal(question.slug))
        for lang, summary in question.summaries.items():
            yield Triple(node, RDFS.label, Literal(summary, language=lang))
            yield Triple(node, RDFS.comment, Literal(f"{summary}. {question.descriptions[lang]}", language=lang))


def quads(questions: Iterable[CatalogueQuery]) -> Iterator[Quad]:
    """The same in the graph that holds it in the store."""
    for triple in triples(questions):
        yield Quad(triple.subject, triple.predicate, triple.object, EXAMPLES_GRAPH)
