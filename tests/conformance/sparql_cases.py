"""
Tests of SPARQL as the W3C describes them in manifests: what is asked of which graphs, and what must come out.

Results are compared as the specification says: as a bag, as a sequence where the query orders, blank nodes by their
place, literals as a store keeps them (`1.50` is `1.5`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from ecograph.namespaces import RDF, Namespace
from ecograph.shacl.shapes import Shapes

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

_EVALUATION = ("QueryEvaluationTest", "CSVResultFormatTest")
_QUERY_SYNTAX = ("PositiveSyntaxTest11", "NegativeSyntaxTest11")
_UPDATE = ("UpdateEvaluationTest", "PositiveUpdateSyntaxTest11", "NegativeUpdateSyntaxTest11")
KINDS = (*_EVALUATION, *_QUERY_SYNTAX, *_UPDATE)

_RESULTS = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".tsv": QueryResultsFormat.TSV,
    ".csv": QueryResultsFormat.CSV,
}
_GRAPHS = {
    ".ttl": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
    ".nt": RdfFormat.N_TRIPLES,
    ".jsonld": RdfFormat.JSON_LD,
}
_SOLUTION = Namespace("urn:solution:")

Facts = tuple[object, ...]
"""An answer in a form that is equal for answers that say the same."""


@dataclass(frozen=True)
class SparqlCase:
    """
    One test of a manifest.

    Args:
        name: Its folder and its name there.
        kind: The local name of its class.
        request: The file with the query or update.
        data: The default graph; None for an empty one.
        graphs: The named graphs.
        result: The file with the expected answer; None for a test of syntax.
    """

    name: str
    kind: str
    request: Path
    data: Path | None = None
    graphs: tuple[Path, ...] = ()
    result: Path | None = None

    @property
    def text(self) -> str:
        """
        The query, with its own address as base: what the specification of the tests says, and no request can.

        The declaration stands on the query's first line, so that places in it stay where they are.
        """
        return f"BASE <{self.request.as_uri()}> {self.request.read_bytes().decode()}"

    @property
    def is_update(self) -> bool:
        """An update, also where the manifest takes it for a query."""
        return self.kind in _UPDATE or self.request.suffix == ".ru"

    @property
    def files(self) -> tuple[Path, ...]:
        """The graphs that it asks."""
        return (*((self.data,) if self.data else ()), *self.graphs)

    @property
    def accept(self) -> str:
        """The media type that the expected answer is written in."""
        return _media_type(self.written)

    @property
    def all_accept(self) -> tuple[str, ...]:
        """The media types that keep everything the answer says."""
        if isinstance(self.written, RdfFormat):
            return tuple(_media_type(each) for each in _GRAPHS.values())
        return tuple(_media_type(each) for each in _RESULTS.values() if each != QueryResultsFormat.CSV)

    @property
    def written(self) -> QueryResultsFormat | RdfFormat:
        """The format of the expected answer; JSON for solutions that are written as a graph."""
        assert self.result is not None
        if self.result.suffix in _GRAPHS:
            is_graph = re.search(
                r"^\s*(CONSTRUCT|DESCRIBE)\b", self.text.partition("> ")[2], re.IGNORECASE | re.MULTILINE
            )
            return _GRAPHS[self.result.suffix] if is_graph else QueryResultsFormat.JSON
        return _RESULTS[self.result.suffix]

    @property
    def is_ordered(self) -> bool:
        """Whether the outermost group is followed by an order."""
        modifiers = self.text.rpartition("}")[2]
        return re.search(r"\bORDER\s+BY\b", modifiers, re.IGNORECASE) is not None


def cases_in(manifest: Path, suite: Path) -> list[SparqlCase]:
    """The tests of a manifest and of those that it includes, where they are here."""
    graph = Shapes(quads_of(manifest))
    found = [
        _case(graph, node, manifest.parent.relative_to(suite))
        for owner in graph.subjects(MF.entries)
        for head in graph.nodes(owner, MF.entries)
        for node in graph.items(head)
        if isinstance(node, NamedNode) and _kind(graph, node) in KINDS
    ]
    for owner in graph.subjects(MF.include):
        for head in graph.nodes(owner, MF.include):
            for included in graph.items(head):
                if isinstance(included, NamedNode) and _file(included).is_file():
                    found += cases_in(_file(included), suite)
    return found


def quads_of(file: Path) -> tuple[Quad, ...]:
    """The statements of a file, in the default graph."""
    return tuple(parse(file.read_bytes(), _GRAPHS[file.suffix], base_iri=file.as_uri(), rename_blank_nodes=True))


def facts_of(body: bytes, media_type: str, ordered: bool) -> Facts:
    """What an answer says."""
    for written in _RESULTS.values():
        if _media_type(written) == media_type:
            return _facts_of_csv(body) if media_type == "text/csv" else _facts_of_results(body, written, ordered)
    written_graph = next(each for each in _GRAPHS.values() if _media_type(each) == media_type)
    return _canonical(parse(body, written_graph, base_iri="urn:answer:"))


def _facts_of_result_set(graph: Shapes) -> Facts | None:
    """Solutions that are written as a graph, in the words that the W3C has for that; None for any other graph."""
    (whole, *_) = (*graph.subjects(RDF.type, RS.ResultSet), None)
    if whole is None:
        return None
    quads = []
    for solution in graph.nodes(whole, RS.solution):
        quads.append(Quad(solution, RDF.type, _SOLUTION.Solution))
        for binding in graph.nodes(solution, RS.binding):
            (value,) = graph.values(binding, RS.value)
            quads.append(Quad(solution, _SOLUTION[f"value/{graph.text(binding, RS.variable)}"], value))
    names = frozenset(str(name.value) for name in graph.values(whole, RS.resultVariable))
    return (names, *_canonical(quads))


def expected_of(case: SparqlCase) -> Facts:
    """What the answer has to say."""
    assert case.result is not None
    if case.result.suffix in _GRAPHS and (facts := _facts_of_result_set(Shapes(quads_of(case.result)))):
        return facts
    return facts_of(case.result.read_bytes(), case.accept, case.is_ordered)


def given_by_engine(case: SparqlCase) -> Facts:
    """What the bare engine answers."""
    store = Store()
    if case.data:
        store.extend(quads_of(case.data))
    for file in case.graphs:
        name = NamedNode(file.as_uri())
        store.add_graph(name)
        store.extend(Quad(*quad.triple, name) for quad in quads_of(file))
    result = store.query(case.text)
    body = result.serialize(format=case.written)  # type: ignore[arg-type,union-attr]
    assert body is not None
    return facts_of(body, case.accept, case.is_ordered)


def _facts_of_results(body: bytes, written: QueryResultsFormat, ordered: bool) -> Facts:
    results = parse_query_results(body, written)
    if isinstance(results, QueryBoolean):
        return (bool(results),)
    assert isinstance(results, QuerySolutions)
    names = [variable.value for variable in results.variables]
    return (frozenset(names), *_canonical(_solutions(results, names, ordered)))


def _solutions(results: QuerySolutions, names: Sequence[str], ordered: bool) -> Iterator[Quad]:
    """Each solution as a thing of its own, so that two answers are equal where their graphs are isomorphic."""
    for position, solution in enumerate(results):
        node = BlankNode()
        yield Quad(node, RDF.type, _SOLUTION.Solution)
        if ordered:
            yield Quad(node, _SOLUTION.position, Literal(position))
        for name in names:
            if (value := solution[name]) is not None:
                yield Quad(node, _SOLUTION[f"value/{name}"], value)


def _canonical(quads: Iterable[Quad | Triple]) -> Facts:
    store = Store()
    store.extend(quad if isinstance(quad, Quad) else Quad(*quad, DefaultGraph()) for quad in quads)
    dataset = Dataset(store)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(sorted(map(str, dataset)))


def _facts_of_csv(body: bytes) -> Facts:
    """
    The columns by name, as `SELECT *` leaves their order open, and the rows as a bag. The format has no place for a
    blank node beyond its row.
    """
    header, *rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    order = sorted(range(len(header)), key=header.__getitem__)
    cells = [tuple("_:" if row[at].startswith("_:") else row[at] for at in order) for row in rows]
    return (tuple(sorted(header)), *sorted(cells))


def _media_type(written: QueryResultsFormat | RdfFormat) -> str:
    return written.media_type.partition(";")[0]


def _case(graph: Shapes, node: NamedNode, folder: Path) -> SparqlCase:
    kind, name = _kind(graph, node), f"{folder}/{re.split('[#/]', node.value)[-1]}"
    (action,) = graph.nodes(node, MF.action)
    if not isinstance(action, BlankNode):
        return SparqlCase(name, kind, _file(action))
    asked = [_file(each) for each in graph.nodes(action, QT.query)]
    if not asked:  # an update, which has other words for it
        asked = [_file(each) for each in graph.nodes(action, UT.request)]
    (data, *more) = [*map(_file, graph.nodes(action, QT.data)), None]
    assert more in ([], [None]), "one default graph at most"
    result = next((_file(each) for each in graph.nodes(node, MF.result) if isinstance(each, NamedNode)), None)
    return SparqlCase(name, kind, asked[0], data, tuple(map(_file, graph.nodes(action, QT.graphData))), result)


def _kind(graph: Shapes, node: NamedNode) -> str:
    kinds = [each.value.rpartition("#")[2] for each in graph.nodes(node, RDF.type) if isinstance(each, NamedNode)]
    return next(iter(kinds), "")


def _file(node: object) -> Path:
    assert isinstance(node, NamedNode)
    return Path(unquote(node.value.removeprefix("file://")))
