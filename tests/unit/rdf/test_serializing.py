from __future__ import annotations

import json

import pytest
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from ecograph.namespaces import ECO, XSD
from ecograph.rdf.formats import CSV, GRAPH_FORMATS, JSON, N_TRIPLES, RESULT_FORMATS, TURTLE
from ecograph.rdf.serializing import SizeLimitReached, write_graph, write_result

PLACE = NamedNode("http://example.org/København")
NAME = NamedNode("http://example.org/name")
VALUES = (
    Literal('Ø, "å"\n'),
    Literal("ä", language="sv"),
    Literal("1.50", datatype=XSD.decimal),
    BlankNode("b"),
    PLACE,
)


def store() -> Store:
    found = Store()
    found.extend(Quad(PLACE, NAME, value) for value in VALUES)
    return found


class TestResults:
    @pytest.mark.parametrize("target", RESULT_FORMATS, ids=lambda each: each.name)
    def test_cut_result_is_written_as_the_engine_would(self, target: object) -> None:
        """
        The first rows of a result read the same as those of a result that has no more.
        """
        query = "SELECT ?v ?none { ?s ?p ?v } ORDER BY STR(?v)"
        whole, cut = write_result(store().query(query), target)  # type: ignore[arg-type]
        assert not cut
        same, cut = write_result(store().query(query), target, rows=5)  # type: ignore[arg-type]
        assert (same, cut) == (whole, False)
        short, cut = write_result(store().query(query), target, rows=2)  # type: ignore[arg-type]
        assert cut
        assert len(short) < len(whole)

    def test_terms_survive_json(self) -> None:
        """
        Languages, datatypes and Nordic letters come back as they were.
        """
        body, _ = write_result(store().query("SELECT ?v { ?s ?p ?v }"), JSON, rows=9)
        read = parse_query_results(body, format=QueryResultsFormat.JSON)
        assert {str(row["v"]) for row in read if not isinstance(row["v"], BlankNode)} >= {  # type: ignore[union-attr]
            str(VALUES[1]),
            str(PLACE),
        }
        assert json.loads(body)["head"]["vars"] == ["v"]

    def test_size_has_a_limit(self) -> None:
        """
        A writing that grows over its limit is given up, rows and triples alike.
        """
        for query, target in (("SELECT * { ?s ?p ?v }", CSV), ("CONSTRUCT WHERE { ?s ?p ?v }", N_TRIPLES)):
            with pytest.raises(SizeLimitReached):
                write_result(store().query(query), target, limit_bytes=20)
            assert write_result(store().query(query), target, limit_bytes=9999)[0]

    def test_form_and_format_belong_together(self) -> None:
        """
        Rows are not triples, and triples no rows.
        """
        with pytest.raises(ValueError, match="turtle"):
            write_result(store().query("ASK {}"), TURTLE)
        with pytest.raises(ValueError, match="csv"):
            write_result(store().query("CONSTRUCT WHERE { ?s ?p ?v }"), CSV)


class TestGraphs:
    @pytest.mark.parametrize("target", GRAPH_FORMATS, ids=lambda each: each.name)
    def test_graph_reads_back(self, target: object) -> None:
        """
        What is written in a format is read from it again.
        """
        triples = {Triple(PLACE, NAME, value) for value in VALUES if not isinstance(value, BlankNode)}
        body = write_graph(triples, target)  # type: ignore[arg-type]
        assert {each.triple for each in parse(body, target.engine)} == triples  # type: ignore[attr-defined]

    def test_only_prefixes_that_are_used_are_declared(self) -> None:
        """
        A description of one thing is not headed by every prefix there is.
        """
        body = write_graph([Triple(PLACE, ECO.country, PLACE)], TURTLE).decode()
        assert body.count("@prefix") == 1
