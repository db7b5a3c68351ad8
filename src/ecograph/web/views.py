"""What pages show, as values: links with their language, facts, relations, matches with the statements behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import View
from ecograph.contribute.provenance import Dataset
from ecograph.identifiers import kind_and_slug
from ecograph.match.model import GROUPS, Group, Match, MatchResult, Statement
from ecograph.messages import Language, text
from ecograph.namespaces import BASE, CONCEPT, ID, RDF, SKOS, XSD
from ecograph.vocabulary.labels import NAMING, label_of

SHOWN: Final = 30
"""Entries of one relation on a profile page; the rest is counted."""

# Where a score is called what; the points are shown beside the word.
_FITS: Final = ((0.6, "strong"), (0.35, "good"), (0.0, "possible"))
_BOTH_SIDES: Final = ("dk", "se")
# Shown elsewhere on the page, or of no use to a reader.
_SILENT: Final = frozenset({RDF.type, SKOS.prefLabel, SKOS.definition, SKOS.notation, SKOS.inScheme, SKOS.topConceptOf})


@dataclass(frozen=True, slots=True)
class Link:
    """Words in a language, where they lead, and a remark beside them."""

    text: str
    href: str | None = None
    lang: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One property of a thing with its values."""

    label: str
    entries: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """What refers to a thing in one way: the first entries, and how many there are."""

    label: str
    entries: tuple[Link, ...]
    total: int


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement in words, with who published it."""

    subject: Link
    predicate: str
    value: Link
    source: Link
    issued: str
    licence: Link | None


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason in words, with the statements behind it."""

    sentence: str
    points: str
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class MatchView:
    """One candidate as a card shows it."""

    link: Link
    score: float
    points: str
    fit: str
    facts: str
    example: bool
    reasons: tuple[ReasonView, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The candidates of one country."""

    label: str
    matches: tuple[MatchView, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group of candidates, by country."""

    name: Group
    label: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class DatasetView:
    """One contribution on the page of sources."""

    slug: str
    title: str
    publisher: str
    rights: str
    licence: Link
    issued: str
    sources: tuple[Link, ...]
    statements: str
    example: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the graph says about a thing."""

    heading: Link
    kinds: str
    definition: str | None
    facts: tuple[Fact, ...]
    relations: tuple[Relation, ...]
    sources: tuple[Link, ...]
    example: bool


class Reader:
    """Words for one reader: a view of the graph in one language."""

    def __init__(self, view: View, lang: Language) -> None:
        self.view = view
        self.lang = lang
        self._labels: dict[NamedNode, Link] = {}

    def number(self, value: float) -> str:
        """A number as readers of the language write it."""
        return format_decimal(value, locale=self.lang)

    def day(self, value: str) -> str:
        """An ISO date as readers of the language write it: 31.12.2026 in Danish, 2026-12-31 in Swedish and English."""
        return format_date(
            date.fromisoformat(value[:10]), "dd.MM.yyyy" if self.lang == "da" else "yyyy-MM-dd", locale=self.lang
        )

    def link(self, iri: NamedNode, note: str | None = None) -> Link:
        """The name of a thing, leading to its page."""
        found = self._labels.get(iri)
        if found is None:
            label, lang = label_of(self.view.snapshot, iri, self.lang)
            found = self._labels[iri] = Link(label, page_of(iri, self.lang), lang)
        return Link(found.text, found.href, found.lang, note) if note else found

    def value(self, term: object) -> Link:
        """An object of a statement: a thing as a link, a literal as its text."""
        if isinstance(term, NamedNode):
            return self.link(term) if term.value.startswith(BASE) else Link(term.value, _web(term.value))
        if not isinstance(term, Literal):
            return Link(str(term))
        if term.datatype in (XSD.decimal, XSD.integer, XSD.double):
            return Link(self.number(float(term.value)))
        if term.datatype == XSD.date:
            return Link(self.day(term.value))
        return Link(term.value, None, term.language)

    def predicate(self, iri: NamedNode) -> str:
        """What a property is called: as in the templates, or as the ontology labels it."""
        names = self.view.property_names.get(iri)
        if names:
            return names[self.lang]
        return self.view.ontology.label(iri, self.lang) or iri.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]

    def source(self, graph: object) -> tuple[Link, Dataset | None]:
        """Who published a graph."""
        dataset = self.view.datasets.get(graph) if isinstance(graph, NamedNode) else None
        if dataset is None:
            return Link("EcoGraph"), None
        return Link(dataset.titles[self.lang], f"/{self.lang}/sources#{dataset.slug}"), dataset

    def statement(self, statement: Statement) -> StatementView:
        """A statement in words, with who published it, when, and on which terms."""
        source, dataset = self.source(statement.graph)
        return StatementView(
            subject=self.link(statement.subject),
            predicate=self.predicate(statement.predicate),
            value=self.value(statement.object),
            source=source,
            issued=self.day(dataset.issued) if dataset and dataset.issued else "",
            licence=_licence(dataset) if dataset else None,
        )

    def matches(self, result: MatchResult) -> tuple[GroupView, ...]:
        """The groups that have a candidate, each with both sides of the Øresund."""
        groups = []
        for name in GROUPS:
            by_country = result.by_country(name)
            if by_country:
                countries = [*_BOTH_SIDES, *(country for country in by_country if country not in _BOTH_SIDES)]
                sides = tuple(
                    Side(
                        self.country(country),
                        tuple(self.match(each) for each in by_country.get(country, ())),
                    )
                    for country in countries
                )
                groups.append(GroupView(name, text(f"page.group.{name}", self.lang), sides))
        return tuple(groups)

    def match(self, match: Match) -> MatchView:
        """One candidate with its reasons."""
        fit = next(name for least, name in _FITS if match.score >= least)
        return MatchView(
            link=Link(match.labels[self.lang], page_of(match.candidate, self.lang)),
            score=round(match.score, 3),
            points=text("page.match.points", self.lang, points=self.number(round(match.score * 100))),
            fit=text(f"page.match.fit-{fit}", self.lang),
            facts=" · ".join(note.sentences[self.lang] for note in match.flags),
            example=self.is_example(match.candidate),
            reasons=tuple(
                ReasonView(
                    reason.sentences[self.lang],
                    self.number(round(reason.contribution * 100, 1)),
                    tuple(self.statement(each) for each in reason.path),
                )
                for reason in match.reasons
            ),
            against=tuple(note.sentences[self.lang] for note in match.against),
            unknown=tuple(note.sentences[self.lang] for note in match.unknown),
        )

    def country(self, slug: str) -> str:
        """The name of a country, by its slug in our scheme."""
        return self.link(CONCEPT[f"country/{slug}"]).text

    def is_example(self, iri: NamedNode) -> bool:
        """Whether what is known of a thing comes from an example contribution."""
        return any(
            dataset.example
            for quad in self.view.snapshot.quads(iri, RDF.type, None, None)
            if (dataset := self.source(quad.graph_name)[1]) is not None
        )

    def facts(self, quads: Iterable[Quad]) -> tuple[Fact, ...]:
        """The properties of a thing, in the order of its template."""
        values: dict[NamedNode, list[Link]] = defaultdict(list)
        for quad in quads:
            if quad.predicate not in _SILENT:
                value = self.value(quad.object)
                if value not in values[quad.predicate]:
                    values[quad.predicate].append(value)
        order = list(self.view.property_names)
        ranks = {path: rank for rank, path in enumerate(order)}
        return tuple(
            Fact(self.predicate(path), tuple(self._mother_tongue(found)))
            for path, found in sorted(values.items(), key=lambda item: ranks.get(item[0], len(order)))
        )

    def _mother_tongue(self, entries: Sequence[Link]) -> Sequence[Link]:
        """Texts in the reader's language only, where there is one."""
        own = [entry for entry in entries if entry.lang in (self.lang, None) or entry.href]
        return own or entries

    def relations(self, iri: NamedNode) -> tuple[Relation, ...]:
        """What refers to a thing, grouped by how."""
        groups: dict[str, list[NamedNode]] = defaultdict(list)
        for quad in self.view.snapshot.quads(None, None, iri, None):
            subject = quad.subject
            if isinstance(subject, NamedNode) and (subject in ID or subject in CONCEPT):
                kind = self.kinds(subject)
                label = f"{kind}: {self.predicate(quad.predicate)}" if kind else self.predicate(quad.predicate)
                if subject not in groups[label]:
                    groups[label].append(subject)
        relations = []
        for label, subjects in sorted(groups.items()):
            entries = sorted((self._other_end(subject, iri) for subject in subjects[: SHOWN * 10]), key=_by_text)
            relations.append(Relation(label, tuple(entries[:SHOWN]), len(subjects)))
        return tuple(relations)

    def _other_end(self, subject: NamedNode, here: NamedNode) -> Link:
        """The name of what refers here; for a claim or participation, which has none, what it leads to."""
        quads = list(self.view.snapshot.quads(subject, None, None, None))
        own = self.link(subject)
        if own.lang is not None or any(quad.predicate in NAMING for quad in quads):
            return own
        others = [quad.object for quad in quads if isinstance(quad.object, NamedNode) and quad.object != here]
        concepts = [node for node in others if node in CONCEPT]
        target = next((node for node in (*(other for other in others if other in ID), *concepts)), subject)
        remarks = [self.link(node).text for node in concepts if node != target]
        remarks += [
            quad.object.value
            for quad in quads
            if isinstance(quad.object, Literal) and quad.object.datatype in (XSD.gYear, XSD.date, XSD.gYearMonth)
        ]
        return self.link(target, ", ".join(remarks) or None)

    def kinds(self, iri: NamedNode) -> str:
        """What a thing is, in words."""
        names = [
            self.view.ontology.label(quad.object, self.lang)
            for quad in self.view.snapshot.quads(iri, RDF.type, None, None)
            if isinstance(quad.object, NamedNode)
        ]
        return ", ".join(sorted({name for name in names if name}))

    def profile(self, iri: NamedNode) -> Profile | None:
        """Everything about a thing, or None if the graph does not know it."""
        quads = list(self.view.snapshot.quads(iri, None, None, None))
        if not quads:
            return None
        graphs = Counter(quad.graph_name for quad in quads)
        definitions = {
            quad.object.language: quad.object.value
            for quad in quads
            if quad.predicate == SKOS.definition and isinstance(quad.object, Literal)
        }
        return Profile(
            heading=self.link(iri),
            kinds=self.kinds(iri),
            definition=definitions.get(self.lang),
            facts=self.facts(quads),
            relations=self.relations(iri),
            sources=tuple(
                self._counted(self.source(graph)[0], count)
                for graph, count in sorted(graphs.items(), key=lambda item: str(item[0]))
            ),
            example=self.is_example(iri),
        )

    def _counted(self, link: Link, count: int) -> Link:
        return Link(
            link.text, link.href, link.lang, text("page.thing.statements-note", self.lang, count=self.number(count))
        )

    def table(self, answer: dict[str, Any]) -> tuple[list[str], list[list[Link]]]:
        """The columns and rows of a SPARQL result in JSON; an ASK is one cell."""
        if "boolean" in answer:
            return ["ASK"], [[Link(str(answer["boolean"]).lower())]]
        columns = list(answer["head"]["vars"])
        rows = [
            [_cell(binding.get(column), self.lang) for column in columns] for binding in answer["results"]["bindings"]
        ]
        return columns, rows

    def datasets(self) -> tuple[DatasetView, ...]:
        """Every contribution with its terms, by title."""
        shown = [
            DatasetView(
                slug=dataset.slug,
                title=dataset.titles[self.lang],
                publisher=dataset.publisher_name,
                rights=dataset.rights[self.lang],
                licence=_licence(dataset),
                issued=self.day(dataset.issued),
                sources=tuple(Link(source, _web(source)) for source in dataset.sources),
                statements=self.number(dataset.statements),
                example=dataset.example,
            )
            for dataset in self.view.datasets.values()
        ]
        return tuple(sorted(shown, key=lambda each: each.title))


def _cell(term: dict[str, str] | None, lang: Language) -> Link:
    if term is None:
        return Link("")
    return Link(
        term["value"], page_of(NamedNode(term["value"]), lang) if term["type"] == "uri" else None, term.get("xml:lang")
    )


def page_of(iri: NamedNode, lang: Language) -> str | None:
    """
    The page of one of our things or concepts; the web address of anything else.

    Example:
        >>> page_of(NamedNode("https://w3id.org/ecograph/id/need/n09"), "sv")
        '/sv/id/need/n09'
    """
    if iri in ID and kind_and_slug(iri):
        return f"/{lang}/id/{ID.local(iri)}"
    if iri in CONCEPT:
        return f"/{lang}/concept/{CONCEPT.local(iri)}"
    return _web(iri.value)


def _web(address: str) -> str | None:
    return address if address.startswith(("http://", "https://")) else None


def _by_text(link: Link) -> str:
    return link.text.casefold()


def _licence(dataset: Dataset) -> Link:
    address = dataset.license.value if dataset.license else ""
    parts = [part for part in address.rstrip("/").split("/") if part]
    if "creativecommons.org" in address:
        name = "CC0 1.0" if "zero" in parts else f"CC {parts[-2].upper()} {parts[-1]}"
        return Link(name, address)
    return Link(address, _web(address))
