"""What a cell refers to: a known thing or a concept, by address, slug, code, name or label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from ecograph.contribute.cells import Fault
from ecograph.identifiers import kind_and_slug
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import BASE, CONCEPT, DCTERMS, FOAF, ID, RDF, SKOS
from ecograph.shacl.contract import Contract
from ecograph.spelling import fold_name
from ecograph.store.base import Snapshot
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology

_LIKELY: Final = 75  # of 100: at this the names of the region's actors still belong to the one that was meant
_SUGGESTIONS: Final = 3
_NAMES: Final = (FOAF.name, SKOS.prefLabel, DCTERMS.title, SKOS.altLabel)


@dataclass(frozen=True)
class Known:
    """A thing that exists or is about to: its IRI, its classes, and what it is called, its main name first."""

    iri: NamedNode
    classes: frozenset[NamedNode]
    names: tuple[str, ...] = ()


class Resolver:
    """
    Finds what cells refer to, among what is published and what the contribution itself brings.

    Addresses, slugs and codes are looked up in the snapshot directly; the names of everything known are only gathered
    when a cell holds a name.
    """

    def __init__(
        self,
        contract: Contract,
        concepts: Concepts,
        ontology: Ontology,
        snapshot: Snapshot | None = None,
        replacing: NamedNode | None = None,
        own: Iterable[Known] = (),
    ) -> None:
        """
        Args:
            contract: Which values identify things of a class.
            concepts: The concept schemes.
            ontology: The class hierarchy.
            snapshot: What is published.
            replacing: A graph whose present content does not count, because the contribution replaces it.
            own: What the contribution brings.
        """
        self.contract = contract
        self._concepts = concepts
        self._ontology = ontology
        self._snapshot = snapshot
        self._replacing = replacing
        self._own = {known.iri: known for known in own}
        self._concept_cache: dict[tuple[str, str], NamedNode | Fault] = {}
        self._thing_cache: dict[tuple[str, tuple[NamedNode, ...]], NamedNode | Fault] = {}
        self._class_cache: dict[NamedNode, frozenset[NamedNode]] = {}

    def including(self, own: Iterable[Known]) -> Resolver:
        """The same resolver, knowing more of the contribution's own things."""
        resolver = Resolver(
            self.contract,
            self._concepts,
            self._ontology,
            self._snapshot,
            self._replacing,
            [*self._own.values(), *own],
        )
        resolver._concept_cache = self._concept_cache
        return resolver

    def concept(self, cell: str, scheme: str) -> NamedNode | Fault:
        """The concept of a scheme that a cell names: its address, slug, notation or a label in any language."""
        key = (cell, scheme)
        if key not in self._concept_cache:
            self._concept_cache[key] = self._find_concept(cell, scheme)
        return self._concept_cache[key]

    def thing(self, cell: str, classes: tuple[NamedNode, ...]) -> NamedNode | Fault:
        """
        The known thing a cell names.

        Args:
            cell: An address, `kind/slug`, a slug, an identifying value (CVR, code, ROR) or a name.
            classes: What it may be; empty means anything.
        """
        key = (cell, classes)
        if key not in self._thing_cache:
            self._thing_cache[key] = self._find_thing(cell, classes)
        return self._thing_cache[key]

    def classes_of(self, iri: NamedNode) -> frozenset[NamedNode]:
        """The classes of a thing with all their superclasses; empty if nobody knows it."""
        if iri not in self._class_cache:
            stated = set(self._own[iri].classes) if iri in self._own else set()
            stated |= {quad for quad in self._published(iri, RDF.type) if isinstance(quad, NamedNode)}
            self._class_cache[iri] = frozenset(self._closure(stated))
        return self._class_cache[iri]

    def _find_concept(self, cell: str, scheme: str) -> NamedNode | Fault:
        text = cell
        prefix = f"{CONCEPT.iri}{scheme}/"
        if cell.startswith(("http://", "https://")):
            if not cell.startswith(prefix):
                return Fault("unknown-concept", values={"scheme": self._scheme_names(scheme)})
            text = cell.removeprefix(prefix)
        elif cell.startswith(f"{scheme}/"):
            text = cell.removeprefix(f"{scheme}/")
        found = self._concepts.find(text, scheme)
        if found is not None:
            return found
        suggested = tuple(iri.value.rpartition("/")[2] for iri in self._concepts.suggest(text, scheme, _SUGGESTIONS))
        return Fault("unknown-concept", suggested, {"scheme": self._scheme_names(scheme)})

    def _scheme_names(self, scheme: str) -> Mapping[Language, str]:
        names = self.contract.schemes.get(scheme, {})
        return {lang: names.get(lang, scheme) for lang in LANGUAGES}

    def _find_thing(self, cell: str, classes: tuple[NamedNode, ...]) -> NamedNode | Fault:
        wrong: NamedNode | None = None
        found: dict[NamedNode, None] = {}
        for candidates in self._readings(cell, classes):
            for iri in candidates:
                known = self.classes_of(iri)
                if known and self._allowed(known, classes):
                    found[iri] = None
                elif known:
                    wrong = wrong or iri
            if found:
                break
        if len(found) == 1:
            return next(iter(found))
        if found:
            return Fault("ambiguous-thing", tuple(self._short(iri) for iri in sorted(found, key=str))[:_SUGGESTIONS])
        wanted = self._class_names(classes)
        if wrong is not None:
            return Fault("wrong-kind", values={"wanted": wanted, "found": self._class_names(self._stated(wrong))})
        return Fault("unknown-thing", self._suggest(cell, classes), {"wanted": wanted})

    def _readings(self, cell: str, classes: tuple[NamedNode, ...]) -> Iterator[Iterable[NamedNode]]:
        """What the cell may mean, the strictest reading first."""
        if cell.startswith(("http://", "https://")):
            yield _iris(cell)
        elif "/" in cell:
            yield _iris(ID.iri + cell)
        else:
            yield _iris(*(f"{ID.iri}{kind}/{cell}" for kind in self._kinds(classes)))
        yield self._identified(cell, classes)
        yield self._named.get(fold_name(cell), ())

    def _kinds(self, classes: tuple[NamedNode, ...]) -> Iterable[str]:
        templates = self.contract.templates.values()
        return dict.fromkeys(
            template.iri_kind
            for template in templates
            if self._allowed(self._closure({template.target_class}), classes)
        )

    def _identified(self, cell: str, classes: tuple[NamedNode, ...]) -> Iterable[NamedNode]:
        found = dict.fromkeys(self._own_codes.get(cell, ()))
        if self._snapshot is None:
            return found
        paths = {
            path
            for target, identifying in self.contract.identifying.items()
            if self._allowed(self._closure({target}), classes)
            for path in identifying
        }
        for path in sorted(paths, key=str):
            for value in (Literal(cell), *(_iris(cell) if "//" in cell else ())):
                for quad in self._snapshot.quads(None, path, value, None):
                    if quad.graph_name != self._replacing and isinstance(quad.subject, NamedNode):
                        found[quad.subject] = None
        return found

    def _allowed(self, known: Iterable[NamedNode], classes: tuple[NamedNode, ...]) -> bool:
        return not classes or not set(classes).isdisjoint(known)

    def _closure(self, classes: Iterable[NamedNode]) -> set[NamedNode]:
        return {upper for cls in classes for upper in (cls, *self._ontology.superclasses(cls))}

    def _stated(self, iri: NamedNode) -> tuple[NamedNode, ...]:
        """The most specific classes of a thing: those that have a template."""
        known = self.classes_of(iri)
        below = [cls for cls in known if cls in self.contract.by_class]
        return tuple(cls for cls in below if not any(cls in self._closure({other}) for other in below if other != cls))

    def _published(self, iri: NamedNode, path: NamedNode) -> Iterator[object]:
        if self._snapshot is not None:
            for quad in self._snapshot.quads(iri, path, None, None):
                if quad.graph_name != self._replacing:
                    yield quad.object

    @cached_property
    def _own_codes(self) -> Mapping[str, tuple[NamedNode, ...]]:
        found: dict[str, list[NamedNode]] = defaultdict(list)
        for known in self._own.values():
            for name in known.names:
                found[name].append(known.iri)
        return {code: tuple(iris) for code, iris in found.items()}

    @cached_property
    def _named(self) -> Mapping[str, tuple[NamedNode, ...]]:
        """Everything known, by folded name."""
        found: dict[str, dict[NamedNode, None]] = defaultdict(dict)
        for iri, name in self._all_names():
            found[fold_name(name)][iri] = None
        return {name: tuple(iris) for name, iris in found.items()}

    def _all_names(self) -> Iterator[tuple[NamedNode, str]]:
        for known in self._own.values():
            for name in known.names:
                yield known.iri, name
        if self._snapshot is None:
            return
        for path in _NAMES:
            for quad in self._snapshot.quads(None, path, None, None):
                if quad.graph_name != self._replacing and quad.subject in ID and isinstance(quad.object, Literal):
                    yield quad.subject, quad.object.value  # type: ignore[misc]

    def _suggest(self, cell: str, classes: tuple[NamedNode, ...]) -> tuple[str, ...]:
        wanted = fold_name(cell.rpartition("/")[2].replace("-", " "))
        likely = process.extract(wanted, self._choices, scorer=fuzz.WRatio, score_cutoff=_LIKELY, limit=40)
        suggested: dict[str, None] = {}
        for _, _, name in likely:
            for iri in self._named[name]:
                if self._allowed(self.classes_of(iri), classes):
                    suggested[self._short(iri)] = None
        return tuple(suggested)[:_SUGGESTIONS]

    @cached_property
    def _choices(self) -> Mapping[str, str]:
        return {name: name for name in self._named}

    def _class_names(self, classes: Iterable[NamedNode]) -> Mapping[Language, str]:
        return {
            lang: ", ".join(self._ontology.label(cls, lang) or cls.value.removeprefix(BASE) for cls in classes)
            for lang in LANGUAGES
        }

    @staticmethod
    def _short(iri: NamedNode) -> str:
        parts = kind_and_slug(iri)
        return f"{parts[0]}/{parts[1]}" if parts else iri.value


def _iris(*candidates: str) -> list[NamedNode]:
    """The texts that can be IRIs at all."""
    found = []
    for candidate in candidates:
        try:
            found.append(NamedNode(candidate))
        except ValueError:
            continue
    return found
