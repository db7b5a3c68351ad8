"""A small synthetic contract, so that the tests of shape reading do not change with the real shapes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import Quad

from ecograph.namespaces import PREFIXES
from ecograph.rdf.parsing import TURTLE, parse
from ecograph.shacl.shapes import SHAPES_GRAPH, Shapes

PROLOGUE = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

SHAPES = """
ecosh:Boat a sh:NodeShape ;
    sh:targetClass eco:Boat ; eco:templateSlug "boat" ; eco:iriKind "vessel" ;
    rdfs:label "Båd"@da, "Båt"@sv, "Boat"@en ; rdfs:comment "Både."@da, "Båtar."@sv, "Boats."@en ;
    sh:property ecosh:Boat-title, ecosh:Boat-length, ecosh:Boat-colour, ecosh:Boat-colour-expected, ecosh:Boat-owner,
        ecosh:Boat-built, ecosh:Boat-about, ecosh:Boat-code, ecosh:Boat-port .
ecosh:Boat-title sh:path dcterms:title ; sh:languageIn ( "da" "sv" "en" ) ; sh:uniqueLang true ; sh:minCount 1 ;
    sh:name "Titel"@da, "Titel"@sv, "Title"@en ; sh:order 1 ; sh:group ecosh:group-first ;
    sh:message "Båden mangler en titel."@da, "Båten saknar titel."@sv, "The boat has no title."@en .
ecosh:Boat-length sh:path eco:length ; sh:datatype xsd:decimal ; sh:maxCount 1 ; sh:minInclusive 1 ; sh:order 3 ;
    sh:name "Længde"@da, "Längd"@sv, "Length"@en ; sh:group ecosh:group-first .
ecosh:Boat-colour sh:path eco:colour ; sh:node ecosh:ColourConcept ; sh:order 2 ; sh:group ecosh:group-second ;
    sh:name "Farve"@da, "Färg"@sv, "Colour"@en .
ecosh:Boat-colour-expected sh:path eco:colour ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "Ingen farve."@da, "Ingen färg."@sv, "No colour."@en .
ecosh:Boat-owner sh:path eco:owner ; sh:class eco:Person ; sh:group ecosh:group-second ; sh:order 3 .
ecosh:Boat-port sh:path eco:port ; sh:or ( [ sh:class eco:Town ] [ sh:class eco:Island ] ) ;
    sh:group ecosh:group-second ; sh:order 4 .
ecosh:Boat-built sh:path eco:built ; sh:maxCount 1 ; sh:group ecosh:group-second ; sh:order 5 ;
    sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYearMonth ] [ sh:datatype xsd:gYear ] ) .
ecosh:Boat-about sh:path eco:about ; eco:refersToAnyThing true ; sh:nodeKind sh:IRI ;
    sh:group ecosh:group-second ; sh:order 6 .
ecosh:Boat-code sh:path eco:code ; sh:datatype xsd:string ; sh:pattern "^[A-Z]+$" ; eco:identifying true ;
    sh:maxCount 1 ; sh:order 7 ; sh:group ecosh:group-second .
ecosh:ColourConcept a sh:NodeShape ; rdfs:label "Farver"@da, "Färger"@sv, "Colours"@en ;
    sh:property [ sh:path skos:inScheme ; sh:hasValue <https://w3id.org/ecograph/concept/colour> ] .
ecosh:Voyage a sh:NodeShape ; sh:targetClass eco:Voyage ; eco:templateSlug "voyage" ;
    rdfs:label "Rejse"@da, "Resa"@sv, "Voyage"@en ;
    eco:identifiedBy ( ecosh:Voyage-boat ecosh:Voyage-start ) ; sh:property ecosh:Voyage-boat, ecosh:Voyage-start .
ecosh:Voyage-boat sh:path eco:boat ; sh:class eco:Boat ; sh:minCount 1 ; sh:maxCount 1 .
ecosh:Voyage-start sh:path eco:start ; sh:datatype xsd:date .
ecosh:group-first a sh:PropertyGroup ; rdfs:label "Først"@da, "Först"@sv, "First"@en ; sh:order 1 .
ecosh:group-second a sh:PropertyGroup ; rdfs:label "Så"@da, "Sedan"@sv, "Then"@en ; sh:order 2 .
"""


Read = Callable[[str], tuple[Quad, ...]]


def _quads(turtle: str) -> tuple[Quad, ...]:
    return parse((PROLOGUE + turtle).encode(), TURTLE, SHAPES_GRAPH, keep_blank_nodes=True)


@pytest.fixture(scope="session")
def read() -> Read:
    """Reads Turtle that may use every prefix of ours."""
    return _quads


@pytest.fixture(scope="session")
def shapes() -> Shapes:
    """The synthetic shapes."""
    return Shapes(_quads(SHAPES))
