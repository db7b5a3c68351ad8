from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.errors import QueryError, QueryRefused, QuerySyntax, QueryTooComplex
from ecograph.query.guard import MAX_DEPTH, MAX_SIZE, admit, limited


class TestForms:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("SELECT * { ?s ?p ?o }", "SELECT"),
            ("# SELECT\nask {}", "ASK"),
            ("BASE <http://example.org/> PREFIX a: <b#> PREFIX : <c#> CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
            ("describe <http://example.org/København>", "DESCRIBE"),
        ],
    )
    def test_reading_is_admitted(self, text: str, kind: str) -> None:
        """
        The four forms of SPARQL 1.1 Query are admitted as they are written.
        """
        admitted = admit(text)
        assert (admitted.kind, admitted.text) == (kind, text)

    @pytest.mark.parametrize(
        "word", ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]
    )
    def test_writing_is_refused_by_name(self, word: str) -> None:
        """
        An update is refused, and the refusal names what it was.
        """
        with pytest.raises(QueryRefused) as refused:
            admit(f"PREFIX a: <b:> {word.lower()} <http://example.org/>")
        assert refused.value.values["feature"] == word

    def test_anything_else_is_a_fault_with_a_place(self) -> None:
        """
        What begins like no query is answered with line and column.
        """
        with pytest.raises(QuerySyntax) as fault:
            admit("PREFIX a: <b:>\n  SELEKT *")
        assert (fault.value.values["line"], fault.value.values["column"]) == (2, 3)
        with pytest.raises(QuerySyntax):
            admit("")


class TestService:
    @pytest.mark.parametrize(
        "text",
        [
            "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
            "SELECT * { service silent ?x { ?s ?p ?o } }",
            "PREFIX : <http://127.0.0.1/> SELECT * { ?s ?p ?o SERVICE:x { ?a ?b ?c } }",
            "PREFIX : <http://127.0.0.1/> SELECT * { ?s ?p trueSERVICE:x { ?a ?b ?c } }",
            "SELECT * { ?s ?p 'a\\'' . SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
            'SELECT * { ?s ?p """a"" b""" SERVICE<http://127.0.0.1/>{ ?s ?p ?o } }',
            "SELECT * { ?s <a#> ?o SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
            "SELECT * { FILTER(1<2) SERVICE ?x { ?s ?p ?o } }",
        ],
    )
    def test_service_is_refused_wherever_it_hides(self, text: str) -> None:
        """
        No spelling that the engine would read as SERVICE gets past the guard.
        """
        with pytest.raises(QueryRefused):
            admit(text)

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT ?service { ?service ?p 'SERVICE <x>' }",
            "# SERVICE\nSELECT * { <http://example.org/SERVICE> ?p ?o }",
            "PREFIX eco: <e:> SELECT * { ?s eco:service ?o ; eco:SERVICE-level 'it''s' }",
        ],
    )
    def test_the_word_itself_may_be_used(self, text: str) -> None:
        """
        A variable, a string, a comment, an IRI or a property called service is no federation.
        """
        assert admit(text).kind == "SELECT"


class TestDataset:
    def test_from_is_read_with_prefixes_and_base(self) -> None:
        """
        The graphs of FROM and FROM NAMED are known before the query runs.
        """
        admitted = admit(
            "BASE <http://example.org/> PREFIX g: <http://example.org/g/> "
            "SELECT * FROM g:a FROM <b> FROM NAMED <http://example.org/c> { ?s ?from ?o }"
        )
        assert admitted.default_graphs == ("http://example.org/g/a", "http://example.org/b")
        assert admitted.named_graphs == ("http://example.org/c",)

    def test_without_from_every_graph_is_asked(self) -> None:
        """
        A query that names no graph sees the union of all.
        """
        assert admit("SELECT * { GRAPH ?g { ?s ?p ?o } }").default_graphs is None

    def test_request_wins_over_query(self) -> None:
        """
        The dataset of the protocol request replaces that of the query, and an empty one does not.
        """
        admitted = admit("SELECT * FROM <http://example.org/a> { ?s ?p ?o }")
        assert admitted.over(["urn:b"], []).default_graphs == ("urn:b",)
        assert admitted.over([], []).default_graphs == ("http://example.org/a",)


class TestLimited:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("SELECT * {}", "SELECT * {}\nLIMIT 5"),
            ("SELECT * {} # LIMIT 1", "SELECT * {} # LIMIT 1\nLIMIT 5"),
            ("SELECT * {} OFFSET 3", "SELECT * {} OFFSET 3\nLIMIT 5"),
            ("SELECT * {} limit 3", "SELECT * {} limit 3"),
            ("SELECT * {} LIMIT 30 OFFSET 2", "SELECT * {} LIMIT 5 OFFSET 2"),
            ("SELECT * { { SELECT * {} LIMIT 30 } }", "SELECT * { { SELECT * {} LIMIT 30 } }\nLIMIT 5"),
            ("SELECT * {} VALUES (?a) { (1) }", "SELECT * {} LIMIT 5 VALUES (?a) { (1) }"),
            ("SELECT * { VALUES ?limit { 1 } }", "SELECT * { VALUES ?limit { 1 } }\nLIMIT 5"),
        ],
    )
    def test_outermost_limit_is_the_one_that_counts(self, text: str, expected: str) -> None:
        """
        A query is given a limit, or a lower one, wherever its own may stand.
        """
        assert limited(text, 5) == expected


class TestLimits:
    @pytest.mark.parametrize("pair", ["{}", "()", "[]"])
    def test_depth_is_bounded(self, pair: str) -> None:
        """
        Brackets of any kind may be nested ten times as deep as people write them, and no deeper.
        """
        deep = pair[0] * (MAX_DEPTH - 1) + pair[1] * (MAX_DEPTH - 1)
        assert admit("SELECT * {" + deep + "}").kind == "SELECT"
        with pytest.raises(QueryTooComplex):
            admit("SELECT * {" + pair[0] + deep + pair[1] + "}")

    def test_brackets_in_texts_do_not_count(self) -> None:
        """
        A string or comment full of brackets is not nested.
        """
        assert admit("SELECT * { ?s ?p '" + "{" * 500 + "' } #" + "(" * 500).kind == "SELECT"

    def test_size_is_bounded(self) -> None:
        """
        A query longer than the engine can read is refused at once.
        """
        with pytest.raises(QueryTooComplex):
            admit("ASK {}" + " " * MAX_SIZE)

    @given(st.text(alphabet="SELECT ASKFROM{}()[]<>'\"\\#:?@^_%\nœø1.e", max_size=200))
    def test_no_text_breaks_the_guard(self, text: str) -> None:
        """
        Whatever is sent is admitted or refused with an error of ours.
        """
        with contextlib.suppress(QueryError):
            admit(text)
