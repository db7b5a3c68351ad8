"""
Wikidata: where our actors are in it, found by their numbers, with the names and other numbers it has for them.

Source:
    Wikidata, properties P1059 (CVR number), P6460 (Swedish organisation number), P6782 (ROR ID), P1168 (municipality
    code, Denmark) and P525 (municipality code, Sweden); docs/federation.md, "Wikidata".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pyoxigraph import Literal, NamedNode

from ecograph.contribute.identity import checkdigits
from ecograph.contribute.identity.names import key, patterns
from ecograph.federate.actors import Actor, by_number, usable_name
from ecograph.federate.endpoint import Solution
from ecograph.federate.harvest import Batch, Harvest, Known, iri_of, text_of, values_of
from ecograph.federate.writing import CC0, Source
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ECO, RDFS, SKOS, Namespace
from ecograph.spelling import fold_name

WDT: Final = Namespace("http://www.wikidata.org/prop/direct/")

_ITEM: Final = re.compile(r"http://www\.wikidata\.org/entity/Q[1-9][0-9]{0,11}")
_ROR: Final = "https://ror.org/"
_MAX_OTHER_NAMES: Final = 5  # of one actor; a reviewer reads them
_SHORTEST_OTHER_NAME: Final = 4  # "KU" and "SU" mean several


@dataclass(frozen=True)
class Register:
    """
    Numbers by which Wikidata knows our actors.

    Args:
        property: Theirs.
        path: Ours.
        country: Of whose actors; None for any.
        theirs: How they write one of our numbers.
        ours: How we write one of theirs.
    """

    property: NamedNode
    path: NamedNode
    country: str | None = None
    theirs: Callable[[str], str] = str
    ours: Callable[[str], str] = str


REGISTERS: Final = (
    Register(WDT.P1059, ECO.cvr),
    Register(WDT.P6460, ECO.organisationNumber),
    Register(WDT.P6782, ECO.ror, None, lambda ror: ror.removeprefix(_ROR), lambda end: _ROR + end),
    # Denmark writes 0101; Wikidata leaves the zero out.
    Register(WDT.P1168, ECO.municipalityCode, "dk", lambda code: code.lstrip("0"), lambda code: code.zfill(4)),
    Register(WDT.P525, ECO.municipalityCode, "se"),
)
_CROSS: Final = {each.property: each for each in REGISTERS if each.country is None}


@dataclass
class _Item:
    """What Wikidata says of an item."""

    labels: dict[str, str] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    numbers: dict[NamedNode, set[str]] = field(default_factory=lambda: defaultdict(set))


class Wikidata:
    """The harvester of Wikidata."""

    source: ClassVar[Source] = Source(
        name="wikidata",
        publisher=NamedNode("https://www.wikidata.org/"),
        publisher_name="Wikidata",
        homepage=NamedNode("https://www.wikidata.org/"),
        licence=CC0,
    )
    variables: ClassVar[frozenset[str]] = frozenset({"number", "item", "about", "value"})

    def plan(self, known: Known) -> Sequence[Batch]:
        """One question per register and hundred numbers."""
        return [
            Batch(WDT.local(register.property), _query(register, terms), asked)
            for register in REGISTERS
            for asked, terms in values_of([register.theirs(number) for number in _numbers(known, register)])
        ]

    def read(self, known: Known, answers: Sequence[tuple[Batch, Solution]]) -> Harvest:
        """Links where number and item belong together one to one; names that we lack; numbers whose digits fit."""
        found = Harvest()
        items, links = _gather(answers, found)
        registers = {WDT.local(each.property): each for each in REGISTERS}
        wanted: dict[NamedNode, set[str]] = defaultdict(set)
        known_as: dict[NamedNode, Actor] = {}
        for (name, number), named in sorted(links.items()):
            register = registers[name]
            ours = _numbers(known, register).get(register.ours(number), ())
            if len(ours) != 1:
                found.remark("several-actors", number, ", ".join(actor.id for actor in ours))
                continue
            wanted[ours[0].iri] |= named
            known_as[ours[0].iri] = ours[0]
        owners: dict[str, set[NamedNode]] = defaultdict(set)
        for iri, named in wanted.items():
            for item in named:
                owners[item].add(iri)
        for iri in sorted(wanted, key=str):
            _link(known, known_as[iri], wanted[iri], owners, items, found)
        asked = {actor.iri for register in REGISTERS for each in _numbers(known, register).values() for actor in each}
        found.tally["not-found"] = len(asked.difference(wanted))
        return found


def _query(register: Register, terms: str) -> str:
    about = " ".join(str(each) for each in (RDFS.label, SKOS.altLabel, *_CROSS))
    languages = ", ".join(str(Literal(lang)) for lang in ("", *LANGUAGES))
    return (
        "SELECT ?number ?item ?about ?value WHERE {\n"
        f"  VALUES ?number {{ {terms} }}\n"
        f"  ?item {register.property} ?number .\n"
        f"  OPTIONAL {{ VALUES ?about {{ {about} }} ?item ?about ?value . FILTER(LANG(?value) IN ({languages})) }}\n"
        "}\nORDER BY ?number ?item ?about ?value"
    )


def _numbers(known: Known, register: Register) -> Mapping[str, tuple[Actor, ...]]:
    """Actors by the number of a register, in its country."""
    there = (actor for actor in known.actors if register.country is None or register.country in actor.countries)
    return by_number(there, register.path)


def _gather(
    answers: Sequence[tuple[Batch, Solution]], found: Harvest
) -> tuple[Mapping[str, _Item], Mapping[tuple[str, str], set[str]]]:
    """Items, and which of them each number leads to; what was not asked for is left out."""
    items: dict[str, _Item] = defaultdict(_Item)
    links: dict[tuple[str, str], set[str]] = defaultdict(set)
    for batch, row in answers:
        number, iri = text_of(row, "number"), iri_of(row, "item")
        if number not in batch.asked or not _ITEM.fullmatch(iri):
            found.tally["refused"] += 1
            continue
        links[batch.name, number].add(iri)
        about, value = row.get("about"), row.get("value")
        if not isinstance(about, NamedNode) or not isinstance(value, Literal):
            continue
        item = items[iri]
        if about == RDFS.label and value.language in LANGUAGES:
            item.labels[value.language] = value.value
        elif about == SKOS.altLabel and value.language in LANGUAGES:
            item.others[value.value] = None
        elif about in _CROSS:
            item.numbers[about].add(value.value)
    return items, links


def _link(
    known: Known,
    actor: Actor,
    named: set[str],
    owners: Mapping[str, set[NamedNode]],
    items: Mapping[str, _Item],
    found: Harvest,
) -> None:
    """One row for an actor, if there is exactly one item and nothing speaks against it."""
    if len(named) > 1:
        found.remark("several-items", actor.id, ", ".join(sorted(_short(item) for item in named)))
        return
    (iri,) = named
    if len(owners[iri]) > 1:
        found.remark("shared-item", actor.id, _short(iri))
        return
    if actor.wikidata and _short(actor.wikidata) != _short(iri):
        found.remark("other-item", actor.id, f"{_short(actor.wikidata)} ≠ {_short(iri)}")
        return
    item = items.get(iri, _Item())
    numbers = dict(_usable_numbers(known, item))
    against = [path for path, value in numbers.items() if actor.numbers.get(path, value) != value]
    if against:
        found.remark("other-number", actor.id, f"{_short(iri)}: {numbers[against[0]]}")
        return
    row = {"id": actor.id, "wikidata": "" if actor.wikidata else iri}
    row |= _names(actor, item)
    columns = {column.path: column.key for column in actor.template.columns}
    for path, value in numbers.items():
        if path not in actor.numbers and path in columns:
            row[columns[path]] = value
    found.tally["known" if actor.wikidata else "linked"] += 1
    if any(value for name, value in row.items() if name != "id"):
        found.add(actor.template.slug, row)
        found.graphs |= actor.graphs


def _usable_numbers(known: Known, item: _Item) -> Iterator[tuple[NamedNode, str]]:
    """Numbers of which the item has exactly one that can be right."""
    forms = patterns(known.rules.contract)
    for property, values in item.numbers.items():
        path = _CROSS[property].path
        if len(values) == 1:
            pattern = forms.get(path)
            number = key(_CROSS[property].ours(next(iter(values))), pattern)
            if pattern and re.search(pattern, number) and checkdigits.fits(path, number):
                yield path, number


def _names(actor: Actor, item: _Item) -> dict[str, str]:
    """Display names in languages that lack one, and other names that nobody has given yet."""
    given = {fold_name(name) for name in actor.names}
    row: dict[str, str] = {}
    for lang in LANGUAGES:
        name = usable_name(item.labels.get(lang, ""))
        if name and lang not in actor.labels:
            row[f"label_{lang}"] = name
            given.add(fold_name(name))
    others: list[str] = []
    for text in sorted((*item.labels.values(), *item.others)):
        name = usable_name(text, several=True)
        if name and fold_name(name) not in given and len(fold_name(name)) >= _SHORTEST_OTHER_NAME:
            given.add(fold_name(name))
            others.append(name)
    if others:
        row["alternative_name"] = "|".join(others[:_MAX_OTHER_NAMES])
    return row


def _short(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
