"""
Data checked against shapes by one of two engines behind one interface.

`turbo` (pyshacl-turbo, native) is the fast one, `pyshacl` the referee, and what is used where the other cannot be
installed. Both get graphs, never text, which they would take for an address; no inference, no imports, no shapes from
the data.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, get_args

import pyshacl
import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple, parse, serialize
from pyoxigraph import Literal as RdfLiteral

from ecograph.messages import Language
from ecograph.namespaces import SH, XSD
from ecograph.rdf.parsing import normalised
from ecograph.shacl.messages import code_of, has_value, messages_of, shown
from ecograph.shacl.paths import Path, Predicate, path_of
from ecograph.shacl.report import Finding, Report, Severity, Term
from ecograph.shacl.shapes import Node, Shapes

try:
    import pyshacl_turbo
except ImportError:
    pyshacl_turbo = None  # type: ignore[assignment]

Backend = Literal["turbo", "pyshacl"]

_SEVERITIES: Final = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
_NAMED: Final = "urn:ecograph:shape:"
"""Shapes that are blank nodes go to the engines under such names, so that results can say which of them was not met."""

_DEPTH: Final = 15
"""How deep shapes may refer to shapes: what both engines take where nobody says otherwise."""

_log = logging.getLogger(__name__)


def available() -> tuple[Backend, ...]:
    """The engines that can be used on this machine, the fastest first."""
    return get_args(Backend) if pyshacl_turbo is not None else ("pyshacl",)


DEFAULT_BACKEND: Final[Backend] = available()[0]
"""The fast engine, or the referee where there is no fast one."""


@dataclass(frozen=True)
class Result:
    """
    One validation result, as SHACL has it.

    Args:
        focus: The focus node.
        path: The path of the property shape.
        value: The value that failed.
        shape: The shape that was not met.
        component: The constraint component.
        severity: The shape's severity, which may be one that SHACL does not know.
    """

    focus: Term
    path: Path | None
    value: Term | None
    shape: Node | None
    component: NamedNode
    severity: NamedNode


def validate(
    data: Iterable[Quad], context: Iterable[Quad], shapes: Shapes, backend: Backend = DEFAULT_BACKEND
) -> Report:
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
    found = results((*data, *context), shapes, backend)
    return Report.of(findings((result for result in found if result.focus in focus), shapes))


def results(data: Iterable[Quad], shapes: Shapes, backend: Backend = DEFAULT_BACKEND) -> tuple[Result, ...]:
    """
    The validation results of a whole data graph.

    Args:
        data: The data graph; names of graphs do not count.
        shapes: The shapes graph.
        backend: Which engine; the referee where that one is not installed, which is logged.

    Returns:
        The results of the report itself; those that explain one of them (`sh:detail`) are left out.

    Raises:
        ValueError: The shapes graph is not well-formed.

    Source:
        SHACL, section 3.6.
    """
    if pyshacl_turbo is None:
        _note_fallback()
        backend = "pyshacl"
    compiled = _compiled(shapes)
    return tuple(_results(_BACKENDS[backend](data, compiled), compiled))


def findings(results: Iterable[Result], shapes: Shapes) -> tuple[Finding, ...]:
    """
    What results mean for a person, each sentence once per thing and value.

    Args:
        results: The results.
        shapes: The shapes they are about.
    """
    told: dict[tuple[object, ...], Mapping[Language, str]] = {}
    found = sorted((_finding(result, shapes, told) for result in results), key=_by_code)
    # One sentence of a shape may answer several of its constraints: it is said once per value.
    said = {(item.shape, item.focus, item.path, item.term, item.messages["en"]): item for item in reversed(found)}
    return tuple(said.values())


class _Compiled:
    """One shapes graph as each engine wants it, made when first needed."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    @cached_property
    def turbo(self) -> Any:
        return pyshacl_turbo.CompiledShapes(self._graph(plain=False))  # type: ignore[no-untyped-call]

    @cached_property
    def pyshacl(self) -> rdflib.Graph:
        return self._graph(plain=True)

    def _graph(self, plain: bool) -> rdflib.Graph:
        names = {node: NamedNode(_NAMED + node.value) for node in self.shapes.anonymous}
        quads = (
            Quad(
                names.get(quad.subject, quad.subject),  # type: ignore[arg-type]
                quad.predicate,
                names.get(quad.object, quad.object),  # type: ignore[arg-type]
            )
            for quad in self.shapes.quads
            if quad.predicate != SH.message  # ours come from the shapes; an engine would repeat each in every result
        )
        return _rdflib_graph(quads, plain)

    def shape(self, node: Any) -> Node | None:
        """A shape by the name it had in the engine."""
        if not isinstance(node, NamedNode):
            return None
        return BlankNode(node.value.removeprefix(_NAMED)) if node.value.startswith(_NAMED) else node


# Few: one contract at a time, a second while it is replaced, and small ones in tests.
@lru_cache(maxsize=4)
def _compiled(shapes: Shapes) -> _Compiled:
    return _Compiled(shapes)


@lru_cache(maxsize=1)
def _note_fallback() -> None:
    _log.warning("pyshacl-turbo cannot be imported here: contributions are validated by pyshacl, which takes longer")


def _turbo(data: Iterable[Quad], compiled: _Compiled) -> Iterable[Quad]:
    triples = (Triple(quad.subject, quad.predicate, quad.object) for quad in data)
    written = bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode()
    # What `CompiledShapes.validate` does, without the graph of rdflib's that it makes of the report: for 50,000 results
    # that alone takes ten times as long as finding them. The version is pinned, and tests hold it against the referee.
    _, report, *_ = compiled.turbo._native.validate(
        written, "oxigraph-nquads", None, False, 100, _DEPTH, False, False, False, False, [], [], []
    )
    return parse(report.encode(), format=RdfFormat.N_QUADS)


def _pyshacl(data: Iterable[Quad], compiled: _Compiled) -> Iterable[Quad]:
    _, report, text = pyshacl.validate(
        _rdflib_graph(data, plain=True),
        shacl_graph=compiled.pyshacl,
        inference="none",
        do_owl_imports=False,
        advanced=False,
        js=False,
        meta_shacl=False,
        inplace=True,
    )
    if not isinstance(report, rdflib.Graph):  # what the engine could not do comes back in the report's place
        raise ValueError(f"the shapes graph is not well-formed: {text}")
    return (Quad(_term(s), NamedNode(str(p)), _term(o)) for s, p, o in report)  # type: ignore[arg-type]


_BACKENDS: Final[Mapping[Backend, Callable[[Iterable[Quad], _Compiled], Iterable[Quad]]]] = {
    "turbo": _turbo,
    "pyshacl": _pyshacl,
}


def _results(report: Iterable[Quad], compiled: _Compiled) -> Iterator[Result]:
    described: dict[Any, dict[NamedNode, Any]] = {}
    nodes: list[Any] = []
    for quad in report:
        if quad.predicate == SH.result:
            nodes.append(quad.object)
        else:
            described.setdefault(quad.subject, {})[quad.predicate] = quad.object
    paths: dict[Any, Path] = {}
    for node in nodes:
        said = described[node]
        path = said.get(SH.resultPath)
        if path is not None and path not in paths:
            paths[path] = Predicate(path) if isinstance(path, NamedNode) else _path(described, path)
        yield Result(
            focus=said[SH.focusNode],
            path=None if path is None else paths[path],
            value=said.get(SH.value),
            shape=compiled.shape(said.get(SH.sourceShape)),
            component=said[SH.sourceConstraintComponent],
            severity=said.get(SH.resultSeverity, SH.Violation),
        )


def _path(described: Mapping[Any, Mapping[NamedNode, Any]], path: BlankNode) -> Path:
    """The path that a report describes: nodes of it have one value per property."""
    quads: list[Quad] = []
    waiting: list[Any] = [path]
    for node in waiting:
        for predicate, value in described.get(node, {}).items():
            quads.append(Quad(node, predicate, value))
            if isinstance(value, BlankNode) and value not in waiting:
                waiting.append(value)
    return path_of(Shapes(quads), path)


def _finding(result: Result, shapes: Shapes, told: dict[tuple[object, ...], Mapping[Language, str]]) -> Finding:
    """The finding; `told` holds the sentences so far, because a thousand rows have the same fault."""
    code = code_of(result.component)
    path = result.path.iri if isinstance(result.path, Predicate) else None
    said = (result.shape, code, path, result.value if has_value(shapes, result.shape) else None)
    if said not in told:
        told[said] = messages_of(shapes, result.shape, code, path, result.value)
    return Finding(
        severity=_SEVERITIES.get(result.severity, Severity.VIOLATION),
        code=code,
        messages=told[said],
        shape=result.shape,
        focus=result.focus,
        path=path,
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


def _rdflib_graph(quads: Iterable[Quad], plain: bool) -> rdflib.Graph:
    """
    The quads as a graph of rdflib's.

    Args:
        quads: The quads.
        plain: Whether strings go without their datatype. To rdflib, and to engines after its model, that makes another
            literal of them: shapes and data must do the same, and pySHACL's queries match only those without.
    """
    graph = rdflib.Graph(bind_namespaces="none")
    for quad in quads:
        graph.add((_node(quad.subject, plain), rdflib.URIRef(quad.predicate.value), _node(quad.object, plain)))
    return graph


def _node(term: Any, plain: bool) -> Any:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if plain and term.datatype == XSD.string:
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
