"""Facts about how EcoGraph reads RDF."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad

from ecograph.errors import RefusedFormat, SyntaxFault
from ecograph.messages import LANGUAGES
from ecograph.rdf.parsing import N_TRIPLES, TURTLE, media_type_of, normalised, parse

GRAPH = NamedNode("https://w3id.org/ecograph/graph/synthetic")


def _parse(text: str) -> tuple[Quad, ...]:
    return parse(text.encode(), TURTLE, GRAPH, file="synthetic.ttl")


class TestParse:
    def test_everything_lands_in_the_one_graph(self) -> None:
        """
        Every statement of a document is put in the graph it was read for.
        """
        quads = _parse('@prefix x: <urn:x:> . x:a x:b "æøå"@da , 1 .')
        assert {quad.graph_name for quad in quads} == {GRAPH}
        assert len(quads) == 2

    def test_byte_order_mark_is_no_fault(self) -> None:
        """
        A Turtle file saved with a byte order mark is read.
        """
        assert len(parse(b"\xef\xbb\xbf<urn:a> <urn:b> <urn:c> .", TURTLE, GRAPH)) == 1

    def test_fault_has_line_and_column(self) -> None:
        """
        Broken Turtle is answered with the file, the line and the column.
        """
        with pytest.raises(SyntaxFault) as caught:
            _parse('@prefix x: <urn:x:> .\nx:a x:b "ok" .\nx:a x:b ; "no" .\n')
        assert caught.value.values["line"] == 3
        assert caught.value.values["file"] == "synthetic.ttl"
        assert "line" not in str(caught.value.values["detail"])

    def test_relative_iri_is_refused(self) -> None:
        """
        A relative IRI is a fault, not a guess about where the file came from.
        """
        with pytest.raises(SyntaxFault):
            _parse("<a> <urn:b> <urn:c> .")

    def test_named_graph_is_refused(self) -> None:
        """
        A graph named inside a document is a fault: nobody writes into another's graph.
        """
        with pytest.raises(RefusedFormat) as caught:
            _parse("<urn:other> { <urn:a> <urn:b> <urn:c> }")
        assert caught.value.values["format"] == "TriG"

    def test_triple_term_is_refused(self) -> None:
        """
        A statement about a statement in RDF 1.2 form is a fault with its place.
        """
        with pytest.raises(SyntaxFault) as caught:
            _parse("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <<( <urn:a> <urn:b> <urn:c> )>> .")
        assert caught.value.values["line"] == 2

    @pytest.mark.parametrize("name", ["a.rdf", "a.owl", "a.jsonld", "a.trig", "a.nq", "a.n3"])
    def test_output_formats_are_refused(self, name: str) -> None:
        """
        Formats that can fetch content or write elsewhere are refused by name.
        """
        media_type = media_type_of(name)
        assert media_type is not None
        with pytest.raises(RefusedFormat):
            parse(b"", media_type, GRAPH, file=name)

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"<?xml version='1.0'?><rdf:RDF/>", "RDF/XML"),
            (b' [ { "@id": "urn:a" } ]', "JSON-LD"),
            (b"{}", "JSON-LD"),
            (b"<urn:a> <urn:b> <urn:c> <urn:g> .", "N-Quads"),
            (b"GRAPH <urn:g> { <urn:a> <urn:b> <urn:c> }", "TriG"),
            (b"{ <urn:a> <urn:b> <urn:c> } => { <urn:a> <urn:b> <urn:d> } .", "N3"),
            (b"$HDT\x01", "HDT"),
            (b"PK\x03\x04", "ZIP"),
        ],
    )
    def test_output_formats_are_refused_by_content(self, content: bytes, name: str) -> None:
        """
        A format that is for output only is told by its content, whatever the file is called.
        """
        with pytest.raises(RefusedFormat) as caught:
            parse(content, TURTLE, GRAPH, file="synthetic.ttl")
        assert caught.value.values["format"] == name

    @pytest.mark.parametrize(
        "content", ["[] <urn:b> 1 .", "[ <urn:a> 1 ] .", '[ <urn:a> "{" ] .', "# {\n<urn:a> <urn:b> 1 ."]
    )
    def test_turtle_is_not_mistaken(self, content: str) -> None:
        """
        Turtle that begins with a bracket, or has braces in texts and remarks, is Turtle.
        """
        assert len(_parse(content)) == 1

    @pytest.mark.parametrize("content", ["@base <urn:x:> . <urn:a> <urn:b> 1 .", "<urn:a> <urn:b> 1 .\nBASE <urn:x:>"])
    def test_base_is_refused(self, content: str) -> None:
        """
        A document may not bring a base of its own; it is refused at its place.
        """
        with pytest.raises(SyntaxFault) as caught:
            _parse(content)
        assert caught.value.values["reason"] == "base"
        assert caught.value.values["line"] == content.count("\n") + 1

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("<a> <urn:b> 1 .", "relative-address"),
            ("x:a <urn:b> 1 .", "unknown-prefix"),
            ("@prefix x <urn:x> .", "bad-prefix"),
            ("<urn:a> <urn:b> 1", "unfinished"),
            ('<urn:a> <urn:b> "a\n" .', "line-break"),
            ("<urn:a> <urn:b> 1 <urn:c> 2 .", "dot-expected"),
            ("<urn:a> <urn:b> abc .", "not-a-value"),
            ('<urn:a> "b" 1 .', "not-a-property"),
            ("id,title\n1,2", "not-a-thing"),
            ("<urn:a> <urn:b> <http://a b/> .", "bad-address"),
            ('<urn:a> <urn:b> "\\q" .', "bad-escape"),
            ('<urn:a> <urn:b> "x"@ .', "bad-language"),
            ("<urn:a> <urn:b> “x” .", "bad-letter"),
            ("<urn:a> <urn:b> [ <urn:c> 1 .", "bracket"),
            ("<urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> .", "statement-about-statement"),
            ("<urn:a> <urn:b> 1e .", "other"),
        ],
    )
    def test_fault_is_said_in_the_reader_s_language(self, content: str, reason: str) -> None:
        """
        Why a file does not parse is said in each language, and not in the parser's English.
        """
        with pytest.raises(SyntaxFault) as caught:
            _parse(content)
        assert caught.value.values["reason"] == reason
        said = {caught.value.message(lang) for lang in LANGUAGES}
        assert len(said) == len(LANGUAGES)
        assert not any(str(caught.value.values["detail"]) in message for message in said)

    def test_column_counts_characters(self) -> None:
        """
        A column counts characters, so that it is the same in the person's editor.
        """
        with pytest.raises(SyntaxFault) as caught:
            _parse('<urn:a> <urn:b> "æøå" <urn:c> 1 .')
        assert caught.value.values["column"] == 23

    def test_n_triples_is_read(self) -> None:
        """
        N-Triples is read like Turtle.
        """
        assert len(parse(b'<urn:a> <urn:b> "c" .\n', N_TRIPLES, GRAPH)) == 1


class TestSkolemised:
    TEXT = """@prefix x: <urn:x:> .
        x:a x:has [ x:name "one" ; x:part [ x:name "inner" ] ] , [ x:name "two" ] .
    """

    def test_no_blank_node_comes_out(self) -> None:
        """
        Nothing that is published has a blank node.
        """
        for quad in _parse(self.TEXT):
            assert not isinstance(quad.subject, BlankNode)
            assert not isinstance(quad.object, BlankNode)

    def test_same_document_same_iris(self) -> None:
        """
        The same document read twice gives the same IRIs.
        """
        assert set(_parse(self.TEXT)) == set(_parse(self.TEXT))

    def test_a_change_renames_only_what_it_touches(self) -> None:
        """
        A change in one nested node leaves the names of unrelated ones alone.
        """
        changed = _parse(self.TEXT + ' <urn:x:b> <urn:x:has> [ <urn:x:name> "three" ] .')
        assert set(_parse(self.TEXT)) < set(changed)

    def test_nodes_that_say_the_same_stay_apart(self) -> None:
        """
        Two nested nodes with the same content remain two things.
        """
        quads = _parse("@prefix x: <urn:x:> . x:a x:has [ x:n 1 ] , [ x:n 1 ] .")
        assert len({quad.object for quad in quads if quad.predicate.value == "urn:x:has"}) == 2


class TestNormalised:
    def test_numbers_are_written_one_way(self) -> None:
        """
        A number written in two ways is one statement.
        """
        assert len(normalised(_parse("<urn:a> <urn:b> 1.50, 1.5 ."))) == 1
