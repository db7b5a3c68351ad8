"""
The things of one revision by name, class, country and topic: listed, filtered, counted per facet, ranked, in pages.
"""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from pyoxigraph import NamedNode

from ecograph.errors import BadParameter, UnknownPage
from ecograph.messages import Language
from ecograph.namespaces import CONCEPT, ECO, ID
from ecograph.spelling import fold
from ecograph.text.lexicon import tokenise
from ecograph.web.language import collated

MAX_PAGE: Final = 200
"""Things on one page of a list."""

_LANGUAGE_ORDER: Final = ("en", "da", "sv")

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

Sort = Literal["relevance", "name", "updated"]
Facet = Literal["kind", "country", "topic", "phase", "region"]
FACETS: Final[tuple[Facet, ...]] = ("kind", "country", "topic")
"""What is counted where nobody says otherwise."""


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
        phases: Slugs of the stages that it has reached somewhere, and of the phases it belongs to.
        places: Municipalities and regions that it is in, is for, or is; a municipality brings its region.
    """

    iri: NamedNode
    kind: str
    names: Mapping[str, str]
    other_names: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    topics: frozenset[NamedNode] = frozenset()
    graphs: tuple[NamedNode, ...] = ()
    phases: tuple[str, ...] = ()
    places: tuple[NamedNode, ...] = ()

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
        phases: Slugs of stages and phases.
        regions: Municipalities and regions.
        revised: Things by IRI, with the revision that changed each last; needed for the next one and to sort by.
        after: Only things that a revision with a larger number changed.
    """

    text: str = ""
    countries: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    topics: frozenset[NamedNode] = frozenset()
    also: tuple[NamedNode, ...] = ()
    phases: frozenset[str] = frozenset()
    regions: frozenset[NamedNode] = frozenset()
    revised: Mapping[str, int] | None = None
    after: int = 0

    def revision_of(self, summary: Summary) -> int:
        """The revision that changed a thing last; 0 where nobody has said."""
        return (self.revised or {}).get(summary.iri.value, 0)


@dataclass(frozen=True, slots=True)
class Listing:
    """
    One page of a list.

    Args:
        items: The things on this page.
        total: How many fit the filter.
        facets: Per facet that was asked for, how many there would be with that value alone in its place.
        next_cursor: Where the next page begins; None on the last one.
    """

    items: tuple[Summary, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    next_cursor: str | None


@dataclass(frozen=True)
class Directory:
    """
    The things of one revision, to be listed, filtered and found by name.

    Args:
        things: Those with names.
        concepts: The topics.
        kinds_of: Per list of REST, the kinds in it.
        nameless: Per kind, how many things without a name in each country; "" is the key of those without a country.
        narrower: Per topic, itself and all that is narrower.
        texts: What each thing and topic is found by, as `searchable` writes it.
    """

    things: Mapping[NamedNode, Summary]
    concepts: Mapping[NamedNode, Summary]
    kinds_of: Mapping[Collection, frozenset[str]]
    nameless: Mapping[str, Mapping[str, int]]
    narrower: Mapping[NamedNode, frozenset[NamedNode]]
    texts: Mapping[NamedNode, str] = field(repr=False)
    _orders: dict[Language, Mapping[NamedNode, str]] = field(default_factory=dict, repr=False)

    def find(
        self,
        wanted: Filter,
        lang: Language,
        *,
        within: frozenset[str] | None = None,
        topics: bool = False,
        limit: int = 50,
        cursor: str | None = None,
        sort: Sort = "relevance",
        facets: Sequence[Facet] = FACETS,
    ) -> Listing:
        """
        One page of the things that fit.

        Args:
            wanted: The filter.
            lang: The reader's language; it decides the order of names.
            within: Only these kinds, whatever the filter says; facets count within them.
            topics: Whether to list topics beside (with `within` empty: instead of) things.
            limit: Things on the page, 1 to `MAX_PAGE`.
            cursor: `next_cursor` of the page before.
            sort: By relevance where words are given, else by name; by name; or the last changed first.
            facets: What to count.

        Raises:
            BadParameter: The limit is none.
            UnknownPage: The cursor is none.
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
            ((self._place(summary, wanted, words, also, sort), order[summary.iri], summary.iri.value), summary)
            for summary in chosen
        )
        start = bisect_right(keyed, _after(cursor), key=lambda pair: pair[0]) if cursor else 0
        page = keyed[start : start + limit]
        more = start + limit < len(keyed)
        return Listing(
            items=tuple(summary for _, summary in page),
            total=len(chosen),
            facets={facet: self._facet(facet, fitting, wanted) for facet in facets},
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
        text = self.texts[summary.iri]
        return all(word in text for word in words)

    def _fits(self, summary: Summary, wanted: Filter, leave_out: str = "") -> bool:
        return (
            (leave_out == "country" or not wanted.countries or bool(wanted.countries & set(summary.countries)))
            and (leave_out == "kind" or not wanted.kinds or summary.kind in wanted.kinds)
            and (leave_out == "topic" or not wanted.topics or self._is_about(summary, wanted.topics))
            and (leave_out == "phase" or not wanted.phases or bool(wanted.phases & set(summary.phases)))
            and (leave_out == "region" or not wanted.regions or bool(wanted.regions & set(summary.places)))
            and (not wanted.after or wanted.revision_of(summary) > wanted.after)
        )

    def _is_about(self, summary: Summary, topics: frozenset[NamedNode]) -> bool:
        return any(summary.topics & self.narrower.get(topic, frozenset((topic,))) for topic in topics)

    @cached_property
    def _wider(self) -> Mapping[NamedNode, frozenset[NamedNode]]:
        """Per topic, itself and all that hold it."""
        found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        for topic, held in self.narrower.items():
            for each in held:
                found[each].add(topic)
        return {topic: frozenset(holding) for topic, holding in found.items()}

    def _holding(self, summary: Summary) -> set[str]:
        """The topics that it is found under: what it is about, and what is broader."""
        return {each.value for topic in summary.topics for each in self._wider.get(topic, (topic,))}

    def _facet(self, facet: Facet, fitting: Sequence[Summary], wanted: Filter) -> Mapping[str, int]:
        counts = Counter[str]()
        for summary in fitting:
            if self._fits(summary, wanted, facet):
                counts.update(self._holding(summary) if facet == "topic" else _VALUES[facet](summary))
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def _place(
        self, summary: Summary, wanted: Filter, words: Sequence[str], also: Mapping[NamedNode, int], sort: Sort
    ) -> int:
        if sort == "updated":
            return -wanted.revision_of(summary)
        return self._rank(summary, words, also) if sort == "relevance" else 0

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
        texts = self.texts[summary.iri].split("\n")
        phrase = " ".join(words)
        if phrase in texts:
            return 0
        if any(text.startswith(phrase) for text in texts):
            return 1
        starts = {word for text in texts for word in text.split()}
        return 2 if all(any(start.startswith(word) for start in starts) for word in words) else 3


_VALUES: Final[Mapping[str, Callable[[Summary], Iterable[str]]]] = {
    "kind": lambda summary: (summary.kind,),
    "country": lambda summary: summary.countries,
    "phase": lambda summary: summary.phases,
    "region": lambda summary: (ID.local(place) for place in summary.places),
}


def searchable(summary: Summary) -> str:
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
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        raise UnknownPage(cursor=cursor[:40]) from None
