"""What a worker of `query.workers` does: it answers queries from a read-only generation."""

from __future__ import annotations

import contextlib
import gc
import re
import time
from typing import Final

from pyoxigraph import NamedNode, QueryTriples, Store

from ecograph.isolation.confinement import MemoryCap
from ecograph.isolation.frames import Head
from ecograph.namespaces import BASE
from ecograph.query.cutting import write
from ecograph.query.faults import syntax
from ecograph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS
from ecograph.rdf.serializing import QueryResult, SizeLimitReached
from ecograph.store.snapshots import is_exact

_UNKNOWN_FUNCTION: Final = re.compile(r"custom function <([^>]*)> is not supported")
_FORMATS: Final = {one.name: one for one in (*RESULT_FORMATS, *GRAPH_FORMATS)}


class QueryEngine:
    """The open generation, asked by one query after the other."""

    stack_bytes: Final = 512 << 20
    """An expression of the longest admitted query (200,000 characters, `1+1+...`) recurses once for each term."""

    def __init__(self, directory: str = "") -> None:
        self._directory = ""
        self._store: Store | None = None
        self._is_exact = False
        with contextlib.suppress(OSError, RuntimeError):  # it may be gone, and another asked for
            self._open(directory)

    def prepare(self, request: Head, cap: MemoryCap) -> None:
        """Open the generation that the query asks, unless it is open."""
        if request["directory"] != self._directory:
            cap.lift()
            self._store, self._directory = None, ""
            gc.collect()
            self._open(request["directory"])

    def _open(self, directory: str) -> None:
        if directory:
            self._store = Store.read_only(directory)
            self._is_exact = is_exact(self._store)
            self._directory = directory

    def answer(self, request: Head, body: bytes) -> tuple[Head, bytes]:
        """The result of the query whose text is the body."""
        started = time.monotonic()
        try:
            head, result = self._run(request, body.decode())
        except SyntaxError as error:
            return {"error": "syntax", **syntax(str(error), body.decode()).values}, b""
        except SizeLimitReached:
            return {"error": "too-big", "what": "size"}, b""
        except RuntimeError as error:
            if function := _UNKNOWN_FUNCTION.search(str(error)):
                return {"error": "function", "function": function.group(1)}, b""
            raise
        return head | {"seconds": time.monotonic() - started}, result

    def _run(self, request: Head, text: str) -> tuple[Head, bytes]:
        assert self._store is not None
        default_graphs, named_graphs = request["default_graphs"], request["named_graphs"]
        for graph in (*(default_graphs or ()), *(named_graphs or ())):
            if not self._holds(graph):
                return {"error": "graph", "graph": graph}, b""
        target = _FORMATS[request["format"]]

        def ask(text: str) -> QueryResult:
            assert self._store is not None
            result = self._store.query(
                text,
                base_iri=BASE,
                use_default_graph_as_union=default_graphs is None and not self._is_exact,
                default_graph=None if default_graphs is None else [NamedNode(graph) for graph in default_graphs],
                named_graphs=None if named_graphs is None else [NamedNode(graph) for graph in named_graphs],
            )
            assert isinstance(result, QueryTriples) == (target in GRAPH_FORMATS)
            return result

        body, cut = write(ask, text, target, request["rows"], request["answer_bytes"])
        return {"truncated": cut}, body

    def _holds(self, graph: str) -> bool:
        assert self._store is not None
        try:
            return self._store.contains_named_graph(NamedNode(graph))
        except ValueError:  # not an IRI
            return False
