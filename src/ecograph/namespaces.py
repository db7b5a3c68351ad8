"""Every namespace EcoGraph uses, with its usual prefix, in one place."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

BASE: Final = "https://w3id.org/ecograph/"


class Namespace:
    """
    An IRI namespace whose terms are written as `SKOS["broader"]` or `SKOS.broader`.

    Example:
        >>> SKOS.broader
        <NamedNode value=http://www.w3.org/2004/02/skos/core#broader>
    """

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self.iri + name)

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.__dict__[name] = NamedNode(self.iri + name)  # terms that are in code are asked for a million times
        return found

    def __contains__(self, node: object) -> bool:
        return isinstance(node, NamedNode) and node.value.startswith(self.iri)

    def local(self, node: NamedNode) -> str:
        """The part of `node` after the namespace."""
        return node.value.removeprefix(self.iri)


ECO = Namespace(BASE + "ns#")
ECOSH = Namespace(BASE + "shapes#")
ID = Namespace(BASE + "id/")
CONCEPT = Namespace(BASE + "concept/")
GRAPH = Namespace(BASE + "graph/")

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
DPV = Namespace("https://w3id.org/dpv#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
M8G = Namespace("http://data.europa.eu/m8g/")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PPLAN = Namespace("http://purl.org/net/p-plan#")
PROV = Namespace("http://www.w3.org/ns/prov#")
QB = Namespace("http://purl.org/linked-data/cube#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("http://schema.org/")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

PREFIXES: Final[dict[str, str]] = {
    "eco": ECO.iri,
    "ecosh": ECOSH.iri,
    "adms": ADMS.iri,
    "dcat": DCAT.iri,
    "dcterms": DCTERMS.iri,
    "dpv": DPV.iri,
    "foaf": FOAF.iri,
    "geo": GEO.iri,
    "m8g": M8G.iri,
    "org": ORG.iri,
    "owl": OWL.iri,
    "p-plan": PPLAN.iri,
    "prov": PROV.iri,
    "qb": QB.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "schema": SCHEMA.iri,
    "sh": SH.iri,
    "skos": SKOS.iri,
    "vcard": VCARD.iri,
    "void": VOID.iri,
    "xsd": XSD.iri,
}

PROVENANCE_GRAPH = GRAPH.provenance
"""Who contributed which graph, from where, under which licence."""

LEDGER_GRAPH = GRAPH.ledger
"""One statement: the revision of the ledger that the store shows."""
