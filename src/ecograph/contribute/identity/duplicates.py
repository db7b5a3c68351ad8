"""
New things that are perhaps known already: by a number that has an owner, or by a name that is the same or nearly so.

Nothing is merged: the person reads why, and what to write instead. Tables and RDF are looked at alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad
from rapidfuzz.distance import OSA

from ecograph.contribute.identity.names import NAMING, Block, key
from ecograph.contribute.identity.resolving import Known, Resolver
from ecograph.contribute.mapping import Mapped, Place, finding
from ecograph.contribute.reading.cells import Value
from ecograph.messages import LANGUAGES, Language, texts
from ecograph.namespaces import ECO, RDF
from ecograph.shacl.report import Finding, Severity
from ecograph.spelling import fold_name, loose_names

_BY_NAME: Final = (ECO.Organisation, ECO.Solution, ECO.ResearchResult, ECO.Standard, ECO.Project, ECO.Programme)
"""What is told apart by its name. Needs are not: two municipalities may need the same. Nor are people: namesakes."""

_CATALOGUED: Final = frozenset({ECO.DataModel})
"""What is told apart by its address: a hundred catalogues have a model called Sensor."""

_PLACES: Final = (ECO.Municipality, ECO.Region)

_LISTED: Final = (*_PLACES, ECO.Project)
"""Names that differ in a letter and are right: places are a closed list, and projects come in series."""

_SHORTEST: Final = 4  # of a name; SI and NSC each stand for several
_NEAR: Final = 85  # of 100: what may differ in one letter; the distance decides
_SHORTEST_WORD: Final = 6  # of the word that differs: Leo and Lego are two
_NUMERALS: Final = frozenset({"i", "ii", "iii", "iv", "v", "vi"})


@dataclass(frozen=True)
class _New:
    """A thing that nobody has published."""

    known: Known
    classes: frozenset[NamedNode]
    at: int

    @property
    def names(self) -> list[tuple[NamedNode, Value]]:
        """Its names, the official ones first."""
        return [(path, value) for path in NAMING for stated, value in self.known.values if stated == path]


@dataclass(frozen=True)
class _Same:
    """Why a thing may be another."""

    code: str
    other: NamedNode
    path: NamedNode
    value: Value
    reason: str = ""


def find(
    quads: Sequence[Quad], resolver: Resolver, mapped: Mapped, written_in: Mapping[NamedNode, str]
) -> Iterator[Finding]:
    """
    A warning for each new thing that is likely known already, or is there twice in the contribution.

    Args:
        quads: What the contribution says.
        resolver: What is published.
        mapped: Where the rows of its tables are.
        written_in: The files of its other things.

    Returns:
        At most one finding per thing, the surest reason first.

    Source:
        docs/identity.md, "Likely duplicates".
    """
    new = _new_things(quads, resolver, mapped)
    if not new:
        return
    search = _Search(new, resolver.including(item.known for item in new.values()))
    for item in new.values():
        same = search.by_number(item) or search.by_name(item)
        if same is not None:
            place = _place(item.known.iri, mapped, written_in)
            place = mapped.origins.get((item.known.iri, same.path, same.value), place)
            other = _place(same.other, mapped, written_in) if same.other in new else None
            yield _finding(item, same, search.resolver, place, other)


class _Search:
    def __init__(self, new: Mapping[NamedNode, _New], resolver: Resolver) -> None:
        self.resolver = resolver
        self._new = new
        entries = ((item.known.iri, path, value.value) for item in new.values() for path, value in item.known.values)
        self._block = Block(entries, resolver.patterns)

    def by_number(self, item: _New) -> _Same | None:
        for path, value in item.known.values:
            if path in self.resolver.patterns:
                number = key(value.value, self.resolver.patterns[path])
                there = self.resolver.names.coded(path, number, self.resolver.replacing)
                for other in self._others(item, (*there, *self._block.coded(path, number))):
                    return _Same("same-identifier", other, path, value)
        return None

    def by_name(self, item: _New) -> _Same | None:
        if item.classes.isdisjoint(_BY_NAME) or not item.classes.isdisjoint(_CATALOGUED):
            return None
        for reason in ("same-name", "loosely-same", "nearly-same"):
            for path, name in item.names:
                for other in self._others(item, self._named(item, name.value, reason)):
                    return _Same("likely-duplicate", other, path, name, reason)
        return None

    def _named(self, item: _New, name: str, reason: str) -> Iterable[NamedNode]:
        folded = fold_name(name)
        if len(folded) < _SHORTEST:
            return ()
        names, without = self.resolver.names, self.resolver.replacing
        if reason == "same-name":
            return (*names.named(name, without), *self._block.named(folded))
        if reason == "loosely-same":
            form = loose_names(name)[0]
            if len(form) < _SHORTEST:
                return ()
            same = (*names.loosely(form, without), *self._block.loosely(form))
            # A municipality is loosely called by its place; a company of that name is another.
            return [iri for iri in same if self._is_place(iri) == (not item.classes.isdisjoint(_PLACES))]
        if not item.classes.isdisjoint(_LISTED):
            return ()
        near = (*names.nearly(folded, _NEAR, without), *self._block.nearly(folded, _NEAR))
        return [iri for other, iris in near if differ_in_spelling(folded, other) for iri in iris]

    def _is_place(self, iri: NamedNode) -> bool:
        return not self.resolver.classes_of(iri).isdisjoint(_PLACES)

    def _others(self, item: _New, candidates: Iterable[NamedNode]) -> Iterator[NamedNode]:
        """Those that can be the same thing: of the same kind, in the same country, and not said already."""
        for other in candidates:
            mirrored = self._new.get(other)
            if other == item.known.iri or (mirrored is not None and mirrored.at > item.at):
                continue
            countries = self.resolver.countries_of(other)
            if item.known.countries and countries and item.known.countries.isdisjoint(countries):
                continue
            if _comparable(item.classes, self.resolver.classes_of(other)):
                yield other


def differ_in_spelling(one: str, other: str) -> bool:
    """
    Whether two folded names are likely one name written twice: apart by spaces, or by one letter of a long word.

    Example:
        >>> differ_in_spelling("gate21", "gate 21"), differ_in_spelling("teknologisk institut", "teknolgisk institut")
        (True, True)
        >>> differ_in_spelling("fase 1 skybrud", "fase 2 skybrud"), differ_in_spelling("leo fondet", "lego fondet")
        (False, False)
    """
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    if OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    words, others = one.split(), other.split()
    if len(words) != len(others) or _numbers(words) != _numbers(others):
        return False
    apart = [(word, wrong) for word, wrong in zip(words, others, strict=True) if word != wrong]
    return all(len(word) >= _SHORTEST_WORD for pair in apart for word in pair)


def _numbers(words: Iterable[str]) -> list[str]:
    return [word for word in words if word in _NUMERALS or any(letter.isdigit() for letter in word)]


def _comparable(one: frozenset[NamedNode], other: frozenset[NamedNode]) -> bool:
    if (ECO.Municipality in one and ECO.Region in other) or (ECO.Region in one and ECO.Municipality in other):
        return False  # Oslo is both
    if ECO.Organisation in one or ECO.Organisation in other:
        return ECO.Organisation in one and ECO.Organisation in other
    return not one.isdisjoint(other)


def _new_things(quads: Sequence[Quad], resolver: Resolver, mapped: Mapped) -> dict[NamedNode, _New]:
    classes: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    values: dict[NamedNode, list[tuple[NamedNode, Value]]] = defaultdict(list)
    countries: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for quad in quads:
        subject, value = quad.subject, quad.object
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            continue
        if quad.predicate == RDF.type and isinstance(value, NamedNode):
            classes[subject].add(value)
        elif quad.predicate == ECO.country and isinstance(value, NamedNode):
            countries[subject].add(value)
        elif quad.predicate in NAMING or quad.predicate in resolver.patterns:
            values[subject].append((quad.predicate, value))
    written = [*(iri for iri in mapped.subjects if iri in classes), *classes]
    return {
        iri: _New(
            Known(iri, frozenset(stated), tuple(values[iri]), frozenset(countries[iri])),
            resolver.with_superclasses(stated),
            at,
        )
        for at, (iri, stated) in enumerate((iri, classes[iri]) for iri in dict.fromkeys(written))
        if values[iri] and not resolver.is_published(iri)
    }


def _place(iri: NamedNode, mapped: Mapped, written_in: Mapping[NamedNode, str]) -> Place:
    return mapped.subjects[iri].place if iri in mapped.subjects else Place(written_in.get(iri, ""), 0)


def _finding(item: _New, same: _Same, resolver: Resolver, place: Place, other: Place | None) -> Finding:
    """The warning; `other` is where the other thing stands if it is in the same contribution."""
    in_row = texts("contribution.identity.row", row=other.row, file=other.file) if other and other.row else None
    values: dict[str, str | Mapping[Language, str]] = {
        "known": {lang: resolver.label(same.other, lang) for lang in LANGUAGES},
        "where": in_row or resolver.kind_names(same.other),
        "write": {lang: resolver.writable(same.other, lang) for lang in LANGUAGES},
    }
    if same.reason:
        values["reason"] = texts(f"contribution.identity.{same.reason}")
    else:
        values["name"] = resolver.property_names(same.path)
    return finding(
        same.code,
        place,
        same.value.value,
        severity=Severity.WARNING,
        focus=item.known.iri,
        path=same.path,
        values=values,
    )
