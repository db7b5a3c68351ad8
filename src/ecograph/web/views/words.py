"""Words for one reader: names, numbers, dates and statements of the graph in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final
from urllib.parse import unquote, urlsplit

from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal, format_percent
from pyoxigraph import Literal, NamedNode

from ecograph.bootstrap import View
from ecograph.contribute.provenance import Dataset
from ecograph.identifiers import kind_and_slug
from ecograph.match.model import Statement
from ecograph.messages import Language, catalogue, text
from ecograph.namespaces import BASE, CONCEPT, DCTERMS, ECO, GRAPH, ID, RDF, RDFS, SKOS, XSD
from ecograph.shacl.contract import Column, Template
from ecograph.vocabulary.labels import label_of
from ecograph.web.language import collated
from ecograph.web.reading import building
from ecograph.web.reading.directory import Directory

_LONGEST_ADDRESS: Final = 60
"""Letters of a web address that are shown; the link leads to all of it."""

_JOINED: Final = 2
"""Things that name what joins them: a participation is called by its project and its participant."""

_NUMBERS: Final = (XSD.decimal, XSD.integer, XSD.double)
_SHARES: Final = (ECO.share, ECO.confidence)
_STANDARD_TERMS: Final = (SKOS, DCTERMS, RDF, RDFS)


@dataclass(frozen=True, slots=True)
class Link:
    """
    Words in a language, and where they lead.

    Args:
        text: The words.
        href: Where they lead; None for words alone.
        lang: The language they are in; None where unknown or of no language.
        note: A remark beside them.
        example: Whether they name something that only serves to try the system.
    """

    text: str
    href: str | None = None
    lang: str | None = None
    note: str = ""
    example: bool = False


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement in words, with who published it, when, and on which terms."""

    subject: Link
    predicate: str
    value: Link
    source: Link
    issued: str
    licence: Link | None


class Reader:
    """Words for one reader: a view of the graph in one language."""

    def __init__(self, view: View, lang: Language) -> None:
        self.view = view
        self.lang = lang
        self._labels: dict[NamedNode, Link] = {}

    @property
    def directory(self) -> Directory:
        """The things of the view by name, class, country and topic."""
        return building.directory(self.view)

    def say(self, key: str, **values: object) -> str:
        """A message in the reader's language."""
        return text(key, self.lang, **values)

    def say_if_known(self, key: str) -> str | None:
        """A message in the reader's language, or None where there is no such message."""
        return text(key, self.lang) if key in catalogue() else None

    def number(self, value: float) -> str:
        """A number as readers of the language write it."""
        return format_decimal(value, locale=self.lang)

    def day(self, value: str) -> str:
        """
        An ISO date of any precision as readers of the language write it.

        Args:
            value: `2026-12-31`, `2026-12` or `2026`.

        Returns:
            31.12.2026 in Danish, 2026-12-31 in Swedish and English; a month by its name; a year as it is.
        """
        if len(value) == len("2026"):
            return value
        if len(value) == len("2026-12"):
            return f"{get_month_names('wide', locale=self.lang)[int(value[5:7])]} {value[:4]}"
        pattern = "dd.MM.yyyy" if self.lang == "da" else "yyyy-MM-dd"
        return format_date(date.fromisoformat(value[:10]), pattern, locale=self.lang)

    def link(self, iri: NamedNode, note: str = "") -> Link:
        """The name of a thing, leading to its page; what has no name is called by what it joins."""
        found = self._labels.get(iri)
        if found is None:
            found = self._labels[iri] = self._named(iri) or self._unnamed(iri)
        return replace(found, note=note) if note else found

    def _named(self, iri: NamedNode) -> Link | None:
        label, lang = label_of(self.view.snapshot, iri, self.lang)
        if lang is None and label == _end(iri):
            return None
        return Link(label, page_of(iri, self.lang), lang, "", iri in self.examples)

    def _unnamed(self, iri: NamedNode) -> Link:
        href, template = page_of(iri, self.lang), self.template(iri)
        if template is None:
            return Link(_end(iri) if iri.value.startswith(BASE) else shown(iri.value), href)
        joined = [
            self.link(quad.object).text
            for column in template.columns
            if column.required and column.kind in ("reference", "concept")
            for quad in self.view.snapshot.quads(iri, column.path)
            if isinstance(quad.object, NamedNode) and quad.object != iri
        ]
        name = ": ".join(part for part in (template.names[self.lang], " – ".join(joined[:_JOINED])) if part)
        return Link(name, href, None, "", iri in self.examples)

    def value(self, term: object, predicate: NamedNode | None = None) -> Link:
        """An object of a statement: a thing as a link, a literal as its text."""
        if isinstance(term, NamedNode):
            return self.link(term)
        if not isinstance(term, Literal):
            return Link(str(term))
        if term.datatype in _NUMBERS:
            number = float(term.value)
            return Link(format_percent(number, locale=self.lang) if predicate in _SHARES else self.number(number))
        if term.datatype in (XSD.date, XSD.gYearMonth, XSD.gYear):
            return Link(self.day(term.value))
        if term.datatype == XSD.boolean:
            return Link(self.say("page.value.yes" if term.value in ("true", "1") else "page.value.no"))
        if term.datatype == XSD.anyURI:
            return Link(shown(term.value), web_address(term.value))
        return Link(term.value, None, term.language)

    def template(self, iri: NamedNode) -> Template | None:
        """The template of a thing's class: by the directory, or for what has no name of its own by its address."""
        found = self.directory.things.get(iri)
        pair = kind_and_slug(iri)
        slug = found.kind if found else pair[0] if pair else ""
        return self.view.contract.templates.get(slug)

    def kind(self, slug: str, *, many: bool = False) -> str:
        """What things of a template are called, as one or as many."""
        plural = self.say_if_known(f"page.kinds.{slug}") if many else None
        template = self.view.contract.templates.get(slug)
        return plural or (template.names[self.lang] if template else self.say("page.search.topic"))

    def predicate(self, iri: NamedNode, template: Template | None = None) -> str:
        """What a property is called: as in the thing's template, as in any, or as the ontology labels it."""
        column = column_of(template, iri)
        names = column.names if column else self.view.property_names.get(iri)
        if names:
            return names[self.lang]
        local = _end(iri)
        standard = self.say_if_known(f"page.property.{local}") if any(iri in each for each in _STANDARD_TERMS) else None
        return standard or self.view.ontology.label(iri, self.lang) or local

    def source(self, graph: object) -> tuple[Link, Dataset | None]:
        """Who published a graph, or which part of EcoGraph itself it is."""
        dataset = self.view.datasets.get(graph) if isinstance(graph, NamedNode) else None
        if dataset is None:
            own = GRAPH.local(graph).partition("/")[0] if isinstance(graph, NamedNode) else ""
            return Link(self.say_if_known(f"page.own-graph.{own}") or "EcoGraph"), None
        title, lang = in_language(dataset.titles, self.lang)
        return Link(title, f"/{self.lang}/sources#{dataset.slug}", lang, "", dataset.example), dataset

    def statement(self, statement: Statement) -> StatementView:
        """A statement in words, with who published it, when, and on which terms."""
        source, dataset = self.source(statement.graph)
        subject, template = self.link(statement.subject), self.template(statement.subject)
        if template and self._named(statement.subject) is None:  # what it joins is said by its statements
            subject = replace(subject, text=template.names[self.lang])
        return StatementView(
            subject=subject,
            predicate=self.predicate(statement.predicate, template),
            value=self.value(statement.object, statement.predicate),
            source=source,
            issued=self.day(dataset.issued) if dataset and dataset.issued else "",
            licence=licence(dataset) if dataset else None,
        )

    def country(self, slug: str) -> str:
        """The name of a country, by its slug in our scheme; "" is none."""
        return self.link(CONCEPT[f"country/{slug}"]).text if slug else self.say("page.country.none")

    @cached_property
    def examples(self) -> frozenset[NamedNode]:
        """Things that example contributions describe: they do not exist."""
        return frozenset(
            quad.subject
            for graph, dataset in self.view.datasets.items()
            if dataset.example
            for quad in self.view.snapshot.quads(None, RDF.type, None, graph)
            if isinstance(quad.subject, NamedNode)
        )

    def sorted(self, links: Iterable[Link]) -> tuple[Link, ...]:
        """Links by their words, in the alphabet of the reader."""
        return tuple(sorted(links, key=lambda link: collated(link.text, self.lang)))


def _end(iri: NamedNode) -> str:
    return iri.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def column_of(template: Template | None, path: NamedNode) -> Column | None:
    """The first column of a template that holds a property."""
    return next((column for column in template.columns if column.path == path), None) if template else None


def in_language(texts: Mapping[Language, str], lang: Language) -> tuple[str, str | None]:
    """
    The text for a reader, and the language it is in where that is another.

    Example:
        >>> in_language({"en": "Needs"}, "sv"), in_language({"sv": "Behov"}, "sv")
        (('Needs', 'en'), ('Behov', None))
    """
    order: tuple[Language, ...] = (lang, "en", "da", "sv")
    found = next((each for each in order if texts.get(each)), None)
    return (texts[found], None if found == lang else found) if found else ("–", None)


def page_of(iri: NamedNode, lang: Language) -> str | None:
    """
    The page of one of our things or concepts; the web address of anything else.

    Example:
        >>> page_of(NamedNode("https://w3id.org/ecograph/id/need/n09"), "sv")
        '/sv/id/need/n09'
    """
    if iri in ID and kind_and_slug(iri):
        return f"/{lang}/id/{ID.local(iri)}"
    if iri in CONCEPT and "/" in CONCEPT.local(iri):
        return f"/{lang}/concept/{CONCEPT.local(iri)}"
    return web_address(iri.value)


def web_address(address: str) -> str | None:
    """An address that a browser may follow, or None."""
    return address if address.startswith(("http://", "https://")) else None


def shown(address: str) -> str:
    """
    A web address as people write it, cut where it is long.

    Example:
        >>> shown("https://www.gate21.dk/nyhed/")
        'gate21.dk/nyhed'
    """
    parts = urlsplit(address)
    words = unquote(parts.netloc.removeprefix("www.") + parts.path.rstrip("/")) or address
    words += f"?{parts.query}" if parts.query else ""
    return words if len(words) <= _LONGEST_ADDRESS else f"{words[:_LONGEST_ADDRESS]}…"


def licence(dataset: Dataset) -> Link | None:
    """The short name of a contribution's licence, leading to its text."""
    return licence_name(dataset.license.value if dataset.license else "")


def licence_name(address: str) -> Link | None:
    """
    The short name of a licence, leading to its text; None for no licence.

    Example:
        >>> licence_name("https://creativecommons.org/licenses/by/4.0/").text
        'CC BY 4.0'
    """
    parts = [part for part in address.rstrip("/").split("/") if part]
    if not address:
        return None
    if "creativecommons.org" in address and len(parts) >= 2:
        name = "CC0 1.0" if "zero" in parts else f"CC {parts[-2].upper()} {parts[-1]}"
        return Link(name, address)
    return Link(shown(address), web_address(address))
