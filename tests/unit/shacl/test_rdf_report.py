"""Facts about reports as RDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import rdflib
from pyoxigraph import NamedNode, Quad
from rdflib import DCTERMS, RDF, SH

from ecograph.messages import LANGUAGES
from ecograph.namespaces import ECO
from ecograph.rdf.parsing import TURTLE, parse
from ecograph.shacl.rdf_report import as_turtle, validation_report
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.shacl.shapes import SHAPES_GRAPH, Shapes
from ecograph.shacl.validation import validate

Read = Callable[[str], tuple[Quad, ...]]
ROOT = Path(__file__).parents[3]

ONE = (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent)
"""What SHACL asks of a result: exactly one of each."""


def graph_of(report: Report) -> rdflib.Graph:
    return rdflib.Graph().parse(data=as_turtle(report), format="turtle")


def unknown_column() -> Finding:
    return Finding(
        severity=Severity.WARNING,
        code="unknown-column",
        messages={"da": "Ukendt.", "sv": "Okänd.", "en": "Unknown."},
        file="behov.csv",
        row=1,
        column="Økonomi",
        value="Økonomi",
    )


class TestValidationReport:
    def test_is_a_validation_report(self, read: Read, shapes: Shapes) -> None:
        """
        A report is one SHACL validation report whose results have all that SHACL asks of them.
        """
        report = validate(read("<urn:a> a eco:Boat ; eco:length 0.5 ; eco:code 'abc' ."), (), shapes)
        graph = graph_of(Report((*report.findings, unknown_column())))
        (top,) = graph.subjects(RDF.type, SH.ValidationReport)
        assert [value.toPython() for value in graph.objects(top, SH.conforms)] == [False]
        nodes = list(graph.objects(top, SH.result))
        assert len(nodes) == len(report.findings) + 1
        for node in nodes:
            assert (node, RDF.type, SH.ValidationResult) in graph
            assert all(len(list(graph.objects(node, prop))) == 1 for prop in ONE)
            assert graph.value(node, SH.resultSeverity) in (SH.Violation, SH.Warning, SH.Info)
            languages = [text.language for text in graph.objects(node, SH.resultMessage)]  # type: ignore[attr-defined]
            assert sorted(map(str, languages)) == sorted(LANGUAGES)
            for prop in (SH.resultPath, SH.value, SH.sourceShape):
                assert len(list(graph.objects(node, prop))) <= 1

    def test_shapes_paths_and_values_are_those_of_the_engine(self, read: Read, shapes: Shapes) -> None:
        """
        A result says which shape was not met by which thing, along which property, with which value.
        """
        report = validate(
            read("<urn:a> a eco:Boat ; dcterms:title 'x'@da ; eco:length 0.5 ; eco:colour <urn:red> ."), (), shapes
        )
        graph = graph_of(report)
        (node,) = graph.subjects(SH.sourceConstraintComponent, SH.MinInclusiveConstraintComponent)
        assert graph.value(node, SH.focusNode) == rdflib.URIRef("urn:a")
        assert graph.value(node, SH.resultPath) == rdflib.URIRef(ECO.length.value)
        assert str(graph.value(node, SH.sourceShape)).endswith("#Boat-length")
        assert graph.value(node, SH.value) == rdflib.Literal("0.5", datatype=rdflib.XSD.decimal)
        assert graph.value(node, DCTERMS.identifier) == rdflib.Literal("min-inclusive")

    def test_a_fault_in_the_file_is_a_result_too(self) -> None:
        """
        What no shape knows has a constraint component of ours, and the cell as its focus node.
        """
        graph = graph_of(Report((unknown_column(),)))
        (node,) = graph.objects(None, SH.result)
        component = graph.value(node, SH.sourceConstraintComponent)
        assert str(component) == "https://w3id.org/ecograph/shapes#UnknownColumnConstraintComponent"
        assert (component, RDF.type, SH.ConstraintComponent) in graph
        cell = graph.value(node, SH.focusNode)
        assert isinstance(cell, rdflib.BNode)
        found = {(str(path), str(value)) for path, value in graph.predicate_objects(cell)}
        assert found == {
            (ECO.row.value, "1"),
            (ECO.column.value, "Økonomi"),
            (str(DCTERMS.source), "behov.csv"),
        }

    def test_nothing_found_conforms(self) -> None:
        """
        A report without findings says that the data conforms, and nothing else.
        """
        graph = graph_of(Report())
        assert len(graph) == 2
        assert [value.toPython() for value in graph.objects(None, SH.conforms)] == [True]

    def test_every_term_is_defined(self) -> None:
        """
        The words of a report that are ours are explained in the ontology.
        """
        used = {quad.predicate for quad in validation_report(Report((unknown_column(),))) if quad.predicate in ECO}
        ontology = (ROOT / "ontology" / "provenance.ttl").read_bytes()
        defined = {
            quad.subject for quad in parse(ontology, TURTLE, SHAPES_GRAPH) if isinstance(quad.subject, NamedNode)
        }
        assert used == {ECO.row, ECO.column}
        assert used <= defined
