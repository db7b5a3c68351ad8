"""The model for its page: classes with their properties as the shapes state them, other terms, rules and schemes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.contribute.rules import Rules
from ecograph.identifiers import scheme_iri
from ecograph.messages import Language, language_of
from ecograph.namespaces import ECO, ECOSH, OWL, PREFIXES, RDF, RDFS, SH, SKOS
from ecograph.shacl.columns import Column, Template
from ecograph.web.views.diagram import PARTS, Diagram, draw
from ecograph.web.views.words import Link, Reader, page_of

_CLASSES: Final = (OWL.Class, RDFS.Class)
_PROPERTIES: Final = (RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@dataclass(frozen=True, slots=True)
class Property:
    """
    What a class says of its things by one property.

    Args:
        anchor: The fragment of the property shape; empty where another class has it already.
        name: What it is called.
        term: The property, with its prefix.
        href: Where the property is described, if here.
        values: What it holds.
        least: How many there must be, in words.
        description: What to write.
    """

    anchor: str
    name: str
    term: str
    href: str | None
    values: tuple[Link, ...]
    least: str
    description: str


@dataclass(frozen=True, slots=True)
class Class:
    """A class: its fragment, what it is called and means, what it is under, its template and its properties."""

    anchor: str
    name: str
    definition: str
    above: tuple[Link, ...]
    template: Link | None
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A property or a rule: its fragment, what it is called, what it means, where it is used."""

    anchor: str
    name: str
    term: str
    definition: str
    used: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A row of the drawing's twin: things of one class refer by a property to things of another."""

    source: Link
    name: str
    target: Link


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the model with its classes."""

    slug: str
    name: str
    classes: tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Everything on the page of the model."""

    parts: tuple[Part, ...]
    diagram: Diagram
    references: tuple[Reference, ...]
    properties: tuple[Term, ...]
    rules: tuple[Term, ...]
    schemes: tuple[Term, ...]


def model(words: Reader, rules: Rules) -> Model:
    """
    The model in the reader's language.

    Args:
        words: The reader.
        rules: Ontology and shapes.

    Returns:
        Every term of ours has one anchor on the page, the fragment of its IRI; a class and its node shape, which have
        the same name, share theirs.
    """
    said = _Ontology(rules, words.lang)
    templates = {template.target_class: template for template in rules.contract.templates.values()}
    anchored: set[str] = {*(ECO.local(iri) for iri in (*said.classes, *said.properties))}
    parts = tuple(
        Part(
            slug,
            words.say(f"data.part.{slug}"),
            tuple(_class(words, said, ECO[name], templates.get(ECO[name]), anchored) for name in PARTS[slug]),
        )
        for slug in PARTS
    )
    references = tuple(_references(words, said, templates.values()))
    part_of = {name: part for part, names in PARTS.items() for name in names}
    local = {name: part_of[name] for name in part_of}
    pairs = [
        (local[one], local[other]) for one, _, other in _pairs(templates.values()) if one in local and other in local
    ]
    return Model(
        parts=parts,
        diagram=draw(
            {part.slug: part.name for part in parts},
            {each.anchor: each.name for part in parts for each in part.classes},
            pairs,
            words.say("data.model.arrow", one="{0}", other="{1}"),
        ),
        references=references,
        properties=tuple(_term(words, said, iri, templates.values()) for iri in said.properties),
        rules=tuple(_rules(rules, words.lang, anchored)),
        schemes=tuple(_schemes(words, rules)),
    )


def class_rows(rules: Rules) -> Iterator[tuple[str, str, str]]:
    """
    Each class with its template and the names of its columns, as docs/model.md lists them.

    Source:
        docs/model.md, "Classes and columns".
    """
    by_class = {template.target_class: template for template in rules.contract.templates.values()}
    for name in (each for names in PARTS.values() for each in names):
        template = by_class.get(ECO[name])
        columns = dict.fromkeys(column.base_key for column in template.columns) if template else {}
        yield name, template.slug if template else "", ", ".join(columns)


class _Ontology:
    """Labels and definitions of our own terms in one language."""

    def __init__(self, rules: Rules, lang: Language) -> None:
        self.rules = rules
        self.lang = lang
        kinds = [(quad.subject, quad.object) for quad in rules.ontology.quads if quad.predicate == RDF.type]
        self.classes = _sorted(node for node, kind in kinds if kind in _CLASSES and node in ECO)
        self.properties = _sorted(node for node, kind in kinds if kind in _PROPERTIES and node in ECO)
        self._definitions = {
            quad.subject: quad.object.value
            for quad in rules.ontology.quads
            if quad.predicate == SKOS.definition
            and isinstance(quad.object, Literal)
            and language_of(quad.object.language or "") == lang
        }

    def name(self, iri: NamedNode) -> str:
        """What a term is called."""
        return self.rules.ontology.label(iri, self.lang) or _curie(iri)

    def definition(self, iri: NamedNode) -> str:
        """What a term means."""
        return self._definitions.get(iri, "")

    def link(self, iri: NamedNode) -> Link:
        """A term of ours leads to its place on the page, another's to its own address."""
        return Link(self.name(iri), f"#{ECO.local(iri)}" if iri in ECO else iri.value)


def _class(words: Reader, said: _Ontology, iri: NamedNode, template: Template | None, anchored: set[str]) -> Class:
    above = _sorted(cls for cls in said.rules.ontology.superclasses(iri) if cls in ECO)
    columns = {column.base_key: column for column in reversed(template.columns)} if template else {}
    ordered = dict.fromkeys(column.base_key for column in template.columns) if template else {}
    return Class(
        anchor=ECO.local(iri),
        name=said.name(iri),
        definition=said.definition(iri),
        above=tuple(said.link(each) for each in above),
        template=Link(template.names[words.lang], f"/{words.lang}/contribute/templates/{template.slug}")
        if template
        else None,
        properties=tuple(_property(words, said, columns[key], anchored) for key in ordered),
    )


def _property(words: Reader, said: _Ontology, column: Column, anchored: set[str]) -> Property:
    anchor = ECOSH.local(column.shape)
    is_new = anchor not in anchored
    anchored.add(anchor)
    if column.kind == "concept":
        scheme = scheme_iri(column.scheme or "")
        values: tuple[Link, ...] = (Link(words.link(scheme).text, f"#scheme-{column.scheme}"),)
    elif column.kind == "reference" and column.classes:
        values = tuple(said.link(each) for each in column.classes)
    else:
        values = (Link(words.say(f"data.value.{column.kind}")),)
    least = "required" if column.required else "expected" if column.min_count else "optional"
    many = "one" if column.max_count == 1 else "many"
    return Property(
        anchor=anchor if is_new else "",
        name=column.names[words.lang],
        term=_curie(column.path),
        href=f"#{ECO.local(column.path)}" if column.path in ECO else None,
        values=values,
        least=words.say(f"data.least.{least}-{many}"),
        description=column.descriptions.get(words.lang, ""),
    )


def _term(words: Reader, said: _Ontology, iri: NamedNode, templates: Iterable[Template]) -> Term:
    used = {template.target_class for template in templates for column in template.columns if column.path == iri}
    links = tuple(said.link(each) for each in _sorted(used))
    return Term(ECO.local(iri), said.name(iri), _curie(iri), said.definition(iri), links)


def _rules(rules: Rules, lang: Language, anchored: set[str]) -> Iterator[Term]:
    """The shapes that no class shows as a property: conditions over several properties, hints, parts of shapes."""
    own = _sorted(quad.subject for quad in rules.shapes.quads if quad.subject in ECOSH)
    for shape in own:
        anchor = ECOSH.local(shape)
        if anchor not in anchored:
            texts = [rules.shapes.texts(shape, path) for path in (SH.message, SH.description, RDFS.comment, RDFS.label)]
            said = next((each[lang] for each in texts if lang in each), "")
            name = rules.shapes.texts(shape, SH.name).get(lang) or rules.shapes.texts(shape, RDFS.label).get(lang, "")
            yield Term(anchor, name or anchor, f"ecosh:{anchor}", said)


def _schemes(words: Reader, rules: Rules) -> Iterator[Term]:
    for slug in sorted(rules.contract.schemes):
        members = words.view.concepts.in_scheme(slug)
        top = words.view.concepts.top_concepts(slug) or members
        links = tuple(Link(words.view.concepts.label(each, words.lang), page_of(each, words.lang)) for each in top)
        count = words.say("data.model.concepts", count=words.number(len(members)))
        yield Term(f"scheme-{slug}", words.link(scheme_iri(slug)).text, f"concept/{slug}", count, links)


def _pairs(templates: Iterable[Template]) -> Iterator[tuple[str, Column, str]]:
    """Which class refers by which column to which class, by local names, each once."""
    seen = set()
    for template in templates:
        for column in template.columns:
            for target in column.classes if column.kind == "reference" else ():
                found = ECO.local(template.target_class), column.base_key, ECO.local(target)
                if found not in seen:
                    seen.add(found)
                    yield found[0], column, found[2]


def _references(words: Reader, said: _Ontology, templates: Iterable[Template]) -> Iterator[Reference]:
    for source, column, target in sorted(_pairs(templates), key=lambda pair: (pair[0], pair[1].order, pair[2])):
        yield Reference(said.link(ECO[source]), column.names[words.lang], said.link(ECO[target]))


def _curie(iri: NamedNode) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.value.startswith(namespace):
            return f"{prefix}:{iri.value.removeprefix(namespace)}"
    return iri.value


def _sorted(nodes: Iterable[object]) -> tuple[NamedNode, ...]:
    return tuple(sorted({node for node in nodes if isinstance(node, NamedNode)}, key=lambda node: node.value))
