"""
The numbers of `ontology/matching.ttl` as Python reads them: each a resource with a value, a version and a reason.

Source:
    docs/matching.md, "Weights".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ecograph.errors import WeightsFault
from ecograph.identifiers import scheme_iri
from ecograph.match.model import GROUPS, SIGNALS, Group, Signal, Texts
from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.namespaces import CONCEPT, ECO, OWL, RDF, RDFS, SKOS, XSD

GROUP_CLASSES: Final[Mapping[NamedNode, Group]] = {
    ECO.ResearchOrganisation: "research",
    ECO.Company: "company",
    ECO.Solution: "solution",
    ECO.Municipality: "municipality",
    ECO.ResearchResult: "result",
    ECO.Organisation: "organisation",
}
"""The class that stands for each group of candidates."""

_VERSION: Final = re.compile(r"(\d{4})-(\d{2})\.(\d{1,4})")
_ROUNDING: Final = 1e-9
_NUMERIC: Final = (XSD.decimal, XSD.integer)


@dataclass(frozen=True, slots=True)
class Number:
    """
    One number that steers a match.

    Attributes:
        iri: The resource.
        slug: Its name, as the code asks for it.
        value: The number.
        version: Since which version it has had that value.
        labels, reasons: What it is, and why it is what it is.
        signal: The signal it belongs to; None for what concerns the list as a whole.
        concept: The role, stage, level or basis it is laid down for.
    """

    iri: NamedNode
    slug: str
    value: float
    version: str
    labels: Texts
    reasons: Texts
    signal: Signal | None = None
    concept: NamedNode | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """
    A choice of what counts most.

    Attributes:
        iri: The resource.
        slug: Its name in addresses and commands.
        labels, reason: What it is called, and when it is of use.
        numbers: The weight of each signal, with its reason; the heaviest first.
        group_order: The groups of candidates in the order they are shown in.
        other_side_first: Whether candidates of other countries than the need's are shown first. No score depends on it.
        version: Its version.
    """

    iri: NamedNode
    slug: str
    labels: Texts
    reason: Texts
    numbers: Mapping[Signal, Number]
    group_order: tuple[Group, ...]
    other_side_first: bool
    version: str

    @property
    def signals(self) -> Mapping[Signal, float]:
        """The weight of each signal; they sum to 1."""
        return MappingProxyType({signal: number.value for signal, number in self.numbers.items()})


class Numbers:
    """
    The numbers of one file, each to be asked for by its name and within its range.

    Args:
        statements: What the file says.
        schemes: The concepts of the schemes that numbers are laid down for, by scheme.

    Raises:
        WeightsFault: A number is there twice, is none, or has no reason.
    """

    def __init__(self, statements: Iterable[Triple], schemes: Mapping[str, frozenset[NamedNode]]) -> None:
        self._said: dict[NamedNode, dict[NamedNode, list[object]]] = {}
        self._rest: dict[object, object] = {}
        self._first: dict[object, object] = {}
        for triple in statements:
            if triple.predicate == RDF.first:
                self._first[triple.subject] = triple.object
            elif triple.predicate == RDF.rest:
                self._rest[triple.subject] = triple.object
            elif isinstance(triple.subject, NamedNode):
                self._said.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)
        self._schemes = schemes
        self._numbers: dict[str, Number] = {}
        for iri in self._of_class(ECO.Weight):
            number = self._number(iri)
            if number.slug in self._numbers:
                raise WeightsFault(name=number.slug, reason="twice")
            self._numbers[number.slug] = number
        self._asked: set[str] = set()

    @classmethod
    def load(cls, resources_dir: Path, schemes: Iterable[str]) -> Numbers:
        """
        The numbers of `ontology/matching.ttl`.

        Args:
            resources_dir: Holds `ontology/`.
            schemes: The concept schemes that numbers are laid down for.

        Raises:
            WeightsFault: The file is not there, does not parse, or a number in it is wrong.
        """
        folder = resources_dir / "ontology"
        return cls(
            _triples(folder / "matching.ttl"),
            {name: _concepts(folder / "concepts" / f"{name}.ttl", name) for name in schemes},
        )

    def all(self) -> tuple[Number, ...]:
        """Every number, in the order of the file."""
        return tuple(self._numbers.values())

    @property
    def version(self) -> str:
        """The newest version of any number or profile."""
        found = [number.version for number in self._numbers.values()]
        found += [self._text(iri, OWL.versionInfo) for iri in self._of_class(ECO.WeightingProfile)]
        return max(found, key=_order)

    def number(self, slug: str, least: float, most: float) -> float:
        """
        A number.

        Args:
            slug: Its name.
            least, most: The range it must lie in.

        Raises:
            WeightsFault: There is none, or it is outside its range.
        """
        return self._within(slug, least, most).value

    def share(self, slug: str) -> float:
        """A number between 0 and 1; raises as `number` does."""
        return self.number(slug, 0.0, 1.0)

    def shares(self, scheme: str, prefix: str, suffix: str = "") -> Mapping[str, float]:
        """
        The shares that are laid down for the concepts of a scheme, by the concept's slug; for all of them.

        Args:
            scheme: The concept scheme.
            prefix, suffix: What stands before and after the concept's slug in a number's name.

        Raises:
            WeightsFault: A concept has none, or one is outside its range or laid down for another concept.
        """
        found: dict[str, float] = {}
        for concept in sorted(self._schemes[scheme], key=lambda each: each.value):
            local = CONCEPT.local(concept).removeprefix(f"{scheme}/")
            slug = "-".join(part for part in (prefix, local, suffix) if part)
            if self._within(slug, 0.0, 1.0).concept != concept:
                raise WeightsFault(name=slug, reason="concept")
            found[local] = self._numbers[slug].value
        return MappingProxyType(found)

    def profiles(self) -> Mapping[str, Profile]:
        """
        The profiles by name, in the order of the file.

        Raises:
            WeightsFault: The weights of one do not sum to 1, or lack a signal; or it does not order all groups.
        """
        found = [self._profile(iri) for iri in self._of_class(ECO.WeightingProfile)]
        if len({each.slug for each in found}) < len(found):
            raise WeightsFault(name=min(each.slug for each in found), reason="twice")
        return MappingProxyType({each.slug: each for each in found})

    def complete(self) -> None:
        """
        Hold that every number has been asked for: one that steers nothing would mislead its reader.

        Raises:
            WeightsFault: One has not.
        """
        for slug in sorted(self._numbers.keys() - self._asked):
            raise WeightsFault(name=slug, reason="unknown")

    def _within(self, slug: str, least: float, most: float) -> Number:
        found = self._numbers.get(slug)
        if found is None:
            raise WeightsFault(name=slug, reason="missing")
        if not least <= found.value <= most:
            raise WeightsFault(name=slug, reason="range", least=f"{least:g}", most=f"{most:g}")
        self._asked.add(slug)
        return found

    def _number(self, iri: NamedNode) -> Number:
        slug = self._text(iri, SKOS.notation)
        signal = self._concept(iri, ECO.signal, slug)
        name = CONCEPT.local(signal).removeprefix("signal/") if signal else None
        if name is not None and name not in SIGNALS:
            raise WeightsFault(name=slug, reason="signal")
        return Number(
            iri,
            slug,
            self._value(iri, slug),
            self._version(iri, slug),
            self._texts(iri, SKOS.prefLabel, slug),
            self._texts(iri, RDFS.comment, slug),
            name,
            self._concept(iri, ECO.weighs, slug),
        )

    def _profile(self, iri: NamedNode) -> Profile:
        slug = self._text(iri, SKOS.notation)
        numbers: dict[Signal, Number] = {}
        for each in self._said[iri].get(ECO.signalWeight, ()):
            weight = next((number for number in self._numbers.values() if number.iri == each), None)
            if weight is None or weight.signal is None or weight.signal in numbers:
                raise WeightsFault(name=slug, reason="signal")
            numbers[weight.signal] = self._within(weight.slug, 0.0, 1.0)
        if set(numbers) != set(SIGNALS):
            raise WeightsFault(name=slug, reason="signal")
        if not math.isclose(math.fsum(number.value for number in numbers.values()), 1.0, abs_tol=_ROUNDING):
            raise WeightsFault(name=slug, reason="sum")
        return Profile(
            iri,
            slug,
            self._texts(iri, SKOS.prefLabel, slug),
            self._texts(iri, RDFS.comment, slug),
            MappingProxyType(dict(sorted(numbers.items(), key=lambda item: (-item[1].value, item[0])))),
            self._groups(iri, slug),
            self._text(iri, ECO.otherSideFirst) == "true",
            self._version(iri, slug),
        )

    def _groups(self, iri: NamedNode, slug: str) -> tuple[Group, ...]:
        found: list[Group] = []
        node = next(iter(self._said[iri].get(ECO.groupOrder, ())), RDF.nil)
        while node in self._first and len(found) < len(GROUPS):
            group = GROUP_CLASSES.get(cast(NamedNode, self._first[node]))
            found += [group] if group else []
            node = self._rest[node]
        if node != RDF.nil or sorted(found) != sorted(GROUPS):
            raise WeightsFault(name=slug, reason="groups")
        return tuple(found)

    def _of_class(self, cls: NamedNode) -> list[NamedNode]:
        """In the order of the file."""
        return [iri for iri, said in self._said.items() if cls in said.get(RDF.type, ())]

    def _text(self, iri: NamedNode, path: NamedNode) -> str:
        values = self._said[iri].get(path, [])
        if len(values) != 1 or not isinstance(values[0], Literal):
            raise WeightsFault(name=_name(iri), reason="form")
        return values[0].value

    def _value(self, iri: NamedNode, slug: str) -> float:
        values = self._said[iri].get(ECO.value, [])
        if len(values) > 1:
            raise WeightsFault(name=slug, reason="twice")
        value = values[0] if values else None
        if not isinstance(value, Literal) or value.datatype not in _NUMERIC:
            raise WeightsFault(name=slug, reason="number")
        try:
            return float(value.value)
        except ValueError:
            raise WeightsFault(name=slug, reason="number") from None

    def _version(self, iri: NamedNode, slug: str) -> str:
        found = self._text(iri, OWL.versionInfo)
        if not _VERSION.fullmatch(found):
            raise WeightsFault(name=slug, reason="version")
        return found

    def _texts(self, iri: NamedNode, path: NamedNode, slug: str) -> Texts:
        found: dict[Language, str] = {}
        for value in self._said[iri].get(path, ()):
            lang = language_of(value.language or "") if isinstance(value, Literal) else None
            if lang is not None:
                found[lang] = cast(Literal, value).value
        if set(found) != set(LANGUAGES):
            raise WeightsFault(name=slug, reason="reason")
        return MappingProxyType(found)

    def _concept(self, iri: NamedNode, path: NamedNode, slug: str) -> NamedNode | None:
        values = self._said[iri].get(path, [])
        if len(values) > 1 or not all(isinstance(value, NamedNode) and value in CONCEPT for value in values):
            raise WeightsFault(name=slug, reason="concept")
        return cast(NamedNode, values[0]) if values else None


def _triples(path: Path) -> list[Triple]:
    try:
        return [quad.triple for quad in parse(path.read_bytes(), RdfFormat.TURTLE)]
    except (OSError, SyntaxError) as error:
        raise WeightsFault(name=path.name, reason="file") from error


def _concepts(path: Path, scheme: str) -> frozenset[NamedNode]:
    home = scheme_iri(scheme)
    found = {each.subject for each in _triples(path) if each.predicate == SKOS.inScheme and each.object == home}
    return frozenset(each for each in found if isinstance(each, NamedNode))


def _order(version: str) -> tuple[int, ...]:
    """
    What versions are sorted by.

    Example:
        >>> max(["2026-11.9", "2026-11.10", "2026-02.1"], key=_order)
        '2026-11.10'
    """
    found = _VERSION.fullmatch(version)
    return tuple(int(part) for part in found.groups()) if found else ()


def _name(iri: NamedNode) -> str:
    return iri.value.rpartition("/")[2]
