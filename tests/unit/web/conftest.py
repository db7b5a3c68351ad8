"""A small synthetic graph, served on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from pyoxigraph import Quad, RdfFormat, parse

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.identifiers import graph_iri
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import EmbeddedStore
from service import Service, serving, small_service

# Synthetic. One partner's data, and the concepts it uses.
DATA = """
@prefix eco: <https://w3id.org/ecograph/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/ecograph/> .

<id/need/cloudburst> a eco:Need ; eco:country <concept/country/dk> ; eco:topic <concept/topic/cloudburst> ;
    dcterms:title "Varsling ved skybrud"@da, "Varning vid skyfall"@sv, "Cloudburst warning"@en ;
    eco:raisedBy <id/municipality/dk-aeroe> .
<id/need/bins> a eco:Need ; eco:country <concept/country/se> ; eco:topic <concept/topic/waste> ;
    dcterms:title "Sortering av avfall"@sv .

<id/municipality/dk-aeroe> a eco:Municipality ; foaf:name "Ærø Kommune" ; eco:country <concept/country/dk> .
<id/municipality/se-aamaal> a eco:Municipality ; foaf:name "Åmåls kommun" ; eco:country <concept/country/se> .
<id/organisation/oeresund-vand> a eco:Company ; foaf:name "Øresund Vand" ; skos:altLabel "OeV" ;
    eco:country <concept/country/dk>, <concept/country/se> .
<id/organisation/zink> a eco:ResearchOrganisation ; foaf:name "Zink" ; eco:country <concept/country/se> .
<id/solution/sensor> a eco:Solution ; dcterms:title "Regnmåler"@da, "Rain gauge"@en ;
    eco:topic <concept/topic/cloudburst> ;
    eco:provider <id/organisation/oeresund-vand> ; eco:country <concept/country/dk> .
<id/project/regn> a eco:Project ; dcterms:title "Regn"@da .
<id/topic-claim/regn--cloudburst--text> a eco:TopicClaim ; eco:about <id/project/regn> ;
    eco:topic <concept/topic/cloudburst> .
<id/participation/regn--zink--partner> a eco:Participation ; eco:project <id/project/regn> ;
    eco:participant <id/organisation/zink> .
<http://example.org/København> foaf:name "by" .
"""
CONCEPTS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/ecograph/concept/> .

<topic> a skos:ConceptScheme ; skos:hasTopConcept <topic/climate>, <topic/waste> .
<topic/climate> a skos:Concept ; skos:inScheme <topic> ; skos:topConceptOf <topic> ;
    skos:prefLabel "Klima"@da, "Klimat"@sv, "Climate"@en .
<topic/cloudburst> a skos:Concept ; skos:inScheme <topic> ; skos:broader <topic/climate> ;
    skos:prefLabel "Skybrud"@da, "Skyfall"@sv, "Cloudburst"@en ; skos:altLabel "oversvømmelse"@da .
<topic/waste> a skos:Concept ; skos:inScheme <topic> ; skos:topConceptOf <topic> ;
    skos:prefLabel "Affald"@da, "Avfall"@sv, "Waste"@en .
<country> a skos:ConceptScheme .
<country/dk> a skos:Concept ; skos:inScheme <country> ; skos:notation "DK" ;
    skos:prefLabel "Danmark"@da, "Danmark"@sv, "Denmark"@en .
<country/se> a skos:Concept ; skos:inScheme <country> ; skos:notation "SE" ;
    skos:prefLabel "Sverige"@da, "Sverige"@sv, "Sweden"@en .
"""


def quads(text: str, graph: str) -> Iterator[Quad]:
    """Turtle as statements of one graph."""
    for each in parse(text.encode(), RdfFormat.TURTLE):
        yield Quad(each.subject, each.predicate, each.object, graph_iri(graph))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcoGraph]:
    """An EcoGraph with the synthetic graph at revision 1."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("web"), query_timeout_s=2, query_workers=2, query_queue=2)
    store = EmbeddedStore.open(settings.data_dir / "store")
    store.apply(1, Patch((*quads(DATA, "partner"), *quads(CONCEPTS, "concepts")), ()))
    store.switch()
    with EcoGraph(settings, store, None) as ecograph:
        yield ecograph


@pytest.fixture(scope="session")
def client(served: EcoGraph) -> Iterator[httpx.Client]:
    """A client of the service; redirects are not followed."""
    with serving(served) as url, httpx.Client(base_url=url, timeout=20) as http:
        yield http


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that can be contributed to; tests share it, so each brings things of its own."""
    with small_service(tmp_path_factory.mktemp("contributing")) as found:
        yield found
