"""Facts about what a change does to what is already published."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from ecograph.messages import LANGUAGES
from ecograph.namespaces import ECO, GRAPH, RDF, RDFS
from ecograph.rdf.patch import Patch
from ecograph.shacl.extract import extract
from ecograph.shacl.impact import Impact, check, recheck
from ecograph.shacl.reads import compiled
from ecograph.shacl.report import Severity
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.universe import Known, Universe
from ecograph.shacl.validation import Backend, available
from ecograph.store.oxigraph import MemorySnapshot

Read = Callable[[str], tuple[Quad, ...]]

# A boat has an owner who is a person, and a port in a town; a town's mayor has a name.
RULES = """
ecosh:Boat a sh:NodeShape ; sh:targetClass eco:Boat ;
    sh:property ecosh:Boat-owner, ecosh:Boat-port, ecosh:Boat-crew, ecosh:Boat-flag .
ecosh:Boat-owner sh:path eco:owner ; sh:class eco:Person ; sh:name "Ejer"@da, "Ägare"@sv, "Owner"@en .
ecosh:Boat-port sh:path ( eco:port eco:mayor ) ; sh:node ecosh:Named .
ecosh:Boat-crew sh:path [ sh:inversePath eco:sailsOn ] ; sh:maxCount 2 .
ecosh:Boat-flag sh:path eco:flag ; sh:node [ sh:property [ sh:path skos:inScheme ; sh:hasValue eco:flags ] ] ;
    sh:not [ sh:path rdf:type ; sh:maxCount 0 ] .
ecosh:Named a sh:NodeShape ; rdfs:label "Navngivet"@da, "Namngiven"@sv, "Named"@en ;
    sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
"""
PUBLISHED = """
<urn:svanen> a eco:Boat ; dcterms:title "Svanen"@da, "The Swan"@en ; eco:owner <urn:ea> ; eco:port <urn:malmo> ;
    eco:flag <urn:dannebrog> .
<urn:ea> a eco:Person . <urn:malmo> a eco:Town ; eco:mayor <urn:bo> . <urn:bo> foaf:name "Bo" .
<urn:dannebrog> a skos:Concept ; skos:inScheme eco:flags . <urn:kim> eco:sailsOn <urn:svanen> .
"""


class Counting:
    """A snapshot that counts the statements that are taken out of it."""

    def __init__(self, quads: tuple[Quad, ...]) -> None:
        self.snapshot = MemorySnapshot(quads)
        self.taken = 0

    def __len__(self) -> int:
        raise AssertionError("whoever counts a graph reads the whole of it")

    def quads(
        self,
        subject: NamedNode | BlankNode | None,
        predicate: NamedNode | None,
        object: NamedNode | BlankNode | Literal | None,
        graph: NamedNode | None,
    ) -> Iterator[Quad]:
        """The statements that match."""
        for quad in self.snapshot.quads(subject, predicate, object, graph):
            self.taken += 1
            yield quad


@pytest.fixture(scope="module")
def rules(read: Read) -> Shapes:
    return Shapes(read(RULES))


@pytest.fixture(scope="module")
def published(read: Read) -> tuple[Quad, ...]:
    return read(PUBLISHED)


@pytest.fixture(params=available())
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.param  # type: ignore[no-any-return]


def changed(
    quads: tuple[Quad, ...], rules: Shapes, added: tuple[Quad, ...] = (), removed: tuple[Quad, ...] = ()
) -> Impact:
    return check((), Patch(added, removed), MemorySnapshot(quads), (), rules)


def shapes_of(impact: Impact) -> set[tuple[str, str]]:
    return {(str(item.focus), str(item.shape).rpartition("#")[2].rstrip(">")) for item in impact.report.findings}


class TestOwnThings:
    def test_all_findings_about_the_contribution_are_reported(
        self, read: Read, rules: Shapes, published: tuple[Quad, ...], backend: Backend
    ) -> None:
        """
        Everything that is wrong with what a contribution says is found, held against what is published.
        """
        own = read("<urn:ny> a eco:Boat ; eco:owner <urn:ea>, <urn:malmo> ; eco:port <urn:malmo> .")
        found = check(own, Patch(own), MemorySnapshot(published), (), rules, backend=backend)
        assert [(item.code, item.term) for item in found.report.findings] == [("class", NamedNode("urn:malmo"))]
        assert found.affected == 0

    def test_nothing_published_is_a_graph_too(self, read: Read, rules: Shapes) -> None:
        """
        The first contribution of all is checked against nothing.
        """
        own = read("<urn:ny> a eco:Boat ; eco:owner <urn:ea> .")
        found = check(own, Patch(own), None, (), rules)
        assert [item.code for item in found.report.findings] == ["class"]

    def test_old_faults_of_others_are_not_reported(
        self, read: Read, rules: Shapes, published: tuple[Quad, ...], backend: Backend
    ) -> None:
        """
        What was wrong before the change is not held against the one who makes it.
        """
        faulty = (*published, *read("<urn:svanen> eco:owner <urn:nobody> ."))
        added = read("<urn:malmo> eco:mayor <urn:nameless> .")
        found = check((), Patch(added), MemorySnapshot(faulty), (), rules, backend=backend)
        assert shapes_of(found) == {("<urn:svanen>", "Boat-port")}


class TestOthers:
    def test_what_is_removed_may_be_needed(self, rules: Shapes, published: tuple[Quad, ...], backend: Backend) -> None:
        """
        Whoever takes away what others refer to is told which of their things suffer, by name, in three languages.
        """
        gone = tuple(quad for quad in published if quad.object == ECO.Person)
        found = check((), Patch((), gone), MemorySnapshot(published), (), rules, backend=backend)
        (item,) = found.report.findings
        assert (item.code, item.severity, item.term) == ("affects-other", Severity.VIOLATION, NamedNode("urn:ea"))
        assert "»Svanen«" in item.messages["da"]
        assert "»Ejer«" in item.messages["da"]
        assert "“The Swan”" in item.messages["en"]
        assert len(set(item.messages.values())) == len(LANGUAGES)

    def test_a_path_is_walked_backwards(self, rules: Shapes, published: tuple[Quad, ...]) -> None:
        """
        A change two steps away reaches the thing whose shape looks that far.
        """
        gone = tuple(quad for quad in published if quad.object == Literal("Bo"))
        assert shapes_of(changed(published, rules, (), gone)) == {("<urn:svanen>", "Boat-port")}

    def test_an_inverse_path_is_walked_forwards(self, read: Read, rules: Shapes, published: tuple[Quad, ...]) -> None:
        """
        Two who are alone aboard may be too many together with the one who is published.
        """
        added = read("<urn:per> eco:sailsOn <urn:svanen> . <urn:pia> eco:sailsOn <urn:svanen> .")
        assert shapes_of(changed(published, rules, added)) == {("<urn:svanen>", "Boat-crew")}
        assert not changed(published, rules, added[:1]).report.findings

    def test_a_new_class_brings_its_shapes(self, read: Read, rules: Shapes, published: tuple[Quad, ...]) -> None:
        """
        Calling a published thing a boat holds it against what boats must have.
        """
        known = (*published, *read("<urn:tree> eco:owner <urn:malmo> ."))
        assert shapes_of(changed(known, rules, read("<urn:tree> a eco:Boat ."))) == {("<urn:tree>", "Boat-owner")}

    def test_a_change_of_the_hierarchy_reaches_all_instances(
        self, read: Read, rules: Shapes, published: tuple[Quad, ...]
    ) -> None:
        """
        Making a class a subclass of another puts its things under that class's shapes, and taking it away undoes it.
        """
        known = (*published, *read("<urn:float> a eco:Raft ; eco:owner <urn:malmo> ."))
        assert shapes_of(changed(known, rules, read("eco:Raft rdfs:subClassOf eco:Boat ."))) == {
            ("<urn:float>", "Boat-owner")
        }
        skippers = (*published, *read("<urn:eb> a eco:Skipper . <urn:ny> a eco:Boat ; eco:owner <urn:eb> ."))
        above = read("eco:Skipper rdfs:subClassOf eco:Person .")
        assert shapes_of(changed((*skippers, *above), rules, (), above)) == {("<urn:ny>", "Boat-owner")}

    def test_membership_of_a_list_is_needed(self, rules: Shapes, published: tuple[Quad, ...]) -> None:
        """
        A concept that leaves its list leaves those who chose it with a wrong choice.
        """
        gone = tuple(quad for quad in published if quad.object == ECO.flags)
        assert shapes_of(changed(published, rules, (), gone)) == {("<urn:svanen>", "Boat-flag")}

    def test_the_last_statement_is_the_one_that_counts(self, rules: Shapes, published: tuple[Quad, ...]) -> None:
        """
        What somebody else says as well is not gone when one of them takes it back.
        """
        said = [quad for quad in published if quad.object == ECO.Person]
        also = Quad(said[0].subject, RDF.type, ECO.Person, GRAPH.other)
        found = changed((*published, also), rules, (), (also,))
        assert (found.affected, found.report.findings) == (0, ())

    def test_something_without_any_class_is_not_known(self, rules: Shapes, published: tuple[Quad, ...]) -> None:
        """
        A thing that loses its only class is missed by those who ask for nothing but that it is there.
        """
        gone = tuple(q for q in published if (q.subject, q.predicate) == (NamedNode("urn:dannebrog"), RDF.type))
        assert shapes_of(changed(published, rules, (), gone)) == {("<urn:svanen>", "Boat-flag")}


LOOKING_ASIDE = {
    "compared": (
        "ecosh:S sh:targetClass eco:T ; sh:property [ sh:path eco:start ; sh:lessThan eco:end ] .",
        "<urn:t> a eco:T ; eco:start 2 .",
        "<urn:t> eco:end 1 .",
    ),
    "closed": (
        "ecosh:S sh:targetClass eco:T ; sh:closed true ; sh:ignoredProperties ( rdf:type ) .",
        "<urn:t> a eco:T .",
        "<urn:t> eco:anything 1 .",
    ),
    "siblings": (
        "ecosh:S sh:targetClass eco:T ; sh:property ecosh:P, ecosh:Q . ecosh:P sh:path eco:p ; sh:qualifiedMinCount 1 ;"
        "sh:qualifiedValueShape [ sh:class eco:A ] ; sh:qualifiedValueShapesDisjoint true ."
        "ecosh:Q sh:path eco:q ; sh:qualifiedMaxCount 9 ; sh:qualifiedValueShape [ sh:class eco:B ] .",
        "<urn:t> a eco:T ; eco:p <urn:v> . <urn:v> a eco:A .",
        "<urn:v> a eco:B .",
    ),
    "repeated": (
        "ecosh:S sh:targetClass eco:T ; sh:property [ sh:path [ sh:oneOrMorePath eco:p ] ; sh:class eco:T ] .",
        "<urn:t> a eco:T ; eco:p <urn:v> . <urn:v> a eco:T ; eco:p <urn:w> . <urn:w> a eco:T .",
        "<urn:w> eco:p <urn:x> .",
    ),
    "listed": (
        "ecosh:S sh:targetNode <urn:t> ; sh:property ecosh:P ."
        "ecosh:P sh:path [ sh:alternativePath ( eco:p eco:q ) ] ; sh:in ( 1 2 ) .",
        "<urn:t> eco:p 1 .",
        "<urn:t> eco:q 3 .",
    ),
}
"""By what a shape looks at: the shape, what is published, and a change that only looking there shows to be wrong."""


class TestLookingAside:
    @pytest.mark.parametrize("case", LOOKING_ASIDE)
    def test_every_look_aside_is_known(self, read: Read, case: str) -> None:
        """
        Whatever a shape looks at beside the values of its path, a change of that is noticed.
        """
        rules, published, added = map(read, LOOKING_ASIDE[case])
        assert not changed(published, Shapes(rules), read("<urn:other> eco:p 1 .")).report.findings
        found = changed(published, Shapes(rules), added).report.findings
        assert NamedNode("urn:t") in {item.focus for item in found}


class TestHubs:
    def _harbour(self, read: Read, boats: int) -> tuple[Quad, ...]:
        many = "".join(
            f"<urn:b{number}> a eco:Boat ; eco:owner <urn:ea> ; eco:flag <urn:dannebrog> .\n" for number in range(boats)
        )
        return read(PUBLISHED + many)

    def test_pointing_at_a_hub_costs_nothing_more(self, read: Read, rules: Shapes) -> None:
        """
        A new thing that points where thousands point is checked without looking at those.
        """
        own = read("<urn:ny> a eco:Boat ; eco:owner <urn:ea> ; eco:flag <urn:dannebrog> .")
        taken = []
        for boats in (10, 3_000):
            source = Counting(self._harbour(read, boats))
            assert check(own, Patch(own), source, (), rules).affected == 0
            taken.append(source.taken)
        assert taken[0] == taken[1] < 30

    def test_a_class_nobody_asks_for_touches_nobody(self, read: Read, rules: Shapes) -> None:
        """
        What a hub gains that no shape asks for does not lead to those who point at it.
        """
        source = Counting(self._harbour(read, 3_000))
        added = read(
            "<urn:ea> a eco:Sailor ; foaf:name 'Ea' . <urn:dannebrog> a eco:Cloth ; skos:inScheme eco:cloths ."
        )
        assert check((), Patch(added), source, (), rules).affected == 0
        assert source.taken < 60

    def test_what_is_too_much_is_queued_and_said(self, read: Read, rules: Shapes) -> None:
        """
        A change that touches very many things checks some, names the rest for later, and says so.
        """
        published = self._harbour(read, 50)
        gone = tuple(quad for quad in published if quad.object == ECO.Person)
        found = check((), Patch((), gone), MemorySnapshot(published), (), rules, cap=20)
        assert (found.affected, len(found.queued)) == (20, 31)
        (hint,) = (item for item in found.report.findings if item.code == "many-affected")
        assert hint.severity is Severity.INFO
        assert "31" in hint.messages["sv"]
        assert sum(1 for item in found.report.findings if item.code == "affects-other") == 20
        after = MemorySnapshot(tuple(quad for quad in published if quad not in gone))
        later = recheck(found.queued, after, (), rules)
        assert {item.focus for item in later.findings} == set(found.queued)


class TestExtract:
    def test_holds_what_is_read_and_nothing_else(self, read: Read, rules: Shapes, published: tuple[Quad, ...]) -> None:
        """
        The engine sees what the shapes read from the focus nodes: not their titles, not other things.
        """
        universe = Universe(Known(MemorySnapshot((*published, *read("<urn:other> a eco:Boat .")))))
        found = extract([NamedNode("urn:svanen")], universe, compiled(rules)).statements
        assert {subject.value for subject, _, _ in found} == {
            "urn:svanen",
            "urn:ea",
            "urn:malmo",
            "urn:bo",
            "urn:dannebrog",
            "urn:kim",
        }
        assert len(found) == 10

    def test_a_hierarchy_that_bites_its_tail_ends(self, read: Read) -> None:
        """
        Classes that are each other's subclasses do not make a check run for ever.
        """
        universe = Universe(Known(MemorySnapshot(read("eco:A rdfs:subClassOf eco:B . eco:B rdfs:subClassOf eco:A ."))))
        assert universe.supers(ECO.A) == universe.below(ECO.A) == {ECO.A, ECO.B}
        assert universe.has(ECO.A, RDFS.subClassOf, ECO.B)

    def test_what_may_read_anything_is_refused(self, read: Read) -> None:
        """
        A shape with SPARQL in it is refused, for nobody can tell which changes it would notice.
        """
        with pytest.raises(ValueError, match="sparql"):
            compiled(Shapes(read("ecosh:X a sh:NodeShape ; sh:targetClass eco:X ; sh:sparql [ sh:select '' ] .")))
