"""Facts about how EcoGraph reads RDF."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad

from ecograph.errors import RefusedFormat, SyntaxFault
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
