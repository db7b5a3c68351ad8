from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.query.costly import costly


class TestCostly:
    @pytest.mark.parametrize(
        ("text", "cost", "line", "pattern"),
        [
            ("SELECT * { ?a ?b ?c .\n  ?d  ?e ?f }", "cartesian", 2, "?d ?e ?f"),
            ("SELECT * {\n?a <urn:p> ?b ; <urn:q> ?c .\n?d <urn:p> ?e }", "cartesian", 3, "?d <urn:p> ?e"),
            ("SELECT * { ?a a ?k FILTER(?b = 1.5) ?c a ?l . FILTER(?a = ?c) }", "cartesian", 1, "?c a ?l"),
            ("SELECT * { ?a <urn:p> ?b OPTIONAL { ?a <urn:q> ?c . ?d <urn:q> ?e } }", "cartesian", 1, "?d <urn:q> ?e"),
            ("SELECT * { ?a (<urn:p>|^<urn:q>)* ?b }", "path", 1, "?a (<urn:p>|^<urn:q>)* ?b"),
            ("SELECT * { ?a a <urn:K> ;\n <urn:p>+ ?b }", "path", 1, "?a <urn:p>+ ?b"),
            ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "everything", 1, "?s ?p ?o"),
        ],
    )
    def test_pattern_is_named_with_its_line(self, text: str, cost: str, line: int, pattern: str) -> None:
        """
        Whoever wrote a query that was stopped is told which of its patterns to look at.
        """
        found = costly(text)
        assert found is not None
        assert (found.cost, found.line, found.pattern) == (cost, line, pattern)

    @pytest.mark.parametrize(
        "text",
        [
            "ASK {}",
            "SELECT * { ?a <urn:p> ?b . ?b <urn:q> ?c . ?c <urn:r> <urn:x> }",
            "SELECT * { <urn:a> <urn:p> ?b . <urn:c> <urn:p> ?d }",
            "SELECT * { ?a <urn:p> ?b . BIND(STR(?b) AS ?c) ?d <urn:q> ?c }",
            "SELECT * { ?a <urn:p> ?b . VALUES (?b ?c) { (1 2) } ?d <urn:q> ?c }",
            "SELECT * { { ?a <urn:p> ?b } UNION { ?c <urn:p> ?d } }",
            "SELECT * { ?a <urn:p> ?b OPTIONAL { ?b <urn:q> ?c } ?d <urn:r> ?c }",
            "CONSTRUCT { ?a ?b ?c . ?d ?e ?f } WHERE { ?a <urn:p> ?b ; <urn:q> ?c, ?d ; <urn:r> ?e , ?f }",
            "DESCRIBE <urn:a>",
            "SELECT * { <urn:a> <urn:p>* ?b }",
        ],
    )
    def test_query_without_such_a_pattern_has_no_hint(self, text: str) -> None:
        """
        Patterns that hang together, or that begin somewhere, are not blamed.
        """
        assert costly(text) is None

    @given(st.text(alphabet="SELECT{}()[]<>'\"#?ab.;,*+ \n1", max_size=200))
    def test_no_text_breaks_it(self, text: str) -> None:
        """
        A hint is found or not, whatever was stopped.
        """
        costly(text)
