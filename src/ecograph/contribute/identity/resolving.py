"""What a cell refers to: a known thing or a concept, by address, short name, number, name or label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.contribute.identity import checkdigits
from ecograph.contribute.identity.names import Block, Names, key, patterns
from ecograph.contribute.reading import code_forms
from ecograph.contribute.reading.faults import Allowance, Fault
from ecograph.identifiers import COMMON, NAME, SLUG, Space, kind_and_slug
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import BASE, CONCEPT, ECO, ID, RDF
from ecograph.shacl.contract import Contract
from ecograph.shacl.report import Severity
from ecograph.spelling import fold_name, loose_names
from ecograph.store.base import Snapshot
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.labels import NAMING as LABELS
from ecograph.vocabulary.labels import best_of, label_of
from ecograph.vocabulary.ontology import Ontology

_LIKELY: Final = 75  # of 100: at this the names of the region's actors still belong to the one that was meant
_SUGGESTIONS: Final = 3
_ADDRESS: Final = ("http://", "https://")
_SEPARATORS: Final = frozenset("|;\\")


@dataclass(frozen=True)
class Known:
    """
    A thing that a contribution brings.

    Args:
        iri: Its IRI.
        classes: What it is.
        values: Its names and numbers, each with its property.
        countries: The countries it is in.
    """

    iri: NamedNode
    classes: frozenset[NamedNode]
    values: tuple[tuple[NamedNode, Literal | NamedNode], ...] = ()
    countries: frozenset[NamedNode] = frozenset()


@dataclass(frozen=True)
class _Meant:
    """The things a cell may mean by the strictest reading that finds any; `wrong` is one of another kind."""

    iris: tuple[NamedNode, ...] = ()
    loosely: bool = False
    wrong: NamedNode | None = None


class Resolver:
    """
    Finds what cells refer to, among what is published and what the contribution itself brings.

    Readings go from strict to loose: address, short name, number, name, name without legal form. Only a reading that
    leaves one thing counts; a loose one is said to the person (`note`).

    Source:
        docs/identity.md, "What a cell refers to".
    """

    def __init__(
        self,
        contract: Contract,
        concepts: Concepts,
        ontology: Ontology,
        snapshot: Snapshot | None = None,
        replacing: NamedNode | None = None,
        own: Iterable[Known] = (),
        space: Space = COMMON,
    ) -> None:
        """
        Args:
            contract: Which values identify things of a class.
            concepts: The concept schemes.
            ontology: The class hierarchy.
            snapshot: What is published.
            replacing: A graph whose present content does not count, because the contribution replaces it.
            own: What the contribution brings.
            space: Where short names are looked up first.
        """
        self.contract = contract
        self.ontology = ontology
        self.snapshot = snapshot
        self._concepts = concepts
        self.replacing = replacing
        self._own = {known.iri: known for known in own}
        self._space = space
        self.patterns = patterns(contract)
        self._concept_cache: dict[tuple[str, str], NamedNode | Fault] = {}
        self._thing_cache: dict[tuple[str, tuple[NamedNode, ...], NamedNode | None], NamedNode | Fault] = {}
        self._notes: dict[tuple[str, tuple[NamedNode, ...], NamedNode | None], Fault] = {}
        self._class_cache: dict[NamedNode, frozenset[NamedNode]] = {}
        self._allowance = Allowance()
        self._kind_cache: dict[tuple[NamedNode, ...], tuple[str, ...]] = {}
        self._path_cache: dict[tuple[NamedNode, ...], tuple[NamedNode, ...]] = {}

    def including(self, own: Iterable[Known], space: Space | None = None) -> Resolver:
        """The same resolver, knowing more of the contribution's own things, and perhaps their space."""
        resolver = Resolver(
            self.contract,
            self._concepts,
            self.ontology,
            self.snapshot,
            self.replacing,
            [*self._own.values(), *own],
            self._space if space is None else space,
        )
        resolver._concept_cache, resolver._allowance = self._concept_cache, self._allowance
        resolver._kind_cache, resolver._path_cache = self._kind_cache, self._path_cache
        return resolver

    def concept(self, cell: str, scheme: str) -> NamedNode | Fault:
        """The concept of a scheme that a cell names: its address, slug, notation or a label in any language."""
        asked = (cell, scheme)
        if asked not in self._concept_cache:
            self._concept_cache[asked] = self._find_concept(cell, scheme)
        return self._concept_cache[asked]

    def thing(self, cell: str, classes: tuple[NamedNode, ...], country: NamedNode | None = None) -> NamedNode | Fault:
        """
        The known thing a cell names.

        Args:
            cell: An address, `kind/slug`, a slug, an identifying value (CVR, code, ROR) or a name.
            classes: What it may be; empty means anything.
            country: Where the row is from: decides between things of the same name or number.
        """
        asked = (cell, classes, country)
        if asked not in self._thing_cache:
            self._thing_cache[asked] = self._find_thing(cell, classes, country)
        return self._thing_cache[asked]

    def note(self, cell: str, classes: tuple[NamedNode, ...], country: NamedNode | None = None) -> Fault | None:
        """What is to be said of a cell that `thing` has resolved by a loose reading."""
        return self._notes.get((cell, classes, country))

    def classes_of(self, iri: NamedNode) -> frozenset[NamedNode]:
        """The classes of a thing with all their superclasses; empty if nobody knows it."""
        if iri not in self._class_cache:
            stated = set(self._own[iri].classes) if iri in self._own else set()
            stated |= {value for value in self._published(iri, RDF.type) if isinstance(value, NamedNode)}
            self._class_cache[iri] = self.with_superclasses(stated)
        return self._class_cache[iri]

    def class_names(self, classes: Iterable[NamedNode]) -> Mapping[Language, str]:
        """What classes are called, in each language."""
        listed = list(classes)
        return {
            lang: ", ".join(self.ontology.label(cls, lang) or cls.value.removeprefix(BASE) for cls in listed)
            for lang in LANGUAGES
        }

    def kind_names(self, iri: NamedNode) -> Mapping[Language, str]:
        """What a thing is, by its most specific classes that have a template, in each language."""
        known = self.classes_of(iri)
        below = [cls for cls in known if cls in self.contract.by_class]
        return self.class_names(
            sorted((cls for cls in below if not any(cls in self.ontology.superclasses(one) for one in below)), key=str)
        )

    def label(self, iri: NamedNode, lang: Language) -> str:
        """What a thing is called, for a reader of one language."""
        own = self._own[iri].values if iri in self._own else ()
        for path in LABELS:
            texts = [value for stated, value in own if stated == path and isinstance(value, Literal)]
            if texts:
                return best_of(texts, lang).value
        return self._short(iri) if self.snapshot is None else label_of(self.snapshot, iri, lang)[0]

    def writable(self, iri: NamedNode, lang: Language, classes: tuple[NamedNode, ...] = ()) -> str:
        """
        What to write in a cell to mean a thing: its name, or `kind/slug` where the name means others too.

        Args:
            iri: The thing.
            lang: The language of the person.
            classes: What the cell may hold; empty means anything.
        """
        label = self.label(iri, lang)
        plain = _SEPARATORS.isdisjoint(label)
        return label if plain and self._meant(label, classes, None).iris == (iri,) else self._short(iri)

    def _find_concept(self, cell: str, scheme: str) -> NamedNode | Fault:
        text = cell
        prefix = f"{CONCEPT.iri}{scheme}/"
        names = self.contract.schemes.get(scheme, {})
        values = {"scheme": {lang: names.get(lang, scheme) for lang in LANGUAGES}}
        if cell.startswith(_ADDRESS):
            if not cell.startswith(prefix):
                return Fault("unknown-concept", values=values)
            text = cell.removeprefix(prefix)
        elif cell.startswith(f"{scheme}/"):
            text = cell.removeprefix(f"{scheme}/")
        found = self._concepts.find(text, scheme)
        if found is not None:
            return found
        likely = self._concepts.suggest(text, scheme, _SUGGESTIONS) if self._allowance.take() else ()
        suggested = {lang: tuple(self._concept_label(iri, scheme, lang) for iri in likely) for lang in LANGUAGES}
        return Fault("unknown-concept", suggested["en"], values, suggestions_by_language=suggested)

    def _concept_label(self, iri: NamedNode, scheme: str, lang: Language) -> str:
        label = self._concepts.label(iri, lang)
        means_it = _SEPARATORS.isdisjoint(label) and self._concepts.find(label, scheme) == iri
        return label if means_it else iri.value.rpartition("/")[2]

    def _find_thing(self, cell: str, classes: tuple[NamedNode, ...], country: NamedNode | None) -> NamedNode | Fault:
        meant = self._meant(cell, classes, country)
        if len(meant.iris) == 1:
            (iri,) = meant.iris
            if meant.loosely:
                known = {lang: self.label(iri, lang) for lang in LANGUAGES}
                self._notes[cell, classes, country] = Fault("read-as", values={"known": known}, severity=Severity.INFO)
            return iri
        if meant.iris:
            return self._fault("ambiguous-thing", sorted(meant.iris, key=str), classes)
        wrong_number = self._wrong_number(cell, classes)
        if wrong_number:
            return wrong_number
        wanted = {"wanted": self.class_names(classes)}
        if meant.wrong is not None:
            return Fault("wrong-kind", values={**wanted, "found": self.kind_names(meant.wrong)})
        likely = self._alike(cell, classes) if self._allowance.take() else ()
        return self._fault("unknown-thing", likely, classes, wanted)

    def _fault(
        self,
        code: str,
        likely: Iterable[NamedNode],
        classes: tuple[NamedNode, ...],
        values: Mapping[str, Mapping[Language, str]] | None = None,
    ) -> Fault:
        shown = list(likely)[:_SUGGESTIONS]
        suggested = {
            lang: tuple(dict.fromkeys(self.writable(iri, lang, classes) for iri in shown)) for lang in LANGUAGES
        }
        return Fault(code, suggested["en"], values or {}, suggestions_by_language=suggested)

    def _meant(self, cell: str, classes: tuple[NamedNode, ...], country: NamedNode | None) -> _Meant:
        wrong: NamedNode | None = None
        for candidates, loosely in self._readings(cell, classes):
            found: dict[NamedNode, None] = {}
            for iri in candidates:
                known = self.classes_of(iri)
                if known and self._allowed(known, classes):
                    found[iri] = None
                elif known:
                    wrong = wrong or iri
            if found:
                return _Meant(self._narrowed(tuple(found), country), loosely)
        return _Meant(wrong=wrong)

    def _narrowed(self, iris: tuple[NamedNode, ...], country: NamedNode | None) -> tuple[NamedNode, ...]:
        """Of several, the one that the contribution itself brings, or the one in the row's country."""
        if len(iris) > 1:
            own = tuple(iri for iri in iris if iri in self._own)
            iris = own if len(own) == 1 else iris
        if len(iris) > 1 and country is not None:
            there = tuple(iri for iri in iris if country in self.countries_of(iri))
            iris = there if len(there) == 1 else iris
        return iris

    def countries_of(self, iri: NamedNode) -> frozenset[object]:
        """The countries a thing is in."""
        own = self._own[iri].countries if iri in self._own else frozenset()
        return own | frozenset(self._published(iri, ECO.country))

    def _readings(self, cell: str, classes: tuple[NamedNode, ...]) -> Iterator[tuple[Iterable[NamedNode], bool]]:
        """What the cell may mean, the strictest reading first, and whether the reading is loose."""
        if cell.startswith(_ADDRESS):
            yield _iris(cell), False
        elif "/" in cell:
            kind, _, name = cell.partition("/")
            yield _iris(ID.iri + cell), False
            if self._space.prefix and SLUG.fullmatch(kind) and NAME.fullmatch(name):
                yield [self._space.iri(kind, name)], False
        elif NAME.fullmatch(cell):
            kinds = self._kinds(classes)
            if self._space.prefix:
                yield [self._space.iri(kind, cell) for kind in kinds], False
            yield [ID[f"{kind}/{cell}"] for kind in kinds], False
        yield self._numbered(cell, classes), False
        yield (
            {**dict.fromkeys(self._own_names.named(fold_name(cell))), **self.names.named(cell, self.replacing)},
            False,
        )
        for form in loose_names(cell):
            known = self.names.loosely(form, self.replacing)
            yield {**dict.fromkeys(self._own_names.loosely(form)), **known}, True

    def _numbered(self, cell: str, classes: tuple[NamedNode, ...]) -> Iterable[NamedNode]:
        found: dict[NamedNode, None] = {}
        code_like = " " not in cell or any(letter.isdigit() for letter in cell)
        for path in self._paths(classes):
            pattern = self.patterns[path]
            if code_like or pattern is None:  # no pattern allows blanks, and codes written with some have digits
                number = key(cell, pattern)
                found |= dict.fromkeys(self._own_names.coded(path, number))
                found |= self.names.coded(path, number, self.replacing)
        return found

    def _wrong_number(self, cell: str, classes: tuple[NamedNode, ...]) -> Fault | None:
        for path in self._paths(classes):
            pattern = self.patterns[path]
            number = code_forms.normal(cell, pattern)
            if pattern and re.search(pattern, number) and not checkdigits.fits(path, number):
                return Fault("bad-check-digit", values={"name": self.property_names(path)})
        return None

    def property_names(self, path: NamedNode) -> Mapping[Language, str]:
        """What a property is called in the templates, in each language."""
        for template in self.contract.templates.values():
            for column in template.by_path.get(path, ()):
                return {lang: column.names.get(lang, column.base_key) for lang in LANGUAGES}
        return dict.fromkeys(LANGUAGES, path.value)

    def _kinds(self, classes: tuple[NamedNode, ...]) -> tuple[str, ...]:
        if classes not in self._kind_cache:
            kinds = (
                template.iri_kind
                for template in self.contract.templates.values()
                if self._allowed(self.with_superclasses({template.target_class}), classes)
            )
            self._kind_cache[classes] = tuple(dict.fromkeys(kinds))
        return self._kind_cache[classes]

    def _paths(self, classes: tuple[NamedNode, ...]) -> tuple[NamedNode, ...]:
        """The properties whose numbers may identify a thing of these classes."""
        if classes not in self._path_cache:
            paths = {
                path
                for target, identifying in self.contract.identifying.items()
                if self._allowed(self.with_superclasses({target}), classes)
                for path in identifying
                if path in self.patterns
            }
            self._path_cache[classes] = tuple(sorted(paths, key=str))
        return self._path_cache[classes]

    def _allowed(self, known: Iterable[NamedNode], classes: tuple[NamedNode, ...]) -> bool:
        return not classes or not set(classes).isdisjoint(known)

    def with_superclasses(self, classes: Iterable[NamedNode]) -> frozenset[NamedNode]:
        """Classes and every class above them."""
        return frozenset(upper for cls in classes for upper in (cls, *self.ontology.superclasses(cls)))

    def is_published(self, iri: NamedNode) -> bool:
        """Whether a thing is published, and stays so."""
        return next(self._published(iri, RDF.type), None) is not None

    def _published(self, iri: NamedNode, path: NamedNode) -> Iterator[object]:
        if self.snapshot is not None:
            for quad in self.snapshot.quads(iri, path, None, None):
                if quad.graph_name != self.replacing:
                    yield quad.object

    @cached_property
    def names(self) -> Names:
        """What everything published is called."""
        return Names.of(self.snapshot, self.patterns)

    @cached_property
    def _own_names(self) -> Block:
        entries = ((known.iri, path, value.value) for known in self._own.values() for path, value in known.values)
        return Block(entries, self.patterns)

    def _alike(self, cell: str, classes: tuple[NamedNode, ...]) -> Iterator[NamedNode]:
        """What the cell was perhaps meant to name, the likeliest first."""
        wanted = cell.rpartition("/")[2].replace("-", " ") if NAME.fullmatch(cell.rpartition("/")[2]) else cell
        found = [(-score, iri.value) for score, iri in self._own_names.alike(fold_name(wanted), _LIKELY)]
        found += [(-score, iri.value) for score, iri in self.names.alike(wanted, _LIKELY, self.replacing)]
        for iri in dict.fromkeys(NamedNode(value) for _, value in sorted(found)):
            if self._allowed(self.classes_of(iri), classes):
                yield iri

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
