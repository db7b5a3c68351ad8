"""What RDF may say in a contribution: our classes and properties, about things, in the publisher's own graph."""

from __future__ import annotations

from pyoxigraph import NamedNode, Quad

from ecograph.contribute.mapping import Place, finding
from ecograph.identifiers import COMMON, Space, kind_and_slug
from ecograph.namespaces import ID, RDF
from ecograph.rdf.parsing import media_type_of, parse
from ecograph.shacl.contract import Contract
from ecograph.shacl.report import Finding
from ecograph.store.base import Snapshot


def admit(
    name: str,
    data: bytes,
    graph: NamedNode,
    contract: Contract,
    space: Space = COMMON,
    snapshot: Snapshot | None = None,
) -> tuple[tuple[Quad, ...], tuple[Finding, ...]]:
    """
    The statements of a Turtle or N-Triples file that may be contributed, and a finding for each of the others.

    Args:
        name: The file's name; its ending tells the format.
        data: Its bytes.
        graph: The publisher's graph, the only one that is written to.
        contract: Which classes and properties there are.
        space: Whose names the publisher may give.
        snapshot: What is published.

    Raises:
        SyntaxFault: It does not parse; with line and column.
        RefusedFormat: A format that is for output only.
    """
    kept: list[Quad] = []
    findings: list[Finding] = []
    place = Place(name, 0)
    for quad in parse(data, media_type_of(name) or "", graph, file=name):
        if quad.subject not in ID:
            findings.append(finding("foreign-subject", place, str(quad.subject).strip("<>")))
        elif quad.predicate not in contract.properties:
            findings.append(
                finding("foreign-term", place, quad.predicate.value, focus=quad.subject, path=quad.predicate)  # type: ignore[arg-type]
            )
        elif quad.predicate == RDF.type and not _may_be(quad, contract):
            findings.append(finding("foreign-class", place, str(quad.object).strip("<>"), focus=quad.subject))  # type: ignore[arg-type]
        else:
            kept.append(quad)
    return tuple(kept), tuple(findings)


def _may_be(quad: Quad, contract: Contract) -> bool:
    """Whether a thing may have the class: it has a template, and its kind is the one in the thing's IRI."""
    template = contract.by_class.get(quad.object) if isinstance(quad.object, NamedNode) else None
    parts = kind_and_slug(quad.subject) if isinstance(quad.subject, NamedNode) else None
    return template is not None and parts is not None and parts[0] == template.iri_kind
