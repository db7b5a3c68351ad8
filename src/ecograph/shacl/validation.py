"""
Data checked against shapes by one of two engines behind one interface.

`turbo` (pyshacl-turbo, native) is the fast one, `pyshacl` the referee. Both get graphs, never text, which they would
take for an address; no inference, no imports, no shapes from the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Literal

import pyshacl
import pyshacl_turbo
import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad, Store
from pyoxigraph import Literal as RdfLiteral

from ecograph.namespaces import SH
from ecograph.rdf.parsing import normalised
from ecograph.shacl.messages import code_of, messages_of, shown
from ecograph.shacl.report import Finding, Report, Severity, Term
from ecograph.shacl.shapes import Node, Shapes

Backend = Literal["turbo", "pyshacl"]
_SEVERITIES: Final = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}


@dataclass(frozen=True)
class _Result:
    focus: Term
    path: NamedNode | None
    value: Term | None
    shape: Node | None
    component: NamedNode
    severity: Severity


def validate(data: Iterable[Quad], context: Iterable[Quad], shapes: Shapes, backend: Backend = "turbo") -> Report:
    """
    Check data against shapes.

    Args:
        data: What is checked. Only its subjects are focus nodes.
        context: What is known beside it: classes of the things it refers to, schemes of concepts, the class hierarchy.
        shapes: The shapes.
        backend: Which engine.

    Returns:
        Every finding once, with messages in three languages. Row, column and file are added by who knows them.

    Source:
        SHACL, sections 3.4 and 3.6; docs/contributing-data.md, "What is checked".
    """
    data = normalised(data)
    focus = {quad.subject for quad in data}
    if not focus:
        return Report()
    results = _BACKENDS[backend]((*data, *context), shapes)
    findings = sorted((_finding(result, shapes) for result in results if result.focus in focus), key=_by_code)
    # One sentence of a shape may answer several of its constraints: it is said once per value.
    said = {(item.shape, item.focus, item.path, item.term, item.messages["en"]): item for item in reversed(findings)}
    return Report.of(said.values())


class _Compiled:
    """One shapes graph as each engine wants it, made when first needed."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    @cached_property
    def graph(self) -> rdflib.Graph:
        return _rdflib_graph(self._shapes.quads)

    @cached_property
    def turbo(self) -> Any:
        return pyshacl_turbo.CompiledShapes(self.graph)  # type: ignore[no-untyped-call]


# Few: one contract at a time, a second while it is replaced, and small ones in tests.
@lru_cache(maxsize=4)
def _compiled(shapes: Shapes) -> _Compiled:
    return _Compiled(shapes)


def _turbo(quads: tuple[Quad, ...], shapes: Shapes) -> Iterator[_Result]:
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    _, report, _ = _compiled(shapes).turbo.validate(store, inference=None)
    return _results(report)


def _pyshacl(quads: tuple[Quad, ...], shapes: Shapes) -> Iterator[_Result]:
    _, report, _ = pyshacl.validate(
        _rdflib_graph(quads),
        shacl_graph=_compiled(shapes).graph,
        inference="none",
        do_owl_imports=False,
        advanced=False,
        js=False,
        meta_shacl=False,
        inplace=True,
    )
    return _results(report)


_BACKENDS: Final[Mapping[Backend, Callable[[tuple[Quad, ...], Shapes], Iterator[_Result]]]] = {
    "turbo": _turbo,
    "pyshacl": _pyshacl,
}


def _results(report: rdflib.Graph) -> Iterator[_Result]:
    sh = rdflib.SH
    # Only results of the report itself: those below sh:detail explain one of them.
    for node in report.objects(None, sh.result):
        focus = report.value(node, sh.focusNode)
        component = report.value(node, sh.sourceConstraintComponent)
        path = report.value(node, sh.resultPath)
        value = report.value(node, sh.value)
        shape = report.value(node, sh.sourceShape)
        severity = report.value(node, sh.resultSeverity)
        yield _Result(
            focus=_term(focus),
            path=NamedNode(str(path)) if isinstance(path, rdflib.URIRef) else None,
            value=None if value is None else _term(value),
            shape=NamedNode(str(shape)) if isinstance(shape, rdflib.URIRef) else None,
            component=NamedNode(str(component)),
            severity=_SEVERITIES.get(NamedNode(str(severity)), Severity.VIOLATION),
        )


def _finding(result: _Result, shapes: Shapes) -> Finding:
    code = code_of(result.component)
    return Finding(
        severity=result.severity,
        code=code,
        messages=messages_of(shapes, result.shape, code, result.path, result.value),
        shape=result.shape,
        focus=result.focus,
        path=result.path,
        term=result.value,
        value=shown(result.value) or None,
    )


def _by_code(item: Finding) -> tuple[str, str, str]:
    return (item.code, str(item.focus), str(item.term))


def _term(node: Any) -> Term:
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if node.language:
        return RdfLiteral(str(node), language=node.language)
    return RdfLiteral(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else RdfLiteral(str(node))


def _rdflib_graph(quads: Iterable[Quad]) -> rdflib.Graph:
    graph = rdflib.Graph(bind_namespaces="none")
    for quad in quads:
        graph.add((_node(quad.subject), rdflib.URIRef(quad.predicate.value), _node(quad.object)))
    return graph


def _node(term: Any) -> Any:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
