"""Our actors as other registers may know them: their numbers, names and countries, and what may be said of them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.contribute.identity.names import NAMING, key, patterns
from ecograph.identifiers import kind_and_slug
from ecograph.namespaces import CONCEPT, ECO, RDF, SKOS
from ecograph.shacl.contract import Contract, Template
from ecograph.spelling import fold_name
from ecograph.store.base import Snapshot
from ecograph.vocabulary.ontology import Ontology

NUMBERS: Final = (ECO.cvr, ECO.organisationNumber, ECO.ror, ECO.municipalityCode)
"""What identifies an actor in other registers."""

_LONGEST: Final = 250  # letters of a name; the longest of ours has some 160
_FORMULA: Final = ("=", "+", "@", "\t")  # what a spreadsheet would take for a formula
_SEPARATORS: Final = frozenset("|;\\")
_PERSON: Final = "person"


@dataclass(frozen=True, eq=False)
class Actor:
    """
    An actor as it is published.

    Args:
        iri: The actor.
        template: What it is.
        names: Every name it has.
        labels: The languages in which it has a display name.
        countries: As `dk`, `se`, `no`.
        numbers: Per property, its number in the form in which numbers are compared.
        wikidata: Where it is in Wikidata; None where nobody says.
        graphs: Whose data speak of it.
    """

    iri: NamedNode
    template: Template
    names: tuple[str, ...]
    labels: frozenset[str]
    countries: frozenset[str]
    numbers: Mapping[NamedNode, str]
    wikidata: str | None
    graphs: frozenset[NamedNode]

    @property
    def id(self) -> str:
        """As it is written in a table: `organisation/lund-university`."""
        kind, slug = kind_and_slug(self.iri) or ("", "")
        return f"{kind}/{slug}"


@dataclass
class _Gathered:
    names: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    numbers: dict[NamedNode, str] = field(default_factory=dict)
    wikidata: str | None = None
    graphs: set[NamedNode] = field(default_factory=set)


def actors(
    snapshot: Snapshot, contract: Contract, ontology: Ontology, without: NamedNode | None = None
) -> tuple[Actor, ...]:
    """
    Every actor but people, by IRI.

    Args:
        snapshot: What is published.
        contract: Whose templates say what an actor is.
        ontology: For what is below `eco:Actor`.
        without: A graph that does not count.
    """
    classes = {ECO.Actor, *ontology.subclasses(ECO.Actor)}
    known = patterns(contract)
    found: dict[NamedNode, tuple[Template, _Gathered]] = {}
    for target, template in contract.by_class.items():
        if target in classes and template.slug != _PERSON:
            for quad in snapshot.quads(None, RDF.type, target):
                if quad.graph_name == without:
                    continue
                if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode):
                    gathered = found.setdefault(quad.subject, (template, _Gathered()))[1]
                    gathered.graphs.add(quad.graph_name)
    for iri, (_, gathered) in found.items():
        for quad in snapshot.quads(iri):
            value, path = quad.object, quad.predicate
            if quad.graph_name == without:
                continue
            if path in NAMING and isinstance(value, Literal):
                gathered.names.append(value.value)
                if path == SKOS.prefLabel and value.language:
                    gathered.labels.add(value.language)
            elif path in NUMBERS and isinstance(value, Literal | NamedNode):
                gathered.numbers[path] = key(value.value, known.get(path))
            elif path == ECO.country and isinstance(value, NamedNode):
                gathered.countries.add(CONCEPT.local(value).removeprefix("country/"))
            elif path == ECO.wikidata and isinstance(value, NamedNode):
                gathered.wikidata = value.value
    return tuple(
        Actor(
            iri,
            template,
            tuple(dict.fromkeys(gathered.names)),
            frozenset(gathered.labels),
            frozenset(gathered.countries),
            gathered.numbers,
            gathered.wikidata,
            frozenset(gathered.graphs),
        )
        for iri, (template, gathered) in sorted(found.items(), key=lambda item: item[0].value)
    )


def by_number(known: Iterable[Actor], path: NamedNode) -> Mapping[str, tuple[Actor, ...]]:
    """Actors by one of their numbers."""
    found: dict[str, list[Actor]] = defaultdict(list)
    for actor in known:
        if path in actor.numbers:
            found[actor.numbers[path]].append(actor)
    return {number: tuple(found[number]) for number in sorted(found)}


def usable_name(text: str, *, several: bool = False) -> str | None:
    """
    A name from elsewhere as it may stand in a table, or None.

    Args:
        text: The name.
        several: Whether it stands in a cell that holds several, so that no separator may be in it.

    Example:
        >>> usable_name(" Lunds  kommun "), usable_name("=HYPERLINK(1)"), usable_name("a|b", several=True)
        ('Lunds kommun', None, None)
    """
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in text):
        return None
    clean = unicodedata.normalize("NFC", " ".join(text.split()))
    if not clean or len(clean) > _LONGEST or clean.startswith(_FORMULA) or not fold_name(clean):
        return None
    return None if several and not _SEPARATORS.isdisjoint(clean) else clean
