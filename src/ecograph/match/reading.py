"""From a snapshot of the graph to the arrays of `evidence`: one pass over each predicate that matching knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Thread
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode
from scipy import sparse

from ecograph.match import weights
from ecograph.match.evidence import (
    CANDIDATE_CLASSES,
    DOCUMENT_CLASSES,
    FAMILIES,
    SEARCHED_CLASSES,
    Dated,
    Evidence,
    Floats,
    Ints,
    Links,
    Topics,
    Wording,
    text_entries,
)
from ecograph.match.hierarchy import Hierarchy
from ecograph.match.model import GROUPS
from ecograph.match.statements import Row, Statements, ValueRow
from ecograph.messages import language_of
from ecograph.namespaces import DCTERMS, ECO, FOAF, RDF, SCHEMA, SKOS
from ecograph.store.base import Snapshot
from ecograph.text import language, lexicon
from ecograph.text.index import Document, TextIndex
from ecograph.text.linking import ConceptLinker
from ecograph.text.overlap import WordIndex
from ecograph.vocabulary.concepts import Concepts

_YEAR: Final = re.compile(r"\d{4}")
_DATES: Final = (SCHEMA.endDate, SCHEMA.startDate, DCTERMS.issued)
_TITLES: Final = (DCTERMS.title, SKOS.prefLabel, FOAF.name, SKOS.altLabel)
_NEED: Final = (ECO.topic, ECO.requiresCapability, ECO.requiresStandard, DCTERMS.spatial, ECO.raisedBy)
_TOPICS: Final = (ECO.topic, ECO.requiresCapability, ECO.offersCapability)


def read(snapshot: Snapshot, concepts: Concepts, today: date) -> Evidence:
    """
    Read what matching needs from one revision of the graph.

    Args:
        snapshot: The graph; it is not needed afterwards.
        concepts: Its concept schemes.
        today: Nothing counts as newer than this.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        # The dictionaries are unpacked beside the reading.
        dictionaries = pool.submit(lexicon.warm)
        reader = _Reader(snapshot, concepts, today)
        reader.read()
        dictionaries.result()
    found = reader.evidence()
    # Only a typed text needs the language model; it is ready before someone has typed one.
    Thread(target=language.warm, daemon=True).start()
    return found


class _Table:
    """Rows that are appended one by one and taken out sorted, as an array."""

    def __init__(self, width: int) -> None:
        self._rows: list[tuple[float, ...]] = []
        self._width = width

    def add(self, *row: float) -> None:
        self._rows.append(row)

    def sorted_by(self, *columns: int) -> NDArray[np.float64]:
        if not self._rows:
            return np.zeros((0, self._width), dtype=np.float64)
        table = np.asarray(self._rows, dtype=np.float64)
        return table[np.lexsort(tuple(table[:, column] for column in reversed(columns)))]


class _Reader:
    def __init__(self, snapshot: Snapshot, concepts: Concepts, today: date) -> None:
        self.snapshot = snapshot
        self.concepts = concepts
        self.hierarchy = Hierarchy(concepts)
        self.today = today
        self.statements = Statements()
        self.things: list[str] = []
        self.numbers: dict[str, int] = {}
        self.kinds: list[str] = []
        self.group: list[int] = []
        self.titles: list[list[Wording]] = []
        self.bodies: list[list[Wording]] = []
        self.steps: dict[tuple[int, int], int] = {}
        self.dated: dict[int, Dated] = {}
        self.begun: dict[int, Dated] = {}
        self.node_dates: dict[int, Dated] = {}
        self.countries: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self.area: dict[int, list[int]] = defaultdict(list)
        self.regional: set[int] = set()
        self.need_statements: dict[int, list[int]] = defaultdict(list)
        self.deployment_places: dict[int, tuple[int, ...]] = {}
        self.links = _Table(10)
        self.topics = _Table(6)

    # --- reading ---

    def read(self) -> None:
        self._read_steps()
        self._read_things()
        self._read_dates()
        self._read_places()
        self._read_topics()
        self._read_topic_claims()
        self._link_to_themselves()
        self._link_participations()
        self._date_solutions()
        self._link_solutions()
        self._link_deployments()
        self._link_results()
        self._link_capabilities()
        self._link_needs()

    def _rows(self, predicate: NamedNode) -> Iterator[Row]:
        name = predicate.value
        for quad in self.snapshot.quads(None, predicate, None, None):
            subject, object_, graph = quad.subject, quad.object, quad.graph_name
            if isinstance(subject, NamedNode) and isinstance(object_, NamedNode) and isinstance(graph, NamedNode):
                yield Row(subject.value, name, object_.value, graph.value)

    def _values(self, predicate: NamedNode) -> Iterator[ValueRow]:
        name = predicate.value
        for quad in self.snapshot.quads(None, predicate, None, None):
            subject, object_, graph = quad.subject, quad.object, quad.graph_name
            if isinstance(subject, NamedNode) and isinstance(object_, Literal) and isinstance(graph, NamedNode):
                yield ValueRow(subject.value, name, object_, graph.value)

    def _by_subject(self, predicate: NamedNode) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows(predicate):
            found[row.subject].append(row)
        for rows in found.values():
            rows.sort()
        return found

    def _joined(self, predicate: NamedNode) -> Iterator[tuple[int, int, Row]]:
        """The statements between two things that matching knows."""
        for row in self._rows(predicate):
            subject, object_ = self.numbers.get(row.subject), self.numbers.get(row.object)
            if subject is not None and object_ is not None:
                yield subject, object_, row

    def _read_steps(self) -> None:
        """The statements behind the hierarchy of topics and capabilities."""
        for row in self._rows(SKOS.broader):
            lower, upper = self.hierarchy.number(row.subject), self.hierarchy.number(row.object)
            if lower is not None and upper is not None:
                self.steps.setdefault((lower, upper), self.statements.add(row))

    def _read_things(self) -> None:
        for name, group in CANDIDATE_CLASSES.items():
            self._read_class(name, GROUPS.index(group))
        for name in (*DOCUMENT_CLASSES, *SEARCHED_CLASSES):
            self._read_class(name, -1)
        for predicate in _TITLES:
            self._read_wordings(predicate, self.titles)
        self._read_wordings(DCTERMS.description, self.bodies)

    def _read_class(self, name: str, group: int) -> None:
        instances = {
            quad.subject.value
            for quad in self.snapshot.quads(None, RDF.type, ECO[name], None)
            if isinstance(quad.subject, NamedNode)
        }
        for iri in sorted(instances):
            self._add_thing(iri, name, group)

    def _add_thing(self, iri: str, kind: str, group: int) -> int:
        number = self.numbers.setdefault(iri, len(self.things))
        if number == len(self.things):
            self.things.append(iri)
            self.kinds.append(kind)
            self.group.append(group)
            self.titles.append([])
            self.bodies.append([])
        return number

    def _read_wordings(self, predicate: NamedNode, into: list[list[Wording]]) -> None:
        found: dict[int, list[Wording]] = defaultdict(list)
        for row in self._values(predicate):
            thing = self.numbers.get(row.subject)
            if thing is not None:
                graph = self.statements.name(row.graph)
                found[thing].append(Wording(row.value.value, row.value.language or "", row.predicate, graph))
        for thing, wordings in found.items():
            into[thing].extend(sorted(wordings, key=lambda each: (each.lang, each.text, each.graph)))

    def _read_dates(self) -> None:
        for predicate in _DATES:
            for row in self._values(predicate):
                dated = self._date(row)
                thing = self.numbers.get(row.subject)
                if dated is None:
                    continue
                if thing is None:
                    _keep_newest(self.node_dates, self.statements.name(row.subject), dated)
                else:
                    _keep_newest(self.dated, thing, dated)
                    if predicate == SCHEMA.startDate:
                        self.begun.setdefault(thing, dated)

    def _date(self, row: ValueRow) -> Dated | None:
        match = _YEAR.match(row.value.value)
        if match is None:
            return None
        # What runs on is as new as today, not as its end.
        year = min(int(match.group()), self.today.year)
        graph = self.statements.name(row.graph)
        return Dated(year, row.value.value, row.value.datatype.value, row.predicate, row.subject, graph)

    def _read_places(self) -> None:
        for row in self._rows(ECO.country):
            thing = self.numbers.get(row.subject)
            if thing is not None:
                code = row.object.rsplit("/", 1)[-1]
                if all(code != known for known, _ in self.countries[thing]):
                    self.countries[thing].append((code, self.statements.add(row)))
        self.regional = {
            thing for row in self._rows(ECO.inProgrammeArea) if (thing := self.numbers.get(row.subject)) is not None
        }
        for predicate in (ECO.locatedIn, ECO.inRegion, DCTERMS.spatial):
            for thing, place, _ in self._joined(predicate):
                if self.kinds[place] in ("Municipality", "Region"):
                    self.area[thing].append(place)

    def _read_topics(self) -> None:
        for predicate in _TOPICS:
            for row in self._rows(predicate):
                document = self.numbers.get(row.subject)
                if document is not None:
                    self._add_topic(document, row)

    def _add_topic(self, document: int, row: Row, strength: float = 1.0, basis: str = "", about: int = -1) -> None:
        concept = self.hierarchy.number(row.object)
        if concept is not None:
            number = self.statements.name(basis) if basis else -1
            topic = self.statements.add(row)
            first, second = (topic, -1) if about < 0 else (about, topic)
            self.topics.add(document, concept, strength, number, first, second)

    def _read_topic_claims(self) -> None:
        topics, bases = self._by_subject(ECO.topic), self._by_subject(ECO.basis)
        confidences = {row.subject: row.value.value for row in self._values(ECO.confidence)}
        for row in self._rows(ECO.about):
            document = self.numbers.get(row.object)
            if document is None or row.subject not in topics:
                continue
            basis = bases[row.subject][0].object if row.subject in bases else ""
            strength = weights.BASIS.get(_slug(basis), weights.BASIS["rule"])
            strength *= min(max(float(confidences.get(row.subject, "1")), 0.0), 1.0)
            about = self.statements.add(row)
            for topic in topics[row.subject]:
                self._add_topic(document, topic, strength, basis, about)

    def _link(
        self,
        candidate: int,
        document: int,
        family: str,
        strength: tuple[float, float],
        path: Sequence[int] = (),
        *,
        detail: str = "",
        node: str = "",
    ) -> None:
        """Join a candidate to a document; `strength` is reach and proof."""
        if self.group[candidate] < 0:
            return
        number = self.statements.name(node) if node else -1
        dated = self.node_dates.get(number) or self.dated.get(document)
        first, second = (*path, -1, -1)[:2]
        role = self.statements.name(detail) if detail else -1
        year = dated.year if dated else 0
        self.links.add(candidate, document, FAMILIES.index(family), role, *strength, year, first, second, number)

    def _link_to_themselves(self) -> None:
        for thing in range(len(self.things)):
            self._link(thing, thing, "own", (weights.OWN_REACH, weights.OWN_PROOF))

    def _link_participations(self) -> None:
        projects, roles = self._by_subject(ECO.project), self._by_subject(ECO.role)
        for row in self._rows(ECO.participant):
            candidate = self.numbers.get(row.object)
            if candidate is None:
                continue
            role = roles[row.subject][0].object if row.subject in roles else ""
            strength = weights.ROLE.get(_slug(role), weights.UNKNOWN_ROLE)
            participant = self.statements.add(row)
            for project in projects.get(row.subject, ()):
                document = self.numbers.get(project.object)
                if document is not None:
                    path = (participant, self.statements.add(project))
                    self._link(candidate, document, "participation", strength, path, detail=role, node=row.subject)

    def _link_solutions(self) -> None:
        for solution, provider, row in self._joined(ECO.provider):
            strength = (weights.PROVIDER_REACH, weights.PROVIDER_PROOF)
            self._link(provider, solution, "provider", strength, (self.statements.add(row),))
        for solution, need, row in self._joined(ECO.addressesNeed):
            strength = (weights.ADDRESSES_REACH, weights.ADDRESSES_SIMILAR_PROOF)
            self._link(solution, need, "addresses", strength, (self.statements.add(row),))

    def _date_solutions(self) -> None:
        """A solution is as new as its newest deployment."""
        for row in self._rows(ECO.solution):
            solution = self.numbers.get(row.object)
            dated = self.node_dates.get(self.statements.name(row.subject))
            if solution is not None and dated is not None:
                _keep_newest(self.dated, solution, dated)

    def _link_deployments(self) -> None:
        stages = self._by_subject(ECO.stage)
        operators, territories = self._by_subject(ECO.operator), self._by_subject(DCTERMS.spatial)
        for row in self._rows(ECO.solution):
            node = row.subject
            solution = self.numbers.get(row.object)
            if solution is None or node not in stages:
                continue
            stage = stages[node][0].object
            proof = weights.STAGE.get(_slug(stage), weights.STAGE["idea"])
            deployed, staged = self.statements.add(row), self.statements.add(stages[node][0])
            places = [place for place in territories.get(node, ()) if place.object in self.numbers]
            self.deployment_places[self.statements.name(node)] = tuple(self.statements.add(place) for place in places)
            self._link(solution, solution, "deployment", (1.0, proof), (deployed, staged), detail=stage, node=node)
            for reach, holders in (
                (weights.OPERATOR_REACH, operators.get(node, ())),
                (weights.TERRITORY_REACH, places),
            ):
                for holder in holders:
                    candidate = self.numbers.get(holder.object)
                    if candidate is not None:
                        path = (self.statements.add(holder), deployed)
                        strength = (reach, proof * reach)
                        self._link(candidate, solution, "deployment", strength, path, detail=stage, node=node)

    def _link_results(self) -> None:
        for result, creator, row in self._joined(DCTERMS.creator):
            strength = (weights.CREATOR_REACH, weights.CREATOR_PROOF)
            self._link(creator, result, "result", strength, (self.statements.add(row),))

    def _link_capabilities(self) -> None:
        """A capability claim is a document of its own: it has topics and capabilities, and no texts."""
        levels, bases, shown, topics, capabilities = (
            self._by_subject(predicate) for predicate in (ECO.level, ECO.basis, ECO.evidence, ECO.topic, ECO.capability)
        )
        dates = {row.subject: row for row in self._values(ECO.asOf)}
        for row in self._rows(ECO.claimant):
            candidate = self.numbers.get(row.object)
            if candidate is None:
                continue
            claim = row.subject
            evidence = [(number, each) for each in shown.get(claim, ()) if (number := self.numbers.get(each.object))]
            by_rule = claim in bases and _slug(bases[claim][0].object) == "rule"
            if claim not in self.numbers:
                document = self._add_thing(claim, "CapabilityClaim", -1)
                for stated in (*topics.get(claim, ()), *capabilities.get(claim, ())):
                    self._add_topic(document, stated)
                for number, _ in evidence:
                    if number in self.dated:
                        _keep_newest(self.dated, document, self.dated[number])
                # The day a rule was run says nothing of when the work was done.
                dated = self._date(dates[claim]) if claim in dates and not by_rule else None
                if dated is not None and document not in self.dated:
                    self.dated[document] = dated
            level = levels[claim][0].object if claim in levels else ""
            proof = weights.LEVEL.get(_slug(level), weights.CAPABILITY_PROOF)
            strength = (weights.CAPABILITY_REACH, weights.CAPABILITY_BY_RULE if by_rule else proof)
            path = (self.statements.add(row), *(self.statements.add(each) for _, each in evidence[:1]))
            self._link(candidate, self.numbers[claim], "capability", strength, path, detail=level)

    def _link_needs(self) -> None:
        for predicate in _NEED:
            for row in self._rows(predicate):
                need = self.numbers.get(row.subject)
                if need is None or self.kinds[need] != "Need":
                    continue
                edge = self.statements.add(row)
                self.need_statements[need].append(edge)
                candidate = self.numbers.get(row.object)
                if predicate == ECO.raisedBy and candidate is not None:
                    self._link(candidate, need, "raised", (weights.RAISED_REACH, weights.RAISED_PROOF), (edge,))

    # --- putting together ---

    def evidence(self) -> Evidence:
        links, topics = self._link_table(), self._topic_table()
        by_document = np.argsort(links.document, kind="stable").astype(np.int32)
        names = {iri: self.hierarchy.names(number) for number, iri in enumerate(self.hierarchy.iris)}
        marker = ConceptLinker(
            {iri: {lang: labels[:1] for lang, labels in names[iri].items()} for iri in names}, slips=False
        )
        words = WordIndex([self._entries(thing, marker) for thing in range(len(self.things))])
        self._fill_countries(links)
        return Evidence(
            revision=self.snapshot.revision,
            statements=self.statements,
            hierarchy=self.hierarchy,
            linker=ConceptLinker(names),
            marker=marker,
            things=tuple(self.things),
            numbers=self.numbers,
            kinds=tuple(self.kinds),
            group=np.asarray(self.group, dtype=np.int8),
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
            concepts=self.concepts,
            steps=self.steps,
            deployment_places=self.deployment_places,
            by_document=by_document,
            documents_linked=links.document[by_document],
        )

    def _link_table(self) -> Links:
        table = self.links.sorted_by(0, 2, 1, 7)
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
        table = self.topics.sorted_by(0, 1, 4)
        whole = table.astype(np.int32)
        documents, counts = np.unique(np.unique(whole[:, :2], axis=0)[:, 0], return_counts=True)
        topics_of = counts[np.searchsorted(documents, whole[:, 0])]
        focus = np.minimum(1.0, np.sqrt(weights.FOCUSED_TOPICS / np.maximum(topics_of, 1)))
        return Topics(
            document=whole[:, 0],
            concept=whole[:, 1],
            strength=(table[:, 2] * focus).astype(np.float32),
            basis=whole[:, 3],
            first=whole[:, 4],
            second=whole[:, 5],
        )

    def _entries(self, thing: int, marker: ConceptLinker) -> dict[str, float]:
        """The words of a thing's texts and the concepts met in them, each with how prominent it is."""
        found: dict[str, float] = {}
        if self.kinds[thing] in SEARCHED_CLASSES:
            return found
        for wordings, prominence in ((self.titles[thing], 1.0), (self.bodies[thing], weights.BODY_PROMINENCE)):
            for wording in wordings:
                lang = language_of(wording.lang) if wording.lang else None
                for entry, (share, _) in text_entries(wording.text, lang, marker).items():
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
                    (code, -1) for code, _ in self.countries.get(candidate, ()) if code not in known
                )

    def _regional(self) -> NDArray[np.int8]:
        """1 in the programme area, 0 in a place outside it, -1 where the graph does not say."""
        found = np.full(len(self.things), -1, dtype=np.int8)
        if not self.regional:
            return found
        for thing, kind in enumerate(self.kinds):
            if thing in self.regional:
                found[thing] = 1
            elif kind in ("Municipality", "Region"):
                found[thing] = 0
            elif self.group[thing] >= 0 and self.area.get(thing):
                found[thing] = int(any(place in self.regional for place in self.area[thing]))
        return found

    def _word_weights(self, links: Links, words: WordIndex) -> Floats:
        """How telling each word is, by how few candidates have it; more texts of one candidate change nothing."""
        entries, texts = words.incidence()
        holders = self._holders(links, _ones(texts, entries, (len(self.things), len(words.words))))
        everyone = max(sum(group >= 0 for group in self.group), 1)
        rare = np.log1p((everyone - holders + 0.5) / (holders + 0.5))
        return np.asarray(rare / np.log1p((everyone + 0.5) / 0.5), dtype=np.float32)

    def _topic_weights(self, links: Links, topics: Topics) -> Floats:
        """How telling each concept is, by how few candidates work with it or with something narrower."""
        pairs = [
            (document, above)
            for document, concept in zip(topics.document.tolist(), topics.concept.tolist(), strict=True)
            for above in self.hierarchy.at_or_above(concept)
        ]
        rows, columns = np.asarray(pairs, dtype=np.int32).reshape(-1, 2).T
        holders = self._holders(links, _ones(rows, columns, (len(self.things), max(len(self.hierarchy), 1))))
        everyone = max(sum(group >= 0 for group in self.group), 2)
        telling = np.log((everyone + 1) / (holders + 1)) / np.log(everyone + 1)
        return np.asarray(weights.GENERAL_TOPIC + (1 - weights.GENERAL_TOPIC) * telling, dtype=np.float32)

    def _holders(self, links: Links, incidence: sparse.csr_array) -> NDArray[np.float64]:
        """Per column of `incidence` (documents by something) how many candidates have a document with it."""
        everything = len(self.things)
        joined = _ones(links.candidate, links.document, (everything, everything)) @ incidence
        return np.bincount(joined.tocoo().col, minlength=incidence.shape[1]).astype(np.float64)

    def _documents(self) -> Iterator[Document]:
        for thing, iri in enumerate(self.things):
            if self.kinds[thing] != "CapabilityClaim":
                titles, bodies = _by_language(self.titles[thing]), _by_language(self.bodies[thing])
                yield Document(iri, self.kinds[thing], titles, bodies)


def _keep_newest(into: dict[int, Dated], key: int, dated: Dated) -> None:
    kept = into.get(key)
    if kept is None or (dated.year, dated.value, dated.predicate) > (kept.year, kept.value, kept.predicate):
        into[key] = dated


def _ones(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)


def _by_language(wordings: Iterable[Wording]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for wording in wordings:
        found[wording.lang].append(wording.text)
    return {lang: tuple(texts) for lang, texts in found.items()}


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
