"""What a SPARQL server shows, for reading: the statements of EcoGraph's graphs, and queries over all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, Self, cast

from pyoxigraph import NamedNode, Quad, QueryBoolean, QueryResultsFormat, QuerySolutions, Store, parse_query_results

from ecograph.namespaces import GRAPH
from ecograph.store import checking
from ecograph.store.base import Object, Result, Subject
from ecograph.store.endpoint import Endpoint, Form

_KEPT_THINGS: Final = 4_096
"""Things whose statements a snapshot remembers; a page asks about the same few dozen again and again."""

_FORM: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_ASIDE: Final = re.compile(r"<[^<>\s]*>|\"[^\"\n]*\"|#[^\n]*")


class RemoteSnapshot:
    """
    What a server shows. Not a snapshot in earnest: while somebody writes there, answers are those of the moment.

    Only graphs of EcoGraph are shown as statements; some engines keep graphs of their own beside them.
    """

    path: Path | None = None
    """There is no directory that another process could open."""

    def __init__(self, endpoint: Endpoint, revision: int) -> None:
        self._endpoint = endpoint
        self._revision = revision
        self._closed = False
        self._about = lru_cache(maxsize=_KEPT_THINGS)(lambda subject: tuple(self._matching(subject, None, None, None)))

    @property
    def revision(self) -> int:
        """The ledger's revision that the server was at."""
        return self._revision

    def quads(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        object: Object | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """The statements of EcoGraph's graphs that match; None matches anything."""
        self._require_open()
        if subject is None:
            return self._matching(None, predicate, object, graph)
        return (
            quad
            for quad in self._about(subject)
            if predicate in (None, quad.predicate)
            and object in (None, quad.object)
            and graph in (None, quad.graph_name)
        )

    def __contains__(self, quad: Quad) -> bool:
        self._require_open()
        return self._endpoint.holds(f"ASK {{ {_pattern(quad)} }}")

    def __bool__(self) -> bool:
        return True  # else asking whether there is a snapshot would count its statements

    def __len__(self) -> int:
        self._require_open()
        return sum(checking.counts(self._endpoint).values())

    def query(self, text: str) -> Result:
        """
        The answer to a SPARQL query over the server's default graph.

        Raises:
            SyntaxError: The query does not parse.
        """
        self._require_open()
        word = _FORM.search(_ASIDE.sub(" ", text))
        with self._endpoint.asking(text, cast(Form, word[1].upper()) if word else "SELECT") as result:
            if isinstance(result, QueryBoolean):
                return result
            if isinstance(result, QuerySolutions):
                xml = QueryResultsFormat.XML
                return parse_query_results(result.serialize(format=xml), xml)
            store = Store()
            store.bulk_extend(result)
            return store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    def close(self) -> None:
        """Let the snapshot go; the connection stays the store's."""
        self._closed = True
        self._about.cache_clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _matching(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, graph: NamedNode | None
    ) -> Iterator[Quad]:
        place = str(graph) if graph else "?g"
        text = f"{subject or '?s'} {predicate or '?p'} {object or '?o'}"
        for row in self._endpoint.solutions(f"SELECT * WHERE {{ GRAPH {place} {{ {text} }} }}"):
            found = graph or row["g"]
            if found in GRAPH:
                yield Quad(
                    cast(Subject, subject or row["s"]),
                    cast(NamedNode, predicate or row["p"]),
                    cast(Object, object or row["o"]),
                    cast(NamedNode, found),
                )

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the snapshot is closed")


def _pattern(quad: Quad) -> str:
    place = quad.graph_name
    return f"GRAPH {place} {{ {quad.triple} }}" if isinstance(place, NamedNode) else str(quad.triple)
