"""
Who contributed what: dataset descriptions in, provenance statements and attribution out.

A contribution is `id/contribution/{publisher}`, an `eco:Contribution` with title, publisher, licence, rights, source
and date. The graph it fills is `prov:wasDerivedFrom` it, and `prov:wasGeneratedBy` each publication that changed it:
`id/publication/{number in the ledger}`, an `eco:Publication` (a `prov:Activity`) with the file's hash, who contributed
it and who reviewed it. All of them are described in the provenance graph.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.mapping import Place, finding
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.messages import LANGUAGES, Language, language_of, text
from ecograph.namespaces import DCTERMS, ECO, FOAF, PROV, PROVENANCE_GRAPH, RDF, VOID, XSD
from ecograph.rdf.parsing import TURTLE, parse
from ecograph.shacl.report import Finding
from ecograph.store.base import Snapshot

if TYPE_CHECKING:
    from ecograph.ledger.partners import Partner

FILE_NAME: Final = "dataset.ttl"
CONTRIBUTION_KIND: Final = "contribution"
PUBLICATION_KIND: Final = "publication"
_FIGURES: Final = (VOID.triples, VOID.entities)


@dataclass(frozen=True)
class Dataset:
    """
    What is said about a published graph, for attribution pages and beside every reason.

    Args:
        iri: The contribution.
        graph: The graph it fills.
        titles: What it is called, in each language.
        publisher: Whose words they are.
        publisher_name: The publisher's name.
        license: IRI of the licence.
        rights: The sentence of attribution, in each language.
        issued: Date of issue, `2026-11-22`.
        sources: Where it was taken from.
        requires: Contributions it builds on.
        statements: How many statements the graph holds.
        example: Whether it only serves to try the system.
    """

    iri: NamedNode
    graph: NamedNode
    titles: Mapping[Language, str]
    publisher: NamedNode | None
    publisher_name: str
    license: NamedNode | None
    rights: Mapping[Language, str]
    issued: str
    sources: tuple[str, ...]
    requires: tuple[NamedNode, ...]
    statements: int
    example: bool

    @property
    def title(self) -> str:
        """A title in whichever of our languages there is one, English first."""
        return self.titles.get("en") or next(iter(self.titles.values()), self.slug)

    @property
    def slug(self) -> str:
        """The publisher's slug: the name of the graph."""
        return slug_of(self.iri)


def contribution_iri(publisher: str) -> NamedNode:
    """The IRI of a publisher's contribution."""
    return thing_iri(CONTRIBUTION_KIND, publisher)


def slug_of(contribution: NamedNode) -> str:
    """
    The publisher's slug in a contribution's IRI.

    Example:
        >>> slug_of(contribution_iri("ror"))
        'ror'
    """
    return contribution.value.rpartition("/")[2]


def datasets(snapshot: Snapshot) -> Mapping[NamedNode, Dataset]:
    """Every published contribution, by the graph it fills."""
    derived = snapshot.quads(None, PROV.wasDerivedFrom, None, PROVENANCE_GRAPH)
    found: dict[NamedNode, Dataset] = {}
    for quad in sorted(derived, key=lambda item: str(item.subject)):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            about = [*snapshot.quads(quad.object, None, None, PROVENANCE_GRAPH)]
            about += snapshot.quads(quad.subject, None, None, PROVENANCE_GRAPH)
            for publisher in [item.object for item in about if item.predicate == DCTERMS.publisher]:
                if isinstance(publisher, NamedNode):
                    about += snapshot.quads(publisher, FOAF.name, None, PROVENANCE_GRAPH)
            found[quad.subject] = describe(quad.object, about, quad.subject)
    return found


def describe(contribution: NamedNode, quads: Iterable[Quad], graph: NamedNode | None = None) -> Dataset:
    """What quads say about a contribution, and about the graph it fills if that is not the one named like it."""
    said: dict[tuple[object, NamedNode], list[NamedNode | Literal]] = {}
    for quad in quads:
        if isinstance(quad.object, NamedNode | Literal):
            said.setdefault((quad.subject, quad.predicate), []).append(quad.object)

    def values(predicate: NamedNode) -> list[NamedNode | Literal]:
        return said.get((contribution, predicate), [])

    def iri(predicate: NamedNode) -> NamedNode | None:
        return next((value for value in values(predicate) if isinstance(value, NamedNode)), None)

    def texts(predicate: NamedNode) -> dict[Language, str]:
        tagged = [value for value in values(predicate) if isinstance(value, Literal) and value.language]
        by_language = {language_of(value.language or ""): value.value for value in tagged}
        return {lang: value for lang, value in by_language.items() if lang}

    publisher = iri(DCTERMS.publisher)
    graph = graph or graph_iri(slug_of(contribution))
    statements = next((value.value for value in said.get((graph, VOID.triples), [])), "0")
    names = said.get((publisher, FOAF.name), [])
    return Dataset(
        iri=contribution,
        graph=graph,
        titles=texts(DCTERMS.title),
        publisher=publisher,
        publisher_name=names[0].value if names else "",
        license=iri(DCTERMS.license),
        rights=texts(DCTERMS.rights),
        issued=next((value.value for value in values(DCTERMS.issued)), ""),
        sources=tuple(sorted(value.value for value in values(DCTERMS.source))),
        requires=tuple(value for value in values(DCTERMS.requires) if isinstance(value, NamedNode)),
        statements=int(statements),
        example=any(value.value in ("true", "1") for value in values(ECO.exampleData)),
    )


def read_description(
    data: bytes, publisher: str, properties: frozenset[NamedNode], file: str = FILE_NAME
) -> tuple[tuple[Quad, ...], tuple[Finding, ...]]:
    """
    A `dataset.ttl`: what it says of its contribution and of the publisher.

    Args:
        data: Turtle.
        publisher: The slug it must be about.
        properties: What may be said of a contribution (from its shape).
        file: Name for findings.

    Returns:
        The quads, in the provenance graph, and a finding for everything else in the file.

    Raises:
        SyntaxFault: The Turtle does not parse.
    """
    contribution = contribution_iri(publisher)
    quads = parse(data, TURTLE, PROVENANCE_GRAPH, file=file)
    publishers = {quad.object for quad in quads if (quad.subject, quad.predicate) == (contribution, DCTERMS.publisher)}
    kept: list[Quad] = []
    findings: list[Finding] = []
    place = Place(file, 0)
    if Quad(contribution, RDF.type, ECO.Contribution, PROVENANCE_GRAPH) not in quads:
        findings.append(finding("missing-description", place, contribution.value))
    for quad in quads:
        is_name = quad.subject in publishers and quad.predicate == FOAF.name
        is_own = quad.subject == contribution and (
            quad.predicate in properties or (quad.predicate == RDF.type and quad.object == ECO.Contribution)
        )
        if is_name or is_own:
            kept.append(quad)
        elif quad.subject == contribution:
            findings.append(finding("foreign-term", place, quad.predicate.value))
        else:
            findings.append(finding("foreign-subject", place, str(quad.subject).strip("<>")))
    return tuple(kept), tuple(findings)


def described_partner(
    partner: Partner, issued: date, sources: Iterable[str] = (), present: Dataset | None = None
) -> tuple[Quad, ...]:
    """
    The description of a partner's dataset, for partners who send tables and no `dataset.ttl`.

    Args:
        partner: Whose words it is; the licence is the one they agreed to.
        issued: The day of this contribution.
        sources: Web addresses it was taken from.
        present: What is published of theirs: its sources stay named.

    Returns:
        Quads of the provenance graph that conform to the shape `ecosh:Contribution`.
    """
    iri, homepage = contribution_iri(partner.slug), NamedNode(partner.homepage)
    origins = dict.fromkeys((*(present.sources if present else ()), *sources)) or {partner.homepage: None}
    said: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (iri, RDF.type, ECO.Contribution),
        (iri, DCTERMS.publisher, homepage),
        (homepage, FOAF.name, Literal(partner.name)),
        (iri, DCTERMS.license, NamedNode(partner.licence)),
        (iri, DCTERMS.issued, Literal(issued.isoformat(), datatype=XSD.date)),
        *((iri, DCTERMS.source, NamedNode(origin)) for origin in origins),
    ]
    for lang in LANGUAGES:
        said.append((iri, DCTERMS.title, Literal(text("provenance.title", lang, name=partner.name), language=lang)))
        said.append((iri, DCTERMS.rights, Literal(text("provenance.rights", lang, name=partner.name), language=lang)))
    return tuple(Quad(subject, predicate, value, PROVENANCE_GRAPH) for subject, predicate, value in said)


def publication_quads(
    contribution_id: str,
    publisher: Partner,
    reviewer: Partner | None,
    sha256: str,
    when: datetime,
    sources: Iterable[str] = (),
) -> tuple[Quad, ...]:
    """
    What is said about one publication: it goes with the patch, and leaves with it when that is withdrawn.

    Args:
        contribution_id: The contribution's number in the ledger.
        publisher: Whose contribution it is.
        reviewer: The organisation that approved it; who of them did so is known to the ledger only. None for the
            operator.
        sha256: Hex digest of the contributed bytes.
        when: The moment of approval.
        sources: Web addresses it was taken from.

    Source:
        PROV-O `prov:Activity`, `prov:used`, `prov:wasAssociatedWith`, `prov:endedAtTime`.
    """
    graph, activity = graph_iri(publisher.slug), thing_iri(PUBLICATION_KIND, contribution_id)
    said: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (graph, PROV.wasGeneratedBy, activity),
        (activity, RDF.type, ECO.Publication),
        (activity, PROV.used, NamedNode(_name_of_bytes(sha256))),
        (activity, PROV.wasAssociatedWith, NamedNode(publisher.homepage)),
        (activity, PROV.endedAtTime, Literal(when.isoformat(timespec="seconds"), datatype=XSD.dateTime)),
        (activity, DCTERMS.license, NamedNode(publisher.licence)),
        *((activity, DCTERMS.source, NamedNode(source)) for source in dict.fromkeys(sources)),
    ]
    if reviewer is not None:
        said += [
            (activity, ECO.reviewedBy, NamedNode(reviewer.homepage)),
            (activity, ECO.reviewerName, Literal(reviewer.name)),
        ]
    return tuple(Quad(subject, predicate, value, PROVENANCE_GRAPH) for subject, predicate, value in said)


@dataclass(frozen=True)
class Size:
    """How much a graph holds."""

    statements: int
    things: int

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Size:
        """The size of a graph that consists of these statements."""
        data = tuple(quads)
        return cls(len(data), len({quad.subject for quad in data if quad.predicate == RDF.type}))

    @classmethod
    def published(cls, snapshot: Snapshot, graph: NamedNode) -> Size:
        """The size that is stated of a published graph, or else counted."""
        stated = [
            int(quad.object.value)
            for path in _FIGURES
            for quad in snapshot.quads(graph, path, None, PROVENANCE_GRAPH)
            if isinstance(quad.object, Literal)
        ]
        return cls(*stated) if len(stated) == len(_FIGURES) else cls.of(snapshot.quads(graph=graph))

    def __add__(self, more: Size) -> Size:
        return Size(self.statements + more.statements, self.things + more.things)

    def __sub__(self, less: Size) -> Size:
        return Size(self.statements - less.statements, self.things - less.things)

    def quads(self, graph: NamedNode) -> tuple[Quad, ...]:
        """
        What the provenance graph says of the size.

        Source:
            VoID `void:triples`, `void:entities`.
        """
        return (
            Quad(graph, VOID.triples, _integer(self.statements), PROVENANCE_GRAPH),
            Quad(graph, VOID.entities, _integer(self.things), PROVENANCE_GRAPH),
        )


def graph_quads(publisher: str, sha256: str, size: Size) -> tuple[Quad, ...]:
    """
    What is said about the graph that a contribution fills: where it comes from, how much it holds, which bytes made it.

    Source:
        PROV-O `prov:wasDerivedFrom`; RFC 6920 for the name of the bytes.
    """
    graph, contribution = graph_iri(publisher), contribution_iri(publisher)
    return (
        Quad(graph, PROV.wasDerivedFrom, contribution, PROVENANCE_GRAPH),
        Quad(graph, DCTERMS.identifier, Literal(_name_of_bytes(sha256)), PROVENANCE_GRAPH),
        *size.quads(graph),
    )


def _name_of_bytes(sha256: str) -> str:
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)
