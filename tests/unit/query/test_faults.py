"""What an analyst is told of a query that does not parse."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from ecograph.errors import QuerySyntax
from ecograph.messages import LANGUAGES
from ecograph.query.faults import syntax
from ecograph.query.guard import admit


def told(query: str) -> QuerySyntax:
    """The error for a query, from the guard or from what the engine says."""
    try:
        admit(query)
    except QuerySyntax as error:
        return error
    with pytest.raises(SyntaxError) as caught:
        Store().query(query)
    return syntax(str(caught.value), query)


class TestSyntax:
    @pytest.mark.parametrize(
        ("query", "reason", "what"),
        [
            ("SELECT * { ?s a eco:Need }", "prefix", "eco: <https://w3id.org/ecograph/ns#>"),
            ("SELECT * {\n ?s\n a foo:Bar }", "prefix", "foo: <…>"),
            ("SELECT * { ?s :p ?o }", "prefix", ": <…>"),
            ("SELECT * { ?s <http://[a> ?o }", "iri", ""),
            ("SELECT * { ?s <http://a ?o }", "iri", ""),
            ("SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c }", "unbound", ""),
            ("SELECT * { ?a ?b ?c } GROUP BY ?a", "star", ""),
            ("SELECT (1 AS ?x) (2 AS ?x) {}", "twice", ""),
            ("CONSTRUCT { ?s ?p ?o } WHERE", "mark", "{"),
            ("SELECT * { ?s ?p ?o", "mark", "}"),
            ("SELECT (COUNT(*) AS ?n { }", "mark", ")"),
            ("SELECT * { ?s ?p }", "place", "SELECT * { ?s ?p }"),
            ("SELEKT * {}", "form", ""),
            ("SELECT * { ?s ?p 'x }", "string", ""),
            ("SELECT * FROM 1 { ?s ?p ?o }", "graph", ""),
        ],
    )
    def test_common_fault_is_named(self, query: str, reason: str, what: str) -> None:
        """
        The commonest faults are told in words, with what is missing; of others, what stands before the place.
        """
        error = told(query)
        assert error.values["reason"] == reason
        assert str(error.values["what"]).startswith(what)

    @pytest.mark.parametrize(
        "query", ["SELECT * { ?s ?p }", "SELECT * { ?s ?p ?o } LIMIT x", "SELECT * { FILTER( }", ""]
    )
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_nothing_that_is_refused_is_advised(self, query: str, lang: str) -> None:
        """
        What the parser would have read next is not passed on: half of it is refused here, and none of it translated.
        """
        message = told(query).message(lang)  # type: ignore[arg-type]
        assert "SERVICE" not in message
        assert "expected" not in message
        assert "..=" not in message

    def test_long_query_is_shown_around_the_place(self) -> None:
        """
        Of a long query only the end of what was read is shown.
        """
        error = told("SELECT * {\n" + " ?s ?p ?o .\n" * 50 + " ?s ?p ?o ?o }")
        assert error.values["line"] == 52
        assert len(str(error.values["what"])) < 40
