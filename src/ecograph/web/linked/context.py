"""
The published JSON-LD context: every class and property of the model under the name that the templates give it.

Source:
    JSON-LD 1.1; docs/linked-data.md, "JSON-LD".
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pyoxigraph import NamedNode, Triple

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.rules import Rules
from ecograph.namespaces import ECO, OWL, PREFIXES, RDF, RDFS, SKOS, XSD
from ecograph.rdf import json_ld
from ecograph.rdf.formats import JSON_LD
from ecograph.rdf.json_ld import LANGUAGE, REFERENCE, Context, Term
from ecograph.rdf.serializing import write_graph
from ecograph.shacl.columns import Column
from ecograph.web.access import TheEcoGraph, TheView, headers_of
from ecograph.web.reading.keeping import kept

router = APIRouter(include_in_schema=False)

PATH: Final = "/context.jsonld"

# The prefix `geo` is the scheme of RFC 5870: `geo:55.6,12.5` is an address and no term of a vocabulary.
_PREFIXES: Final[Mapping[str, str]] = {("wgs84" if key == "geo" else key): iri for key, iri in PREFIXES.items()}
_RESERVED: Final = frozenset({"id", "type", *_PREFIXES})
_TYPES: Final = {"concept": REFERENCE, "reference": REFERENCE, "text": LANGUAGE}

# What the ontology and the concept schemes say of their terms, where no template names it.
_OF_THE_MODEL: Final[Mapping[str, Term]] = {
    "prefLabel": Term(SKOS.prefLabel, LANGUAGE),
    "altLabel": Term(SKOS.altLabel, LANGUAGE),
    "definition": Term(SKOS.definition, LANGUAGE),
    "scopeNote": Term(SKOS.scopeNote, LANGUAGE),
    "notation": Term(SKOS.notation),
    "rdfsLabel": Term(RDFS.label, LANGUAGE),
    "comment": Term(RDFS.comment, LANGUAGE),
    **{
        name: Term(SKOS[name], REFERENCE)
        for name in (
            "broader", "narrower", "related", "inScheme", "topConceptOf", "hasTopConcept", "exactMatch", "closeMatch",
            "broadMatch", "narrowMatch", "relatedMatch",
        )
    },
    "isDefinedBy": Term(RDFS.isDefinedBy, REFERENCE),
    "subClassOf": Term(RDFS.subClassOf, REFERENCE),
    "subPropertyOf": Term(RDFS.subPropertyOf, REFERENCE),
}  # fmt: skip

_PROPERTIES: Final = (RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def write(triples: Iterable[Triple], ecograph: EcoGraph, address: str) -> bytes:
    """
    Triples as JSON-LD that refers to the published context.

    What the context cannot hold (an IRI that looks like a prefixed name) is written in full instead.

    Args:
        triples: What to write.
        ecograph: Whose model the context is made from.
        address: Of the service.
    """
    said = list(triples)
    return json_ld.write(said, context_of(ecograph.rules), address + PATH) or write_graph(said, JSON_LD)


@router.get(PATH)
def published(request: Request, view: TheView, ecograph: TheEcoGraph) -> Response:
    """The context."""
    body = json.dumps(context_of(ecograph.rules).document(), ensure_ascii=False, indent=2)
    return Response(body, media_type=JSON_LD.media_type, headers={**headers_of(view), "Cache-Control": "max-age=3600"})


@kept
def context_of(rules: Rules) -> Context:
    """The context that the shapes and the ontology make, the same for the same files."""
    classes = {ECO.local(iri): iri for iri in _own(rules, (OWL.Class, RDFS.Class))}
    columns: dict[NamedNode, list[Column]] = defaultdict(list)
    for template in rules.contract.templates.values():
        for column in template.columns:
            columns[column.path].append(column)
    terms: dict[str, Term] = {}
    for path in sorted(columns, key=lambda path: (-len(columns[path]), path.value)):
        keys = Counter(column.base_key for column in columns[path]).most_common()
        names = [*(key for key, _ in keys), *_fallbacks(path)]
        terms[_free(names, terms, classes)] = Term(path, _kind(columns[path]))
    known = {term.iri for term in terms.values()}
    for name, term in _OF_THE_MODEL.items():
        if term.iri not in known:
            terms[_free([name, *_fallbacks(term.iri)], terms, classes)] = term
            known.add(term.iri)
    for iri in _own(rules, _PROPERTIES):
        if iri not in known:
            terms[_free(_fallbacks(iri), terms, classes)] = Term(iri)
    return Context(_PREFIXES, classes, dict(sorted(terms.items())))


def _own(rules: Rules, kinds: tuple[NamedNode, ...]) -> Iterator[NamedNode]:
    found = {
        quad.subject
        for quad in rules.ontology.quads
        if quad.predicate == RDF.type and quad.object in kinds and quad.subject in ECO
    }
    return iter(sorted((iri for iri in found if isinstance(iri, NamedNode)), key=lambda iri: iri.value))


def _fallbacks(iri: NamedNode) -> list[str]:
    """Names for a property whose column name means something else: its own, and with its prefix."""
    local = iri.value.rpartition("#")[2].rpartition("/")[2]
    prefix = next((key for key, namespace in _PREFIXES.items() if iri.value.startswith(namespace)), "term")
    return [local, f"{prefix}_{local}"]


def _free(names: Iterable[str], terms: Mapping[str, Term], classes: Mapping[str, NamedNode]) -> str:
    return next(name for name in names if name not in terms and name not in classes and name not in _RESERVED)


def _kind(columns: Iterable[Column]) -> str | None:
    """How values are written; none where the columns of a property differ."""
    kinds = {_TYPES.get(column.kind) or (_datatype(column)) for column in columns}
    return kinds.pop() if len(kinds) == 1 else None


def _datatype(column: Column) -> str | None:
    if column.kind == "iri" and column.datatype is None:
        return REFERENCE
    return None if column.datatype in (None, XSD.string) else column.datatype.value
