"""
What the graph says of each candidate, read once per revision into arrays.

A *document* is a thing that has texts and topics: a project, a solution, a need, a result, or the candidate itself. A *link*
joins a candidate to a document by one or two statements (a participation, a deployment, `eco:provider`, ...). A *topic row* joins a
document to a concept. All of them keep the statements they come from, so that a reason can cite them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode, Quad
from scipy import sparse

from ecograph.match import weights
from ecograph.match.hierarchy import Hierarchy, Labels, add_label
from ecograph.match.model import GROUPS, Group, Statement
from ecograph.match.statements import Statements, graph_of
from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.namespaces import (
    CONCEPT,
    DCTERMS,
    ECO,
    FOAF,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
)
from ecograph.store.base import Snapshot
from ecograph.text import language, lexicon
from ecograph.text.index import Document, TextIndex
from ecograph.text.lexicon import content_words, normalise
from ecograph.text.linking import ConceptLinker
from ecograph.text.overlap import WordIndex

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

CANDIDATE_CLASSES: Final[Mapping[str, Group]] = {
    "ResearchOrganisation": "research",
    "Person": "research",
    "Company": "company",
    "Solution": "solution",
    "Municipality": "municipality",
    "Region": "municipality",
    "ResearchResult": "result",
    "Network": "organisation",
    "PublicBody": "organisation",
    "Organisation": "organisation",
}
DOCUMENT_CLASSES: Final = ("Project", "Need")
SEARCHED_CLASSES: Final = (
    "Standard", "Principle", "Mechanism", "DataModel", "Programme", "Call", "Process", "Strategy", "Goal", "Event",
)  # fmt: skip

FAMILIES: Final = ("own", "provider", "deployment", "addresses", "capability", "participation", "result", "raised")
"""Sorts of evidence; within one only the best counts, so that more of the same adds nothing."""

_SCHEMES: Final = (CONCEPT["topic"].value + "/", CONCEPT["capability"].value + "/")
_YEAR: Final = re.compile(r"-?\d{4}")
_DATE_PREDICATES: Final = (SCHEMA.endDate, SCHEMA.startDate, DCTERMS.issued)


@dataclass(frozen=True, slots=True)
class Wording:
    """One title, name or description, as it stands in the graph."""

    text: str
    lang: str
    predicate: str
    graph: int


@dataclass(frozen=True, slots=True)
class Dated:
    """The newest date of a thing, as it stands in the graph."""

    year: int
    value: str
    datatype: str
    predicate: str
    subject: str
    graph: int


@dataclass(frozen=True, slots=True)
class Links:
    """
    Candidate to document, sorted by candidate.

    Attributes:
        candidate: Thing number of the candidate.
        document: Thing number of the document.
        family: Index into `FAMILIES`.
        detail: Number (in `Statements`) of the role, stage or level; -1 for none.
        reach: How far what the document says can be said of the candidate.
        proof: How much it proves if it is on the topic.
        year: Year of the newest date; 0 where none is stated.
        first, second: The statements that join the two; -1 for none.
        node: Number of the node in between (a participation, a deployment); -1 for none.
    """

    candidate: Ints
    document: Ints
    family: Ints
    detail: Ints
    reach: Floats
    proof: Floats
    year: Ints
    first: Ints
    second: Ints
    node: Ints


@dataclass(frozen=True, slots=True)
class Topics:
    """Document to concept, sorted by document; `first` and `second` are the statements, `basis` the number of its basis or -1."""

    document: Ints
    concept: Ints
    strength: Floats
    basis: Ints
    first: Ints
    second: Ints


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything matching reads, at one revision."""

    revision: int
    statements: Statements
    hierarchy: Hierarchy
    linker: ConceptLinker
    things: tuple[str, ...]
    numbers: Mapping[str, int]
    kinds: tuple[str, ...]
    group: NDArray[np.int8]
    titles: tuple[tuple[Wording, ...], ...]
    bodies: tuple[tuple[Wording, ...], ...]
    dated: Mapping[int, Dated]
    begun: Mapping[int, Dated]
    node_dates: Mapping[int, Dated]
    countries: Mapping[int, tuple[tuple[str, int], ...]]
    regional: NDArray[np.int8]
    area: Mapping[int, tuple[int, ...]]
    links: Links
    topics: Topics
    words: WordIndex
    word_weights: Floats
    topic_weights: Floats
    index: TextIndex
    need_statements: Mapping[int, tuple[int, ...]]
    regional_statements: Mapping[int, tuple[int, ...]]
    concept_labels: Mapping[str, Labels]
    broader: Mapping[tuple[int, int], int]
    deployment_places: Mapping[int, tuple[int, ...]]
    by_document: Ints

    def links_of(self, candidate: int) -> list[int]:
        """The links of a candidate."""
        first, last = np.searchsorted(self.links.candidate, [candidate, candidate + 1])
        return list(range(int(first), int(last)))

    def links_to(self, document: int) -> list[int]:
        """The links to a document."""
        ordered = self.links.document[self.by_document]
        first, last = np.searchsorted(ordered, [document, document + 1])
        return [int(link) for link in self.by_document[first:last]]

    @property
    def candidates(self) -> Ints:
        """Thing numbers of all candidates."""
        return np.flatnonzero(self.group >= 0).astype(np.int32)

    def label(self, thing: int, lang: Language) -> str:
        """The name of a thing for a reader of `lang`."""
        return best_wording(self.titles[thing], lang) or self.things[thing].rsplit("/", 1)[-1]

    def labels(self, thing: int) -> dict[Language, str]:
        """The name of a thing for readers of each language."""
        return {lang: self.label(thing, lang) for lang in LANGUAGES}

    def concept_label(self, iri: str, lang: Language) -> str:
        """The label of any of our concepts (a role, a stage, ...)."""
        labels = self.concept_labels.get(iri, {})
        for each in (lang, "en", *LANGUAGES):
            if labels.get(each):
                return labels[each][0]
        return iri.rsplit("/", 1)[-1]

    def wording_statement(self, thing: int, wording: Wording) -> Statement:
        """The statement that a title, name or description is."""
        value = Literal(wording.text, language=wording.lang) if wording.lang else Literal(wording.text)
        graph = NamedNode(self.statements.names[wording.graph])
        return Statement(NamedNode(self.things[thing]), NamedNode(wording.predicate), value, graph)

    def date_statement(self, dated: Dated) -> Statement:
        """The statement that a date is."""
        value = Literal(dated.value, datatype=NamedNode(dated.datatype))
        graph = NamedNode(self.statements.names[dated.graph])
        return Statement(NamedNode(dated.subject), NamedNode(dated.predicate), value, graph)


def best_wording(wordings: Iterable[Wording], lang: Language) -> str:
    """
    The text for a reader of `lang`: in that language, else a name without a language, else English, Danish, Swedish, any.

    Example:
        >>> best_wording([Wording("Lys", "da", "", 0), Wording("Light", "en", "", 0)], "sv")
        'Light'
    """
    texts: dict[str, str] = {}
    for wording in wordings:
        texts.setdefault(wording.lang, wording.text)
    for each in (lang, "", "en", "da", "sv"):
        if each in texts:
            return texts[each]
    return next(iter(texts.values()), "")


def read(snapshot: Snapshot, today: date) -> Evidence:
    """
    Read what matching needs from one revision of the graph.

    Args:
        snapshot: The graph; it is not needed afterwards.
        today: Nothing counts as newer than this.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        # The dictionaries are unpacked beside the reading.
        warming = [pool.submit(lexicon.warm), pool.submit(language.warm)]
        reader = _Reader(snapshot, today)
        reader.read()
        for each in warming:
            each.result()
    return reader.evidence()


class _Columns:
    """Rows that are appended one by one and taken out as arrays."""

    def __init__(self, width: int) -> None:
        self.rows: list[tuple[float, ...]] = []
        self.width = width

    def add(self, *row: float) -> None:
        self.rows.append(row)

    def table(self, by: tuple[int, ...]) -> NDArray[np.float64]:
        if not self.rows:
            return np.zeros((0, self.width), dtype=np.float64)
        table = np.asarray(self.rows, dtype=np.float64)
        return table[np.lexsort(tuple(table[:, column] for column in reversed(by)))]


class _Reader:
    def __init__(self, snapshot: Snapshot, today: date) -> None:
        self.snapshot = snapshot
        self.today = today
        self.statements = Statements()
        self.things: list[str] = []
        self.numbers: dict[str, int] = {}
        self.kinds: list[str] = []
        self.group: list[int] = []
        self.titles: list[list[Wording]] = []
        self.bodies: list[list[Wording]] = []
        self.labels: dict[str, Labels] = {}
        self.broader: dict[tuple[str, str], int] = {}
        self.dated: dict[int, Dated] = {}
        self.begun: dict[int, Dated] = {}
        self.node_dates: dict[int, Dated] = {}
        self.countries: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self.links = _Columns(10)
        self.topic_rows = _Columns(6)
        self.area: dict[int, list[int]] = defaultdict(list)
        self.deployment_places: dict[int, tuple[int, ...]] = {}
        self.regional_statements: dict[int, list[int]] = {}

    # --- reading ---

    def read(self) -> None:
        self._concepts()
        self.hierarchy = self._hierarchy()
        self._things()
        self._dates()
        self._places()
        self._topics()
        self._own()
        self._participations()
        self._solutions()
        self._results()
        self._capabilities()
        self._needs()

    def quads(self, predicate: NamedNode) -> Iterator[Quad]:
        return self.snapshot.quads(None, predicate, None, None)

    def by_subject(self, predicate: NamedNode) -> dict[str, list[Quad]]:
        found: dict[str, list[Quad]] = defaultdict(list)
        for quad in self.quads(predicate):
            found[quad.subject.value].append(quad)
        for quads in found.values():
            quads.sort(key=str)
        return found

    def _concepts(self) -> None:
        base = CONCEPT.iri
        for predicate in (SKOS.prefLabel, SKOS.altLabel):
            quads = [quad for quad in self.quads(predicate) if quad.subject.value.startswith(base)]
            for quad in sorted(quads, key=str):
                add_label(self.labels, quad.subject.value, quad.object.value, quad.object.language)
        for quad in self.quads(SKOS.broader):
            child, parent = quad.subject.value, quad.object.value
            if child.startswith(_SCHEMES) and parent.startswith(_SCHEMES):
                self.broader.setdefault((child, parent), self.statements.add_quad(quad))

    def _hierarchy(self) -> Hierarchy:
        above: dict[str, list[str]] = defaultdict(list)
        for child, parent in sorted(self.broader):
            above[child].append(parent)
        labels = {iri: labels for iri, labels in self.labels.items() if iri.startswith(_SCHEMES)}
        return Hierarchy(labels, {iri: tuple(parents) for iri, parents in above.items()})

    def _things(self) -> None:
        for name, group in CANDIDATE_CLASSES.items():
            self._class(name, GROUPS.index(group))
        for name in (*DOCUMENT_CLASSES, *SEARCHED_CLASSES):
            self._class(name, -1)
        for predicate in (DCTERMS.title, SKOS.prefLabel, FOAF.name, RDFS.label, SKOS.altLabel):
            self._wordings(predicate, self.titles)
        self._wordings(DCTERMS.description, self.bodies)

    def _class(self, name: str, group: int) -> None:
        instances = {quad.subject.value for quad in self.snapshot.quads(None, RDF.type, ECO[name], None)}
        for iri in sorted(instances):
            if iri not in self.numbers:
                self.numbers[iri] = len(self.things)
                self.things.append(iri)
                self.kinds.append(name)
                self.group.append(group)
                self.titles.append([])
                self.bodies.append([])

    def _wordings(self, predicate: NamedNode, into: list[list[Wording]]) -> None:
        found: dict[int, list[Wording]] = defaultdict(list)
        for quad in self.quads(predicate):
            thing = self.numbers.get(quad.subject.value)
            if thing is not None and isinstance(quad.object, Literal):
                graph = self.statements.name(graph_of(quad))
                found[thing].append(Wording(quad.object.value, quad.object.language or "", predicate.value, graph))
        for thing, wordings in found.items():
            wordings.sort(key=lambda wording: (wording.lang, wording.text, wording.graph))
            into[thing].extend(wordings)

    def _dates(self) -> None:
        for predicate in _DATE_PREDICATES:
            for quad in self.quads(predicate):
                match = _YEAR.match(quad.object.value)
                if not isinstance(quad.object, Literal) or match is None:
                    continue
                # A project that runs on is as new as today, not as its end.
                year = min(int(match.group()), self.today.year)
                dated = Dated(
                    year,
                    quad.object.value,
                    quad.object.datatype.value,
                    predicate.value,
                    quad.subject.value,
                    self.statements.name(graph_of(quad)),
                )
                thing = self.numbers.get(quad.subject.value)
                if thing is None:
                    self._newest(self.node_dates, self.statements.name(quad.subject.value), dated)
                else:
                    self._newest(self.dated, thing, dated)
                    if predicate == SCHEMA.startDate:
                        self.begun.setdefault(thing, dated)

    @staticmethod
    def _newest(into: dict[int, Dated], key: int, dated: Dated) -> None:
        kept = into.get(key)
        if kept is None or (dated.year, dated.value, dated.predicate) > (kept.year, kept.value, kept.predicate):
            into[key] = dated

    def _places(self) -> None:
        for quad in self.quads(ECO.country):
            thing = self.numbers.get(quad.subject.value)
            if thing is not None:
                code = quad.object.value.rsplit("/", 1)[-1]
                if all(code != known for known, _ in self.countries[thing]):
                    self.countries[thing].append((code, self.statements.add_quad(quad)))
        programme = {
            thing: self.statements.add_quad(quad)
            for quad in self.quads(ECO.inProgrammeArea)
            if (thing := self.numbers.get(quad.subject.value)) is not None
        }
        for predicate in (ECO.locatedIn, ECO.inRegion, DCTERMS.spatial):
            for quad in self.quads(predicate):
                thing, place = self.numbers.get(quad.subject.value), self.numbers.get(quad.object.value)
                if thing is None or place is None:
                    continue
                edge = self.statements.add_quad(quad)
                self.area[thing].append(place)
                if predicate != DCTERMS.spatial and place in programme:
                    self.regional_statements.setdefault(thing, [edge, programme[place]])
        for thing, edge in programme.items():
            self.regional_statements[thing] = [edge]
        self.has_programme_area = bool(programme)

    def _topics(self) -> None:
        for quad in self.quads(ECO.topic):
            document = self.numbers.get(quad.subject.value)
            concept = self.hierarchy.number(quad.object.value)
            if document is not None and concept is not None:
                self.topic_rows.add(document, concept, 1.0, -1, self.statements.add_quad(quad), -1)
        for predicate in (ECO.requiresCapability, ECO.offersCapability):
            for quad in self.quads(predicate):
                document = self.numbers.get(quad.subject.value)
                concept = self.hierarchy.number(quad.object.value)
                if document is not None and concept is not None:
                    self.topic_rows.add(document, concept, 1.0, -1, self.statements.add_quad(quad), -1)
        self._claims()

    def _claims(self) -> None:
        topics = self.by_subject(ECO.topic)
        bases = self.by_subject(ECO.basis)
        confidences = self.by_subject(ECO.confidence)
        for quad in self.quads(ECO.about):
            document = self.numbers.get(quad.object.value)
            claim = quad.subject.value
            if document is None or claim not in topics:
                continue
            basis = bases[claim][0].object.value if claim in bases else ""
            strength = weights.BASIS.get(basis.rsplit("/", 1)[-1], weights.BASIS["rule"])
            if claim in confidences:
                strength *= min(max(float(confidences[claim][0].object.value), 0.0), 1.0)
            about = self.statements.add_quad(quad)
            for topic in topics[claim]:
                concept = self.hierarchy.number(topic.object.value)
                if concept is not None:
                    number = self.statements.name(basis) if basis else -1
                    self.topic_rows.add(document, concept, strength, number, about, self.statements.add_quad(topic))

    def _link(
        self,
        candidate: int,
        document: int,
        family: str,
        reach: float,
        proof: float,
        *,
        detail: str = "",
        statements: Sequence[int] = (),
        node: str = "",
    ) -> None:
        if self.group[candidate] < 0:
            return
        number = self.statements.name(node) if node else -1
        dated = self.node_dates.get(number) or self.dated.get(document)
        year = dated.year if dated else 0
        first, second = (*statements, -1, -1)[:2]
        kind = FAMILIES.index(family)
        role = self.statements.name(detail) if detail else -1
        self.links.add(candidate, document, kind, role, reach, proof, year, first, second, number)

    def _own(self) -> None:
        for thing, group in enumerate(self.group):
            if group >= 0:
                self._link(thing, thing, "own", weights.OWN_REACH, weights.OWN_PROOF)

    def _participations(self) -> None:
        projects, roles = self.by_subject(ECO.project), self.by_subject(ECO.role)
        for quad in self.quads(ECO.participant):
            node = quad.subject.value
            candidate = self.numbers.get(quad.object.value)
            if candidate is None or node not in projects:
                continue
            role = roles[node][0].object.value if node in roles else ""
            reach, proof = weights.ROLE.get(role.rsplit("/", 1)[-1], weights.UNKNOWN_ROLE)
            participant = self.statements.add_quad(quad)
            for project in projects[node]:
                document = self.numbers.get(project.object.value)
                if document is not None:
                    path = (participant, self.statements.add_quad(project))
                    self._link(
                        candidate, document, "participation", reach, proof, detail=role, statements=path, node=node
                    )

    def _solutions(self) -> None:
        for quad in self.quads(ECO.provider):
            solution, candidate = self.numbers.get(quad.subject.value), self.numbers.get(quad.object.value)
            if solution is not None and candidate is not None:
                path = (self.statements.add_quad(quad),)
                self._link(
                    candidate, solution, "provider", weights.PROVIDER_REACH, weights.PROVIDER_PROOF, statements=path
                )
        for quad in self.quads(ECO.addressesNeed):
            solution, need = self.numbers.get(quad.subject.value), self.numbers.get(quad.object.value)
            if solution is not None and need is not None:
                path = (self.statements.add_quad(quad),)
                self._link(
                    solution,
                    need,
                    "addresses",
                    weights.ADDRESSES_REACH,
                    weights.ADDRESSES_SIMILAR_PROOF,
                    statements=path,
                )
        stages = self.by_subject(ECO.stage)
        operators, territories = self.by_subject(ECO.operator), self.by_subject(DCTERMS.spatial)
        for quad in self.quads(ECO.solution):
            node = quad.subject.value
            solution = self.numbers.get(quad.object.value)
            if solution is None or node not in stages:
                continue
            stage = stages[node][0].object.value
            proof = weights.STAGE.get(stage.rsplit("/", 1)[-1], weights.STAGE["idea"])
            deployed = self.statements.add_quad(quad)
            number = self.statements.name(node)
            self.deployment_places[number] = tuple(
                self.statements.add_quad(place)
                for place in territories.get(node, ())
                if place.object.value in self.numbers
            )
            staged = self.statements.add_quad(stages[node][0])
            self._link(
                solution, solution, "deployment", 1.0, proof, detail=stage, statements=(deployed, staged), node=node
            )
            for reach, places in (
                (weights.OPERATOR_REACH, operators.get(node, ())),
                (weights.TERRITORY_REACH, territories.get(node, ())),
            ):
                for place in places:
                    candidate = self.numbers.get(place.object.value)
                    if candidate is not None:
                        path = (self.statements.add_quad(place), deployed)
                        self._link(
                            candidate,
                            solution,
                            "deployment",
                            reach,
                            proof * reach,
                            detail=stage,
                            statements=path,
                            node=node,
                        )

    def _results(self) -> None:
        for quad in self.quads(DCTERMS.creator):
            result, candidate = self.numbers.get(quad.subject.value), self.numbers.get(quad.object.value)
            if result is not None and candidate is not None:
                path = (self.statements.add_quad(quad),)
                self._link(candidate, result, "result", weights.CREATOR_REACH, weights.CREATOR_PROOF, statements=path)

    def _capabilities(self) -> None:
        """A capability claim is a document of its own: it has topics and capabilities, and no texts."""
        levels, dates = self.by_subject(ECO.level), self.by_subject(ECO.asOf)
        topics, capabilities = self.by_subject(ECO.topic), self.by_subject(ECO.capability)
        for quad in self.quads(ECO.claimant):
            candidate = self.numbers.get(quad.object.value)
            claim = quad.subject.value
            if candidate is None:
                continue
            if claim not in self.numbers:
                self.numbers[claim] = len(self.things)
                self.things.append(claim)
                self.kinds.append("CapabilityClaim")
                self.group.append(-1)
                self.titles.append([])
                self.bodies.append([])
                for stated in (*topics.get(claim, ()), *capabilities.get(claim, ())):
                    concept = self.hierarchy.number(stated.object.value)
                    if concept is not None:
                        self.topic_rows.add(self.numbers[claim], concept, 1.0, -1, self.statements.add_quad(stated), -1)
            document = self.numbers[claim]
            for as_of in dates.get(claim, ()):
                year = _YEAR.match(as_of.object.value)
                if year and isinstance(as_of.object, Literal):
                    graph = self.statements.name(graph_of(as_of))
                    self.dated[document] = Dated(
                        min(int(year.group()), self.today.year),
                        as_of.object.value,
                        as_of.object.datatype.value,
                        ECO.asOf.value,
                        claim,
                        graph,
                    )
            level = levels[claim][0].object.value if claim in levels else ""
            proof = weights.LEVEL.get(level.rsplit("/", 1)[-1], weights.CAPABILITY_PROOF)
            path = (self.statements.add_quad(quad),)
            self._link(
                candidate, document, "capability", weights.CAPABILITY_REACH, proof, detail=level, statements=path
            )

    def _needs(self) -> None:
        self.need_statements: dict[int, list[int]] = defaultdict(list)
        for predicate in (ECO.topic, ECO.requiresCapability, ECO.requiresStandard, DCTERMS.spatial, ECO.raisedBy):
            for quad in self.quads(predicate):
                need = self.numbers.get(quad.subject.value)
                if need is None or self.kinds[need] != "Need" or not isinstance(quad.object, NamedNode):
                    continue
                edge = self.statements.add_quad(quad)
                self.need_statements[need].append(edge)
                candidate = self.numbers.get(quad.object.value)
                if predicate == ECO.raisedBy and candidate is not None:
                    self._link(
                        candidate, need, "raised", weights.RAISED_REACH, weights.RAISED_PROOF, statements=(edge,)
                    )

    # --- putting together ---

    def evidence(self) -> Evidence:
        links, topics = self._link_table(), self._topic_table()
        linker = ConceptLinker(
            {iri: {lang: texts for lang, texts in self.hierarchy.labels[iri].items()} for iri in self.hierarchy.iris}
        )
        group = np.asarray(self.group, dtype=np.int8)
        words = WordIndex([self._entries(thing, linker) for thing in range(len(self.things))])
        self._fill_countries(links)
        return Evidence(
            revision=self.snapshot.revision,
            statements=self.statements,
            hierarchy=self.hierarchy,
            linker=linker,
            things=tuple(self.things),
            numbers=self.numbers,
            kinds=tuple(self.kinds),
            group=group,
            titles=tuple(tuple(texts) for texts in self.titles),
            bodies=tuple(tuple(texts) for texts in self.bodies),
            dated=self.dated,
            begun=self.begun,
            node_dates=self.node_dates,
            countries={thing: tuple(codes) for thing, codes in self.countries.items()},
            regional=self._regional(),
            area={thing: tuple(dict.fromkeys(places)) for thing, places in self.area.items()},
            links=links,
            topics=topics,
            words=words,
            word_weights=self._word_weights(links, words),
            topic_weights=self._topic_weights(links, topics),
            index=TextIndex.build(self._documents()),
            need_statements={need: tuple(edges) for need, edges in self.need_statements.items()},
            regional_statements={thing: tuple(edges) for thing, edges in self.regional_statements.items()},
            concept_labels=self.labels,
            broader=self._broader_edges(),
            deployment_places=self.deployment_places,
            by_document=np.argsort(links.document, kind="stable").astype(np.int32),
        )

    def _broader_edges(self) -> dict[tuple[int, int], int]:
        found: dict[tuple[int, int], int] = {}
        for (child, parent), edge in self.broader.items():
            lower, upper = self.hierarchy.number(child), self.hierarchy.number(parent)
            if lower is not None and upper is not None:
                found[lower, upper] = edge
        return found

    def _link_table(self) -> Links:
        table = self.links.table(by=(0, 2, 1, 7))
        whole = table.astype(np.int32)
        return Links(
            candidate=whole[:, 0],
            document=whole[:, 1],
            family=whole[:, 2],
            detail=whole[:, 3],
            reach=table[:, 4].astype(np.float32),
            proof=table[:, 5].astype(np.float32),
            year=whole[:, 6],
            first=whole[:, 7],
            second=whole[:, 8],
            node=whole[:, 9],
        )

    def _topic_table(self) -> Topics:
        table = self.topic_rows.table(by=(0, 1, 4))
        whole = table.astype(np.int32)
        return Topics(
            document=whole[:, 0],
            concept=whole[:, 1],
            strength=table[:, 2].astype(np.float32),
            basis=whole[:, 3],
            first=whole[:, 4],
            second=whole[:, 5],
        )

    def _entries(self, thing: int, linker: ConceptLinker) -> dict[str, float]:
        """The words of a thing's texts and the concepts met in them, each with how prominent it is."""
        found: dict[str, float] = {}
        if self.kinds[thing] in SEARCHED_CLASSES:
            return found
        for wordings, prominence in ((self.titles[thing], 1.0), (self.bodies[thing], weights.BODY_PROMINENCE)):
            for wording in wordings:
                lang = language_of(wording.lang) if wording.lang else None
                for entry, share in text_entries(wording.text, lang, linker).items():
                    found[entry] = max(found.get(entry, 0.0), share * prominence)
        return found

    def _fill_countries(self, links: Links) -> None:
        """A solution or result without a country of its own is where those are who provide or made it."""
        stated = {thing for thing, codes in self.countries.items() if codes}
        joined = [FAMILIES.index("provider"), FAMILIES.index("result")]
        for row in np.flatnonzero(np.isin(links.family, joined)).tolist():
            document, candidate = int(links.document[row]), int(links.candidate[row])
            if self.group[document] >= 0 and document not in stated:
                known = {code for code, _ in self.countries[document]}
                self.countries[document].extend(
                    pair for pair in self.countries.get(candidate, []) if pair[0] not in known
                )

    def _regional(self) -> NDArray[np.int8]:
        """1 in the programme area, 0 in a place outside it, -1 where the graph does not say."""
        found = np.full(len(self.things), -1, dtype=np.int8)
        if self.has_programme_area:
            for thing, kind in enumerate(self.kinds):
                if kind in ("Municipality", "Region"):
                    found[thing] = 0
            for thing in self.area:
                if self.kinds[thing] not in ("Project", "Need"):
                    found[thing] = 0
            found[list(self.regional_statements)] = 1
        return found

    def _word_weights(self, links: Links, words: WordIndex) -> Floats:
        """How telling each word is, 0..1, by how few candidates have it; more texts of one candidate change nothing."""
        entries, texts = words.incidence()
        holders = _holders(links, len(self.things), sparse_of(texts, entries, (len(self.things), len(words.words))))
        everyone = max(int((np.asarray(self.group) >= 0).sum()), 1)
        idf = np.log1p((everyone - holders + 0.5) / (holders + 0.5))
        return np.asarray(idf / np.log1p((everyone + 0.5) / 0.5), dtype=np.float32)

    def _topic_weights(self, links: Links, topics: Topics) -> Floats:
        """How telling each concept is, 0..1, by how few candidates work with it or with something narrower."""
        rows: list[int] = []
        columns: list[int] = []
        for document, concept in zip(topics.document.tolist(), topics.concept.tolist(), strict=True):
            for above in self.hierarchy.at_or_above(concept):
                rows.append(document)
                columns.append(above)
        shape = (len(self.things), max(len(self.hierarchy), 1))
        incidence = sparse_of(np.asarray(rows, dtype=np.int32), np.asarray(columns, dtype=np.int32), shape)
        holders = _holders(links, len(self.things), incidence)
        everyone = max(int((np.asarray(self.group) >= 0).sum()), 2)
        telling = np.log((everyone + 1) / (holders + 1)) / np.log(everyone + 1)
        return np.asarray(weights.GENERAL_TOPIC + (1 - weights.GENERAL_TOPIC) * telling, dtype=np.float32)

    def _documents(self) -> Iterator[Document]:
        for thing, iri in enumerate(self.things):
            if self.kinds[thing] != "CapabilityClaim":
                yield Document(
                    iri, self.kinds[thing], _by_language(self.titles[thing]), _by_language(self.bodies[thing])
                )


def text_entries(text: str, lang: Language | None, linker: ConceptLinker) -> dict[str, float]:
    """The entries of one text: its words, and the IRIs of the concepts met in it."""
    clean = normalise(text)
    found = {word.lemma: 1.0 for word in content_words(clean, lang)}
    for concept in linker.find(clean, lang):
        found[concept.iri] = max(found.get(concept.iri, 0.0), concept.weight)
    return found


def sparse_of(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    """A matrix of zeros and ones."""
    return sparse.csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)


def _holders(links: Links, things: int, incidence: sparse.csr_array) -> NDArray[np.float64]:
    """Per column of `incidence` (documents by something) how many candidates have a document with it."""
    joined = sparse_of(links.candidate, links.document, (things, things)) @ incidence
    return np.bincount(joined.tocoo().col, minlength=incidence.shape[1]).astype(np.float64)


def _by_language(wordings: Iterable[Wording]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for wording in wordings:
        found[wording.lang].append(wording.text)
    return {lang: tuple(texts) for lang, texts in found.items()}
