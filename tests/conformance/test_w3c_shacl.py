"""
The W3C's SHACL tests, core and SPARQL, through our own interface and on both engines.

They lie beside the repository; where they do not, these tests are skipped. What is compared are the results with their
focus node, path, value, shape, component and severity.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from ecograph.namespaces import RDF, SH, Namespace
from ecograph.shacl.paths import path_of
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import Backend, Result, results
from lacking import BESIDE, beside

SUITE = BESIDE / "w3c" / "shacl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")

COUNTS = {"core": 98, "sparql": 22}
BACKENDS: tuple[Backend, ...] = ("turbo", "pyshacl")
_ONE_IS_TRUE = "engines take the boolean 1 for true, as XSD does; SHACL's text knows only the word"
KNOWN: dict[tuple[Backend, str], str] = {
    ("turbo", "core/property/uniqueLang-002"): _ONE_IS_TRUE,
    ("turbo", "sparql/pre-binding/pre-binding-005"): "strings in a query are not those of the store it reads",
    ("pyshacl", "core/property/uniqueLang-002"): _ONE_IS_TRUE,
    ("pyshacl", "sparql/node/prefixes-001"): "prefixes are not looked for behind owl:imports",
    ("pyshacl", "sparql/pre-binding/shapesGraph-001"): "$shapesGraph, which is optional, is not supported",
}
"""Tests that an engine fails, with the reason."""


@dataclass(frozen=True)
class W3cCase:
    """One test: the file it is in, and its node there."""

    file: Path
    node: NamedNode

    @property
    def name(self) -> str:
        return f"{self.file.parent.relative_to(SUITE)}/{self.node.value.rpartition('/')[2]}"


def quads_of(file: Path) -> tuple[Quad, ...]:
    return tuple(parse(file.read_bytes(), RdfFormat.TURTLE, base_iri=file.as_uri()))


def file_of(iri: NamedNode) -> Path:
    return Path(iri.value.removeprefix("file://"))


def cases_in(manifest: Path) -> list[W3cCase]:
    graph = Shapes(quads_of(manifest))
    found = [
        W3cCase(manifest, node)
        for head in (value for owner in graph.subjects(MF.entries) for value in graph.nodes(owner, MF.entries))
        for node in graph.items(head)
        if isinstance(node, NamedNode)
    ]
    for owner in graph.subjects(MF.include):
        for included in graph.nodes(owner, MF.include):
            assert isinstance(included, NamedNode)
            found += cases_in(file_of(included))
    return found


CASES = cases_in(SUITE / "manifest.ttl") if SUITE.is_dir() else []


def parameters() -> list[object]:
    found = []
    for backend in BACKENDS:
        for case in CASES:
            reason = KNOWN.get((backend, case.name))
            marks = pytest.mark.xfail(strict=True, reason=reason) if reason else ()
            found.append(pytest.param(backend, case, id=f"{backend}-{case.name}", marks=marks))
    return found


def expected_of(graph: Shapes, report: BlankNode) -> Counter[str]:
    found: Counter[str] = Counter()
    for node in graph.nodes(report, SH.result):
        path = next(iter(graph.nodes(node, SH.resultPath)), None)
        found[
            _line(
                focus=graph.values(node, SH.focusNode)[0],
                path=None if path is None else path_of(graph, path),
                value=next(iter(graph.values(node, SH.value)), None),
                shape=graph.iri(node, SH.sourceShape),
                component=graph.iri(node, SH.sourceConstraintComponent),
                severity=graph.iri(node, SH.resultSeverity),
            )
        ] += 1
    return found


def found_of(result: Result) -> str:
    shape = result.shape if isinstance(result.shape, NamedNode) else None
    return _line(result.focus, result.path, result.value, shape, result.component, result.severity)


def _line(focus: object, path: object, value: object, shape: object, component: object, severity: object) -> str:
    # A blank node is the same in both only by its place.
    terms = (
        "_" if isinstance(term, BlankNode) else str(term) for term in (focus, path, value, shape, component, severity)
    )
    return " ".join(terms)


class TestW3cShacl:
    def test_every_case_is_collected(self) -> None:
        """
        All tests of the W3C's manifests are run.
        """
        beside("w3c/shacl")
        counts = Counter(case.name.split("/")[0] for case in CASES)
        assert counts == COUNTS

    @pytest.mark.parametrize(("backend", "case"), parameters())
    def test_results_are_those_of_the_w3c(self, backend: Backend, case: W3cCase) -> None:
        """
        An engine, asked through our interface, gives the results that the W3C expects.
        """
        manifest = quads_of(case.file)
        graph = Shapes(manifest)
        (action,) = graph.nodes(case.node, MF.action)
        data, shapes = (
            quads_of(file_of(graph.iri(action, prop) or case.node)) for prop in (SHT.dataGraph, SHT.shapesGraph)
        )
        (wanted,) = graph.values(case.node, MF.result)
        if wanted == SHT.Failure:
            with pytest.raises(ValueError, match=r"\S"):
                results(data, Shapes(shapes), backend)
            return
        assert isinstance(wanted, BlankNode)
        found = results(data, Shapes(shapes), backend)
        conforms = graph.flag(wanted, SH.conforms)
        assert conforms == (not found)
        assert Counter(map(found_of, found)) == expected_of(graph, wanted)
        assert isinstance(graph.values(wanted, SH.conforms)[0], Literal)
        assert (wanted, RDF.type, SH.ValidationReport) in {(q.subject, q.predicate, q.object) for q in manifest}
