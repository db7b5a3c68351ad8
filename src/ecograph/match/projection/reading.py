"""From a snapshot of the graph to the facts that matching needs: one pass over each predicate that it knows."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from threading import Thread
from typing import Final, Protocol

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.match import weights
from ecograph.match.model import GROUPS
from ecograph.match.projection import meaning
from ecograph.match.projection.assembling import assemble
from ecograph.match.projection.evidence import (
    CANDIDATE_CLASSES,
    DOCUMENT_CLASSES,
    SEARCHED_CLASSES,
    Dated,
    Evidence,
    Wording,
)
from ecograph.match.projection.facts import Facts
from ecograph.match.projection.statements import Row, ValueRow
from ecograph.namespaces import DCTERMS, ECO, FOAF, RDF, SCHEMA, SKOS
from ecograph.store.base import Object, Snapshot, Subject
from ecograph.text import language, lexicon
from ecograph.text.vectors import Vectors
from ecograph.vocabulary.concepts import Concepts

_YEAR: Final = re.compile(r"\d{4}")
_DATES: Final = (SCHEMA.endDate, SCHEMA.startDate, DCTERMS.issued)
_TITLES: Final = (DCTERMS.title, SKOS.prefLabel, FOAF.name, SKOS.altLabel)
_NEED: Final = (ECO.topic, ECO.requiresCapability, ECO.requiresStandard, DCTERMS.spatial, ECO.raisedBy)
_READ_AGAIN: Final = frozenset((ECO.topic, ECO.solution, ECO.basis, DCTERMS.spatial))
_TOPICS: Final = (ECO.topic, ECO.requiresCapability, ECO.offersCapability)


def read(snapshot: Snapshot, concepts: Concepts, today: date, vectors: Vectors | None = None) -> Evidence:
    """
    Read what matching needs from one revision of the graph.

    Args:
        snapshot: The graph; it is not needed afterwards.
        concepts: Its concept schemes.
        today: Nothing counts as newer than this.
        vectors: What texts mean; None for matching without.
    """
    with ThreadPoolExecutor(max_workers=1) as pool, _not_collecting():
        # The dictionaries are unpacked beside the reading.
        dictionaries = pool.submit(lexicon.warm)
        reader = Reader(snapshot, Facts(concepts), today)
        reader.read()
        dictionaries.result()
        found = assemble(reader.facts, snapshot.revision, vectors)
    # Only a typed text needs the language model; it is ready before someone has typed one.
    Thread(target=language.warm, daemon=True).start()
    return found


@contextmanager
def _not_collecting() -> Iterator[None]:
    """Without looking for garbage: millions of values are made, none of which refers to itself."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def passages(snapshot: Snapshot, concepts: Concepts) -> tuple[str, ...]:
    """Every text of a revision whose meaning counts, each once."""
    reader = Reader(snapshot, Facts(concepts), date.max)
    reader.read_things()
    return meaning.passages(reader.facts)


class Source(Protocol):
    """What statements are read from: a snapshot, or a part of one."""

    def quads(
        self, subject: Subject | None = None, predicate: NamedNode | None = None, object: Object | None = None, /
    ) -> Iterator[Quad]:
        """The statements that match; None matches anything."""
        ...


class Reader:
    """
    Reads facts. What comes first and what of equals is kept depends on what the statements say, not on their order.

    Args:
        source: The graph, or the part of it that is about some documents.
        facts: Where they are put.
        today: Nothing counts as newer than this.
    """

    def __init__(self, source: Source, facts: Facts, today: date) -> None:
        self.source = source
        self.today = today
        self.facts = facts
        self._kept: dict[NamedNode, list[Row]] = {}

    def read(self) -> None:
        """Read everything into `facts`."""
        self._read_steps()
        self.read_things()
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
        self._read_declined()
        self._read_deviations()

    def _rows(self, predicate: NamedNode) -> Iterable[Row]:
        """The statements with a predicate between two IRIs; those that are asked for again are read once."""
        if predicate not in _READ_AGAIN:
            return self._read_rows(predicate)
        if predicate not in self._kept:
            self._kept[predicate] = list(self._read_rows(predicate))
        return self._kept[predicate]

    def _read_rows(self, predicate: NamedNode) -> Iterator[Row]:
        name = predicate.value
        for quad in self.source.quads(None, predicate):
            subject, object_, graph = quad.subject, quad.object, quad.graph_name
            if isinstance(subject, NamedNode) and isinstance(object_, NamedNode) and isinstance(graph, NamedNode):
                yield Row(subject.value, name, object_.value, graph.value)

    def _values(self, predicate: NamedNode) -> Iterator[ValueRow]:
        name = predicate.value
        for quad in self.source.quads(None, predicate):
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
            subject, object_ = self.facts.numbers.get(row.subject), self.facts.numbers.get(row.object)
            if subject is not None and object_ is not None:
                yield subject, object_, row

    def _read_steps(self) -> None:
        """The statements behind the hierarchy of topics and capabilities."""
        for row in sorted(self._rows(SKOS.broader)):
            lower, upper = self.facts.hierarchy.number(row.subject), self.facts.hierarchy.number(row.object)
            if lower is not None and upper is not None:
                self.facts.steps.setdefault((lower, upper), self.facts.statements.add(row))

    def read_things(self) -> None:
        """The things that matching knows, with their texts."""
        for name, group in CANDIDATE_CLASSES.items():
            self._read_class(name, GROUPS.index(group))
        for name in (*DOCUMENT_CLASSES, *SEARCHED_CLASSES):
            self._read_class(name, -1)
        for predicate in _TITLES:
            self._read_wordings(predicate, self.facts.titles)
        self._read_wordings(DCTERMS.description, self.facts.bodies)

    def _read_class(self, name: str, group: int) -> None:
        instances = {
            quad.subject.value
            for quad in self.source.quads(None, RDF.type, ECO[name])
            if isinstance(quad.subject, NamedNode)
        }
        for iri in sorted(instances):
            self.facts.add_thing(iri, name, group)

    def _read_wordings(self, predicate: NamedNode, into: list[list[Wording]]) -> None:
        found: dict[int, list[Wording]] = defaultdict(list)
        for row in self._values(predicate):
            thing = self.facts.numbers.get(row.subject)
            if thing is not None:
                graph = self.facts.statements.name(row.graph)
                found[thing].append(Wording(row.value.value, row.value.language or "", row.predicate, graph))
        names = self.facts.statements.names
        for thing, wordings in found.items():
            into[thing].extend(sorted(wordings, key=lambda each: (each.lang, each.text, names[each.graph])))

    def _read_dates(self) -> None:
        for predicate in _DATES:
            for row in self._values(predicate):
                dated = self._date(row)
                thing = self.facts.numbers.get(row.subject)
                if dated is None:
                    continue
                if thing is None:
                    self.facts.keep_newest(self.facts.node_dates, self.facts.statements.name(row.subject), dated)
                else:
                    self.facts.keep_newest(self.facts.dated, thing, dated)
                    if predicate == SCHEMA.startDate:
                        self.facts.keep_first(self.facts.begun, thing, dated)

    def _date(self, row: ValueRow) -> Dated | None:
        match = _YEAR.match(row.value.value)
        if match is None:
            return None
        # What runs on is as new as today, not as its end.
        year = min(int(match.group()), self.today.year)
        graph = self.facts.statements.name(row.graph)
        return Dated(year, row.value.value, row.value.datatype.value, row.predicate, row.subject, graph)

    def _read_places(self) -> None:
        for subject, rows in self._by_subject(ECO.country).items():
            thing = self.facts.numbers.get(subject)
            if thing is not None:
                # The first of each country, in the order of their names.
                stated = {_slug(row.object): row for row in reversed(rows)}
                add = self.facts.statements.add
                self.facts.countries[thing] = [(code, add(stated[code])) for code in sorted(stated)]
        self.facts.regional = {
            thing
            for row in self._rows(ECO.inProgrammeArea)
            if (thing := self.facts.numbers.get(row.subject)) is not None
        }
        for predicate in (ECO.locatedIn, ECO.inRegion, DCTERMS.spatial):
            for thing, place, _ in sorted(self._joined(predicate), key=lambda joined: joined[2].object):
                if self.facts.kinds[place] in ("Municipality", "Region"):
                    self.facts.area[thing].append(place)

    def _read_topics(self) -> None:
        for predicate in _TOPICS:
            for row in self._rows(predicate):
                document = self.facts.numbers.get(row.subject)
                if document is not None:
                    self.facts.add_topic(document, row)

    def _read_topic_claims(self) -> None:
        topics, bases = self._by_subject(ECO.topic), self._by_subject(ECO.basis)
        confidences: dict[str, float] = defaultdict(float)
        for value in self._values(ECO.confidence):
            confidences[value.subject] = max(confidences[value.subject], float(value.value.value))
        for row in self._rows(ECO.about):
            document = self.facts.numbers.get(row.object)
            if document is None or row.subject not in topics:
                continue
            basis = _first(bases, row.subject)
            strength = weights.BASIS.get(_slug(basis), weights.BASIS["rule"])
            strength *= min(confidences.get(row.subject, 1.0), 1.0)
            about = self.facts.statements.add(row)
            for topic in topics[row.subject]:
                self.facts.add_topic(document, topic, strength, basis, about)

    def _link_to_themselves(self) -> None:
        for thing in range(len(self.facts.things)):
            self.facts.link(thing, thing, "own", (weights.OWN_REACH, weights.OWN_PROOF))

    def _link_participations(self) -> None:
        projects, roles = self._by_subject(ECO.project), self._by_subject(ECO.role)
        for row in self._rows(ECO.participant):
            candidate = self.facts.numbers.get(row.object)
            if candidate is None:
                continue
            role = _first(roles, row.subject)
            strength = weights.ROLE.get(_slug(role), weights.UNKNOWN_ROLE)
            participant = self.facts.statements.add(row)
            for project in projects.get(row.subject, ()):
                document = self.facts.numbers.get(project.object)
                if document is not None:
                    path = (participant, self.facts.statements.add(project))
                    self.facts.link(candidate, document, "participation", strength, path, detail=role, node=row.subject)

    def _link_solutions(self) -> None:
        for solution, provider, row in self._joined(ECO.provider):
            strength = (weights.PROVIDER_REACH, weights.PROVIDER_PROOF)
            self.facts.link(provider, solution, "provider", strength, (self.facts.statements.add(row),))
        for solution, need, row in self._joined(ECO.addressesNeed):
            strength = (weights.ADDRESSES_REACH, weights.ADDRESSES_SIMILAR_PROOF)
            self.facts.link(solution, need, "addresses", strength, (self.facts.statements.add(row),))

    def _date_solutions(self) -> None:
        """A solution is as new as its newest deployment."""
        for row in self._rows(ECO.solution):
            solution = self.facts.numbers.get(row.object)
            dated = self.facts.node_dates.get(self.facts.statements.name(row.subject))
            if solution is not None and dated is not None:
                self.facts.keep_newest(self.facts.dated, solution, dated)

    def _link_deployments(self) -> None:
        stages = self._by_subject(ECO.stage)
        operators, territories = self._by_subject(ECO.operator), self._by_subject(DCTERMS.spatial)
        for row in self._rows(ECO.solution):
            node = row.subject
            solution = self.facts.numbers.get(row.object)
            if solution is None or node not in stages:
                continue
            stage = stages[node][0].object
            proof = weights.STAGE.get(_slug(stage), weights.STAGE["idea"])
            deployed, staged = self.facts.statements.add(row), self.facts.statements.add(stages[node][0])
            places = [place for place in territories.get(node, ()) if place.object in self.facts.numbers]
            self.facts.deployment_places[self.facts.statements.name(node)] = tuple(
                self.facts.statements.add(place) for place in places
            )
            self.facts.link(solution, solution, "deployment", (1.0, proof), (deployed, staged), detail=stage, node=node)
            for reach, holders in (
                (weights.OPERATOR_REACH, operators.get(node, ())),
                (weights.TERRITORY_REACH, places),
            ):
                for holder in holders:
                    candidate = self.facts.numbers.get(holder.object)
                    if candidate is not None:
                        path = (self.facts.statements.add(holder), deployed)
                        strength = (reach, proof * reach)
                        self.facts.link(candidate, solution, "deployment", strength, path, detail=stage, node=node)

    def _link_results(self) -> None:
        for result, creator, row in self._joined(DCTERMS.creator):
            strength = (weights.CREATOR_REACH, weights.CREATOR_PROOF)
            self.facts.link(creator, result, "result", strength, (self.facts.statements.add(row),))

    def _link_capabilities(self) -> None:
        """A capability claim is a document of its own: it has topics and capabilities, and no texts."""
        levels, bases, shown, topics, capabilities = (
            self._by_subject(predicate) for predicate in (ECO.level, ECO.basis, ECO.evidence, ECO.topic, ECO.capability)
        )
        days = sorted(self._values(ECO.asOf), key=lambda row: (row.value.value, row.graph))
        dates = {row.subject: row for row in days}
        for row in self._rows(ECO.claimant):
            candidate = self.facts.numbers.get(row.object)
            if candidate is None:
                continue
            claim = row.subject
            evidence = [
                (number, each)
                for each in shown.get(claim, ())
                if (number := self.facts.numbers.get(each.object)) is not None
                and self.facts.kinds[number] != "CapabilityClaim"
            ]
            by_rule = _slug(_first(bases, claim)) == "rule"
            if claim not in self.facts.numbers:
                document = self.facts.add_thing(claim, "CapabilityClaim", -1)
                for stated in (*topics.get(claim, ()), *capabilities.get(claim, ())):
                    self.facts.add_topic(document, stated)
                for number, _ in evidence:
                    if number in self.facts.dated:
                        self.facts.keep_newest(self.facts.dated, document, self.facts.dated[number])
                # The day a rule was run says nothing of when the work was done.
                dated = self._date(dates[claim]) if claim in dates and not by_rule else None
                if dated is not None and document not in self.facts.dated:
                    self.facts.dated[document] = dated
            level = _first(levels, claim)
            proof = weights.LEVEL.get(_slug(level), weights.CAPABILITY_PROOF)
            strength = (weights.CAPABILITY_REACH, weights.CAPABILITY_BY_RULE if by_rule else proof)
            path = (self.facts.statements.add(row), *(self.facts.statements.add(each) for _, each in evidence[:1]))
            self.facts.link(candidate, self.facts.numbers[claim], "capability", strength, path, detail=level)

    def _link_needs(self) -> None:
        for predicate in _NEED:
            for need, row in self._of_needs(predicate):
                edge = self.facts.statements.add(row)
                self.facts.need_statements[need].append(edge)
                candidate = self.facts.numbers.get(row.object)
                if predicate == ECO.raisedBy and candidate is not None:
                    self.facts.link(candidate, need, "raised", (weights.RAISED_REACH, weights.RAISED_PROOF), (edge,))

    def _read_declined(self) -> None:
        """Who does not want to be proposed, and the solutions that nobody else provides."""
        declined = {row.subject for row in self._values(ECO.openToMatching) if row.value.value == "false"}
        self.facts.declined = {self.facts.numbers[iri] for iri in declined if iri in self.facts.numbers}
        if declined:
            for solution, rows in self._by_subject(ECO.provider).items():
                if solution in self.facts.numbers and all(row.object in declined for row in rows):
                    self.facts.declined.add(self.facts.numbers[solution])

    def _read_deviations(self) -> None:
        """The standards that a solution deviates from, as the newest claim about each says."""
        verdicts, standards = self._by_subject(ECO.conformance), self._by_subject(DCTERMS.conformsTo)
        days = {row.subject: row.value.value for row in self._values(ECO.asOf) if row.subject in verdicts}
        newest: dict[tuple[int, str], tuple[str, str, str]] = {}
        for row in self._rows(ECO.solution) if verdicts else ():
            solution, claim = self.facts.numbers.get(row.object), row.subject
            if solution is None or claim not in verdicts:
                continue
            said = days.get(claim, ""), claim, _slug(_first(verdicts, claim))
            for standard in standards.get(claim, ()):
                key = solution, standard.object
                newest[key] = max(newest.get(key, ("", "", "")), said)
        found: dict[int, set[str]] = defaultdict(set)
        for (solution, standard_iri), (_, _, verdict) in newest.items():
            if verdict == "deviates":
                found[solution].add(standard_iri)
        self.facts.deviations = {solution: frozenset(iris) for solution, iris in found.items()}

    def _of_needs(self, predicate: NamedNode) -> list[tuple[int, Row]]:
        found = ((self.facts.numbers.get(row.subject), row) for row in self._rows(predicate))
        needs = [(need, row) for need, row in found if need is not None and self.facts.kinds[need] == "Need"]
        return sorted(needs, key=lambda each: each[1])


def _first(found: Mapping[str, list[Row]], subject: str) -> str:
    """The object of the first statement about a subject; empty where there is none."""
    return found[subject][0].object if subject in found else ""


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
