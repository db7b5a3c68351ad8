"""
What REST and the pages read from the graph: things with their names, lists with filters and facets, statements, counts.

A `Directory` holds the things of one revision by name, class, country and topic. It is built once per revision.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal, cast
from weakref import WeakKeyDictionary

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode, Quad

from ecograph.bootstrap import View
from ecograph.errors import BadParameter, UnknownThing
from ecograph.identifiers import SLUG, concept_iri, kind_and_slug, thing_iri
from ecograph.match.model import Statement
from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.namespaces import CONCEPT, DCTERMS, ECO, FOAF, ID, RDF, RDFS, SKOS
from ecograph.shacl.contract import Contract
from ecograph.spelling import fold
from ecograph.store.base import Snapshot
from ecograph.text.lexicon import tokenise
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology

MAX_PAGE: Final = 200
"""Things on one page of a list."""

MAX_INCOMING: Final = 1000
"""Statements that point at a thing and are shown with it; a country is pointed at by thousands."""

_NAMES: Final = (SKOS.prefLabel, FOAF.name, DCTERMS.title, RDFS.label)  # as vocabulary.labels ranks them
_OTHER_NAMES: Final = (SKOS.altLabel, SKOS.notation, DCTERMS.identifier, ECO.cvr, ECO.organisationNumber)
_COUNTRIES: Final = (ECO.country,)
_LANGUAGE_ORDER: Final = ("en", "da", "sv")

# Letters that come after z, in each language's order.
_AFTER_Z: Final[Mapping[Language, Mapping[int, str]]] = {
    "da": str.maketrans({"æ": "z\uf001", "ä": "z\uf001", "ø": "z\uf002", "ö": "z\uf002", "å": "z\uf003"}),
    "sv": str.maketrans({"å": "z\uf001", "ä": "z\uf002", "æ": "z\uf002", "ö": "z\uf003", "ø": "z\uf003"}),
    "en": str.maketrans({"æ": "ae", "ä": "a", "ø": "o", "ö": "o", "å": "a"}),
}

Collection = Literal["needs", "actors", "solutions", "results", "projects", "standards"]
COLLECTIONS: Final[Mapping[Collection, NamedNode]] = {
    "needs": ECO.Need,
    "actors": ECO.Actor,
    "solutions": ECO.Solution,
    "results": ECO.ResearchResult,
    "projects": ECO.Project,
    "standards": ECO.Standard,
}
"""The lists of REST, by the class whose things, and those of its subclasses, they hold."""


@dataclass(frozen=True, slots=True)
class Summary:
    """
    A thing as a list shows it.

    Args:
        iri: The thing.
        kind: The slug of its class's template, such as `company`; `concept` for a concept.
        names: Its name by language; "" is the key of a name without one.
        other_names: Other names, codes and identifiers that it is found by.
        countries: As `dk`, `se`, `no`, `eu`.
        topics: What it is said to be about, by itself or by a claim.
        graphs: Whose data speak of it.
    """

    iri: NamedNode
    kind: str
    names: Mapping[str, str]
    other_names: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    topics: frozenset[NamedNode] = frozenset()
    graphs: tuple[NamedNode, ...] = ()

    @property
    def id(self) -> str:
        """The end of its IRI: `need/n09`, or `topic/cloudburst` for a concept."""
        return (ID if self.iri in ID else CONCEPT).local(self.iri)

    def name(self, lang: Language) -> tuple[str, str | None]:
        """Its name for a reader, and the language that name is in (None where it has none)."""
        for each in (lang, "", *_LANGUAGE_ORDER, *sorted(self.names)):
            if each in self.names:
                return self.names[each], each or None
        return self.id, None


@dataclass(frozen=True, slots=True)
class Filter:
    """
    What a list is narrowed to: all of these, and of each any one of its values.

    Args:
        text: Words, each of which is part of a name.
        countries: Slugs of the scheme `country`.
        kinds: Slugs of templates.
        topics: Concepts; a thing about a narrower one fits.
        also: Things that fit the words though no name of theirs holds them, the closest first.
    """

    text: str = ""
    countries: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    topics: frozenset[NamedNode] = frozenset()
    also: tuple[NamedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """
    One page of a list.

    Args:
        items: The things on this page.
        total: How many fit the filter.
        facets: Per `kind`, `country` and `topic`, how many there would be with that value alone in its place.
        next_cursor: Where the next page begins; None on the last one.
    """

    items: tuple[Summary, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """
    Everything the graph says about a thing.

    Args:
        summary: The thing.
        types: Its classes.
        statements: What is said of it, each with its graph.
        incoming: What points at it, at most `MAX_INCOMING`.
        incoming_truncated: Whether there is more that points at it.
    """

    summary: Summary
    types: tuple[NamedNode, ...]
    statements: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    incoming_truncated: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """
    How much there is.

    Args:
        by_kind: Per template, how many things in each country; "" is the key of those without one.
        totals: Per template, how many things; one with two countries counts once.
        by_publisher: Per graph, how many statements.
    """

    by_kind: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]
    by_publisher: Mapping[NamedNode, int]


@dataclass(frozen=True)
class Directory:
    """The things of one revision, to be listed, filtered and found by name."""

    things: Mapping[NamedNode, Summary]
    concepts: Mapping[NamedNode, Summary]
    kinds_of: Mapping[Collection, frozenset[str]]
    nameless: Mapping[str, Mapping[str, int]]
    _narrower: Mapping[NamedNode, frozenset[NamedNode]]
    _texts: Mapping[NamedNode, str] = field(repr=False)
    _orders: dict[Language, Mapping[NamedNode, str]] = field(default_factory=dict, repr=False)

    @classmethod
    def build(cls, snapshot: Snapshot, contract: Contract, ontology: Ontology, concepts: Concepts) -> Directory:
        """
        Read the things of a snapshot.

        Args:
            snapshot: The revision.
            contract: Whose templates name the kinds.
            ontology: For subclasses.
            concepts: For topics, their names, and what is narrower.
        """
        kinds, graphs = _kinds(snapshot, contract)
        names, others = _names(snapshot, _NAMES), _other_names(snapshot)
        countries, topics = _countries(snapshot), _topics(snapshot)
        named = {
            iri: Summary(
                iri=iri,
                kind=kind,
                names=names[iri],
                other_names=tuple(others.get(iri, ())),
                countries=tuple(sorted(countries.get(iri, ()))),
                topics=frozenset(topics.get(iri, ())),
                graphs=tuple(sorted(graphs.get(iri, ()), key=str)),
            )
            for iri, kind in kinds.items()
            if iri in names
        }
        nameless: dict[str, Counter[str]] = defaultdict(Counter)
        for iri, kind in kinds.items():
            if iri not in names:
                nameless[kind].update(countries.get(iri) or ("",))
        scheme = {
            iri: Summary(
                iri,
                "concept",
                {str(lang): label for lang, label in concepts.labels(iri).items()},
                tuple(_flat(concepts.alt_labels(iri))),
            )
            for iri in concepts.in_scheme("topic")
        }
        return cls(
            things=named,
            concepts=scheme,
            kinds_of={name: _kinds_under(top, contract, ontology) for name, top in COLLECTIONS.items()},
            nameless=nameless,
            _narrower={iri: frozenset(_descendants(iri, concepts)) for iri in scheme},
            _texts={iri: _searchable(summary) for iri, summary in (named | scheme).items()},
        )

    def find(
        self,
        wanted: Filter,
        lang: Language,
        *,
        within: frozenset[str] | None = None,
        topics: bool = False,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Listing:
        """
        One page of the things that fit, by relevance where words are given, else by name.

        Args:
            wanted: The filter.
            lang: The reader's language; it decides the order of names.
            within: Only these kinds, whatever the filter says; facets count within them.
            topics: Whether to list topics beside (with `within` empty: instead of) things.
            limit: Things on the page, 1 to `MAX_PAGE`.
            cursor: `next_cursor` of the page before.

        Raises:
            BadParameter: The limit or the cursor is none.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise BadParameter(name="limit", value=limit, expected=f"1–{MAX_PAGE}")
        words = _words(wanted.text)
        also = {iri: place for place, iri in enumerate(wanted.also)}
        pool = self._pool(within, topics)
        fitting = [summary for summary in pool if summary.iri in also or self._says(summary, words)]
        chosen = [summary for summary in fitting if self._fits(summary, wanted)]
        order = self._order(lang)
        keyed = sorted(
            ((self._rank(summary, words, also), order[summary.iri], summary.iri.value), summary) for summary in chosen
        )
        start = bisect_right(keyed, _after(cursor), key=lambda pair: pair[0]) if cursor else 0
        page = keyed[start : start + limit]
        more = start + limit < len(keyed)
        return Listing(
            items=tuple(summary for _, summary in page),
            total=len(chosen),
            facets=self._facets(fitting, wanted),
            next_cursor=_cursor(page[-1][0]) if more else None,
        )

    @property
    def listed(self) -> frozenset[str]:
        """Kinds of which there are things with names; claims and participations have none."""
        return frozenset(summary.kind for summary in self.things.values())

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Per template, how many things in each country; one with two countries counts in both."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for summary in self.things.values():
            found[summary.kind].update(summary.countries or ("",))
        for kind, countries in self.nameless.items():
            found[kind].update(countries)
        return {kind: dict(sorted(found[kind].items())) for kind in sorted(found)}

    def totals(self) -> Mapping[str, int]:
        """Per template, how many things."""
        found = Counter(summary.kind for summary in self.things.values())
        for kind, countries in self.nameless.items():
            found[kind] += sum(countries.values())
        return dict(sorted(found.items()))

    def _pool(self, within: frozenset[str] | None, topics: bool) -> Iterator[Summary]:
        if within is None or within:
            for summary in self.things.values():
                if within is None or summary.kind in within:
                    yield summary
        if topics:
            yield from self.concepts.values()

    def _says(self, summary: Summary, words: Sequence[str]) -> bool:
        text = self._texts[summary.iri]
        return all(word in text for word in words)

    def _fits(self, summary: Summary, wanted: Filter, leave_out: str = "") -> bool:
        return (
            (leave_out == "country" or not wanted.countries or bool(wanted.countries & set(summary.countries)))
            and (leave_out == "kind" or not wanted.kinds or summary.kind in wanted.kinds)
            and (leave_out == "topic" or not wanted.topics or self._is_about(summary, wanted.topics))
        )

    def _is_about(self, summary: Summary, topics: frozenset[NamedNode]) -> bool:
        return any(summary.topics & self._narrower.get(topic, frozenset((topic,))) for topic in topics)

    def _facets(self, fitting: Sequence[Summary], wanted: Filter) -> Mapping[str, Mapping[str, int]]:
        facets: dict[str, Counter[str]] = {"kind": Counter(), "country": Counter(), "topic": Counter()}
        for summary in fitting:
            if self._fits(summary, wanted, "kind"):
                facets["kind"][summary.kind] += 1
            if self._fits(summary, wanted, "country"):
                facets["country"].update(summary.countries)
            if self._fits(summary, wanted, "topic"):
                facets["topic"].update(topic.value for topic in summary.topics)
        return {
            name: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))) for name, counts in facets.items()
        }

    def _order(self, lang: Language) -> Mapping[NamedNode, str]:
        if lang not in self._orders:
            self._orders[lang] = {
                iri: collated(summary.name(lang)[0], lang)
                for iri, summary in (*self.things.items(), *self.concepts.items())
            }
        return self._orders[lang]

    def _rank(self, summary: Summary, words: Sequence[str], also: Mapping[NamedNode, int]) -> int:
        """0 for the whole name, 1 for its beginning, 2 for the beginnings of words, 3 for parts; 4 on for others."""
        if not words:
            return 0
        if not self._says(summary, words):
            return 4 + also[summary.iri]
        texts = self._texts[summary.iri].split("\n")
        phrase = " ".join(words)
        if phrase in texts:
            return 0
        if any(text.startswith(phrase) for text in texts):
            return 1
        starts = {word for text in texts for word in text.split()}
        return 2 if all(any(start.startswith(word) for start in starts) for word in words) else 3


_built: WeakKeyDictionary[View, Directory] = WeakKeyDictionary()
_building: Final = threading.Lock()


def collated(text: str, lang: Language) -> str:
    """
    A key that sorts texts as readers of the language do.

    Example:
        >>> sorted(["Aabenraa", "Ærø", "Åmål", "Zink"], key=lambda name: collated(name, "da"))
        ['Zink', 'Ærø', 'Aabenraa', 'Åmål']
    """
    lower = text.lower()
    if lang == "da":
        lower = lower.replace("aa", "å")  # Danish names keep the old spelling, and their place
    return lower.translate(dict(_AFTER_Z[lang]))


def preferred_language(header: str | None) -> Language:
    """
    The language of ours that an `Accept-Language` header asks for most; English if it asks for none.

    Example:
        >>> preferred_language("nb-NO,nb;q=0.9,en;q=0.8"), preferred_language("fr")
        ('da', 'en')

    Source:
        RFC 9110, section 12.5.4.
    """
    best: tuple[float, Language] = (0.0, "en")
    for part in (header or "")[:1000].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        lang = language_of(tag) if tag else None
        if lang and quality > best[0]:
            best = (quality, lang)
    return best[1]


def directory(view: View) -> Directory:
    """The directory of a view, built at its first use."""
    found = _built.get(view)
    if found is None:
        with _building:
            found = _built.get(view)
            if found is None:
                found = Directory.build(view.snapshot, view.contract, view.ontology, view.concepts)
                _built[view] = found
    return found


def thing(view: View, kind: str, slug: str) -> Thing:
    """
    A thing with everything said of it.

    Args:
        view: The revision.
        kind: As in its IRI, such as `organisation`.
        slug: Likewise.

    Raises:
        UnknownThing: The graph says nothing of it.
    """
    if not (SLUG.fullmatch(kind) and all(SLUG.fullmatch(part) for part in slug.split("--"))):
        raise UnknownThing(kind=kind, id=slug)
    return _thing(view, thing_iri(kind, slug), kind, slug)


def concept(view: View, scheme: str, slug: str) -> Thing:
    """
    A concept with everything said of it.

    Raises:
        UnknownThing: There is no such concept.
    """
    if not (SLUG.fullmatch(scheme) and SLUG.fullmatch(slug)):
        raise UnknownThing(kind=scheme, id=slug)
    return _thing(view, concept_iri(scheme, slug), scheme, slug)


def summary_of(view: View, iri: NamedNode) -> Summary:
    """A thing or concept as a list shows it, also one without a name of its own, such as a participation."""
    known = directory(view)
    found = known.things.get(iri) or known.concepts.get(iri)
    if found is None:
        names: dict[str, str] = {}
        for path in _NAMES:
            for quad in view.snapshot.quads(iri, path):
                if isinstance(quad.object, RdfLiteral):
                    names.setdefault(quad.object.language or "", quad.object.value)
        kind = (kind_and_slug(iri) or ("concept" if iri in CONCEPT else "", ""))[0]
        found = Summary(iri, kind, names)
    return found


def statements(snapshot: Snapshot, iri: NamedNode) -> tuple[Statement, ...]:
    """What is said of a thing, in the order of properties and values."""
    return tuple(_statements(snapshot.quads(iri)))


def counts(view: View) -> Counts:
    """How much there is in a revision."""
    known = directory(view)
    return Counts(
        by_kind=known.counts(),
        totals=known.totals(),
        by_publisher={graph: dataset.statements for graph, dataset in view.datasets.items()},
    )


def _thing(view: View, iri: NamedNode, kind: str, slug: str) -> Thing:
    said = statements(view.snapshot, iri)
    if not said:
        raise UnknownThing(kind=kind, id=slug)
    incoming = list(islice(view.snapshot.quads(None, None, iri), MAX_INCOMING + 1))
    return Thing(
        summary=summary_of(view, iri),
        types=tuple(dict.fromkeys(cast(NamedNode, each.object) for each in said if each.predicate == RDF.type)),
        statements=said,
        incoming=tuple(_statements(incoming[:MAX_INCOMING])),
        incoming_truncated=len(incoming) > MAX_INCOMING,
    )


def _statements(quads: Iterable[Quad]) -> list[Statement]:
    found = [
        Statement(quad.subject, quad.predicate, quad.object, quad.graph_name)
        for quad in quads
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode | RdfLiteral)
        and isinstance(quad.graph_name, NamedNode)
    ]
    return sorted(found, key=lambda each: (each.predicate.value, str(each.object), each.subject.value, str(each.graph)))


def _names(snapshot: Snapshot, paths: Sequence[NamedNode]) -> dict[NamedNode, dict[str, str]]:
    found: dict[NamedNode, dict[str, str]] = {}
    for path in paths:
        for quad in snapshot.quads(None, path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, RdfLiteral):
                found.setdefault(quad.subject, {}).setdefault(quad.object.language or "", quad.object.value)
    return found


def _other_names(snapshot: Snapshot) -> dict[NamedNode, list[str]]:
    found: dict[NamedNode, list[str]] = {}
    for path in (*_OTHER_NAMES, FOAF.name, DCTERMS.title):
        for quad in snapshot.quads(None, path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, RdfLiteral):
                found.setdefault(quad.subject, []).append(quad.object.value)
    return found


def _countries(snapshot: Snapshot) -> dict[NamedNode, set[str]]:
    found: dict[NamedNode, set[str]] = {}
    for path in _COUNTRIES:
        for quad in snapshot.quads(None, path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                found.setdefault(quad.subject, set()).add(quad.object.value.rsplit("/", 1)[-1])
    return found


def _topics(snapshot: Snapshot) -> dict[NamedNode, set[NamedNode]]:
    """Topics stated of things themselves, and those that topic and capability claims state of them."""
    of_subject: dict[NamedNode, set[NamedNode]] = {}
    for quad in snapshot.quads(None, ECO.topic):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            of_subject.setdefault(quad.subject, set()).add(quad.object)
    for path in (ECO.about, ECO.claimant):
        for quad in snapshot.quads(None, path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                claimed = of_subject.get(quad.subject)
                if claimed:
                    of_subject.setdefault(quad.object, set()).update(claimed)
    return of_subject


def _kinds(snapshot: Snapshot, contract: Contract) -> tuple[dict[NamedNode, str], dict[NamedNode, set[NamedNode]]]:
    """The template of each thing, and the graphs that say so."""
    kinds: dict[NamedNode, str] = {}
    graphs: dict[NamedNode, set[NamedNode]] = {}
    for target, template in contract.by_class.items():
        for quad in snapshot.quads(None, RDF.type, target):
            if isinstance(quad.subject, NamedNode) and quad.subject in ID:
                kinds[quad.subject] = template.slug
                if isinstance(quad.graph_name, NamedNode):
                    graphs.setdefault(quad.subject, set()).add(quad.graph_name)
    return kinds, graphs


def _kinds_under(top: NamedNode, contract: Contract, ontology: Ontology) -> frozenset[str]:
    classes = {top, *ontology.subclasses(top)}
    return frozenset(template.slug for target, template in contract.by_class.items() if target in classes)


def _descendants(iri: NamedNode, concepts: Concepts) -> Iterator[NamedNode]:
    waiting, seen = [iri], {iri}
    while waiting:
        current = waiting.pop()
        yield current
        fresh = [each for each in concepts.narrower(current) if each not in seen]
        seen.update(fresh)
        waiting.extend(fresh)


def _flat(labels: object) -> Iterator[str]:
    """Every text in a mapping of languages to texts."""
    if isinstance(labels, Mapping):
        for texts in labels.values():
            yield from (texts,) if isinstance(texts, str) else texts


def _searchable(summary: Summary) -> str:
    """Its names, folded, one a line."""
    return "\n".join(dict.fromkeys(" ".join(_words(name)) for name in (*summary.names.values(), *summary.other_names)))


def _words(text: str) -> list[str]:
    return [fold(token.text) for token in tokenise(text)]


_Key = tuple[int, str, str]


def _cursor(key: _Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _after(cursor: str) -> _Key:
    try:
        rank, name, iri = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return int(rank), str(name), str(iri)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise BadParameter(name="cursor", value=cursor[:40], expected="next") from None


assert set(_AFTER_Z) == set(LANGUAGES)
