"""
The holdings of a revision as RDF: a DCAT-AP catalogue and a VoID description.

Parts that have no address of their own are named in the catalogue document, `.../dataset#...`.

Source:
    DCAT-AP 3.0; VoID (W3C Interest Group Note, 2011); docs/linked-data.md, "Catalogue".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from ecograph.contribute.system import LICENCE
from ecograph.messages import LANGUAGES, Language, texts
from ecograph.namespaces import (
    BASE,
    CONCEPT,
    DCAT,
    DCTERMS,
    FOAF,
    ID,
    OWL,
    PREFIXES,
    RDF,
    RDFS,
    VOID,
    XSD,
    Namespace,
)
from ecograph.web.linked.dumps import Offered
from ecograph.web.reading.holdings import TARGETS, Holding

CATALOGUE: Final = NamedNode(f"{BASE}dataset")
WHOLE: Final = NamedNode(f"{BASE}dataset#graph")

_PART: Final = Namespace(f"{BASE}dataset#")
_SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_LANGUAGES: Final = Namespace(f"{_AUTHORITY}language/")
_FILE_TYPE: Final = Namespace(f"{_AUTHORITY}file-type/")
_MEDIA: Final = Namespace("https://www.iana.org/assignments/media-types/")
_DCAT_AP: Final = NamedNode("http://data.europa.eu/r5r/")
_DATCAP: Final = Namespace("http://data.europa.eu/r5r/")
_AVAILABLE: Final = NamedNode(f"{_AUTHORITY}planned-availability/STABLE")
_THEMES: Final = NamedNode(f"{_AUTHORITY}data-theme")
_SPOKEN: Final = (_LANGUAGES.DAN, _LANGUAGES.SWE, _LANGUAGES.ENG)
_FILE_TYPES: Final[Mapping[str, NamedNode]] = {
    "nq": _FILE_TYPE.RDF_N_QUADS,
    "trig": _FILE_TYPE.RDF_TRIG,
    "ttl": _FILE_TYPE.RDF_TURTLE,
    "graphml": _FILE_TYPE.XML,
    "nodes": _FILE_TYPE.CSV,
    "edges": _FILE_TYPE.CSV,
}

Term = NamedNode | Literal


@dataclass(frozen=True, slots=True)
class Described:
    """
    What is described.

    Args:
        root: The address of the service, without a slash at its end.
        published_at: When the revision was published.
        holdings: Its graphs.
        dumps: Its dumps.
    """

    root: str
    published_at: datetime | None
    holdings: tuple[Holding, ...]
    dumps: tuple[Offered, ...]

    def url(self, path: str) -> NamedNode:
        """An address of the service."""
        return NamedNode(self.root + path)


def catalogue(described: Described) -> Iterator[Triple]:
    """
    The catalogue, its datasets, their distributions, and the services that give access to them.

    Source:
        DCAT-AP 3.0, sections 4 (catalogue), 5 (dataset), 6 (distribution), 7 (data service).
    """
    modified = _modified(described)
    yield from _about(
        CATALOGUE,
        (RDF.type, DCAT.Catalog),
        *_texts(DCTERMS.title, texts("data.catalogue.title")),
        *_texts(DCTERMS.description, texts("data.catalogue.description")),
        (DCTERMS.publisher, _PART.publisher),
        (DCTERMS.license, NamedNode(LICENCE)),
        (DCTERMS.conformsTo, _DCAT_AP),
        (DCAT.themeTaxonomy, _THEMES),
        (FOAF.homepage, described.url("/")),
        *((DCTERMS.language, spoken) for spoken in _SPOKEN),
        *((DCTERMS.modified, each) for each in modified),
        *((DCTERMS.spatial, each) for each in _union(holding.countries for holding in described.holdings)),
        (DCAT.dataset, WHOLE),
        *((DCAT.dataset, holding.iri) for holding in described.holdings),
        *((DCAT.service, _PART[name]) for name in _SERVICES),
    )
    yield from _agent(_PART.publisher, "EcoGraph")
    yield from _whole(described)
    for holding in described.holdings:
        yield from _dataset(described, holding)
    yield from _services(described)


def void(described: Described) -> Iterator[Triple]:
    """
    The whole graph with its parts: how much of what, which vocabularies, examples, dumps, and links elsewhere.

    Source:
        VoID, sections 2 to 5; section 7 for the well-known address.
    """
    document = NamedNode(f"{BASE}.well-known/void")
    yield from _about(
        document,
        (RDF.type, VOID.DatasetDescription),
        *_texts(DCTERMS.title, texts("data.void.title")),
        (FOAF.primaryTopic, WHOLE),
        (RDFS.seeAlso, CATALOGUE),
    )
    holdings = described.holdings
    properties = sorted({each for holding in holdings for each in holding.properties}, key=str)
    yield from _about(
        WHOLE,
        (RDF.type, VOID.Dataset),
        *_texts(DCTERMS.title, texts("data.whole.title")),
        (VOID.triples, _integer(sum(holding.statements for holding in holdings))),
        (VOID.uriSpace, Literal(ID.iri)),
        (VOID.uriSpace, Literal(CONCEPT.iri)),
        (VOID.sparqlEndpoint, described.url("/sparql")),
        *((VOID.dataDump, described.url(each.path)) for each in described.dumps if each.kind.name in ("nq", "trig")),
        *((VOID.vocabulary, each) for each in _vocabularies(properties)),
        *((VOID.exampleResource, each.example) for each in holdings if each.example),
        *((VOID.subset, holding.iri) for holding in holdings),
        (VOID.feature, NamedNode("http://www.w3.org/ns/formats/Turtle")),
    )
    for holding in holdings:
        yield from _partitions(described, holding)
        yield from _linksets(holding)
    for target, name in TARGETS.items():
        if any(link.target == target for holding in holdings for link in holding.links):
            node = _target(target)
            yield from _about(
                node, (RDF.type, VOID.Dataset), (DCTERMS.title, Literal(name)), (VOID.uriSpace, Literal(target))
            )


def _whole(described: Described) -> Iterator[Triple]:
    holdings = described.holdings
    files = [each for each in described.dumps if each.graph is None]
    yield from _about(
        WHOLE,
        (RDF.type, DCAT.Dataset),
        (RDF.type, VOID.Dataset),
        *_texts(DCTERMS.title, texts("data.whole.title")),
        *_texts(DCTERMS.description, texts("data.whole.description")),
        (DCTERMS.publisher, _PART.publisher),
        (DCAT.landingPage, described.url("/en/data")),
        (VOID.triples, _integer(sum(holding.statements for holding in holdings))),
        *((DCTERMS.modified, each) for each in _modified(described)),
        *((DCTERMS.language, spoken) for spoken in _SPOKEN),
        *((DCAT.theme, each) for each in _union(holding.themes for holding in holdings)),
        *((DCTERMS.spatial, each) for each in _union(holding.countries for holding in holdings)),
        *((DCTERMS.hasPart, holding.iri) for holding in holdings),
        *((DCAT.distribution, _distribution_iri(each)) for each in files),
        (DCTERMS.accrualPeriodicity, NamedNode(f"{_AUTHORITY}frequency/IRREG")),
        (DCTERMS.accessRights, NamedNode(f"{_AUTHORITY}access-right/PUBLIC")),
    )
    for each in files:
        # The parts have their own licences; the notice says so for whoever takes all of them.
        yield from _distribution(described, each, None)


def _dataset(described: Described, holding: Holding) -> Iterator[Triple]:
    files = [each for each in described.dumps if each.graph == holding.name]
    publisher = holding.publisher or _PART.publisher
    yield from _about(
        holding.iri,
        (RDF.type, DCAT.Dataset),
        (RDF.type, VOID.Dataset),
        *_texts(DCTERMS.title, holding.titles),
        *_texts(DCTERMS.description, holding.descriptions),
        (DCTERMS.publisher, publisher),
        (DCTERMS.license, holding.license),
        *_texts(DCTERMS.rights, holding.rights),
        (DCAT.landingPage, described.url(f"/en/data#graph-{holding.slug}")),
        (VOID.triples, _integer(holding.statements)),
        *(_dated(DCTERMS.issued, holding.issued)),
        *(_dated(DCTERMS.modified, holding.modified)),
        *((DCTERMS.source, node) for node in _iris(holding.sources)),
        *((DCTERMS.spatial, each) for each in holding.countries),
        *((DCAT.theme, each) for each in holding.themes),
        *((DCTERMS.temporal, _PART[f"{holding.slug}-period"]) for _ in (1,) if any(holding.period)),
        *((DCAT.distribution, _distribution_iri(each)) for each in files),
        (DCTERMS.isPartOf, WHOLE),
        (DCTERMS.conformsTo, NamedNode(f"{BASE}shapes")),
        (DCTERMS.accessRights, NamedNode(f"{_AUTHORITY}access-right/PUBLIC")),
    )
    if any(holding.period):
        yield from _about(
            _PART[f"{holding.slug}-period"],
            (RDF.type, DCTERMS.PeriodOfTime),
            *(_dated(DCAT.startDate, holding.period[0])),
            *(_dated(DCAT.endDate, holding.period[1])),
        )
    if holding.publisher is not None:
        yield from _agent(holding.publisher, holding.publisher_name or holding.publisher.value)
    for each in files:
        yield from _distribution(described, each, holding)


def _distribution(described: Described, dump: Offered, holding: Holding | None) -> Iterator[Triple]:
    node = _distribution_iri(dump)
    url = described.url(dump.path)
    yield from _about(
        node,
        (RDF.type, DCAT.Distribution),
        *_texts(DCTERMS.title, texts(f"data.kind.{dump.kind.name}")),
        (DCAT.accessURL, url),
        (DCAT.downloadURL, url),
        (DCTERMS["format"], _FILE_TYPES[dump.kind.name]),
        (DCAT.mediaType, _MEDIA[dump.kind.format.media_type]),
        *((DCAT.compressFormat, _MEDIA["application/gzip"]) for _ in (1,) if dump.kind.packed),
        *((DCTERMS.license, holding.license) for _ in (1,) if holding),
        *(() if holding else _texts(DCTERMS.rights, texts("data.whole.rights"))),
        (_DATCAP.availability, _AVAILABLE),
    )
    if dump.made is not None:
        checksum = NamedNode(f"{node.value}-sha256")
        yield from _about(
            node,
            (DCAT.byteSize, Literal(str(dump.made.size_bytes), datatype=XSD.nonNegativeInteger)),
            (_SPDX.checksum, checksum),
        )
        yield from _about(
            checksum,
            (RDF.type, _SPDX.Checksum),
            (_SPDX.algorithm, _SPDX.checksumAlgorithm_sha256),
            (_SPDX.checksumValue, Literal(dump.made.sha256, datatype=XSD.hexBinary)),
        )


_SERVICES: Final[Mapping[str, tuple[str, str]]] = {
    "sparql": ("/sparql", "/sparql"),
    "rest": ("/api/v1", "/openapi.json"),
    "reconcile": ("/reconcile", "/reconcile"),
}
"""Where each service is, and what describes it."""


def _services(described: Described) -> Iterator[Triple]:
    for name, (endpoint, description) in _SERVICES.items():
        yield from _about(
            _PART[name],
            (RDF.type, DCAT.DataService),
            *_texts(DCTERMS.title, texts(f"data.service.{name}")),
            (DCAT.endpointURL, described.url(endpoint)),
            (DCAT.endpointDescription, described.url(description)),
            (DCAT.servesDataset, WHOLE),
            (DCTERMS.publisher, _PART.publisher),
            (DCTERMS.accessRights, NamedNode(f"{_AUTHORITY}access-right/PUBLIC")),
        )
    protocol = NamedNode("https://www.w3.org/TR/sparql11-protocol/")
    yield from _about(_PART.sparql, (DCTERMS.conformsTo, protocol))


def _partitions(described: Described, holding: Holding) -> Iterator[Triple]:
    dumps = [described.url(each.path) for each in described.dumps if each.graph == holding.name]
    yield from _about(
        holding.iri,
        (RDF.type, VOID.Dataset),
        *_texts(DCTERMS.title, holding.titles),
        (DCTERMS.license, holding.license),
        (VOID.triples, _integer(holding.statements)),
        (VOID.entities, _integer(sum(holding.classes.values()))),
        (VOID.classes, _integer(len(holding.classes))),
        (VOID.properties, _integer(len(holding.properties))),
        *((VOID.dataDump, each) for each in dumps),
        *((VOID.vocabulary, each) for each in _vocabularies(holding.properties)),
        *((VOID.exampleResource, each) for each in (holding.example,) if each),
    )
    for cls, count in holding.classes.items():
        part = _PART[f"{holding.slug}-class-{_short(cls)}"]
        yield Triple(holding.iri, VOID.classPartition, part)
        yield from _about(part, (VOID["class"], cls), (VOID.entities, _integer(count)))
    for path, count in holding.properties.items():
        part = _PART[f"{holding.slug}-property-{_short(path)}"]
        yield Triple(holding.iri, VOID.propertyPartition, part)
        yield from _about(part, (VOID.property, path), (VOID.triples, _integer(count)))


def _linksets(holding: Holding) -> Iterator[Triple]:
    for link in holding.links:
        node = _PART[f"{holding.slug}-links-{_short(link.predicate)}-{_slug(TARGETS[link.target])}"]
        yield Triple(holding.iri, VOID.subset, node)
        yield from _about(
            node,
            (RDF.type, VOID.Linkset),
            (VOID.target, holding.iri),
            (VOID.target, _target(link.target)),
            (VOID.subjectsTarget, holding.iri),
            (VOID.objectsTarget, _target(link.target)),
            (VOID.linkPredicate, link.predicate),
            (VOID.triples, _integer(link.count)),
        )


def _agent(node: NamedNode, name: str) -> Iterator[Triple]:
    return _about(node, (RDF.type, FOAF.Agent), (FOAF.name, Literal(name)))


def _about(subject: NamedNode, *said: tuple[NamedNode, Term]) -> Iterator[Triple]:
    return (Triple(subject, predicate, value) for predicate, value in said)


def _texts(predicate: NamedNode, said: Mapping[Language, str]) -> Iterator[tuple[NamedNode, Literal]]:
    return ((predicate, Literal(said[lang], language=lang)) for lang in LANGUAGES if said.get(lang))


def _dated(predicate: NamedNode, value: str) -> Iterator[tuple[NamedNode, Literal]]:
    """A date of any precision, under the datatype that it has."""
    kinds = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    if value:
        yield predicate, Literal(value, datatype=kinds.get(len(value), XSD.dateTime))


def _modified(described: Described) -> tuple[Literal, ...]:
    moment = described.published_at
    return (Literal(moment.isoformat(timespec="seconds"), datatype=XSD.dateTime),) if moment else ()


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)


def _union(found: Iterable[Iterable[NamedNode]]) -> tuple[NamedNode, ...]:
    return tuple(sorted({each for several in found for each in several}, key=str))


def _iris(addresses: Iterable[str]) -> Iterator[NamedNode]:
    for address in addresses:
        if address.startswith(("http://", "https://", "urn:")):
            yield NamedNode(address)


def _vocabularies(properties: Iterable[NamedNode]) -> tuple[NamedNode, ...]:
    """The vocabularies that the properties are from."""
    used = {iri for each in properties for iri in PREFIXES.values() if each.value.startswith(iri)}
    return tuple(NamedNode(iri) for iri in sorted(used - {OWL.iri, RDF.iri, RDFS.iri}))


def _distribution_iri(dump: Offered) -> NamedNode:
    of = dump.graph.replace("/", "--") if dump.graph else "graph"
    return _PART[f"{of}-{dump.kind.name}"]


def _target(prefix: str) -> NamedNode:
    return _PART[f"target-{_slug(TARGETS[prefix])}"]


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace(".", "-")


def _short(iri: NamedNode) -> str:
    """A term's name for a fragment, such as `skos-broader`."""
    for prefix, namespace in PREFIXES.items():
        if iri.value.startswith(namespace):
            return f"{prefix}-{iri.value.removeprefix(namespace)}".replace("/", "-")
    return iri.value.partition("://")[2].translate(str.maketrans("/#:.", "----"))
