"""The directory of a revision, read from its snapshot once and kept while the revision is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

from pyoxigraph import Literal, NamedNode

from ecograph.bootstrap import View
from ecograph.namespaces import DCTERMS, ECO, FOAF, ID, RDF, SKOS
from ecograph.shacl.contract import Contract
from ecograph.store.base import Snapshot
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.labels import NAMING
from ecograph.vocabulary.ontology import Ontology
from ecograph.web.reading.directory import COLLECTIONS, Directory, Summary, searchable
from ecograph.web.reading.keeping import kept

_OTHER_NAMES: Final = (SKOS.altLabel, SKOS.notation, DCTERMS.identifier, ECO.cvr, ECO.organisationNumber)

_PLACES: Final = frozenset({"municipality", "region"})
T = TypeVar("T")


@kept
def directory(view: View) -> Directory:
    """The directory of a view, built at its first use."""
    return build(view.snapshot, view.contract, view.ontology, view.concepts)


def build(snapshot: Snapshot, contract: Contract, ontology: Ontology, concepts: Concepts) -> Directory:
    """
    Read the things of a snapshot.

    Args:
        snapshot: The revision.
        contract: Whose templates name the kinds.
        ontology: For subclasses.
        concepts: For topics, their names, and what is narrower.
    """
    kinds, graphs = _kinds(snapshot, contract)
    names, others = _names(snapshot), _other_names(snapshot)
    countries, topics = _countries(snapshot), _topics(snapshot)
    phases, places = _phases(snapshot), _places(snapshot, kinds)
    named = {
        iri: Summary(
            iri=iri,
            kind=kind,
            names=names[iri],
            other_names=tuple(others.get(iri, ())),
            countries=tuple(sorted(countries.get(iri, ()))),
            topics=frozenset(topics.get(iri, ())),
            graphs=tuple(sorted(graphs.get(iri, ()), key=str)),
            phases=tuple(sorted(phases.get(iri, ()))),
            places=tuple(sorted(places.get(iri, ()), key=str)),
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
    return Directory(
        things=named,
        concepts=scheme,
        kinds_of={name: _kinds_under(top, contract, ontology) for name, top in COLLECTIONS.items()},
        nameless=nameless,
        narrower={iri: frozenset(_descendants(iri, concepts)) for iri in scheme},
        texts={iri: searchable(summary) for iri, summary in (named | scheme).items()},
    )


def _names(snapshot: Snapshot) -> dict[NamedNode, dict[str, str]]:
    found: dict[NamedNode, dict[str, str]] = {}
    for path in NAMING:
        for quad in snapshot.quads(None, path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                found.setdefault(quad.subject, {}).setdefault(quad.object.language or "", quad.object.value)
    return found


def _other_names(snapshot: Snapshot) -> dict[NamedNode, list[str]]:
    found: dict[NamedNode, list[str]] = {}
    for path in (*_OTHER_NAMES, FOAF.name, DCTERMS.title):
        for quad in snapshot.quads(None, path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                found.setdefault(quad.subject, []).append(quad.object.value)
    return found


def _countries(snapshot: Snapshot) -> dict[NamedNode, set[str]]:
    found: dict[NamedNode, set[str]] = {}
    for quad in snapshot.quads(None, ECO.country):
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


def _phases(snapshot: Snapshot) -> dict[NamedNode, set[str]]:
    """Phases that are stated of things, and for a solution the stages it has reached in some place."""
    found: dict[NamedNode, set[str]] = {}
    for path in (ECO.phase, ECO.stage):
        for quad in snapshot.quads(None, path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                found.setdefault(quad.subject, set()).add(quad.object.value.rsplit("/", 1)[-1])
    _pass_on(snapshot, found)
    return found


def _places(snapshot: Snapshot, kinds: Mapping[NamedNode, str]) -> dict[NamedNode, set[NamedNode]]:
    """Municipalities and regions by what is in them or for them; a solution is where it is used."""
    found = {iri: {iri} for iri, kind in kinds.items() if kind in _PLACES}
    for path in (ECO.inRegion, ECO.locatedIn, DCTERMS.spatial, ECO.raisedBy):
        for quad in snapshot.quads(None, path):
            if (
                isinstance(quad.subject, NamedNode)
                and isinstance(quad.object, NamedNode)
                and kinds.get(quad.object) in _PLACES
            ):
                found.setdefault(quad.subject, set()).add(quad.object)
    _pass_on(snapshot, found)
    regions = {iri: places for iri, places in found.items() if kinds.get(iri) == "municipality"}
    return {
        iri: places.union(*(regions[place] for place in places if place in regions)) for iri, places in found.items()
    }


def _pass_on(snapshot: Snapshot, found: dict[NamedNode, set[T]]) -> None:
    """What holds where a solution is used holds for the solution."""
    for quad in snapshot.quads(None, ECO.solution):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode) and quad.subject in found:
            found.setdefault(quad.object, set()).update(found[quad.subject])


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
