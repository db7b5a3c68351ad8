"""
CORDIS: the European research projects that our organisations take part in, as the EURIO knowledge graph has them.

An organisation is found by its VAT number, which holds its CVR or organisation number; else by its exact legal name or
its abbreviation, and then only if CORDIS says the same country.

Source:
    EURIO, the European Research Information Ontology; docs/federation.md, "CORDIS".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from pyoxigraph import Literal, NamedNode

from ecograph.federate.actors import Actor, usable_name
from ecograph.federate.endpoint import Solution
from ecograph.federate.harvest import Batch, Harvest, Known, text_of, values_of
from ecograph.federate.writing import CC_BY, Source
from ecograph.identifiers import kind_and_slug, slug
from ecograph.namespaces import DCTERMS, ECO, Namespace
from ecograph.spelling import fold_name

EURIO: Final = Namespace("http://data.europa.eu/s66#")

_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_COUNTRIES: Final[Mapping[str, frozenset[str]]] = {
    "dk": frozenset({"denmark", "dk", "dnk"}),
    "se": frozenset({"sweden", "se", "swe"}),
    "no": frozenset({"norway", "no", "nor"}),
}
_ABBREVIATION: Final = re.compile(r"[A-ZÆØÅÄÖ][A-ZÆØÅÄÖ0-9&]{2,7}")  # two letters mean too many
_LEAD: Final = frozenset({"coordinator", "coordinating organisation"})
_PROJECT_PAGE: Final = "https://cordis.europa.eu/project/id/"

# Batch by what identifies the organisation, and the path from it to the value.
_BY: Final = {
    "vat": f"{EURIO.vatNumber}",
    "name": f"{EURIO.legalName}",
    "abbreviation": f"{EURIO.hasAcronym}/{EURIO.shortForm}",
}


@dataclass(frozen=True, slots=True)
class _Part:
    """One organisation's part in one project."""

    code: str
    title: str
    lang: str
    start: str
    end: str
    lead: bool
    listed_as: str


class Cordis:
    """The harvester of CORDIS."""

    source: ClassVar[Source] = Source(
        name="cordis",
        publisher=NamedNode("https://cordis.europa.eu/"),
        publisher_name="CORDIS",
        homepage=NamedNode("https://cordis.europa.eu/"),
        licence=CC_BY,
    )
    variables: ClassVar[frozenset[str]] = frozenset(
        {"key", "organisation", "legal", "country", "project", "code", "title", "start", "end", "role"}
    )

    def plan(self, known: Known) -> Sequence[Batch]:
        """One question per way of identifying and hundred values."""
        return [
            Batch(name, _query(name, terms), asked)
            for name, values in _values(known.actors).items()
            for asked, terms in values_of(sorted(values))
        ]

    def read(self, known: Known, answers: Sequence[tuple[Batch, Solution]]) -> Harvest:
        """Projects that we do not have yet, and who takes part in them as what."""
        found = Harvest()
        values = _values(known.actors)
        parts: dict[tuple[Actor, str], list[_Part]] = defaultdict(list)
        organisations: dict[tuple[str, str], set[str]] = defaultdict(set)
        shared: dict[str, tuple[Actor, ...]] = {}
        for batch, row in answers:
            asked, organisation = text_of(row, "key"), row.get("organisation")
            if asked not in batch.asked or not isinstance(organisation, NamedNode):
                found.tally["refused"] += 1
                continue
            organisations[batch.name, asked].add(organisation.value)
            owners = values[batch.name][asked]
            if len(owners) > 1:
                shared[asked] = owners
            elif batch.name != "vat" and not _same_country(owners[0], text_of(row, "country")):
                found.tally["other-country"] += 1
            elif part := _part(row):
                parts[owners[0], batch.name].append(part)
            else:
                found.tally["refused"] += 1
        _write(known, parts, found)
        for asked, owners in sorted(shared.items()):
            found.remark("several-actors", asked, ", ".join(actor.id for actor in owners))
        for (name, asked), several in sorted(organisations.items()):
            if name == "abbreviation" and len(several) > 1:
                found.remark("several-organisations", asked, str(len(several)))
        return found


def _query(name: str, terms: str) -> str:
    return (
        "SELECT DISTINCT ?key ?organisation ?legal ?country ?project ?code ?title ?start ?end ?role WHERE {\n"
        f"  VALUES ?key {{ {terms} }}\n"
        f"  ?organisation {_BY[name]} ?key .\n"
        f"  ?party {EURIO.isRoleOf} ?organisation .\n"
        f"  ?project {EURIO.hasInvolvedParty} ?party ; {EURIO.identifier} ?code ; {EURIO.title} ?title .\n"
        f"  OPTIONAL {{ ?organisation {EURIO.legalName} ?legal }}\n"
        f"  OPTIONAL {{ ?organisation {EURIO.hasSite}/{EURIO.hasGeographicalLocation} ?place .\n"
        f"    ?place a {EURIO.Country} ; {EURIO.name} ?country }}\n"
        f"  OPTIONAL {{ ?project {EURIO.startDate} ?start }}\n"
        f"  OPTIONAL {{ ?project {EURIO.endDate} ?end }}\n"
        f"  OPTIONAL {{ ?party {EURIO.roleLabel} ?role }}\n"
        "}\nORDER BY ?key ?organisation ?project ?role ?title ?country ?legal ?start ?end"
    )


def _values(actors: Iterable[Actor]) -> Mapping[str, Mapping[str, tuple[Actor, ...]]]:
    """What CORDIS may call each actor, by the way of identifying it."""
    found: dict[str, dict[str, list[Actor]]] = {name: defaultdict(list) for name in _BY}
    for actor in actors:
        for number in _vat_numbers(actor):
            found["vat"][number].append(actor)
        if not actor.countries & _COUNTRIES.keys():
            continue
        for name in actor.names:
            if _ABBREVIATION.fullmatch(name):
                found["abbreviation"][name].append(actor)
            else:
                for written in dict.fromkeys((name, name.upper(), _plain(name))):
                    found["name"][written].append(actor)
    return {
        name: {value: tuple(dict.fromkeys(owners)) for value, owners in sorted(values.items())}
        for name, values in found.items()
    }


def _vat_numbers(actor: Actor) -> list[str]:
    found = []
    if number := actor.numbers.get(ECO.cvr):
        found.append(f"DK{number}")
    if number := actor.numbers.get(ECO.organisationNumber):
        found.append(f"SE{number.replace('-', '')}01")
    return found


def _plain(name: str) -> str:
    """A name in the capital letters without accents in which CORDIS writes most."""
    table = str.maketrans({"Æ": "AE", "Ø": "O", "Å": "A", "Ä": "A", "Ö": "O", "É": "E", "Ü": "U"})
    return name.upper().translate(table)


def _same_country(actor: Actor, country: str) -> bool:
    return any(fold_name(country) in _COUNTRIES.get(each, ()) for each in actor.countries)


def _part(row: Solution) -> _Part | None:
    title, code = row.get("title"), text_of(row, "code")
    name = usable_name(text_of(row, "title"))
    if name is None or not _NUMBER.fullmatch(code):
        return None
    lang = getattr(title, "language", None)
    return _Part(
        code=code,
        title=name,
        lang=lang if lang in ("da", "sv", "en") else "en",  # CORDIS writes English where it says nothing
        start=_day(text_of(row, "start")),
        end=_day(text_of(row, "end")),
        lead=fold_name(text_of(row, "role")) in _LEAD,
        listed_as=usable_name(text_of(row, "legal")) or "",
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _write(known: Known, parts: Mapping[tuple[Actor, str], Sequence[_Part]], found: Harvest) -> None:
    ours = _projects(known)
    written: set[str] = set()
    taking_part: set[tuple[str, NamedNode]] = set()
    # What is found by number comes first, so that a name says nothing more of the same project.
    order = {name: place for place, name in enumerate(_BY)}
    for (actor, by), several in sorted(parts.items(), key=lambda item: (order[item[0][1]], item[0][0].id)):
        by_code: dict[str, list[_Part]] = defaultdict(list)
        for part in several:
            by_code[part.code].append(part)
        for code, same in sorted(by_code.items()):
            if (code, actor.iri) in taking_part:
                continue
            taking_part.add((code, actor.iri))
            first, page = same[0], f"{_PROJECT_PAGE}{code}"
            project = ours.get(code, f"project/{slug(f'cordis-{code}')}")
            if code in ours:
                found.tally["known-project"] += code not in written
            elif code not in written:
                row = {"id": project.partition("/")[2], f"title_{first.lang}": first.title, "code": code}
                found.add("project", {**row, "start": first.start, "end": first.end, "source": page})
                found.tally["project"] += 1
            written.add(code)
            role = "lead" if any(part.lead for part in same) else "partner"
            found.add(
                "participation",
                {
                    "project": project,
                    "participant": actor.id,
                    "role": role,
                    "listed_as": first.listed_as,
                    "source": page,
                },
            )
            found.tally[f"participation-{by}"] += 1
            found.graphs |= actor.graphs


def _projects(known: Known) -> Mapping[str, str]:
    """Projects that others have published already, by their number."""
    found: dict[str, str] = {}
    for quad in sorted(known.snapshot.quads(None, DCTERMS.identifier), key=str):
        parts = kind_and_slug(quad.subject) if isinstance(quad.subject, NamedNode) else None
        if parts and parts[0] == "project" and quad.graph_name != known.own and isinstance(quad.object, Literal):
            found.setdefault(quad.object.value, "/".join(parts))
    return found
