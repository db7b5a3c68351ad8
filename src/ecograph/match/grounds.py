"""
What a candidate's score stands on: the documents that bring a part of it, and the statements behind them.

The parts of all documents add up to the contributions of the signals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ecograph.match import weights
from ecograph.match.evidence import FAMILIES, Dated, Evidence, Wording, span, text_entries
from ecograph.match.model import NeedProfile, Signal, Statement
from ecograph.match.signals import Measured
from ecograph.namespaces import ECO
from ecograph.text.overlap import Unit

SHOWN_WORD: Final = 0.45
"""How well a word must be met to be shown."""
SHOWN_WORDS: Final = 4


@dataclass(slots=True)
class Piece:
    """What one link brings: its share of the score by signal, and the concepts of the need it stands for."""

    link: int
    parts: dict[Signal, float] = field(default_factory=dict)
    wanted: list[int] = field(default_factory=list)

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
        whole = weights.SIGNALS["concept"]
        for column, wanted in enumerate(self.measured.wanted):
            link = self.best(self.measured.fit[self.links, column])
            value = float(self.measured.fit[link, column])
            if value > 0.0:
                piece = found.setdefault(link, Piece(link))
                piece.add("concept", whole * (1.0 - weights.JOINT) * wanted.share * value)
        joint = self.best(self.measured.about[self.links])
        if self.measured.about[joint] > 0.0:
            found.setdefault(joint, Piece(joint)).add(
                "concept", whole * weights.JOINT * float(self.measured.about[joint])
            )
        left = 1.0
        for value, link in self._best_by_family():
            found.setdefault(link, Piece(link)).add("evidence", weights.SIGNALS["evidence"] * left * value)
            left *= 1.0 - value
        for piece in found.values():
            fits = self.measured.fit[piece.link]
            piece.wanted = [column for column in range(len(fits)) if fits[column] > 0.0]
        return sorted(found.values(), key=lambda piece: (-sum(piece.parts.values()), piece.link))

    def _best_by_family(self) -> list[tuple[float, int]]:
        best: dict[int, tuple[float, int]] = {}
        for link in self.links.tolist():
            family = int(self.evidence.links.family[link])
            value = float(self.measured.proof[link])
            if value > best.get(family, (0.0, -1))[0]:
                best[family] = (value, link)
        return sorted(best.values(), key=lambda pair: (-pair[0], pair[1]))

    def best(self, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
        """The link with the largest value; of equals the one that proves most, then the freshest."""
        order = np.lexsort((-self.measured.fresh[self.links], -self.measured.proof[self.links], -values))
        return int(self.links[order[0]])

    def only_words(self, piece: Piece) -> bool:
        """Whether a piece is the candidate's own description without a topic: the reason of the words says it all."""
        return not piece.wanted and self.family(piece.link) == "own"

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
            for edge in (int(topics.first[row]), int(topics.second[row])):
                if edge >= 0:
                    found[self.evidence.statements[edge]] = None
            wanted = self.measured.wanted[column]
            for step in self._steps(int(topics.concept[row]), wanted.concept):
                found[step] = None
            if wanted.source.statement is not None:
                found[wanted.source.statement] = None
        return list(found)

    def _steps(self, has: int, wanted: int) -> list[Statement]:
        hierarchy = self.evidence.hierarchy
        common = hierarchy.common(has, wanted)
        if common is None:
            return []
        steps = (*hierarchy.chain(has, common), *hierarchy.chain(wanted, common))
        return [self.evidence.statements[self.evidence.steps[step]] for step in steps]

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
    return surface if word.lower() == surface.lower() else f"{word} ~ {surface}"
