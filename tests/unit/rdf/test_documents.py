"""Facts about the places of statements in Turtle."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from ecograph.errors import EcoGraphError
from ecograph.identifiers import Space, kind_and_slug
from ecograph.rdf.documents import Document, read
from ecograph.rdf.parsing import N_TRIPLES, TURTLE
from ecograph.rdf.positions import Position
from lacking import beside

GRAPH = NamedNode("https://w3id.org/ecograph/graph/synthetic")
ROOT = Path(__file__).parents[3]
TEXT = """# synthetic: [ ( "
@prefix x: <urn:x:> .
PREFIX y: <urn:y:>
x:a a x:Need ;
    x:title "Behov ; . [ ved åen"@da , '''two
lines''' ;
    x:part [ x:value 1.5 ; x:inner [ x:value true ] ] .
y:b\\,c x:list ( x:one [ x:in 1 ] ( ) ) ; x:end x:last .
[] x:title "nameless" .
"""


def _read(text: str) -> Document:
    return read(text.encode(), TURTLE, GRAPH)


class TestPlaces:
    def test_terms_have_line_and_column(self) -> None:
        """
        Subject, property and value of each statement have the place where they are written, in characters.
        """
        document = _read(TEXT)
        x = "urn:x:"
        assert document.where(NamedNode(x + "a")) == Position(4, 1)
        assert document.where(NamedNode(x + "a"), NamedNode(x + "title"), Literal("two\nlines")) == Position(5, 40)
        assert document.where(NamedNode(x + "a"), NamedNode(x + "part")) == Position(7, 5)
        assert document.where(NamedNode("urn:y:b,c"), NamedNode(x + "end"), NamedNode(x + "last")) == Position(8, 48)
        assert document.where(NamedNode("urn:nobody")) is None
        assert document.lines[NamedNode("urn:y:b,c")] == 8

    def test_things_without_a_name_have_one(self) -> None:
        """
        What is said within brackets has its own line, whatever name the thing is given.
        """
        document = _read(TEXT)
        named = {line for iri, line in document.lines.items() if (kind_and_slug(iri) or ("",))[0] == "node"}
        assert named == {7, 8, 9}

    def test_members_of_lists_have_none(self) -> None:
        """
        The links of a list stand nowhere in the text, and are given no place.
        """
        document = _read("<urn:a> <urn:b> ( 1 2 ) .")
        assert [document.predicate_at(at) is None for at in range(5)].count(True) == 4

    def test_n_triples(self) -> None:
        """
        N-Triples has places too.
        """
        document = read(b'<urn:a> <urn:b> "x" .\n# remark\n<urn:c> <urn:d> _:e .\n', N_TRIPLES, GRAPH)
        assert document.object_at(1) == Position(3, 17)

    def test_no_place_is_better_than_a_wrong_one(self) -> None:
        """
        Where the text cannot be followed for certain there are no places, and the statements are there all the same.
        """
        document = _read("<urn:a> <urn:b> 1 .")
        broken = Document(document.quads, "<urn:a> <urn:OTHER> 1 .")
        assert broken.predicate_at(0) is None
        assert not broken.lines
        assert len(broken.quads) == 1

    @pytest.mark.parametrize("folder", ["ontology", "shapes", "data"])
    def test_our_own_files_have_every_place(self, folder: str) -> None:
        """
        In every Turtle file of ours, each statement is where it is said to be.
        """
        files = sorted((ROOT / folder).rglob("*.ttl"))
        assert files
        for file in files:
            document = read(file.read_bytes(), TURTLE, GRAPH, file=file.name)
            assert len(document.lines) == len({quad.subject for quad in document.quads} - _list_cells(document)), file

    def test_w3c_files_have_no_wrong_place(self) -> None:
        """
        In the Turtle files of the W3C tests that are accepted, a place shows the term, or there is none.
        """
        files = sorted(beside("w3c/rdf").rglob("*.ttl"))
        assert files
        placed = 0
        for file in files:
            try:
                document = read(file.read_bytes(), TURTLE, GRAPH, file=file.name)
            except EcoGraphError:
                continue
            lines = document.text.splitlines() or [""]
            for at, quad in enumerate(document.quads):
                place = document.predicate_at(at)
                if place is not None:
                    placed += 1
                    shown = lines[place.line - 1][place.column - 1 :]
                    assert shown.startswith(("<", "a", ":")) or ":" in shown, (file, quad)
        assert placed > 250


class TestNames:
    def test_nameless_things_are_in_the_publisher_s_space(self) -> None:
        """
        What has no name gets one in the publisher's space.
        """
        space = Space("partner")
        document = read(b"[] <urn:p> [ <urn:q> 1 ] .", TURTLE, GRAPH, space=space)
        subjects = {quad.subject for quad in document.quads}
        assert len(subjects) == 2
        assert all(isinstance(subject, NamedNode) and space.holds(subject) for subject in subjects)

    def test_alike_things_in_a_long_chain_stay_apart(self) -> None:
        """
        Things that say the same far and wide remain as many as they are.
        """
        document = _read("".join(f"_:n{at} <urn:next> _:n{at + 1} .\n" for at in range(300)))
        assert len({quad.subject for quad in document.quads}) == 300


def _list_cells(document: Document) -> set[object]:
    """Nodes that only hold a member of a list."""
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    said: dict[object, set[str]] = {}
    for quad in document.quads:
        said.setdefault(quad.subject, set()).add(quad.predicate.value)
    return {subject for subject, properties in said.items() if properties <= {f"{rdf}first", f"{rdf}rest"}}
