"""The concept schemes: labels in three languages, what is broader and narrower, and which concept a text names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad
from rapidfuzz import fuzz, process

from ecograph.identifiers import scheme_iri
from ecograph.messages import Language, language_of
from ecograph.namespaces import CONCEPT, ECO, SKOS
from ecograph.spelling import fold_name
from ecograph.store.base import Snapshot

_ORDER: Final[tuple[Language, ...]] = ("en", "da", "sv")
# Below this likeness (0..100) a suggestion confuses more than it helps.
_LIKENESS: Final = 65.0
# A word that begins or ends another counts for this much: Danish and Swedish write compounds in one word.
_COMPOUND: Final = 65.0
_SHORTEST: Final = 3
_READ: Final = (
    SKOS.inScheme, SKOS.prefLabel, SKOS.altLabel, SKOS.notation, SKOS.broader, SKOS.topConceptOf, SKOS.definition,
    ECO.order,
)  # fmt: skip


class Concepts:
    """
    Concepts of our own schemes and of the vocabularies they are mapped to.

    A scheme of ours is named by its slug (`topic`), any other by its IRI.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._labels: dict[NamedNode, dict[Language, str]] = defaultdict(dict)
        self._alt_labels: dict[NamedNode, dict[Language, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._definitions: dict[NamedNode, dict[Language, str]] = defaultdict(dict)
        self._notations: dict[NamedNode, str] = {}
        self._places: dict[NamedNode, int] = {}
        self._broader: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        self._narrower: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        self._tops: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        self._members: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        self._schemes: dict[NamedNode, NamedNode] = {}
        self._names: dict[NamedNode, dict[str, NamedNode]] = {}
        for quad in quads:
            self._add(quad)

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Concepts:
        """The concepts that quads describe; quads that say nothing of concepts are passed over."""
        return cls(quads)

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> Concepts:
        """The concepts of a graph: everything that is in a scheme."""
        schemes = {quad.subject for quad in snapshot.quads(None, SKOS.inScheme)}
        return cls(quad for path in _READ for quad in snapshot.quads(None, path) if quad.subject in schemes)

    def _add(self, quad: Quad) -> None:
        subject, value = quad.subject, quad.object
        if not isinstance(subject, NamedNode):
            return
        if isinstance(value, NamedNode):
            if quad.predicate == SKOS.inScheme:
                self._schemes[subject] = value
                self._members[value].add(subject)
            elif quad.predicate == SKOS.broader:
                self._broader[subject].add(value)
                self._narrower[value].add(subject)
            elif quad.predicate == SKOS.topConceptOf:
                self._tops[value].add(subject)
        elif isinstance(value, Literal):
            lang = language_of(value.language or "")
            if quad.predicate == SKOS.notation:
                self._notations[subject] = value.value
            elif quad.predicate == ECO.order:
                self._places[subject] = int(value.value)
            elif lang is not None and quad.predicate == SKOS.prefLabel:
                self._labels[subject][lang] = value.value
            elif lang is not None and quad.predicate == SKOS.altLabel:
                self._alt_labels[subject][lang].append(value.value)
            elif lang is not None and quad.predicate == SKOS.definition:
                self._definitions[subject][lang] = value.value

    def label(self, iri: NamedNode, lang: Language) -> str:
        """What a concept is called, in another language if need be; the end of its IRI for what is no concept."""
        labels = self._labels.get(iri, {})
        return next((labels[each] for each in (lang, *_ORDER) if each in labels), iri.value.rsplit("/", 1)[-1])

    def labels(self, iri: NamedNode) -> Mapping[Language, str]:
        """The preferred label by language."""
        return self._labels.get(iri, {})

    def alt_labels(self, iri: NamedNode) -> Mapping[Language, tuple[str, ...]]:
        """The other words for a concept by language, in alphabetical order."""
        return {lang: tuple(sorted(words)) for lang, words in self._alt_labels.get(iri, {}).items()}

    def definition(self, iri: NamedNode, lang: Language) -> str | None:
        """What a concept means."""
        return self._definitions.get(iri, {}).get(lang)

    def notation(self, iri: NamedNode) -> str | None:
        """A concept's notation, which stays when labels change."""
        return self._notations.get(iri)

    def scheme(self, iri: NamedNode) -> str | None:
        """The scheme a concept is in: its slug if it is ours, else its IRI."""
        scheme = self._schemes.get(iri)
        return None if scheme is None else _scheme_name(scheme)

    def broader(self, iri: NamedNode) -> tuple[NamedNode, ...]:
        """The concepts right above."""
        return _sorted(self._broader.get(iri, ()))

    def narrower(self, iri: NamedNode) -> tuple[NamedNode, ...]:
        """The concepts right below."""
        return _sorted(self._narrower.get(iri, ()))

    def ancestors(self, iri: NamedNode) -> tuple[NamedNode, ...]:
        """Every concept above, nearest first."""
        found: dict[NamedNode, None] = {}
        waiting = list(self.broader(iri))
        while waiting:
            current = waiting.pop(0)
            if current not in found:
                found[current] = None
                waiting.extend(self.broader(current))
        return tuple(found)

    def in_scheme(self, scheme: str) -> tuple[NamedNode, ...]:
        """Every concept of a scheme: a scale from low to high, any other scheme by IRI."""
        members = _sorted(self._members.get(_scheme(scheme), ()))
        return tuple(sorted(members, key=lambda concept: self._places.get(concept, 0)))

    def top_concepts(self, scheme: str) -> tuple[NamedNode, ...]:
        """The concepts at the top of a scheme, by IRI."""
        return _sorted(self._tops.get(_scheme(scheme), ()))

    def find(self, text: str, scheme: str) -> NamedNode | None:
        """
        The concept that a text names: by notation, slug or any label in any language.

        Args:
            text: As somebody wrote it; letters are folded, so Aa is Å and Ø is Ö.
            scheme: Slug or IRI of the scheme.
        """
        return self._index(scheme).get(fold_name(text))

    def suggest(self, text: str, scheme: str, limit: int = 3) -> tuple[NamedNode, ...]:
        """
        The concepts whose names are most like a text, best first; none if nothing is like it.

        Args:
            text: As somebody wrote it: misspelt, part of a compound, or with words around it.
            scheme: Slug or IRI of the scheme.
            limit: How many at most.
        """
        wanted = fold_name(text)
        names = self._index(scheme)
        scores: dict[NamedNode, float] = {}
        likely = [
            (name, likeness)
            for name, likeness, _ in process.extract(
                wanted, names.keys(), scorer=fuzz.token_set_ratio, score_cutoff=_LIKENESS, limit=None
            )
        ]
        likely += [(name, _compound_likeness(wanted, name)) for name in _compounds(wanted, names)]
        for name, likeness in likely:
            scores[names[name]] = max(likeness, scores.get(names[name], 0.0))
        best = sorted((-score, concept.value) for concept, score in scores.items() if score >= _LIKENESS)
        return tuple(NamedNode(iri) for _, iri in best[:limit])

    def _index(self, scheme: str) -> Mapping[str, NamedNode]:
        iri = _scheme(scheme)
        if iri not in self._names:
            names: dict[str, NamedNode] = {}
            members = self.in_scheme(scheme)
            # A preferred label wins over another concept's alternative one.
            for words_of in (self._own_names, self._other_names):
                for concept in members:
                    for word in words_of(concept):
                        names.setdefault(fold_name(word), concept)
            self._names[iri] = names
        return self._names[iri]

    def _own_names(self, concept: NamedNode) -> list[str]:
        notation = self._notations.get(concept)
        return [concept.value.rsplit("/", 1)[-1], *([notation] if notation else []), *self._labels[concept].values()]

    def _other_names(self, concept: NamedNode) -> list[str]:
        return [word for words in self.alt_labels(concept).values() for word in words]


def _compounds(wanted: str, names: Iterable[str]) -> list[str]:
    """The names that begin or end with a word, and those that it begins or ends with."""
    if len(wanted) < _SHORTEST:
        return []
    return [
        name
        for name in names
        if len(name) >= _SHORTEST
        and (name.startswith(wanted) or name.endswith(wanted) or wanted.startswith(name) or wanted.endswith(name))
    ]


def _compound_likeness(wanted: str, name: str) -> float:
    """How alike a word and a compound of it are: 65 to 100, more the less is added."""
    short, long = sorted((wanted, name), key=len)
    return _COMPOUND + (100.0 - _COMPOUND) * len(short) / len(long)


def _sorted(concepts: Iterable[NamedNode]) -> tuple[NamedNode, ...]:
    return tuple(sorted(concepts, key=lambda concept: concept.value))


def _scheme(name: str) -> NamedNode:
    return NamedNode(name) if "/" in name else scheme_iri(name)


def _scheme_name(iri: NamedNode) -> str:
    return CONCEPT.local(iri) if iri in CONCEPT else iri.value
