"""
Every shape against its cases in `tests/conformance/shapes/`, on both engines.

A case is one Turtle file: `valid-*.ttl` or `invalid-*.ttl`, the latter saying in `# expect:` which shape must speak up.
The cases of one class are checked in one run, each under names of its own. Beside them the engines see the class
hierarchy, the concepts they name and the things of `context.ttl` that they point at: nothing else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
import re2
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, RDFS, SH, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from ecograph.messages import catalogue
from ecograph.shacl.report import Finding
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import Backend, findings
from ecograph.shacl.validation import Result as Found
from ecograph.shacl.validation import results as validated

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "shapes"
CASES = sorted(FOLDER.glob("*/*.ttl"))
NUMBER_OF_CASES = 462
"""Counted by hand when a case is added, so that a lost file shows."""

ECO = Namespace("https://w3id.org/ecograph/ns#")
ECOSH = Namespace("https://w3id.org/ecograph/shapes#")
CONCEPT = "https://w3id.org/ecograph/concept/"
LANGUAGES = {"da", "sv", "en"}
EXPECTED = "-expected"
ENGINES: tuple[Backend, ...] = ("turbo", "pyshacl")
JARGON = re.compile(
    r"https?:|urn:|_:|\b(?:sh|xsd|eco|ecosh|rdf|rdfs|skos|foaf|dcterms):|Constraint|[{}^]"
    r"|\b(?:IRI|URI|literal|blank node)s?\b"
)
"""What no reader of a message must meet; names of constraints and datatypes are added by the test."""


@dataclass(frozen=True)
class Result:
    focus: Node
    path: str | None
    component: Node
    shape: Node | None
    severity: Node


def graph_of(*files: Path) -> Graph:
    graph = Graph()
    for file in files:
        graph.parse(data=file.read_text(encoding="utf-8"), format="turtle")
    return graph


@cache
def shapes() -> Graph:
    return graph_of(*sorted((ROOT / "shapes").glob("*.ttl")))


@cache
def classes() -> Graph:
    hierarchy = Graph()
    for triple in graph_of(*sorted((ROOT / "ontology").glob("*.ttl"))).triples((None, RDFS.subClassOf, None)):
        hierarchy.add(triple)
    return hierarchy


@cache
def concepts() -> Graph:
    return graph_of(*sorted((ROOT / "ontology" / "concepts").glob("*.ttl")))


@cache
def context() -> Graph:
    return graph_of(FOLDER / "context.ttl")


def data_for(cases: Graph) -> Graph:
    data = cases + classes()
    for node in set(cases.objects()):
        for triple in context().triples((node, None, None)):
            data.add(triple)
        if isinstance(node, URIRef) and node.startswith(CONCEPT):
            for triple in concepts().triples((node, SKOS.inScheme, None)):
                data.add(triple)
    return data


def set_apart(case: Path) -> tuple[Graph, dict[Node, Node]]:
    """A case with names of its own for what it describes, and what each of them was called before."""
    graph = graph_of(case)
    own = {node: URIRef(f"{node}.{case.stem}") for node in graph.subjects() if isinstance(node, URIRef)}

    def renamed(node: Node) -> Node:
        return own.get(node, node) if isinstance(node, URIRef) else node

    apart = Graph()
    for subject, predicate, value in graph:
        apart.add((renamed(subject), predicate, renamed(value)))
    return apart, {new: old for old, new in own.items()}


@cache
def contract() -> Shapes:
    """The shapes as EcoGraph reads them."""
    return Shapes.load(ROOT)


@cache
def found_in_class(engine: Backend, folder: Path) -> tuple[Found, ...]:
    """All cases of a class in one run, for most of an engine's time goes into reading the shapes."""
    together = Graph()
    for case in sorted(folder.glob("*.ttl")):
        together += set_apart(case)[0]
    data = parse(data_for(together).serialize(format="nt"), RdfFormat.N_TRIPLES)
    return validated(data, contract(), engine)


@cache
def results_of_class(engine: Backend, folder: Path) -> dict[Path, frozenset[Result]]:
    found = defaultdict(set)
    for result in found_in_class(engine, folder):
        shape = result.shape
        found[URIRef(result.focus.value)].add(
            Result(
                focus=URIRef(result.focus.value),
                path=None if result.path is None else str(result.path),
                component=URIRef(result.component.value),
                shape=None if shape is None else URIRef(shape.value),
                severity=URIRef(result.severity.value),
            )
        )
    return {
        case: frozenset(
            replace(result, focus=old) for new, old in set_apart(case)[1].items() for result in found.get(new, ())
        )
        for case in sorted(folder.glob("*.ttl"))
    }


@cache
def silent() -> Shapes:
    """The shapes without any message or description of their own, so that the catalogue speaks."""
    mute = {SH.message, SH.description}
    quads = (quad for quad in contract().quads if URIRef(quad.predicate.value) not in mute)
    return Shapes(quads, contract().labels)


def results(engine: Backend, case: Path) -> frozenset[Result]:
    return results_of_class(engine, case.parent)[case]


def expected_of(case: Path) -> set[URIRef]:
    return {
        ECOSH[name] for name in re.findall(r"^# expect: ecosh:(\S+)$", case.read_text(encoding="utf-8"), re.MULTILINE)
    }


def template_shapes() -> list[URIRef]:
    """The node shapes that speak about a class, without conditions such as `ecosh:Need-currency-expected`."""
    return [shape for shape in named(SH.targetClass) if "-" not in local(shape)]


def conditions() -> list[URIRef]:
    """The node shapes that speak about several columns of a class."""
    return [shape for shape in named(SH.targetClass) if "-" in local(shape)]


def property_shapes() -> list[URIRef]:
    """The property shapes of the classes: columns and fields, and what is expected of them."""
    return sorted({prop for shape in template_shapes() for prop in listed(shape)})


def listed(shape: URIRef) -> list[URIRef]:
    return [prop for prop in shapes().objects(shape, SH.property) if isinstance(prop, URIRef)]


def columns_of(shape: URIRef) -> list[URIRef]:
    return [prop for prop in listed(shape) if not prop.endswith(EXPECTED)]


def named(predicate: URIRef) -> list[URIRef]:
    """The shapes that have a name and this property."""
    return sorted({shape for shape in shapes().subjects(predicate, None) if isinstance(shape, URIRef)})


def local(node: Node) -> str:
    return str(node).removeprefix(str(ECOSH))


def texts(node: Node, predicate: URIRef) -> dict[str, str]:
    found = [text for text in shapes().objects(node, predicate) if isinstance(text, Literal)]
    assert len(found) == len({text.language for text in found}), f"{local(node)} says the same twice in one language"
    return {str(text.language): str(text) for text in found}


def number(node: Node, predicate: URIRef = SH.order) -> float:
    return float(str(shapes().value(node, predicate)))


case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")


class TestCases:
    def test_no_case_is_lost(self) -> None:
        """
        Each case that was written is run.
        """
        assert len(CASES) == NUMBER_OF_CASES

    @pytest.mark.parametrize("shape", template_shapes(), ids=local)
    def test_each_class_has_cases(self, shape: URIRef) -> None:
        """
        For each class there is data that passes and data that does not.
        """
        names = [case.name for case in (FOLDER / local(shape)).glob("*.ttl")]
        assert any(name.startswith("valid-") for name in names)
        assert any(name.startswith("invalid-") for name in names)

    def test_each_column_is_seen_to_refuse_something(self) -> None:
        """
        No rule is there that no data can break.
        """
        refusing = {shape for case in CASES for shape in expected_of(case)}
        assert sorted(map(local, {*property_shapes(), *conditions()} - refusing)) == []

    @case
    def test_a_case_is_marked_and_about_its_class(self, case: Path) -> None:
        """
        A case is invented, says so, and describes a thing of the class whose folder it lies in.
        """
        assert case.name.startswith(("valid-", "invalid-"))
        assert case.read_text(encoding="utf-8").startswith("# synthetic\n")
        assert (None, RDF.type, ECO[case.parent.name]) in graph_of(case)

    @case
    def test_both_engines_say_the_same(self, case: Path) -> None:
        """
        The fast engine and the referee find the same faults in each case.
        """
        fast, referee = (results(engine, case) for engine in ENGINES)
        assert fast == referee

    @case
    @pytest.mark.parametrize("engine", ENGINES)
    def test_the_shapes_judge_a_case_as_it_says(self, case: Path, engine: Backend) -> None:
        """
        Valid data is not stopped; invalid data is, by the shape that knows why and by no other.
        """
        found = results(engine, case)
        expected = expected_of(case)
        assert bool(expected) == case.name.startswith("invalid-")
        assert expected <= {result.shape for result in found}
        assert {result.shape for result in found if result.severity == SH.Violation} <= expected
        for result in found:
            assert result.severity == shapes().value(result.shape, SH.severity)


class TestShapes:
    @pytest.mark.parametrize("shape", property_shapes(), ids=local)
    def test_a_column_can_be_shown(self, shape: URIRef) -> None:
        """
        Each column has a heading, a help text and a message in three languages, a place and a severity.
        """
        for predicate in (SH.name, SH.description, SH.message):
            assert {language for language, text in texts(shape, predicate).items() if text.strip()} == LANGUAGES
        assert number(shape) > 0
        assert (shapes().value(shape, SH.group), RDF.type, SH.PropertyGroup) in shapes()
        assert shapes().value(shape, SH.severity) in {SH.Violation, SH.Warning, SH.Info}

    def test_no_property_shape_is_forgotten(self) -> None:
        """
        Each property shape is listed by a node shape; none lies there without effect.
        """
        assert sorted(set(named(SH.path)) - set(shapes().objects(None, SH.property))) == []
        assert [prop for prop in shapes().objects(None, SH.property) if (prop, SH.path, None) not in shapes()] == []

    def test_what_speaks_has_a_name_and_three_languages(self) -> None:
        """
        A finding can point at the shape it comes from, and its message is there for every reader.
        """
        owners = [shape for shape, prop in shapes().subject_objects(SH.property) if isinstance(prop, BNode)]
        assert [shape for shape in owners if isinstance(shape, URIRef)] == []
        assert [shape for shape in property_shapes() if (shape, SH.property, None) in shapes()] == [], "use sh:node"
        for shape in shapes().subjects(SH.message, None):
            assert isinstance(shape, URIRef)
            assert set(texts(shape, SH.message)) == LANGUAGES, local(shape)
            assert (shape, SH.severity, None) in shapes(), local(shape)

    @pytest.mark.parametrize("shape", template_shapes(), ids=local)
    def test_a_template_can_be_filled_in(self, shape: URIRef) -> None:
        """
        A template has a title and a description in three languages, and no two columns with one heading or one place.
        """
        assert set(texts(shape, RDFS.label)) == set(texts(shape, RDFS.comment)) == LANGUAGES
        assert shapes().value(shape, SH.targetClass) == ECO[local(shape)]
        columns = columns_of(shape)
        if (shape, ECO.templateSlug, None) in shapes():
            assert all(isinstance(shapes().value(column, SH.path), URIRef) for column in columns)
        assert all((column, RDF.type, SH.PropertyShape) in shapes() for column in columns)
        for language in LANGUAGES:
            headings = [texts(column, SH.name)[language] for column in columns]
            assert len(headings) == len(set(headings)), f"{language}: {sorted(headings)}"
        assert len({number(column) for column in columns}) == len(columns)
        assert len({local(column).partition("-")[2] for column in columns}) == len(columns)
        groups = [number(shapes().value(column, SH.group) or shape) for column in sorted(columns, key=number)]
        assert groups == sorted(groups), "columns of one group stand together"

    def test_what_is_expected_belongs_to_a_column(self) -> None:
        """
        A hint about a column carries that column's heading and path.
        """
        hints = [(shape, hint) for shape in template_shapes() for hint in listed(shape) if hint.endswith(EXPECTED)]
        assert hints
        for shape, hint in hints:
            path = shapes().value(hint, SH.path)
            (column,) = [column for column in columns_of(shape) if shapes().value(column, SH.path) == path]
            assert texts(hint, SH.name) == texts(column, SH.name)
            assert shapes().value(hint, SH.severity) != SH.Violation

    def test_each_own_term_is_defined(self) -> None:
        """
        The shapes use no word of ours that the ontology does not explain.
        """
        defined = set(graph_of(*sorted((ROOT / "ontology").glob("*.ttl"))).subjects(RDFS.isDefinedBy, None))
        used = {term for triple in shapes() for term in triple if isinstance(term, URIRef) and term in ECO}
        assert sorted(used - defined) == []

    def test_a_template_or_class_is_listed_once(self) -> None:
        """
        A table's name says which template it is filled in.
        """
        slugs = [str(slug) for slug in shapes().objects(None, ECO.templateSlug)]
        assert len(slugs) == len(set(slugs))

    def test_each_scheme_that_is_asked_for_is_there(self) -> None:
        """
        The lists that columns choose from exist, and hold something to choose.
        """
        for prop in shapes().subjects(SH.path, SKOS.inScheme):
            scheme = shapes().value(prop, SH.hasValue)
            words = str(scheme).removeprefix(CONCEPT).split("-")
            assert local(prop) == "".join(word.capitalize() for word in words) + "Concept-scheme"
            assert (None, SKOS.inScheme, scheme) in concepts(), scheme
            (node,) = shapes().subjects(SH.property, prop)
            assert set(shapes().objects(node, RDFS.label)) == set(concepts().objects(scheme, SKOS.prefLabel)), scheme

    def test_patterns_are_sound_and_linear(self) -> None:
        """
        Each pattern can be run in time that grows with the input alone, so that no input makes it slow.
        """
        patterns = {str(pattern) for pattern in shapes().objects(None, SH.pattern)}
        assert patterns
        for pattern in patterns:
            re.compile(pattern)
            # RE2 knows no construct that it cannot run in linear time.
            re2.compile(pattern)


class TestMessages:
    @pytest.mark.parametrize("folder", sorted({case.parent for case in CASES}), ids=lambda folder: folder.name)
    @pytest.mark.parametrize("shapes", [contract, silent], ids=["shape", "catalogue"])
    def test_every_message_is_for_people(self, folder: Path, shapes: Callable[[], Shapes]) -> None:
        """
        Whether the shape speaks or the catalogue: three languages, three texts, and no word that only engineers know.
        """
        said = findings(found_in_class("turbo", folder), shapes())
        assert said
        for item in said:
            assert set(item.messages) == LANGUAGES
            assert len({message.strip() for message in item.messages.values()} - {""}) == len(LANGUAGES), item
            for message in item.messages.values():
                assert not jargon_in(item, message), (item.shape, message)

    def test_the_catalogue_knows_every_constraint_of_the_shapes(self) -> None:
        """
        No result of the cases falls back on the sentence that only says that something is wrong.
        """
        codes = {
            item.code
            for folder in {case.parent for case in CASES}
            for item in findings(found_in_class("turbo", folder), silent())
        }
        assert {"min-count", "max-count", "class", "datatype", "node", "pattern", "or", "not"} <= codes
        assert [code for code in sorted(codes) if f"shacl.constraint.{code}" not in catalogue()] == []


def asks_for_web_address(item: Finding) -> bool:
    """Whether a column takes any IRI, known to the graph or not, or a form of text that must not be one."""
    shape = URIRef(item.shape.value) if item.shape is not None else None
    asked = set(shapes().predicates(shape, None))
    iri = (shape, SH.nodeKind, SH.IRI) in shapes() and asked.isdisjoint({SH["class"], SH.node, SH["or"], SH["not"]})
    return iri or SH.pattern in asked


def jargon_in(item: Finding, message: str) -> list[str]:
    """The engineers' words in a message, what the partner typed left out."""
    rest = message.replace(item.value, "") if item.value else message
    if asks_for_web_address(item):
        # Who must type a web address is shown one, or how one begins.
        rest = re.sub(r"https?://\S*", "", rest)
    names = [key.rpartition(".")[2] for key in catalogue() if key.startswith("shacl.datatype.")]
    words = [
        name for name in names if re.search(rf"\b{name}\b", rest) and name not in ("date", "time", "integer", "other")
    ]
    camel = re.findall(r"\b[a-z]+[A-Z][A-Za-z]+\b", rest)
    return JARGON.findall(rest) + words + camel
