"""Everything the graph says about a thing, in the order of its template and in the words of a reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.namespaces import CONCEPT, DCTERMS, ECO, FOAF, GEO, RDF, RDFS, SKOS
from ecograph.shacl.contract import Template
from ecograph.vocabulary.labels import best_of
from ecograph.web.reading.directory import Filter
from ecograph.web.views.relations import Entry, Relation, relations
from ecograph.web.views.statements import origin_page
from ecograph.web.views.words import Link, Reader

_TOPIC_ENTRIES: Final = 5
"""Things of one kind on the page of a topic; a search lists them all."""

KIND_ORDER: Final = (
    "need", "solution", "research-result", "research-organisation", "company", "municipality", "region", "network",
    "public-body", "organisation", "person", "project", "programme", "call", "standard", "data-model",
)  # fmt: skip
"""Kinds of things in the order in which a coordinator looks for them."""

# Shown elsewhere on the page, or of no use to a reader.
_SILENT: Final = frozenset(
    {RDF.type, SKOS.prefLabel, SKOS.definition, SKOS.inScheme, SKOS.topConceptOf, SKOS.broader, DCTERMS.description,
     GEO.long, GEO.lat, ECO.order}
)  # fmt: skip
_NAMES: Final = (FOAF.name, DCTERMS.title, RDFS.label, SKOS.notation)
# A concept of these schemes is a subject that things are about; any other only describes how they are.
_SUBJECTS: Final = ("topic", "country")
_LAST: Final = (DCTERMS.source,)


@dataclass(frozen=True, slots=True)
class Fact:
    """One property of a thing with its values, in one line where `inline`; `origin` leads to who said so."""

    label: str
    entries: tuple[Link, ...]
    inline: bool = False
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """Things of one kind that are about a topic or in a country: the first, how many, and the search for all."""

    label: str
    entries: tuple[Link, ...]
    total: str
    href: str


@dataclass(frozen=True, slots=True)
class Profile:
    """
    Everything the graph says about a thing.

    Args:
        heading: Its name.
        kinds: What it is.
        lead: Its description or definition.
        facts: Its properties.
        broader: For a concept, the path from the top of its scheme.
        narrower: For a concept, what it comprises.
        about: For a topic or country, what is about it or in it.
        relations: What refers to it.
        sources: Who says so, with how many statements.
        example: Whether it only serves to try the system.
    """

    heading: Link
    kinds: str
    lead: Link | None
    facts: tuple[Fact, ...]
    broader: tuple[Link, ...]
    narrower: tuple[Link, ...]
    about: tuple[About, ...]
    relations: tuple[Relation, ...]
    sources: tuple[Entry, ...]
    example: bool


def profile(words: Reader, iri: NamedNode, *, related: bool = True) -> Profile | None:
    """
    Everything about a thing, or None if the graph does not know it.

    Args:
        words: The reader.
        iri: The thing.
        related: Whether to look for what refers to it.
    """
    quads = list(words.view.snapshot.quads(iri))
    if not quads:
        return None
    heading = words.link(iri)
    scheme = words.view.concepts.scheme(iri) if iri in CONCEPT else None
    about = _about(words, iri, scheme) if related and scheme in _SUBJECTS else ()
    things = frozenset(words.directory.listed | {"topic-claim"}) if scheme in _SUBJECTS else frozenset()
    return Profile(
        heading=heading,
        kinds=_kinds(words, iri, quads, scheme),
        lead=_lead(words, quads),
        facts=_facts(words, iri, quads, words.template(iri), heading),
        broader=tuple(words.link(each) for each in reversed(words.view.concepts.ancestors(iri))) if scheme else (),
        narrower=words.sorted(words.link(each) for each in words.view.concepts.narrower(iri)) if scheme else (),
        about=about,
        relations=relations(words, iri, things) if related else (),
        sources=_sources(words, quads),
        example=iri in words.examples,
    )


def _kinds(words: Reader, iri: NamedNode, quads: Iterable[Quad], scheme: str | None) -> str:
    if scheme and "/" not in scheme:
        return words.link(CONCEPT[scheme]).text
    names = {
        words.view.ontology.label(quad.object, words.lang)
        for quad in quads
        if quad.predicate == RDF.type and isinstance(quad.object, NamedNode)
    }
    return ", ".join(sorted(name for name in names if name))


def _lead(words: Reader, quads: Iterable[Quad]) -> Link | None:
    """The definition of a concept, the description of a thing."""
    for path in (SKOS.definition, DCTERMS.description):
        texts = [quad.object for quad in quads if quad.predicate == path and isinstance(quad.object, Literal)]
        if texts:
            best = best_of(texts, words.lang)
            return Link(best.value, None, best.language)
    return None


def _facts(
    words: Reader, iri: NamedNode, quads: Sequence[Quad], template: Template | None, heading: Link
) -> tuple[Fact, ...]:
    slug = str(quads[0].subject).rstrip(">").rsplit("/", 1)[-1]
    values: dict[NamedNode, list[Literal | NamedNode]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.object, NamedNode | Literal) and quad.object not in values[quad.predicate]:
            values[quad.predicate].append(quad.object)
    order = [column.path for column in template.columns] if template else list(words.view.property_names)
    ranks = {path: len(order) - place for place, path in enumerate(reversed(order))}
    facts: list[Fact] = []
    for path in sorted(values, key=lambda each: (each in _LAST, ranks.get(each, len(order) + 1), each.value)):
        found = words.sorted(_links(words, path, values[path]))
        names = path in _NAMES and all(each.text in (heading.text, slug) for each in found)
        if path not in _SILENT and not names:
            inline = len(found) > 1 and path not in _LAST
            origin = origin_page(iri, path, words.lang)
            facts.append(Fact(words.predicate(path, template), found, inline, origin))
    place = _place(words, values)
    return (*facts, place) if place else tuple(facts)


def _links(words: Reader, path: NamedNode, values: Sequence[Literal | NamedNode]) -> list[Link]:
    """Values as links; of texts in several languages only those in the best one for the reader."""
    tagged = [value for value in values if isinstance(value, Literal) and value.language]
    best = best_of(tagged, words.lang).language if tagged else None
    return [
        words.value(value, path) for value in values if not (value in tagged and getattr(value, "language", "") != best)
    ]


def _place(words: Reader, values: Mapping[NamedNode, Sequence[Literal | NamedNode]]) -> Fact | None:
    lat, long = values.get(GEO.lat), values.get(GEO.long)
    if not lat or not long:
        return None
    where = words.say(
        "page.thing.coordinates", lat=words.number(float(lat[0].value)), long=words.number(float(long[0].value))
    )
    return Fact(words.say("page.thing.place"), (Link(where),))


def _about(words: Reader, iri: NamedNode, scheme: str | None) -> tuple[About, ...]:
    """Things about a topic or in a country, by kind."""
    slug = iri.value.rsplit("/", 1)[-1]
    if scheme == "topic":
        wanted, asked = Filter(topics=frozenset((iri,))), {"topic": slug}
    else:
        wanted, asked = Filter(countries=frozenset((slug,))), {"country": slug}
    counts = words.directory.find(wanted, words.lang, limit=1).facets["kind"]
    order = {kind: place for place, kind in enumerate(KIND_ORDER)}
    found = []
    for kind in sorted(counts, key=lambda each: (order.get(each, len(order)), each)):
        listed = words.directory.find(wanted, words.lang, within=frozenset((kind,)), limit=_TOPIC_ENTRIES)
        found.append(
            About(
                label=words.kind(kind, many=True),
                entries=tuple(words.link(each.iri) for each in listed.items),
                total=words.number(counts[kind]),
                href=f"/{words.lang}/search?{urlencode({**asked, 'kind': kind})}",
            )
        )
    return tuple(found)


def _sources(words: Reader, quads: Iterable[Quad]) -> tuple[Entry, ...]:
    """Who says so, with how many statements; EcoGraph's own graphs of one name count as one."""
    counts: Counter[Link] = Counter(words.source(quad.graph_name)[0] for quad in quads)
    return tuple(
        Entry(link, [words.say("page.thing.statements-note", count=words.number(count))])
        for link, count in sorted(counts.items(), key=lambda item: (-item[1], item[0].text))
    )
