"""A report as RDF: SHACL's validation report, with the place in the partner's file beside each result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ECO, ECOSH, PREFIXES, RDF, SH, XSD
from ecograph.shacl.messages import component_of
from ecograph.shacl.report import Finding, Report, Severity

_SEVERITIES: Final = {Severity.VIOLATION: SH.Violation, Severity.WARNING: SH.Warning, Severity.INFO: SH.Info}


def validation_report(report: Report) -> tuple[Quad, ...]:
    """
    The report in SHACL's vocabulary.

    Args:
        report: The findings.

    Returns:
        One `sh:ValidationReport` in the default graph, with one `sh:ValidationResult` per finding and its message in
        three languages. Where a finding is about a cell and not about a thing, its focus node is the cell, a blank
        node. A fault that no shape knows, such as an unknown column, has a constraint component of ours, named in the
        report itself. `sh:conforms` is true only if nothing at all was found, as SHACL has it.

    Example:
        >>> print(*(quad.object for quad in validation_report(Report())), sep="; ")
        <http://www.w3.org/ns/shacl#ValidationReport>; "true"^^<http://www.w3.org/2001/XMLSchema#boolean>

    Source:
        SHACL, section 3.6; docs/validation.md, "The report as RDF".
    """
    top = BlankNode()
    conforms = Literal("false" if report.findings else "true", datatype=XSD.boolean)
    quads = [Quad(top, RDF.type, SH.ValidationReport), Quad(top, SH.conforms, conforms)]
    for finding in report.findings:
        node = BlankNode()
        quads.append(Quad(top, SH.result, node))
        quads += _result(node, finding)
    return tuple(dict.fromkeys(quads))


def as_turtle(report: Report) -> bytes:
    """The report in SHACL's vocabulary, written as Turtle."""
    triples = (quad.triple for quad in validation_report(report))
    return serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def _result(node: BlankNode, finding: Finding) -> Iterator[Quad]:
    yield Quad(node, RDF.type, SH.ValidationResult)
    yield Quad(node, SH.resultSeverity, _SEVERITIES[finding.severity])
    component = component_of(finding.code)
    if component is None:
        component = ECOSH["".join(word.capitalize() for word in finding.code.split("-")) + "ConstraintComponent"]
        yield Quad(component, RDF.type, SH.ConstraintComponent)
    yield Quad(node, SH.sourceConstraintComponent, component)
    yield Quad(node, DCTERMS.identifier, Literal(finding.code))
    for lang in LANGUAGES:
        yield Quad(node, SH.resultMessage, Literal(finding.message(lang), language=lang))
    place = BlankNode() if finding.focus is None else node
    yield Quad(node, SH.focusNode, place if finding.focus is None else finding.focus)
    if finding.file:
        yield Quad(place, DCTERMS.source, Literal(finding.file))
    if finding.row is not None:
        yield Quad(place, ECO.row, Literal(str(finding.row), datatype=XSD.integer))
    if finding.column is not None:
        yield Quad(place, ECO.column, Literal(finding.column))
    if finding.path is not None:
        yield Quad(node, SH.resultPath, finding.path)
    value = finding.term if finding.term is not None else finding.value
    if value is not None:
        yield Quad(node, SH.value, Literal(value) if isinstance(value, str) else value)
    if isinstance(finding.shape, NamedNode):
        yield Quad(node, SH.sourceShape, finding.shape)
