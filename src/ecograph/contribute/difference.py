"""What a contribution changes, thing by thing and property by property, in words that its reviewer knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Final, Literal

from babel.dates import format_date
from babel.numbers import format_decimal
from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode, Quad

from ecograph.contribute.rules import Rules
from ecograph.identifiers import kind_and_slug
from ecograph.messages import LANGUAGES, Language, text, texts
from ecograph.namespaces import CONCEPT, RDF, XSD
from ecograph.rdf.patch import Patch
from ecograph.shacl.contract import Column, Template
from ecograph.store.base import Snapshot
from ecograph.vocabulary.labels import NAMING, best_of, label_of

Change = Literal["added", "changed", "removed"]
_CHANGES: Final[tuple[Change, ...]] = ("added", "changed", "removed")
_LAST: Final = float("inf")  # the place of a property that no column has


@dataclass(frozen=True)
class Value:
    """
    A value as people read it.

    Args:
        words: In each language.
        iri: The thing or concept it is, to link to; None for a text or number.
        language: The language of a text that has one.
    """

    words: Mapping[Language, str]
    iri: NamedNode | None = None
    language: str | None = None


@dataclass(frozen=True)
class PropertyChange:
    """
    What becomes of one property of a thing.

    Args:
        property: The property.
        names: What its column is called.
        added: Values that come.
        removed: Values that go.
    """

    property: NamedNode
    names: Mapping[Language, str]
    added: tuple[Value, ...]
    removed: tuple[Value, ...]


@dataclass(frozen=True)
class ThingChange:
    """
    What becomes of one thing.

    Args:
        iri: The thing.
        change: Whether it comes, goes, or stays in another form.
        labels: What it is called.
        kind: Its kind in IRIs, such as `need`.
        kinds: What things of its class are called.
        properties: In the order of the columns.
    """

    iri: NamedNode
    change: Change
    labels: Mapping[Language, str]
    kind: str
    kinds: Mapping[Language, str]
    properties: tuple[PropertyChange, ...]


@dataclass(frozen=True)
class Difference:
    """
    What a contribution changes.

    Args:
        things: Those that come, then those that change, then those that go; each by kind and name.
        patch: The statements, those about the publication among them.
    """

    things: tuple[ThingChange, ...]
    patch: Patch

    @cached_property
    def counts(self) -> Mapping[Change, int]:
        """How many things come, change and go."""
        counted = Counter(thing.change for thing in self.things)
        return {change: counted[change] for change in _CHANGES}

    def summary(self, lang: Language) -> str:
        """The difference in one sentence."""
        if not self.things:
            return text("desk.difference.nothing", lang)
        return text("desk.difference.summary", lang, **{str(name): number for name, number in self.counts.items()})

    @property
    def n_quads(self) -> str:
        """The statements as N-Quads, each behind `+` or `-`."""
        signed = (("+", self.patch.additions), ("-", self.patch.removals))
        return "".join(f"{sign} {quad} .\n" for sign, quads in signed for quad in quads)


def between(patch: Patch, graph: NamedNode, snapshot: Snapshot, rules: Rules) -> Difference:
    """
    A patch in words.

    Args:
        patch: What a contribution changes, or changed.
        graph: The graph of its publisher; statements elsewhere are about the publication itself.
        snapshot: The graph, before or after; for the names of what is referred to.
        rules: What properties and kinds are called.
    """
    words = _Words(patch, snapshot, rules)
    added, removed = _by_subject(patch.additions, graph), _by_subject(patch.removals, graph)
    subjects = dict.fromkeys((*added, *removed))
    things = [words.thing(iri, added.get(iri, ()), removed.get(iri, ())) for iri in subjects]
    return Difference(tuple(sorted(things, key=_place)), patch)


def label(iri: NamedNode, snapshot: Snapshot, lang: Language) -> str:
    """What a published thing is called."""
    return label_of(snapshot, iri, lang)[0]


def _place(thing: ThingChange) -> tuple[int, str, str, str]:
    return (_CHANGES.index(thing.change), thing.kind, thing.labels["en"].casefold(), thing.iri.value)


def _by_subject(quads: Iterable[Quad], graph: NamedNode) -> Mapping[NamedNode, list[Quad]]:
    found: dict[NamedNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        if quad.graph_name == graph and isinstance(quad.subject, NamedNode):
            found[quad.subject].append(quad)
    return found


class _Words:
    """Names for everything a patch mentions: as it says itself, or as the graph says."""

    def __init__(self, patch: Patch, snapshot: Snapshot, rules: Rules) -> None:
        self._snapshot = snapshot
        self._rules = rules
        self._names: dict[NamedNode, dict[NamedNode, list[RdfLiteral]]] = defaultdict(lambda: defaultdict(list))
        for quads in (patch.removals, patch.additions):
            said: dict[tuple[NamedNode, NamedNode], list[RdfLiteral]] = defaultdict(list)
            for quad in quads:
                if quad.predicate in NAMING and isinstance(quad.object, RdfLiteral):
                    said[quad.subject, quad.predicate].append(quad.object)  # type: ignore[index]
            for (subject, path), names in said.items():
                self._names[subject][path] = names

    def thing(self, iri: NamedNode, added: Iterable[Quad], removed: Iterable[Quad]) -> ThingChange:
        template = self._template(iri, (*added, *removed))
        change: Change = "changed"
        if any(quad.predicate == RDF.type for quad in added):
            change = "added"
        elif any(quad.predicate == RDF.type for quad in removed):
            change = "removed"
        kind = (kind_and_slug(iri) or ("", ""))[0]
        return ThingChange(
            iri=iri,
            change=change,
            labels={lang: self._label(iri, lang) for lang in LANGUAGES},
            kind=kind,
            kinds=template.names if template else dict.fromkeys(LANGUAGES, kind),
            properties=tuple(self._properties(template, added, removed)),
        )

    def _template(self, iri: NamedNode, quads: Iterable[Quad]) -> Template | None:
        by_class = self._rules.contract.by_class
        stated = [quad.object for quad in quads if quad.predicate == RDF.type]
        stated += [quad.object for quad in self._snapshot.quads(iri, RDF.type)]
        return next((by_class[cls] for cls in stated if isinstance(cls, NamedNode) and cls in by_class), None)

    def _properties(
        self, template: Template | None, added: Iterable[Quad], removed: Iterable[Quad]
    ) -> list[PropertyChange]:
        come, go = _by_property(added), _by_property(removed)
        columns = {path: self._column(path, template) for path in (*come, *go) if path != RDF.type}
        ordered = sorted(columns, key=lambda path: (_order(columns[path]), path.value))
        return [
            PropertyChange(
                property=path,
                names=self._property_names(path, columns[path]),
                added=tuple(map(self._value, come.get(path, ()))),
                removed=tuple(map(self._value, go.get(path, ()))),
            )
            for path in ordered
        ]

    def _column(self, path: NamedNode, template: Template | None) -> Column | None:
        others = self._rules.contract.templates.values()
        found = (each.by_path.get(path) for each in ([template] if template else others))
        return next((columns[0] for columns in found if columns), None)

    def _property_names(self, path: NamedNode, column: Column | None) -> Mapping[Language, str]:
        end = path.value.rpartition("/")[2].rpartition("#")[2]
        given = column.names if column else {}
        return {lang: given.get(lang) or self._rules.ontology.label(path, lang) or end for lang in LANGUAGES}

    def _value(self, term: object) -> Value:
        if isinstance(term, NamedNode):
            return Value({lang: self._label(term, lang) for lang in LANGUAGES}, iri=term)
        assert isinstance(term, RdfLiteral)
        return Value(_written(term), language=term.language)

    def _label(self, iri: NamedNode, lang: Language) -> str:
        said = self._names.get(iri)
        if said:
            path = next(path for path in NAMING if path in said)
            return best_of(said[path], lang).value
        if iri in CONCEPT:
            return self._rules.concepts.label(iri, lang)
        known = next(iter(self._snapshot.quads(iri)), None)
        return label_of(self._snapshot, iri, lang)[0] if known else _readable(iri)


def _readable(iri: NamedNode) -> str:
    parts = kind_and_slug(iri)
    return parts[1] if parts else iri.value


def _by_property(quads: Iterable[Quad]) -> Mapping[NamedNode, list[object]]:
    found: dict[NamedNode, list[object]] = defaultdict(list)
    for quad in quads:
        found[quad.predicate].append(quad.object)
    return found


def _order(column: Column | None) -> float:
    return column.order if column else _LAST


def _written(literal: RdfLiteral) -> Mapping[Language, str]:
    """A number, date or truth value as each language writes it; any other text as it is."""
    writer = _WRITERS.get(literal.datatype)
    try:
        return writer(literal.value) if writer else dict.fromkeys(LANGUAGES, literal.value)
    except (ValueError, InvalidOperation):
        return dict.fromkeys(LANGUAGES, literal.value)


def _number(value: str) -> Mapping[Language, str]:
    return {lang: format_decimal(Decimal(value), locale=lang) for lang in LANGUAGES}


def _day(value: str) -> Mapping[Language, str]:
    day = date.fromisoformat(value)
    return {**dict.fromkeys(LANGUAGES, value), "da": format_date(day, "d.M.yyyy", locale="da")}


def _truth(value: str) -> Mapping[Language, str]:
    return texts("desk.difference.yes" if value in ("true", "1") else "desk.difference.no")


_WRITERS: Final[Mapping[NamedNode, Callable[[str], Mapping[Language, str]]]] = {
    XSD.decimal: _number,
    XSD.integer: _number,
    XSD.date: _day,
    XSD.boolean: _truth,
}
