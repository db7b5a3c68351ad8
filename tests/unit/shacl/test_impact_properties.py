"""
The findings of an incremental check are those of a check of the whole graph: shown on random graphs and changes.

Two sets of shapes: the real ones, and small synthetic ones that hold every kind of target, path and constraint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.identifiers import concept_iri, scheme_iri, thing_iri
from ecograph.namespaces import ADMS, DCTERMS, ECO, FOAF, GRAPH, RDF, RDFS, SCHEMA, SKOS, XSD
from ecograph.rdf.parsing import TURTLE, normalised, parse
from ecograph.rdf.patch import Patch, diff
from ecograph.shacl import impact
from ecograph.shacl.report import Report, Term
from ecograph.shacl.shapes import SHAPES_GRAPH, Shapes
from ecograph.shacl.validation import Backend, findings, results
from ecograph.store.oxigraph import MemorySnapshot

ROOT = Path(__file__).parents[3]
Read = Callable[[str], tuple[Quad, ...]]
Key = tuple[object, ...]

EVERYTHING = """
ecosh:A a sh:NodeShape ; sh:targetClass eco:A ;
    sh:property ecosh:A-next, ecosh:A-far, ecosh:A-back, ecosh:A-any, ecosh:A-kind, ecosh:A-most, ecosh:A-same ;
    sh:or ( [ sh:path eco:p ; sh:minCount 1 ] [ sh:path [ sh:inversePath eco:q ] ; sh:maxCount 0 ] ecosh:Named ) .
ecosh:A-next sh:path eco:p ; sh:node ecosh:Named ; sh:maxCount 2 .
ecosh:A-far sh:path ( eco:p eco:q ) ; sh:class eco:C ; sh:disjoint eco:q .
ecosh:A-back sh:path [ sh:inversePath ( eco:q [ sh:inversePath eco:p ] ) ] ; sh:not ecosh:Marked .
ecosh:A-any sh:path [ sh:alternativePath ( eco:q [ sh:zeroOrOnePath eco:p ] ) ] ; sh:nodeKind sh:IRI .
ecosh:A-kind sh:path eco:p ; sh:qualifiedValueShape ecosh:Marked ; sh:qualifiedMinCount 1 ;
    sh:qualifiedValueShapesDisjoint true .
ecosh:A-most sh:path [ sh:alternativePath ( eco:p eco:r ) ] ;
    sh:qualifiedValueShape [ sh:class eco:B ] ; sh:qualifiedMaxCount 1 ; sh:qualifiedValueShapesDisjoint true .
ecosh:A-same sh:path eco:q ; sh:equals eco:r .
ecosh:Named a sh:NodeShape ; sh:property [ sh:path eco:name ; sh:minCount 1 ; sh:uniqueLang true ] .
ecosh:Marked a sh:NodeShape ; sh:property [ sh:path eco:mark ; sh:hasValue 1 ] .
ecosh:B a sh:NodeShape ; sh:targetClass eco:B ; sh:closed true ; sh:ignoredProperties ( rdf:type eco:name ) ;
    sh:property ecosh:B-all, ecosh:B-deep .
ecosh:B-all sh:path [ sh:zeroOrMorePath eco:q ] ; sh:xone ( [ sh:class eco:B ] [ sh:class eco:C ] ) .
ecosh:B-deep sh:path [ sh:oneOrMorePath [ sh:alternativePath ( eco:p eco:r ) ] ] ; sh:property ecosh:Deep-name .
ecosh:Deep-name sh:path eco:name ; sh:maxCount 1 .
ecosh:Of a sh:NodeShape ; sh:targetObjectsOf eco:r ; sh:and ( ecosh:Named [ sh:class eco:A ] ) .
ecosh:Has a sh:NodeShape ; sh:targetSubjectsOf eco:mark ; sh:property ecosh:Has-order, ecosh:Has-typed .
ecosh:Has-order sh:path eco:mark ; sh:lessThan eco:size ; sh:lessThanOrEquals eco:size ; sh:datatype xsd:integer .
ecosh:Has-typed sh:path eco:p ; sh:not [ sh:path rdf:type ; sh:maxCount 0 ] .
ecosh:Sized a sh:NodeShape ; sh:targetSubjectsOf eco:size ; sh:property [ sh:path eco:name ; sh:minCount 1 ] .
ecosh:One a sh:NodeShape ; sh:targetNode <urn:n0> ; sh:property [ sh:path ( eco:r rdf:type ) ; sh:minCount 1 ] .
eco:C a sh:NodeShape, rdfs:Class ; sh:property [ sh:path eco:name ; sh:in ( "x" "y"@da ) ] .
"""
"""Synthetic shapes: every target, every kind of path, and every constraint that looks at other statements."""

HIERARCHY = (Quad(ECO.D, RDFS.subClassOf, ECO.B), Quad(ECO.B, RDFS.subClassOf, ECO.E))


def examples(count: int) -> settings:
    """The same `count` examples in each run, however long one takes."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


def _statements(
    graphs: Sequence[NamedNode], *parts: tuple[Sequence[Term], Sequence[NamedNode], Sequence[Term]]
) -> SearchStrategy[Quad]:
    made = [
        st.builds(
            Quad,
            st.sampled_from(subjects),
            st.sampled_from(predicates),
            st.sampled_from(values),
            st.sampled_from(graphs),
        )
        for subjects, predicates, values in parts
    ]
    return st.one_of(made)


GRAPHS = (GRAPH.one, GRAPH.two)
NODES = tuple(NamedNode(f"urn:n{number}") for number in range(5))
SMALL = _statements(
    GRAPHS,
    (NODES, (RDF.type,), (ECO.A, ECO.B, ECO.C, ECO.D)),
    (NODES, (ECO.p, ECO.q, ECO.r), NODES),
    (NODES, (ECO.name,), (Literal("x"), Literal("y", language="da"), Literal("z", language="da"))),
    (NODES, (ECO.mark, ECO.size), (Literal(1), Literal(2), Literal("1"))),
    ((ECO.A, ECO.C), (RDFS.subClassOf,), (ECO.C, ECO.B)),
)

NEEDS = tuple(thing_iri("need", f"n{number}") for number in range(3))
PLACES = tuple(thing_iri("municipality", f"m{number}") for number in range(2))
PROJECTS = tuple(thing_iri("project", f"p{number}") for number in range(2))
CLAIMS = tuple(thing_iri("capability-claim", f"c{number}") for number in range(2))
TAKING_PART = tuple(thing_iri("participation", f"t{number}") for number in range(2))
TOPICS = tuple(concept_iri("topic", name) for name in ("water", "nothing-of-ours"))
COUNTRIES = (concept_iri("country", "dk"), concept_iri("country", "se"))
TITLES = (Literal("En", language="da"), Literal("To", language="da"), Literal("Two", language="en"), Literal("2"))
DAYS = (Literal("2024-01-01", datatype=XSD.date), Literal("2025-01-01", datatype=XSD.date))
DATES = (*DAYS, Literal("2024", datatype=XSD.gYear))
REAL = _statements(
    GRAPHS,
    (NEEDS, (RDF.type,), (ECO.Need,)),
    (PLACES, (RDF.type,), (ECO.Municipality, ECO.Region, ECO.Company)),
    (PROJECTS, (RDF.type,), (ECO.Project, ECO.Programme)),
    (CLAIMS, (RDF.type,), (ECO.CapabilityClaim, ECO.Feedback)),
    (TAKING_PART, (RDF.type,), (ECO.Participation,)),
    (NEEDS + PROJECTS, (DCTERMS.title,), TITLES),
    (PLACES, (FOAF.name,), TITLES),
    (NEEDS, (ECO.raisedBy, DCTERMS.spatial), PLACES + PROJECTS),
    (NEEDS, (ECO.topic, ECO.country, ADMS.status), TOPICS + COUNTRIES),
    (NEEDS, (ECO.budget,), (Literal("5", datatype=XSD.decimal), Literal("-1", datatype=XSD.decimal), Literal("x"))),
    (PROJECTS + TAKING_PART, (SCHEMA.startDate, SCHEMA.endDate), DATES),
    (CLAIMS, (ECO.evidence, ECO.about, ECO.actor, ECO.candidate, ECO.need), PROJECTS + PLACES + NEEDS),
    (TAKING_PART, (ECO.project, ECO.participant, ECO.actor), PROJECTS + PLACES),
    (TOPICS + COUNTRIES, (SKOS.inScheme,), (scheme_iri("topic"), scheme_iri("country"))),
)


@st.composite
def changes(draw: st.DrawFn, statements: SearchStrategy[Quad]) -> tuple[tuple[Quad, ...], Patch, tuple[Quad, ...]]:
    """What is published, what changes, and the part of it that is the contribution."""
    published = normalised(draw(st.lists(statements, min_size=3, max_size=25)))
    added = draw(st.lists(statements, max_size=6))
    removed = draw(st.lists(st.sampled_from(published), max_size=4))
    patch = diff(published, [*(quad for quad in published if quad not in removed), *added])
    own = draw(st.integers(0, 2))
    return published, patch, tuple(patch.additions[:own])


def expected(
    published: Iterable[Quad],
    patch: Patch,
    focus: Iterable[Quad],
    background: Iterable[Quad],
    shapes: Shapes,
    backend: Backend,
) -> set[Key]:
    """The findings of a check of the whole graph: all about the contribution, and what is new about everything else."""
    own = {quad.subject for quad in focus}
    background = tuple(background)
    removed = set(patch.removals)
    after = [*(quad for quad in published if quad not in removed), *patch.additions, *background]
    then = set(results(after, shapes, backend))
    now = set(results((*published, *background), shapes, backend))
    mine = findings((result for result in then if result.focus in own), shapes)
    theirs = findings((result for result in then - now if result.focus not in own), shapes)
    return {_key(item, item.code) for item in mine} | {_key(item, "affects-other") for item in theirs}


Rules = tuple[Shapes, tuple[Quad, ...]]
"""Shapes, and the class hierarchy."""

Case = tuple[tuple[Quad, ...], Patch, tuple[Quad, ...]]
"""What is published, what changes, and the contribution."""


def found(report: Report) -> set[Key]:
    return {_key(item, item.code) for item in report.findings}


def _key(item: object, code: str) -> Key:
    return (code, *(getattr(item, name) for name in ("severity", "shape", "focus", "path", "term")))


@pytest.fixture(scope="module")
def everything(read: Read) -> Shapes:
    return Shapes(read(EVERYTHING))


@pytest.fixture(scope="module")
def real() -> Rules:
    """The real shapes, and the class hierarchy of the ontology."""
    files = sorted((ROOT / "ontology").glob("*.ttl"))
    quads = [quad for file in files for quad in parse(file.read_bytes(), TURTLE, SHAPES_GRAPH)]
    return Shapes.load(ROOT), tuple(quad for quad in quads if quad.predicate == RDFS.subClassOf)


def agree(
    case: Case,
    shapes: Shapes,
    background: Iterable[Quad],
    ours: Backend,
    whole: Backend,
) -> None:
    published, patch, focus = case
    checked = impact.check(focus, patch, MemorySnapshot(published), background, shapes, backend=ours)
    assert found(checked.report) == expected(published, patch, focus, background, shapes, whole)
    assert not checked.queued


class TestEveryKindOfShape:
    @examples(200)
    @given(case=changes(SMALL))
    def test_fast_engine(self, everything: Shapes, case: Case) -> None:
        """
        Whatever a shape looks at, the extract holds it: the fast engine finds in it what it finds in the whole graph.
        """
        agree(case, everything, HIERARCHY, "turbo", "turbo")

    @examples(40)
    @given(case=changes(SMALL))
    def test_referee(self, everything: Shapes, case: Case) -> None:
        """
        The referee finds in the extract what it finds in the whole graph.
        """
        agree(case, everything, HIERARCHY, "pyshacl", "pyshacl")

    @pytest.mark.slow
    @examples(3_000)
    @given(case=changes(SMALL))
    def test_fast_engine_at_length(self, everything: Shapes, case: Case) -> None:
        """
        The same, on thousands of graphs.
        """
        agree(case, everything, HIERARCHY, "turbo", "turbo")


class TestRealShapes:
    @examples(15)
    @given(case=changes(REAL))
    def test_referee_on_the_whole_graph(self, real: Rules, case: Case) -> None:
        """
        What the fast engine finds in the extract is what the referee finds in the whole graph.
        """
        agree(case, *real, "turbo", "pyshacl")

    @examples(100)
    @given(case=changes(REAL))
    def test_fast_engine(self, real: Rules, case: Case) -> None:
        """
        What the fast engine finds in the extract is what it finds in the whole graph.
        """
        agree(case, *real, "turbo", "turbo")

    @pytest.mark.slow
    @examples(100)
    @given(case=changes(REAL))
    def test_referee_at_length(self, real: Rules, case: Case) -> None:
        """
        The same for more graphs, and for the referee on both sides.
        """
        agree(case, *real, "turbo", "pyshacl")
        agree(case, *real, "pyshacl", "pyshacl")
