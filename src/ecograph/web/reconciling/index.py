"""What can be reconciled at one revision: things and concepts by name and number, their types and properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary, ref

from pyoxigraph import Literal, NamedNode

from ecograph.bootstrap import View
from ecograph.contribute.identity.names import Block, Names, Patterns, patterns
from ecograph.messages import LANGUAGES, Language, texts
from ecograph.namespaces import CONCEPT, DCTERMS, ECO, FOAF, ID, SKOS
from ecograph.spelling import fold_name
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.external import CPV, VOCABULARIES
from ecograph.vocabulary.labels import label_of
from ecograph.web.reading.building import directory
from ecograph.web.reading.directory import Directory, Summary, searchable
from ecograph.web.reading.keeping import kept
from ecograph.web.views.profiles import KIND_ORDER

OFFICIAL: Final = (FOAF.name, SKOS.prefLabel, DCTERMS.title)
"""What something is called officially; any other name may be an abbreviation or a town."""

_PERSON: Final = "person"  # people are not looked up in bulk: docs/reconciliation.md, "People"
_OF_CONCEPTS: Final = (SKOS.prefLabel, SKOS.altLabel, SKOS.notation, SKOS.definition, SKOS.broader)
_FIRST: Final = (CONCEPT["topic"], CPV.scheme)

SUBJECTS: Final = frozenset(
    scheme.value for scheme in (CONCEPT["topic"], CONCEPT["country"], *(each.scheme for each in VOCABULARIES))
)
"""Schemes of what things are about; concepts of the others say how things are, and only count where asked for."""


@dataclass(frozen=True, slots=True)
class Type:
    """
    What something can be.

    Args:
        iri: A class, or the scheme of concepts.
        names: What such things are called, in each language.
        kinds: `Summary.kind` of everything of that type, subclasses too.
        broader: The types right above it.
    """

    iri: NamedNode
    names: Mapping[Language, str]
    kinds: frozenset[str]
    broader: tuple[NamedNode, ...] = ()


@dataclass(frozen=True)
class Index:
    """
    Everything that answers reconciliation queries at one revision.

    Args:
        revision: The view, which the index does not keep from going when another has taken its place.
        known: Things but people, and concepts, as lists show them; the kind of a concept is the IRI of its scheme.
        names: Names and numbers of things.
        concept_names: Those of concepts.
        types: By IRI, those that a client should offer first in front.
        numbered: Per property that holds numbers, the kinds of what may have one.
    """

    revision: ref[View]
    known: Directory
    names: Names
    concept_names: Block
    types: Mapping[NamedNode, Type]
    numbered: Mapping[NamedNode, frozenset[str]]

    @property
    def view(self) -> View:
        """The revision; whoever asks holds it."""
        found = self.revision()
        assert found is not None
        return found

    @cached_property
    def patterns(self) -> Patterns:
        """The properties that hold numbers, each with the pattern of its values."""
        return patterns(self.view.contract)

    @cached_property
    def properties(self) -> Mapping[NamedNode, frozenset[str]]:
        """The properties that can be asked for, in the order of the columns, each with the kinds that have it."""
        found: dict[NamedNode, set[str]] = {}
        for template in self.view.contract.templates.values():
            for column in template.columns:
                if template.slug in self._kinds:
                    found.setdefault(column.path, set()).add(template.slug)
        for path in _OF_CONCEPTS:
            found.setdefault(path, set()).update(self._schemes)
        order = {path: place for place, path in enumerate(self.view.property_names)}
        return {path: frozenset(found[path]) for path in sorted(found, key=lambda each: order.get(each, len(order)))}

    @cached_property
    def property_keys(self) -> Mapping[str, NamedNode]:
        """Properties by what a client may call them: IRI, column, heading in any language."""
        found = {path.value: path for path in self.properties}
        for template in self.view.contract.templates.values():
            for column in template.columns:
                if column.path in self.properties:
                    for name in (column.base_key, *column.names.values()):
                        found.setdefault(fold_name(name), column.path)
        return found

    @cached_property
    def type_keys(self) -> Mapping[str, Type]:
        """Types by what a client may call them: IRI, template, name in any language."""
        found = {each.iri.value: each for each in self.types.values()}
        templates = self.view.contract.by_class
        for each in self.types.values():
            slug = templates[each.iri].slug if each.iri in templates else ""
            for name in (slug, each.iri.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1], *each.names.values()):
                found.setdefault(fold_name(name), each)
        return found

    def property_named(self, name: str) -> NamedNode | None:
        """The property that a client calls so, however it is spelled; None for an unknown one."""
        return self.property_keys.get(name) or self.property_keys.get(fold_name(name))

    def type_named(self, name: str) -> Type | None:
        """The type that a client calls so, likewise."""
        return self.type_keys.get(name) or self.type_keys.get(fold_name(name))

    def summary(self, iri: NamedNode) -> Summary | None:
        """A thing or concept that can be reconciled, or None."""
        return self.known.things.get(iri) or self.known.concepts.get(iri)

    def entity(self, text: str) -> NamedNode | None:
        """What an identifier means: an IRI, or `kind/name` as in a table; None if nobody knows it."""
        for candidate in (text, ID.iri + text, CONCEPT.iri + text):
            try:
                iri = NamedNode(candidate)
            except ValueError:
                continue
            if self.summary(iri) is not None:
                return iri
        return None

    def type_of(self, summary: Summary) -> Type | None:
        """The narrowest type of something."""
        if summary.iri in self.known.concepts:
            return self.types.get(NamedNode(summary.kind))
        return self.types.get(self.view.contract.template(summary.kind).target_class)

    def official(self, iri: NamedNode) -> Iterator[str]:
        """The official names of something."""
        for path in OFFICIAL:
            for quad in self.view.snapshot.quads(iri, path):
                if isinstance(quad.object, Literal):
                    yield quad.object.value

    def description(self, summary: Summary, lang: Language) -> str:
        """What kind of thing it is and in which countries, to tell namesakes apart."""
        found = self.type_of(summary)
        parts = [found.names[lang]] if found else []
        parts += [self.view.concepts.label(CONCEPT[f"country/{slug}"], lang) for slug in summary.countries]
        notation = self.view.concepts.notation(summary.iri)
        return ", ".join([*parts, notation] if notation else parts)

    @cached_property
    def default_types(self) -> tuple[Type, ...]:
        """The types that a client should offer before others: actors and what is below them, standards, subjects."""
        found = [each for each in self.types.values() if each.iri == ECO.Actor or ECO.Actor in each.broader]
        wanted = (ECO.Standard, ECO.Project, SKOS.Concept, *_FIRST)
        return (*found, *(self.types[iri] for iri in wanted if iri in self.types))

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(summary.kind for summary in self.known.things.values())

    @cached_property
    def _schemes(self) -> frozenset[str]:
        return frozenset(summary.kind for summary in self.known.concepts.values())


@dataclass(frozen=True)
class _Vocabulary:
    """What is the same in every revision until a vocabulary changes."""

    concepts: Mapping[NamedNode, Summary]
    texts: Mapping[NamedNode, str]
    names: Block


_vocabularies: WeakKeyDictionary[Concepts, _Vocabulary] = WeakKeyDictionary()


@kept
def index(view: View) -> Index:
    """The index of a view, built at its first use."""
    base, identifying = directory(view), patterns(view.contract)
    vocabulary = _vocabularies.get(view.concepts)
    if vocabulary is None:
        vocabulary = _vocabularies[view.concepts] = _vocabulary(view)
    things = {iri: summary for iri, summary in base.things.items() if summary.kind != _PERSON}
    kinds = frozenset(summary.kind for summary in things.values())
    schemes = frozenset(summary.kind for summary in vocabulary.concepts.values())
    names = Names.of(view.snapshot, identifying)
    names.alike("x", 100)  # so that nobody waits for what a first question about likeness gathers
    return Index(
        revision=ref(view),
        known=replace(
            base, things=things, concepts=vocabulary.concepts, texts={**base.texts, **vocabulary.texts}, _orders={}
        ),
        names=names,
        concept_names=vocabulary.names,
        types=_types(view, kinds, schemes),
        numbered=_numbered(view, kinds),
    )


def _vocabulary(view: View) -> _Vocabulary:
    concepts = {summary.iri: summary for summary in _concepts(view)}
    names = Block(_entries(view, concepts), patterns(view.contract))
    names.alike("x", 100)
    return _Vocabulary(concepts, {iri: searchable(summary) for iri, summary in concepts.items()}, names)


def _concepts(view: View) -> Iterator[Summary]:
    """Concepts of all schemes; their kind is their scheme."""
    for quad in view.snapshot.quads(None, SKOS.inScheme):
        iri, scheme = quad.subject, quad.object
        if isinstance(iri, NamedNode) and isinstance(scheme, NamedNode):
            labels = {str(lang): label for lang, label in view.concepts.labels(iri).items()}
            if labels:
                notation = view.concepts.notation(iri)
                others = [word for words in view.concepts.alt_labels(iri).values() for word in words]
                yield Summary(iri, scheme.value, labels, (*others, notation) if notation else tuple(others))


def _entries(view: View, concepts: Mapping[NamedNode, Summary]) -> Iterator[tuple[NamedNode, NamedNode, str]]:
    for iri, summary in concepts.items():
        notation = view.concepts.notation(iri)
        for label in summary.names.values():
            yield iri, SKOS.prefLabel, label
        for name in summary.other_names:
            if name != notation:
                yield iri, SKOS.altLabel, name
        if notation:
            yield iri, SKOS.notation, notation


def _numbered(view: View, kinds: frozenset[str]) -> Mapping[NamedNode, frozenset[str]]:
    found: dict[NamedNode, set[str]] = {}
    known = patterns(view.contract)
    for template in view.contract.templates.values():
        for column in template.columns:
            if column.identifying and column.path in known and template.slug in kinds:
                found.setdefault(column.path, set()).add(template.slug)
    return {path: frozenset(slugs) for path, slugs in found.items()}


def _types(view: View, kinds: frozenset[str], schemes: frozenset[str]) -> Mapping[NamedNode, Type]:
    by_class = {target: template for target, template in view.contract.by_class.items() if template.slug in kinds}
    above = {cls: tuple(each for each in view.ontology.superclasses(cls) if each in ECO) for cls in by_class}
    slugs = {template.slug: cls for cls, template in by_class.items()}
    uppers = {upper for classes in above.values() for upper in classes}
    general = [cls for cls in uppers if cls not in by_class and view.ontology.label(cls, "en")]
    found: dict[NamedNode, Type] = {}
    for cls in sorted(general, key=str):
        below = frozenset(by_class[each].slug for each in by_class if cls in above[each])
        found[cls] = Type(cls, {lang: view.ontology.label(cls, lang) or "" for lang in LANGUAGES}, below)
    order = {slug: place for place, slug in enumerate(KIND_ORDER)}
    for slug in sorted(slugs, key=lambda each: (order.get(each, len(order)), each)):
        cls, template = slugs[slug], by_class[slugs[slug]]
        below = frozenset({slug, *(by_class[each].slug for each in by_class if cls in above[each])})
        found[cls] = Type(cls, template.names, below, tuple(each for each in above[cls] if each in found))
    found[SKOS.Concept] = Type(SKOS.Concept, texts("reconcile.concept"), schemes)
    iris = [NamedNode(scheme) for scheme in schemes]
    for scheme in sorted(iris, key=lambda each: (each not in _FIRST, each.value)):
        names = {lang: label_of(view.snapshot, scheme, lang)[0] for lang in LANGUAGES}
        found[scheme] = Type(scheme, names, frozenset({scheme.value}), (SKOS.Concept,))
    return found
