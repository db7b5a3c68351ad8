"""
What a candidate's score stands on: the documents that bring a part of it, and the statements behind them.

The parts of all documents add up to the contributions of the signals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from ecograph.match import weights
from ecograph.match.model import NeedProfile, Signal, Statement
from ecograph.match.ordering.signals import Measured
from ecograph.match.projection.evidence import FAMILIES, Dated, Evidence, Wording, span, text_entries
from ecograph.match.projection.walk import rows_of
from ecograph.namespaces import ECO, SCHEMA
from ecograph.text.overlap import Unit

SHOWN_WORD: Final = 0.45
"""How well a word must be met to be shown."""
SHOWN_WORDS: Final = 4

Ground = Literal["topic", "words", "meaning"]
"""By what a document is about the need."""


@dataclass(slots=True)
class Piece:
    """
    What one link brings.

    Attributes:
        link: The link.
        parts: Its share of the score by signal.
        wanted: The concepts of the need it stands for, as columns of `Measured.wanted`.
        reached: The concepts, by number, that the walk through the graph meets there.
    """

    link: int
    parts: dict[Signal, float] = field(default_factory=dict)
    wanted: list[int] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)

    def add(self, signal: Signal, share: float) -> None:
        """Add a share of the score to those of the same signal."""
        self.parts[signal] = self.parts.get(signal, 0.0) + share


@dataclass(frozen=True, slots=True)
class Met:
    """Words of a text that say a word of the need: how much that is worth, both as written, and the text."""

    worth: float
    words: str
    wording: Wording


class Question:
    """
    One need put to the graph; what several candidates share is worked out once.

    Args:
        evidence: The graph.
        profile: The need.
        measured: Its signals.
        this_year: The year that ages are counted from.
    """

    def __init__(self, evidence: Evidence, profile: NeedProfile, measured: Measured, this_year: int) -> None:
        self.evidence = evidence
        self.profile = profile
        self.measured = measured
        self.this_year = this_year
        self.need = evidence.numbers.get(profile.iri.value, -1) if profile.iri else -1
        self._topic_rows: dict[tuple[int, int], int | None] = {}
        self._words: dict[int, tuple[Met, ...]] = {}

    def topic_row(self, document: int, column: int) -> int | None:
        """The row by which a document is about a concept of the need."""
        key = (document, column)
        if key not in self._topic_rows:
            self._topic_rows[key] = self._find_topic_row(document, column)
        return self._topic_rows[key]

    def words_met(self, document: int) -> tuple[Met, ...]:
        """What a document says for words of the need, and in which of its texts; the few weightiest, best first."""
        if document not in self._words:
            self._words[document] = self._find_words_met(document)
        return self._words[document]

    def _find_topic_row(self, document: int, column: int) -> int | None:
        topics = self.evidence.topics
        rows = span(topics.document, document)
        if not rows:
            return None
        likeness = self.evidence.hierarchy.likeness(self.measured.wanted[column].concept)
        part = slice(rows.start, rows.stop)
        values = likeness[topics.concept[part]] * topics.strength[part]
        best = int(np.argmax(values))
        return rows[best] if values[best] > 0.0 else None

    def _find_words_met(self, document: int) -> tuple[Met, ...]:
        said: list[tuple[int, str, Wording]] = []
        for wording in (*self.evidence.titles[document], *self.evidence.bodies[document]):
            for entry, (_, surface) in text_entries(wording, self.evidence.marker).items():
                number = self.evidence.words.number(entry)
                if number is not None:
                    said.append((number, surface, wording))
        # Told in the language of the need that the document meets best.
        by_language = [_met(units, said) for units in self.measured.units.values()]
        return max(by_language, key=lambda met: sum(each.worth for each in met), default=())[:SHOWN_WORDS]


class Grounds:
    """
    What stands behind one candidate's answer to a need.

    Args:
        question: The need.
        row: The candidate's position in `measured.candidates`.
    """

    def __init__(self, question: Question, row: int) -> None:
        self.question = question
        self.evidence = question.evidence
        self.measured = question.measured
        self.row = row
        self.candidate = int(self.measured.candidates[row])
        self.links = np.arange(self.measured.starts[row], self.measured.starts[row + 1])
        self.pieces = self._pieces()

    # --- shares of the score ---

    def _pieces(self) -> list[Piece]:
        found: dict[int, Piece] = {}
        counts = self.measured.weights
        for column, wanted in enumerate(self.measured.wanted):
            link = self.best(self.measured.fit[self.links, column])
            value = float(self.measured.fit[link, column])
            if value > 0.0:
                piece = found.setdefault(link, Piece(link))
                piece.add("concept", counts["concept"] * (1.0 - weights.JOINT) * wanted.share * value)
        joint = self.best(self.measured.about[self.links])
        if self.measured.about[joint] > 0.0:
            found.setdefault(joint, Piece(joint)).add(
                "concept", counts["concept"] * weights.JOINT * float(self.measured.about[joint])
            )
        left = 1.0
        for value, link in self._best_by_family():
            found.setdefault(link, Piece(link)).add("evidence", counts["evidence"] * left * value)
            left *= 1.0 - value
        for concept, link, share in self._walked(found):
            piece = found.setdefault(link, Piece(link))
            piece.add("graph", counts["graph"] * share)
            piece.reached.append(concept)
        for piece in found.values():
            fits = self.measured.fit[piece.link]
            piece.wanted = [column for column in range(len(fits)) if fits[column] > 0.0]
        return sorted(found.values(), key=lambda piece: (-sum(piece.parts.values()), piece.link))

    def _walked(self, known: Collection[int]) -> list[tuple[int, int, float]]:
        """Concept, link and share of what the walk brings; of equally good links one that says more already."""
        edges = self.evidence.walk.row(self.candidate)
        terms = edges * self.measured.visits
        whole = float(terms.sum())
        if whole <= 0.0:
            return []
        terms *= float(self.measured.values["graph"][self.row]) / whole
        return [
            (concept, link, float(terms[concept]))
            for concept, link in self.links_about(known).items()
            if terms[concept] > 0.0
        ]

    def links_about(self, known: Collection[int] = ()) -> dict[int, int]:
        """
        For each concept the candidate works with the link that says so best.

        Args:
            known: Links to be taken before others that are equally good.
        """
        topics = self.evidence.topics
        places, rows = rows_of(topics.document, self.evidence.links.document[self.links])
        links = self.links[places]
        concepts = topics.concept[rows]
        values = self.evidence.links.reach[links].astype(np.float64) * topics.strength[rows]
        before = np.isin(links, np.asarray(list(known), dtype=np.int64))
        order = np.lexsort((links, -self.measured.proof[links], ~before, -values))
        _, first = np.unique(concepts[order], return_index=True)
        best = order[np.sort(first)]
        return dict(zip(concepts[best].tolist(), links[best].tolist(), strict=True))

    def _best_by_family(self) -> list[tuple[float, int]]:
        proof = self.measured.proof[self.links]
        order = np.lexsort((self.links, -proof))
        _, first = np.unique(self.evidence.links.family[self.links[order]], return_index=True)
        return [(float(proof[place]), int(self.links[place])) for place in order[np.sort(first)] if proof[place] > 0.0]

    def best(self, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
        """The link with the largest value; of equals the one that proves most, then the freshest."""
        found = np.flatnonzero(values == values.max())
        for column in (self.measured.proof, self.measured.fresh):
            if len(found) > 1:
                equals = column[self.links[found]]
                found = found[equals == equals.max()]
        return int(self.links[found[0]])

    def ground(self, link: int) -> Ground:
        """By what a link's document is held to be about the need."""
        words = weights.WORDS_RELEVANCE * float(self.measured.wording[link])
        meaning = weights.MEANING_RELEVANCE * float(self.measured.meant[link])
        if self.answers(link) or float(self.measured.about[link]) >= max(words, meaning):
            return "topic"
        return "words" if words >= meaning else "meaning"

    def told_by(self, piece: Piece, ground: Ground) -> bool:
        """Whether a piece is the candidate's own text without a topic: the reason of words or meaning says it all."""
        return not piece.wanted and self.family(piece.link) == "own" and self.ground(piece.link) == ground

    # --- one link ---

    def document(self, link: int) -> int:
        """The document that a link leads to."""
        return int(self.evidence.links.document[link])

    def family(self, link: int) -> str:
        """The sort of evidence that a link is."""
        return FAMILIES[self.evidence.links.family[link]]

    def answers(self, link: int) -> bool:
        """Whether the candidate is stated to address this very need."""
        return self.family(link) == "addresses" and self.document(link) == self.question.need

    def kind(self, link: int) -> str:
        """The sort of reason that a link gives: its family, for some with the role in it."""
        links = self.evidence.links
        family = self.family(link)
        if family == "participation":
            number = int(links.detail[link])
            role = self.evidence.statements.names[number].rsplit("/", 1)[-1] if number >= 0 else ""
            if role in ("lead", "partner"):
                return role
            return "taking-part" if role else "participation"
        if family == "deployment" and self.document(link) != self.candidate:
            predicate = self.evidence.statements[int(links.first[link])].predicate
            return "operator" if predicate == ECO.operator else "territory"
        return "deployed" if family == "deployment" else family

    def shown_by(self, link: int) -> int | None:
        """The thing that a capability claim gives as its evidence."""
        edge = int(self.evidence.links.second[link])
        if self.family(link) != "capability" or edge < 0:
            return None
        return self.evidence.numbers.get(self.evidence.statements[edge].object.value)

    def topic_row(self, link: int, column: int) -> int | None:
        """The row by which a link's document is about a concept of the need."""
        return self.question.topic_row(self.document(link), column)

    def dated(self, link: int) -> Dated | None:
        """The newest date of what joins candidate and document, else of the document."""
        node = int(self.evidence.links.node[link])
        return self.evidence.node_dates.get(node) or self.evidence.dated.get(self.document(link))

    def is_over(self, link: int) -> bool:
        """Whether what the link speaks of has ended before this year."""
        dated = self.dated(link)
        return dated is not None and dated.predicate == SCHEMA.endDate.value and dated.year < self.question.this_year

    # --- statements ---

    def link_path(self, link: int) -> list[Statement]:
        """The statements that join the candidate to a document."""
        links = self.evidence.links
        edges = [int(edge) for edge in (links.first[link], links.second[link]) if edge >= 0]
        found = [self.evidence.statements[edge] for edge in edges]
        if self.family(link) == "deployment" and self.document(link) == self.candidate:
            found.extend(self.node_statements(link))
        return found

    def node_statements(self, link: int) -> list[Statement]:
        """Where a deployment is: the statements about the same deployment that other links stand on."""
        node = int(self.evidence.links.node[link])
        edges = self.evidence.deployment_places.get(node, ())
        return [self.evidence.statements[edge] for edge in edges]

    def topic_path(self, piece: Piece) -> list[Statement]:
        """The statements from a document to the concepts of the need."""
        found: dict[Statement, None] = {}
        topics = self.evidence.topics
        for column in piece.wanted:
            row = self.topic_row(piece.link, column)
            if row is None:
                continue
            found |= dict.fromkeys(self.row_statements(row))
            wanted = self.measured.wanted[column]
            for step in self._steps(int(topics.concept[row]), wanted.concept):
                found[step] = None
            if wanted.source.statement is not None:
                found[wanted.source.statement] = None
        return list(found)

    def row_statements(self, row: int) -> list[Statement]:
        """The statements that a topic row stands on."""
        topics = self.evidence.topics
        edges = (int(topics.first[row]), int(topics.second[row]))
        return [self.evidence.statements[edge] for edge in edges if edge >= 0]

    def concept_path(self, link: int, concept: int) -> list[Statement]:
        """The statements by which a link's document is about a concept itself; none where it is not."""
        topics = self.evidence.topics
        rows = [row for row in span(topics.document, self.document(link)) if int(topics.concept[row]) == concept]
        best = max(rows, key=lambda row: (float(topics.strength[row]), -row), default=None)
        return [] if best is None else self.row_statements(best)

    def stated(self, concept: int) -> list[Statement]:
        """The statement by which the need itself is about a concept; none where that was read from its text."""
        sources = [wanted.source.statement for wanted in self.measured.wanted if wanted.concept == concept]
        return [statement for statement in sources if statement is not None]

    def _steps(self, has: int, wanted: int) -> list[Statement]:
        hierarchy = self.evidence.hierarchy
        common = hierarchy.common(has, wanted)
        if common is None:
            return []
        steps = (*hierarchy.chain(has, common), *hierarchy.chain(wanted, common))
        return [self.evidence.statements[self.evidence.steps[step]] for step in steps]

    def nearest_wording(self, link: int) -> Wording | None:
        """The text of a link's document that is nearest to the need in meaning."""
        return self.measured.nearness.wording(self.document(link))

    def meaning_path(self, link: int) -> list[Statement]:
        """The title or description of a document that is nearest to the need in meaning."""
        nearest = self.nearest_wording(link)
        return [] if nearest is None else [self.evidence.wording_statement(self.document(link), nearest)]

    def wording_path(self, link: int) -> list[Statement]:
        """The titles and descriptions of a document that the words of the need are met in."""
        document = self.document(link)
        met = dict.fromkeys(met.wording for met in self.question.words_met(document))
        return [self.evidence.wording_statement(document, wording) for wording in met]


def _met(units: Iterable[Unit], said: Iterable[tuple[int, str, Wording]]) -> tuple[Met, ...]:
    """The words of the need in one language that are met, the weightiest first; the same words are told once."""
    found: dict[str, Met] = {}
    for unit in units:
        best = max(
            ((unit.entries.get(number, 0.0), surface, wording) for number, surface, wording in said),
            key=lambda each: each[0],
            default=None,
        )
        if best is not None and best[0] >= SHOWN_WORD:
            likeness, surface, wording = best
            met = Met(unit.weight * likeness, _pair(unit.name, surface), wording)
            key = surface.lower()
            if key not in found or met.worth > found[key].worth:
                found[key] = met
    return tuple(sorted(found.values(), key=lambda met: (-met.worth, met.words)))


def _pair(word: str, surface: str) -> str:
    return surface if word.lower() == surface.lower() else f"{surface} ({word})"
