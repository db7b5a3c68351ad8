"""
What could be said of a candidate that the graph does not say: a closed list of rows that a partner could contribute.

Each is one row of a template. Nothing here is a fact: a row is to be contributed by whoever knows that it is true.
Texts are not among them, as a description written to match is no evidence; nor are new projects and partnerships.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final, Literal, get_args

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode, Quad

from ecograph.match.explaining.sentences import enumerated, in_sentence
from ecograph.match.model import NeedProfile, Texts
from ecograph.match.ordering.ranking import Ranking
from ecograph.match.projection.evidence import FAMILIES, Evidence
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import CONCEPT, DCTERMS, ECO, GRAPH, ID, RDF, SCHEMA, XSD

EditKind = Literal["date", "topic-of-work", "topic-of-itself", "addresses", "capability", "deployment"]
KINDS: Final[tuple[EditKind, ...]] = get_args(EditKind)
"""In the order in which they are preferred where they are equally small: what is easiest to check comes first."""

MAX_WORKS: Final = 4
"""Works of a candidate that are looked at: those nearest to the need, which are the likeliest to be about it."""
MAX_TOPICS: Final = 6
"""Topics of the need that are looked at, the weightiest."""
MAX_SOLUTIONS: Final = 2
LEVELS: Final = ("developing", "established")
"""Levels of a capability claim that one may ask for; *leading* is for others to say."""
STAGES: Final = ("pilot", "in-use")

Triples = list[tuple[NamedNode, NamedNode, NamedNode | RdfLiteral]]

_WORK: Final = frozenset(FAMILIES.index(name) for name in ("participation", "provider", "result", "deployment"))
_PROVIDER: Final = FAMILIES.index("provider")
_PROPOSED: Final = GRAPH["proposed"]
"""Stands for the graph of whoever will say it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One row that could be contributed.

    Attributes:
        kind: Which of the closed list it is.
        template: The template that the row belongs to.
        cells: The row by column.
        statements: What the row says.
        sentences: The same in words, as a request.
    """

    kind: EditKind
    template: str
    cells: Mapping[str, str]
    statements: tuple[Quad, ...]
    sentences: Texts

    @property
    def key(self) -> tuple[int, int, str]:
        """What edits are sorted by: how much is to be said, how easily it is checked, and the row itself."""
        return len(self.statements), KINDS.index(self.kind), repr(sorted(self.cells.items()))


def realistic(evidence: Evidence, profile: NeedProfile, ranking: Ranking, row: int, today: date) -> tuple[Edit, ...]:
    """
    Every edit of the closed list that could help a candidate, the smallest first.

    Args:
        evidence: The graph.
        profile: The need.
        ranking: The candidates as they are.
        row: The candidate's row in `ranking.measured`.
        today: The day on which it would be said.
    """
    return tuple(sorted(_Edits(evidence, profile, ranking, row, today).all(), key=lambda edit: edit.key))


class _Edits:
    def __init__(self, evidence: Evidence, profile: NeedProfile, ranking: Ranking, row: int, today: date) -> None:
        self.evidence = evidence
        self.profile = profile
        self.ranking = ranking
        self.measured = ranking.measured
        self.row = row
        self.today = today
        self.candidate = ranking.thing(row)
        self.kind = evidence.kinds[self.candidate]
        self.works = self._works()

    def all(self) -> Iterator[Edit]:
        yield from self._dates()
        yield from self._topics()
        yield from self._addresses()
        yield from self._capabilities()
        yield from self._deployments()

    # --- what there is ---

    def _works(self) -> list[int]:
        """The candidate's works, those nearest to the need first; newer before older, and by IRI."""
        links = self.evidence.links
        found: dict[int, tuple[float, int, str]] = {}
        for link in range(self.measured.starts[self.row], self.measured.starts[self.row + 1]):
            document = int(links.document[link])
            if int(links.family[link]) in _WORK and document != self.candidate:
                order = (
                    -float(self.measured.relevance[link]),
                    -int(links.year[link]),
                    self.evidence.things[document],
                )
                found[document] = min(order, found.get(document, order))
        return sorted(found, key=lambda document: found[document])[:MAX_WORKS]

    def _concepts(self, scheme: str) -> list[int]:
        """The topics, or capabilities, of the need, the weightiest first."""
        start = CONCEPT[f"{scheme}/"].value
        wanted = [each for each in self.measured.wanted if each.source.iri.value.startswith(start)]
        wanted.sort(key=lambda each: (-each.share, each.source.iri.value))
        return [each.concept for each in wanted][:MAX_TOPICS]

    def _has(self, document: int) -> frozenset[int]:
        topics = self.evidence.topics
        return frozenset(topics.concept[topics.document == document].tolist())

    # --- the closed list ---

    def _dates(self) -> Iterator[Edit]:
        """When an undated work was; told as if it were of this year, which is the most it can bring."""
        column = {"Project": ("end", SCHEMA.endDate), "ResearchResult": ("issued", DCTERMS.issued)}
        for work in self.works:
            kind = self.evidence.kinds[work]
            if kind in column and work not in self.evidence.dated:
                name, predicate = column[kind]
                value = RdfLiteral(str(self.today.year), datatype=XSD.gYear)
                cells = {"id": _slug(self.evidence.things[work]), name: str(self.today.year)}
                yield self._edit(
                    "date",
                    "project" if kind == "Project" else "result",
                    cells,
                    [(self._node(work), predicate, value)],
                    {"year": self.today.year},
                    {"title": work},
                )

    def _topics(self) -> Iterator[Edit]:
        for document in (*self.works, self.candidate):
            if self.evidence.kinds[document] == "CapabilityClaim":
                continue
            own = document == self.candidate
            for concept in self._concepts("topic"):
                if concept in self._has(document):
                    continue
                thing, topic = self._node(document), NamedNode(self.evidence.hierarchy.iris[concept])
                cells = {"about": ID.local(thing), "topic": _slug(topic.value), "basis": "person", "as_of": self._day()}
                claim = _proposed("topic-claim", cells["about"], cells["topic"])
                statements: Triples = [
                    (claim, RDF.type, ECO.TopicClaim),
                    (claim, ECO.about, thing),
                    (claim, ECO.topic, topic),
                    (claim, ECO.basis, CONCEPT["basis/person"]),
                    (claim, ECO.asOf, RdfLiteral(self._day(), datatype=XSD.date)),
                ]
                kind: EditKind = "topic-of-itself" if own else "topic-of-work"
                yield self._edit(kind, "topic-claim", cells, statements, {}, {"title": document}, [concept])

    def _addresses(self) -> Iterator[Edit]:
        if self.kind == "Solution" and self.profile.iri is not None:
            thing = self._node(self.candidate)
            cells = {"id": _slug(thing.value), "addresses": _slug(self.profile.iri.value)}
            statement = (thing, ECO.addressesNeed, self.profile.iri)
            need = self.evidence.numbers[self.profile.iri.value]
            stated = any(
                FAMILIES[self.evidence.links.family[link]] == "addresses"
                and int(self.evidence.links.document[link]) == need
                for link in self.evidence.links_of(self.candidate)
            )
            if not stated:
                yield self._edit("addresses", "solution", cells, [statement], {}, {"title": need})

    def _capabilities(self) -> Iterator[Edit]:
        """A claim needs something that shows it, so a candidate without any work is not asked for one."""
        if self.kind in ("Solution", "ResearchResult") or not self.works:
            return
        shown = self._node(self.works[0])
        topics, capabilities = self._concepts("topic"), self._concepts("capability")
        single = [[each] for each in (*topics, *capabilities)]
        for level in LEVELS:
            for concepts in (*single, *([[*topics, *capabilities]] if len(single) > 1 else [])):
                yield self._claim(concepts, level, shown)

    def _claim(self, concepts: Sequence[int], level: str, shown: NamedNode) -> Edit:
        thing = self._node(self.candidate)
        iris = [NamedNode(self.evidence.hierarchy.iris[concept]) for concept in concepts]
        topics = [iri for iri in iris if iri.value.startswith(CONCEPT["topic/"].value)]
        capabilities = [iri for iri in iris if iri not in topics]
        cells = {
            "claimant": ID.local(thing),
            "capability": "|".join(_slug(iri.value) for iri in capabilities),
            "topic": "|".join(_slug(iri.value) for iri in topics),
            "level": level,
            "evidence": ID.local(shown),
            "basis": "person",
            "as_of": self._day(),
        }
        claim = _proposed("capability-claim", cells["claimant"], *(_slug(iri.value) for iri in iris), level)
        # A claim is named by nothing but its id, which is for whoever contributes it to choose.
        cells["id"] = "-".join((_slug(thing.value), _slug(iris[0].value)))
        statements: Triples = [
            (claim, RDF.type, ECO.CapabilityClaim),
            (claim, ECO.claimant, thing),
            *((claim, ECO.topic, iri) for iri in topics),
            *((claim, ECO.capability, iri) for iri in capabilities),
            (claim, ECO.level, CONCEPT[f"capability-level/{level}"]),
            (claim, ECO.evidence, shown),
            (claim, ECO.basis, CONCEPT["basis/person"]),
            (claim, ECO.asOf, RdfLiteral(self._day(), datatype=XSD.date)),
        ]
        cells = {name: value for name, value in cells.items() if value}
        labelled = {"level": CONCEPT[f"capability-level/{level}"]}
        return self._edit(
            "capability", "capability-claim", cells, statements, {}, {"title": self.works[0]}, concepts, labelled
        )

    def _deployments(self) -> Iterator[Edit]:
        """In use somewhere: a solution in a comparable municipality, or a fitting solution in this one."""
        if self.kind in ("Municipality", "Region"):
            solutions = [self.ranking.thing(row) for row, _ in self.ranking.allowed.get("solution", ())]
            pairs = [(solution, self.candidate) for solution in solutions[:MAX_SOLUTIONS]]
        else:
            place = self._comparable()
            links = self.evidence.links
            own = [self.candidate] if self.kind == "Solution" else []
            own += [
                int(links.document[link])
                for link in self.evidence.links_of(self.candidate)
                if int(links.family[link]) == _PROVIDER
            ]
            pairs = [] if place is None else [(solution, place) for solution in own[:MAX_SOLUTIONS]]
        for solution, place in pairs:
            for stage in STAGES:
                yield self._deployment(solution, place, stage)

    def _deployment(self, solution: int, place: int, stage: str) -> Edit:
        thing, where, year = self._node(solution), self._node(place), str(self.today.year)
        cells = {
            "solution": ID.local(thing),
            "start": year,
            "stage": stage,
            "territory": ID.local(where),
            "operator": ID.local(where),
        }
        node = _proposed("deployment", cells["solution"], cells["territory"], stage)
        statements: Triples = [
            (node, RDF.type, ECO.Deployment),
            (node, ECO.solution, thing),
            (node, ECO.stage, CONCEPT[f"scale-stage/{stage}"]),
            (node, ECO.operator, where),
            (node, DCTERMS.spatial, where),
            (node, SCHEMA.startDate, RdfLiteral(year, datatype=XSD.gYear)),
        ]
        labelled = {"stage": CONCEPT[f"scale-stage/{stage}"]}
        things = {"title": solution, "place": place}
        return self._edit("deployment", "deployment", cells, statements, {"year": year}, things, (), labelled)

    def _comparable(self) -> int | None:
        """The municipality of the programme area that comes nearest to the need, other than those that ask."""
        municipal: list[int] = [self.ranking.thing(row) for row, _ in self.ranking.allowed.get("municipality", ())]
        everyone: list[int] = self.evidence.by_iri.tolist()
        left_out = {iri.value for iri in self.profile.askers} | {place.iri.value for place in self.profile.places}
        for thing in chain(municipal, everyone):
            fits = self.evidence.kinds[thing] == "Municipality" and self.evidence.regional[thing] == 1
            if fits and self.evidence.things[thing] not in left_out:
                return thing
        return None

    # --- one row ---

    def _edit(
        self,
        kind: EditKind,
        template: str,
        cells: Mapping[str, str],
        statements: Triples,
        values: Mapping[str, object],
        things: Mapping[str, int],
        concepts: Sequence[int] = (),
        labelled: Mapping[str, NamedNode] | None = None,
    ) -> Edit:
        def say(lang: Language) -> str:
            named = {name: self.evidence.label(thing, lang) for name, thing in things.items()}
            named |= {
                name: in_sentence(self.evidence.concepts.label(iri, lang)) for name, iri in (labelled or {}).items()
            }
            hierarchy = self.evidence.hierarchy
            topics = enumerated([in_sentence(hierarchy.label(concept, lang)) for concept in concepts], lang)
            return text(f"counterfactual.edit.{kind}", lang, topics=topics, **named, **values)

        quads = tuple(Quad(*statement, _PROPOSED) for statement in statements)
        return Edit(kind, template, cells, quads, {lang: say(lang) for lang in LANGUAGES})

    def _node(self, thing: int) -> NamedNode:
        return NamedNode(self.evidence.things[thing])

    def _day(self) -> str:
        return self.today.isoformat()


def _proposed(kind: str, *parts: str) -> NamedNode:
    """A name for something that is not in the graph."""
    return ID[f"{kind}/proposed-{'-'.join(part.rsplit('/', 1)[-1] for part in parts)}"]


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
